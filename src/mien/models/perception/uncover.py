"""What lies behind glasses: a strip around the eyes with smooth skin where frames are in, what differs from that out;
and where frames are, of a strip as it is.

The two convolutions at the strip's own resolution are where the hairs of brows are.
"""

from __future__ import annotations

from mien.models.perception.config import UncoverConfig as UncoverConfig
from mien.models.perception.fine_unet import Correction


class UncoverNet(Correction):
    """Strips (B, P, H, W), sides multiples of 16, to what R, G, B lack, and logits of frames (B, 4, H, W).

    It starts at no difference: smooth skin is what it is judged against.
    """

    def __init__(self, config: UncoverConfig) -> None:
        super().__init__(config, 4)
        self.config = config
