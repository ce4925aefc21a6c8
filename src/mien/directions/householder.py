"""Householder projector (Song et al., ICCV 2023): modulations of low rank whose singular vectors are the directions.

Each modulation A of some convolutions (styles s = A·w + b) becomes U diag(σ) Vᵀ, U and V orthogonal products of
Householder reflections, which start from A's singular value decomposition. The generator is then fine-tuned briefly.
The authors train against a critic; here the generator's former pictures teach, so that nothing but the
weights is needed. Column k of V is what moves s along one axis of a layer, and nothing along the others.

Legend: O channels of a layer, C length of a code, r rank, B batch, L W+ codes.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from mien.models.stylegan2 import Generator, codes_of_seeds
from mien.models.stylegan2.synthesis import SynthesisBlock

STEP = 1.0
"""Standard deviations of a direction's coordinate by which pictures are compared."""


class Orthogonal(nn.Module):
    """(n, r) with orthonormal columns: the first r columns of a product of r Householder reflections.

    Args:
        start: (n, r) with orthonormal columns, n ≥ r.
    """

    signs: Tensor

    def __init__(self, start: Tensor) -> None:
        super().__init__()
        packed, _ = torch.geqrf(start)
        self.below = nn.Parameter(packed.tril(-1))
        found = self._product(self.below)
        self.register_buffer("signs", torch.sign((found.detach() * start).sum(0)))

    def _product(self, below: Tensor) -> Tensor:
        tau = 2 / (1 + below.tril(-1).square().sum(0))  # I − τ v vᵀ with v = (0, …, 1, below) is orthogonal
        found: Tensor = torch.linalg.householder_product(below.tril(-1), tau)
        return found

    def forward(self) -> Tensor:
        """(n, r)."""
        return self._product(self.below) * self.signs


class Projector(nn.Module):
    """U diag(σ) Vᵀ in place of a weight (O, C), of rank r or less."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        u, s, vt = torch.linalg.svd(weight, full_matrices=False)
        r = min(rank, len(s))
        self.u, self.v = Orthogonal(u[:, :r].contiguous()), Orthogonal(vt[:r].T.contiguous())
        self.sigma = nn.Parameter(s[:r].clone())

    def forward(self) -> Tensor:
        """(O, C)."""
        return cast(Tensor, (self.u() * self.sigma) @ self.v().T)


@dataclass(frozen=True, eq=False)
class Projected:
    """Attributes:
    generator: a copy whose modulations are of low rank.
    directions: by the number of the code, (r, C) of length 1, the strongest first.
    losses: mean difference of pictures (B batches of 64 images), first and last.
    """

    generator: Generator
    directions: dict[int, Tensor]
    losses: tuple[float, float]


def project(
    generator: Generator,
    *,
    rank: int,
    layers: tuple[int, int] | None = None,
    images: int = 4000,
    batch: int = 8,
    rate: float = 2e-3,
    done: Callable[[int], object] = lambda images: None,
) -> Projected:
    """Replaces the modulations of some convolutions, and fine-tunes them and their biases.

    Args:
        generator: stays as it is.
        rank: of each modulation.
        layers: first code and the one after the last; None for all.
        images: that it is fine-tuned on; 0 for none.
        batch, rate: of Adam.
        done: called with the number of images of each step.

    Raises:
        ValueError: no such layers.
    """
    made = deepcopy(generator).requires_grad_(False)
    low = _LowRank(made, _modulations(made, layers), rank)
    losses = _tuned(low, generator, made, images, batch, rate, done)
    directions = low.written(dict(made.synthesis.named_parameters()))
    ends = losses[:8] or [0.0], losses[-8:] or [0.0]
    return Projected(made.eval(), directions, (sum(ends[0]) / len(ends[0]), sum(ends[1]) / len(ends[1])))


class _LowRank(nn.Module):
    """Projectors and biases in place of the modulations ``names``, by the number of the code."""

    def __init__(self, generator: Generator, names: dict[int, str], rank: int) -> None:
        super().__init__()
        state = dict(generator.synthesis.named_parameters())
        self.names = names
        self.projectors = nn.ModuleDict(
            {str(code): Projector(state[f"{name}.weight"].detach().float(), rank) for code, name in names.items()}
        )
        self.biases = nn.ParameterDict(
            {str(code): state[f"{name}.bias"].detach().clone() for code, name in names.items()}
        )

    def forward(self) -> dict[str, Tensor]:
        """Weights (O, C) and biases (O,) by their names in the synthesis network."""
        found = {f"{name}.weight": self.projectors[str(code)]() for code, name in self.names.items()}
        return found | {f"{name}.bias": self.biases[str(code)] for code, name in self.names.items()}

    @torch.no_grad()
    def written(self, state: dict[str, nn.Parameter]) -> dict[int, Tensor]:
        """Writes them into a synthesis network's parameters; the directions (r, C) by code, the strongest first."""
        for name, value in self().items():
            state[name].copy_(value)
        return {code: _strongest(cast(Projector, self.projectors[str(code)])) for code in self.names}


