"""What an edit changed, as a picture: the box around its mask, at the photo's own depth, transparent outside the mask.

A result is the parent's samples with the patch's opaque ones put over them: nothing is computed, so nothing is lost,
and outside the masks nothing can differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from mien.errors import SessionError
from mien.photos.exif import drop_thumbnail
from mien.types import Bool, Photo, Samples


@dataclass(frozen=True, eq=False)
class Patch:
    """One changed part.

    Attributes:
        pixels: (h, w, C) samples of the photo's depth and channels.
        inside: (h, w), where they count.
        place: (x, y) of the top-left pixel in the photo.
    """

    pixels: Samples
    inside: Bool
    place: tuple[int, int]

    @classmethod
    def between(cls, before: Photo, after: Photo, mask: Bool) -> Patch:
        """The patch that makes ``after`` out of ``before``.

        Args:
            before, after: of one size, depth and number of channels.
            mask: (H, W); the two agree outside of it.

        Raises:
            SessionError: they do not, or it is empty.
        """
        shapes = {(*photo.pixels.shape, photo.bits) for photo in (before, after)}
        if len(shapes) > 1 or mask.shape != before.pixels.shape[:2]:
            raise SessionError("The editor changed the size or the depth of the photo; the edit was not kept.")
        if not mask.any():
            raise SessionError("The mask of the edit is empty; mask something within the face's crop.")
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        pixels = np.zeros_like(after.pixels[box])
        np.copyto(pixels, after.pixels[box], where=mask[box][..., None])
        patch = cls(pixels, mask[box], (int(columns[0]), int(rows[0])))
        if not np.array_equal(patch.onto(before).pixels, after.pixels):
            raise SessionError("The editor changed pixels outside its mask; the edit was not kept.")
        return patch

    @classmethod
    def of(cls, picture: Photo, place: tuple[int, int]) -> Patch:
        """The inverse of :meth:`picture`."""
        if picture.alpha is None:
            raise SessionError("A stored patch has no transparency; restore it from a copy of the session.")
        return cls(picture.pixels, picture.alpha > 0, place)

    def picture(self) -> Photo:
        """The patch as a photo with alpha, to be stored in any format that keeps its depth."""
        alpha = self.inside.astype(self.pixels.dtype) * np.iinfo(self.pixels.dtype).max
        return Photo(self.pixels, cast(Samples, alpha))

    def onto(self, photo: Photo) -> Photo:
        """The photo with the patch in its place; alpha and profile stay, and so does EXIF but for its thumbnail.

        Raises:
            SessionError: the patch does not fit the photo.
        """
        rows, columns = self._window(photo)
        pixels = photo.pixels.copy()
        np.copyto(pixels[rows, columns], self.pixels, where=self.inside[..., None])
        return replace(photo, pixels=pixels, exif=None if photo.exif is None else drop_thumbnail(photo.exif))

    def cover(self, mask: Bool) -> None:
        """Adds its own mask to one of the photo's size, in place."""
        x, y = self.place
        mask[y : y + self.inside.shape[0], x : x + self.inside.shape[1]] |= self.inside

    def _window(self, photo: Photo) -> tuple[slice, slice]:
        (x, y), (height, width, channels) = self.place, self.pixels.shape
        fits = 0 <= x <= photo.width - width and 0 <= y <= photo.height - height
        if not fits or (channels, self.pixels.dtype) != (photo.pixels.shape[2], photo.pixels.dtype):
            raise SessionError("A stored patch does not fit the photo; restore it from a copy of the session.")
        return slice(y, y + height), slice(x, x + width)
