"""``mien edit``: changes a face inside a mask, after whatever is said about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.codes import takes_code
from mien.cli.console import print_json, stderr, working
from mien.cli.edit_options import EditOptions
from mien.cli.option_groups import grouped
from mien.cli.overwriting import Overwrite, keep_existing
from mien.cli.selection import Networks, check_face, chosen_face

if TYPE_CHECKING:
    from mien.editing.request import Request
    from mien.editing.result import EditResult
    from mien.types import Receipt


@takes_code(keeps=lambda options: _moves_codes(options["editor"]))
@grouped
def edit(
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    *,
    options: EditOptions,
    code: Annotated[
        Path | None,
        typer.Option(
            help="File of 'mien invert': the exemplar; of a mapping network, what is moved; without a photo, the face."
        ),
    ] = None,
    n: Annotated[int, typer.Option("-n", min=1, max=64, help="So many variants, each a file of its own.")] = 1,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write the result.")] = None,
    quality: Annotated[int, typer.Option(min=1, max=100, help="For lossy targets.")] = 95,
    receipt: Annotated[bool, typer.Option("--receipt", "--json", help="Print the receipt as JSON.")] = False,
    preview: Annotated[Path | None, typer.Option(help="Write before, layers and after side by side, PNG.")] = None,
    explain: Annotated[Path | None, typer.Option(help="Folder for what each layer contributed, as pictures.")] = None,
    overwrite: Overwrite = False,
    networks: Networks,
) -> None:
    """Edit a face: inside the mask only; every other pixel stays as it is.

    With --layers, what was painted since 'mien conditions' wrote the folder
    is what is meant: untouched layers say nothing, and without --mask and
    mask.png the face may change where something was painted, and around it.
    """
    from mien.editing.request import Request
    from mien.files import numbered
    from mien.photos.contents import check_photo

    moved = code is not None and _moves_codes(networks.editor)
    asked = Request.from_dict(options.inputs())
    request = _with_code(asked, code) if not moved else replace(asked, mode="look") if asked.mode == "auto" else asked
    check_photo(photo)
    from mien.photos.read import read_photo
    from mien.photos.write import default_output

    picture = read_photo(photo)
    targets = numbered(output or default_output(photo, "edited", picture), n)
    inputs = [photo, *_files(request), *([] if code is None else [code])]
    check_outputs(targets, preview, explain, inputs)
    keep_existing(targets, overwrite)
    check_face(options.face)
    networks.check(replace(request, face=options.face), picture)
    with working(f"Editing {photo.name}") as told:
        editor = networks.load()
        if moved:
            _start_from(editor.backend, code)
        face = chosen_face(options.face, options.box, picture, editor)
        result = editor(picture, request, n=n, face=face, callback=told)
    if len(result.variants) < n:
        stderr().print("nothing is painted, and so all variants are the same: one is written", style="yellow")
        targets = targets[: len(result.variants)]
    done = [
        one.save(target, quality=quality, protected=inputs)
        for one, target in zip(result.variants, targets, strict=True)
    ]
    draw(result, preview, explain)
    report(result, targets, done, receipt)


def _moves_codes(editor: str) -> bool:
    """Whether an editor is a mapping network, which moves the codes of a file."""
    from mien.backends import find_backend

    return find_backend(editor)[0] == "mm2latent"


def _start_from(backend: Any, code: Path | None) -> None:
    from mien.cli.generate import start_of

    assert code is not None
    backend.start_from(start_of(code))


def _with_code(request: Request, code: Path | None) -> Request:
    """With the face of a code file as its exemplar, whose look is painted: its pixels are too few to be borrowed."""
    from mien.errors import ConfigError

    if code is None:
        return request
    if request.exemplar is not None:
        raise ConfigError("--code and --exemplar both say whose look it is; give one of them.")
    from mien.checkpoints.codes import read_facts

    read_facts(code)
    from mien.inversion.photo import CodeReader

    mode = "look" if request.mode == "auto" else request.mode
    return replace(request, exemplar=CodeReader().face(code), mode=mode)


def _files(request: Request) -> list[Path]:
    """Inputs that are files: they must never be written over."""
    from mien.editing.request import LAYERS

    named = [*(getattr(request, name) for name in LAYERS), *request.weight_maps.values()]
    named += [] if request.layers is None else Path(request.layers).glob("*")
    return [Path(one) for one in named if isinstance(one, str | Path) and Path(one).is_file()]


def check_outputs(targets: list[Path], preview: Path | None, explain: Path | None, inputs: list[Path]) -> None:
    """Finds out before the work, rather than after it, that a result cannot be written."""
    from mien.conditions.modalities import weightable
    from mien.errors import SaveError
    from mien.files import check_folder_target, check_targets
    from mien.photos.write import target_container

    for target in targets:
        target_container(target)
    if preview is not None and preview.suffix.lower() != ".png":
        raise SaveError(f"{preview} would hold a PNG; give it that ending.")
    check_folder_target(explain, "--explain")
    shares = [explain / f"{name}.png" for name in (*weightable(), "legend")] if explain is not None else []
    taken = {one.resolve() for one in (*targets, *inputs, preview) if one is not None}
    for target in (one for one in shares if one.resolve() in taken):
        raise SaveError(f"{target} would be written over by --explain; choose another folder for it.")
    check_targets([*targets, preview], inputs)


def draw(result: EditResult, preview: Path | None, explain: Path | None) -> None:
    """The pictures about an edit that were asked for."""
    from mien.conditions.pictures import save_png

    if preview is not None:
        save_png(result.sheet(), preview)
    if explain is not None:
        result.explain(explain)


def report(result: EditResult, targets: list[Path], done: list[Receipt], receipt: bool) -> None:
    """Files and remarks, or receipts."""
    from mien.editing.worded import READ_AS

    if receipt:
        print_json(done[0].as_dict() if len(done) == 1 else [one.as_dict() for one in done])
        return
    for target in targets:
        print(target)
    notes = [read for face in result.faces for read in face.operations if READ_AS in read]
    notes += [note for face in result.faces for note in face.notes]
    notes += [one.operations[-1] for one in done if not one.preserved]
    for note in notes:
        stderr().print(note, style="yellow", markup=False, highlight=False, soft_wrap=True)
