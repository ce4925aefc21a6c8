"""``mien faces``: lists, draws and crops the faces of a photo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.console import print_json
from mien.cli.selection import parse_box

if TYPE_CHECKING:
    from mien.types import Face, Photo


def faces(
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    annotated: Annotated[Path | None, typer.Option(help="Write the photo with the faces drawn in.")] = None,
    crops: Annotated[Path | None, typer.Option(help="Folder for the aligned crops and their matrices.")] = None,
    size: Annotated[int, typer.Option(min=16, max=4096, help="Side of the crops, pixels.")] = 256,
    face: Annotated[str | None, typer.Option(help="Only this face: a number, 'largest', or a point x,y.")] = None,
    box: Annotated[str | None, typer.Option(help="Where the face is: left,top,right,bottom in pixels.")] = None,
    min_size: Annotated[float, typer.Option(help="Smallest face to look for, pixels.")] = 48.0,
    threshold: Annotated[float, typer.Option(help="Lowest score that counts, 0 to 1.")] = 0.5,
    mediapipe: Annotated[Path | None, typer.Option(help="Use MediaPipe with this face_landmarker.task.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace crops that are there already.")] = False,
    landmarks: Annotated[bool, typer.Option("--landmarks", help="With --json: the 478 points of each face.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find every face: box, size, pose and score, numbered from 0, largest first."""
    from mien.align.finder import FaceFinder, select_face
    from mien.photos.read import read_photo

    _refuse_contradictions(box, mediapipe, face)
    picture = read_photo(photo)
    if box is not None:
        found = [FaceFinder.bundled().at_box(picture, parse_box(box))]
    elif mediapipe is not None:
        from mien.align.mediapipe import MediaPipeFinder

        found = MediaPipeFinder(mediapipe).find(picture)
    else:
        found = FaceFinder.bundled().find(picture, min_size=min_size, threshold=threshold)
    numbered = list(enumerate(found))
    if face is not None or not found:
        chosen = select_face(found, face or "largest", photo.name)
        numbered = [(number, one) for number, one in numbered if one is chosen]
    if annotated is not None:
        _write_annotated(picture, [one for _, one in numbered], annotated)
    if crops is not None:
        _write_crops(picture, photo.stem, numbered, crops, size, overwrite)
    if as_json:
        notes = list(picture.conversions)
        about = {"photo": photo.name, "width": picture.width, "height": picture.height, "conversions": notes}
        print_json({**about, "faces": _rows(numbered, landmarks)})
    else:
        _print_table(numbered, photo.name)


def _refuse_contradictions(box: str | None, mediapipe: Path | None, face: str | None) -> None:
    from mien.errors import ConfigError

    if box is not None and (mediapipe is not None or face is not None):
        raise ConfigError("--box says where the one face is; leave out --face and --mediapipe.")


def _rows(numbered: list[tuple[int, Face]], landmarks: bool = False) -> list[dict[str, Any]]:
    points = [{"landmarks": one.landmarks.round(2).tolist()} if landmarks else {} for _, one in numbered]
    return [
        {
            "number": number,
            "box": [round(v, 1) for v in one.box],
            "size": round(one.size, 1),
            "score": round(one.score, 4),
            "pose": {"yaw": round(one.pose.yaw, 1), "pitch": round(one.pose.pitch, 1), "roll": round(one.pose.roll, 1)},
            "eye_openness": [round(v, 3) for v in one.eye_openness],
            "mouth_openness": round(one.mouth_openness, 3),
            "quad": [[round(float(v), 2) for v in corner] for corner in one.quad],
            **more,
        }
        for (number, one), more in zip(numbered, points, strict=True)
    ]


def _print_table(numbered: list[tuple[int, Face]], name: str) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    title = Text(f"{len(numbered)} face{'s' * (len(numbered) != 1)} in {name}")
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), collapse_padding=True, title=title)
    for column in ("face", "box", "size", "yaw", "pitch", "roll", "eyes", "mouth", "score"):
        table.add_column(column, no_wrap=True)
    for number, one in numbered:
        table.add_row(
            str(number),
            ", ".join(f"{v:.0f}" for v in one.box),
            f"{one.size:.0f}",
            *(f"{angle:+.0f}" for angle in (one.pose.yaw, one.pose.pitch, one.pose.roll)),
            " ".join(f"{v:.2f}" for v in one.eye_openness),
            f"{one.mouth_openness:.2f}",
            f"{one.score:.2f}",
        )
    Console().print(table)


def _write_annotated(photo: Photo, found: list[Face], target: Path) -> None:
    from mien.align.draw import annotate
    from mien.photos.color import to_srgb
    from mien.photos.write import save_photo
    from mien.types import Photo

    protected = () if photo.path is None else (photo.path,)
    save_photo(Photo(annotate(to_srgb(photo), found)), target, protected=protected)


def _write_crops(
    photo: Photo, stem: str, numbered: list[tuple[int, Face]], folder: Path, size: int, overwrite: bool
) -> None:
    """``STEM-face-N.png`` and beside it ``STEM-face-N.json`` with the matrix from the crop to the photo.

    A crop that is there already may have been painted in: it stays unless ``overwrite``.
    """
    import hashlib
    import json

    from mien.align.crop import crop_face
    from mien.errors import SaveError
    from mien.files import atomic_path
    from mien.photos.write import save_photo
    from mien.types import Photo

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"Cannot make the folder {folder}: {error.strerror}; choose another.") from error
    digest = hashlib.sha256(photo.pixels.tobytes()).hexdigest()
    for (number, one), row in zip(numbered, _rows(numbered), strict=True):
        crop = crop_face(photo, one.quad, size)
        target = folder / f"{stem}-face-{number}.png"
        save_photo(Photo(crop.pixels), target, overwrite=overwrite)
        notes = {
            "photo": photo.path.name if photo.path else None,
            "photo_size": [photo.width, photo.height],
            "photo_sha256": digest,
            "crop_size": size,
            "matrix": crop.matrix.tolist(),
            "convention": "photo = matrix @ (x, y, 1); continuous pixels, the first pixel's centre at (0.5, 0.5)",
            "face": row,
        }
        with atomic_path(target.with_suffix(".json")) as path:
            path.write_text(json.dumps(notes, indent=2) + "\n", encoding="utf-8")
