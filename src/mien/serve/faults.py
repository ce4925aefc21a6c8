"""Errors as answers: one JSON form, a status and a code for each kind, and no path of this computer."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from mien import errors

LOG = logging.getLogger("mien.serve")

STATUS = {
    "bad_request": 400,
    "token": 401,
    "origin": 403,
    "host": 403,
    "not_found": 404,
    "method": 405,
    "timeout": 408,
    "superseded": 409,
    "cancelled": 409,
    "busy": 409,
    "length": 411,
    "too_large": 413,
    "content_type": 415,
    "photo": 415,
    "validation": 422,
    "no_face": 422,
    "face": 422,
    "layer": 422,
    "config": 422,
    "session": 422,
    "outcome": 422,
    "queue_full": 429,
    "internal": 500,
    "stopping": 503,
    "time_limit": 504,
    "quota": 507,
}
"""Of each code."""

KINDS: tuple[tuple[type[errors.MienError], str], ...] = (
    (errors.PhotoTooLargeError, "too_large"),
    (errors.PhotoError, "photo"),
    (errors.NoFaceError, "no_face"),
    (errors.FaceError, "face"),
    (errors.LayerError, "layer"),
    (errors.OutcomeError, "outcome"),
    (errors.ConfigError, "config"),
    (errors.SessionError, "session"),
    (errors.SaveError, "config"),
)
"""Code of each of mien's errors; the first that fits."""

_PATH = re.compile(r"(?<![\w.:/])/(?:[^\s/'\",;:()]+/)+([^\s/'\",;:()]*)")
_STORED = re.compile(r"\b[0-9a-f]{64}(\.[a-z0-9]+)?")


class ApiError(Exception):
    """An answer that is no result.

    Args:
        code: a key of :data:`STATUS`.
        message: one sentence that names the input and the remedy.
        field: of the request, where one is to blame.
        headers: further ones.
    """

    def __init__(self, code: str, message: str, field: str | None = None, headers: dict[str, str] | None = None):
        super().__init__(message)
        self.code, self.field, self.headers = code, field, headers or {}

    @property
    def status(self) -> int:
        """Of HTTP."""
        return STATUS[self.code]

    def as_dict(self) -> dict[str, Any]:
        """The body."""
        return {"error": {"code": self.code, "message": plain(str(self)), "field": self.field}}


def plain(message: str) -> str:
    """A sentence without paths of this computer, names of stored files, and what JSON cannot hold."""
    text = _PATH.sub(r"\1", message)
    text = _STORED.sub("the picture", text)
    return text.encode("utf-8", "replace").decode()[:1000]


def as_api_error(error: Exception) -> ApiError:
    """What the user is told about an error."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, errors.MienError):
        if isinstance(error, errors.SessionError) and "being edited by" in str(error):
            return ApiError("busy", "This session is being written to by another program; try again.")
        code = next((code for kind, code in KINDS if isinstance(error, kind)), "internal")
        if code != "internal":
            return ApiError(code, str(error))
    if isinstance(error, MemoryError):
        return ApiError("too_large", "The picture does not fit into memory; reduce it first.")
    LOG.error("A request failed", exc_info=error)
    return ApiError("internal", "Something went wrong in the program; its log says more.")


def response_of(error: Exception, path: str = "") -> JSONResponse:
    """An error as an answer, in the form that clients of a path expect."""
    told = as_api_error(error)
    form = next((form for start, form in FORMS.items() if path.startswith(start)), None)
    if form is None:
        return JSONResponse(told.as_dict(), told.status, told.headers)
    status = 400 if told.status in (415, 422) else told.status
    return JSONResponse(form(told), status, told.headers)


def _openai(error: ApiError) -> dict[str, Any]:
    kind = "invalid_request_error" if error.status < 500 and error.status != 429 else "server_error"
    return {"error": {"message": plain(str(error)), "type": kind, "param": error.field, "code": error.code}}


def _a1111(error: ApiError) -> dict[str, Any]:
    return {"error": error.code, "detail": plain(str(error)), "body": "", "errors": plain(str(error))}


OTHERS = ("/v1", "/sdapi", "/api/v1")
"""How the paths of other programs' endpoints begin."""

FORMS: Mapping[str, Callable[[ApiError], dict[str, Any]]] = {"/v1/": _openai, "/sdapi/": _a1111, "/api/v1/": _a1111}
"""Of other programs' endpoints, by how their paths begin: OpenAI, A1111, IOPaint."""


def install(app: FastAPI) -> None:
    """Makes every error of an application one of ours."""

    async def ours(request: Request, error: Exception) -> JSONResponse:
        return response_of(error, request.url.path)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return response_of(validation(error.errors()), request.url.path)

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        if error.status_code == 405:
            return response_of(
                ApiError("method", "This endpoint has no such method; see docs/api.md."), request.url.path
            )
        if error.status_code == 404:
            return response_of(ApiError("not_found", "There is no such endpoint; see docs/api.md."), request.url.path)
        return response_of(ApiError("bad_request", "The request cannot be read; see docs/api.md."), request.url.path)

    app.add_exception_handler(ApiError, ours)
    app.add_exception_handler(errors.MienError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(MemoryError, ours)
    app.add_exception_handler(Exception, ours)


def validation(found: Any) -> ApiError:
    """The first thing that is wrong with a body or a parameter, and where; what was sent is not repeated."""
    first = found[0] if found else {"loc": (), "msg": "it does not fit"}
    where = [plain(str(part)) for part in first.get("loc", ()) if part not in ("body", "query", "path", "header")]
    name = ".".join(where)[:100] or None
    return ApiError("validation", f"{name or 'The request'}: {first.get('msg', 'it does not fit')}.", name)
