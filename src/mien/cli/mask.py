"""``mien mask``: the mask of a region, a box or a polygon, in the frame of the whole photo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.codes import takes_code
from mien.cli.console import print_json, stderr, working
from mien.cli.selection import check_face, check_model

if TYPE_CHECKING:
    from mien.conditions.areas import Seen
    from mien.types import Face, Float32, Photo

CUT_OFF = (
    "{} ends where the square does that was looked at around the face; 'mien dye' finds all of it, or paint the rest"
)
"""What is told of regions that go on."""


@takes_code()
def mask(
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The mask to write, PNG.")],
    region: Annotated[str | None, typer.Option(help="Names joined by +, - and &: hair, face-eyes, under-eyes.")] = None,
    box: Annotated[str | None, typer.Option(help="left,top,right,bottom in pixels.")] = None,
    polygon: Annotated[str | None, typer.Option(help="x,y points in pixels: '10,10 80,15 60,90'.")] = None,
    face: Annotated[str, typer.Option(help="Which face: a number, 'largest', or a point x,y.")] = "largest",
    grow: Annotated[float, typer.Option(help="Pixels to widen it by; negative shrinks it.")] = 0.0,
    feather: Annotated[float, typer.Option(min=0, help="Width of the soft edge inside it, pixels.")] = 0.0,
    protect: Annotated[str, typer.Option(help="Cut these out: glasses,earrings,teeth or any region.")] = "",
    preview: Annotated[Path | None, typer.Option(help="Write the photo with the mask tinted.")] = None,
    parser: Annotated[Path | None, typer.Option(help="Another face parser: a folder, or 79999_iter.pth.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a mask: white where the photo may change.

    Regions: face, head, skin, forehead, cheeks, chin, lower-face, under-eyes,
    eyes, eyelids, irises, pupils, brows, nose, mouth, lips, teeth, ears, hair, beard,
    moustache, glasses (with temples, bridge and shadow), hat, earrings, neck, necklace,
    clothes, background, person; left and right ones by name: left-eye, right-cheek.
    """
    from mien.conditions.masks import draw_mask, write_mask
    from mien.conditions.pictures import save_png
    from mien.conditions.protection import protect as cut_out
    from mien.photos.color import to_srgb
    from mien.photos.read import read_photo

    check_face(face)
    check_model(parser, "--parser")
    _check(photo, [out, preview], region, box, polygon, protect)
    picture = read_photo(photo)
    looked = region is not None or protect
    seen, margin, found = _parse(picture, photo.name, face, parser) if looked else (None, 0.0, None)
    area = _area(picture, seen, region, box, polygon, grow, feather)
    if protect and seen is not None:
        area = cut_out(area, seen.picture, seen.labels, protect, margin, seen)
    write_mask(area, out)
    if preview is not None:
        save_png(draw_mask(to_srgb(picture), area), preview)
    cut_off = region is not None and found is not None and _is_cut_off(picture, found, area)
    if as_json:
        size = {"width": picture.width, "height": picture.height}
        print_json({"mask": str(out), **size, "pixels": int((area > 0).sum()), "cut_off": cut_off})
        return
    print(f"{out}: {(area > 0).mean():.2%} of {picture.width} x {picture.height} pixels may change.")
    if cut_off:
        stderr().print(CUT_OFF.format(region), style="yellow", markup=False, highlight=False, soft_wrap=True)


def _check(
    photo: Path, targets: Sequence[Path | None], region: str | None, box: str | None, polygon: str | None, protect: str
) -> None:
    """Refuses before anything is loaded what cannot work."""
    from mien.conditions.regions import check_region
    from mien.errors import LayerError, SaveError
    from mien.files import check_targets

    if sum(option is not None for option in (region, box, polygon)) != 1:
        raise LayerError("Say what to mask with exactly one of --region, --box and --polygon.")
    for name in ([region] if region else []) + [name.strip() for name in protect.split(",") if name.strip()]:
        check_region(name)
    for text, count in ((box, 4), (polygon, None)):
        if text is not None:
            _numbers(text, count)
    for target in targets:
        if target is not None and target.suffix.lower() != ".png":
            raise SaveError(f"{target} would hold a PNG; give it that ending.")
    check_targets(targets, [photo])


def _parse(picture: Photo, name: str, face: str, parser: Path | None) -> tuple[Seen, float, Face]:
    """The face as it is seen, the margin that protection leaves (a 256th of the face crop's side), the face."""
    from mien.align.crop import pixel_scale, quad_to_matrix
    from mien.align.finder import FaceFinder, select_face
    from mien.conditions.areas import Seen
    from mien.conditions.parser import FaceParser
    from mien.photos.color import to_srgb

    with working(f"Looking at {name}"):
        found = select_face(FaceFinder.bundled().find(picture), face, name)
        network = FaceParser.bundled() if parser is None else FaceParser.from_file(parser)
        labels = network.parse_photo(picture, found.quad)
    seen = Seen(labels, found.landmarks.astype("float64"), to_srgb(picture))
    return seen, pixel_scale(quad_to_matrix(found.quad, 256)), found


def _is_cut_off(picture: Photo, face: Face, area: Float32) -> bool:
    """Whether a region (H, W) meets the edge of what was looked at, where the photo goes on."""
    from mien.conditions.parser import WIDE
    from mien.guides.looks import goes_on, square_of

    return goes_on(picture, face.quad, square_of(face, WIDE), area > 0)


def _area(
    picture: Photo,
    seen: Seen | None,
    region: str | None,
    box: str | None,
    polygon: str | None,
    grow: float,
    feather: float,
) -> Float32:
    from mien.conditions.masks import box_mask, polygon_mask
    from mien.conditions.masks import feather as soften
    from mien.conditions.masks import grow as widen
    from mien.conditions.regions import region_mask

    if region is not None and seen is not None:
        return region_mask(seen.labels, region, grow_by=grow, feather_by=feather, seen=seen)
    size = (picture.width, picture.height)
    if box is not None:
        x0, y0, x1, y1 = _numbers(box, 4)
        area = box_mask(size, (x0, y0, x1, y1))
    else:
        values = _numbers(polygon or "", None)
        area = polygon_mask(size, list(zip(values[::2], values[1::2], strict=True)))
    return soften(widen(area > 0, grow), feather)


def _numbers(text: str, count: int | None) -> list[float]:
    from mien.errors import LayerError

    try:
        values = [float(part) for part in text.replace(",", " ").split()]
    except ValueError:
        values = []
    if not values or len(values) % 2 or (count is not None and len(values) != count):
        raise LayerError(f"'{text}' is not what was asked for; give numbers separated by commas, points as x,y pairs.")
    return values
