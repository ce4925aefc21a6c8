"""What an edit changed, as a picture: the box around its mask, at the photo's own depth, transparent outside the mask.

A result is the parent's samples with the patch's opaque ones put over them: nothing is computed, so nothing is lost,
and outside the masks nothing can differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
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

    @classmethod
    def loaded(cls, data: bytes) -> Patch:
        """The inverse of :meth:`content`.

        Raises:
            ValueError, EOFError: it is none.
        """
        file = BytesIO(data)
        place, pixels, packed = (np.load(file, allow_pickle=False) for _ in range(3))
        height, width, _ = pixels.shape
        inside = np.unpackbits(packed, axis=1, count=width).reshape(height, width) > 0
        return cls(pixels, inside, (int(place[0]), int(place[1])))

    def content(self) -> bytes:
        """The patch as arrays in NumPy's format: larger than a picture, and read and written much faster."""
        file = BytesIO()
        for array in (np.array(self.place), self.pixels, np.packbits(self.inside, axis=1)):
            np.save(file, array, allow_pickle=False)
        return file.getvalue()

    def checked(self, width: int, height: int) -> Patch:
        """The same, which lies within a photo of this size.

        Raises:
            SessionError: it does not.
        """
        (x, y), (h, w) = self.place, self.inside.shape
        if not (0 <= x <= width - w and 0 <= y <= height - h):
            raise SessionError("A stored patch does not fit the photo; restore it from a copy of the session.")
        return self

    def then(self, later: Patch) -> Patch:
        """One patch that does what this one and a later one do.

        Raises:
            SessionError: they do not belong to one photo.
        """
        if (self.pixels.dtype, self.pixels.shape[2]) != (later.pixels.dtype, later.pixels.shape[2]):
            raise SessionError("Two stored patches do not fit each other; restore them from a copy of the session.")
        boxes = np.array([(*one.place, *np.add(one.place, one.inside.shape[::-1])) for one in (self, later)])
        (left, top), (right, bottom) = boxes[:, :2].min(0), boxes[:, 2:].max(0)
        pixels = np.zeros((bottom - top, right - left, self.pixels.shape[2]), self.pixels.dtype)
        both = Patch(pixels, np.zeros(pixels.shape[:2], np.bool_), (int(left), int(top)))
        for one in (self, later):
            x, y = one.place[0] - left, one.place[1] - top
            part = np.s_[y : y + one.inside.shape[0], x : x + one.inside.shape[1]]
            np.copyto(pixels[part], one.pixels, where=one.inside[..., None])
            both.inside[part] |= one.inside
        return both

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
