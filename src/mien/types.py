"""The nouns of the program: what travels along the arrows of docs/architecture.md.

Convention:
    Coordinates are (x, y), x to the right, y down, in *continuous* pixels: the picture covers [0, W] x [0, H] and the
    center of pixel (row i, column j) lies at (j + 0.5, i + 0.5). Resizing by s is then exactly a multiplication by s,
    and a half-pixel shift cannot hide in it. Arrays are indexed (row, column).
    A crop's ``matrix`` is 2x3 and maps **crop coordinates to photo coordinates**: photo = matrix @ (x, y, 1).
    Angles are degrees.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch
    from PIL import Image

UInt8 = NDArray[np.uint8]
Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]
Samples = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, eq=False, repr=False)
class Photo:
    """One still picture, decoded, upright, in the file's own color space and depth.

    Attributes:
        pixels: (H, W, C) uint8 or uint16, full range; C is 1 (gray) or 3 (RGB). EXIF rotation is already applied.
        alpha: (H, W), same dtype as ``pixels``, straight (not premultiplied); None when the file has none.
        icc: the embedded ICC profile, kept byte for byte; None means sRGB (or sRGB-gray).
        exif: the EXIF block (TIFF structure without ``Exif\\0\\0`` prefix), orientation reset to 1; None if none.
        format: Pillow's name of the container that it came from ("JPEG", "PNG", ...); "ARRAY" when made in memory.
        path: where it came from, if from a file.
        conversions: what reading had to change, in words ("CMYK to sRGB", "palette to RGB"); empty for most files.
        dpi: (horizontal, vertical) resolution for printing, pixels per inch; None where the file does not say.
    """

    pixels: Samples
    alpha: Samples | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    format: str = "ARRAY"
    path: Path | None = None
    conversions: tuple[str, ...] = ()
    dpi: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        p = self.pixels
        if p.ndim != 3 or p.shape[2] not in (1, 3) or p.dtype not in (np.uint8, np.uint16) or 0 in p.shape:
            raise ValueError(f"pixels must be (H, W, 1 or 3) uint8 or uint16, got {p.shape} {p.dtype}")
        if self.alpha is not None and (self.alpha.shape != p.shape[:2] or self.alpha.dtype != p.dtype):
            raise ValueError(f"alpha must be {p.shape[:2]} {p.dtype}, got {self.alpha.shape} {self.alpha.dtype}")

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])

    @property
    def bits(self) -> int:
        """Bits per sample, 8 or 16."""
        return self.pixels.dtype.itemsize * 8

    def with_pixels(self, pixels: Samples) -> Photo:
        """The same photo with other pixels; everything else (profile, EXIF, alpha) is kept."""
        return replace(self, pixels=pixels)

    @property
    def image(self) -> Image.Image:
        """For Pillow: mode L, LA, RGB or RGBA, 8 bits, in the photo's own colors; the profile is in its ``info``."""
        from PIL import Image

        planes = self.pixels if self.alpha is None else np.dstack([self.pixels, self.alpha])
        levels = planes if self.bits == 8 else ((planes.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
        made = Image.fromarray(levels[..., 0] if levels.shape[2] == 1 else levels)
        if self.icc is not None:
            made.info["icc_profile"] = self.icc
        return made

    def _repr_png_(self) -> bytes:
        file = BytesIO()
        self.image.save(file, "PNG")
        return file.getvalue()

    def __repr__(self) -> str:
        kind = ("gray" if self.pixels.shape[2] == 1 else "RGB") + ("" if self.alpha is None else " with alpha")
        name = "from memory" if self.path is None else self.path.name
        return f"Photo({name}, {self.width} x {self.height}, {kind}, {self.bits} bits)"


PictureLike: TypeAlias = "str | Path | Photo | NDArray[Any] | Image.Image | torch.Tensor"
"""Whatever may be given as a picture.

A file, a :class:`Photo`, a Pillow image, or numbers as an array or tensor: (H, W), (H, W, 1), (H, W, 3) or (H, W, 4);
tensors may also be (3, H, W), (4, H, W) or (1, H, W), with or without a batch of one before it. Whole numbers are uint8
or uint16 in full range; floating-point numbers are in [0, 1]. Colors are sRGB.
"""


@dataclass(frozen=True)
class Pose:
    """Head pose in degrees, as seen by the viewer of the picture.

    Attributes:
        yaw: positive when the nose points to the right of the picture.
        pitch: positive when the nose points up.
        roll: positive when the head leans clockwise (its top towards the right of the picture).
    """

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, eq=False, repr=False)
class Face:
    """One face found in a photo. All coordinates are in the photo's continuous pixels.

    Attributes:
        box: (x0, y0, x1, y1) around the landmarks, ears and hair excluded; may reach outside the photo.
        score: confidence in [0, 1].
        landmarks: (478, 3) MediaPipe face-mesh topology with irises; z in the same unit, towards the back.
        quad: (4, 2) corners of the FFHQ crop: top-left, bottom-left, bottom-right, top-right of the upright face.
        pose: yaw, pitch, roll.
        eye_openness: (eye on the picture's left, eye on its right): lid distance over eye width; about 0.3 is open.
        mouth_openness: inner lip distance over inner mouth width; 0 is closed.
    """

    box: tuple[float, float, float, float]
    score: float
    landmarks: Float32
    quad: Float64
    pose: Pose
    eye_openness: tuple[float, float]
    mouth_openness: float

    @property
    def size(self) -> float:
        """The longer side of the box, in photo pixels."""
        x0, y0, x1, y1 = self.box
        return max(x1 - x0, y1 - y0)

    def __repr__(self) -> str:
        (x0, y0, x1, y1), p = self.box, self.pose
        turn = f"yaw {p.yaw:.0f}, pitch {p.pitch:.0f}, roll {p.roll:.0f}"
        return f"Face({x0:.0f},{y0:.0f} to {x1:.0f},{y1:.0f}, score {self.score:.2f}, {turn})"


@dataclass(frozen=True, eq=False, repr=False)
class AlignedFace:
    """A square, upright crop of one face together with the way back.

    Attributes:
        pixels: (S, S, 3) uint8, sRGB.
        matrix: (2, 3) float64, crop to photo (see the Convention block of this module).
        photo_size: (width, height) of the photo that it was cut from.
        face: the detection it came from; None when the crop was given by hand.
    """

    pixels: UInt8
    matrix: Float64
    photo_size: tuple[int, int]
    face: Face | None = None

    @property
    def size(self) -> int:
        """Side of the crop in pixels."""
        return int(self.pixels.shape[0])

    def _repr_png_(self) -> bytes:
        return Photo(self.pixels)._repr_png_()

    def __repr__(self) -> str:
        return f"AlignedFace({self.size} px out of {self.photo_size[0]} x {self.photo_size[1]})"


@dataclass(frozen=True)
class Receipt:
    """What a save did, in figures that anyone can check again.

    Attributes:
        input: name of the photo that was edited.
        output: name of the file that was written.
        format: its container.
        width, height, bits: of the picture.
        mask_pixels: number of pixels inside the mask.
        mask_fraction: the same over all pixels, in [0, 1].
        sha256_before: SHA-256 of the samples outside the mask (row by row, alpha included) in the photo given.
        sha256_after: the same in the file as read back from disk.
        max_difference_outside: largest absolute difference of a sample outside the mask, in units of the file's depth.
        mean_difference_outside: the mean of the same.
        changed_pixels_outside: number of pixels outside the mask of which any sample changed.
        lossless: whether the container keeps samples exactly.
        operations: what was done, in words, in order.
        outcome: how good it is, one entry for each face that measured itself; see :mod:`mien.editing.outcome`.
    """

    input: str
    output: str
    format: str
    width: int
    height: int
    bits: int
    mask_pixels: int
    mask_fraction: float
    sha256_before: str
    sha256_after: str
    max_difference_outside: int
    mean_difference_outside: float
    changed_pixels_outside: int
    lossless: bool
    operations: tuple[str, ...] = field(default=())
    outcome: tuple[dict[str, Any], ...] = ()

    @property
    def preserved(self) -> bool:
        """True when every sample outside the mask is what it was."""
        return self.sha256_before == self.sha256_after and self.max_difference_outside == 0

    def as_dict(self) -> dict[str, Any]:
        """All fields and ``preserved``, ready for JSON."""
        return {
            **self.__dict__,
            "operations": list(self.operations),
            "outcome": list(self.outcome),
            "preserved": self.preserved,
        }
