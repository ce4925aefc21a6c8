"""Which way an edit is made where nobody says so: of real pixels wherever that is possible, painted otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from mien.conditions.colors import plain_color
from mien.conditions.regions import parse_region
from mien.editing.request import Request
from mien.errors import ConfigError
from mien.guides.shapes import Shapes
from mien.types import Bool, Float64, UInt8

PARTS = {
    **{name: name for name in ("eyes", "left_eye", "right_eye", "brows", "nose", "mouth", "teeth", "hair")},
    **{"lips": "mouth", "beard": "beard"},
}
"""Parts of an exemplar's face by the region that is masked."""

DYED = {
    **{name: name for name in ("hair", "brows", "irises", "lips", "teeth", "beard", "clothes", "background")},
    **{"eyes": "irises", "mouth": "lips"},
}
"""What takes on a single color, by the region that is masked."""

FEATURES = "eyes+brows+glasses+nose+mouth"
"""Regions that surroundings cannot fill."""

LARGEST, COVERED = 0.25, 0.02
"""Side of a mask's box, in sides of the crop, and fraction of it on a feature, up to which it is healed."""

FILLED = ("eyes", "left_eye", "right_eye", "nose", "mouth", "lips")
"""Regions that are made after other faces where no more is wished than a mask of them."""

HALVES, BOTH = 0.12, 0.02
"""Sides of the crop from which on a mask may be filled after the face's other half, and the share of it that may lie
over its mirror image."""

Look = Callable[[], tuple[Bool, UInt8, Float64 | None]]
"""The mask and the labels of the crop, both (D, D), and the face's points (478, 2) in it, None where none is found;
called where they decide."""


def by_pixels(request: Request, look: Look) -> Request | None:
    """The request as one that moves, borrows, dyes or heals pixels; None where it is to be painted.

    Attributes that faces' shapes know are moved, an exemplar with a part of the face as mask is borrowed from, a
    single color dyes the region, and a small mask without any wish is healed.
    Args:
        request: of mode "auto" or "pixels".
        look: at mask and regions of the crop.

    Raises:
        ConfigError: the mode is "pixels", and there is no such way.
    """
    if request.mode not in ("auto", "pixels") or (request.moves_pixels and not moves_attributes(request)):
        return None
    found = _found(request, look)
    if found is None and request.mode == "pixels":
        raise ConfigError(
            "Nothing here can be made of pixels that are there: name a part of the face as mask, with an exemplar or "
            "a single color, or leave the mode out."
        )
    return found


def moves_attributes(request: Request) -> bool:
    """Whether the attributes of a request move pixels: faces' shapes know all of them, and nothing is to be painted."""
    painted = (request.sketch, request.semantic, request.layers, request.text, request.exemplar, request.color)
    other = request.degrees or request.weights or request.weight_maps
    if request.mode not in ("auto", "pixels") or other or any(one is not None for one in painted):
        return False
    wanted = [name for name, strength in request.attributes.items() if strength]
    return bool(wanted) and all(name in Shapes.bundled().ranges for name in wanted)


def names_features(request: Request) -> bool:
    """Whether nothing is asked for but a mask by names of eyes, nose or mouth."""
    drawn = (request.sketch, request.semantic, request.layers, request.exemplar, request.color)
    more = request.attributes or request.degrees or request.weights or request.weight_maps
    words, names = (request.text or "").strip(), _names(request)
    return (
        bool(names)
        and not (more or words)
        and all(one is None for one in drawn)
        and all(name in FILLED for name in names)
    )


def _names(request: Request) -> list[str]:
    """Regions that are masked by their names."""
    names = request.mask.lower().split("+") if isinstance(request.mask, str) else []
    return [name.strip().replace("-", "_") for name in names]


def _found(request: Request, look: Look) -> Request | None:
    if moves_attributes(request):
        return replace(request, attributes={}, reshape={**request.attributes, **request.reshape})
    if names_features(request):
        return replace(request, mode="fill")
    drawn = (request.sketch, request.semantic, request.layers, request.text)
    more = request.attributes or request.degrees or request.weights or request.weight_maps
    if any(one is not None for one in drawn) or more:
        return None
    names = _names(request)
    if request.exemplar is not None:
        other = not (isinstance(request.exemplar, str) and request.exemplar == "self")
        known = bool(names) and all(name in PARTS for name in names)
        parts = "+".join(dict.fromkeys(PARTS[name] for name in names)) if known else ""
        return replace(request, mask=None, part=parts) if parts and other and request.color is None else None
    if request.color is not None:
        known = bool(names) and all(name in DYED for name in names)
        if not known or plain_color(request.color) is None:
            return None
        dyed: Any = dict.fromkeys((DYED[name] for name in names), request.color)
        return replace(request, mask=None, color=None, dye=dyed)
    if request.mask is None or names:
        return None
    from mien.guides.hidden.others import enough_left, features  # much code, which an edit refused early does not need

    mask, labels, points = look()
    over = points is not None and bool(features(points, mask)) and enough_left(points, mask)
    if over or _one_sided(mask):
        return replace(request, mode="fill")
    return replace(request, mode="heal") if _small(mask, labels) else None


def _small(mask: Bool, labels: UInt8) -> bool:
    """Whether a mask is small and lies on nothing but skin, hair and the like."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return False
    side = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    on_feature = parse_region(FEATURES)[labels][mask].mean()
    return bool(side <= LARGEST * len(mask) and on_feature <= COVERED)


def _one_sided(mask: Bool) -> bool:
    """Whether a large mask may be filled with what is seen in the other half of the face."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows) or min(np.ptp(rows), np.ptp(columns)) < HALVES * len(mask):
        return False
    return bool((mask & mask[:, ::-1]).sum() <= BOTH * mask.sum())
