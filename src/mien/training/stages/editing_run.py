"""Runs of an editor's stages: their settings, and the networks from files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import ConfigError
from mien.training.options import nested, option
from mien.training.settings import Run
from mien.training.stages.editing_settings import EditingConfig, EncoderConfig, Ingredients

if TYPE_CHECKING:
    from mien.data import Feed
    from mien.models.editing import EditorConfig, EditorNetworks
    from mien.training.devices import Devices
    from mien.training.phases import Step
    from mien.training.stages.editing import EditingStage

DEFAULT = "portrait-128"
"""The preset where nothing says another."""

PRESETS = (
    "portrait-64",
    "portrait-128",
    "portrait-128-lite",
    "portrait-256",
    "portrait-256-lite",
    "paper-256",
    "paper-256-lite",
)
"""Names in :data:`mien.models.editing.PRESETS`."""

SHOWN = 12
"""Held-out pictures in a preview."""


@dataclass(frozen=True)
class EditingRun(Run):
    """A whole run, as data.

    Attributes:
        data: what to train on; previews take its ``val`` split where there is one.
        stage: which stage, and its settings.
        loop: see :class:`mien.training.settings.Run`.
        perceptual: file of a distance of two batches.
        identity: file of a face embedding; None to do without.
        preset: a name of :data:`mien.models.editing.PRESETS`; None: as ``editor`` is, or portrait-128. An ``editor`` of
            another resolution gives what it can; a painter grows to twice its side.
        generator: a saved generator, for a first stage, or instead of the one in ``editor``. If e4e's encoder was
            imported with it, the encoder's stage starts from that.
        editor: a saved editor with the stages before, or this stage's network to go on from.
        codes: a saved editor whose networks for codes (generator, encoder, warping) take the place of those in
            ``editor``: they may have been trained further since.
        fusion, bank: of the refinement network, for the ablations of Table VI; None for the preset's.
        guide: whether the painter can be given guides; None for the preset's. A painter that could not goes on from
            where it was.
    """

    stage: EditingConfig = nested(EditingConfig)
    perceptual: Path = option(help="Distance of two batches, such as LPIPS.")
    identity: Path | None = option(None, "Face embedding; none: do without.")
    preset: str | None = option(None, "Sizes of all networks; none: as --editor is.", choices=PRESETS)
    generator: Path | None = option(None, "A saved generator; not needed with --editor.", file=False)
    editor: Path | None = option(None, "A saved editor: the stages before, or this one to go on from.", file=False)
    codes: Path | None = option(
        None, "An editor whose generator, encoder and warping take the place of --editor's.", file=False
    )
    fusion: str | None = option(None, "style, or the ablations add and gated.", choices=("style", "add", "gated"))
    bank: bool | None = option(None, "Use the facial feature bank.", kind=bool)
    guide: bool | None = option(None, "Let guides be given to the painter.", kind=bool)

    def build(self, devices: Devices) -> tuple[Feed, EditingStage]:
        """See the base class."""
        from mien.conditions.parser import FaceParser
        from mien.training.stages.feeds import build_feed, held_out

        networks, trained = self.networks()
        size, parser = networks.config.resolution, FaceParser.bundled("torch")
        feed = build_feed(self.data, size, self.stage.batch, devices, seed=self.stage.seed, parser=parser)
        return feed, self.stage_of(networks, trained, devices, feed, held_out(self.data, size, SHOWN, devices, parser))

    def stage_of(
        self, networks: EditorNetworks, trained: Sequence[str], devices: Devices, feed: Feed, shown: Step
    ) -> EditingStage:
        """The stage of these networks, those in ``trained`` being good for something.

        Raises:
            ConfigError: the stages before it are missing.
            CheckpointError: a network to judge by cannot be read.
        """

        from mien.training.teachers import load_teachers

        if not isinstance(self.stage, EncoderConfig) and "encoder" not in trained:
            raise ConfigError("This stage needs a trained style encoder; give its run's editor folder as --editor.")
        dtype = devices.dtype(self.loop.autocast)
        teachers = load_teachers(self.perceptual, self.identity, devices.device, dtype, trust_code=self.trust_code)
        return self.stage.stage(self, Ingredients(networks, trained, teachers, devices, feed, shown))

    def networks(self) -> tuple[EditorNetworks, tuple[str, ...]]:
        """All networks, with the weights there are; and the names of those that have some.

        Raises:
            ConfigError: the preset is unknown, there is no generator, or it has other sizes.
            CheckpointError: weights cannot be read.
        """
        from mien.checkpoints.editor import PARTS, load_editor
        from mien.checkpoints.encoder import load_encoder
        from mien.checkpoints.generator import load_generator
        from mien.checkpoints.hub import find_folder
        from mien.conditions.modalities import channels
        from mien.models.editing import PRESETS, EditorNetworks, with_modalities
        from mien.models.editing.growth import take_over, widen_encoder

        if self.preset is not None and self.preset not in PRESETS:
            raise ConfigError(f"There is no preset {self.preset!r}; choose one of {', '.join(PRESETS)}.")
        earlier, trained = (None, ()) if self.editor is None else load_editor(self.editor)
        if self.generator is None and "generator" not in trained:
            raise ConfigError("An editor is built around a generator; give one as --generator.")
        preset = with_modalities(PRESETS[self.preset or DEFAULT](), channels())
        config = earlier.config if earlier is not None and self.preset is None else preset
        networks = EditorNetworks(self._ablated(config))
        trained = trained if earlier is None else take_over(networks, earlier, trained)
        if self.codes is not None:
            newer, parts = load_editor(self.codes)
            trained += take_over(networks, newer, [part for part in parts if part != "painter"])
        if self.generator is not None:
            generator = load_generator(self.generator)
            if generator.config != config.generator:
                raise ConfigError(f"The generator in {self.generator} is not the one of {self.preset or DEFAULT}.")
            networks.generator.load_state_dict(generator.state_dict())
        elif "generator" not in trained:
            raise ConfigError(f"Preset {self.preset} is built around another generator; give one as --generator.")
        if "encoder" not in trained:
            networks.centre()
            known = None if self.generator is None else load_encoder(find_folder(self.generator))
            if known is not None:
                widen_encoder(known, networks.encoder)
        return networks, tuple(part for part in PARTS if part in {*trained, "generator"})

    def _ablated(self, config: EditorConfig) -> EditorConfig:
        changes = {name: value for name in ("fusion", "bank") if (value := getattr(self, name)) is not None}
        seen = config.aggregation if self.guide is None else replace(config.aggregation, guide=self.guide)
        return replace(config, aggregation=seen, refinement=replace(config.refinement, **changes))
