"""A real server with the bundled editor, on a port of its own; a small photo; a client."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mien.client import Client, RemoteSession
from mien.editor import Editor
from mien.guides.bank import BUNDLED as BANK
from mien.serve.app import build_app
from mien.serve.server import Server
from mien.serve.settings import ServeSettings

SIDE = 240


@dataclass
class Running:
    """A server that answers."""

    url: str
    server: Server
    settings: ServeSettings

    @property
    def service(self) -> Any:
        return self.server._app.state.service

    @property
    def client(self) -> Client:
        return Client(self.url, self.settings.token, timeout=30)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of a raw request; an underscore in a header's name is a hyphen."""
        connection = http.client.HTTPConnection(self.url.split("/")[2], timeout=30)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def ask_json(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        status, _, answer = self.ask(method, path, data, **{"Content_Type": "application/json", **headers})
        return status, json.loads(answer) if answer else None


@contextmanager
def running(editor: Any, **settings: Any) -> Iterator[Running]:
    chosen = ServeSettings(port=0, **settings)
    addresses: list[str] = []
    server = Server(build_app(chosen, lambda: editor), chosen, addresses.append)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    thread.start()
    while not addresses:
        thread.join(0.01)
        assert thread.is_alive(), "the server did not start"
    try:
        yield Running(addresses[0].rstrip("/"), server, chosen)
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="session")
def bundled() -> Editor:
    return Editor.from_pretrained()


@pytest.fixture(scope="session")
def server(bundled: Editor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(bundled, folder=tmp_path_factory.mktemp("sessions"), upload_bytes=2_000_000, pixels=4_000_000) as one:
        yield one


@pytest.fixture(scope="session")
def portrait_png() -> bytes:
    picture = Image.open(BANK / "2118.webp").convert("RGB")
    return as_png(np.asarray(picture.resize((SIDE, SIDE * picture.height // picture.width))))


@pytest.fixture(scope="session")
def opened(server: Running, portrait_png: bytes) -> RemoteSession:
    """A session for tests that only look."""
    return server.client.open(portrait_png, "nobody.png")


@pytest.fixture
def session(server: Running, portrait_png: bytes) -> RemoteSession:
    return server.client.open(portrait_png, "nobody.png")


def as_png(pixels: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def pixels_of(data: bytes) -> np.ndarray:
    return np.array(Image.open(BytesIO(data)))


def file_pixels(path: Path) -> np.ndarray:
    return pixels_of(path.read_bytes())
