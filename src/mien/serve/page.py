"""The files of the page: compressed on the way, and looked for again after an update of the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

STATIC = Path(__file__).parent / "static"


class PageFiles(StaticFiles):
    """Files that a browser keeps but asks about each time (304 where they are the same)."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """See starlette."""
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def page_files() -> ASGIApp:
    """What answers below ``/``."""
    return GZipMiddleware(PageFiles(directory=STATIC, html=True), minimum_size=500)
