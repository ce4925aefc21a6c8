"""What all methods of inversion have in common.

Legend: L W+ codes, C length of a code, R side of the generator's pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.checkpoints.fingerprint import fingerprint
from mien.checkpoints.inversion import find_inversion, load_inversion
from mien.checkpoints.shapes import Pair, load_pair
from mien.conditions.layers import Layers
from mien.errors import ConfigError
from mien.models.inversion import Inverted
from mien.models.stylegan2 import Generator

Report = Callable[[int, int, float], object]
"""Is told of a step, counted from 1, how many there are at most, and the loss. What it raises ends the descent."""

Distance = Callable[[Tensor, Tensor], Tensor]
"""Two batches (B, 3, R, R) in [-1, 1] -> (B,)."""


def silent(step: int, steps: int, loss: float) -> None:
    """A :data:`Report` that tells nobody."""


class Inverter(Protocol):
    """Finds what makes a generator draw a picture. The same picture gives the same result, whatever came before."""

    def invert(self, picture: Tensor, report: Report = silent) -> Inverted:
        """An aligned face (1, 3, R, R) in [-1, 1] -> codes, and what else the method finds.

        Args:
            picture: as FFHQ aligns faces, at the generator's side.
            report: see :data:`Report`.
        """


@dataclass(frozen=True, eq=False)
class Means:
    """What methods work with.

    Attributes:
        pair: generator and encoder, float32, frozen.
        folder: that they are from.
        origin: its name, as it was given.
        networks: folders where the networks of ``hyper`` and ``features`` may be, besides ``folder``.
        distance: perceptual, differentiable; None takes the networks that come with mien.
        settings: of the method, in place of its defaults.
        device: where to compute.
    """

    pair: Pair
    folder: Path
    origin: str
    networks: tuple[Path, ...] = ()
    distance: Distance | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    device: str = "cpu"

    @classmethod
    def load(cls, origin: str, **more: Any) -> Means:
        """From the folder of an editor, or of a generator.

        Raises:
            CheckpointError: there is none, or it is damaged.
        """
        from mien.checkpoints.hub import find_folder

        folder = find_folder(origin)
        return cls(load_pair(folder), folder, origin, **more)

    @property
    def generator(self) -> Generator:
        """Of the pair."""
        return self.pair.generator

    @cached_property
    def mark(self) -> str:
        """Fingerprint of the generator."""
        return fingerprint(self.generator).hex()

    def start(self, picture: Tensor) -> Tensor:
        """Codes (L, C) to begin with: the encoder's; the mean code where there is none."""
        if self.pair.encoder is None:
            config = self.generator.config
            return self.generator.mapping.w_avg.expand(config.codes, config.w_dim).clone()
        return self.encoded(picture)

    @torch.no_grad()
    def encoded(self, picture: Tensor) -> Tensor:
        """Codes (L, C) by the encoder.

        Raises:
            ConfigError: there is none.
        """
        encoder = self.pair.encoder
        if encoder is None:
            raise ConfigError(
                f"{self.origin} has no encoder of photos; choose --method optimise or pti, or import one (e4e, pSp)."
            )
        side = encoder.config.side
        if picture.shape[-1] != side:
            picture = F.interpolate(picture, size=(side, side), mode="bilinear", antialias=True)
        codes: Tensor = encoder(Layers(picture, {}).stack(self.pair.modalities))
        return codes[0].clone()

    def network(self, name: str) -> Any:
        """The network of a method that was trained for this generator.

        Raises:
            ConfigError: there is none, or it belongs to another generator.
            CorruptCheckpointError: it is damaged.
        """
        found = find_inversion(name, [*self.networks, self.folder])
        if found is None:
            raise ConfigError(
                f"Method {name} needs a network that does not come with mien: train it by 'mien train {name} "
                f"--data FACES --perceptual LPIPS.pt --editor {self.origin} --out RUN' (docs/inversion.md), and give "
                "--networks RUN."
            )
        network, mark = load_inversion(found, name)
        if mark != self.mark:
            raise ConfigError(f"{found} was trained with another generator than that of {self.origin}; train it anew.")
        return network.to(self.device)

    def found(self, codes: Tensor, method: str, **more: Any) -> Inverted:
        """The result of a method."""
        return Inverted(codes.detach().clone(), method, generator=self.mark, origin=self.origin, **more)
