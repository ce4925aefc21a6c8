"""Parts of another person's hair: the fringe alone, the beard.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mien.align import mesh
from mien.compose.border import wide_blur
from mien.errors import LayerError
from mien.guides.coloring import Dye, curve
from mien.guides.hair_fit import Fitted, bent, field, places_of, pure
from mien.guides.scene import Scene, polygon

HAIRLINE = (162, 21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251, 389)
BROW_LINE = (300, 293, 334, 296, 336, 107, 66, 105, 63, 70)
"""From temple to temple, and back above the brows."""

FRINGE = 0.12
"""Square units of hair on a forehead from which it is a fringe."""


def beard(here: Scene, there: Scene) -> Fitted:
    """The other's beard bent to this face.

    Raises:
        LayerError: the other has none.
    """
    if not there.beard.any():
        raise LayerError("The other face has no beard; choose another photo.")
    offsets = field(here, there, 1.0, 1.0)
    front, picture = (bent(one, offsets) for one in (pure(there, there.beard), there.picture))
    shares = {name: bent(share * 255, offsets) / np.float32(255) for name, share in there.shares.items()}
    lips = polygon(here.points[list(mesh.OUTER_LIPS)], here.shape, 0.008 * here.unit)
    alpha = np.clip(bent(there.beard, offsets, 0), 0, 1) * (1 - lips)
    return Fitted(np.asarray(alpha, np.float32), front, picture, shares, places_of(offsets))


def fringe(here: Scene, fit: Fitted) -> Fitted:
    """Only what hangs over the forehead, in the colour of the hair that is there.

    Raises:
        LayerError: the other has no fringe, or this head has no hair that it could belong to.
    """
    points, unit = here.points[:, :2], here.unit
    low, high = points[list(BROW_LINE)], points[list(HAIRLINE)]
    middle = points[list(mesh.OUTLINE)].mean(0)
    if float((fit.alpha * polygon(np.concatenate([high, low]), here.shape, 1)).sum()) < FRINGE * unit**2:
        raise LayerError("The other head has no fringe; choose another photo.")
    old = here.hair > 0.8
    if float(old.sum()) < 0.2 * unit**2:
        raise LayerError("There is too little hair on this head for a fringe to belong to; borrow all of the hair.")
    down = (points[152] - points[10]) / np.linalg.norm(points[152] - points[10])
    low = low + 0.35 * unit * down
    forehead, top = (
        polygon(np.concatenate([middle + (high - middle) * wider, low]), here.shape, soft * unit)
        for wider, soft in ((1.12, 0.05), (1.6, 0.1))
    )
    backdrop = np.clip(4 * wide_blur(here.shares["background"], 0.05 * unit), 0, 1)
    covered = np.maximum(np.clip(3 * wide_blur(here.hair, 0.03 * unit) - 1.9, 0, 1), backdrop)
    alpha = fit.alpha * np.maximum(forehead, top * (1 - covered))
    color = here.picture[old].mean(0) / np.float32(255)
    front = fit.front / np.float32(255)
    front = 255 * curve(front, alpha, color.astype(np.float32), Dye(variety=0.6))(front)
    return replace(fit, alpha=np.asarray(alpha, np.float32), front=np.asarray(front, np.float32))
