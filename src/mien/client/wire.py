"""What goes over the wire: pictures, forms, queries, errors."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode

from mien.errors import ServerError

TYPES = {f".{name}": f"image/{name}" for name in ("jpeg", "png", "webp", "tiff", "bmp", "heic", "heif", "avif")}
TYPES |= {".jpg": TYPES[".jpeg"], ".tif": TYPES[".tiff"]}
"""Content types by ending."""


def query(options: Mapping[str, Any]) -> str:
    """Of an address; what is None is left out."""
    return urlencode({name: value for name, value in options.items() if value is not None})


def picture(value: Any) -> tuple[bytes, str]:
    """A picture's file and its type."""
    if isinstance(value, bytes):
        return value, "application/octet-stream"
    if isinstance(value, Path):
        return value.read_bytes(), TYPES.get(value.suffix.lower(), "application/octet-stream")
    file = BytesIO()
    value.save(file, "PNG")
    return file.getvalue(), "image/png"


def error_of(error: HTTPError) -> ServerError:
    """What the server said was wrong."""
    try:
        told = json.loads(error.read())["error"]
        message, code = str(told["message"]), str(told["code"])
    except (ValueError, KeyError, TypeError):
        message, code = f"The server answered {error.code} {error.reason}.", ""
    after = error.headers.get("Retry-After", "1")
    return ServerError(message, error.code, code, float(after) if after.isdigit() else 1.0)


def form(parts: Iterable[tuple[str, Any]]) -> tuple[bytes, str]:
    """multipart/form-data, and its type: words, and files or their bytes, which are called photo or code."""
    edge = f"mien-{secrets.token_hex(16)}"
    lines: list[bytes] = []
    for name, value in parts:
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"'
        if name not in ("photo", "code"):
            lines.append(f"{head}\r\n\r\n{value}\r\n".encode())
            continue
        data, kind = picture(Path(value) if isinstance(value, str) else value)
        called = name if isinstance(value, bytes) else quote(Path(value).name)
        lines.append(f'{head}; filename="{called}"\r\nContent-Type: {kind}\r\n\r\n'.encode() + data + b"\r\n")
    lines.append(f"--{edge}--\r\n".encode())
    return b"".join(lines), f"multipart/form-data; boundary={edge}"
