"""Codes that descend to what was asked for: gradients through the generator and the bundled networks, with torch.

    min  d(G(w_0 + Δ)) + STAY·mean Δ²      a Δ for coarse codes and one for fine, d of mien.generation.agreement

Two differences for all codes keep the face among the generator's: with one for each code, contrast grows instead.
Legend: B faces, L W+ codes, C length of a code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.conditions.lines import PencilFilter, slopes
from mien.generation.agreement import NEAR, REACH, Asked, Seen, distance
from mien.interrupt import checkpoint
from mien.types import Float32

if TYPE_CHECKING:
    from mien.generation.generator import MultimodalGenerator

RATE, STAY = 0.05, 0.15
"""Of Adam, and the weight of what is moved."""

SOFT = 0.01
"""Width of the step between no line and a line, in the unit of the pencil filter's threshold."""

FARTHEST = 4.0
"""Scaled numbers of the face reader are cut off here, farther out than what can be asked for (LIMIT, 3)."""

HELD = 0.3
"""Weight of the face's places where a pose is given without a shape: the descent does not turn heads."""


class Descent:
    """Build it once and use it for many faces.

    Args:
        generator: whose codes they are; its folder has to hold weights for torch.
    """

    def __init__(self, generator: MultimodalGenerator) -> None:
        from mien.checkpoints.generator import load_generator
        from mien.checkpoints.parser import load_parser
        from mien.checkpoints.perception import load_landmarks, load_reader

        self.maker, self.scale, self.config = generator, generator.scale, generator.mapper.config
        self.generator = load_generator(generator.source)
        self.parser, self.landmarks, self.reader = load_parser(), load_landmarks(), load_reader()
        for network in (self.generator, self.parser, self.landmarks, self.reader):
            network.eval().requires_grad_(False)

    @cached_property
    def halves(self) -> Tensor:
        """(L, 2), which of the two differences a code takes."""
        count = self.config.codes
        return F.one_hot((torch.arange(count) >= count // 2).long(), 2).float()

    def refined(self, codes: Float32, asked: Asked, steps: int, done: Callable[[], None] = checkpoint) -> Float32:
        """Codes (B, L, C) -> the best of the descent.

        Args:
            codes: where it starts.
            asked: of the same faces.
            steps: each takes about as long as four pictures.
            done: called after every step.
        """
        base, want = torch.from_numpy(codes), asked.tensors()
        moved = torch.zeros(len(codes), 2, codes.shape[2], requires_grad=True)
        adam = torch.optim.Adam([moved], lr=RATE, betas=(0.8, 0.99))
        best, least = base.clone(), torch.full((len(codes),), torch.inf)
        places: Tensor | None = None
        for step in range(steps + 1):
            now = base + self.halves @ moved
            seen = self.seen(self.generator.synthesis(now, "const"), want)
            loss = distance(torch, seen, want) + STAY * moved.square().mean((1, 2))
            if want.asks("pose"):
                places = seen.points.detach() if places is None else places
                loss = loss + HELD * want.given[:, 3] * (seen.points - places).norm(dim=-1).mean(-1) / REACH
            with torch.no_grad():
                better = loss < least
                best[better], least = now[better], torch.minimum(least, loss)
            if step < steps:
                adam.param_groups[0]["lr"] = RATE * min(1.0, (step + 1) / 4, 3 * (steps - step) / steps)
                adam.zero_grad()
                loss.sum().backward()
                adam.step()
            done()
        return best.detach().numpy()

    def seen(self, pictures: Tensor, want: Asked) -> Seen:
        """What pictures (B, 3, R, R) in [-1, 1] show of what is asked for; poses are not looked at."""
        found = Seen()
        if want.asks("semantic"):
            logits = first(self.parser(sized(pictures, self.parser.config.size)))
            shares = sized(logits.softmax(1), want.semantic.shape[-1])
            found = replace(found, semantic=shares)
        if want.asks("sketch"):
            lines = self._lines(sized(pictures, want.sketch.shape[-1]))
            found = replace(found, lines=lines, wide=F.max_pool2d(lines, NEAR, 1, NEAR // 2))
        if want.asks("geometry") or want.asks("pose"):
            points = (first(self.landmarks(sized(pictures, self.landmarks.config.size))) + points_from()) / 2
            found = replace(found, points=points - points.mean(1, keepdim=True) * torch.tensor([0, 0, 1.0]))
        if want.asks("text") and len(self.scale.names) == self.reader.config.numbers:
            numbers = first(self.reader(sized(pictures, self.reader.config.size)))
            mean, spread = torch.tensor(self.scale.mean), torch.tensor(self.scale.spread)
            found = replace(found, numbers=((numbers - mean) / spread).clamp(-FARTHEST, FARTHEST))
        return found

    def _lines(self, pictures: Tensor) -> Tensor:
        """Lines of the pencil filter (B, 1, D, D), each as strong as its slope is steep."""
        settings = PencilFilter()
        across, down = slopes(pictures, settings)
        return torch.sigmoid((across.abs() + down.abs() - settings.threshold) / SOFT)


def points_from() -> Tensor:
    """What makes the landmarks of a crop, -1 to 1, sides of the crop."""
    return torch.tensor([1.0, 1.0, 0.0])


def first(found: Any) -> Tensor:
    """Of what a network gives."""
    tensor: Tensor = found if torch.is_tensor(found) else found[0]
    return tensor


def sized(planes: Tensor, side: int) -> Tensor:
    """(B, K, R, R) -> (B, K, S, S)."""
    if planes.shape[-1] == side:
        return planes
    return F.interpolate(planes, size=side, mode="bilinear", align_corners=False, antialias=planes.shape[-1] > side)
