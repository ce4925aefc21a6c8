"""What is borrowed of another face: parts by name, and which landmarks outline them.

No NumPy here: the command line checks names before anything large is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mien.align import mesh
from mien.errors import LayerError

_EYES = (*mesh.LEFT_EYE_CONTOUR, *mesh.RIGHT_EYE_CONTOUR)
_BROWS = (*mesh.LEFT_BROW, *mesh.RIGHT_BROW, 46, 53, 52, 65, 55, 276, 283, 282, 295, 285)
_NOSE = (168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 48, 278, 64, 294, 49, 279, 219, 439, 94, 19)
_MOUTH = (*mesh.OUTER_LIPS, *mesh.INNER_LIPS_CONTOUR)


@dataclass(frozen=True)
class Part:
    """Attributes:
    points: whose outline, widened, is the part.
    margin: how far it is widened, in eye distances.
    pieces: groups of points with an outline of their own; None for one outline around all.
    below: how much farther it reaches downwards, in eye distances: cheeks push up the lower lids of smiling eyes.
    """

    points: tuple[int, ...]
    margin: float
    pieces: tuple[tuple[int, ...], ...] | None = None
    below: float = 0.0


_LEFT, _RIGHT = mesh.LEFT_EYE_CONTOUR, mesh.RIGHT_EYE_CONTOUR
PARTS: Mapping[str, Part] = {
    "eyes": Part(_EYES, 0.14, (_LEFT, _RIGHT), 0.2),
    "left_eye": Part(_LEFT, 0.14, below=0.2),
    "right_eye": Part(_RIGHT, 0.14, below=0.2),
    "brows": Part(_BROWS, 0.09, (_BROWS[:5] + _BROWS[10:15], _BROWS[5:10] + _BROWS[15:])),
    "nose": Part(_NOSE, 0.08),
    "mouth": Part(_MOUTH, 0.16),
    "face": Part(mesh.OUTLINE, -0.03),
}

WIDER: Mapping[str, Part] = {"eyes": replace(PARTS["eyes"], margin=0.17, below=0.3)}
"""Where skin and light agree, eyes bring what moves with them: brows' lower edge, crow's feet, tops of cheeks."""

ONE_SIDED = ("left_eye", "right_eye")

HAIR = ("hair", "fringe", "beard")
"""What is borrowed with a matte."""

LOWER = ("teeth", "lower_face")
"""What changes the lower half of a face; see :mod:`mien.guides.beards.lower`."""

WRINKLES = "wrinkles"
"""The relief of skin alone; see :mod:`mien.guides.healing.wrinkles`."""


def check_parts(parts: str) -> list[str]:
    """``"eyes+mouth"`` -> ["eyes", "mouth"]; hair is a part, too, see :mod:`mien.guides.hair.another`.

    Raises:
        LayerError: a part that is none.
    """
    found = [part.strip().replace("-", "_") for part in parts.lower().split("+")]
    for part in found:
        if part not in (known := (*PARTS, *LOWER, *HAIR, WRINKLES)):
            raise LayerError(f"'{part}' cannot be borrowed; choose from {', '.join(known)}.")
    return found
