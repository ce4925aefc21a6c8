"""Nothing is written over without a word."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a result of the same name without asking.")]


def keep_existing(targets: Iterable[Path], overwrite: bool) -> None:
    """Asks before files are replaced, where somebody can answer.

    Raises:
        SaveError: one is there already, and nobody allowed to replace it.
    """
    from mien.errors import SaveError

    there = [] if overwrite else [target for target in targets if target.is_file()]
    if not there:
        return
    if sys.stdin.isatty() and sys.stderr.isatty():
        names = ", ".join(map(str, there))
        if typer.confirm(f"{names} exists already. Replace it?", err=True):
            return
    raise SaveError(f"{there[0]} exists already; choose another name, or add --overwrite to replace it.")
