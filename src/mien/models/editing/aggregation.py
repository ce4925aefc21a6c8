"""The multimodal aggregation A: pixel-wise modalities -> one map, each modality weighted per pixel.

A guide (pixels that were brought there, and how sure one is of each) is ours, and one modality more: its confidence is
its weight, so that it counts nowhere where nothing is known, and without one nothing changes at all.

Legend: B batch, N modalities (the image first), I channels of all modalities together, S side, C channels of a
modality's features F_i and of the aggregated map a.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.errors import ConfigError
from mien.models.perception.config import NetworkConfig
from mien.models.stylegan2.channels import spread
from mien.models.stylegan2.layers import GAIN, SLOPE, EqualConv2d

FAINTEST = 1e-6
"""The least weight of the image, so that something is left at every pixel."""


@dataclass(frozen=True)
class AggregationConfig(NetworkConfig):
    """What builds an :class:`Aggregation`.

    Attributes:
        width: C.
        hidden: channels inside the residual blocks.
        modalities: channels of each modality, in the order of the stacked layers; the image is the first.
        names: of the modalities.
        guide: whether a guide can be given.
        score_stride: scores are computed on maps that are this much smaller and enlarged bilinearly; 1 or 2.
    """

    width: int = 64
    hidden: int = 64
    modalities: tuple[int, ...] = (3, 1, 19, 3)
    score_stride: int = 1
    names: tuple[str, ...] = ("image", "sketch", "semantic", "color")
    guide: bool = False

    def __post_init__(self) -> None:
        if self.score_stride not in (1, 2):
            raise ConfigError(f"Scores are computed at a stride of 1 or 2, not {self.score_stride}.")
        if len(self.names) != len(self.modalities):
            raise ConfigError(f"{len(self.modalities)} modalities have {len(self.names)} names; name each of them.")


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions and a 1x1 skip; the sum is scaled by √½."""

    def __init__(self, in_channels: int, hidden: int, out_channels: int) -> None:
        super().__init__()
        half = math.sqrt(0.5)
        self.conv0 = EqualConv2d(in_channels, hidden, 3, gain=GAIN)
        self.conv1 = EqualConv2d(hidden, out_channels, 3, gain=half)
        self.skip = EqualConv2d(in_channels, out_channels, 1, bias=False, gain=half)

    def forward(self, x: Tensor) -> Tensor:
        """(B, in, H, W) -> (B, out, H, W)."""
        y: Tensor = self.conv1(F.leaky_relu_(self.conv0(x), SLOPE))
        skip: Tensor = self.skip(x)
        return y + skip


class Aggregation(nn.Module):
    """Modalities -> the aggregated map a, and the share of each modality at each pixel."""

    def __init__(self, config: AggregationConfig) -> None:
        super().__init__()
        self.config = config
        image, *others = config.modalities
        self.extract = nn.ModuleList(
            ResidualBlock(channels, config.hidden, config.width) for channels in (image + 1, *others)
        )
        self.score = ResidualBlock(config.width, config.hidden, 1)
        self.guide = ResidualBlock(4, config.hidden, config.width) if config.guide else None

    def forward(
        self, layers: Tensor, mask: Tensor, weights: Tensor | None = None, guide: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Aggregates.

        Args:
            layers: (B, I, S, S), see :mod:`mien.conditions.layers`; the image is masked already.
            mask: (B, 1, S, S) in [0, 1], 1 where the picture is to be edited. The image's features see it too.
            weights: (B, N, 1, 1) or (B, N, S, S), at least 0: the user's weight of each modality. It multiplies
                exp(score): 1 changes nothing, 0 takes the modality away. Where nothing else is left, the image is.
            guide: (B, 4, S, S), colors in [-1, 1] and confidence in [0, 1]; colors are 0 where the confidence is.
                Only for networks that know it.

        Returns:
            a (B, C, S, S), and ŝ (B, N, S, S) float32, in [0, 1] with sum 1 over N; with a guide N + 1, the guide last.

        Raises:
            ValueError: a weight is below 0 or not finite, or the image is taken away from a whole sample.
        """
        self._check(layers, mask, weights, guide)
        image, *others = torch.split(layers, list(self.config.modalities), 1)
        features = [block(x) for block, x in zip(self.extract, (torch.cat([image, mask], 1), *others), strict=True)]
        if guide is not None:
            assert self.guide is not None
            # as the image, which says with its mask where it is not known
            features.append(self.guide(torch.cat([guide[:, :3], 1 - guide[:, 3:]], 1)))
        scores = self.scores(features)
        if weights is not None:
            users = _log_weights(weights)  # a guide has its confidence, and no weight of the user's
            scores = scores + users if guide is None else torch.cat([scores[:, :-1] + users, scores[:, -1:]], 1)
        if guide is not None:
            scores = torch.cat([scores[:, :-1], scores[:, -1:] + guide[:, 3:].float().log()], 1)
        # (16) ŝ_i = exp(s_i) / Σ_j exp(s_j), at each pixel
        shares = scores.softmax(1)
        # (17) a = Σ_i ŝ_i ⊙ F_i
        parts = torch.split(shares.to(features[0].dtype), 1, 1)
        weighted = [spread(share, feature) * feature for share, feature in zip(parts, features, strict=True)]
        return sum(weighted[1:], weighted[0]), shares

    def scores(self, features: list[Tensor]) -> Tensor:
        """N times (B, C, S, S) -> (B, N, S, S), float32: one block scores all modalities."""
        stride = self.config.score_stride
        small = [F.avg_pool2d(feature, stride) if stride > 1 else feature for feature in features]
        scores: Tensor = self.score(torch.cat(small)).float()
        scores = torch.cat(scores.chunk(len(features)), 1)
        return F.interpolate(scores, scale_factor=float(stride), mode="bilinear") if stride > 1 else scores

    @torch.no_grad()
    def learn_guide(self) -> None:
        """Where it is sure, a guide is seen as the image is at first."""
        assert self.guide is not None
        self.guide.load_state_dict(self.extract[0].state_dict())

    def _check(self, layers: Tensor, mask: Tensor, weights: Tensor | None, guide: Tensor | None) -> None:
        batch, channels, *sides = layers.shape
        count, total = len(self.config.modalities), sum(self.config.modalities)
        assert channels == total, f"layers must have {total} channels, got {channels}"
        assert mask.shape == (batch, 1, *sides), f"mask must be {(batch, 1, *sides)}, got {tuple(mask.shape)}"
        if guide is not None:
            assert self.guide is not None, "these networks know no guide; leave it out"
            assert guide.shape == (batch, 4, *sides), f"guide must be {(batch, 4, *sides)}, got {tuple(guide.shape)}"
        if weights is None:
            return
        shapes = ((batch, count, 1, 1), (batch, count, *sides))
        assert weights.shape in shapes, f"weights must be {shapes[0]} or {shapes[1]}, got {tuple(weights.shape)}"
        if not bool(((weights >= 0) & weights.isfinite()).all()):
            raise ValueError("weights of modalities must be finite and at least 0")
        if not bool((weights[:, 0].flatten(1) > 0).any(1).all()):
            raise ValueError("the image cannot be taken away everywhere; give it a weight above 0 somewhere")


def _log_weights(weights: Tensor) -> Tensor:
    """(B, N, ...) -> the logarithm, −∞ for 0; the image keeps at least :data:`FAINTEST`."""
    image, others = torch.split(weights.float(), [1, weights.shape[1] - 1], 1)
    return torch.cat([image.clamp(min=FAINTEST), others], 1).log()
