"""FACEMUG without torch: the same steps as :mod:`mien.backends.facemug`, in arrays, its networks run as graphs.

Legend: B crops of a batch, S side, L W+ codes, C length of a code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mien.backends.base import CropOptions, in_batches
from mien.compose.seam import faded
from mien.conditions.modalities.guide import Guide
from mien.conditions.planes import stacked
from mien.conditions.types import Conditions
from mien.editing.cache import EditCache, digest
from mien.editing.code_request import PSI, VARIETY, CodeRequest
from mien.editing.context import EditContext
from mien.editing.directions import attribute_offset, read_directions, style_shift
from mien.editing.result import CropEdit
from mien.engine.painting import Features, PaintingGraphs
from mien.pixels import planes_to_levels
from mien.threads import side_by_side
from mien.types import Bool, Float32, UInt8


@dataclass(frozen=True, eq=False)
class Seen:
    """What the networks see of one crop.

    Attributes:
        layers: (1, I, S, S).
        area: (S, S), what changes.
        guide: (1, 4, S, S), see :class:`mien.backends.seen.Seen`; None for none, and for networks that know none.
        key: of all.
    """

    layers: Float32
    area: Bool
    guide: Float32 | None
    key: bytes


class GraphFacemug:
    """See :class:`mien.backends.base.CropEditor`; it reads no text, which needs gradients.

    Args:
        folder: of an editor with graphs.
        names: of its modalities, the image first.
        engine: of ONNX Runtime's.
    """

    def __init__(self, folder: Path, names: Sequence[str], engine: str) -> None:
        self.networks, self.names = PaintingGraphs(folder, engine), tuple(names)
        self.directions = read_directions(folder, self.networks.shape, self.networks.channels)
        told = [part for name, value in sorted(self.directions.items()) for part in (name, value)]
        self._fingerprint = digest(self.networks.fingerprint(), engine, *told)

    def fingerprint(self) -> bytes:
        """See :class:`mien.backends.base.CropEditor`."""
        return self._fingerprint

    def edit(
        self,
        images: Sequence[UInt8],
        conditions: Sequence[Conditions],
        options: Sequence[CropOptions],
        context: EditContext,
    ) -> list[CropEdit]:
        """See :meth:`mien.backends.facemug.Facemug.edit`."""
        return in_batches(self._edit, images, conditions, options, context)

    def generate(self, conditions: Conditions, seed: int, weights: Float32 | None, context: EditContext) -> Float32:
        """See :meth:`mien.backends.facemug.Facemug.generate`."""
        shift = self._shift([conditions.attributes], [1.0])
        if not conditions.without("attributes", "text").given:
            codes = self._changed(self._random(seed), conditions.attributes)
            return np.asarray(planes_to_levels(self.networks.bank(codes, shift)[0])[0])
        side = int(conditions.size or 0) or self._side
        image, everywhere = np.zeros((side, side, 3), np.uint8), np.ones((side, side), np.float32)
        seen = [self._see(image, conditions.replaced(mask=everywhere))]
        wanted = [CodeRequest.of(conditions, seed, None)]
        return self._paint(seen, lambda: self._codes(seen, wanted, context.cache), [weights], context, shift)[0][0]

    def before_and_after(self, image: UInt8, attributes: Mapping[str, float]) -> tuple[UInt8, UInt8]:
        """See :class:`mien.editing.differences.Pictures`.

        Raises:
            ConfigError: an attribute that the editor does not know.
        """
        codes = self.networks.codes(stacked(image, Conditions(), self.names))
        both, shift = (
            np.concatenate([codes, self._changed(codes, attributes)]),
            style_shift(attributes, self.directions),
        )
        moved = None if shift is None else np.stack([0 * shift, shift]).astype(np.float32)
        levels = np.rint(planes_to_levels(self.networks.bank(both, moved)[0])).clip(0, 255).astype(np.uint8)
        return levels[0], levels[1]

    @property
    def _side(self) -> int:
        return int(self.networks.bank(np.zeros((1, *self.networks.shape), np.float32), None)[0].shape[-1])

    def _edit(
        self,
        images: Sequence[UInt8],
        conditions: Sequence[Conditions],
        options: Sequence[CropOptions],
        context: EditContext,
    ) -> list[CropEdit]:
        cache, watch = context.cache, context.watch
        with watch("layers"):
            seen = [self._see(image, c) for image, c in zip(images, conditions, strict=True)]
        strengths = [float(o.strength) for o in options]

        def coded() -> list[Float32]:
            wanted = [CodeRequest.of(c, o.seed, i) for i, c, o in zip(images, conditions, options, strict=True)]
            codes = self._codes(seen, wanted, cache)
            weak = [i for i, strength in enumerate(strengths) if strength != 1]
            for i, start in zip(weak, self._of_pictures([images[i] for i in weak], cache), strict=True):
                codes[i] = start + np.float32(strengths[i]) * (codes[i] - start)
            return codes

        shift = self._shift([c.attributes for c in conditions], strengths)
        painted = self._paint(seen, coded, [o.weights for o in options], context, shift)
        with watch("blend"):
            parts = zip(painted, images, seen, strengths, strict=True)
            return [CropEdit(faded(made, i, s.area, strength), shares) for (made, shares), i, s, strength in parts]

    def _see(self, image: UInt8, conditions: Conditions) -> Seen:
        assert conditions.mask is not None, "an edit needs a mask"
        area = conditions.mask > 0
        visible = np.where(area[..., None], np.uint8(0), image)
        told = conditions.guide if self.networks.guided else None
        drawn = [part for pair in conditions.maps.items() for part in pair]
        key = digest(self._fingerprint, visible, area, *drawn, *([] if told is None else [told]))
        guide = None if told is None else Guide().encode(told, len(area))
        return Seen(stacked(image, conditions, self.names), area, guide, key)

    def _codes(self, seen: Sequence[Seen], wanted: Sequence[CodeRequest], cache: EditCache) -> list[Float32]:
        """w_e, B times (1, L, C); see :meth:`mien.editing.latents.LatentCodes.of_edits`."""
        keys = [s.key for s in seen]
        targets = cache.get_many("edit codes", keys, lambda new: self._encoded([seen[i].layers for i in new]))
        codes, looks = list(targets), [(i, r.source) for i, r in enumerate(wanted) if r.source is not None]
        for (i, _), one in zip(looks, self._of_pictures([source for _, source in looks], cache), strict=True):
            codes[i] = one
        # (20) w_i = α·w_r + (1 − α)·w_e
        alpha = np.linspace(*VARIETY, codes[0].shape[1], dtype=np.float32)[None, :, None]
        for i, asked in enumerate(wanted):
            if asked.seed:
                codes[i] = codes[i] + alpha * (self._random(asked.seed) - codes[i])
        turning = [i for i, asked in enumerate(wanted) if asked.turns]
        if turning:
            # (2) w_w = w_s + W(w_s, w_t − w_s)
            warped = self.networks.turned(*(np.concatenate([w[i] for i in turning]) for w in (codes, targets)))
            for row, i in enumerate(turning):
                codes[i] = warped[row : row + 1]
        return [self._changed(one, r.attributes) for one, r in zip(codes, wanted, strict=True)]

    def _of_pictures(self, images: Sequence[UInt8], cache: EditCache) -> list[Float32]:
        keys = [digest(self._fingerprint, image) for image in images]

        def encoded(new: Sequence[int]) -> list[Float32]:
            return self._encoded([stacked(images[i], Conditions(), self.names) for i in new])

        return cache.get_many("picture codes", keys, encoded)

    def _encoded(self, layers: Sequence[Float32]) -> list[Float32]:
        return [one[None].copy() for one in self.networks.codes(np.concatenate(layers))]

    def _random(self, seed: int) -> Float32:
        """w_r of equation 20 (1, L, C): two styles, mixed, as :func:`mien.editing.latents.random_codes` draws them."""
        coarse, fine = self.networks.random_codes([2 * seed, 2 * seed + 1], PSI)
        drawn = np.random.RandomState(seed & 0xFFFFFFFF).randint(0, 1 << 32, dtype=np.uint32)  # torch's first number
        crossover = 1 + int(drawn) % (len(coarse) - 1)
        return np.concatenate([coarse[:crossover], fine[crossover:]])[None]

    def _changed(self, codes: Float32, attributes: Mapping[str, float]) -> Float32:
        offset = attribute_offset(attributes, self.directions)
        # (3) w_e = w_w + Σ_i α_i·n_i
        changed: Float32 = codes if offset is None else (codes + offset).astype(np.float32)
        return changed

    def _shift(self, attributes: Sequence[Mapping[str, float]], strengths: Sequence[float]) -> Float32 | None:
        found = [style_shift(one, self.directions) for one in attributes]
        if all(one is None for one in found):
            return None
        nothing = np.zeros(self.networks.channels, np.float32)
        rows = [nothing if one is None else strength * one for one, strength in zip(found, strengths, strict=True)]
        return np.stack(rows).astype(np.float32)

    def _paint(
        self,
        seen: Sequence[Seen],
        coded: Callable[[], list[Float32]],
        weights: Sequence[Float32 | None],
        context: EditContext,
        shift: Float32 | None,
    ) -> list[tuple[Float32, Float32]]:
        """I_out (S, S, 3) in [0, 255] and ŝ (N, S, S) of each crop; codes and features are made at the same time."""

        def drawn() -> tuple[Float32, Features]:
            with context.watch("codes"):
                w_plus = np.concatenate(coded())
            with context.watch("bank"):
                return w_plus, self.networks.bank(w_plus, shift)[1]

        def looked() -> list[tuple[Features, Float32]]:
            keys = [digest(s.key, w) for s, w in zip(seen, weights, strict=True)]
            with context.watch("features"):
                return context.cache.get_many(
                    "features", keys, lambda new: self._features([seen[i] for i in new], [weights[i] for i in new])
                )

        calls: list[Callable[[], Any]] = [drawn, looked]
        with context.watch.together():
            (w_plus, bank), found = side_by_side(*calls)
        with context.watch("decode"):
            # (1) I_out = R(a, w_e, F_s)
            joined = tuple(np.concatenate(maps) for maps in zip(*(features for features, _ in found), strict=True))
            pictures = planes_to_levels(self.networks.decode(joined, w_plus, bank))
        return [(picture, shares) for picture, (_, shares) in zip(pictures, found, strict=True)]

    def _features(self, seen: Sequence[Seen], weights: Sequence[Float32 | None]) -> list[tuple[Features, Float32]]:
        mask = np.stack([s.area for s in seen])[:, None].astype(np.float32)
        given = [w for w in weights if w is not None]
        stack: Float32 | None = None
        if given:
            shape = np.broadcast_shapes(*(w.shape for w in given))
            each = [np.broadcast_to(np.float32(1) if w is None else w, shape) for w in weights]
            stack = np.stack(each)
        layers, guide = np.concatenate([s.layers for s in seen]), None
        if any(s.guide is not None for s in seen):
            none = np.zeros((1, 4, *mask.shape[2:]), np.float32)
            guide = np.concatenate([none if s.guide is None else s.guide for s in seen])
        features, shares = self.networks.features(layers, mask, stack, guide)
        return [(tuple(one[i : i + 1].copy() for one in features), shares[i]) for i in range(len(seen))]
