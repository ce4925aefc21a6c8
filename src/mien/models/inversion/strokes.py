"""A sketch, finished or not -> coarse W+ codes of the face that is drawn.

After AniFaceDrawing (Huang et al., 2023): a drawing says the shape, which lies in the coarse codes of a generator; the
fine ones, which say colors and texture, come from elsewhere. There the reader of drawings is a large encoder (pSp's);
here it is a linear map of a small, blurred drawing, found in closed form, and a small network that adds to it:

    w = w_avg + A·x + f(x),        x the drawing at 32 px, standardized

Legend: B batch, K coarse codes of L, C their length, S side, P numbers of the small drawing.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.perception.config import NetworkConfig
from mien.models.stylegan2.config import GeneratorConfig


@dataclass(frozen=True)
class SketchConfig(NetworkConfig):
    """What builds a :class:`SketchEncoder`.

    Attributes:
        side: S.
        codes: K.
        w_dim: C.
        seen: side of the small drawing.
        hidden: width of the network that adds to the linear map.
    """

    side: int
    codes: int
    w_dim: int
    seen: int = 32
    hidden: int = 512

    @classmethod
    def of(cls, generator: GeneratorConfig) -> SketchConfig:
        """For such a generator: half of its codes."""
        return cls(generator.resolution, generator.codes // 2, generator.w_dim)


class SketchEncoder(nn.Module):
    """See the top of the file.

    Attributes:
        mean, scale: (P,) and (1,) of small drawings.
        w_avg: (C,) the generator's mean code.
    """

    mean: Tensor
    scale: Tensor
    w_avg: Tensor

    def __init__(self, config: SketchConfig) -> None:
        super().__init__()
        self.config = config
        numbers = config.seen**2
        self.register_buffer("mean", torch.zeros(numbers))
        self.register_buffer("scale", torch.ones(1))
        self.register_buffer("w_avg", torch.zeros(config.w_dim))
        self.linear = nn.Linear(numbers, config.w_dim)
        self.more = nn.Sequential(
            *(nn.Linear(numbers, config.hidden), nn.GELU(), nn.Dropout(0.3)),
            *(nn.Linear(config.hidden, config.hidden), nn.GELU(), nn.Dropout(0.3)),
        )
        self.last = nn.Linear(config.hidden, config.w_dim)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, strokes: Tensor) -> Tensor:
        """(B, 1, S, S), 1 on lines and 0 elsewhere -> (B, K, C), float32: the same code for all coarse layers."""
        x = (self.small(strokes) - self.mean) / self.scale
        w: Tensor = self.w_avg + self.linear(x).float() + self.last(self.more(x)).float()
        return w[:, None].expand(-1, self.config.codes, -1)

    def small(self, strokes: Tensor) -> Tensor:
        """(B, 1, S, S) -> (B, P): blurred by about a sixtieth of the side, at ``seen`` px."""
        side = self.config.seen
        x = F.interpolate(strokes.float(), size=(2 * side, 2 * side), mode="bilinear", antialias=True)
        return F.avg_pool2d(F.avg_pool2d(F.pad(x, (1, 1, 1, 1)), 3, 1), 2).flatten(1)

    @torch.no_grad()
    def start(self, small: Tensor, w: Tensor, w_avg: Tensor, ridge: float) -> None:
        """A in closed form, by ridge regression.

        Args:
            small: (N, P) drawings of :meth:`small`.
            w: (N, C) what they should give.
            w_avg: (C,).
            ridge: weight of the penalty, in parts of N.
        """
        self.w_avg.copy_(w_avg)
        self.mean.copy_(small.mean(0))
        self.scale.copy_((small - self.mean).square().mean().sqrt().clamp_min(1e-6))
        x, y = ((small - self.mean) / self.scale).double(), (w - w_avg).double()
        centred, offset = x - x.mean(0), y.mean(0)
        normal = centred.t() @ centred + ridge * len(x) * torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
        found = torch.linalg.solve(normal, centred.t() @ (y - offset))
        self.linear.weight.copy_(found.t())
        self.linear.bias.copy_(offset - x.mean(0) @ found)
