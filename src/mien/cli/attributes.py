"""``mien attributes``: what can be changed by name, and how far."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mien.cli.console import print_json

DYED = ("hair", "beard", "brows", "lips", "irises", "teeth", "eyelids", "cheeks", "skin", "hat", "clothes")
"""What is dyed most; 'mien dye' takes every region."""


def attributes(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List attributes: those that move pixels, those that change the look, and those that take on a color.

    'mien edit --attribute smile=1' moves pixels where it can; --mode look paints instead.
    """
    from mien.checkpoints.hub import DEFAULT, find_folder
    from mien.conditions.attributes import STRONGEST
    from mien.editing.directions import direction_names
    from mien.guides.shapes import Shapes

    rows: list[dict[str, Any]] = [
        {"name": name, "kind": "moves", "lowest": low, "highest": high, "editor": "mien reshape, mien edit"}
        for name, (low, high) in Shapes.bundled().ranges.items()
    ]
    rows += [
        {"name": name, "kind": "look", "lowest": -STRONGEST, "highest": STRONGEST, "editor": "mien edit --mode look"}
        for name in direction_names(find_folder(DEFAULT))
    ]
    rows += [{"name": name, "kind": "color", "lowest": None, "highest": None, "editor": "mien dye"} for name in DYED]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        span = "a color" if row["lowest"] is None else f"{row['lowest']:g} to {row['highest']:g}"
        print(f"{row['name']:<14} {row['kind']:<6} {span:<12} {row['editor']}")
