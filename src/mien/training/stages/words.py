"""The stage of words: degrees that a sentence asks for -> what is added to the codes of a face.

Random faces of the generator get random wishes for one to three attributes; a reader, whose weights stay, tells what
pictures before and after look like.

    L = smooth-L1(asked numbers change, degrees) + λ_held·smooth-L1(others change, 0) + λ_small·‖added‖²
        + λ_same·(1 − cosine of identity)

The reader teaches and judges nothing: measure with other networks. After CLIPInverter (Baykal et al., 2023) and FFCLIP
(Zhu et al., 2022), without a text–image network.

Legend: B batch, L W+ codes, C length of a code, A attributes, K numbers of the reader.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.checkpoints.directions import Direction, add_directions
from mien.checkpoints.fingerprint import fingerprint
from mien.checkpoints.mapper import save_mapper
from mien.data.sheets import contact_sheet
from mien.finding.axes import NUMBERS, PRESENT
from mien.models.mapper import MapperConfig, TextMapper
from mien.models.perception.reader import ReaderNet
from mien.models.stylegan2 import Generator, codes_of_seeds
from mien.pixels import to_bytes
from mien.training.devices import Devices
from mien.training.phases import Step
from mien.training.report import Progress, duration
from mien.training.stages.one_network import OneNetwork
from mien.training.stages.words_run import WordsConfig
from mien.types import UInt8

NAME = "words"
FIRST = 10_000_000
"""Seed of the first face that is trained on."""

SHOWN = 6
"""Faces of a preview."""


def asked_numbers(names: Sequence[str]) -> tuple[tuple[str, ...], Tensor]:
    """Attributes that words can ask for and the reader's numbers tell, and (A, K) what each is made of, of length 1."""
    rows, order = {}, list(names)
    for attribute, weights in NUMBERS.items():
        if set(weights) <= set(order) - PRESENT:
            row = torch.zeros(len(order))
            for name, weight in weights.items():
                row[order.index(name)] = weight
            rows[attribute] = row / row.norm()
    return tuple(rows), torch.stack(list(rows.values()))


def wishes(count: int, attributes: int, strongest: float, rng: torch.Generator) -> Tensor:
    """(count, A): one to three degrees each, in ±[0.3, strongest]."""
    order = torch.rand(count, attributes, generator=rng).argsort(1)
    chosen = order < torch.randint(1, 4, (count, 1), generator=rng)
    size = 0.3 + (strongest - 0.3) * torch.rand(count, attributes, generator=rng)
    sign = torch.where(torch.rand(count, attributes, generator=rng) < 0.5, -1.0, 1.0)
    return chosen * size * sign


