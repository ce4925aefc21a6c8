"""``mien conditions``: writes every layer of a face, ready to be repainted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mien.cli.codes import takes_code
from mien.cli.console import print_json, working
from mien.cli.selection import check_face, check_model


@takes_code()
def conditions(
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the layers.")],
    size: Annotated[int, typer.Option(min=128, max=1024, help="Side of the face crop, pixels.")] = 512,
    face: Annotated[str, typer.Option(help="Which face: a number, 'largest', or a point x,y.")] = "largest",
    aligned: Annotated[bool, typer.Option("--aligned", help="The picture is an aligned face crop already.")] = False,
    superpixels: Annotated[bool, typer.Option("--superpixels", help="Colours by superpixel, not by region.")] = False,
    region: Annotated[str | None, typer.Option(help="Also write the mask of a region, such as hair.")] = None,
    parser: Annotated[Path | None, typer.Option(help="Another face parser: a folder, or 79999_iter.pth.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace layers that are there already.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Extract sketch, semantic map and color map of a face, to repaint and to edit with."""

    import numpy as np

    from mien.align.crop import crop_face
    from mien.conditions.areas import Seen
    from mien.conditions.labels import CLASSES
    from mien.conditions.regions import region_mask
    from mien.photos.read import read_photo

    _check(photo, out, face, region, parser, overwrite)
    picture = read_photo(photo)
    from mien.align.finder import FaceFinder, select_face  # brings PyTorch along: errors until here come at once
    from mien.conditions.extract import conditions_of, origin_of
    from mien.conditions.folder import LayerFolder, write_layers
    from mien.conditions.parser import FaceParser

    with working(f"Looking at {photo.name}"):
        if aligned:
            quad, face_found = np.array([(0, 0), (0, 1), (1, 1), (1, 0)], float) * (picture.width, picture.height), None
        else:
            face_found = select_face(FaceFinder.bundled().find(picture), face, photo.name)
            quad = face_found.quad
        network = FaceParser.bundled() if parser is None else FaceParser.from_file(parser)
        crop = crop_face(picture, quad, size)
        labels = network.parse_crop(crop.pixels)
        layers = conditions_of(crop.pixels, labels, superpixels=superpixels)
    if region is not None:
        seen = None if face_found is None else Seen.in_crop(face_found.landmarks, crop, labels)
        layers = layers.replaced(mask=region_mask(labels, region, seen=seen))
    origin = origin_of(network, superpixels=superpixels)
    write_layers(out, LayerFolder(crop.pixels, layers, crop.matrix, photo.name, origin))
    shares = {name: float((labels == index).mean()) for index, name in enumerate(CLASSES)}
    found = {name: round(share, 4) for name, share in shares.items() if share > 0}
    if as_json:
        print_json({"folder": str(out), "size": size, "layers": ["image", *layers.given], "classes": found})
        return
    print(f"{out}: image, {', '.join(layers.given)} at {size} x {size}; sheet.png shows them side by side.")
    print("Found: " + ", ".join(f"{name} {share:.1%}" for name, share in found.items()))


def _check(photo: Path, out: Path, face: str, region: str | None, parser: Path | None, overwrite: bool) -> None:
    """Refuses before anything is loaded what cannot work."""
    from mien.conditions.regions import check_region
    from mien.errors import SaveError
    from mien.files import check_folder_target, keep_inputs

    check_face(face)
    check_model(parser, "--parser")
    if region is not None:
        check_region(region)
    check_folder_target(out, "the layers")
    if (out / "layers.json").exists() and not overwrite:
        raise SaveError(f"{out} holds layers already, perhaps painted ones; choose another folder or add --overwrite.")
    keep_inputs(out / "image.png", [photo])
