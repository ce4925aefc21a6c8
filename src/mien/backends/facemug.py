"""FACEMUG: the networks at work on aligned crops.

Legend: B crops of a batch, S side, L W+ codes, C length of a code, I channels of all modalities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mien.backends.base import CropOptions, in_batches
from mien.backends.compiled import compile_where_wanted
from mien.backends.seen import Seen, guides_of, stacked_weights
from mien.backends.windows import WindowNetwork
from mien.checkpoints.clip import Clip, load_clip
from mien.checkpoints.editor import KIND, load_editor, save_editor
from mien.checkpoints.fingerprint import fingerprint
from mien.checkpoints.store import CARD, load_config
from mien.checkpoints.windows import FOLDER, load_windows, save_windows
from mien.compose.seam import faded
from mien.conditions.types import Conditions
from mien.editing.cache import EditCache, digest
from mien.editing.context import EditContext
from mien.editing.directions import load_directions, save_directions
from mien.editing.latents import CodeRequest, LatentCodes, random_codes
from mien.editing.result import CropEdit
from mien.errors import ConfigError, UnknownCheckpointError
from mien.models.editing import EditorNetworks, EncoderFeatures
from mien.pixels import to_levels
from mien.types import Float32, UInt8

NEEDED = ("generator", "encoder", "painter")
"""Networks without which there is no edit; without the warping network exemplars keep their own pose."""

DTYPES = (torch.float32, torch.bfloat16, torch.float16)

CARD_TEXT = "# A FACEMUG editor\n\nSaved by `Editor.save_pretrained`; its training is described where it came from.\n"
WINDOWS_CARD = "# A window painter\n\nBelongs to the editor in the folder above.\n"


class Facemug:
    """Runs the networks; everything that an edit shares with the one before comes out of the cache.

    Weights stay float32. With another ``dtype`` the convolutions compute in it (autocast), as in training.

    Args:
        networks: all of them; they are put into evaluation mode, and must not change any more.
        trained: which of them are, see :data:`mien.checkpoints.editor.PARTS`.
        directions: (L, C), or (N,) in StyleSpace, by the name of the attribute.
        name: for receipts.
        clip: reads text; None to do without.
        source: folder that it came from, of which the card and further entries are kept when it is saved.
        windows: paints parts again at the photo's scale; None to do without.

    Raises:
        UnknownCheckpointError: it is not trained far enough.
    """

    kind = KIND

    def __init__(
        self,
        networks: EditorNetworks,
        trained: Sequence[str],
        directions: Mapping[str, Tensor] | None = None,
        *,
        name: str = "an editor",
        clip: Clip | None = None,
        source: Path | None = None,
        windows: WindowNetwork | None = None,
    ) -> None:
        missing = [part for part in NEEDED if part not in trained]
        if missing:
            raise UnknownCheckpointError(f"{name} lacks its {' and '.join(missing)}; train these, or choose another.")
        self.networks = networks.eval().requires_grad_(False)
        self.name, self.clip, self.source, self.trained = name, clip, source, tuple(trained)
        self.windows = windows
        self.size = networks.config.resolution
        self.codes = LatentCodes(networks, "warping" in trained, directions or {}, clip)
        self.dtype = torch.float32
        self.to("cpu")

    @classmethod
    def load(cls, folder: Path, device: str, clip: str | Path | None = None) -> Facemug:
        """From a folder that training wrote.

        Raises:
            CheckpointError: it is damaged, or not trained far enough.
            ConfigError: ``clip`` needs a package that is not installed.
        """
        networks, trained = load_editor(folder)
        directions = load_directions(folder, networks.config.generator)
        windows = WindowNetwork(load_windows(folder / FOLDER)) if (folder / FOLDER).is_dir() else None
        reader = None if clip is None else load_clip(clip, device)
        made = cls(networks, trained, directions, name=folder.name, clip=reader, source=folder, windows=windows)
        made.to(device)
        compile_where_wanted(networks, folder, device)
        return made

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the attributes that it knows."""
        return tuple(sorted(self.codes.directions))

    @property
    def reader(self) -> str:
        """Name of the CLIP."""
        return self.clip.name if self.clip else ""

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return self.networks.encoder.w_avg.device

    def supports(self) -> frozenset[str]:
        """See :class:`mien.backends.base.CropEditor`."""
        known = {"attributes": self.attributes, "text": self.clip}
        named = [name for name, there in known.items() if there]
        return frozenset({*self.networks.config.modalities[1:], "exemplar", *named})

    def fingerprint(self) -> bytes:
        """See :class:`mien.backends.base.CropEditor`."""
        return digest(self._weights, str(self.dtype), str(self.device))

    @cached_property
    def _weights(self) -> bytes:
        directions = [part for name, value in sorted(self.codes.directions.items()) for part in (name, value.numpy())]
        words = "" if self.clip is None else self.clip.sha256
        fine = b"" if self.windows is None else fingerprint(self.windows.network)
        return digest(fingerprint(self.networks), self.codes.warps, words, fine, *directions)

    def to(self, device: str, dtype: object = None) -> None:
        """See :class:`mien.backends.base.CropEditor`."""
        if dtype is not None and dtype not in DTYPES:
            raise ConfigError(f"An editor cannot compute in {dtype}; choose torch.float32, bfloat16 or float16.")
        self.networks.to(device=torch.device(device), memory_format=torch.channels_last)  # type: ignore[call-overload]
        if self.windows is not None:
            self.windows.network.to(device)
        if self.clip is not None:
            self.clip.model.to(device)
        if isinstance(dtype, torch.dtype):
            self.dtype = dtype

    def save(self, folder: Path) -> None:
        """See :class:`mien.backends.base.CropEditor`; weights that fit into float16 are stored so."""
        state = self.networks.state_dict().values()
        half = all(torch.equal(v.half().float(), v) for v in state if v.is_floating_point())
        facts: dict[str, Any] = {} if self.source is None else load_config(self.source, KIND)
        own = ("kind", "editor", "trained", "sha256")
        card = CARD_TEXT if self.source is None else (self.source / CARD).read_text(encoding="utf-8")
        facts = {name: value for name, value in facts.items() if name not in own}
        save_editor(folder, self.networks, card, self.trained, half=half, facts=facts)
        if self.windows is not None:
            save_windows(folder / FOLDER, self.windows.network, WINDOWS_CARD)
        if self.codes.directions:
            save_directions(folder, self.codes.directions, self.source)

    def edit(
        self,
        images: Sequence[UInt8],
        conditions: Sequence[Conditions],
        options: Sequence[CropOptions],
        context: EditContext,
    ) -> list[CropEdit]:
        """See :class:`mien.backends.base.CropEditor`.

        Strength moves the codes in equal steps from those of the photo to those of the edit, and fades the result in
        over the photo with weight s·(2 − s): at 0 there is the photo, exactly, and close to 1 the codes do the moving.
        """
        return in_batches(self._edit, images, conditions, options, context)

    def _edit(
        self,
        images: Sequence[UInt8],
        conditions: Sequence[Conditions],
        options: Sequence[CropOptions],
        context: EditContext,
    ) -> list[CropEdit]:
        cache, watch = context.cache, context.watch
        with self._computing():
            with watch("layers"):
                seen = [self._see(image, c) for image, c in zip(images, conditions, strict=True)]
            with watch("codes"):
                wanted = [CodeRequest.of(c, o.seed, i) for i, c, o in zip(images, conditions, options, strict=True)]
                codes = self._codes(seen, wanted, cache)
                strengths = [float(o.strength) for o in options]
                weak = [i for i, strength in enumerate(strengths) if strength != 1]
                before = self.codes.of_pictures([images[i] for i in weak], self.fingerprint(), cache)
                for i, start in zip(weak, before, strict=True):
                    codes[i] = torch.lerp(start, codes[i], strengths[i])
            shift = self.codes.shift([c.attributes for c in conditions], strengths)
            painted = self._paint(seen, codes, [o.weights for o in options], context, shift)
        with watch("blend"):
            parts = zip(painted, images, seen, strengths, strict=True)
            return [CropEdit(faded(made, i, s.area, strength), shares) for (made, shares), i, s, strength in parts]

    def generate(self, conditions: Conditions, seed: int, weights: Float32 | None, context: EditContext) -> Float32:
        """A picture (S, S, 3) in [0, 255] out of conditions alone.

        Without any but attributes and text, it is the generator's for the seed, in float32: bfloat16 is 13 levels away.
        """
        shift = self.codes.shift([conditions.attributes], [1.0])
        if not conditions.without("attributes", "text").given:
            with torch.inference_mode():
                codes = self.codes.changed(random_codes(self.networks.generator, seed), conditions.attributes)
                codes = self.codes.told(codes, conditions.text, self.fingerprint(), context.cache)
                return np.asarray(to_levels(self.networks.inverted(codes, shift))[0])
        with self._computing():
            image = np.zeros((self.size, self.size, 3), np.uint8)
            everywhere = np.ones((self.size, self.size), np.float32)
            seen = [self._see(image, conditions.replaced(mask=everywhere))]
            drawn = self._codes(seen, [CodeRequest.of(conditions, seed, None)], context.cache)
            return self._paint(seen, drawn, [weights], context, shift)[0][0]

    @contextmanager
    def _computing(self) -> Iterator[None]:
        enabled = self.dtype != torch.float32
        with torch.inference_mode(), torch.autocast(self.device.type, self.dtype, enabled=enabled):
            yield

    def _see(self, image: UInt8, conditions: Conditions) -> Seen:
        return Seen.of(image, conditions, self.networks.config.aggregation, self.fingerprint(), self.device)

    def _codes(self, seen: Sequence[Seen], wanted: Sequence[CodeRequest], cache: EditCache) -> list[Tensor]:
        """B times (1, L, C)."""
        targets = self.codes.of_layers([s.layers for s in seen], [s.key for s in seen], cache)
        return self.codes.of_edits(targets, wanted, self.fingerprint(), cache)

    def _paint(
        self,
        seen: Sequence[Seen],
        codes: Sequence[Tensor],
        weights: Sequence[Float32 | None],
        context: EditContext,
        shift: Tensor | None,
    ) -> list[tuple[Float32, Float32]]:
        """I_out (S, S, 3) in [0, 255] and ŝ (N, S, S) of each crop."""
        refinement = self.networks.painter.refinement
        with context.watch("features"):
            keys = [digest(s.key, w) for s, w in zip(seen, weights, strict=True)]
            found = context.cache.get_many(
                "features", keys, lambda new: self._features([seen[i] for i in new], [weights[i] for i in new])
            )
        with context.watch("bank"):
            w_plus = torch.cat(list(codes))
            _, bank = self.networks.bank(w_plus, shift)
        with context.watch("decode"):
            # (1) I_out = R(a, w_e, F_s)
            pictures = to_levels(
                refinement.decode(EncoderFeatures.joined([features for features, _ in found]), w_plus, bank)
            )
        return [(picture, shares) for picture, (_, shares) in zip(pictures, found, strict=True)]

    def _features(
        self, seen: Sequence[Seen], weights: Sequence[Float32 | None]
    ) -> list[tuple[EncoderFeatures, Float32]]:
        painter = self.networks.painter
        layers = torch.cat([s.layers for s in seen])
        mask = torch.from_numpy(np.stack([s.area for s in seen]))[:, None].to(layers)
        a, shares = painter.aggregation(layers, mask, stacked_weights(weights, layers), guides_of(seen))
        names = len(self.networks.config.modalities)  # what came from a guide is no layer's share
        features, all_shares = painter.refinement.encode(a), shares[:, :names].float().cpu().numpy()
        return [(features.of(i), all_shares[i]) for i in range(len(seen))]
