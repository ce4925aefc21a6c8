"""``mien attributes``: what can be changed by name, and how far."""

from __future__ import annotations

from typing import Annotated

import typer

from mien.cli.console import print_json

VERBS = {
    "moves": "mien reshape, mien edit",
    "look": "mien edit",
    "color": "mien dye",
    "paint": "mien edit --mode look",
    "none": "cannot be done",
}


def attributes(
    editor: Annotated[
        str | None, typer.Option(help="Folder, bundled name or Hugging Face id; else the bundled.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List attributes: those that move pixels, looks, those that take on a color, those that are painted.

    'mien edit --attribute smile=1' moves pixels where it can, and '--attribute age=1' keeps the person's;
    --mode look paints instead. Last come those that words know and nothing here can do, with the reason.
    """
    from mien.checkpoints.directions import range_of, read_facts
    from mien.checkpoints.hub import DEFAULT, find_folder
    from mien.editing.catalogue import entries

    facts = read_facts(find_folder(editor or DEFAULT))
    ranges = {name: span for name, fact in facts.items() if (span := range_of(fact))}
    rows = entries(facts, ranges)
    if as_json:
        print_json([{**one.to_dict(), "editor": VERBS[one.kind]} for one in rows])
        return
    for one in rows:
        told = "" if one.lowest is None else f"{one.lowest:g} to {one.highest:g}"
        if one.kind == "none":
            print(f"{one.name:<14} {one.kind:<6} {one.way}")
        else:
            print(f"{one.name:<14} {one.kind:<6} {told:<12} {one.unit:<21} {VERBS[one.kind]}: {one.way}")
