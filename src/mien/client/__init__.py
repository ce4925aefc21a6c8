"""A client of ``mien serve``, out of Python's standard library alone.

    from mien import Client

    photo = Client("http://127.0.0.1:8765").open("portrait.jpg")
    photo.edit(dye={"hair": "auburn"})
    photo.save("new.jpg")

docs/api.md describes what is sent and answered.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from mien.client.session import RemoteEdit, RemoteSession
from mien.client.wire import error_of, form, picture
from mien.errors import ServerError

__all__ = ["Client", "RemoteEdit", "RemoteSession"]

TRIES = 6
"""How often a request is sent while the server says that too many wait."""


class Client:
    """One server.

    Args:
        url: its address.
        token: what ``mien serve --token`` was given.
        timeout: seconds that an answer may take.
    """

    def __init__(self, url: str = "http://127.0.0.1:8765", token: str = "", timeout: float = 120.0) -> None:
        self.url, self.token, self.timeout = url.rstrip("/"), token, timeout
        near = urlsplit(self.url).hostname in ("127.0.0.1", "localhost", "::1")
        self._opener: OpenerDirector = build_opener(*([ProxyHandler({})] if near else []))

    def open(self, photo: str | Path | bytes, name: str | None = None) -> RemoteSession:
        """A session of a photo.

        Args:
            photo: a file, or its bytes.
            name: what it is called; the file's name unless given.

        Raises:
            ServerError: it is no photo, or the server cannot take it. So do all others here.
            OSError: the file cannot be read.
        """
        data, kind = picture(Path(photo) if isinstance(photo, str) else photo)
        told = name or ("photo" if isinstance(photo, bytes) else Path(photo).name)
        return RemoteSession(self, self.json("POST", "/api/sessions", data, kind, {"X-Mien-Name": quote(told)}))

    def session(self, number: str, key: str) -> RemoteSession:
        """A session that was opened before."""
        facts = self.json("GET", f"/api/sessions/{number}", headers={"X-Mien-Key": key})
        return RemoteSession(self, {**facts, "key": key})

    def open_project(self, project: str | Path | bytes) -> RemoteSession:
        """A session out of a project's file."""
        data = project if isinstance(project, bytes) else Path(project).read_bytes()
        return RemoteSession(self, self.json("POST", "/api/projects", data, "application/zip"))

    def catalog(self) -> dict[str, Any]:
        """What there is to choose from."""
        return dict(self.json("GET", "/api/catalog"))

    def read(self, text: str) -> dict[str, Any]:
        """What a sentence asks for."""
        return dict(self.json("POST", "/api/read", {"text": text}))

    def find(self, text: str, *photos: str | Path | bytes) -> list[dict[str, Any]]:
        """The faces of some photos that fit a sentence, the best first: see docs/api.md.

        Args:
            text: such as "laughing, short grey hair".
            photos: files, or their bytes; up to 16.
        """
        body, kind = form([("text", text), *(("photo", photo) for photo in photos)])
        answer = self.json("POST", "/api/find", body, kind)
        return list(answer["hits"])

    def generate(self, code: str | Path | bytes | None = None, **wishes: Any) -> bytes:
        """A face without a photo, as PNG: ``seed``, ``attributes``, ``text``.

        Args:
            code: a file of ``mien invert`` to start from, or its bytes; words move its face.
        """
        if code is None:
            return self.send("POST", "/api/generate", wishes)
        data = code if isinstance(code, bytes) else Path(code).read_bytes()
        return self.send("POST", "/api/generate", *form([("generate", json.dumps(wishes)), ("code", data)]))

    def json(
        self, method: str, path: str, body: Any = None, kind: str = "", headers: Mapping[str, str] | None = None
    ) -> Any:
        """As :meth:`send`, for answers in JSON."""
        data = self.send(method, path, body, kind, headers)
        return json.loads(data) if data else None

    def send(
        self, method: str, path: str, body: Any = None, kind: str = "", headers: Mapping[str, str] | None = None
    ) -> bytes:
        """One request; sent again while the server says that too many wait.

        Args:
            method, path: of the endpoint.
            body: bytes, or what becomes JSON.
            kind: content type of bytes.
            headers: further ones.
        """
        for number in range(TRIES):
            try:
                with self.stream(method, path, body, kind, headers) as answer:
                    data: bytes = answer.read()
                    return data
            except ServerError as error:
                if error.status != 429 or number == TRIES - 1:
                    raise
                time.sleep(min(10.0, error.retry_after))
        raise AssertionError("unreachable")

    def stream(
        self, method: str, path: str, body: Any = None, kind: str = "", headers: Mapping[str, str] | None = None
    ) -> Any:
        """The open answer of one request."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = Request(self.url + path, data, method=method, headers=dict(headers or {}))
        if data is not None:
            request.add_header("Content-Type", kind or "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            return self._opener.open(request, timeout=self.timeout)
        except HTTPError as error:
            raise error_of(error) from error
        except (URLError, HTTPException, OSError) as error:
            raise ServerError(f"{self.url} does not answer; is 'mien serve' running there?") from error
