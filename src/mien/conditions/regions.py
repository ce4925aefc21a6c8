"""Regions by name: ``hair``, ``face-eyes``, ``mouth+nose``, ``under-eyes``; unions, differences and intersections.

A region is a set of the parser's classes, or an area that landmarks and labels together tell
(:mod:`mien.conditions.areas`). Every verb knows all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

import numpy as np

from mien.conditions.areas import AREAS, Seen
from mien.conditions.labels import ALIASES, CLASSES, COUNT, INDEX, canonical
from mien.conditions.masks import feather, grow
from mien.errors import LayerError
from mien.types import Bool, Float32, UInt8

_EYES, _BROWS = ("left_eye", "right_eye"), ("left_brow", "right_brow")
_LIPS, _EARS = ("upper_lip", "lower_lip"), ("left_ear", "right_ear")
_FACE = ("skin", *_BROWS, *_EYES, "glasses", "nose", "mouth", *_LIPS)
_HEAD = (*_FACE, *_EARS, "earring", "hair", "hat")

REGIONS: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in CLASSES},
    "eyes": _EYES,
    "brows": _BROWS,
    "lips": _LIPS,
    "mouth": ("mouth", *_LIPS),
    "inner_mouth": ("mouth",),
    "ears": _EARS,
    "earrings": ("earring",),
    "skin": ("skin", "nose"),
    "face": _FACE,
    "head": _HEAD,
    "clothes": ("cloth",),
    "foreground": CLASSES[1:],
    "person": CLASSES[1:],
}
"""What each name stands for. ``mouth`` has the lips; ``skin`` is that of the face, with the nose."""

SAME = {
    "iris": "irises",
    "pupil": "pupils",
    "under_eye": "under_eyes",
    "eyebrows": "brows",
    "left_eyebrow": "left_brow",
    "right_eyebrow": "right_brow",
    "eyelid": "eyelids",
    "cheek": "cheeks",
    "mustache": "moustache",
    "tooth": "teeth",
    "spectacles": "glasses",
}
"""Other spellings; those of classes are in :data:`mien.conditions.labels.ALIASES`."""

_BY_HAND = (
    "mark it: 'mien mask PHOTO --polygon ...' or a picture that is white there, and 'mien heal --mask' with that."
)
_FOUND = "'mien heal' without a mask finds them by itself."

UNTOLD: Mapping[str, str] = {
    **dict.fromkeys(
        ("glare", "reflection", "reflections"), f"'mien heal --glasses' takes it off with them; or {_BY_HAND}"
    ),
    **dict.fromkeys(("stray_hair", "stray_hairs", "flyaways", "wisps"), f"For a single hair, {_BY_HAND}"),
    **dict.fromkeys(("mole", "moles", "pimple", "pimples", "spot", "scar", "tattoo"), f"It is not told; {_BY_HAND}"),
    **dict.fromkeys(("scratch", "scratches", "dust"), f"On a scan {_FOUND}"),
    **dict.fromkeys(("red_eye", "red_eyes"), "Use 'mien heal --red-eyes'."),
}
"""What people ask for and nothing finds as a region, and what to do instead."""

NAMES: tuple[str, ...] = tuple(dict.fromkeys((*REGIONS, *AREAS, "all")))
"""All that can be said."""

_COMPOUNDS = sorted((n for n in (*NAMES, *SAME, *UNTOLD) if "_" in n), key=len, reverse=True)
_COMPOUND = re.compile(rf"\b({'|'.join(n.replace('_', '[-_ ]') for n in _COMPOUNDS)})\b")
_TERM = re.compile(r"([-+&]?)\s*([a-z_]+)")
_EXPRESSION = re.compile(r"[a-z_]+(\s*[-+&]\s*[a-z_]+)*")


def terms(expression: str) -> list[tuple[str, str]]:
    """Signs ("", "+", "-" or "&") and names, from left to right: ``under-eyes - nose``.

    Raises:
        LayerError: not an expression, or an unknown name.
    """
    text = _spelled(expression)
    if not _EXPRESSION.fullmatch(text):
        raise LayerError(f"'{expression}' is no region; write names joined by +, - and &, such as face-eyes.")
    return [(sign, named(name)) for sign, name in _TERM.findall(text)]


def named(name: str) -> str:
    """Our spelling of a region's name.

    Raises:
        LayerError: no such region; the nearest names are told, or what to do instead.
    """
    plain = _spelled(name)
    known = plain if plain in NAMES else SAME.get(plain) or (canonical(plain) if plain in ALIASES else None)
    if plain in UNTOLD:
        raise LayerError(f"'{name}' is no region. {UNTOLD[plain]}")
    if known is None:
        near = get_close_matches(plain, tuple(dict.fromkeys((*NAMES, *SAME, *ALIASES))), 3, 0.6)
        hint = f"did you mean {' or '.join(near)}? All" if near else "all"
        raise LayerError(f"'{name}' is no region; {hint} regions: {', '.join(sorted(NAMES))}; joined by +, - and &.")
    return known


def classes_of(name: str) -> frozenset[int]:
    """Labels of a named region or class.

    Raises:
        LayerError: no such name, or one that is no set of classes.
    """
    known = named(name)
    if known == "all":
        return frozenset(range(COUNT))
    if known not in REGIONS:
        raise LayerError(f"'{name}' is told by a face's points, and there are none here; name a class of the parser.")
    return frozenset(INDEX[n] for n in REGIONS[known])


def is_expression(source: object) -> bool:
    """Whether something given as a mask is the name of a region, rather than a picture."""
    return isinstance(source, str) and _EXPRESSION.fullmatch(_spelled(source)) is not None


def check_region(expression: str) -> None:
    """Refuses what can be no region of any face.

    Raises:
        LayerError: not an expression, an unknown name, or one that takes away all that it names.
    """
    if all(name in REGIONS or name == "all" for _, name in terms(expression)):
        parse_region(expression)


def parse_region(expression: str) -> Bool:
    """Which labels an expression takes; terms apply from left to right.

    Args:
        expression: names joined by ``+`` (union), ``-`` (without) and ``&`` (only where both), such as ``face-eyes``.

    Returns:
        (256,) bool, indexed by label.

    Raises:
        LayerError: not an expression, an unknown name, one that is no set of classes, or nothing left.
    """
    table = combined(expression, _labels)
    if not table.any():
        raise LayerError(f"The region '{expression}' takes away all that it names; nothing is left.")
    return table


def combined(expression: str, find: Callable[[str], Bool]) -> Bool:
    """An expression's area, made of those of its names.

    Raises:
        LayerError: as :func:`terms`, and what ``find`` raises.
    """
    first, *others = terms(expression)
    area = find(first[1])
    for sign, name in others:
        one = find(name)
        area = area & ~one if sign == "-" else area & one if sign == "&" else area | one
    return area


def area_of(labels: UInt8, name: str, seen: Seen | None = None) -> Bool:
    """Where a region is, (H, W) bool.

    Args:
        labels: (H, W) uint8.
        name: of one region.
        seen: the same face with its landmarks; without it, only sets of classes are known.

    Raises:
        LayerError: no such name, or one that needs landmarks.
    """
    shaped = AREAS.get(named(name))
    if seen is not None and shaped is not None:
        return shaped(seen)
    return _labels(name)[labels]


def region_mask(
    labels: UInt8,
    expression: str,
    *,
    grow_by: float = 0.0,
    feather_by: float = 0.0,
    seen: Seen | None = None,
    where: str = "",
) -> Float32:
    """The mask of a named region.

    Args:
        labels: (H, W) uint8.
        expression: see :func:`parse_region`.
        grow_by: pixels that the region is widened by; negative shrinks it.
        feather_by: width of the soft edge in pixels, inside the grown region.
        seen: the same face with its landmarks, for regions that classes do not tell.
        where: what was looked at, for the error; else it is the face.

    Returns:
        (H, W) float32 in [0, 1].

    Raises:
        LayerError: a bad expression, or nothing of the region in the picture.
    """
    check_region(expression)
    area = combined(expression, lambda name: area_of(labels, name, seen))
    if area.any():
        area = grow(area, grow_by)
    if not area.any():
        hint = f"{where}; run 'mien conditions' to see what was found."
        raise LayerError(f"There is no '{expression}' in this face{hint}")
    return feather(area, feather_by)


def _labels(name: str) -> Bool:
    table = np.zeros(256, np.bool_)
    table[list(classes_of(name))] = True
    return table


def _spelled(text: str) -> str:
    """In lower case, names of several words joined by underscores: "Under-Eyes" -> "under_eyes"."""
    return _COMPOUND.sub(lambda found: re.sub(r"[- ]", "_", found[0]), text.strip().lower())
