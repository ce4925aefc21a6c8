"""``mien faces``: lists, draws and crops the faces of a photo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.codes import takes_code
from mien.cli.console import print_json, print_table, working
from mien.cli.selection import check_face, check_model, parse_box

if TYPE_CHECKING:
    from mien.types import Face, Photo


@takes_code()
def faces(
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    annotated: Annotated[Path | None, typer.Option(help="Write the photo with the faces drawn in.")] = None,
    crops: Annotated[Path | None, typer.Option(help="Folder for the aligned crops and their matrices.")] = None,
    size: Annotated[int, typer.Option(min=16, max=4096, help="Side of the crops, pixels.")] = 256,
    face: Annotated[str | None, typer.Option(help="Only this face: a number, largest, left, right, or x,y.")] = None,
    box: Annotated[str | None, typer.Option(help="Where the face is: left,top,right,bottom in pixels.")] = None,
    min_size: Annotated[float, typer.Option(help="Smallest face to look for, pixels.")] = 48.0,
    threshold: Annotated[float, typer.Option(help="Lowest score that counts, 0 to 1.")] = 0.5,
    mediapipe: Annotated[Path | None, typer.Option(help="Use MediaPipe with this face_landmarker.task.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace crops that are there already.")] = False,
    landmarks: Annotated[bool, typer.Option("--landmarks", help="With --json: the 478 points of each face.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find every face: box, size, pose and score, numbered from 0, largest first."""
    from mien.files import write_all
    from mien.photos.read import read_photo

    place = _check(photo, box, mediapipe, face, annotated, crops)
    picture = read_photo(photo)
    from mien.align.finder import FaceFinder, select_face  # brings PyTorch along: errors until here come at once

    with working(f"Looking at {photo.name}"):
        if place is not None:
            found = [FaceFinder.bundled().at_box(picture, place)]
        elif mediapipe is not None:
            from mien.align.mediapipe import MediaPipeFinder

            found = MediaPipeFinder(mediapipe).find(picture)
        else:
            found = FaceFinder.bundled().find(picture, min_size=min_size, threshold=threshold)
    numbered = list(enumerate(found))
    if face is not None or not found:
        chosen = select_face(found, face or "largest", photo.name)
        numbered = [(number, one) for number, one in numbered if one is chosen]
    files = {} if annotated is None else {annotated: _annotated(picture, [one for _, one in numbered], annotated)}
    write_all(files | (_crops(picture, numbered, crops, size, overwrite) if crops is not None else {}))
    if as_json:
        notes = list(picture.conversions)
        about = {"photo": photo.name, "width": picture.width, "height": picture.height, "conversions": notes}
        print_json({**about, "faces": _rows(numbered, landmarks)})
    else:
        _print_table(numbered, photo.name)


def _check(
    photo: Path, box: str | None, mediapipe: Path | None, face: str | None, annotated: Path | None, crops: Path | None
) -> tuple[float, float, float, float] | None:
    """The box that was given; refuses before anything is loaded what cannot work."""
    from mien.errors import ConfigError
    from mien.files import check_folder_target, check_targets
    from mien.photos.write import target_container

    if box is not None and (mediapipe is not None or face is not None):
        raise ConfigError("--box says where the one face is; leave out --face and --mediapipe.")
    check_face(face)
    check_model(mediapipe, "--mediapipe")
    if annotated is not None:
        target_container(annotated)
    check_targets([annotated], [photo])
    check_folder_target(crops, "--crops")
    return None if box is None else parse_box(box)


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
    rows = [
        (
            str(number),
            ", ".join(f"{v:.0f}" for v in one.box),
            f"{one.size:.0f}",
            *(f"{angle:+.0f}" for angle in (one.pose.yaw, one.pose.pitch, one.pose.roll)),
            " ".join(f"{v:.2f}" for v in one.eye_openness),
            f"{one.mouth_openness:.2f}",
            f"{one.score:.2f}",
        )
        for number, one in numbered
    ]
    head = ("face", "box", "size", "yaw", "pitch", "roll", "eyes", "mouth", "score")
    print_table(f"{len(rows)} face{'s' * (len(rows) != 1)} in {name}", head, rows)


def _annotated(photo: Photo, found: list[Face], target: Path) -> bytes:
    from mien.align.draw import annotate
    from mien.photos.color import to_srgb
    from mien.photos.encode import encode
    from mien.photos.write import QUALITY, target_container
    from mien.types import Photo

    return encode(Photo(annotate(to_srgb(photo), found)), target_container(target), QUALITY)


def _crops(
    photo: Photo, numbered: list[tuple[int, Face]], folder: Path, size: int, overwrite: bool
) -> dict[Path, bytes]:
    """``STEM-face-N.png`` and beside it ``STEM-face-N.json`` with the matrix from the crop to the photo.

    A crop that is there already may have been painted in: it stays unless ``overwrite``.
    """
    import hashlib
    import json

    from mien.align.crop import crop_face
    from mien.errors import SaveError
    from mien.photos.containers import PNG
    from mien.photos.encode import encode
    from mien.types import Photo

    digest = hashlib.sha256(photo.pixels.tobytes()).hexdigest()
    stem = photo.path.stem if photo.path else "photo"
    contents = {}
    for (number, one), row in zip(numbered, _rows(numbered), strict=True):
        target = folder / f"{stem}-face-{number}.png"
        if target.exists() and not overwrite:
            raise SaveError(f"{target} exists already; choose another folder or add --overwrite; nothing was written.")
        crop = crop_face(photo, one.quad, size)
        notes = {
            "photo": photo.path.name if photo.path else None,
            "photo_size": [photo.width, photo.height],
            "photo_sha256": digest,
            "crop_size": size,
            "matrix": crop.matrix.tolist(),
            "convention": "photo = matrix @ (x, y, 1); continuous pixels, the first pixel's centre at (0.5, 0.5)",
            "face": row,
        }
        contents[target] = encode(Photo(crop.pixels), PNG, 100)
        contents[target.with_suffix(".json")] = (json.dumps(notes, indent=2) + "\n").encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"Cannot make the folder {folder}: {error.strerror}; choose another.") from error
    return contents
