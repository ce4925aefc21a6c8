"""How much of each pixel is hair, single strands included, as a network sees it that knows what the parser says.

Convention:
    Pictures are (H, W, 3) uint8 sRGB; probabilities and mattes float32 in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np

from mien.engine import Network, load_matte
from mien.pixels import to_planes
from mien.types import Float32, UInt8

CLOSEST, USUAL = 520.0, 448.0
"""Sides of the FFHQ crop, pixels: up to the first, a picture is looked at as it is; larger ones are reduced."""

STEP = 32
"""Sides of the network's input are multiples of it."""

LEAST, FULL = 0.03, 0.97
"""Of a matte that become 0 and 1."""


@dataclass(frozen=True, eq=False)
class HairMatting:
    """Attributes:
    network: planes (B, 6, 32 h, 32 w) in [-1, 1] -> logits (B, 1, 32 h, 32 w).
    """

    network: Network[Any]

    @classmethod
    @cache
    def bundled(cls) -> HairMatting:
        """The network that comes with mien; loaded once."""
        return cls(load_matte())

    def __call__(
        self, picture: UInt8, hair: Float32, skin: Float32, others: Float32, side: float
    ) -> tuple[Float32, UInt8]:
        """The matte of a picture's hair.

        Args:
            picture: (H, W, 3).
            hair, skin, others: (h, w) of the same part: what the parser takes for hair, for skin, and for clothes,
                glasses, brows, eyes or a hat.
            side: of the FFHQ crop in pixels of the picture.

        Returns:
            The matte, and the picture as it was looked at: both (H, W), or smaller where faces are large.
        """
        shrink = 1.0 if side <= CLOSEST else USUAL / side
        size = (max(1, round(picture.shape[1] * shrink)), max(1, round(picture.shape[0] * shrink)))
        small = picture if shrink == 1 else cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
        told = [cv2.resize(one, size, interpolation=cv2.INTER_LINEAR) for one in (hair, skin, others)]
        return self._looked_at(np.concatenate([to_planes(small)[0], 2 * np.stack(told) - 1])), small

    def _looked_at(self, seen: Float32) -> Float32:
        """(6, h, w) in [-1, 1] -> (h, w)."""
        height, width = seen.shape[1:]
        planes = np.pad(seen, ((0, 0), (0, -height % STEP), (0, -width % STEP)), mode="edge")[None]
        (logits,) = self.network(np.ascontiguousarray(planes, np.float32))
        matte = 1 / (1 + np.exp(-logits[0, 0, :height, :width]))
        return np.asarray(np.clip((matte - LEAST) / (FULL - LEAST), 0, 1), np.float32)
