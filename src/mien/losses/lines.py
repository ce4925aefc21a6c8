"""Whether a picture has its edges where lines were drawn.

    L_line = Σ u·(|∂ₓx − ∂ₓy| + |∂ᵧx − ∂ᵧy|) / Σ u        u = 1 near drawn lines, ½ elsewhere, 0 without a sketch

Ours, not the paper's. A sketch does not say which side of a line is the lighter one; the ground truth y does.
Letters: B batch, S side.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

REACH = 64
"""Near is within this fraction of the side."""

ELSEWHERE = 0.5
"""What no line was drawn for counts less: parts of a sketch may be missing."""


def line_loss(slopes: Tensor, wanted: Tensor, sketch: Tensor, mask: Tensor) -> Tensor:
    """Distance of the slopes of two pictures, above all where lines were drawn.

    Args:
        slopes, wanted: (B, 2, S, S), horizontal and vertical.
        sketch: (B, 1, S, S) in {0, 1}, 1 on lines.
        mask: (B, 1, S, S) in {0, 1}, 1 = edit.

    Returns:
        a scalar; 0 where no line was drawn inside any mask.
    """
    side = sketch.shape[-1]
    drawn = sketch * mask
    near = F.max_pool2d(drawn, 2 * (side // REACH) + 1, stride=1, padding=side // REACH)
    given = drawn.amax(dim=(1, 2, 3), keepdim=True)
    weights = mask * given * (ELSEWHERE + (1.0 - ELSEWHERE) * near)
    distance = (slopes - wanted).abs().sum(1, keepdim=True)
    return (distance * weights).sum() / weights.sum().clamp(min=1.0)
