"""MM2Latent's autoencoders: one for each kind of map.

semantic   cross-entropy of the 19 classes                                  (theirs: squared error of a gray level)
sketch     binary cross-entropy of lines, of pencil and Canny kinds alike
geometry   absolute error of normals and depth where the face is, and of coverage
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.checkpoints.mm2latent import save_autoencoder
from mien.data.sheets import contact_sheet
from mien.models.mm2latent.encoders import Autoencoder, shares_of
from mien.pixels import scale_bytes, to_bytes
from mien.training.devices import Devices
from mien.training.ema import Ema
from mien.training.phases import Phase, Step, lazy_adam
from mien.training.report import Progress
from mien.training.stages.latent_runs import AutoencoderConfig
from mien.training.state import Stateful
from mien.types import UInt8

LINES = 4.0
"""How much more a line's pixel counts than an empty one."""


class AutoencoderStage:
    """Implements :class:`mien.training.loop.Stage`.

    Args:
        settings: see there.
        network: learns.
        devices: where to run.
        shown: pairs for previews.
    """

    def __init__(self, settings: AutoencoderConfig, network: Autoencoder, devices: Devices, shown: Step) -> None:
        self.settings, self.devices, self.shown = settings, devices, shown
        self.network = devices.place(network).train()
        self.ema = Ema(self.network, settings.ema_half_life)
        self.optimiser = lazy_adam(self.network, settings.adam)
        self._rng = torch.Generator(devices.device)

    @property
    def phases(self) -> list[Phase]:
        """One."""
        return [Phase("autoencoder", self.network, self.optimiser, 1, self.loss)]

    @property
    def parts(self) -> dict[str, Stateful]:
        """Network, optimizer, average."""
        return {"network": self.network, "optimiser": self.optimiser, "ema": self.ema}

    @property
    def rng(self) -> torch.Generator:
        """Draws nothing."""
        return self._rng

    def maps(self, step: Step) -> Tensor:
        """What is encoded."""
        kind = self.settings.modality
        if kind == "semantic":
            assert step.labels is not None
            maps = shares_of(step.labels, self.network.encoder.config.side)
        else:
            maps = (step.reals + 1) / 2 if kind == "sketch" else scale_bytes(step.others["geometry"])
        return maps.contiguous(memory_format=torch.channels_last)

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See the top of the file."""
        maps = self.maps(step)
        rebuilt = self.network(maps)
        kind = self.settings.modality
        if kind == "semantic":
            error = F.cross_entropy(rebuilt, maps)
            right = (rebuilt.argmax(1) == maps.argmax(1)).float().mean()
            return error, {"cross-entropy": error, "right": right}
        if kind == "sketch":
            error = F.binary_cross_entropy_with_logits(rebuilt, maps, pos_weight=maps.new_tensor(LINES))
            return error, {"cross-entropy": error}
        away, covered = (rebuilt - maps).abs(), maps[:, 4:]
        error = away[:, 4].mean() + (away[:, :4] * covered).mean()
        return error, {"absolute": error}

    def finish_step(self, step: Step) -> Mapping[str, float]:
        """Moves the average."""
        self.ema.update(self.network, step.batch, step.images + step.batch)
        return {}

    @torch.no_grad()
    def preview(self) -> dict[str, UInt8]:
        """Held-out maps above what is rebuilt of them."""
        maps = self.maps(self.shown)
        rebuilt = self.ema.network(maps)
        if self.settings.modality == "semantic":
            shown = [(one.argmax(1, keepdim=True) / 9 - 1).expand(-1, 3, -1, -1) for one in (maps, rebuilt)]
        elif self.settings.modality == "sketch":
            shown = [(one * 2 - 1).expand(-1, 3, -1, -1) for one in (maps, rebuilt.sigmoid())]
        else:
            shown = [maps[:, :3], rebuilt[:, :3]]
        return {"maps": contact_sheet(to_bytes(torch.cat(shown).float()), columns=len(maps))}

    def export(self, run: Path, progress: Progress) -> None:
        """The average, as ``autoencoder/`` in the run's folder."""
        kind = self.settings.modality
        card = f"# Autoencoder of {kind}\n\nMM2Latent's, {progress.images:,} pairs of a generator.\n"
        facts = {"progress": {"images": progress.images}}
        save_autoencoder(run / "autoencoder", self.ema.network, kind, card, facts)
