"""``mien session``: edits that build upon each other, undone, changed, made again on other photos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.console import print_json
from mien.cli.history import Folder, Json, drift, export, label, log, sheet
from mien.cli.said import (
    Attribute,
    Box,
    Color,
    Exemplar,
    Frame,
    Layers,
    Mask,
    Protect,
    Seed,
    Semantic,
    Sketch,
    Strength,
    Text,
    Weight,
    WeightMap,
    Which,
    inputs_of,
)

if TYPE_CHECKING:
    from mien.session import Session
    from mien.sessions.making import FaceEditor
    from mien.sessions.tree import Node

session = typer.Typer(help="Edit a photo step by step: undo, branch, change a step, replay.", no_args_is_help=True)

EditorName = Annotated[str, typer.Option(help="Folder, bundled name or Hugging Face id.")]
Device = Annotated[str, typer.Option(help="Where to compute: cpu, cuda, mps.")]

Note = Annotated[str | None, typer.Option(help="Your own words, for log and sheet.")]


@session.callback()
def verbs() -> None:
    """Edit a photo step by step. A session is a folder: it holds the photo, every edit and all that went into it."""


@session.command()
def new(
    photo: Annotated[Path, typer.Argument(help="The photo; it is copied into the session.")],
    folder: Annotated[Path, typer.Argument(help="The session's folder, new or empty.")],
) -> None:
    """Begin a session."""
    from mien.session import Session

    made = Session.create(folder, photo)
    print(f"{folder}: a session of {made.name}, {made.original.width} x {made.original.height}.")


@session.command()
def edit(
    context: typer.Context,
    folder: Folder,
    mask: Mask = None,
    sketch: Sketch = None,
    semantic: Semantic = None,
    color: Color = None,
    exemplar: Exemplar = None,
    attribute: Attribute = None,
    text: Text = None,
    layers: Layers = None,
    seed: Seed = None,
    strength: Strength = None,
    face: Which = None,
    box: Box = None,
    frame: Frame = None,
    protect: Protect = None,
    weight: Weight = None,
    weight_map: WeightMap = None,
    note: Note = None,
    editor: EditorName = "bundled",
    device: Device = "cpu",
    as_json: Json = False,
) -> None:
    """Edit once more, on top of the present edit."""
    opened = _open(folder, editor, device)
    _report(opened, opened.apply(note=note or "", **_inputs(context.params, opened)), as_json)


@session.command()
def change(
    context: typer.Context,
    folder: Folder,
    number: Annotated[int, typer.Argument(metavar="EDIT", help="The edit's number.")],
    without: Annotated[list[str] | None, typer.Option(help="Take this input away: sketch; repeatable.")] = None,
    mask: Mask = None,
    sketch: Sketch = None,
    semantic: Semantic = None,
    color: Color = None,
    exemplar: Exemplar = None,
    attribute: Attribute = None,
    text: Text = None,
    layers: Layers = None,
    seed: Seed = None,
    strength: Strength = None,
    face: Which = None,
    box: Box = None,
    frame: Frame = None,
    protect: Protect = None,
    weight: Weight = None,
    weight_map: WeightMap = None,
    note: Note = None,
    editor: EditorName = "bundled",
    device: Device = "cpu",
    as_json: Json = False,
) -> None:
    """Make another edit of one that led here, and those after it again on top: a new branch."""
    opened = _open(folder, editor, device)
    said = {**dict.fromkeys(without or ()), **_inputs(context.params, opened)}
    _report(opened, opened.change(number, note=note, **said), as_json)


@session.command()
def undo(folder: Folder, steps: Annotated[int, typer.Argument(help="How many.")] = 1) -> None:
    """Go back."""
    from mien.session import Session

    opened = Session.open(folder)
    print(label(opened, opened.undo(steps)))


@session.command()
def redo(folder: Folder, steps: Annotated[int, typer.Argument(help="How many.")] = 1) -> None:
    """Go forward again."""
    from mien.session import Session

    opened = Session.open(folder)
    print(label(opened, opened.redo(steps)))


@session.command()
def checkout(
    folder: Folder, number: Annotated[int, typer.Argument(metavar="EDIT", help="Its number; 0 for the original.")]
) -> None:
    """Go to any edit; the next edit there begins a branch."""
    from mien.session import Session

    opened = Session.open(folder)
    print(label(opened, opened.checkout(number)))


@session.command()
def replay(
    folder: Folder,
    photo: Annotated[Path, typer.Argument(help="The other photo.")],
    into: Annotated[Path, typer.Argument(help="The new session's folder, new or empty.")],
    face: Annotated[str | None, typer.Option(help="Which face there; default: the same number or point.")] = None,
    editor: EditorName = "bundled",
    device: Device = "cpu",
) -> None:
    """Make the edits that led here again on another photo, as a session of its own."""
    done = _open(folder, editor, device).replay(into, photo, face=face)
    print(label(done, done.tree.head))


def _open(folder: Path, editor: str, device: str) -> Session:
    """A session with an editor, which is loaded once it is known that there is a session."""
    from mien.session import Session
    from mien.sessions.history import History

    History(folder)
    return Session.open(folder, load_editor(editor, device))


def load_editor(name: str, device: str) -> FaceEditor:
    """What makes the edits."""
    from mien.editor import Editor

    return Editor.from_pretrained(name, device=device)


def _inputs(options: dict[str, Any], opened: Session) -> dict[str, Any]:
    from mien.cli.faces import parse_box
    from mien.errors import ConfigError

    face, box = options["face"], options["box"]
    if face is not None and box is not None:
        raise ConfigError("--face and --box each say where the face is; give one of them.")
    if box is not None:
        face = opened.editor.finder.at_box(opened.original, parse_box(box))
    return {**inputs_of(options), **({} if face is None else {"face": face})}


def _report(opened: Session, node: Node, as_json: bool) -> None:
    if as_json:
        print_json(node.as_dict())
        return
    size = opened.folder.patch(node).inside.sum() / opened.mask().size
    print(f"{label(opened, node.number)} ({size:.1%} of the photo)")


for verb in (log, export, drift, sheet):
    session.command()(verb)
