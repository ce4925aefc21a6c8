"""``mien attributes``: what can be changed by name, and how far."""

from __future__ import annotations

from typing import Annotated

import typer

from mien.cli.console import print_json


def attributes(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List attributes: those that move pixels ('mien reshape') and those that change the look ('mien edit')."""
    from mien.checkpoints.editor import DEFAULT
    from mien.checkpoints.hub import find_folder
    from mien.conditions.attributes import STRONGEST
    from mien.editing.directions import direction_names
    from mien.guides.shapes import Shapes

    rows = [
        {"name": name, "kind": "moves", "lowest": low, "highest": high, "verb": "reshape"}
        for name, (low, high) in Shapes.bundled().ranges.items()
    ]
    rows += [
        {"name": name, "kind": "look", "lowest": -STRONGEST, "highest": STRONGEST, "verb": "edit"}
        for name in direction_names(find_folder(DEFAULT))
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        print(f"{row['name']:<14} {row['kind']:<6} {row['lowest']:>5} to {row['highest']:<4}  mien {row['verb']}")
