"""A client of ``mien serve``, out of Python's standard library alone.

    from mien import Client

    photo = Client("http://127.0.0.1:8765").open("portrait.jpg")
    photo.edit(dye={"hair": "auburn"})
    photo.save("new.jpg")

docs/api.md describes what is sent and answered.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from mien.errors import ServerError

TYPES = {f".{name}": f"image/{name}" for name in ("jpeg", "png", "webp", "tiff", "bmp", "heic", "heif", "avif")}
TYPES |= {".jpg": TYPES[".jpeg"], ".tif": TYPES[".tiff"]}
"""Content types by ending."""

LAYERS = ("mask", "sketch", "semantic", "color", "guide", "exemplar")
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
        data, kind = _picture(Path(photo) if isinstance(photo, str) else photo)
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
        edge = f"mien-{secrets.token_hex(16)}"
        lines = [f'--{edge}\r\nContent-Disposition: form-data; name="text"\r\n\r\n{text}\r\n'.encode()]
        for photo in photos:
            data, kind = _picture(Path(photo) if isinstance(photo, str) else photo)
            name = "photo" if isinstance(photo, bytes) else quote(Path(photo).name)
            head = f'--{edge}\r\nContent-Disposition: form-data; name="photo"; filename="{name}"\r\n'
            lines.append(f"{head}Content-Type: {kind}\r\n\r\n".encode() + data + b"\r\n")
        body = b"".join([*lines, f"--{edge}--\r\n".encode()])
        answer = self.json("POST", "/api/find", body, f"multipart/form-data; boundary={edge}")
        return list(answer["hits"])

    def generate(self, **wishes: Any) -> bytes:
        """A face without a photo, as PNG: ``seed``, ``attributes``, ``text``."""
        return self.send("POST", "/api/generate", wishes)

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
            raise _error(error) from error
        except (URLError, HTTPException, OSError) as error:
            raise ServerError(f"{self.url} does not answer; is 'mien serve' running there?") from error


class RemoteSession:
    """A photo on a server, with its edits.

    Attributes:
        client: of the server.
        id, key: name the session; keep them to come back.
        photo, faces: facts about it, as in docs/api.md.
    """

    def __init__(self, client: Client, facts: Mapping[str, Any]) -> None:
        self.client, self.id, self.key = client, str(facts["id"]), str(facts["key"])
        self.photo, self.faces = facts["photo"], facts["faces"]

    def edit(self, *, callback: Callable[[str, float], object] | None = None, **wishes: Any) -> RemoteEdit:
        """An edit.

        Args:
            callback: called after each stage with its name and the milliseconds that it took.
            **wishes: as in docs/api.md; layers may also be files (``Path``), bytes, or pictures of Pillow.
        """
        body = self._sent(wishes)
        if callback is None:
            return RemoteEdit(self._json("POST", "/edits", body))
        task = self._json("POST", "/edits", {**body, "wait": False})
        for name, data in self.events(task["task"]):
            if name == "progress":
                callback(data["stage"], data["ms"])
            elif name == "done":
                return RemoteEdit(data)
            elif name == "failed":
                raise ServerError(data["error"]["message"], 422, data["error"]["code"])
            elif name == "cancelled":
                raise ServerError("The edit was cancelled.", 409, data["code"])
        raise ServerError("The server ended the stream before the edit was done.")

    def change(self, step: int, **wishes: Any) -> RemoteEdit:
        """Another edit in the place of one; what is None is taken away."""
        return RemoteEdit(self._json("POST", f"/steps/{step}/change", self._sent(wishes)))

    def events(self, task: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """What happens to a task: names and data."""
        name = ""
        path = f"/api/sessions/{self.id}/tasks/{task}/events"
        with self.client.stream("GET", path, headers=self._headers) as answer:
            for line in answer:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    yield name, json.loads(value)

    def cancel(self, task: str) -> None:
        """Cancels a task."""
        self._send("DELETE", f"/tasks/{task}")

    def undo(self, steps: int = 1) -> int:
        """Back; as :meth:`redo` and :meth:`checkout`, it tells where the session then stands."""
        return int(self._json("POST", "/head", {"undo": steps})["head"])

    def redo(self, steps: int = 1) -> int:
        """Forward again."""
        return int(self._json("POST", "/head", {"redo": steps})["head"])

    def checkout(self, step: int) -> int:
        """To any step; 0 is the photo."""
        return int(self._json("POST", "/head", {"to": step})["head"])

    @property
    def tree(self) -> dict[str, Any]:
        """All edits."""
        return dict(self._json("GET", "/tree"))

    def receipt(self, **options: Any) -> dict[str, Any]:
        """Of the file that :meth:`save` would write."""
        return dict(self._json("GET", f"/receipt?{_query(options)}"))

    def picture(self, **options: Any) -> bytes:
        """The photo for the screen: ``step``, ``box``, ``width``, ``format``."""
        return self._send("GET", f"/photo?{_query(options)}")

    def get(self, path: str, **options: Any) -> bytes:
        """Anything else below the session, such as ``get("faces/0/mask", region="hair")``."""
        return self._send("GET", f"/{path}?{_query(options)}")

    def save(self, path: str | Path, step: int | None = None, quality: int = 95) -> Path:
        """The full-resolution result, in the format of the file's ending."""
        path = Path(path)
        kind = TYPES.get(path.suffix.lower(), "image/png").partition("/")[2]
        path.write_bytes(self._send("GET", f"/download?{_query({'step': step, 'format': kind, 'quality': quality})}"))
        return path

    def save_project(self, path: str | Path) -> Path:
        """The whole session as one file."""
        path = Path(path)
        path.write_bytes(self._send("GET", "/project"))
        return path

    def delete(self) -> None:
        """Removes it from the server."""
        self._send("DELETE", "")

    @property
    def _headers(self) -> dict[str, str]:
        return {"X-Mien-Key": self.key}

    def _send(self, method: str, path: str, body: Any = None, kind: str = "") -> bytes:
        return self.client.send(method, f"/api/sessions/{self.id}{path}", body, kind, self._headers)

    def _json(self, method: str, path: str, body: Any = None, kind: str = "") -> Any:
        return self.client.json(method, f"/api/sessions/{self.id}{path}", body, kind, self._headers)

    def _sent(self, wishes: Mapping[str, Any]) -> dict[str, Any]:
        """Wishes whose pictures were sent."""
        body = dict(wishes)
        for name in LAYERS:
            if isinstance(value := body.get(name), bytes | Path) or hasattr(value, "save"):
                body[name] = {"upload": self._json("POST", "/uploads", *_picture(value))["id"]}
        return body


