"""Whether the server is well."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from mien._version import __version__

router = APIRouter()


@router.get("/api/health")
def health() -> dict[str, Any]:
    """Version and state; needs no token."""
    return {"status": "ok", "version": __version__}
