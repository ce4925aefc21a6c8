"""Whether the server is well, and what it has done."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from mien._version import __version__
from mien.serve.answers import Health
from mien.serve.service import Serving

router = APIRouter(tags=["server"])


@router.get("/api/health", response_model=Health)
def health(service: Serving) -> dict[str, Any]:
    """Version and state; needs no token."""
    waiting, running = service.queue.sizes
    queue = {"waiting": waiting, "running": running, "most": service.settings.waiting}
    return {"status": "ok", "version": __version__, "editor": service.editor.name, "queue": queue}


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(service: Serving) -> PlainTextResponse:
    """Counters for Prometheus."""
    waiting, running = service.queue.sizes
    numbers = {"queue_waiting": waiting, "queue_running": running, "sessions": service.store.count}
    return PlainTextResponse(service.metrics.text(numbers), media_type="text/plain; version=0.0.4")
