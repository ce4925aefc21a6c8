"""What lies behind something on a face: a picture with smooth skin in its place in, what differs from that out.

Behind glasses: a strip around the eyes; of a strip as it is, it says where frames are. Below beards: the lower face.
The two convolutions at the picture's own resolution are where the hairs of brows are.
"""

from __future__ import annotations

from mien.models.perception.config import ChinConfig as ChinConfig
from mien.models.perception.config import UncoverConfig as UncoverConfig
from mien.models.perception.fine_unet import Correction


class UncoverNet(Correction):
    """Pictures (B, P, H, W), sides multiples of 16, to what R, G, B lack, and logits of frames if there is a fourth of
    the channels (B, C, H, W).

    It starts at no difference: smooth skin is what it is judged against.
    """

    def __init__(self, config: UncoverConfig) -> None:
        super().__init__(config, config.channels)
        self.config = config
