"""The application: endpoints, what guards them, and the page at ``/``."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from mien._version import __version__
from mien.serve import faults
from mien.serve.answers import FaultAnswer
from mien.serve.guard import Guard
from mien.serve.page import STATIC, page_files
from mien.serve.routes import GROUPS
from mien.serve.schema import EditBody, GenerateBody, HeadBody, ReadBody
from mien.serve.service import Service
from mien.serve.settings import ServeSettings

FAULTS: dict[int | str, dict[str, Any]] = {
    422: {"model": FaultAnswer, "description": "What was sent cannot be used, and why."},
    "4XX": {"model": FaultAnswer, "description": "See docs/api.md for the codes."},
    "5XX": {"model": FaultAnswer, "description": "The server cannot do it now."},
}
"""Of every endpoint of mien's own form."""

OTHER_FAULTS: dict[int | str, dict[str, Any]] = {
    400: {"description": "What was sent cannot be used, and why, in the form of the other program."},
    "4XX": {"description": "The same."},
    "5XX": {"description": "The server cannot do it now."},
}
"""Of the endpoints in the form of other programs."""

CLEANED = 600.0
"""Seconds between looks for sessions that have expired."""


def build_app(settings: ServeSettings, load: Callable[[], Any]) -> FastAPI:
    """All endpoints of docs/api.md, and the files of the page.

    Args:
        settings: of the server.
        load: gives the editor.
    """
    service = Service(settings, load)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        cleaning = asyncio.create_task(_clean(service))
        yield
        cleaning.cancel()
        await asyncio.to_thread(service.queue.stop)

    app = FastAPI(
        title="mien",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.service = service
    faults.install(app)
    for group in GROUPS:
        ours = not group.prefix.startswith(tuple(faults.OTHERS))
        app.include_router(group, responses=FAULTS if ours else OTHER_FAULTS)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    mimetypes.add_type("text/javascript", ".js")  # some systems say something else, and browsers then refuse it
    if STATIC.is_dir():
        app.mount("/", page_files())
    app.add_middleware(Guard, settings=settings, metrics=service.metrics)
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The description, with the bodies that endpoints read themselves."""
    if app.openapi_schema is None:
        made = get_openapi(title="mien", version=__version__, routes=app.routes, description="See docs/api.md.")
        bodies = [(model, "validation") for model in (EditBody, HeadBody, ReadBody, GenerateBody)]
        _, more = models_json_schema(bodies, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
        made.setdefault("components", {}).setdefault("schemas", {}).update(more["$defs"])
        app.openapi_schema = made
    return app.openapi_schema


async def _clean(service: Service) -> None:
    while True:
        await asyncio.sleep(CLEANED)
        with suppress(OSError):
            await asyncio.to_thread(service.store.clean)
