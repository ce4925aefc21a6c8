"""What a finished, or half-finished, generator looks like as a folder of our store."""

from __future__ import annotations

from pathlib import Path

from mien.checkpoints.generator import model_card, save_generator
from mien.models.stylegan2 import Generator
from mien.training.report import Progress, duration


def export_generator(generator: Generator, folder: Path, progress: Progress) -> None:
    """Weights in half precision, configuration, and a short model card with what the run knows about itself."""
    shown = (
        f"{progress.images:,} pictures shown in {progress.step:,} steps, {duration(progress.elapsed)} h of training."
    )
    remarks = (shown, "Data, licence and limits: to be filled in by whoever trained it.")
    card = model_card(generator, "trained with mien train generator", "unknown", remarks)
    save_generator(folder, generator, card, facts={"images": progress.images})
