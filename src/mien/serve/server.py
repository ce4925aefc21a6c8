"""Runs the application with uvicorn: until a signal comes, then until what runs has ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Thread
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

from mien.serve.app import build_app
from mien.serve.patience import LimitedProtocol
from mien.serve.settings import ServeSettings
from mien.serve.warming import warm_up

GRACE = 30
"""Seconds that running edits have to come to their end."""


class Server(uvicorn.Server):
    """Refuses new work as soon as it is told to stop."""

    def __init__(self, app: FastAPI, settings: ServeSettings, ready: Callable[[str], None]) -> None:
        super().__init__(config_of(app, settings))
        self._app, self._settings, self._ready = app, settings, ready

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal."""
        self._app.state.service.queue.refuse()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: Any = None) -> None:
        """Listens; then tells the address."""
        await super().startup(sockets)
        if self.started:
            self._ready(self.address)
            if self._settings.warm:
                Thread(target=warm_up, args=(self._app.state.service,), name="mien-warm", daemon=True).start()

    @property
    def address(self) -> str:
        """Where the page is."""
        port = next((s.getsockname()[1] for one in self.servers for s in one.sockets), self._settings.port)
        host = self._settings.host
        name = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
        return f"http://{name}:{port}/"


def config_of(app: FastAPI, settings: ServeSettings) -> uvicorn.Config:
    """What uvicorn is told: no access log, since addresses may hold keys."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        server_header=False,
        access_log=False,
        log_level=logging.WARNING,
        timeout_keep_alive=max(1, round(settings.body_seconds)),
        http=LimitedProtocol,
        timeout_graceful_shutdown=GRACE,
        limit_concurrency=1000,
        proxy_headers=False,
        ws="none",
    )


def run(settings: ServeSettings, load: Callable[[], Any], ready: Callable[[str], None]) -> None:
    """Serves until a signal.

    Args:
        settings: of the server.
        load: gives the editor.
        ready: is told the address once requests are answered.
    """
    Server(build_app(settings, load), settings, ready).run()
