"""The face parser out of a folder, ready for inference."""

from __future__ import annotations

from pathlib import Path

from mien.checkpoints.perception import load_network
from mien.checkpoints.store import BUNDLED
from mien.models.perception.parser import ParserConfig, ParserNet

KIND = "face-parser"


def load_parser(folder: Path = BUNDLED / KIND) -> ParserNet:
    """The face parser in evaluation mode, batch normalization folded into the convolutions.

    Raises:
        CheckpointError: the folder is missing, damaged, or holds something else.
    """
    return load_network(folder, KIND, lambda config: ParserNet(ParserConfig.from_dict(config)))
