"""The face parser: an aligned face in, the scores of 19 semantic classes for each pixel out.

A U-Net (Ronneberger et al. 2015) whose finest features have half of the picture's resolution; the scores are enlarged.

Legend: B batch, H and W sides in pixels (multiples of 32), K classes.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.perception.config import ParserConfig as ParserConfig
from mien.models.perception.layers import ResidualBlock, conv_block


class GlobalContext(nn.Module):
    """Adds a linear function of the mean over the picture to every place: which light, which hair, which side."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.linear = nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        context: Tensor = x + self.linear(x.mean((2, 3)))[:, :, None, None]
        return context


class UpBlock(nn.Module):
    """Doubles the resolution and joins the encoder's features of that resolution."""

    def __init__(self, inputs: int, skipped: int, outputs: int) -> None:
        super().__init__()
        self.narrow = nn.Sequential(nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))
        self.lateral = nn.Sequential(nn.Conv2d(skipped, outputs, 1, bias=False), nn.BatchNorm2d(outputs))
        self.mix = conv_block(outputs, outputs)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """(B, inputs, H, W) and (B, skipped, 2H, 2W) -> (B, outputs, 2H, 2W)."""
        enlarged = F.interpolate(self.narrow(x), scale_factor=2.0, mode="bilinear")
        mixed: Tensor = self.mix((enlarged + self.lateral(skip)).relu())
        return mixed


class ParserNet(nn.Module):
    """Pictures to class scores."""

    def __init__(self, config: ParserConfig) -> None:
        super().__init__()
        self.config = config
        self.stem = conv_block(3, config.widths[0], stride=2)
        self.down = nn.ModuleList(
            nn.Sequential(conv_block(before, width, stride=2), *(ResidualBlock(width) for _ in range(count)))
            for before, width, count in zip(config.widths, config.widths[1:], config.blocks, strict=False)
        )
        self.context = GlobalContext(config.widths[-1])
        inputs = (config.widths[-1], *config.decoder)
        self.up = nn.ModuleList(
            UpBlock(before, skipped, width)
            for before, skipped, width in zip(inputs, config.widths[-2::-1], config.decoder, strict=False)
        )
        self.head = nn.Conv2d(config.decoder[-1], config.classes, 1)

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1] -> logits (B, K, H, W)."""
        return F.interpolate(self.scores(images), scale_factor=2.0, mode="bilinear")

    def scores(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) in [-1, 1] -> logits (B, K, H / 2, W / 2), at the network's own resolution."""
        b, c, h, w = images.shape
        assert c == 3 and h % 32 == 0 and w % 32 == 0, f"expected (B, 3, 32n, 32m), got {(b, c, h, w)}"
        x = self.stem(images)
        skips = []
        for stage in self.down:
            skips.append(x)
            x = stage(x)
        x = self.context(x)
        for block, skip in zip(self.up, reversed(skips), strict=True):
            x = block(x, skip)
        logits: Tensor = self.head(x).float()
        return logits
