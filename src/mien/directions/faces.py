"""Faces to look at: codes of seeds or of photos, and the pictures that a generator makes of them.

Legend: B faces, L W+ codes, C length of a code, N channels of StyleSpace, S side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mien.align.crop import crop_face
from mien.align.finder import FaceFinder, select_face
from mien.checkpoints.shapes import Pair
from mien.conditions.layers import from_conditions
from mien.conditions.types import Conditions
from mien.errors import ConfigError, DataError, FaceError, PhotoError
from mien.models.stylegan2 import Generator, codes_of_seeds
from mien.photos.read import read_photo
from mien.pixels import to_bytes
from mien.types import UInt8

BATCH = 8
PSI = 0.7
"""Truncation of random faces: measuring fails on too many without."""


@torch.inference_mode()
def codes_of_faces(generator: Generator, seeds: Sequence[int], psi: float = PSI) -> Tensor:
    """(B, L, C): one code for all layers, truncated."""
    codes = [
        generator.truncated(codes_of_seeds(seeds[start : start + 256], generator.config.z_dim), psi=psi)
        for start in range(0, len(seeds), 256)
    ]
    return torch.cat(codes)


@torch.inference_mode()
def codes_of_photos(pair: Pair, photos: Sequence[Path], left_out: list[str] | None = None) -> Tensor:
    """(B, L, C): the largest face of each photo, by the encoder that belongs to the generator.

    Args:
        pair: generator and encoder.
        photos: files.
        left_out: gets the names of photos that cannot be read, or show no face; None: these are errors.

    Raises:
        ConfigError: there is no encoder.
        PhotoError, NoFaceError: a photo cannot be read, or shows no face.
        DataError: no photo is left.
    """
    if pair.encoder is None:
        raise ConfigError(
            "This generator has no encoder of photos; leave the photos out, or import an e4e or pSp file instead."
        )
    side, finder, found = pair.encoder.config.side, FaceFinder.bundled(), []
    for path in photos:
        try:
            photo = read_photo(path)
            face = select_face(finder.find(photo), "largest", path.name)
        except (PhotoError, FaceError):
            if left_out is None:
                raise
            left_out.append(path.name)
            continue
        crop = crop_face(photo, face.quad, side).pixels
        found.append(pair.encoder(from_conditions(crop, Conditions()).stack(pair.modalities)))
    if not found:
        raise DataError("None of the photos shows a face; give others.")
    return torch.cat(found)


@torch.inference_mode()
def pictures_of(
    generator: Generator, codes: Tensor, shift: Tensor | None = None, done: Callable[[], object] = lambda: None
) -> UInt8:
    """Codes (B, L, C), and what is added to StyleSpace (B or 1, N) -> (B, S, S, 3), with the stored noise."""
    return np.concatenate(list(_batches(generator, codes, shift, done)))


def _batches(generator: Generator, codes: Tensor, shift: Tensor | None, done: Callable[[], object]) -> Iterator[UInt8]:
    for start in range(0, len(codes), BATCH):
        part = codes[start : start + BATCH]
        moved = shift if shift is None or len(shift) == 1 else shift[start : start + BATCH]
        yield to_bytes(generator.synthesis(part, "const", shift=moved))
        for _ in part:
            done()
