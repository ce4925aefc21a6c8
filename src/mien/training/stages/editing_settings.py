"""Settings of an editor's stages, each of which makes its stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mien.training.options import nested, option
from mien.training.settings import AdamConfig, CriticConfig, Run

if TYPE_CHECKING:
    from mien.data import Feed
    from mien.models.editing import EditorNetworks
    from mien.training.devices import Devices
    from mien.training.editing.sample import SampleConfig
    from mien.training.editing.variation import Variation
    from mien.training.phases import Step
    from mien.training.stages.editing import EditingStage
    from mien.training.teachers import Teachers


def _sample() -> SampleConfig:
    from mien.training.editing.sample import SampleConfig

    return SampleConfig()


def _variation() -> Variation:
    from mien.training.editing.variation import Variation

    return Variation()


@dataclass(frozen=True)
class EditingConfig:
    """What the stages share.

    Attributes:
        batch: pictures per step, over all processes.
        adam: of the network that learns.
        ema_half_life: of its average, in pictures.
        seed: of weights and edits.
        sample: how edits are drawn.
        variation: of the pictures, before anything else.
    """

    batch: int = option(12, "Pictures per step.", least=1)
    adam: AdamConfig = nested(AdamConfig())
    ema_half_life: float = option(10_000.0, "Half-life of the averaged network, in pictures.", name="ema", least=0)
    seed: int = option(0, "Of weights, order and edits.")
    sample: SampleConfig = field(default_factory=_sample)
    variation: Variation = field(default_factory=_variation)

    def stage(self, run: Run, given: Ingredients) -> EditingStage:
        """The stage that these are the settings of.

        Raises:
            MienError: as :meth:`mien.training.settings.Run.build` does.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class EncoderConfig(EditingConfig):
    """Attributes:
    l2, perceptual, identity, delta: weights of the losses.
    """

    adam: AdamConfig = nested(AdamConfig(0.001, (0.9, 0.99)))
    l2: float = 1.0
    perceptual: float = 0.8
    identity: float = 0.5
    delta: float = 2e-4

    def stage(self, run: Run, given: Ingredients) -> EditingStage:
        """See the base class."""
        from mien.training.stages.encoder import EncoderStage

        return EncoderStage(self, given)


@dataclass(frozen=True)
class WarpingConfig(EditingConfig):
    """Attributes:
    identity, perceptual, attribute: weights of the losses, equation 10.
    region: probability that a region of the target is masked.
    """

    adam: AdamConfig = nested(AdamConfig(0.001, (0.9, 0.99)))
    identity: float = 1.0
    perceptual: float = 1.0
    attribute: float = 0.1
    region: float = 0.5

    def stage(self, run: Run, given: Ingredients) -> EditingStage:
        """See the base class."""
        from mien.training.stages.warping import WarpingStage

        return WarpingStage(self, given)


@dataclass(frozen=True)
class PainterConfig(EditingConfig):
    """Attributes:
    projected, plain: the discriminators that there may be; the paper's is the plain one, with weight 1, alone.
    absolute, perceptual, identity, attribute: weights of the other losses; equation 23 has 0, 0.5, 0.1 and 0.1.
    foreign: what the perceptual loss counts, in parts of itself, where the exemplar is another face: there the picture
        that the generator makes of the codes stands for the truth. The paper has 0.
    diverse: fraction of edits after another picture whose codes are mixed with random ones, equation 20; 0 is the plain
        attribute loss, ablation D of Table VI.
    warped: fraction of exemplars whose codes go through the warping network.
    as_edited: warp them as an edit does (see :meth:`mien.models.editing.EditorNetworks.turned`), and not where the
        exemplar is the picture itself; otherwise once each, as the paper does.
    identity_interval, attribute_interval: these two losses run networks of their own; they count at every step whose
        number is a multiple, with as much weight.
    """

    projected: CriticConfig = nested(
        CriticConfig("projected", weight=0.1, augment="none"), weight="projected-weight", augment="augment"
    )
    plain: CriticConfig = nested(
        CriticConfig("stylegan2", weight=0.0, augment="none", r1_gamma=1.0),
        weight="plain-weight",
        augment="augment",
        r1_gamma="r1",
        channel_base="plain-channels",
    )
    absolute: float = 2.0
    perceptual: float = 1.0
    identity: float = 0.3
    attribute: float = 0.1
    foreign: float = 0.5
    diverse: float = option(0.5, "Fraction of foreign exemplars with random codes mixed in.", least=0, most=1)
    warped: float = 1.0
    as_edited: bool = False
    identity_interval: int = 2
    attribute_interval: int = 4

    @property
    def critics(self) -> tuple[CriticConfig, ...]:
        """Those that there are."""
        return tuple(critic for critic in (self.projected, self.plain) if critic.weight > 0)

    def stage(self, run: Run, given: Ingredients) -> EditingStage:
        """See the base class."""
        from mien.training.stages.discriminators import build_discriminator
        from mien.training.stages.painter import PainterStage

        shape = given.networks.config.discriminator
        critics = [build_discriminator(one, shape, run, given.devices, given.feed) for one in self.critics]
        return PainterStage(self, given, critics)


@dataclass(frozen=True, eq=False)
class Ingredients:
    """What a stage is made of.

    Attributes:
        networks: of the editor; all but one are fixed.
        trained: those that hold something useful.
        teachers: that judge.
        devices: where to run.
        feed: some of whose pictures calibrate a projected critic.
        shown: a held-out batch for previews, its labels included.
    """

    networks: EditorNetworks
    trained: Sequence[str]
    teachers: Teachers
    devices: Devices
    feed: Feed
    shown: Step
