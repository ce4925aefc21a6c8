"""Parts of another person's hair: the beard.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import numpy as np

from mien.align import mesh
from mien.errors import LayerError
from mien.guides.hair_fit import Fitted, bent, field, places_of
from mien.guides.hair_lent import pure
from mien.guides.scene import Scene, polygon


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
    return Fitted(np.asarray(alpha, np.float32), front, picture, picture, shares, places_of(offsets))
