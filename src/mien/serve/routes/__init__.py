"""The endpoints, one file for each group; :data:`GROUPS` lists them."""

from __future__ import annotations

from fastapi import APIRouter

from mien.serve.routes import catalog, edits, faces, files, generate, health, sessions, tree

GROUPS: tuple[APIRouter, ...] = (
    health.router,
    catalog.router,
    sessions.router,
    faces.router,
    edits.router,
    tree.router,
    files.router,
    generate.router,
)
"""In the order in which they are tried."""
