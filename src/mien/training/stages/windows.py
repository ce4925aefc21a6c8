"""The window painter's stage: absolute and perceptual error, and a projected critic, on windows at the photo's scale.

    L = λ_1·|I_out − I_gt| + λ_lpips·L_lpips + λ_adv·L_adv          (ours; after equation 23)

Pictures are judged as they are shown: composited with what lies outside of the mask. What the truth shows beyond the
border of the photo is its mirror image; masks and the error leave it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.checkpoints.windows import save_windows
from mien.conditions.dropping import Dropping, drop
from mien.conditions.extract import Extraction, extract
from mien.conditions.modalities import maps
from mien.data.sheets import contact_sheet
from mien.models.editing.window import WindowInputs, WindowPainter
from mien.pixels import scale_bytes, to_bytes
from mien.training.critics import critics_of, parts_of
from mien.training.devices import Devices
from mien.training.editing.sample import step_rng
from mien.training.ema import Ema
from mien.training.phases import Phase, Step, lazy_adam
from mien.training.report import Progress
from mien.training.stages.editing import composite
from mien.training.stages.windows_run import WindowsConfig
from mien.training.state import Stateful
from mien.training.teachers import Teachers
from mien.types import UInt8

RING = 32
"""The error counts outside of the mask, too, up to this fraction of the side."""

DROPPING = Dropping(absent=0.6, whole=0.3)
EXTRACTION = Extraction(superpixels=0.1)


class WindowsStage:
    """Implements :class:`mien.training.loop.Stage`.

    Args:
        settings: see there.
        network: learns.
        critics: networks in the order of ``settings.critics``.
        teachers: their distance judges.
        devices: where to run.
        shown: held-out windows for previews.
    """

    def __init__(
        self,
        settings: WindowsConfig,
        network: WindowPainter,
        critics: Sequence[nn.Module],
        teachers: Teachers,
        devices: Devices,
        shown: Step,
    ) -> None:
        self.settings, self.teachers, self.devices, self.shown = settings, teachers, devices, shown
        self.network = devices.place(network).train()
        self.ema = Ema(self.network, settings.ema_half_life)
        self.optimiser = lazy_adam(self.network, settings.adam)
        self._rng = torch.Generator(devices.device)
        self._rng.manual_seed(settings.seed * 1000 + devices.rank)
        devices.broadcast(self.network)
        self.critics = critics_of(critics, settings.critics, devices, self._rng, settings.adam)
        self._last: Tensor | None = None

    @property
    def phases(self) -> list[Phase]:
        """The painter's, then every critic's."""
        asked = [critic.phases(self._fakes) for critic in self.critics]
        own = Phase("painter", self.network, self.optimiser, 1, self.loss)
        return [own, *(phase for phases in asked for phase in phases)]

    @property
    def parts(self) -> dict[str, Stateful]:
        """Networks, optimizers, average."""
        parts: dict[str, Stateful] = {
            "painter": self.network,
            "painter.optimiser": self.optimiser,
            "painter.ema": self.ema,
        }
        return parts | parts_of(self.critics)

    @property
    def rng(self) -> torch.Generator:
        """For augmentation."""
        return self._rng

    def loss(self, step: Step) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See the top of the file."""
        c = self.settings
        given = self.inputs(step)
        edited = self.network(given)
        pictures = composite(edited, step.reals, given.mask)
        self._last = pictures.detach()
        real = step.others["real"].float()
        losses = {
            "absolute": (c.absolute, _error(edited, step.reals, given.mask, real)),
            "perceptual": (c.perceptual, self.teachers.perceptual(pictures, step.reals).mean()),
        }
        for critic in self.critics:
            losses[f"{critic.config.kind}/loss"] = (critic.config.weight, critic.generator_loss(pictures))
        total = torch.stack([weight * value for weight, value in losses.values()]).sum()
        told = {name: value for name, (_, value) in losses.items()}
        return total, {**told, "before": _error(given.base, step.reals, given.mask, real)}

    def inputs(self, step: Step) -> WindowInputs:
        """What the painter is given of a step's windows; layers are dropped, or kept inside the mask, at random."""
        assert step.labels is not None
        rng = step_rng(self.settings.seed, step.index, self.devices.rank)
        other, batch = step.others, len(step.reals)
        mask = other["mask"].float()
        kept, _ = drop(extract(step.reals, step.labels, rng, EXTRACTION), rng, DROPPING)
        inside = (torch.rand(batch, generator=rng) < 0.5).view(-1, 1, 1, 1).to(mask.device)
        kept = kept.within(dict.fromkeys(maps(), torch.where(inside, mask, torch.ones_like(mask))))
        known, seen = other["mirror"][:, 3:].float(), other["face"]
        guide, sure = scale_bytes(other["guide"]), other["confidence"]
        return WindowInputs(
            step.reals * (1 - mask),
            mask,
            torch.cat([scale_bytes(other["mirror"][:, :3]) * known, known], 1),
            torch.cat([scale_bytes(other["coarse"]), torch.ones_like(mask)], 1),
            torch.cat([guide * (sure > 0), sure], 1),
            {name: kept[name] for name in maps()},
            other["place"],
            torch.cat([scale_bytes(seen[:, :3]), seen[:, 3:].float()], 1),
        )

    def finish_step(self, step: Step) -> Mapping[str, float]:
        """Moves the average."""
        self.ema.update(self.network, step.batch, step.images + step.batch)
        return {}

    @torch.no_grad()
    def preview(self) -> dict[str, UInt8]:
        """A column per held-out window: what is known, the first pass, the guide, the edit, the truth."""
        given = self.inputs(self.shown)
        network: nn.Module = self.ema.network
        with self.devices.autocast(self.devices.device.type != "mps"):
            edited = network(given)
        truth = self.shown.reals
        first = composite(given.coarse[:, :3], truth, given.mask)
        rows = [given.image, first, given.guide[:, :3], composite(edited.float(), truth, given.mask), truth]
        return {"windows": contact_sheet(to_bytes(torch.cat(rows).float()), columns=len(truth))}

    def export(self, run: Path, progress: Progress) -> None:
        """The average, as ``painter/`` in the run's folder."""
        network = self.ema.network
        assert isinstance(network, WindowPainter)
        card = f"# Window painter\n\n{progress.images:,} windows of {self.settings.windows.size} px.\n"
        save_windows(run / "painter", network, card, {"progress": {"images": progress.images}})

    def _fakes(self) -> Tensor:
        assert self._last is not None, "the painter's phase comes first"
        return self._last


def _error(edited: Tensor, truth: Tensor, mask: Tensor, real: Tensor) -> Tensor:
    """Mean absolute error inside, and for a quarter on a ring outside, so that nothing stops at the border; where real.

    A small mask counts more for each of its pixels.
    """
    width = 2 * (mask.shape[-1] // RING) + 1
    counted = real * (mask + 0.25 * (F.max_pool2d(mask, width, stride=1, padding=width // 2) - mask))
    share = mask.mean(dim=(1, 2, 3)).clamp(min=0.05)
    return (((edited - truth).abs() * counted).mean(dim=(1, 2, 3)) / share.sqrt()).mean()
