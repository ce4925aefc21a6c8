"""What ``make demo`` runs: one photo through everything that is there, with pictures of every step.

    python -m recipes.demo FOLDER

The photo is scikit-image's astronaut, enlarged to 2,000 pixels. Its face is found and cropped at 256; the irises
and the lips are tinted in the crop; the crop is put back into the large photo, inside a painted mask and nowhere else.
Then the bundled editor makes the five edits of :mod:`recipes.edits`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np

from mien.align import mesh
from mien.align.crop import crop_face
from mien.align.draw import SHIFT, annotate, to_fixed
from mien.align.finder import FaceFinder
from mien.align.paste import paste_face
from mien.checkpoints.editor import DEFAULT
from mien.checkpoints.hub import bundled_names
from mien.photos.receipt import save_with_receipt
from mien.photos.write import save_photo
from mien.types import AlignedFace, Float32, Photo, UInt8
from recipes import edits
from recipes.edit_layers import to_crop

EYE_COLOR, LIP_COLOR = (20, 160, 90), (170, 10, 60)


def regions(points: Float32, shape: tuple[int, int]) -> tuple[UInt8, UInt8]:
    """(eyes, lips): (H, W) uint8 each, 255 inside; irises without what the lids cover, lips without the mouth."""
    eyes, lips = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    for contour, iris in ((mesh.LEFT_EYE_CONTOUR, mesh.LEFT_IRIS), (mesh.RIGHT_EYE_CONTOUR, mesh.RIGHT_IRIS)):
        opening, disc = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
        fill(opening, points[list(contour)], 255)
        centre, edge = points[iris[0]], points[list(iris[1:])]
        radius = float(np.linalg.norm(edge - centre, axis=1).mean())
        x, y = to_fixed(centre).tolist()
        cv2.circle(disc, (x, y), round(radius * 16), 255, -1, cv2.LINE_AA, SHIFT)
        eyes |= np.minimum(opening, disc)
    fill(lips, points[list(mesh.OUTER_LIPS)], 255)
    fill(lips, points[list(mesh.INNER_LIPS_CONTOUR)], 0)
    return eyes, lips


def fill(mask: UInt8, polygon: Float32, value: int) -> None:
    """Draws a polygon with soft edges, at a sixteenth of a pixel."""
    cv2.fillPoly(mask, [to_fixed(polygon)], value, cv2.LINE_AA, SHIFT)


def tint(crop: AlignedFace, points: Float32) -> UInt8:
    """The crop with coloured irises and lips, brightness kept (in Lab)."""
    lab = cv2.cvtColor(crop.pixels, cv2.COLOR_RGB2LAB)
    for region, color in zip(regions(points, crop.pixels.shape[:2]), (EYE_COLOR, LIP_COLOR), strict=True):
        weight = region[..., None] / np.float32(255) * 0.6
        target = cv2.cvtColor(np.uint8([[color]]), cv2.COLOR_RGB2LAB)[0, 0].astype(np.float32)
        lab[..., 1:] = (lab[..., 1:] * (1 - weight) + target[1:] * weight).round().astype(np.uint8)
    return cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)


def painted_mask(points: Float32, size: tuple[int, int]) -> np.ndarray:
    """(H, W) bool in the photo: irises and lips, grown by a twelfth of the distance between the eyes."""
    eyes, lips = regions(points, size)
    grow = max(3, round(float(np.linalg.norm(points[33] - points[263])) / 12))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1,) * 2)
    grown: np.ndarray = cv2.dilate(eyes | lips, kernel) > 0
    return grown


def tile(image: np.ndarray, title: str, side: int = 400) -> UInt8:
    """One panel of the sheet."""
    panel = np.full((side + 34, side, 3), 255, np.uint8)
    panel[34:] = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    cv2.putText(panel, title, (8, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (30, 30, 30), 1, cv2.LINE_AA)
    return panel


def run(folder: Path) -> None:
    """Writes every picture to ``folder`` and prints where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    photo = edits.portrait()
    faces = FaceFinder.bundled().find(photo)
    face = faces[0]
    drawn = annotate(photo.pixels, faces)
    crop = crop_face(photo, face.quad, 256)
    changed = tint(crop, to_crop(face.landmarks, crop))
    mask = painted_mask(face.landmarks[:, :2], (photo.height, photo.width))
    edited = paste_face(photo, changed, crop.matrix, mask, feather=10, reference=crop.pixels)

    save_photo(photo, folder / "photo.png")
    save_photo(Photo(drawn), folder / "faces.png")
    save_photo(crop_photo := Photo(crop.pixels), folder / "crop.png")
    save_photo(Photo(changed), folder / "changed-crop.png")
    save_photo(Photo((mask[..., None] * 255).astype(np.uint8)), folder / "mask.png")
    receipt = save_with_receipt(
        photo, edited, mask, folder / "edited.png", operations=("tint irises and lips at 256 px",)
    )
    (folder / "receipt.json").write_text(json.dumps(receipt.as_dict(), indent=2) + "\n", encoding="utf-8")
    save_photo(Photo(sheet(photo, drawn, crop_photo, changed, edited, mask)), folder / "sheet.png")

    print(
        f"{len(faces)} face: yaw {face.pose.yaw:+.0f}, pitch {face.pose.pitch:+.0f}, roll {face.pose.roll:+.0f} degrees"
    )
    print(f"largest difference outside the mask: {receipt.max_difference_outside} (of {photo.width * photo.height} px)")
    for path in sorted(folder.glob("*.*")):
        print(f"  {path}")
    if DEFAULT in bundled_names():
        edits.run(folder / "edits")
    else:
        print(f"Edits with the networks are left out: this version of mien has no bundled editor ('{DEFAULT}') yet.")


def sheet(photo: Photo, drawn: UInt8, crop: Photo, changed: UInt8, edited: Photo, mask: np.ndarray) -> UInt8:
    """Six panels; the last two are close-ups of the same place before and after."""
    ys, xs = np.nonzero(mask)
    middle, half = (int(ys.mean()), int(xs.mean())), int(max(np.ptp(ys), np.ptp(xs)) * 0.7)
    close = np.s_[middle[0] - half : middle[0] + half, middle[1] - half : middle[1] + half]
    difference = np.abs(photo.pixels.astype(np.int16) - edited.pixels).max(2, keepdims=True).astype(np.uint8)
    spread = np.repeat(np.minimum(difference.astype(np.int32) * 6, 255).astype(np.uint8), 3, 2)
    top = (tile(photo.pixels, "photo"), tile(drawn, "face found"), tile(crop.pixels, "crop, 256 px"))
    low = (tile(photo.pixels[close], "before"), tile(edited.pixels[close], "after"), tile(spread, "what differs (x 6)"))
    return np.vstack([np.hstack(top), np.hstack(low)])


if __name__ == "__main__":
    run(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-output"))