def _tuned(
    low: _LowRank,
    generator: Generator,
    made: Generator,
    images: int,
    batch: int,
    rate: float,
    done: Callable[[int], object],
) -> list[float]:
    """Fine-tunes modulations within ``made`` until it draws what ``generator`` does; the loss of each step."""
    adam = torch.optim.Adam([*low.projectors.parameters(), *low.biases.parameters()], lr=rate, betas=(0.9, 0.99))
    losses: list[float] = []
    steps = -(-images // batch)
    for step in range(steps):
        for group in adam.param_groups:
            group["lr"] = rate * min(1.0, 2 * (1 - step / steps))
        with torch.no_grad():
            codes = generator.broadcast(
                generator.mapping(codes_of_seeds(range(step * batch, (step + 1) * batch), generator.config.z_dim))
            )
            wanted = generator.synthesis(codes, "const")
        picture = cast(Tensor, functional_call(made.synthesis, low(), (codes, "const")))
        loss = _apart(picture, wanted)
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        losses.append(float(loss.detach()))
        done(batch)
    return losses


def singular_directions(generator: Generator, rank: int, layers: tuple[int, int] | None = None) -> dict[int, Tensor]:
    """Right singular vectors of the modulations as they are: (r, C) by code; errors as of :func:`project`."""
    state = dict(generator.synthesis.named_parameters())
    names = _modulations(generator, layers)
    return {
        code: torch.linalg.svd(state[f"{name}.weight"].detach().float(), full_matrices=False)[2][:rank]
        for code, name in names.items()
    }


@torch.no_grad()
def deviations(generator: Generator, rows: Tensor, faces: int = 256) -> Tensor:
    """(r,): standard deviation of random codes along directions (r, C)."""
    z = codes_of_seeds(range(6_000_000, 6_000_000 + faces), generator.config.z_dim)
    return cast(Tensor, (generator.mapping(z) @ rows.T).std(0))


@torch.no_grad()
def overlap(generator: Generator, directions: dict[int, Tensor], faces: int = 16, count: int = 5) -> float:
    """Mean absolute cosine between what two directions of one layer change in pictures; 0 is fully disentangled.

    Args:
        generator: of the pictures.
        directions: (r, C) of length 1 by code.
        faces: random ones, by the seeds from 5,000,000 on.
        count: directions of each layer.
    """
    z = codes_of_seeds(range(5_000_000, 5_000_000 + faces), generator.config.z_dim)
    codes = generator.truncated(z, psi=0.7)
    base = generator.synthesis(codes, "const")
    found = []
    for code, rows in directions.items():
        spread = deviations(generator, rows)
        changes = []
        for row, far in zip(rows[:count], spread, strict=False):
            moved = codes.clone()
            moved[:, code] += STEP * far * row
            changes.append(F.normalize((generator.synthesis(moved, "const") - base).flatten(1), dim=1))
        stack = torch.stack(changes, 1)
        cosines = (stack @ stack.transpose(1, 2)).abs().mean(0)
        k = len(changes)
        found.append(float((cosines.sum() - cosines.diagonal().sum()) / max(1, k * (k - 1))))
    return sum(found) / len(found)


def _modulations(generator: Generator, layers: tuple[int, int] | None) -> dict[int, str]:
    """Names of the affine maps of the convolutions by the number of their code, within the synthesis network."""
    names = []
    for size, block in generator.synthesis.blocks.items():
        parts = [name for name in ("conv0", "conv1") if getattr(cast(SynthesisBlock, block), name) is not None]
        names += [f"blocks.{size}.{name}.affine" for name in parts]
    first, last = layers or (0, len(names))
    if not names[first:last]:
        raise ValueError(f"no convolutions in layers {first} to {last}")
    return dict(list(enumerate(names))[first:last])


def _strongest(projector: Projector) -> Tensor:
    order = projector.sigma.abs().argsort(descending=True)
    return cast(Tensor, projector.v().T[order].contiguous())


def _apart(one: Tensor, other: Tensor) -> Tensor:
    """Mean absolute difference of pictures at three sizes."""
    total = torch.zeros(())
    for _ in range(3):
        total = total + F.l1_loss(one, other)
        one, other = F.avg_pool2d(one, 2), F.avg_pool2d(other, 2)
    return total / 3
