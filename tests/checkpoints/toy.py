"""A layout of files that nobody has: what somebody adds who wants to read another one."""

from __future__ import annotations

import torch

from mien.checkpoints.foreign.entries import Entries
from mien.checkpoints.foreign.generators import Imported
from mien.checkpoints.foreign.registry import Format
from mien.models.stylegan2 import Generator, GeneratorConfig

CONFIG = GeneratorConfig(resolution=32, z_dim=4, w_dim=4, mapping_layers=1, channel_base=64, channel_max=4)


def load(entries: Entries, network: str | None = None) -> Imported:
    """A generator whose first map is as the file says."""
    generator = Generator(CONFIG)
    generator.load_state_dict({**generator.state_dict(), "synthesis.const": entries.tensor("toy.start")})
    return Imported(generator.eval(), "toy")


TOY = Format("toy", lambda entries: "toy.start" in entries, load, "generator")


def write(path: str) -> None:
    """A file of this layout."""
    torch.save({"toy": {"start": torch.ones(1, 4, 4, 4)}}, path)
