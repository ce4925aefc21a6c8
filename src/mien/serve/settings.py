"""What a server may be told."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from mien.errors import ConfigError
from mien.photos.contents import MAX_PIXELS

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def default_folder() -> Path:
    """Where sessions are kept unless something else is said."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "mien" / "serve"


@dataclass(frozen=True)
class ServeSettings:
    """Attributes:
    host, port: where to listen; port 0 takes a free one.
    token: what every request has to bring; empty asks for none, which is allowed on loopback only.
    hosts: further names that the server may be called by (the Host header).
    origins: other pages that may use it (CORS), such as "https://www.photopea.com".
    folder: where sessions are kept.
    workers: edits that are made at the same time; the last of several takes none that are long.
    batch: most crops that are painted together; see :mod:`mien.serve.together`.
    waiting: most requests that wait for a worker; further ones are told to come back later (429).
    seconds: limit of one request's work.
    upload_bytes: of one body.
    pixels: of one photo.
    candidates: most results of one request.
    quota_bytes: of all sessions together.
    session_bytes: of one session.
    sessions: most sessions.
    days: after which an unused session is deleted.
    warm: whether networks are loaded before the first edit asks for them.
    drawings: run of ``mien train strokes``, which reads drawings; None reads none.
    body_seconds: longest pause within a body that is sent, and longest time of a request's head.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    token: str = ""
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    folder: Path = field(default_factory=default_folder)
    workers: int = 2
    batch: int = 1
    waiting: int = 32
    seconds: float = 60.0
    upload_bytes: int = 80_000_000
    pixels: int = MAX_PIXELS
    candidates: int = 10
    quota_bytes: int = 20_000_000_000
    session_bytes: int = 2_000_000_000
    sessions: int = 2000
    days: float = 7.0
    body_seconds: float = 20.0
    warm: bool = False
    drawings: Path | None = None

    def __post_init__(self) -> None:
        if not self.on_loopback and not self.token:
            raise ConfigError(
                f"Listening at {self.host} lets others use this computer; give --token with a secret of your choice."
            )
        if self.token and len(self.token) < 8:
            raise ConfigError("The token is shorter than 8 characters; choose a longer one.")
        if any(not 33 <= ord(character) <= 126 for character in self.token):
            raise ConfigError("The token holds spaces or letters beyond ASCII; choose another one.")
        for origin in self.origins:
            if not origin.startswith(("http://", "https://")) or origin.count("/") > 2:
                raise ConfigError(f"'{origin}' is no origin; give one such as https://www.photopea.com.")

    @property
    def on_loopback(self) -> bool:
        """Whether only this computer can reach the server."""
        return self.host in LOOPBACK
