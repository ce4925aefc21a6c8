"""The stage of drawings: an unfinished sketch -> the codes of the face that is being drawn (AniFaceDrawing).

The teacher is the generator itself: w of a random face, whose picture is drawn and of whose drawing some strokes are
kept. What the drawing does not tell stays at the mean, so that an empty sheet is the mean face.

    L = ‖E(strokes) − w‖²

Legend: B batch, N faces, L W+ codes, C length of a code, S side.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mien.checkpoints.fingerprint import fingerprint
from mien.checkpoints.inversion import save_inversion
from mien.conditions.lines import extract_sketch
from mien.data.feed import Batch
from mien.data.sheets import contact_sheet
from mien.models.inversion import SketchConfig, SketchEncoder
from mien.models.stylegan2 import Generator, codes_of_seeds
from mien.pixels import to_bytes
from mien.training.devices import Devices
from mien.training.editing.strokes import unfinished
from mien.training.phases import Step
from mien.training.report import Progress, duration
from mien.training.stages.one_network import OneNetwork
from mien.training.stages.strokes_run import StrokesConfig
from mien.types import Bool, UInt8

NAME = "strokes"
SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
"""Of the strokes, in previews."""

PIECE = 16
"""Faces that are drawn at once."""


class SeedFeed:
    """A feed without pictures: what a step trains on follows from its number."""

    def __init__(self, batch: int) -> None:
        self.batch = batch

    def next(self) -> Batch:
        """Nothing, for ``batch`` samples."""
        return Batch(torch.zeros(self.batch, 3, 1, 1, dtype=torch.uint8))

    def state_dict(self) -> dict[str, int]:
        """There is none."""
        return {}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Nothing to do."""


class StrokesStage(OneNetwork):
    """Implements :class:`mien.training.loop.Stage`.

    Args:
        settings: see there.
        generator: the teacher.
        devices: where to run.
    """

    name = NAME

    def __init__(self, settings: StrokesConfig, generator: Generator, devices: Devices) -> None:
        self.settings, self.devices = settings, devices
        self._trained_with = fingerprint(generator).hex()
        self.generator = devices.place(generator).eval().requires_grad_(False)
        self.w, self.lines = self._faces()
        network: SketchEncoder = devices.place(SketchEncoder(SketchConfig.of(generator.config)))
        every = np.arange(len(self.w))
        small = [network.small(self._strokes(part, -1)) for part in np.array_split(every, len(every) // 256 + 1)]
        network.start(torch.cat(small), self.w, generator.mapping.w_avg, settings.ridge)
        self.learns(network, settings.adam, settings.ema_half_life)

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See the top of the file."""
        draw = np.random.default_rng([self.settings.seed, 1, step.index, self.devices.rank])
        chosen = draw.integers(len(self.w), size=len(step.reals))
        found = self.learner(self._strokes(chosen, step.index))[:, 0]
        code = (found - self.w[torch.from_numpy(chosen).to(self.w.device)]).square().mean()
        return code, {"code": code}

    @torch.no_grad()
    def _faces(self) -> tuple[Tensor, list[UInt8]]:
        """w (N, C) of random faces, and their drawings as bits."""
        c, config = self.settings, self.generator.config
        rng = torch.Generator().manual_seed(c.seed)
        codes, drawings = [], []
        with self.devices.autocast(self.devices.device.type != "mps"):
            for start in range(0, c.faces, PIECE):
                z = torch.randn(min(PIECE, c.faces - start), config.z_dim, generator=rng).to(self.devices.device)
                w_plus = self.generator.truncated(z, psi=c.psi)
                lines = extract_sketch(self.generator.synthesis(w_plus, "const").clamp(-1, 1), rng)
                codes.append(w_plus[:, 0])
                drawings += [np.packbits(one > 0, axis=-1) for one in lines[:, 0].cpu().numpy()]
        return torch.cat(codes).float(), drawings

    def _strokes(self, chosen: Any, index: int) -> Tensor:
        """Unfinished drawings (B, 1, S, S) of some faces; others for every index."""
        side = self.generator.config.resolution
        made = []
        for face in chosen:
            rng = np.random.default_rng([self.settings.seed, 2, index + 1, self.devices.rank, int(face)])
            lines = np.unpackbits(self.lines[face], axis=-1, count=side) > 0
            made.append(unfinished(_moved(lines, rng), rng))
        return torch.from_numpy(np.stack(made))[:, None].float().to(self.w.device)

    @torch.no_grad()
    def preview(self) -> dict[str, UInt8]:
        """Drawings of three faces that grow, and below each what is made of it in one style."""
        network: SketchEncoder = self.ema.network
        z = codes_of_seeds([1, 2, 3, 4], self.generator.config.z_dim).to(self.w.device)
        w = self.generator.truncated(z, psi=self.settings.psi)
        rows = []
        for face in w[:3]:
            lines = extract_sketch(self.generator.synthesis(face[None], "const"), torch.Generator().manual_seed(1))
            whole = lines[0, 0].cpu().numpy() > 0
            drawn = np.stack([unfinished(whole, np.random.default_rng(0), share) for share in SHARES])
            strokes = torch.from_numpy(drawn)[:, None].to(lines)
            coarse = network(strokes)
            fine = w[3:, coarse.shape[1] :].expand(len(SHARES), -1, -1)
            made = self.generator.synthesis(torch.cat([coarse, fine], 1), "const")
            rows += [1 - 2 * strokes.expand(-1, 3, -1, -1), made]
        return {NAME: contact_sheet(to_bytes(torch.cat(rows).float().clamp(-1, 1)), columns=len(SHARES))}

    def export(self, run: Path, progress: Progress) -> None:
        """The average, as the folder ``strokes``."""
        facts = {"generator": self._trained_with, "images": progress.images}
        card = (
            f"# A reader of unfinished drawings\n\nTrained with {progress.images:,} drawings in "
            f"{duration(progress.elapsed)}; it belongs to one generator.\n"
        )
        save_inversion(run, NAME, self.ema.network, card, facts)


def _moved(lines: Bool, rng: np.random.Generator) -> Bool:
    """A drawing (S, S) a little beside where it should be, as hands draw: up to 2 % of the side."""
    reach = round(0.02 * lines.shape[0])
    dy, dx = (int(one) for one in rng.integers(-reach, reach + 1, 2))
    moved = np.zeros_like(lines)
    height, width = lines.shape
    moved[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)] = lines[
        max(-dy, 0) : height + min(-dy, 0), max(-dx, 0) : width + min(-dx, 0)
    ]
    return moved
