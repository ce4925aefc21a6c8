"""The networks at work on one aligned crop.

Legend: B batch (of one), S side, L W+ codes, C length of a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mien.checkpoints.clip import Clip
from mien.compose.seam import harmonise
from mien.conditions.layers import from_conditions
from mien.conditions.types import Conditions
from mien.editing.cache import EditCache, digest
from mien.editing.latents import Codes, random_codes
from mien.editing.timing import Stopwatch
from mien.models.editing import EditorNetworks, EncoderFeatures
from mien.pixels import to_levels
from mien.types import Float32, UInt8


@dataclass(frozen=True, eq=False)
class Painted:
    """What the networks made of a crop.

    Attributes:
        pixels: (S, S, 3) float32 sRGB in [0, 255]: the crop outside the mask, the edit wherever the mask is above 0.
        shares: (4, S, S) float32, ŝ of equation 16.
    """

    pixels: Float32
    shares: Float32

    def over(self, image: UInt8, mask: Float32) -> Float32:
        """I_out ⊙ M + I_gt ⊙ (1 − M) of equation 1: (S, S, 3) in [0, 255], for an image and a mask (S, S)."""
        before = image.astype(np.float32)
        return before + mask[..., None] * (self.pixels - before)


class Painting:
    """Runs the networks; everything that an edit shares with the one before comes out of the cache.

    Args:
        networks: in evaluation mode.
        warps: whether the warping network is trained.
        directions: (L, C) by the name of the attribute.
        clip: understands words; None to do without them.
    """

    def __init__(
        self, networks: EditorNetworks, warps: bool, directions: Mapping[str, Tensor], clip: Clip | None = None
    ) -> None:
        self.networks = networks
        self.codes = Codes(networks, warps, directions, clip)
        self.device = networks.encoder.w_avg.device

    @torch.inference_mode()
    def edit(
        self,
        image: UInt8,
        conditions: Conditions,
        seed: int,
        strength: float,
        weights: Float32 | None,
        cache: EditCache,
        watch: Stopwatch,
    ) -> Painted:
        """Paints inside the mask.

        Strength moves the codes in equal steps from those of the photo to those of the edit, and fades the result in
        over the photo with weight s·(2 − s): at 0 there is the photo, exactly, and close to 1 the codes do the moving.

        Args:
            image: (S, S, 3) uint8 sRGB.
            conditions: of side S, with a mask.
            seed, strength: see :class:`mien.editing.request.Request`.
            weights: (4, S, S) or (4, 1, 1) of the modalities, or None.
            cache: of former edits.
            watch: stages are added to it.

        Raises:
            ConfigError: the editor has no direction for an attribute, or nothing to understand words by.
        """
        assert conditions.mask is not None, "an edit needs a mask"
        seed, strength = int(seed), float(strength)  # NumPy's numbers are welcome, but not to torch
        area = conditions.mask > 0
        layers, key = self._layers(image, conditions, watch)
        with watch("codes"):
            codes = self._codes(layers, key, image, conditions, seed, cache)
            if strength != 1:
                codes = torch.lerp(self.codes.of_picture(image, cache), codes, strength)
        picture, shares = self._paint(layers, area, codes, weights, key, cache, watch)
        with watch("blend"):
            before = image.astype(np.float32)
            matched = harmonise(picture, before, area)
            weight = np.float32(strength * (2 - strength)) * area[..., None]
            pixels = before + weight * (matched - before)
        return Painted(pixels.astype(np.float32), shares)

    @torch.inference_mode()
    def generate(self, conditions: Conditions, seed: int, weights: Float32 | None) -> Float32:
        """A picture (S, S, 3) in [0, 255] out of conditions alone.

        Without any but attributes and words, it is the generator's own for the seed: nothing is there to be painted.
        """
        cache = EditCache()
        if not conditions.without("attributes", "text").given:
            codes = self.codes.changed(random_codes(self.networks.generator, seed), conditions.attributes)
            codes = self.codes.worded(codes, conditions.text, cache)
            picture: Float32 = to_levels(self.networks.inverted(codes))[0]
            return picture
        side = self.networks.config.resolution
        watch, area = Stopwatch(), np.ones((side, side), np.bool_)
        image = np.zeros((side, side, 3), np.uint8)
        layers, key = self._layers(image, conditions.replaced(mask=area.astype(np.float32)), watch)
        codes = self._codes(layers, key, None, conditions, seed, cache)
        return self._paint(layers, area, codes, weights, key, cache, watch)[0]

    def _layers(self, image: UInt8, conditions: Conditions, watch: Stopwatch) -> tuple[Tensor, bytes]:
        """(1, 26, S, S), and the key of what they hold."""
        with watch("layers"):
            c = conditions
            area = np.zeros(image.shape[:2], np.bool_) if c.mask is None else c.mask > 0
            visible = np.where(area[..., None], np.uint8(0), image)
            key = digest(visible, area, *(part for name, one in c.maps.items() for part in (name, one)))
            return from_conditions(image, conditions).to(self.device).stack(self.networks.config.modalities), key

    def _codes(
        self, layers: Tensor, key: bytes, own: UInt8 | None, conditions: Conditions, seed: int, cache: EditCache
    ) -> Tensor:
        """(1, L, C); attributes and words change somebody's look: without an exemplar, that of ``own``."""
        exemplar = conditions.exemplar
        if exemplar is None and (conditions.attributes or conditions.text):
            exemplar = own
        same = own is not None and exemplar is not None and np.array_equal(exemplar, own)
        codes = self.codes.of_edit(layers, key, exemplar, cache, own=same)
        codes = self.codes.changed(codes, conditions.attributes)
        return self.codes.varied(self.codes.worded(codes, conditions.text, cache), seed)

    def _paint(
        self,
        layers: Tensor,
        area: np.ndarray,
        codes: Tensor,
        weights: Float32 | None,
        key: bytes,
        cache: EditCache,
        watch: Stopwatch,
    ) -> tuple[Float32, Float32]:
        """I_out (S, S, 3) in [0, 255] and ŝ (4, S, S)."""
        painter = self.networks.painter

        def encode() -> tuple[EncoderFeatures, Tensor]:
            mask = torch.from_numpy(area)[None, None].to(layers)
            given = None if weights is None else torch.from_numpy(weights)[None].to(layers)
            a, shares = painter.aggregation(layers, mask, given)
            return painter.refinement.encode(a), shares

        with watch("features"):
            features, shares = cache.get("features", digest(key, weights), encode)
        with watch("bank"):
            _, bank = self.networks.bank(codes)
        with watch("decode"):
            # (1) I_out = R(a, w_e, F_s)
            picture = to_levels(painter.refinement.decode(features, codes, bank))[0]
        return picture, shares[0].float().cpu().numpy()
