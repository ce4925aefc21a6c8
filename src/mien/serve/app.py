"""The application: endpoints, and the page at ``/``."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from mien._version import __version__
from mien.serve.routes import GROUPS

STATIC = Path(__file__).parent / "static"


def build_app() -> FastAPI:
    """All endpoints of docs/api.md, and the files of the page."""
    app = FastAPI(title="mien", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    for group in GROUPS:
        app.include_router(group)

    @app.api_route("/api/{rest:path}", methods=["GET", "POST", "DELETE"], include_in_schema=False)
    def missing(request: Request) -> JSONResponse:
        message = "There is no such endpoint; see docs/api.md."
        return JSONResponse({"error": {"code": "not_found", "message": message, "field": None}}, 404)

    if STATIC.is_dir():
        app.mount("/", StaticFiles(directory=STATIC, html=True))
    return app