class WordsStage(OneNetwork):
    """Implements :class:`mien.training.loop.Stage`.

    Args:
        settings: see there.
        generator: whose codes are moved; it stays as it is.
        reader: (B, 3, S, S) in [-1, 1] -> (B, K), in deviations; it stays as it is.
        names: of its numbers.
        identity: aligned faces in [-1, 1] -> vectors; None to do without.
        devices: where to run.
    """

    name = NAME

    def __init__(
        self,
        settings: WordsConfig,
        generator: Generator,
        reader: ReaderNet,
        names: Sequence[str],
        identity: nn.Module | None,
        devices: Devices,
    ) -> None:
        self.settings, self.devices = settings, devices
        self._trained_with = fingerprint(generator).hex()
        self.generator = devices.place(generator).eval().requires_grad_(False)
        self.side = (int(reader.config.size),) * 2
        self.reader = devices.place(reader).eval().requires_grad_(False)
        self.identity = None if identity is None else identity.to(devices.device).eval().requires_grad_(False)
        self.attributes, basis = asked_numbers(names)
        self.basis = basis.to(devices.device)
        config = MapperConfig(self.attributes, generator.config.codes, generator.config.w_dim, settings.hidden)
        self.learns(devices.place(TextMapper(config)), settings.adam, settings.ema_half_life)

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See the top of the file."""
        c, count, to = self.settings, len(step.reals), self.basis.device
        first = FIRST + step.images + self.devices.rank * count
        rng = torch.Generator().manual_seed(c.seed + first)
        degrees = wishes(count, len(self.basis), c.strongest, rng).to(to)
        with torch.no_grad():
            codes = self.codes(range(first, first + count))
            pictures = self.generator.synthesis(codes, "const")
            before = self.reader(self._seen(pictures))
        added = self.learner(codes, degrees)
        edited = self.generator.synthesis(codes + added, "const")
        told = loss_of(before, self.reader(self._seen(edited)), degrees, self.basis)
        parts = {"asked": told[0], "others": told[1], "length": added.square().mean()}
        total = parts["asked"] + c.held * parts["others"] + c.small * parts["length"]
        if self.identity is not None:
            same = F.cosine_similarity(self.identity(edited), self.identity(pictures).detach()).mean()
            parts["identity"] = same
            total = total + c.same * (1 - same)
        return total, parts

    def codes(self, seeds: Sequence[int]) -> Tensor:
        """(B, L, C) of random faces."""
        z = codes_of_seeds(list(seeds), self.generator.config.z_dim).to(self.basis.device)
        return self.generator.truncated(z, psi=self.settings.psi)

    def _seen(self, pictures: Tensor) -> Tensor:
        return pictures if pictures.shape[2:] == self.side else F.interpolate(pictures, self.side, mode="area")

    def finish_step(self, step: Step) -> Mapping[str, float]:
        """Moves the average, and the rate."""
        done, c = step.images + step.batch, self.settings
        self.ema.update(self.learner, step.batch, done)
        part = min(1.0, done / c.decay) if c.decay else 0.0
        for group in self.optimiser.param_groups:
            group["lr"] = c.adam.lr * (0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * part)))
        return {}

    @torch.no_grad()
    def preview(self) -> dict[str, UInt8]:
        """Faces, and below them what a degree of each of the first five attributes makes of them."""
        codes, network = self.codes(range(SHOWN)), self.ema.network
        each = torch.eye(len(self.attributes), device=codes.device)[:5]
        asked = [codes, *(codes + network(codes, wish.expand(SHOWN, -1)) for wish in each)]
        rows = [self.generator.synthesis(one, "const") for one in asked]
        return {NAME: contact_sheet(to_bytes(torch.cat(rows).float().clamp(-1, 1)), columns=SHOWN)}

    def export(self, run: Path, progress: Progress) -> None:
        """The average, as the folder ``words``, and beside it what it adds to the mean face, as directions."""
        folder, network = run / NAME, self.ema.network
        card = (
            f"# A mapper for words\n\nTrained with {progress.images:,} random faces in {duration(progress.elapsed)}.\n"
            "It belongs to one generator. What the reader that taught it says of its results judges nothing.\n"
        )
        save_mapper(folder, network, card, {"generator": self._trained_with, "images": progress.images})
        mean = self.generator.mapping.w_avg.expand(len(self.attributes), self.generator.config.codes, -1)
        with torch.no_grad():
            added = network(mean, torch.eye(len(self.attributes), device=mean.device)).float().cpu()
        source = f"text-conditioned mapper, {progress.images:,} faces"
        found = [Direction(name, row, source=source) for name, row in zip(self.attributes, added, strict=True)]
        add_directions(folder, found, self.generator.config)


def loss_of(before: Tensor, after: Tensor, degrees: Tensor, basis: Tensor) -> tuple[Tensor, Tensor]:
    """How far asked numbers are from their degrees, and how much others change.

    Args:
        before, after: (B, K) the reader's numbers.
        degrees: (B, A).
        basis: (A, K).
    """
    change, asked = after - before, degrees != 0
    wanted = F.smooth_l1_loss(change @ basis.T, degrees, reduction="none") * asked
    meant = (asked.float() @ basis.abs()) > 0
    held = F.smooth_l1_loss(change, torch.zeros_like(change), reduction="none") * ~meant
    return wanted.sum() / asked.sum().clamp_min(1), held.mean()
