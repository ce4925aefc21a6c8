"""How near hair came to the outline that a semantic map asked for."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.align.crop import crop_face, quad_to_matrix
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.types import Bool, Float64, Photo, UInt8

SIDE, EYES = 256, 0.34
"""Side of the crop in which hair is looked for again; and the distance of the outer corners of the eyes, of that side,
as the FFHQ crop has it."""


HUE = 12.0
"""Distance in a* and b* up to which what the parser takes for hair has the hue of hair."""


ROOTED = 0.1
"""Share of the old hair that a mask must leave out so that new hair is told by it."""


@dataclass(frozen=True)
class Reached:
    """Attributes:
    before, after: intersection over union of the hair with the map's, within the mask.
    away: mean distance from the line at which the map's hair ends below, in distances of the outer corners of the eyes.
    missing: share of what the map changes that is not as it says.
    """

    before: float
    after: float
    away: float
    missing: float

    def __str__(self) -> str:
        return (
            f"hair overlaps the map's by {self.after:.2f} within the mask ({self.before:.2f} before) "
            f"and ends {self.away:.2f} eye distances from its line"
        )


def reached(before: Photo, after: Photo, quad: Float64, parser: FaceParser, asked: tuple[Bool, bool, Bool]) -> Reached:
    """Measured by the parser, in the crop.

    Args:
        before, after: photos.
        quad: (4, 2) of the face.
        parser: finds hair.
        asked: (D, D) the hair of a map in the crop, or what of the hair it takes away; whether it is that; and (H, W)
            the mask.
    """
    shown, away, mask = asked
    matrix = quad_to_matrix(quad, SIDE)
    inside = cv2.WARP_INVERSE_MAP | cv2.INTER_NEAREST
    allowed = cv2.warpAffine(mask.astype(np.uint8), matrix, (SIDE, SIDE), flags=inside) > 0
    crops = [crop_face(one, quad, SIDE).pixels for one in (before, after)]
    old, new = (parser.parse_crop(one) == INDEX["hair"] for one in crops)
    area = cv2.resize(shown.astype(np.uint8), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST) > 0
    roots, beard = old & ~allowed, np.s_[SIDE // 2 :, round(0.3 * SIDE) : round(0.7 * SIDE)]
    roots[beard] = False
    allowed[beard] &= away | ~old[beard]
    roots &= roots.sum() > ROOTED * old.sum()
    wished = _grown(old & ~area, roots) if away else area
    changed = (wished != old) & allowed
    new = _grown(new & _alike(crops[1], new & roots), roots)
    missing = float((new != wished)[changed].mean()) if changed.any() else 0.0
    columns = changed.any(0)
    ends = [_ends(one & allowed, allowed)[columns] for one in (wished, new)]
    far = float(np.abs(ends[0] - ends[1]).mean()) / (EYES * SIDE) if columns.any() else 0.0
    return Reached(_overlap(old, wished, allowed), _overlap(new, wished, allowed), far, missing)


def _alike(pixels: UInt8, hair: Bool) -> Bool:
    """(D, D) what has about the hue of hair (D, D) that is known: a meadow is sometimes taken for hair, too."""
    if not hair.any():
        return np.ones(hair.shape, np.bool_)
    lab = cv2.cvtColor(cv2.GaussianBlur(pixels, (0, 0), 2.0), cv2.COLOR_RGB2LAB).astype(np.float32)
    away = np.linalg.norm(lab[..., 1:] - np.median(lab[hair], axis=0)[1:], axis=2)
    return np.asarray(away < max(HUE, float(np.quantile(away[hair], 0.95))), np.bool_)


def _grown(hair: Bool, roots: Bool) -> Bool:
    """Pieces of hair that hang on what is hair for sure: a black coat is sometimes taken for hair, too."""
    _, pieces = cv2.connectedComponents(hair.astype(np.uint8))
    if not (hair & roots).any():
        return hair
    return np.asarray(np.isin(pieces, np.unique(pieces[hair & roots])) & hair, np.bool_)


def _overlap(one: Bool, other: Bool, area: Bool) -> float:
    both, either = (one & other & area).sum(), ((one | other) & area).sum()
    return float(both / either) if either else 1.0


def _ends(hair: Bool, allowed: Bool) -> Float64:
    """(D,) the row below the last hair of each column, or the first that may change where there is none."""
    last = len(hair) - hair[::-1].argmax(0)
    return np.asarray(np.where(hair.any(0), last, allowed.argmax(0)), np.float64)
