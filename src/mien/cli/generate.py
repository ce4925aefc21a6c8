"""``mien generate``: faces from words, maps, sketches, 3D shapes and poses, in any combination."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import print_json, stderr, working

if TYPE_CHECKING:
    from mien.generation.generator import Generated
    from mien.types import Float32

DEFAULT = "multimodal-mapping"

UNFINISHED = (
    "faces of {0} pixels, as the generator draws them; where they look torn, --finish bank takes real pixels, 512 x 512"
)


def generate(
    text: Annotated[str | None, typer.Option(help="What the face looks like, in words.")] = None,
    semantic: Annotated[Path | None, typer.Option(help="A semantic map of an aligned face.")] = None,
    sketch: Annotated[Path | None, typer.Option(help="A sketch of an aligned face: a picture, or SVG.")] = None,
    mesh: Annotated[Path | None, typer.Option(help="A 3D shape: .obj, .npy or .json (docs/generation.md).")] = None,
    vertices: Annotated[Path | None, typer.Option(help="Which vertices of another mesh are the 478 points.")] = None,
    pose: Annotated[str | None, typer.Option(metavar="YAW,PITCH", help="Head pose, degrees.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Chooses among the faces that fit.")] = 0,
    n: Annotated[int, typer.Option("-n", min=1, max=256, help="So many faces, with the seeds that follow.")] = 1,
    truncation: Annotated[
        float, typer.Option(min=0, max=2, help="Less than 1: closer to the nearest of the generator's typical faces.")
    ] = 1.0,
    text_weight: Annotated[
        float,
        typer.Option(min=0, max=10, help="How much words count beside what is drawn; 2 where they contradict it."),
    ] = 1.0,
    refine: Annotated[
        int,
        typer.Option(min=0, max=200, help="Rounds of looking at the face and correcting it; 4 obey better."),
    ] = 1,
    descend: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=200,
            help="Steps of descent with torch; 20 after 4 rounds for a map or a sketch, else none.",
        ),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="No descent: 50 to 150 ms a face.")] = False,
    finish: Annotated[
        str,
        typer.Option(help="'bank': in the pixels of a head of nobody, large and sharp; 1 to 2 s a face."),
    ] = "none",
    size: Annotated[
        int | None, typer.Option(min=64, max=1024, help="Side of finished pictures, pixels; 512 if left out.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Picture to write; numbered if several.")
    ] = None,
    grid: Annotated[Path | None, typer.Option(help="Write all faces as one picture.")] = None,
    model: Annotated[str, typer.Option(help="Folder, bundled name or Hugging Face id of a mapping network.")] = DEFAULT,
    code: Annotated[
        Path | None, typer.Option(help="File of 'mien invert' to start from: that face, moved half of the way.")
    ] = None,
    clip: Annotated[str | None, typer.Option(help="CLIP of a network that was trained with one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was understood as JSON.")] = False,
) -> None:
    """Make faces that fit what is given; what is not given is free.

    Maps, sketches and 3D shapes are those of an aligned face: 'mien
    conditions' and 'mien faces --landmarks --json' make them of a photo.
    """
    from mien.errors import ConfigError
    from mien.files import check_targets, numbered
    from mien.photos.write import target_container

    if output is None and grid is None:
        raise ConfigError("There is nothing to write; give --output FILE or --grid FILE.")
    _check_used(vertices, mesh, size, finish, truncation, code)
    targets = [] if output is None else numbered(output, n)
    for target in (*targets, *([grid] if grid else [])):
        target_container(target)
    check_targets([*targets, grid], [path for path in (semantic, sketch, mesh, vertices, code) if path is not None])
    turned = None if pose is None else parse_pose(pose)
    shape = None if mesh is None else _mesh(mesh, vertices)
    start = None if code is None else start_of(code, model)
    with working("Making faces"):
        from mien.generation.generator import MultimodalGenerator

        made = MultimodalGenerator.from_pretrained(model, clip=clip)(
            text=text,
            semantic=semantic,
            sketch=sketch,
            mesh=shape,
            pose=turned,
            seed=seed,
            n=n,
            truncation=truncation,
            text_weight=text_weight,
            refine=refine,
            descend=0 if quick and descend is None else descend,
            finish=finish,
            size=size or 512,
            start=start,
        )
    _write(made, targets, grid)
    if finish == "none" and not quick and model == DEFAULT:
        stderr().print(UNFINISHED.format(made.pictures[0].width), highlight=False, soft_wrap=True)
    for note in made.notes:
        stderr().print(note, highlight=False, soft_wrap=True)
    if as_json:
        files = [str(path) for path in (*targets, *([grid] if grid else []))]
        print_json({"files": files, "seeds": [*range(seed, seed + n)], "notes": list(made.notes)})


def _check_used(
    vertices: Path | None, mesh: Path | None, size: int | None, finish: str, truncation: float, code: Path | None
) -> None:
    """Raises ConfigError for an option that would do nothing."""
    from mien.errors import ConfigError

    for unused, told in (
        (vertices and not mesh, "--vertices is for a 3D shape; leave it out, or add --mesh FILE."),
        (size and finish == "none", "--size is of finished pictures; leave it out, or add --finish bank."),
        (truncation != 1 and code, "--truncation is of faces without a code; leave it or --code out."),
    ):
        if unused:
            raise ConfigError(told)


def start_of(code: Path, model: str | Path = "") -> Float32:
    """The codes (L, C) of a code file; tells that the weights beside it are left out, and where they are of another
    generator than that of the mapping network ``model``.

    Raises:
        CheckpointError: one of them is missing or damaged.
    """
    from mien.checkpoints.codes import note_of_origin, read_facts, w_plus_of
    from mien.checkpoints.hub import find_folder
    from mien.checkpoints.mm2latent import described

    if read_facts(code).get("tuned"):
        told = f"{code.name}: its codes alone are moved; the weights beside it are left out ('mien sample' takes them)"
        stderr().print(told, style="yellow")
    if model and (told := note_of_origin(code, described(find_folder(model))[1].name)):
        stderr().print(f"{code.name}: {told}", style="yellow")
    return w_plus_of(code)


def parse_pose(text: str) -> tuple[float, float]:
    """ "10,-5" -> (10.0, -5.0).

    Raises:
        ConfigError: it is no pair of numbers.
    """
    from mien.errors import ConfigError

    try:
        yaw, pitch = (float(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(f"'{text}' is no pose; give yaw and pitch in degrees, such as 10,-5.") from None
    return yaw, pitch


def _mesh(path: Path, vertices: Path | None) -> Float32:
    from mien.generation.meshes import read_mesh

    return read_mesh(path, vertices)


def _write(made: Generated, targets: list[Path], grid: Path | None) -> None:
    import numpy as np

    from mien.data.sheets import contact_sheet
    from mien.photos.write import save_photo
    from mien.types import Photo

    for picture, target in zip(made.pictures, targets, strict=False):
        save_photo(picture, target)
    if grid is not None:
        save_photo(Photo(contact_sheet(np.stack([np.asarray(one.pixels) for one in made.pictures]))), grid)
    written = [*targets, *([grid] if grid else [])]
    stderr().print(f"Saved {', '.join(str(path) for path in written)}.", highlight=False, soft_wrap=True)
