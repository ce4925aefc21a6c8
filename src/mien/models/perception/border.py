"""The border of dyed hair: the photo, its rough dye and what is known of its hair in, what both lack out.

The two convolutions at the picture's own resolution are where single hairs are.
"""

from __future__ import annotations

from mien.models.perception.config import BorderConfig as BorderConfig
from mien.models.perception.fine_unet import Correction


class BorderNet(Correction):
    """Windows (B, P, H, W), sides multiples of 16, to what the matte, R, G and B lack (B, 4, H, W).

    It starts at nothing: the rough dye is what it is judged against.
    """

    def __init__(self, config: BorderConfig) -> None:
        super().__init__(config, 4)
        self.config = config
