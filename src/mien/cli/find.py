"""``mien find``: the photos of a folder that fit a sentence, the best first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import print_json, print_table, working

if TYPE_CHECKING:
    from mien.finding.search import Hit


def find(
    folder: Annotated[Path, typer.Argument(help="Folder with photos, looked through with all folders in it.")],
    text: Annotated[str, typer.Argument(help="Such as 'laughing, glasses, short grey hair'.")],
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many to list.")] = 10,
    min_score: Annotated[float, typer.Option(min=0, max=1, help="List none that fits worse.")] = 0.0,
    min_size: Annotated[float, typer.Option(help="Smallest face that counts, pixels.")] = 48.0,
    paths: Annotated[bool, typer.Option("--paths", help="Print paths alone, one a line.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find photos by words: who laughs, wears glasses, has red hair. The best first."""
    from mien.finding.search import check_search, search

    reading = check_search(folder, text)
    with working(f"Looking through {folder.name}") as status:
        found = search(folder, reading, min_size=min_size, seen=status)
    hits = [hit for hit in found.hits if hit.match.score >= min_score][:count]
    if as_json:
        shown = [hit.to_dict() for hit in hits]
        print_json({"text": text, **reading.to_dict(), "photos": found.photos, "faces": found.faces, "hits": shown})
        return
    if paths:
        for hit in hits:
            print(hit.path)
        return
    wishes = [name for name, _ in hits[0].match.wishes] if hits else []
    rows = [(f"{hit.match.score:.2f}", str(hit.path), str(hit.number), *_fits(hit)) for hit in hits]
    title = f"{len(hits)} of {found.faces} faces in {found.photos} photos"
    print_table(title, ("fit", "photo", "face", *wishes), rows)
    for note in found.notes:
        print(note)


def _fits(hit: Hit) -> list[str]:
    return [f"{value:.2f}" for _, value in hit.match.wishes]
