"""A generator's run: its settings, and its networks from files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.errors import ConfigError
from mien.training.options import nested, option
from mien.training.settings import AdamConfig, AnchorConfig, CriticConfig, Run

if TYPE_CHECKING:
    from mien.data import Feed
    from mien.models.stylegan2 import GeneratorConfig
    from mien.models.stylegan2.posterior import Posterior
    from mien.training.devices import Devices
    from mien.training.stages.generator import GeneratorStage
    from mien.training.teachers import Distance


def _preset(name: str) -> GeneratorConfig:
    from mien.models.stylegan2 import PRESETS

    return PRESETS[name]()


@dataclass(frozen=True)
class GeneratorStageConfig:
    """How a generator is trained.

    Attributes:
        generator: shape of the network.
        projected, plain: the discriminators that there may be.
        discriminator: which of them there are: "projected", "stylegan2" (the plain one), or "both".
        batch: pictures per step, over all processes.
        adam: of the generator's optimizer.
        style_mixing: probability that a picture is made of two codes.
        ema_half_life: of the averaged generator, in pictures.
        path_length: weight of path-length regularization; 0 for none (small sets rarely need it).
        path_length_interval: steps between two of them.
        seed: of weights, codes and augmentation.
        anchor: also make the set's own pictures, against the forgetting of most of them.
        hold: pictures at the start during which the generator stands still: fresh critics and a fresh posterior must
            first learn to see, or they spoil weights that come from elsewhere.
    """

    generator: GeneratorConfig = option(
        help="Shape of the generator.",
        name="preset",
        choices=("ffhq-1024", "paper-256", "portrait-128", "portrait-256"),
        read=_preset,
        typed="portrait-128",
    )
    discriminator: str = option("stylegan2", "Which there are.", choices=("stylegan2", "projected", "both"))
    projected: CriticConfig = nested(
        CriticConfig("projected"), weight="projected-weight", augment="augment", strength="augment-strength"
    )
    plain: CriticConfig = nested(
        CriticConfig("stylegan2", r1_gamma=1.0),
        weight="plain-weight",
        augment="augment",
        strength="augment-strength",
        r1_gamma="r1",
        channel_base="plain-channels",
    )
    batch: int = option(16, "Pictures per step.", least=1)
    adam: AdamConfig = nested(AdamConfig())
    style_mixing: float = option(0.9, "Probability of mixing two codes.", least=0, most=1)
    ema_half_life: float = option(10_000.0, "Half-life of the averaged generator, in pictures.", name="ema", least=0)
    path_length: float = option(0.0, "Weight of path-length regularisation.", least=0)
    path_length_interval: int = 4
    seed: int = option(0, "Of weights, codes, order and augmentation.")
    anchor: AnchorConfig = nested(AnchorConfig(share=0.0), share="anchor", weight="anchor-weight", rate="anchor-rate")
    hold: int = option(0, "With --init: pictures during which the generator stands still and others learn.", least=0)

    @property
    def critics(self) -> tuple[CriticConfig, ...]:
        """Those that there are."""
        every = {"projected": (self.projected,), "stylegan2": (self.plain,), "both": (self.projected, self.plain)}
        return every[self.discriminator]


@dataclass(frozen=True)
class GeneratorRun(Run):
    """A whole run, as data.

    Attributes:
        data, stage, loop: see :class:`mien.training.settings.Run`.
        init: a folder to start from: a saved generator, or another run (see :mod:`mien.training.stages.initial`).
        perceptual: file of a distance between pictures, for the anchor.
    """

    stage: GeneratorStageConfig = nested(GeneratorStageConfig)
    init: Path | None = option(None, "Start from a generator or run, same or lower resolution.")
    perceptual: Path | None = option(None, "Distance of two batches, such as LPIPS, for --anchor.")

    def feed(self, devices: Devices) -> Feed:
        """The pictures at the generator's resolution; see :func:`mien.training.stages.feeds.build_feed`."""
        from mien.training.stages.feeds import build_feed

        return build_feed(self.data, self.stage.generator.resolution, self.stage.batch, devices, seed=self.stage.seed)

    def build(self, devices: Devices) -> tuple[Feed, GeneratorStage]:
        """All networks on their device, started afresh or from ``init``; see the base class."""
        from mien.models.stylegan2 import Generator, discriminator_for
        from mien.training.stages.discriminators import build_discriminator
        from mien.training.stages.generator import GeneratorStage
        from mien.training.stages.initial import initialise

        feed, stage = self.feed(devices), self.stage
        generator, shape = Generator(stage.generator), discriminator_for(stage.generator)
        critics = [build_discriminator(critic, shape, self, devices, feed) for critic in stage.critics]
        average, anchored = None, self._posterior(devices)
        if self.init is not None:
            others = {one.kind: network for one, network in zip(stage.critics, critics, strict=True)}
            others |= {} if anchored is None else {"posterior": anchored[0]}
            generator, average = initialise(self.init, generator, others)
            stage = replace(stage, anchor=replace(stage.anchor, warm_up=0))
        return feed, GeneratorStage(generator, critics, stage, devices, average, anchored)

    def _posterior(self, devices: Devices) -> tuple[Posterior, Distance] | None:
        """What ``stage.anchor`` needs; None if there is no anchor."""

        from mien.models.stylegan2 import discriminator_for
        from mien.models.stylegan2.posterior import Posterior
        from mien.training.frozen import load_by_shape

        anchor, shape = self.stage.anchor, self.stage.generator
        if not anchor.share:
            return None
        if self.perceptual is None:
            raise ConfigError("An anchor needs a perceptual distance; give a file of one as --perceptual.")
        dtype = devices.dtype(self.loop.autocast)
        distance: Any = load_by_shape(
            self.perceptual, devices.device, dtype, use="distance", trust_code=self.trust_code
        )
        posterior = Posterior(replace(discriminator_for(shape), channel_base=anchor.channel_base), shape.z_dim)
        return posterior, lambda a, b: distance(a, b)[0]
