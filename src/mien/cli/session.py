"""``mien session``: edits that build upon each other, undone, changed, made again on other photos."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.codes import takes_code
from mien.cli.console import print_json, stderr, working
from mien.cli.edit_options import EditOptions
from mien.cli.history import Folder, Json, drift, export, label, log, recipe, sheet
from mien.cli.option_groups import grouped
from mien.cli.selection import Networks, chosen_face

if TYPE_CHECKING:
    from mien.session import Session
    from mien.sessions.tree import Node

session = typer.Typer(help="Edit a photo step by step: undo, branch, change a step, replay.", no_args_is_help=True)

Note = Annotated[str | None, typer.Option(help="Your own words, for log and sheet.")]


@session.callback()
def verbs() -> None:
    """Edit a photo step by step. A session is a folder: it holds the photo, every edit and all that went into it."""


@session.command()
@takes_code(then="folder")
def new(
    photo: Annotated[Path, typer.Argument(help="The photo; it is copied into the session.")],
    folder: Annotated[Path, typer.Argument(help="The session's folder, new or empty.")],
) -> None:
    """Begin a session."""
    from mien.session import Session

    made = Session.create(folder, photo)
    print(f"{folder}: a session of {made.name}, {made.original.width} x {made.original.height}.")


@session.command()
@grouped
def edit(
    folder: Folder,
    *,
    options: EditOptions,
    note: Note = None,
    networks: Networks,
    as_json: Json = False,
) -> None:
    """Edit once more, on top of the present edit."""
    from mien.session import Session

    _check(Session.open(folder), options, networks)
    with working("Editing"):
        opened = _open(folder, networks)
        node = opened.apply(note=note or "", **_inputs(options, opened))
    _report(opened, node, as_json)


@session.command()
@grouped
def change(
    folder: Folder,
    number: Annotated[int, typer.Argument(metavar="EDIT", help="The edit's number.")],
    *,
    without: Annotated[list[str] | None, typer.Option(help="Take this input away: sketch; repeatable.")] = None,
    options: EditOptions,
    note: Note = None,
    networks: Networks,
    as_json: Json = False,
) -> None:
    """Make another edit of one that led here, and those after it again on top: a new branch."""
    with working("Editing"):
        opened = _open(folder, networks)
        inputs = {**dict.fromkeys(without or ()), **_inputs(options, opened)}
        node, first = opened.change(number, note=note, **inputs), opened.tree.now(number)
    became = {one.replaces: one.number for one in opened.line() if one.number >= first.number}
    _report(opened, node, as_json, became)


@session.command()
def undo(folder: Folder, steps: Annotated[int, typer.Argument(help="How many.")] = 1) -> None:
    """Go back."""
    _go(folder, lambda opened: opened.undo(steps))


@session.command()
def redo(folder: Folder, steps: Annotated[int, typer.Argument(help="How many.")] = 1) -> None:
    """Go forward again."""
    _go(folder, lambda opened: opened.redo(steps))


@session.command()
def checkout(
    folder: Folder, number: Annotated[int, typer.Argument(metavar="EDIT", help="Its number; 0 for the original.")]
) -> None:
    """Go to any edit; the next edit there begins a branch."""
    _go(folder, lambda opened: opened.checkout(number))


@session.command()
@grouped
def replay(
    folder: Folder,
    photo: Annotated[Path, typer.Argument(help="The other photo.")],
    into: Annotated[Path, typer.Argument(help="The new session's folder, new or empty.")],
    *,
    face: Annotated[str | None, typer.Option(help="Which face there; default: the same number or point.")] = None,
    networks: Networks,
) -> None:
    """Make the edits that led here again on another photo, as a session of its own."""
    with working("Editing"):
        done = _open(folder, networks).replay(into, photo, face=face)
    print(label(done, done.tree.head))


def _open(folder: Path, networks: Networks) -> Session:
    """A session with an editor, which is loaded once it is known that there is a session."""
    from mien.session import Session

    opened = Session.open(folder)
    opened.editor = networks.load()
    return opened


def _check(opened: Session, options: EditOptions, networks: Networks) -> None:
    """Finds what is wrong about an edit before any network is loaded."""
    from mien.editing.request import Request

    networks.check(Request.from_dict({**options.inputs(), "face": options.face}), opened.original)


def _inputs(options: EditOptions, opened: Session) -> dict[str, Any]:
    """All inputs, the face too where one was named."""
    face = chosen_face(options.face, options.box, opened.original, opened.editor)
    return {**options.inputs(), **({} if face is None else {"face": face})}


def _go(folder: Path, move: Callable[[Session], int]) -> None:
    """Moves to another edit, and says which."""
    from mien.session import Session

    opened = Session.open(folder)
    print(label(opened, move(opened)))


def _report(opened: Session, node: Node, as_json: bool, became: Mapping[int, int] = MappingProxyType({})) -> None:
    """Says which edit was made, what its words were read as, and what has become of others."""
    from mien.editing.worded import READ_AS

    if as_json:
        print_json({**node.as_dict(), **({"became": dict(became)} if became else {})})
        return
    for former, number in became.items():
        print(f"Edit {former} is now edit {number}.")
    patch = opened.folder.patch(node, opened.facts)
    size = patch.inside.sum() / (opened.facts["width"] * opened.facts["height"])
    print(f"{label(opened, node.number)} ({size:.1%} of the photo)")
    for read in (one for one in node.operations if READ_AS in one):
        stderr().print(read, style="yellow", markup=False, highlight=False, soft_wrap=True)


for verb in (log, export, recipe, drift, sheet):
    session.command()(verb)
