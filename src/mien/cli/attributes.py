"""``mien attributes``: what can be changed by name, and how far."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mien.cli.console import print_json

DYED = ("hair", "beard", "brows", "lips", "irises", "teeth", "eyelids", "cheeks", "skin", "hat", "clothes")
"""What is dyed most; 'mien dye' takes every region."""


def attributes(
    editor: Annotated[
        str | None, typer.Option(help="Folder, bundled name or Hugging Face id; else the bundled.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List attributes: those that move pixels, those that change the look, and those that take on a color.

    'mien edit --attribute smile=1' moves pixels where it can, and '--attribute age=1' keeps the person's;
    --mode look paints instead.
    """
    from mien.checkpoints.directions import range_of, read_facts
    from mien.checkpoints.hub import DEFAULT, find_folder
    from mien.conditions.attributes import STRONGEST
    from mien.editing.looks import LOOKS
    from mien.guides.shapes import Shapes

    def row(name: str, kind: str, span: tuple[float, float] | None, unit: str, verb: str) -> dict[str, Any]:
        low, high = span or (None, None)
        return {"name": name, "kind": kind, "lowest": low, "highest": high, "unit": unit, "editor": verb}

    moves, painted = Shapes.bundled().ranges, read_facts(find_folder(editor or DEFAULT))
    rows = [row(name, "moves", span, "deviations", "mien reshape, mien edit") for name, span in moves.items()]
    rows += [
        row(name, "look", (one.lowest, one.highest), one.unit, f"mien edit: {one.way}") for name, one in LOOKS.items()
    ]
    for name, fact in painted.items():
        low, high = range_of(fact) or (-STRONGEST, STRONGEST)
        unit = "deviations" if fact.get("unit", 0) != 1 else "as in its file"
        rows.append(row(name, "paint", (max(low, -STRONGEST), min(high, STRONGEST)), unit, "mien edit --mode look"))
    rows += [row(name, "color", None, "", "mien dye") for name in DYED]
    if as_json:
        print_json(rows)
        return
    for one in rows:
        span = "a color" if one["lowest"] is None else f"{one['lowest']:g} to {one['highest']:g}"
        print(f"{one['name']:<14} {one['kind']:<6} {span:<12} {one['unit']:<21} {one['editor']}")
