"""The codes w_e of an edit: those of what is left of the face, of an exemplar, of chance, of attributes, of words.

In the order of the paper: the source's codes are mixed with random ones (20), warped into the pose of the face that is
edited (2), moved along attributes (3), and moved after a sentence (4).

Legend: B edits of a batch, L W+ codes, C length of a code, N channels of StyleSpace, I channels of all modalities,
S side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from mien.checkpoints.clip import EXAMPLE, Clip
from mien.conditions.layers import from_conditions
from mien.conditions.types import Conditions
from mien.editing.cache import EditCache, digest
from mien.editing.code_request import PSI, VARIETY
from mien.editing.code_request import CodeRequest as CodeRequest
from mien.editing.directions import attribute_offset, style_shift
from mien.editing.text_optimisation import Descent, worded
from mien.errors import ConfigError
from mien.models.editing import EditorNetworks
from mien.models.stylegan2 import Generator, codes_of_seeds, mix_styles
from mien.types import UInt8


class LatentCodes:
    """Computes codes, each once.

    Args:
        networks: of the editor.
        warps: whether exemplars go through the warping network.
        directions: (L, C), or (N,) in StyleSpace, by the name of the attribute.
        clip: reads text; None to do without.

    Attributes:
        descent: after a sentence; None for all steps.
    """

    def __init__(
        self, networks: EditorNetworks, warps: bool, directions: Mapping[str, Tensor], clip: Clip | None = None
    ) -> None:
        self.networks, self.warps, self.directions, self.clip = networks, warps, directions, clip
        self.descent: Descent | None = None

    def of_layers(self, layers: Sequence[Tensor], keys: Sequence[bytes], cache: EditCache) -> list[Tensor]:
        """E of B times (1, I, S, S), with keys of what they were made from -> B times (1, L, C)."""
        return cache.get_many("edit codes", keys, lambda missing: self._encoded([layers[i] for i in missing]))

    def of_pictures(self, images: Sequence[UInt8], network: bytes, cache: EditCache) -> list[Tensor]:
        """E of B whole pictures (S, S, 3) and nothing else -> B times (1, L, C); ``network`` is the encoder's hash."""

        def encoded(missing: Sequence[int]) -> list[Tensor]:
            device, names = self.networks.encoder.w_avg.device, self.networks.config.modalities
            return self._encoded([from_conditions(images[i], Conditions()).to(device).stack(names) for i in missing])

        return cache.get_many("picture codes", [digest(network, image) for image in images], encoded)

    def of_edits(
        self, targets: Sequence[Tensor], requests: Sequence[CodeRequest], network: bytes, cache: EditCache
    ) -> list[Tensor]:
        """w_e, B times (1, L, C).

        Args:
            targets: codes of the faces that are edited, B times (1, L, C).
            requests: what is asked for.
            network: hash of the networks, for the cache.
            cache: of former edits.

        Raises:
            ConfigError: no direction for an attribute, or a sentence and nothing to read it by.
        """
        codes, looks = list(targets), [(i, r.source) for i, r in enumerate(requests) if r.source is not None]
        found = self.of_pictures([source for _, source in looks], network, cache)
        for (i, _), one in zip(looks, found, strict=True):
            codes[i] = one
        codes = [self.varied(one, r.seed) for one, r in zip(codes, requests, strict=True)]
        turning = [i for i, r in enumerate(requests) if r.turns and self.warps]
        if turning:
            # (2) w_w = w_s + W(w_s, w_t − w_s)
            warped = self.networks.turned(*(torch.cat([w[i] for i in turning]) for w in (codes, targets)))
            for row, i in enumerate(turning):
                codes[i] = warped[row : row + 1]
        changed = [self.changed(one, r.attributes) for one, r in zip(codes, requests, strict=True)]
        return [self.told(one, r.text, network, cache) for one, r in zip(changed, requests, strict=True)]

    def changed(self, codes: Tensor, attributes: Mapping[str, float]) -> Tensor:
        """w_e (1, L, C).

        Raises:
            ConfigError: the editor has no direction for an attribute.
        """
        offset = attribute_offset(attributes, self.directions)
        # (3) w_e = w_w + Σ_i α_i·n_i
        return codes if offset is None else codes + offset.to(codes)

    def shift(self, attributes: Sequence[Mapping[str, float]], strengths: Sequence[float]) -> Tensor | None:
        """What B edits add to StyleSpace, (B, N); None where no attribute is one of it."""
        found = [style_shift(one, self.directions) for one in attributes]
        known = next((one for one in found if one is not None), None)
        if known is None:
            return None
        rows = [known * 0 if one is None else strength * one for one, strength in zip(found, strengths, strict=True)]
        return torch.stack(rows).to(self.networks.encoder.w_avg.device)

    def told(self, codes: Tensor, text: str | None, network: bytes, cache: EditCache) -> Tensor:
        """w_e (1, L, C): after a sentence, too; see :mod:`mien.editing.text_optimisation`.

        Raises:
            ConfigError: there is a sentence, and nothing to read it by.
        """
        if not text:
            return codes
        if self.clip is None:
            raise ConfigError(f"'{text}' needs a network that understands words; give a CLIP, such as {EXAMPLE}.")
        clip, descent = self.clip, self.descent
        key = digest(network, codes.float().cpu().numpy(), text, repr(descent))
        moved: Tensor = cache.get("text codes", key, lambda: worded(self.networks, clip, codes, text, descent))
        return moved

    def varied(self, codes: Tensor, seed: int) -> Tensor:
        """w_i (1, L, C): with the codes of a seed mixed in; with none for 0."""
        if not seed:
            return codes
        # (20) w_i = α·w_r + (1 − α)·w_e
        alpha = torch.linspace(*VARIETY, codes.shape[1], device=codes.device)[None, :, None]
        return torch.lerp(codes, random_codes(self.networks.generator, seed), alpha)

    def _encoded(self, layers: Sequence[Tensor]) -> list[Tensor]:
        codes: Tensor = self.networks.encoder(torch.cat(list(layers)))
        return [one[None].clone() for one in codes]


def random_codes(generator: Generator, seed: int) -> Tensor:
    """w_r of equation 20 (1, L, C): two styles, mixed; the same seed, the same codes on every machine."""
    z = codes_of_seeds([2 * seed, 2 * seed + 1], generator.config.z_dim)
    w_plus = generator.truncated(z.to(generator.mapping.w_avg.device), psi=PSI)
    crossover = torch.randint(1, generator.config.codes, (1,), generator=torch.Generator().manual_seed(seed))
    return mix_styles(w_plus[:1], w_plus[1:], int(crossover))
