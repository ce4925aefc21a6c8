"""Regions by name: ``hair``, ``face-eyes``, ``mouth+nose``; unions, differences and intersections of classes."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

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

_TERM = re.compile(r"([-+&]?)\s*([a-z_]+)")
_EXPRESSION = re.compile(r"[a-z_]+(\s*[-+&]\s*[a-z_]+)*")


def classes_of(name: str) -> frozenset[int]:
    """Labels of a named region or class.

    Raises:
        LayerError: no such name.
    """
    plain = name.strip().lower()
    names = REGIONS.get(plain) or (REGIONS[str(canonical(plain))] if plain in ALIASES else None)
    if names is None:
        known = sorted({*REGIONS, "all"})
        raise LayerError(f"'{name}' is no region; choose from {', '.join(known)}, joined by +, - and &.")
    return frozenset(INDEX[n] for n in names)


def is_expression(source: object) -> bool:
    """Whether something given as a mask is the name of a region, rather than a picture."""
    return isinstance(source, str) and _EXPRESSION.fullmatch(source.strip().lower()) is not None


def parse_region(expression: str) -> Bool:
    """Which labels an expression takes; terms apply from left to right.

    Args:
        expression: names joined by ``+`` (union), ``-`` (without) and ``&`` (only where both), such as ``face-eyes``.

    Returns:
        (256,) bool, indexed by label.

    Raises:
        LayerError: not an expression, an unknown name, or nothing left.
    """
    text = expression.strip().lower()
    if not _EXPRESSION.fullmatch(text):
        raise LayerError(f"'{expression}' is no region; write names joined by +, - and &, such as face-eyes.")
    terms = _TERM.findall(text)
    taken: frozenset[int] = frozenset()
    for sign, name in terms:
        labels = frozenset(range(COUNT)) if name == "all" else classes_of(name)
        taken = taken - labels if sign == "-" else taken & labels if sign == "&" else taken | labels
    if not taken:
        raise LayerError(f"The region '{expression}' takes away all that it names; nothing is left.")
    table = np.zeros(256, np.bool_)
    table[list(taken)] = True
    return table


def region_mask(labels: UInt8, expression: str, *, grow_by: float = 0.0, feather_by: float = 0.0) -> Float32:
    """The mask of a named region.

    Args:
        labels: (H, W) uint8.
        expression: see :func:`parse_region`.
        grow_by: pixels that the region is widened by; negative shrinks it.
        feather_by: width of the soft edge in pixels, inside the grown region.

    Returns:
        (H, W) float32 in [0, 1].

    Raises:
        LayerError: a bad expression, or nothing of the region in the picture.
    """
    area: Bool = parse_region(expression)[labels]
    if area.any():
        area = grow(area, grow_by)
    if not area.any():
        raise LayerError(f"There is no '{expression}' in this face; run 'mien conditions' to see what was found.")
    return feather(area, feather_by)
