"""``mien serve``: the web editor and the HTTP API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen at; others than this computer's need --token.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
    token: Annotated[
        str, typer.Option(envvar="MIEN_TOKEN", help="A secret that every request has to bring.", show_default=False)
    ] = "",
    folder: Annotated[Path | None, typer.Option(help="Where sessions are kept.", show_default=False)] = None,
    editor: Annotated[str, typer.Option(help="Folder, bundled name or Hugging Face id.")] = "bundled",
    device: Annotated[str, typer.Option(help="cpu, cuda or mps.")] = "cpu",
    allow_host: Annotated[list[str] | None, typer.Option(help="A name that the server is called by.")] = None,
    allow_origin: Annotated[
        list[str] | None, typer.Option(help="Another page that may use it, such as https://www.photopea.com.")
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Edits at the same time; the last of several is for quick ones.")
    ] = 2,
    batch: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            help="Crops painted together; default: 8 on an accelerator, 1 on the CPU.",
            show_default=False,
        ),
    ] = None,
    waiting: Annotated[int, typer.Option(min=1, help="Requests that wait at most; then: 429.")] = 32,
    seconds: Annotated[float, typer.Option(min=1, help="Limit of one request.")] = 60.0,
    days: Annotated[float, typer.Option(min=0.01, help="After which unused sessions are deleted.")] = 7.0,
    quota: Annotated[float, typer.Option(min=0.01, help="GB of all sessions together.")] = 20.0,
    warm: Annotated[bool, typer.Option(help="Load networks before the first edit asks for them.")] = True,
    drawings: Annotated[
        Path | None, typer.Option(help="Run of 'mien train strokes': faces for drawings.", show_default=False)
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Open the web editor and the HTTP API: see docs/api.md."""
    from mien.errors import ConfigError

    try:
        from mien.serve.server import run
        from mien.serve.settings import ServeSettings, default_folder
    except ImportError as error:
        raise ConfigError(f"Serving needs a package more ({error.name}); run: pip install 'mien[serve]'.") from error
    settings = ServeSettings(
        host=host,
        port=port,
        token=token,
        hosts=tuple(allow_host or ()),
        origins=tuple(allow_origin or ()),
        folder=folder or default_folder(),
        workers=workers,
        batch=batch or (1 if device == "cpu" else 8),
        waiting=waiting,
        seconds=seconds,
        days=days,
        quota_bytes=int(quota * 1e9),
        warm=warm,
        drawings=drawings,
    )
    from mien.editor import Editor

    made = Editor.from_pretrained(editor, device=device)
    assert made.finder is not None and made.parser is not None  # loaded now, so that the first edit is quick

    def ready(address: str) -> None:
        shown = f"{address}?token=..." if token else address
        print(f"mien is at {shown} (Ctrl-C ends it)", flush=True)
        if open_browser:
            typer.launch(f"{address}?token={token}" if token else address)

    run(settings, lambda: made, ready)
