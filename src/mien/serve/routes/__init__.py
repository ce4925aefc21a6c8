"""The endpoints, one file for each group; :data:`GROUPS` lists them."""

from __future__ import annotations

from fastapi import APIRouter

from mien.serve.routes import health

GROUPS: tuple[APIRouter, ...] = (health.router,)
"""In the order in which they are tried."""
