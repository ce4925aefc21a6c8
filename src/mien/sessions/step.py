"""One edit of a session: the editor is asked, and what it changed becomes a node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from mien.editing.degrees import degrees_of
from mien.editing.request import Request
from mien.editing.worded import READ_AS
from mien.errors import ConfigError, MienError, SessionError
from mien.sessions.folder import Folder
from mien.sessions.objects import Objects
from mien.sessions.patch import Patch
from mien.sessions.recipe import Recipe, file_names, thaw
from mien.sessions.tree import Node, Tree
from mien.types import Face, Photo

if TYPE_CHECKING:
    from mien.align.finder import FaceFinder
    from mien.conditions.parser import FaceParser
    from mien.editing.result import EditResult

INPUTS = tuple(one.name for one in fields(Request))
"""What an edit of a session may say; see :class:`mien.editing.request.Request`."""

Quad = Sequence[Sequence[float]]


class FaceEditor(Protocol):
    """What a session needs of an editor; :class:`mien.editor.Editor` is one."""

    @property
    def name(self) -> str:
        """For the journal."""

    @property
    def finder(self) -> FaceFinder:
        """Finds faces."""

    @property
    def parser(self) -> FaceParser:
        """Finds regions."""

    def __call__(self, photo: Any, *args: Any, **inputs: Any) -> EditResult:
        """Edits one face; takes :data:`INPUTS` and ``cache``."""


@dataclass(frozen=True)
class Wish:
    """What shall be done.

    Attributes:
        recipe: see :mod:`mien.sessions.recipe`.
        quad: of the face's crop.
        note: the user's own words.
        origin: number of the edit that is made again, for messages; 0 for a new one.
        replaces: number of the edit of this session in whose place it is made; 0 if there is none.
    """

    recipe: Recipe
    quad: Quad
    note: str = ""
    origin: int = 0
    replaces: int = 0

    @classmethod
    def again(cls, node: Node) -> Wish:
        """What a node came from."""
        return cls(node.recipe, node.quad, node.note, node.number, node.number)


def check_inputs(
    inputs: Mapping[str, Any], photo: Callable[[], Photo], editor: Callable[[], FaceEditor]
) -> dict[str, Any]:
    """Inputs of which every one can be kept.

    A face that was found before, or a quad, becomes a list; a folder of layers what was painted in it, and its quad the
    face unless one is named.

    Args:
        inputs: arguments of :class:`mien.editor.Editor`.
        photo: gives what a folder of layers is compared with, to find those of another photo.
        editor: gives the editor, whose parser finds what was painted.

    Raises:
        ConfigError: an unknown input.
        LayerError: nothing was painted in the folder, or it is of another photo.
    """
    unknown = [name for name in inputs if name not in INPUTS]
    if unknown:
        raise ConfigError(f"'{unknown[0]}' is no input of an edit in a session; choose from {', '.join(INPUTS)}.")
    layers, face = inputs.get("layers"), inputs.get("face")
    if isinstance(layers, str | Path):
        from mien.editing.layer_folder import read_repainted

        painted = read_repainted(Path(layers), photo(), editor(), inputs)
        layers, face = painted.conditions, painted.quad if face is None else face
    if isinstance(face, Face):
        face = face.quad
    if isinstance(face, np.ndarray):
        face = face.tolist()
    added = {"layers": layers, "face": face}
    return {**inputs, **{name: value for name, value in added.items() if value is not None}}


def quad_of(
    recipe: Recipe,
    tree: Tree,
    original: Photo,
    name: str,
    editor: Callable[[], FaceEditor],
    cache: Any,
    objects: Objects,
) -> Quad:
    """The crop of the face that a recipe names.

    It is that of an earlier edit of the same face, and otherwise the one found in the original: the frame must not
    move while the face in it is edited.

    Raises:
        FaceError: there is no such face.
    """
    from mien.editing.context import EditContext
    from mien.editing.target import find_target

    face = recipe.get("face", "largest")
    for node in tree.nodes:
        if node.recipe.get("face", "largest") == face:
            return node.quad
    which = np.array(face, np.float64) if isinstance(face, list) else face
    if isinstance(face, Mapping):
        which = objects.path(str(face.get("file")))
    quad: Quad = find_target(original, which, EditContext(editor(), cache), name).quad.tolist()
    return quad


def edited(editor: FaceEditor, cache: Any, folder: Folder, photo: Photo, wish: Wish, **more: Any) -> EditResult:
    """What the editor makes of a wish; nothing is stored.

    Args:
        editor, cache: make it.
        folder: where the recipe's files are.
        photo: to edit.
        wish: what to do.
        **more: further arguments of the editor, such as ``n``.

    Raises:
        MienError: what the editor says, with files called as the user called them.
        SessionError: the recipe cannot be followed: it is damaged, or of a newer version.
    """
    unknown = [name for name in wish.recipe if name not in INPUTS]
    if unknown:
        raise SessionError(f"An edit of this session says '{unknown[0]}', which this mien does not know; update mien.")
    inputs = thaw({name: value for name, value in wish.recipe.items() if name != "face"}, folder.objects)
    try:
        return editor(photo, **inputs, **more, face=np.array(wish.quad, np.float64), cache=cache)
    except MienError as error:
        raise _told(error, wish, folder) from error


def perform(
    editor: FaceEditor, cache: Any, folder: Folder, photo: Photo, wish: Wish, numbers: tuple[int, int]
) -> tuple[Node, Patch]:
    """Edits and stores what changed; the journal is the caller's.

    Args:
        editor, cache, folder, wish: as in :func:`edited`.
        photo: the result of the parent.
        numbers: of the new node and of its parent.

    Raises:
        As :func:`edited`.
    """
    result = edited(editor, cache, folder, photo, wish)
    try:
        patch = Patch.between(photo, result.photo, result.mask > 0)
    except SessionError as error:
        raise _told(error, wish, folder) from error
    text, words = wish.recipe.get("text"), any(READ_AS in one for one in result.operations)
    degrees = degrees_of(text) if text and words and "degrees" not in wish.recipe else {}
    node = Node(
        number=numbers[0],
        parent=numbers[1],
        recipe={**wish.recipe, "degrees": degrees} if degrees else wish.recipe,
        quad=wish.quad,
        patch=folder.keep(patch),
        place=patch.place,
        operations=tuple(_named(one, wish.recipe, folder) for one in result.operations),
        note=wish.note,
        editor=editor.name,
        replaces=wish.replaces,
    )
    return node, patch


def _told(error: MienError, wish: Wish, folder: Folder) -> MienError:
    """The same error, with files called as the user called them, and the edit that it happened to."""
    sentence = _named(str(error), wish.recipe, folder)
    return type(error)(f"Making edit {wish.origin} again: {sentence}" if wish.origin else sentence)


def _named(sentence: str, recipe: Recipe, folder: Folder) -> str:
    """The sentence with files called as the user called them."""
    for stored, name in file_names(recipe).items():
        sentence = sentence.replace(str(folder.objects.folder / stored), name).replace(stored, name)
    return sentence
