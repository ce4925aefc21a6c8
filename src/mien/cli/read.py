"""``mien read``: what a sentence about a face asks for, and which of its words were not understood."""

from __future__ import annotations

from typing import Annotated

import typer

from mien.cli.console import print_json


def read(
    text: Annotated[str, typer.Argument(help="Such as 'short grey hair, a slight smile'.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read a sentence without editing anything: attributes, how much, and the words that were not understood."""
    from mien.conditions.text import validate_text
    from mien.finding.tower import nearest_words, not_understood
    from mien.words.reader import read as understood

    reading = understood(validate_text(text) or "")
    if as_json:
        print_json({**reading.to_dict(), "nearest": nearest_words(reading.unknown)})
        return
    if not (reading.wishes or reading.unknown or reading.notes):
        print("nothing is asked for")
    for wish in reading.wishes:
        print(f"{wish.attribute:<18} {wish.color or format(wish.degree, '+g'):<12} confidence {wish.confidence:g}")
    for note in (*not_understood(reading.unknown), *reading.notes):
        print(note)
