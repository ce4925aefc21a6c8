"""Runs of the window painter: their settings, and the networks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mien.training.options import nested, option
from mien.training.settings import AdamConfig, CriticConfig, Run

if TYPE_CHECKING:
    from mien.models.editing.window import WindowConfig, WindowPainter
    from mien.training.devices import Devices
    from mien.training.stages.windows import WindowsStage
    from mien.training.windows.draw import WindowDraw
    from mien.training.windows.feed import WindowFeed
    from mien.training.windows.guides import GuideDraw
    from mien.training.windows.resident import ResidentFeed

SHOWN = 16
"""Held-out windows in a preview."""


def _network() -> WindowConfig:
    from mien.models.editing.window import WindowConfig

    return WindowConfig()


def _windows() -> WindowDraw:
    from mien.training.windows.draw import WindowDraw

    return WindowDraw()


def _guides() -> GuideDraw:
    from mien.training.windows.guides import GuideDraw

    return GuideDraw()


@dataclass(frozen=True)
class WindowsConfig:
    """Attributes:
    network: shape of the painter.
    windows, guides: how they are drawn.
    batch: windows per step.
    adam: of the painter, and of the critics that have none of their own.
    ema_half_life: of its average, in windows.
    absolute, perceptual: weights of the losses.
    projected, plain: the discriminators that there may be.
    seed: of weights, order and windows.
    """

    network: WindowConfig = field(default_factory=_network)
    windows: WindowDraw = field(default_factory=_windows)
    guides: GuideDraw = field(default_factory=_guides)
    batch: int = option(8, "Windows per step.", least=1)
    adam: AdamConfig = nested(AdamConfig(0.002, (0.9, 0.99)))
    ema_half_life: float = option(10_000.0, "Half-life of the averaged network, in windows.", name="ema", least=0)
    absolute: float = 2.0
    perceptual: float = 2.0
    projected: CriticConfig = nested(
        CriticConfig("projected", weight=0.2, augment="none", adam=AdamConfig(0.0005)), weight="projected-weight"
    )
    plain: CriticConfig = nested(
        CriticConfig("stylegan2", weight=0.0, augment="none", r1_gamma=1.0, channel_base=1024),
        weight="plain-weight",
        r1_gamma="r1",
    )
    seed: int = option(0, "Of weights, order and windows.")

    @property
    def critics(self) -> tuple[CriticConfig, ...]:
        """Those that there are."""
        return tuple(critic for critic in (self.projected, self.plain) if critic.weight > 0)


@dataclass(frozen=True)
class WindowsRun(Run):
    """A whole run, as data.

    Attributes:
        data: ``data.path`` has the folders that ``recipes.windows prepare`` made, "train" and "val".
        stage, loop: see :class:`mien.training.settings.Run`.
        perceptual: file of a distance of two batches.
        init: a painter that was saved, to begin with.
        resident, processes: see :class:`mien.training.windows.resident.ResidentFeed`; 0 draws each window anew.
    """

    stage: WindowsConfig = nested(WindowsConfig)
    perceptual: Path = option(help="Distance of two batches, such as LPIPS.")
    init: Path | None = option(None, "Start from a painter that was saved.")
    resident: int = option(0, "Windows that are drawn before and stay on the device; 0 draws each anew.", least=0)
    processes: int = option(1, "That draw windows which stay on the device.", least=1)

    def build(self, devices: Devices) -> tuple[WindowFeed | ResidentFeed, WindowsStage]:  # type: ignore[override]
        """See the base class."""

        from mien.models.stylegan2 import DiscriminatorConfig
        from mien.training.stages.discriminators import build_discriminator
        from mien.training.stages.windows import WindowsStage
        from mien.training.teachers import load_teachers
        from mien.training.windows.feed import WindowFeed
        from mien.training.windows.resident import ResidentFeed
        from mien.training.windows.store import WindowStore

        c = self.stage
        feed = WindowFeed(WindowStore.load(self.data.path / "train"), c.batch, c.seed, c.windows, c.guides)
        given = ResidentFeed(feed, self.resident, devices.device, self.processes) if self.resident else feed
        held = WindowFeed(WindowStore.load(self.data.path / "val"), SHOWN, 1, c.windows, c.guides)
        shape = DiscriminatorConfig(resolution=c.windows.size)
        critics = [build_discriminator(one, shape, self, devices, feed) for one in c.critics]  # type: ignore[arg-type]
        dtype = devices.dtype(self.loop.autocast)
        teachers = load_teachers(self.perceptual, None, devices.device, dtype, trust_code=self.trust_code)
        return given, WindowsStage(c, self._painter(), critics, teachers, devices, held.step(devices.device))

    def _painter(self) -> WindowPainter:
        from mien.checkpoints.windows import load_windows
        from mien.models.editing.window import WindowPainter

        return WindowPainter(self.stage.network) if self.init is None else load_windows(self.init)
