"""What every verb prints with: results on stdout (tables or JSON), progress and remarks on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


def print_json(value: Any) -> None:
    """One JSON document on stdout, and nothing else; in ASCII where the console cannot show more."""
    plain = (getattr(sys.stdout, "encoding", None) or "ascii").lower() not in ("utf-8", "utf8")
    print(json.dumps(value, indent=2, ensure_ascii=plain, allow_nan=False))


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on stdout, as wide as it is: lines that a terminal breaks are better than figures that are cut off."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    texts = [not any(row[place][:1].isdigit() for row in rows) for place in range(len(head))]
    print(title)
    for row in (head, ["-" * width for width in widths], *rows):
        cells = zip(row, widths, texts, strict=True)
        print("  ".join(cell.ljust(width) if text else cell.rjust(width) for cell, width, text in cells).rstrip())


def remark(text: str) -> None:
    """A line on stderr, in yellow on a terminal."""
    stderr().print(text, style="yellow", markup=False, highlight=False, soft_wrap=True)


def stderr() -> Console:
    """The console for progress and remarks; keeps stdout clean for results."""
    from rich.console import Console

    return Console(stderr=True)


@contextmanager
def working(what: str) -> Iterator[Callable[[str, float], None]]:
    """A sign of life on stderr while something is done: what, the last stage that is finished, the time; in pipes none.

    Yields:
        what to call after each stage, with its name and the milliseconds that it took.
    """
    if not ((sys.stderr and sys.stderr.isatty()) or os.environ.get("FORCE_COLOR")):  # rich would show nothing
        yield lambda stage, spent: None
        return
    console = stderr()
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(what, total=None)
        yield lambda stage, spent: bar.update(task, description=f"{what} ({stage}: {spent / 1e3:.1f} s)")


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress display on stderr with time spent and time left; silent when stderr is not a terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = stderr()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as bar:
        yield bar
