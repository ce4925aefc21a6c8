"""``mien doctor``: whether all engines make the same pictures here, how fast, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.console import print_json, print_table, remark, working


def doctor(
    *,
    engine: Annotated[list[str] | None, typer.Option("--only", help="Such as onnx or torch; repeatable.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    markdown: Annotated[Path | None, typer.Option(help="Write the page docs/doctor.md, too.")] = None,
) -> None:
    """Make fixed pictures with every engine that is here, compare and time them, say what is missing or slow."""
    from mien.doctor.examine import examine
    from mien.doctor.machine import advice, facts
    from mien.doctor.report import HEAD, as_dict, rows
    from mien.doctor.report import markdown as page
    from mien.doctor.ways import ways
    from mien.errors import ConfigError, OutcomeError
    from mien.files import atomic_path

    chosen = [way for way in ways() if not engine or way.engine in engine]
    if not chosen:
        raise ConfigError(f"None of {', '.join(engine or ())} is here; there are {', '.join(map(str, ways()))}.")
    known = facts()
    with working("Making pictures"):
        examined = examine(chosen)
    sentences = advice(known, examined)
    if markdown is not None:
        with atomic_path(markdown) as path:
            path.write_text(page(known, examined), encoding="utf-8")
    if as_json:
        print_json(as_dict(known, examined, sentences))
    else:
        print(f"mien {known['mien']}, Python {known['python']}, {known['system']}, {known['threads']} thread(s)")
        print(", ".join(f"{name} {found or 'missing'}" for name, found in known["packages"].items()))
        print_table("", HEAD, rows(examined))
        for sentence in sentences:
            remark(sentence)
    if not all(one.fits for one in examined.outcomes):
        raise OutcomeError("Engines make different pictures here; see above.")
