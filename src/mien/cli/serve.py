"""``mien serve``: the web editor and the HTTP API."""

from __future__ import annotations

from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
) -> None:
    """Open the web editor and the HTTP API: see docs/api.md."""
    from mien.errors import ConfigError

    try:
        import uvicorn

        from mien.serve.app import build_app
    except ImportError as error:
        raise ConfigError("Serving needs FastAPI and uvicorn; run: pip install 'mien[serve]'.") from error
    uvicorn.run(build_app(), host=host, port=port, server_header=False)
