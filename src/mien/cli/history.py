"""The reading verbs of ``mien session``: log, export, drift, sheet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import print_json, print_table, remark
from mien.cli.overwriting import Overwrite, keep_existing
from mien.cli.selection import TrustCode

if TYPE_CHECKING:
    from mien.sessions.drift import Drift
    from mien.sessions.history import History

Folder = Annotated[Path, typer.Argument(help="The session's folder.")]
At = Annotated[int | None, typer.Option("--at", help="An edit's number, 0 for the original; default: the present one.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def log(folder: Folder, as_json: Json = False) -> None:
    """Show the edits: * where the session stands, | what led there; (on 2): on top of edit 2; (was 2): in its place."""
    from mien.sessions.history import History

    opened = History(folder)
    if as_json:
        edits = [node.as_dict() for node in opened.tree.nodes]
        print_json({"photo": opened.facts, "head": opened.tree.head, "tip": opened.tree.tip, "edits": edits})
        return
    led_here = {0, *(node.number for node in opened.line())}
    for number in range(len(opened.tree.nodes) + 1):
        mark = "*" if number == opened.tree.head else "|" if number in led_here else " "
        parent = opened.tree.node(number).parent if number else -1
        former = opened.tree.node(number).replaces if number else 0
        words = [f"(was {former})"] * bool(former) + [f"(on {parent})"] * (parent != number - 1)
        print(mark, "  ".join([label(opened, number), *words]))


def export(
    folder: Folder,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write the photo.")] = None,
    at: At = None,
    quality: Annotated[int, typer.Option(min=1, max=100, help="For lossy targets.")] = 95,
    receipt: Annotated[bool, typer.Option("--receipt", "--json", help="Print the receipt as JSON.")] = False,
) -> None:
    """Write the edited photo, and verify it: outside the masks of all edits, every pixel is the original's."""
    from mien.photos.write import default_output
    from mien.sessions.history import History

    opened = History(folder)
    target = output or default_output(Path(opened.name), "edited", opened.original)
    done = opened.save(target, at, quality=quality)
    if receipt:
        print_json(done.as_dict())
        return
    print(target)
    if not done.preserved:
        remark(done.operations[-1])


def recipe(
    folder: Folder,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; its pictures go into a folder beside it.")
    ] = None,
    at: At = None,
    overwrite: Overwrite = False,
) -> None:
    """Write the edits that led here as a recipe for 'mien apply', which makes them again on any photo.

    Without --output it is printed, and its pictures stay in the session.
    """
    from mien.files import atomic_path
    from mien.sessions.history import History
    from mien.sessions.recipe_file import recipe_of

    opened = History(folder)
    if output is None:
        print_json(recipe_of(opened, at, lambda path: str(path.resolve())))
        return
    keep_existing([output], overwrite)
    files = output.with_name(f"{output.stem}-files")

    def keep(path: Path) -> str:
        files.mkdir(parents=True, exist_ok=True)
        with atomic_path(files / path.name) as temporary:
            temporary.write_bytes(path.read_bytes())
        return f"{files.name}/{path.name}"

    text = json.dumps(recipe_of(opened, at, keep), indent=2, ensure_ascii=False)
    with atomic_path(output) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
    print(output)


def drift(
    folder: Folder,
    identity: Annotated[list[Path] | None, typer.Option(help="Identity network; repeatable.")] = None,
    perceptual: Annotated[list[Path] | None, typer.Option(help="LPIPS or another distance; repeatable.")] = None,
    at: At = None,
    trust_code: TrustCode = False,
    as_json: Json = False,
) -> None:
    """Measure every edit that led here against the original: outside the masks, and the crop of the face."""
    from mien.sessions.drift import metrics_of
    from mien.sessions.history import History

    rows = History(folder).drift(at, metrics_of(identity or (), perceptual or (), trust_code=trust_code))
    if as_json:
        print_json([row.as_dict() for row in rows])
    else:
        _print_drift(rows)


def sheet(
    folder: Folder,
    output: Annotated[Path, typer.Option("--output", "-o", help="The picture to write.")],
    at: At = None,
    side: Annotated[int, typer.Option(min=64, max=2048, help="Longer side of each picture, pixels.")] = 320,
    columns: Annotated[int, typer.Option(min=1, max=100, help="Edits side by side.")] = 5,
) -> None:
    """Draw the history: the photo as it came, and for each edit where it was made and what came of it."""
    from mien.photos.write import save_photo
    from mien.sessions.history import History
    from mien.types import Photo

    print(save_photo(Photo(History(folder).sheet(at, side=side, columns=columns)), output))


def label(opened: History, number: int) -> str:
    """One line for an edit: ``3  wider smile: mask mouth, smile +1.5``."""
    from mien.sessions.recipe import describe

    if number == 0:
        words = f"{opened.name} as it came"
    else:
        node = opened.tree.node(number)
        words = ": ".join(filter(None, (" ".join(node.note.split()), describe(node.recipe))))
    return f"{number}  {words}"


def _print_drift(rows: Sequence[Drift]) -> None:
    figures = list(dict.fromkeys(name for row in rows for name in row.face))
    lines = [
        (str(row.node), f"{row.changed:.2%}", str(row.largest), f"{row.mean:g}")
        + tuple(f"{row.face[name]:.4g}" if name in row.face else "" for name in figures)
        for row in rows
    ]
    head = ("edit", "changed", "largest outside", "mean outside", *figures)
    print_table("Against the original; outside: beyond the union of all masks", head, lines)
