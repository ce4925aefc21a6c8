"""``mien invert``: a photo in the terms of a generator, as a code file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.console import print_json, progress, stderr
from mien.cli.overwriting import Overwrite, keep_existing
from mien.cli.selection import Device, TrustCode

if TYPE_CHECKING:
    from mien.inversion.base import Inverter, Means
    from mien.models.inversion import Inverted


def invert(
    photo: Annotated[Path, typer.Argument(help="A photo with a face.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Code file, .safetensors.")] = None,
    method: Annotated[
        str,
        typer.Option(
            help="encoder (at once), optimise (codes by descent), pti (then weights), hyper or features (by networks)."
        ),
    ] = "encoder",
    of: Annotated[
        str, typer.Option(help="Editor or generator: folder, bundled name or Hugging Face id.")
    ] = "portrait-editor",
    face: Annotated[str, typer.Option(help="largest, left, right, a number, a point x,y, or aligned.")] = "largest",
    networks: Annotated[
        Path | None, typer.Option(help="Run of 'mien train hyper' or 'mien train features' for these methods.")
    ] = None,
    perceptual: Annotated[
        Path | None, typer.Option(help="Distance for optimise and pti, such as LPIPS; else pixels at four scales.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Of optimise, or of pti's tuning, at most.")] = None,
    preview: Annotated[Path | None, typer.Option(help="Write the face and what the generator makes of it.")] = None,
    device: Device = "cpu",
    trust_code: TrustCode = False,
    overwrite: Overwrite = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Invert a photo: find the codes from which a generator draws this face.

    The file is for --code: of 'mien sample', 'mien generate' and 'mien directions
    show', and in place of the photo of other verbs, but for paste and batch. What does not lie in the codes (tuned
    weights, maps) is written beside it, in a file that ends in .tuned.safetensors.
    """
    from mien.checkpoints.hub import check_weights_file, find_folder
    from mien.errors import ConfigError
    from mien.files import check_targets
    from mien.inversion.methods import METHODS
    from mien.photos.read import read_photo
    from mien.photos.write import target_container

    target = output or photo.with_suffix(".safetensors")
    if method not in METHODS:
        raise ConfigError(f"There is no method {method!r}; choose {', '.join(METHODS)}.")
    if steps is not None and method not in ("optimise", "pti"):
        raise ConfigError(f"Method {method} takes no steps; leave --steps out, or choose optimise or pti.")
    if perceptual is not None:
        check_weights_file(perceptual)
    if preview is not None:
        target_container(preview)
    find_folder(of)
    read_photo(photo)
    from mien.checkpoints.codes import check_code_path, tuned_path

    check_code_path(target)
    check_targets([target, tuned_path(target), preview], [photo])
    keep_existing([target], overwrite)
    means = _means(of, networks, perceptual, {} if steps is None else {"steps": steps}, device, trust_code)
    from mien.inversion.methods import load_inverter

    _invert(load_inverter(method, means), means, photo, face, target, preview, as_json)


def _means(
    of: str, networks: Path | None, perceptual: Path | None, settings: dict[str, Any], device: str, trust_code: bool
) -> Means:
    import torch

    from mien.inversion.base import Means
    from mien.training.frozen import load_by_shape

    distance: Any = None
    if perceptual is not None:
        judge = load_by_shape(perceptual, torch.device(device), torch.float32, use="distance", trust_code=trust_code)
        distance = lambda made, wanted: judge(made, wanted)[0]  # noqa: E731
    places = () if networks is None else (networks,)
    return Means.load(of, networks=places, distance=distance, settings=settings, device=device)


def _invert(
    inverter: Inverter, means: Means, photo: Path, face: str, target: Path, preview: Path | None, as_json: bool
) -> None:
    from mien.checkpoints.codes import save_codes
    from mien.inversion.photo import aligned_picture

    picture = aligned_picture(photo, face, means.generator.config.resolution).to(means.device)
    started = time.perf_counter()
    with progress() as bar:
        task = bar.add_task(f"Inverting {photo.name}", total=None)
        found = inverter.invert(picture, lambda step, steps, _: bar.update(task, completed=step, total=steps))
    seconds = time.perf_counter() - started
    written = save_codes(target, found)
    if preview is not None:
        _draw(means, picture, found, preview)
    if as_json:
        print_json({"files": [str(one) for one in written], "method": found.method, "seconds": round(seconds, 3)})
        return
    stderr().print(f"Inverted by {found.method} in {seconds:.2f} s.", highlight=False, soft_wrap=True)
    for one in written:
        print(one)


def _draw(means: Means, picture: Any, found: Inverted, path: Path) -> None:
    import torch

    from mien.data.sheets import contact_sheet
    from mien.models.inversion import drawn
    from mien.photos.write import save_photo
    from mien.pixels import to_bytes
    from mien.types import Photo

    with torch.no_grad():
        both = torch.cat([picture, drawn(means.generator, found)]).clamp(-1, 1)
    save_photo(Photo(contact_sheet(to_bytes(both), columns=2)), path)
