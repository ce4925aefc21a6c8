"""What MM2Latent's networks are given in training: pairs, parts of which are missing.

Legend: B batch, K numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.models.mm2latent.config import MODALITIES, MappingConfig
from mien.models.mm2latent.encoders import shares_of
from mien.models.mm2latent.mapping import Given
from mien.models.mm2latent.text import TextScale
from mien.pixels import scale_bytes
from mien.training.phases import Step
from mien.training.vector_bank import VectorBank


@dataclass(frozen=True)
class GivenDraw:
    """How the given is drawn.

    Attributes:
        absent: probability that a modality is missing, each on its own.
        alone: probability that exactly one is there.
        torn: probability that a part of a map or drawing is missing.
        noise: standard deviation that is added to numbers, in theirs.
        shift: largest length of the random vector that is added to a model's vector; three quarters of it at least.
        wanted: most of the numbers' groups that a sentence names, as a share.
    bank: vectors of other pictures, one of which may stand for the words; None: the picture's own, with noise.
    """

    absent: float = 0.5
    alone: float = 0.3
    torn: float = 0.3
    noise: float = 0.25
    shift: float = 1.0
    wanted: float = 0.35
    bank: VectorBank | None = None


def draw_given(
    step: Step, text: TextScale, config: MappingConfig, draw: GivenDraw, rng: torch.Generator, *, torn: bool = True
) -> Given:
    """What is given of a step's pairs.

    Args:
        step: of :class:`mien.data.pairs.PairFeed`.
        text: how words are told.
        config: of the network.
        draw: how.
        rng: on the CPU.
        torn: whether parts may be missing.
    """
    assert step.labels is not None
    batch, device = len(step.reals), step.reals.device
    semantic = shares_of(step.labels, config.encoders["semantic"].side)
    sketch = (step.reals + 1) / 2
    if torn:
        semantic, sketch = (_torn(one, rng, draw.torn) for one in (_sorted_out(semantic, rng, draw.torn), sketch))
    words = pseudo_words(step.others, text, draw, rng)
    present = draw_present(batch, config, draw, rng)
    noise = torch.randn(batch, config.noise, generator=rng)
    geometry, pose = scale_bytes(step.others["geometry"]), step.others["pose"]
    pose = pose + torch.randn(batch, 2, generator=rng).to(device)
    last = torch.channels_last
    semantic, sketch, geometry = (one.contiguous(memory_format=last) for one in (semantic, sketch, geometry))
    return Given(semantic, sketch, geometry, pose, words.to(device), present.to(device), noise.to(device))


def draw_present(batch: int, config: MappingConfig, draw: GivenDraw, rng: torch.Generator) -> Tensor:
    """(B, 5) flags; of the paper's pairs always the same two."""
    if config.form == "pair":
        told = torch.tensor([name in (config.pair, "text") for name in MODALITIES])
        return told.float().expand(batch, -1)
    present = torch.rand(batch, len(MODALITIES), generator=rng) > draw.absent
    one = F.one_hot(torch.randint(len(MODALITIES), (batch,), generator=rng), len(MODALITIES)) > 0
    alone = torch.rand(batch, 1, generator=rng) < draw.alone
    return torch.where(alone, one, present).float()


def pseudo_words(others: Mapping[str, Tensor], text: TextScale, draw: GivenDraw, rng: torch.Generator) -> Tensor:
    """Pseudo text: what the reader, or the model, sees in a picture, with noise; (B, T) on the CPU."""
    if not text.names:
        seen = F.normalize(others["embedding"].cpu(), dim=1)
        if draw.bank is not None:
            return draw.bank.near(seen, rng)
        away = F.normalize(torch.randn(seen.shape, generator=rng), dim=1)
        length = draw.shift * (0.75 + 0.25 * torch.rand(len(seen), 1, generator=rng))
        return F.normalize(seen + length * away, dim=1)
    values = torch.from_numpy(text.scaled(others["numbers"].cpu().numpy()))
    values = values + draw.noise * torch.randn(values.shape, generator=rng)
    groups = text.groups()
    share = draw.wanted * torch.rand(len(values), 1, generator=rng).square() + 1 / len(groups)
    whole = torch.rand(len(values), 1, generator=rng) < 0.1
    chosen = (torch.rand(len(values), len(groups), generator=rng) < share) | whole
    flags = torch.zeros_like(values)
    for column, members in enumerate(groups.values()):
        flags[:, members] = chosen[:, column : column + 1].float()
    return torch.cat([values * flags, flags], 1)


def _sorted_out(shares: Tensor, rng: torch.Generator, chance: float) -> Tensor:
    """Some classes of some maps left out, as when somebody paints a few only."""
    batch, classes = shares.shape[:2]
    kept = torch.rand(batch, classes, generator=rng) < torch.rand(batch, 1, generator=rng)
    kept |= torch.rand(batch, 1, generator=rng) > chance / 2
    return shares * kept[..., None, None].to(shares.device)


def _torn(maps: Tensor, rng: torch.Generator, chance: float) -> Tensor:
    """Some maps with a box left out, or nothing but a box left."""
    batch, side = len(maps), maps.shape[-1]
    ends = torch.rand(batch, 2, 2, generator=rng).sort(-1).values
    line = (torch.arange(side) + 0.5) / side
    inside = [(line > ends[:, axis, :1]) & (line < ends[:, axis, 1:]) for axis in (0, 1)]
    box = inside[0][:, :, None] & inside[1][:, None]
    box ^= (torch.rand(batch, generator=rng) < 0.5)[:, None, None]
    box |= (torch.rand(batch, generator=rng) > chance)[:, None, None]
    return maps * box[:, None].to(maps.device)