class RemoteEdit:
    """What came of an edit.

    Attributes:
        facts: the answer, as in docs/api.md.
        step: its number in the tree; None for a trial.
        operations, notes: what was done, and what should be known about it.
    """

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts, self.step = facts, facts["step"]
        self.operations, self.notes = list(facts["operations"]), list(facts["notes"])

    @property
    def patch(self) -> tuple[tuple[int, int, int, int], bytes]:
        """Box (x0, y0, x1, y1) in photo pixels, and what it shows now: PNG, transparent where nothing may change."""
        x0, y0, x1, y1 = self.facts["patch"]["box"]
        return (x0, y0, x1, y1), b64decode(self.facts["patch"]["png"])

    def __repr__(self) -> str:
        return f"RemoteEdit(step {self.step}: {'; '.join(self.operations)})"


def _query(options: Mapping[str, Any]) -> str:
    return urlencode({name: value for name, value in options.items() if value is not None})


def _picture(value: Any) -> tuple[bytes, str]:
    """A picture's file and its type."""
    if isinstance(value, bytes):
        return value, "application/octet-stream"
    if isinstance(value, Path):
        return value.read_bytes(), TYPES.get(value.suffix.lower(), "application/octet-stream")
    file = BytesIO()
    value.save(file, "PNG")
    return file.getvalue(), "image/png"


def _error(error: HTTPError) -> ServerError:
    try:
        told = json.loads(error.read())["error"]
        message, code = str(told["message"]), str(told["code"])
    except (ValueError, KeyError, TypeError):
        message, code = f"The server answered {error.code} {error.reason}.", ""
    after = error.headers.get("Retry-After", "1")
    return ServerError(message, error.code, code, float(after) if after.isdigit() else 1.0)
