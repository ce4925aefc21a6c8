"""What the bundled editor paints is what it painted before the code was reorganized.

The last bits of a convolution depend on the processor's instructions, so that hashes are kept for each kind of
processor; where none is known, means over blocks must agree within a level. ``python -m tests.parity.test_unchanged``
stores both anew, for which new weights are a reason, or another engine for the networks that look at faces.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from mien.types import UInt8
from tests.parity.edits import digest, pictures

STORED = Path(__file__).with_name("unchanged.json")
BLOCK = 32


def processor() -> str:
    """What the last bits depend on."""
    return f"{torch.backends.cpu.get_cpu_capability()}, torch {torch.__version__}"


def means(pixels: UInt8) -> list[list[float]]:
    """Mean levels of blocks of 32 px, one list for each channel."""
    height, width, channels = (*pixels.shape[:2], pixels.shape[2] if pixels.ndim == 3 else 1)
    cut = pixels.reshape(height, width, channels)[: height // BLOCK * BLOCK, : width // BLOCK * BLOCK]
    blocks = cut.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK, channels).mean((1, 3))
    return [[round(float(v), 2) for v in blocks[..., c].ravel()] for c in range(channels)]


@pytest.fixture(scope="module")
def made() -> dict[str, UInt8]:
    return dict(pictures())


def test_the_bundled_editor_paints_what_it_painted(made: dict[str, UInt8]) -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    known = stored["sha256"].get(processor())
    for name, pixels in made.items():
        if known is not None:
            assert digest(pixels) == known[name], f"{name} has changed"
        away = np.abs(np.array(means(pixels)) - np.array(stored["means"][name])).max()
        assert away <= 1.0, f"{name} has changed by {away:.2f} levels"


def store() -> None:
    """Writes the hashes and means of this machine; hashes of other processors go."""
    found = dict(pictures())
    content = {
        "sha256": {processor(): {name: digest(pixels) for name, pixels in found.items()}},
        "means": {name: means(pixels) for name, pixels in found.items()},
    }
    STORED.write_text(json.dumps(content, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    store()
