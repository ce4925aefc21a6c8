"""What was asked for, so that it can be asked for again: the editor's inputs as JSON, with every file taken along.

Files and arrays become ``{"file": NAME, "name": "what it was called"}``, where NAME is that of a stored file
(:mod:`mien.sessions.objects`); arrays are stored in NumPy's format, and ``"aligned": true`` marks a face crop. Numbers,
words and lists stay as they are. Nothing refers to the outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.conditions.colors import plain_color
from mien.conditions.modalities import MODALITIES, current_name, pictures
from mien.conditions.types import Conditions
from mien.editing.likeness import liked
from mien.editing.request import Request
from mien.errors import ConfigError, LayerError, SessionError
from mien.photos.color import to_srgb
from mien.photos.containers import PNG
from mien.photos.encode import encode
from mien.photos.read import read_photo
from mien.photos.write import QUALITY
from mien.sessions.objects import Objects
from mien.types import AlignedFace, Photo

PICTURES = ("mask", *pictures())
"""Inputs that may be files."""

_WORDS: Mapping[str, str] = {
    **dict.fromkeys(PICTURES, "self"),
    "guide": "(?!)",
    "mask": r"[a-z_]+(\s*[-+&]\s*[a-z_]+)*",
}
"""What text means something else than the name of a file, by input."""

DEFAULTS: Mapping[str, Any] = {**{one.name: one.default for one in fields(Request)}, "face": "largest"}
"""What is not worth telling."""


@dataclass(frozen=True)
class Kept:
    """An input that the session stores already: the name of the stored file, and what it is called."""

    file: str
    name: str


Recipe = Mapping[str, Any]
StoredFile = Mapping[str, Any]


def freeze(inputs: Mapping[str, Any], objects: Objects) -> dict[str, Any]:
    """An editor's inputs as a recipe; files and arrays are stored.

    Args:
        inputs: arguments of :class:`mien.editor.Editor`; None says nothing and is left out.
        objects: where to store them.

    Raises:
        LayerError: a file cannot be read.
        ConfigError: a value that cannot be kept.
        SaveError: the session's folder cannot be written.
    """
    given = {name: value for name, value in inputs.items() if value is not None}
    return {name: _freeze(as_file(name, value), name, objects) for name, value in given.items()}


def thaw(recipe: Recipe, objects: Objects) -> dict[str, Any]:
    """The inverse of :func:`freeze`: files as paths into the session, arrays as arrays.

    Raises:
        SessionError: a stored file is missing or damaged, or the recipe refers to the outside.
    """
    strays = [name for name, value in recipe.items() if _is_outside(name, value)]
    if strays:
        raise SessionError(f"The {strays[0]} of an edit is a file outside the session; restore it from a copy.")
    inputs = over_files(recipe, lambda _, value: _opened(objects.path(value["file"]), bool(value.get("aligned"))))
    try:
        return {**inputs, "layers": Conditions(**inputs["layers"])} if "layers" in inputs else inputs
    except (TypeError, ValueError, AttributeError) as error:
        raise SessionError(f"The layers of an edit are damaged ({error}); restore the session from a copy.") from error


def changed(recipe: Recipe, inputs: Mapping[str, Any], objects: Objects) -> dict[str, Any]:
    """A recipe with some inputs replaced; None takes one away. Attributes and weights are replaced one by one.

    Raises:
        As :func:`freeze`.
    """
    result = {name: value for name, value in recipe.items() if inputs.get(name, value) is not None}
    if "text" in inputs:
        result.pop("degrees", None)  # of other words
    for name, value in freeze(inputs, objects).items():
        old, new = result.get(name), inputs[name]
        if isinstance(new, Mapping) and isinstance(old, Mapping):
            value = {key: one for key, one in {**old, **value}.items() if new.get(key, one) is not None}
        result[name] = value
    return result


def with_current_names(recipe: Recipe) -> dict[str, Any]:
    """A recipe of an earlier version, its modalities called what they are called today."""
    groups = {group: recipe.get(group) for group in ("layers", "weights", "weight_maps")}
    renamed = {
        group: {current_name(name): one for name, one in named.items()}
        for group, named in groups.items()
        if isinstance(named, Mapping)
    }
    return {**recipe, **renamed}


def over_files(recipe: Recipe, change: Callable[[str, StoredFile], Any]) -> dict[str, Any]:
    """A recipe with ``change(input, {"file": ..., "name": ...})`` in the place of each of its files."""

    def visit(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [visit(name, one) for one in value]
        if not isinstance(value, Mapping):
            return value
        if isinstance(value.get("file"), str):
            return change(name, value)
        return {key: visit(name, one) for key, one in value.items()}

    return {name: visit(name, value) for name, value in recipe.items()}


def file_names(recipe: Recipe) -> dict[str, str]:
    """What the files of a recipe were called, by the names of the stored ones."""
    found: dict[str, str] = {}
    over_files(recipe, lambda _, value: found.update({value["file"]: str(value.get("name"))}))
    return found


def is_readable(recipe: Recipe) -> bool:
    """Whether what has names has them, and what is a number is one: a journal may say anything."""
    named = [recipe.get(name, {}) for name in ("attributes", "reshape", "dye", "weights", "weight_maps", "degrees")]
    if not all(isinstance(value, Mapping) for value in named):
        return False
    numbers = [*named[0].values(), *named[1].values()]
    return all(isinstance(number, int | float) for number in numbers)


def describe(recipe: Recipe) -> str:
    """One line for people: ``mask hair, sketch lines.png, smile +1.5, strength 0.8``."""
    words: list[str] = []
    for name, value in recipe.items():
        if name in ("attributes", "reshape"):
            words += [f"{key} {amount:+g}" for key, amount in value.items()]
        elif name == "dye":
            words += [f"{region} dyed {_word(color)}" for region, color in value.items()]
        elif name == "degrees":
            words += [f"{key} {_word(value)}" for key, value in value.items()] if not recipe.get("text") else []
        elif name == "drag":
            words.append(f"{len(value)} points dragged")
        elif name in ("weights", "weight_maps"):
            words += [f"weight of {key} {_word(weight)}" for key, weight in value.items()]
        elif name == "layers" and not isinstance(value, Mapping):
            words.append("layers that cannot be read")
        elif name == "layers":
            words += [f"painted {key}" for key in value if key not in MODALITIES or MODALITIES[key].pictured]
            words += [f"text {value['text']}"] if value.get("text") else []
            words += [describe({"attributes": value["attributes"]})] if value.get("attributes") else []
        elif value != DEFAULTS.get(name):
            words.append(f"{name} {_word(value)}")
    return ", ".join(words)


def _word(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name"))
    return "given" if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else str(value)


def as_file(name: str, value: Any) -> Any:
    """The path where a word means a file; the value itself otherwise."""
    if name == "face" and (like := liked(value)) is not None:
        return like
    if name not in (*PICTURES, "weight_maps") or not isinstance(value, str):
        return value
    is_word = re.fullmatch(_WORDS.get(name, ""), value.strip().lower()) is not None
    return value if is_word or (name == "color" and plain_color(value) is not None) else Path(value)


def _is_outside(name: str, value: Any) -> bool:
    """Whether a recipe names a file that is not stored: none of ours does, but sessions come from elsewhere, too."""
    if isinstance(value, Mapping):
        return "file" not in value and any(_is_outside(name, one) for one in value.values())
    return isinstance(as_file(name, value), Path)


def _freeze(value: Any, name: str, objects: Objects) -> Any:
    if isinstance(value, Kept):
        objects.path(value.file)
        return asdict(value)
    if isinstance(value, Conditions):
        value = {layer: getattr(value, layer) for layer in value.given}
    if isinstance(value, Mapping):
        return {str(key): _freeze(as_file(name, one), f"{name} {key}", objects) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_freeze(one, name, objects) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and np.isfinite(value)):
        return value
    data, suffix = encoded(value, name)
    stored = {"file": objects.put(data, suffix), "name": value.name if isinstance(value, Path) else name}
    return {**stored, "aligned": True} if isinstance(value, AlignedFace) else stored


def encoded(value: Any, name: str = "input") -> tuple[bytes, str]:
    """A file, picture or array as the content of a file, and the ending for it.

    Raises:
        LayerError: the file cannot be read.
        ConfigError: it is none of these.
    """
    file = BytesIO()
    if isinstance(value, Path):
        try:
            return value.read_bytes(), value.suffix
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            reason = getattr(error, "strerror", None) or error
            raise LayerError(f"{value} cannot be read ({reason}); give a picture.") from error
    if isinstance(value, AlignedFace):
        value = Photo(value.pixels)
    if isinstance(value, Photo):
        return encode(value, PNG, QUALITY), ".png"
    if isinstance(value, Image.Image):
        value.save(file, "PNG")
        return file.getvalue(), ".png"
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        np.save(file, value, allow_pickle=False)
        return file.getvalue(), ".npy"
    raise ConfigError(f"A session cannot keep {value!r} as {name}; give a number, a word, a file or an array.")


def _opened(path: Path, aligned: bool) -> Path | AlignedFace | NDArray[Any]:
    if aligned:
        pixels = to_srgb(read_photo(path))
        return AlignedFace(pixels, np.eye(2, 3), (pixels.shape[1], pixels.shape[0]))
    if path.suffix != ".npy":
        return path
    try:
        array: NDArray[Any] = np.load(path, allow_pickle=False)
        return array
    except (ValueError, OSError, EOFError) as error:
        raise SessionError(f"{path} is no stored array; restore it from a copy of the session.") from error
