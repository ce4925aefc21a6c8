"""``mien train encoder | warping | editor``: the three stages of an editor around a trained generator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.runs import (
    Balance,
    Batch,
    Device,
    Every,
    Images,
    Limit,
    Precision,
    Previews,
    Resume,
    Strength,
    loop_config,
    run_with_progress,
)
from mien.cli.selection import TrustCode
from mien.cli.train import train as train  # the verbs here join those there

if TYPE_CHECKING:
    from mien.training.stages.editing import EditingConfig

Data = Annotated[Path, typer.Option(help="Pictures of aligned faces: a folder, a prepared set, shards, a packed set.")]
Out = Annotated[Path, typer.Option(help="Folder of the run; snapshots, previews and the editor go there.")]
Perceptual = Annotated[Path, typer.Option(help="LPIPS or another distance.")]
Identity = Annotated[Path | None, typer.Option(help="Face embedding, such as ArcFace; none: do without.")]
Generator = Annotated[Path | None, typer.Option(help="A saved generator; not needed with --editor.")]
Earlier = Annotated[Path | None, typer.Option(help="A saved editor: the stages before, or this one to go on from.")]
Preset = Annotated[
    str | None,
    typer.Option(
        help="portrait-64, portrait-128, portrait-256, paper-256, the last three also -lite; none: as --editor is."
    ),
]
Rate = Annotated[float, typer.Option(help="Learning rate.")]
Seed = Annotated[int, typer.Option(help="Of weights, order and edits.")]
Compact = Annotated[bool, typer.Option("--compact", help="Also write compact.pt at the end: the run, halved.")]


@train.command()
def encoder(
    data: Data, out: Out, perceptual: Perceptual,
    identity: Identity = None, generator: Generator = None, editor: Earlier = None, preset: Preset = None,
    time_limit: Limit = None, images: Images = None, resume: Resume = False,
    balance: Balance = None, balance_strength: Strength = 0.5, batch: Batch = 12, lr: Rate = 0.001, seed: Seed = 0,
    precision: Precision = "bf16", snapshot_every: Every = "5m", preview_every: Previews = 10_000,
    compact: Compact = False, device: Device = "auto", trust_code: TrustCode = False,
) -> None:  # fmt: skip
    """Train the style encoder: whatever is left of a face and its layers -> style codes of the whole face."""
    from mien.training.phases import AdamConfig
    from mien.training.stages.encoder import EncoderConfig

    _train(EncoderConfig(batch=batch, adam=AdamConfig(lr, (0.9, 0.99)), seed=seed), locals())


@train.command()
def warping(
    data: Data, out: Out, perceptual: Perceptual, editor: Earlier,
    identity: Identity = None, generator: Generator = None, preset: Preset = None,
    time_limit: Limit = None, images: Images = None, resume: Resume = False,
    balance: Balance = None, balance_strength: Strength = 0.5, batch: Batch = 12, lr: Rate = 0.001, seed: Seed = 0,
    precision: Precision = "bf16", snapshot_every: Every = "5m", preview_every: Previews = 10_000,
    compact: Compact = False, device: Device = "auto", trust_code: TrustCode = False,
) -> None:  # fmt: skip
    """Train the latent warping network: the style codes of one face in the pose of another."""
    from mien.training.phases import AdamConfig
    from mien.training.stages.warping import WarpingConfig

    _train(WarpingConfig(batch=batch, adam=AdamConfig(lr, (0.9, 0.99)), seed=seed), locals())


@train.command("editor")
def painter(
    data: Data, out: Out, perceptual: Perceptual, editor: Earlier,
    identity: Identity = None, generator: Generator = None, preset: Preset = None,
    codes: Annotated[
        Path | None, typer.Option(help="An editor whose generator, encoder and warping take the place of --editor's.")
    ] = None,
    pyramid: Annotated[Path | None, typer.Option(help="Maps of features, for a projected discriminator.")] = None,
    projected_weight: Annotated[float, typer.Option(help="Of the projected discriminator; 0 for none.")] = 0.1,
    plain_weight: Annotated[float, typer.Option(help="Of StyleGAN2's discriminator; 0 for none.")] = 0.0,
    fusion: Annotated[str | None, typer.Option(help="style, or the ablations add and gated.")] = None,
    bank: Annotated[bool | None, typer.Option(help="Use the facial feature bank.")] = None,
    diverse: Annotated[float, typer.Option(help="Fraction of foreign exemplars with random codes mixed in.")] = 0.5,
    time_limit: Limit = None, images: Images = None, resume: Resume = False,
    balance: Balance = None, balance_strength: Strength = 0.5, batch: Batch = 12, lr: Rate = 0.002, seed: Seed = 0,
    precision: Precision = "bf16", snapshot_every: Every = "5m", preview_every: Previews = 10_000,
    compact: Compact = False, device: Device = "auto", trust_code: TrustCode = False,
) -> None:  # fmt: skip
    """Train aggregation and refinement: what is painted inside the mask."""
    from mien.training.critics import CriticConfig
    from mien.training.phases import AdamConfig
    from mien.training.stages.painter import PainterConfig

    adam = AdamConfig(lr)
    offered = (
        CriticConfig("projected", weight=projected_weight, augment="none", adam=adam),
        CriticConfig("stylegan2", weight=plain_weight, augment="none", r1_gamma=1.0, channel_base=1024, adam=adam),
    )
    critics = tuple(critic for critic in offered if critic.weight > 0)
    stage = PainterConfig(batch=batch, adam=adam, seed=seed, critics=critics, diverse=diverse)
    _train(stage, locals())


def _train(stage: EditingConfig, options: dict[str, Any]) -> None:
    """Runs a stage with the options of a verb, by their names."""
    from mien.training.stages.feeds import DataConfig
    from mien.training.stages.run_editing import EditingRun, train_editing

    o = options
    paced = ("images", "time_limit", "snapshot_every", "preview_every", "precision", "compact")
    loop = loop_config(**{name: o[name] for name in paced})
    data = DataConfig(o["data"], balance=tuple(o["balance"] or ()), balance_strength=o["balance_strength"])
    names = (
        "perceptual",
        "identity",
        "pyramid",
        "preset",
        "generator",
        "editor",
        "codes",
        "fusion",
        "bank",
        "trust_code",
    )
    run = EditingRun(data, stage, loop, **{name: o[name] for name in names if name in o})
    run_with_progress(
        lambda listener: train_editing(run, o["out"], device=o["device"], resume=o["resume"], listener=listener),
        o["out"],
        loop.images,
    )
