"""A judge of codes: what a picture would show, told from its code, without making it.

Two perceptrons learn from the same pairs: w -> the reader's numbers, and w -> a coarse semantic map and landmarks. They
judge codes of which no pair is known: a map of one face with the words of another. Training them costs next to nothing
where a generator, a parser and a reader in the loop would cost a hundred times as much (ours; not in the paper).

Legend: B batch, C length of w, K numbers, G side of the coarse map, V landmarks.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.models.mm2latent.mapping import Given

COARSE, CLASSES = 16, 19
POINTS = 478
STEP = 4
"""Every how manieth landmark is judged."""

UNIT = 0.05
"""Of landmarks, in sides of the crop: about their spread."""


@dataclass(frozen=True)
class Told:
    """What a code tells, or what is true.

    Attributes:
        numbers: (B, K) in standard deviations of the samples.
        semantic: (B, 19, G, G) logits, or shares.
        points: (B, V, 3) in units.
        pose: (B, 2) in units of 15 degrees.
    """

    numbers: Tensor
    semantic: Tensor
    points: Tensor
    pose: Tensor


class CodeJudge(nn.Module):
    """Codes of unit scale (B, C) -> :class:`Told`.

    Args:
        w_dim: C.
        numbers: K.
        hidden: width.
    """

    def __init__(self, w_dim: int, numbers: int, hidden: int = 256) -> None:
        super().__init__()
        self.count = numbers
        self.reads = _perceptron(w_dim, hidden, numbers)
        self.sees = _perceptron(w_dim, hidden, CLASSES * COARSE**2)
        self.places = _perceptron(w_dim, hidden, 3 * len(range(0, POINTS, STEP)) + 2)

    def forward(self, code: Tensor) -> Told:
        """See the class."""
        placed = self.places(code).float()
        semantic = self.sees(code).float().reshape(-1, CLASSES, COARSE, COARSE)
        points = placed[:, :-2].reshape(len(code), -1, 3)
        return Told(self.reads(code).float(), semantic, points, placed[:, -2:])


class Statistics:
    """What is known of all pairs: the mean landmarks, and where codes lie.

    A StyleGAN's codes are nearly Gaussian before the mapping's last leaky ReLU, which a leaky ReLU of slope 5 undoes
    (Zhu et al., 2020, "Improved StyleGAN embedding").

    Args:
        w: (N, C).
        points: (N, 478, 3).
    """

    def __init__(self, w: Tensor, points: Tensor) -> None:
        self.points = points.mean(0)
        x = F.leaky_relu(w.float(), 5.0)
        self.mean = x.mean(0)
        values, vectors = torch.linalg.eigh(torch.cov(x.T) + 1e-4 * torch.eye(w.shape[1]))
        self.whiten = vectors * values.clamp(min=1e-4).rsqrt()

    def surprise(self, w: Tensor) -> Tensor:
        """How much farther from the mean codes (B, C) lie than samples do, in the space where these are white."""
        white = (F.leaky_relu(w.float(), 5.0) - self.mean) @ self.whiten
        return F.relu(white.square().mean(1) - 1).mean()


def true_of(numbers: Tensor, shares: Tensor, points: Tensor, pose: Tensor, middle: Tensor) -> Told:
    """What is true of pairs.

    Args:
        numbers: (B, K) scaled.
        shares: (B, 19, S, S).
        points: (B, 478, 3).
        pose: (B, 2) degrees.
        middle: (478, 3) the mean of all.
    """
    away = (points - middle)[:, ::STEP] / UNIT
    return Told(numbers, F.adaptive_avg_pool2d(shares, COARSE), away, pose / 15)


def judge_loss(told: Told, true: Told) -> Tensor:
    """What the judge learns."""
    number = F.smooth_l1_loss(told.numbers, true.numbers)
    place = F.smooth_l1_loss(told.points, true.points) + F.smooth_l1_loss(told.pose, true.pose)
    return number + _cross_entropy(told.semantic, true.semantic).mean() + place


def consistency_loss(told: Told, true: Told, given: Given) -> dict[str, Tensor]:
    """By modality, how far a code is from what is given, as the judge tells it; what is not given does not count.

    Args:
        told: of the code.
        true: of the faces that the given is of.
        given: the flags of presence, and which numbers the text speaks of.
    """
    semantic, sketch, geometry, pose, text = given.present.unbind(1)
    count = true.numbers.shape[1]
    wanted = given.text[:, count:]
    numbers = ((told.numbers - true.numbers).abs() * wanted).sum(1) / wanted.sum(1).clamp(min=1)
    shape = torch.maximum(torch.maximum(sketch, geometry), semantic)
    return {
        "text": _mean(numbers, text),
        "semantic": _mean(_cross_entropy(told.semantic, true.semantic), torch.maximum(semantic, sketch)),
        "geometry": _mean((told.points - true.points).abs().mean((1, 2)), shape),
        "pose": _mean((told.pose - true.pose).abs().mean(1), pose),
    }


def _mean(errors: Tensor, flags: Tensor) -> Tensor:
    return (errors * flags).sum() / flags.sum().clamp(min=1)


def _cross_entropy(logits: Tensor, shares: Tensor) -> Tensor:
    """(B,): above its least, the entropy of the shares, so that 0 is the best."""
    surprise = -(shares * logits.log_softmax(1)).sum(1).mean((1, 2))
    least = -(shares * shares.clamp(min=1e-6).log()).sum(1).mean((1, 2))
    return surprise - least


def _perceptron(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    layers = [nn.Linear(inputs, hidden), nn.LeakyReLU(0.2), nn.Linear(hidden, hidden), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Linear(hidden, outputs))
