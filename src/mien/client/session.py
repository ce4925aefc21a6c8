"""A photo on a server, and what came of an edit."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.client.wire import TYPES, picture, query
from mien.errors import ServerError

if TYPE_CHECKING:
    from mien.client import Client

LAYERS = ("mask", "sketch", "semantic", "color", "guide", "exemplar")


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
        return dict(self._json("GET", f"/receipt?{query(options)}"))

    def picture(self, **options: Any) -> bytes:
        """The photo for the screen: ``step``, ``box``, ``width``, ``format``."""
        return self._send("GET", f"/photo?{query(options)}")

    def get(self, path: str, **options: Any) -> bytes:
        """Anything else below the session, such as ``get("faces/0/mask", region="hair")``."""
        return self._send("GET", f"/{path}?{query(options)}")

    def save(self, path: str | Path, step: int | None = None, quality: int = 95) -> Path:
        """The full-resolution result, in the format of the file's ending."""
        path = Path(path)
        kind = TYPES.get(path.suffix.lower(), "image/png").partition("/")[2]
        path.write_bytes(self._send("GET", f"/download?{query({'step': step, 'format': kind, 'quality': quality})}"))
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
                body[name] = {"upload": self._json("POST", "/uploads", *picture(value))["id"]}
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
