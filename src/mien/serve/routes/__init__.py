"""The endpoints, one file for each group; :data:`GROUPS` lists them."""

from __future__ import annotations

from fastapi import APIRouter

from mien.serve.routes import (
    a1111,
    catalog,
    draw,
    edits,
    faces,
    files,
    find,
    generate,
    health,
    iopaint,
    openai_images,
    sessions,
    tree,
)

GROUPS: tuple[APIRouter, ...] = (
    health.router,
    catalog.router,
    sessions.router,
    faces.router,
    edits.router,
    tree.router,
    files.router,
    find.router,
    generate.router,
    draw.router,
    openai_images.router,
    a1111.router,
    iopaint.router,
)
"""In the order in which they are tried."""
