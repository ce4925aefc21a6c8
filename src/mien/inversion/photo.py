"""From a photo to the picture that is inverted, and from a code file back to a picture.

Legend: L W+ codes, C length of a code, R side of the generator's pictures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mien.align.crop import crop_face
from mien.align.finder import FaceFinder, select_face
from mien.checkpoints.codes import check_belongs, load_codes, save_codes
from mien.checkpoints.fingerprint import fingerprint
from mien.checkpoints.generator import load_generator
from mien.checkpoints.hub import find_folder
from mien.checkpoints.inversion import find_inversion, load_inversion
from mien.checkpoints.shapes import load_pair
from mien.editing.directions import attribute_offset, load_directions, style_shift
from mien.errors import FaceSelectionError
from mien.models.inversion import Follower, Inverted, drawn
from mien.photos.read import read_photo
from mien.pixels import to_bytes, to_tensor
from mien.types import AlignedFace, Float32, Photo, UInt8


def aligned_picture(path: Path, face: str, side: int) -> Tensor:
    """The face of a photo as FFHQ aligns it, (1, 3, R, R) in [-1, 1].

    Args:
        path: the photo.
        face: see :func:`mien.align.finder.select_face`; "aligned" where the photo is such a square already.
        side: R.

    Raises:
        PhotoError, FaceError: it cannot be read, or shows no such face.
    """
    photo = read_photo(path)
    return to_tensor(crop_face(photo, _quad(photo, face, path.name), side).pixels[None])


def _quad(photo: Photo, face: str, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    if face != "aligned":
        return select_face(FaceFinder.bundled().find(photo), face, name).quad
    height, width = photo.pixels.shape[:2]
    if height != width:
        raise FaceSelectionError(f"{name} is no aligned face: it is {width} x {height}; leave --face aligned out.")
    return np.array([[0, 0], [0, height], [width, height], [width, 0]], np.float64)


def save_generated(path: Path, codes: Float32, folder: Path) -> None:
    """Writes a code file of a face that was made without a photo.

    Args:
        path: of the file.
        codes: (L, C).
        folder: of the generator that they belong to.

    Raises:
        CheckpointError: the folder is missing or damaged.
        SaveError: the file cannot be written.
    """
    mark = fingerprint(load_generator(folder)).hex()
    save_codes(path, Inverted(torch.from_numpy(codes), "generate", generator=mark, origin=folder.name))


class CodeReader:
    """Draws the pictures of code files.

    Args:
        origin: folder, bundled name or id of the editor or generator; None for the one that a file names.
        networks: where the network is that lets maps follow an edit; without it they stay as they are.
    """

    def __init__(self, origin: str | None = None, networks: Sequence[Path] = ()) -> None:
        self.origin, self.networks = origin, list(networks)

    def read(self, path: Path) -> tuple[Inverted, Path]:
        """What a code file holds, and the folder of its generator.

        Raises:
            CheckpointError: one of them is missing or damaged.
        """
        inverted = load_codes(path)
        return inverted, find_folder(self.origin or inverted.origin)

    @torch.inference_mode()
    def picture(self, path: Path, attributes: Mapping[str, float] | None = None) -> UInt8:
        """(R, R, 3) sRGB.

        Raises:
            CheckpointError: as in :meth:`read`.
            ConfigError: it was made with another generator, or there is no such attribute.
        """
        inverted, folder = self.read(path)
        generator = load_pair(folder).generator
        check_belongs(inverted, generator, path)
        asked = attributes or {}
        directions = load_directions(folder, generator.config) if asked else {}
        offset, shift = attribute_offset(asked, directions), style_shift(asked, directions)
        codes = None if offset is None else inverted.codes + offset
        made = drawn(generator, inverted, codes, shift, self._follower(inverted, folder))
        picture: UInt8 = to_bytes(made)[0]
        return picture

    def face(self, path: Path) -> AlignedFace:
        """The same as a crop, whose photo it is itself; errors as above."""
        pixels = self.picture(path)
        return AlignedFace(pixels, np.eye(2, 3), (pixels.shape[1], pixels.shape[0]))

    def _follower(self, inverted: Inverted, folder: Path) -> Follower | None:
        if not inverted.residuals:
            return None
        found = find_inversion("features", [*self.networks, folder])
        if found is None:
            return None
        network, mark = load_inversion(found, "features")
        follower: Follower | None = network if mark == inverted.generator else None
        return follower
