"""The stages of training by their names; the verbs of ``mien train`` are made from this list.

A new stage is a file with its settings, its networks and a :class:`mien.training.settings.Run` that builds them, and a
line here. What is imported here must not import torch at the top, or every verb of ``mien`` would.
"""

from __future__ import annotations

from dataclasses import dataclass

from mien.training.settings import Run
from mien.training.stages.editing_run import EditingRun
from mien.training.stages.editing_settings import EncoderConfig, PainterConfig, WarpingConfig
from mien.training.stages.generator_run import GeneratorRun, GeneratorStageConfig
from mien.training.stages.inversion_run import FeaturesStageConfig, HyperStageConfig, InversionRun
from mien.training.stages.latent_runs import AutoencoderConfig, AutoencoderRun, MappingRun, MappingStageConfig
from mien.training.stages.strokes_run import StrokesConfig, StrokesRun
from mien.training.stages.windows_run import WindowsConfig, WindowsRun
from mien.training.stages.words_run import WordsConfig, WordsRun


@dataclass(frozen=True)
class StageEntry:
    """Attributes:
    run: class of its runs.
    settings: class of ``run.stage``.
    help: what it learns.
    """

    run: type[Run]
    settings: type
    help: str


STAGES: dict[str, StageEntry] = {
    "generator": StageEntry(GeneratorRun, GeneratorStageConfig, "A StyleGAN2 generator: faces out of random codes."),
    "encoder": StageEntry(EditingRun, EncoderConfig, "The style encoder: any part of a face and its layers -> codes."),
    "warping": StageEntry(EditingRun, WarpingConfig, "Latent warping: the codes of one face in the pose of another."),
    "editor": StageEntry(EditingRun, PainterConfig, "Aggregation and refinement: what is painted inside the mask."),
    "hyper": StageEntry(InversionRun, HyperStageConfig, "A hypernetwork: weights of the generator for one photo."),
    "features": StageEntry(InversionRun, FeaturesStageConfig, "Maps for one photo, and how they follow an edit."),
    "strokes": StageEntry(StrokesRun, StrokesConfig, "Unfinished drawings -> codes; no photos are needed."),
    "words": StageEntry(WordsRun, WordsConfig, "A mapper: what words ask for -> what is added to a face's codes."),
    "windows": StageEntry(WindowsRun, WindowsConfig, "The window painter: a part of the face at the photo's scale."),
    "autoencoder": StageEntry(
        AutoencoderRun, AutoencoderConfig, "MM2Latent's encoders of maps, drawings and 3D shape."
    ),
    "mapping": StageEntry(MappingRun, MappingStageConfig, "MM2Latent: words, maps, drawings, 3D shape -> a code."),
}
