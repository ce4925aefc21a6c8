"""The codes w_e of an edit: those of what is left of the face, of an exemplar, of attributes, of words, and of chance.

Legend: L W+ codes, C length of a code, S side.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from mien.checkpoints.clip import EXAMPLE, Clip
from mien.conditions.layers import from_conditions
from mien.conditions.types import Conditions
from mien.editing.cache import EditCache, digest
from mien.editing.directions import attribute_offset
from mien.editing.text_optimisation import worded
from mien.errors import ConfigError
from mien.models.editing import EditorNetworks
from mien.models.stylegan2 import Generator, codes_of_seeds, mix_styles
from mien.types import UInt8

VARIETY = (0.1, 0.5)
"""α of equation 20 for the coarsest and the finest code of a variant: pose and shape stay, colours and texture vary."""

PSI = 0.7
"""Truncation of random codes."""


class Codes:
    """Computes codes, each once.

    Args:
        networks: of the editor.
        warps: whether exemplars go through the warping network.
        directions: (L, C) by the name of the attribute.
        clip: understands words; None to do without them.
    """

    def __init__(
        self, networks: EditorNetworks, warps: bool, directions: Mapping[str, Tensor], clip: Clip | None = None
    ) -> None:
        self.networks, self.warps, self.directions, self.clip = networks, warps, directions, clip

    def of_picture(self, image: UInt8, cache: EditCache) -> Tensor:
        """E of a whole picture (S, S, 3) and nothing else -> (1, L, C)."""
        device = self.networks.encoder.w_avg.device
        layers = from_conditions(image, Conditions())
        codes: Tensor = cache.get(
            "picture codes",
            digest(image),
            lambda: self.networks.encoder(layers.to(device).stack(self.networks.config.modalities)),
        )
        return codes

    def of_edit(
        self, layers: Tensor, key: bytes, exemplar: UInt8 | None, cache: EditCache, *, own: bool = False
    ) -> Tensor:
        """w_w (1, L, C): the exemplar's codes, in the pose of what is edited; without one, those of the layers.

        Args:
            layers: (1, 26, S, S), the image masked.
            key: of what the layers were made from.
            exemplar: (S, S, 3) uint8.
            cache: for what the encoder says.
            own: whether the exemplar is the very face that is edited, which needs no turning.
        """
        target: Tensor = cache.get("edit codes", key, lambda: self.networks.encoder(layers))
        if exemplar is None:
            return target
        w_s = self.of_picture(exemplar, cache)
        return self.networks.turned(w_s, target) if self.warps and not own else w_s

    def changed(self, codes: Tensor, attributes: Mapping[str, float]) -> Tensor:
        """w_e (1, L, C).

        Raises:
            ConfigError: the editor has no direction for an attribute.
        """
        offset = attribute_offset(attributes, self.directions)
        # (3) w_e = w_w + Σ_i α_i·n_i
        return codes if offset is None else codes + offset.to(codes)

    def worded(self, codes: Tensor, text: str | None, cache: EditCache) -> Tensor:
        """w_e (1, L, C): after a sentence, too; see :mod:`mien.editing.text_optimisation`.

        Raises:
            ConfigError: there is a sentence, and nothing to understand it by.
        """
        if not text:
            return codes
        if self.clip is None:
            raise ConfigError(f"'{text}' needs a network that understands words; give a CLIP, such as {EXAMPLE}.")
        clip = self.clip
        key = digest(codes.float().cpu().numpy(), text, str(clip.folder.resolve()))
        moved: Tensor = cache.get("worded codes", key, lambda: worded(self.networks, clip, codes, text))
        return moved

    def varied(self, codes: Tensor, seed: int) -> Tensor:
        """w_i (1, L, C): with the codes of a seed mixed in; with none for 0."""
        if not seed:
            return codes
        # (20) w_i = α·w_r + (1 − α)·w_e
        alpha = torch.linspace(*VARIETY, codes.shape[1], device=codes.device)[None, :, None]
        return torch.lerp(codes, random_codes(self.networks.generator, seed), alpha)


def random_codes(generator: Generator, seed: int) -> Tensor:
    """w_r of equation 20 (1, L, C): two styles, mixed; the same seed, the same codes on every machine."""
    z = codes_of_seeds([2 * seed, 2 * seed + 1], generator.config.z_dim)
    w_plus = generator.truncated(z.to(generator.mapping.w_avg.device), psi=PSI)
    crossover = torch.randint(1, generator.config.codes, (1,), generator=torch.Generator().manual_seed(seed))
    return mix_styles(w_plus[:1], w_plus[1:], int(crossover))
