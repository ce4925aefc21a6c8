"""What an edit gives back.

Legend: S side of the crop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mien.align.crop import crop_face, matrix_to_quad
from mien.align.paste import Mask
from mien.conditions.folder import draw_sheet
from mien.conditions.types import Conditions
from mien.editing.contributions import write_shares
from mien.editing.outcome import Outcome
from mien.photos.receipt import save_with_receipt
from mien.photos.write import QUALITY
from mien.types import AlignedFace, Bool, Float32, Float64, Photo, Receipt, UInt8

MOST = 200
"""Characters of what was done that are shown where a result is printed."""


@dataclass(frozen=True, eq=False)
class CropOptions:
    """Numbers of one edit of a crop.

    Attributes:
        seed: 0 is the plain result, every other number is a variant of it.
        strength: in [0, 1], how far to go from the photo to the edit.
        weights: (N, 1, 1) or (N, S, S) float32 of the modalities that have a weight; None weights nothing.
    """

    seed: int = 0
    strength: float = 1.0
    weights: Float32 | None = None


@dataclass(frozen=True, eq=False)
class CropEdit:
    """One aligned crop, edited.

    Attributes:
        pixels: (S, S, 3) float32 sRGB in [0, 255]: the crop outside the mask, the edit wherever the mask is above 0.
        shares: (N, S, S) float32 in [0, 1], sum 1 over the modalities that have a weight, the image first: what each
            contributed to each pixel, ŝ of equation 16. Where a guide did, the sum is what it left.
        timings: milliseconds by stage.
        detail: whether all of the photo's detail stays that is too fine for the crop: colors changed, and no shapes.
    """

    pixels: Float32
    shares: Float32
    timings: Mapping[str, float] = field(default_factory=dict)
    detail: bool = False

    def over(self, image: UInt8, mask: Float32) -> Float32:
        """I_out ⊙ M + I_gt ⊙ (1 − M) of equation 1: (S, S, 3) in [0, 255], for an image and a mask (S, S)."""
        before = image.astype(np.float32)
        return before + mask[..., None] * (self.pixels - before)


@dataclass(frozen=True, eq=False)
class FaceEdit:
    """What was done to one face.

    Attributes:
        before: the aligned crop as it was, with the matrix to the photo and the face; ``before.face`` may be given as
            ``face=`` of the next edit, which then uses the same crop.
        after: (S, S, 3) uint8, the same crop edited.
        conditions: of side S, what the networks were given; its mask is that of the crop.
        mask: (H, W) in the photo's frame, bool or floating point: what was allowed to change.
        shares: see :class:`CropEdit`.
        operations: what was done, in words, in order.
        notes: what the user should know about it, in words.
        outcome: how good it is, in figures; None where nobody measured.
    """

    before: AlignedFace
    after: UInt8
    conditions: Conditions
    mask: Mask
    shares: Float32
    operations: tuple[str, ...]
    notes: tuple[str, ...] = ()
    outcome: Outcome | None = None

    @property
    def quad(self) -> Float64:
        """(4, 2) corners of the crop in the photo."""
        return matrix_to_quad(self.before.matrix, self.before.size)


@dataclass(frozen=True, eq=False, repr=False)
class EditResult:
    """An edited photo.

    Attributes:
        photo: the edited photo.
        original: as it was.
        faces: one entry for each face that was edited, in order.
        timings: milliseconds by stage, over all faces and all that was painted with them; "total" is their sum.
        others: the further variants, where more than one was asked for.
    """

    photo: Photo
    original: Photo
    faces: tuple[FaceEdit, ...]
    timings: Mapping[str, float]
    others: tuple[EditResult, ...] = ()

    @property
    def variants(self) -> tuple[EditResult, ...]:
        """This result and the further ones."""
        return (self, *self.others)

    @property
    def images(self) -> list[Image.Image]:
        """The edited photo of each variant for Pillow, 8 bits."""
        return [variant.photo.image for variant in self.variants]

    @property
    def operations(self) -> tuple[str, ...]:
        """What was done, and what should be known about it, in words, in order; for the receipt."""
        return tuple(words for face in self.faces for words in (*face.operations, *face.notes))

    @property
    def mask(self) -> Bool:
        """(H, W) the union of the faces' masks: nothing outside of it has changed."""
        union: Any = np.any([face.mask > 0 for face in self.faces], axis=0)
        return union  # type: ignore[no-any-return]

    def save(
        self,
        path: str | Path,
        *,
        quality: int = QUALITY,
        overwrite: bool = True,
        protected: Sequence[Path] = (),
    ) -> Receipt:
        """Saves and verifies; see :func:`mien.photos.receipt.save_with_receipt`.

        Raises:
            SaveError: it could not be written.
        """
        receipt = save_with_receipt(
            self.original,
            self.photo,
            self.mask,
            path,
            self.operations,
            quality=quality,
            overwrite=overwrite,
            protected=protected,
        )
        return replace(receipt, outcome=tuple(face.outcome.as_dict() for face in self.faces if face.outcome))

    def sheet(self, side: int = 384) -> UInt8:
        """Before, layers and after (of all variants) side by side, a row for each face: (h, w, 3) for people."""
        rows = [self._row(index, side) for index in range(len(self.faces))]
        width = max(row.shape[1] for row in rows)
        padded = [np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)), constant_values=255) for row in rows]
        return np.concatenate(padded)

    def _row(self, index: int, side: int) -> UInt8:
        face = self.faces[index]
        names = ["result"] if not self.others else [f"result {k}" for k in range(1, len(self.variants) + 1)]
        results = [
            (name, crop_face(variant.photo, face.quad, side).pixels)
            for name, variant in zip(names, self.variants, strict=True)
        ]
        before = crop_face(self.original, face.quad, side).pixels
        return draw_sheet(before, face.conditions.at(side), results)

    def explain(self, folder: Path) -> list[Path]:
        """Writes what each modality contributed at each pixel, see :func:`mien.editing.contributions.write_shares`.

        Args:
            folder: of the pictures; where several faces were edited, of one folder for each.

        Returns:
            The files.

        Raises:
            SaveError: the folder cannot be made or written.
        """
        several = len(self.faces) > 1
        written: list[Path] = []
        for index, face in enumerate(self.faces):
            assert face.conditions.mask is not None
            place = folder / f"face-{index}" if several else folder
            written += write_shares(place, face.shares, face.before.pixels, face.conditions.mask)
        return written

    def _repr_png_(self) -> bytes:
        return self.photo._repr_png_()

    def __repr__(self) -> str:
        more = f", {len(self.variants)} variants" if self.others else ""
        told = "; ".join(self.operations)
        return f"EditResult({self.photo}{more}: {told if len(told) <= MOST else told[: MOST - 4] + ' ...'})"


class EditResults(list[EditResult]):
    """Of several photos, in their order."""

    @property
    def images(self) -> list[Image.Image]:
        """Those of all results, one after the other."""
        return [image for result in self for image in result.images]
