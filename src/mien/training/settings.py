"""Settings that all stages share, and a run as data. Nothing heavy is imported, see :mod:`mien.training.options`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.training.options import nested, option, seconds

if TYPE_CHECKING:
    from mien.data import Feed
    from mien.training.devices import Devices
    from mien.training.loop import Stage

_NAMES = ("none", "ada", "color", "translation", "diffaugment", "diffaugment-cutout", "diffusion")
AUGMENTATIONS = {name: name for name in _NAMES} | {"colour": "color"}
"""Those of :data:`mien.training.augment.AUGMENTATIONS`, by what is typed; earlier versions spelled one differently."""


@dataclass(frozen=True)
class DataConfig:
    """What to train on.

    Attributes:
        path: see :func:`mien.data.find_pictures`.
        split: of a prepared set.
        balance: columns whose groups are shown more equally; none for the set as it is.
        balance_strength: 0 for the set as it is, 1 for equal groups.
        mirror: flip left and right half of the time.
        drop: a text file with names to leave out, one per line (``mien data filter`` writes one).
    """

    path: Path = option(help="Pictures of faces: a folder, a prepared set, .tar shards, a packed set.", name="data")
    split: str = option("train", "Rows of a prepared set.")
    balance: tuple[str, ...] = option((), "Column whose groups are shown more equally; may be repeated.")
    balance_strength: float = option(0.5, "0: the set as it is; 1: equal groups.", least=0, most=1)
    mirror: bool = option(True, "Flip left and right half of the time.")
    drop: Path | None = option(None, "List of names to leave out ('mien data filter' makes it).")


@dataclass(frozen=True)
class LoopConfig:
    """When to stop, save and report.

    Attributes:
        images: pictures to show over all sittings; None for no limit.
        time_limit: seconds for this sitting, the last save included; None for no limit.
        snapshot_every: seconds between snapshots.
        report_every: seconds between reports.
        preview_every: pictures between previews.
        autocast: bfloat16 where operations allow it and it is faster, see :class:`mien.training.devices.Devices`.
        compact: write ``compact.pt`` at the end (see :mod:`mien.training.snapshots`).
    """

    images: int | None = option(None, "Stop after showing so many pictures, over all sittings.", kind=int, least=0)
    time_limit: float | None = option(None, "For this sitting: 2h, 90m, 540s.", read=seconds)
    snapshot_every: float = option(300.0, "Time between snapshots.", read=seconds, typed="5m")
    report_every: float = 10.0
    preview_every: int = option(20_000, "Pictures between previews.", least=1)
    autocast: bool = option(True, "bf16 (autocast) or fp32.", name="precision", choices={"bf16": True, "fp32": False})
    compact: bool = option(False, "Also write compact.pt at the end: the run at half precision, to carry.")


@dataclass(frozen=True)
class AdamConfig:
    """Attributes:
    lr: learning rate.
    betas: decay of the two moments.
    """

    lr: float = option(0.002, "Learning rate.", least=0)
    betas: tuple[float, float] = (0.0, 0.99)


@dataclass(frozen=True)
class CriticConfig:
    """How one discriminator is trained.

    Attributes:
        kind: "stylegan2" (logistic loss, equation 22) or "projected" (hinge loss).
        weight: of its loss in the generator's; 0 for no such discriminator.
        augment: a name of :data:`mien.training.augment.AUGMENTATIONS`.
        strength: p of the augmentation; None to adapt it if the augmentation is meant to be, 1 otherwise.
        r1_gamma: γ of R1; 0 for none.
        r1_interval: steps between two penalties.
        adam: of its optimizer; None for that of the network it judges.
        channel_base: of a "stylegan2" one, see :class:`mien.models.stylegan2.DiscriminatorConfig`; None for that of the
            generator, or of the editor's preset. One that stands beside another may be narrower.
    """

    kind: str
    weight: float = option(1.0, "Weight of this discriminator; 0 for none.", least=0)
    augment: str = option("diffaugment", "Augmentation of what discriminators see.", choices=AUGMENTATIONS)
    strength: float | None = option(
        None, "Fixed probability; default: adaptive for ada and diffusion, else 1.", kind=float, least=0, most=1
    )
    r1_gamma: float = option(0.0, "Gamma of R1 for the stylegan2 discriminator; 0 for none.", least=0)
    r1_interval: int = 16
    adam: AdamConfig | None = None
    channel_base: int | None = option(
        None, "Channel base of the stylegan2 discriminator; default: the preset's.", kind=int, least=32
    )


@dataclass(frozen=True)
class AnchorConfig:
    """How strongly the set's own pictures are asked for.

    Attributes:
        share: of each batch that is made from real pictures' codes, in (0, 1); the rest is drawn from the prior. 0 for
            no anchor.
        weight: of the distance, beside the critics' losses.
        l1: λ of :mod:`mien.training.anchor`.
        rate: nats per picture that the posterior shall tell.
        warm_up: pictures at the start for which the critics' loss counts for nothing, then more and more: before a
            posterior has learned to see, an adversary teaches the generator to be wrong in a thousand other ways. A
            generator that comes from elsewhere needs none.
        channel_base: of the posterior's trunk, see :class:`mien.models.stylegan2.DiscriminatorConfig`.
    """

    share: float = option(
        0.5, "Share of each batch that rebuilds pictures of the set, so that none is forgotten.", least=0, most=1
    )
    weight: float = option(4.0, "Weight of those pictures' distance.", least=0)
    l1: float = 0.5
    rate: float = option(30.0, "Nats that a code may tell about its picture.", least=0.1)
    warm_up: int = 12_000
    channel_base: int = 1024


@dataclass(frozen=True)
class Run:
    """A whole run, as data; a recipe derives one from another with ``dataclasses.replace``.

    Attributes:
        data: what to train on.
        stage: networks and their training.
        loop: when to stop, save and report.
        pyramid: file of a network with maps of features, for a projected critic.
        trust_code: whether networks that judge may be TorchScript, which runs its own program.
    """

    data: DataConfig = nested(DataConfig)
    stage: Any = nested(object)
    loop: LoopConfig = nested(LoopConfig)
    pyramid: Path | None = option(None, "Network with maps of features, for a projected discriminator.", kw_only=True)
    trust_code: bool = option(
        False, "Run networks that are TorchScript programs: only if you trust their makers.", kw_only=True
    )

    def build(self, devices: Devices) -> tuple[Feed, Stage]:
        """Makes everything; the generators of random numbers are seeded by then.

        Raises:
            MienError: settings contradict each other, or a file cannot be read.
        """
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return plain
