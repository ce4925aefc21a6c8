"""The hair matte: a picture and what the parser takes it for in, how much of each pixel is hair out.

The two convolutions at the picture's own resolution are where single strands are.
"""

from __future__ import annotations

from mien.models.perception.config import MatteConfig as MatteConfig
from mien.models.perception.fine_unet import FineUNet


class MatteNet(FineUNet):
    """Pictures with probabilities (B, P, H, W), sides multiples of 32, to logits of mattes (B, 1, H, W)."""

    def __init__(self, config: MatteConfig) -> None:
        super().__init__(config, 1)
        self.config = config
