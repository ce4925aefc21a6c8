"""What the verbs share that move, borrow, dye and heal pixels: options, saving, reporting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from mien.cli.console import print_json, stderr, working
from mien.cli.overwriting import Overwrite, keep_existing
from mien.cli.selection import IdentityFile, TrustCode

NO_WEIGHTS = "opencv:telea"
"""These verbs paint nothing, so that no network that paints is loaded."""


@dataclass(frozen=True)
class Target:
    """Where it happens and where the result goes; see :func:`mien.cli.option_groups.grouped`."""

    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write the result.")] = None
    face: Annotated[
        str | None, typer.Option(help="Which face: a number, largest, left, right, a point x,y, or like:anna.jpg.")
    ] = None
    mask: Annotated[str | None, typer.Option(help="Only inside: a region (hair, mouth) or a picture.")] = None
    strength: Annotated[float, typer.Option(min=0, max=1, help="1 all of it, 0.5 half.")] = 1.0
    keep_identity: Annotated[
        float | None, typer.Option(min=-1, max=1, help="Lower the strength until the face is this like: 0.8.")
    ] = None
    identity_network: IdentityFile = None
    trust_code: TrustCode = False
    quality: Annotated[int, typer.Option(min=1, max=100, help="For lossy targets.")] = 95
    receipt: Annotated[bool, typer.Option("--receipt", "--json", help="Print the receipt as JSON.")] = False
    overwrite: Overwrite = False
    strict: Annotated[bool, typer.Option("--strict", help="Fail, and write nothing, where it measures badly.")] = False


def edit_pixels(photo: Path, target: Target, inputs: Mapping[str, Any], files: Sequence[Path] = (), n: int = 1) -> None:
    """Edits, saves, reports; ``n`` results are variants, see :attr:`mien.editing.result.EditResult.variants`.

    Verbs tell by :func:`mien.photos.contents.check_photo` first whether the photo is one, before NumPy is loaded.
    """
    from mien.cli.selection import Networks, check_face
    from mien.editing.request import Request
    from mien.files import check_targets, numbered

    fields = {"face": target.face, "mask": target.mask, "strength": target.strength, "strict": target.strict}
    fields |= {"keep_identity": target.keep_identity, **inputs}
    request = Request.from_dict(fields)
    check_face(target.face)
    from mien.photos.read import read_photo
    from mien.photos.write import default_output, target_container

    picture = read_photo(photo)
    outputs = numbered(target.output or default_output(photo, "edited", picture), n)
    target_container(outputs[0])
    read = [photo, *files, *([Path(target.mask)] if target.mask and Path(target.mask).is_file() else [])]
    check_targets([*outputs], read)
    keep_existing(outputs, target.overwrite)
    networks = Networks(NO_WEIGHTS, identity_network=target.identity_network, trust_code=target.trust_code)
    networks.check(request, picture)

    with working(f"Editing {photo.name}") as told:
        result = networks.load()(picture, request, n=n, callback=told)
    written = zip(result.variants, outputs, strict=True)
    done = [one.save(output, quality=target.quality, protected=read) for one, output in written]
    if target.receipt:
        print_json(done[0].as_dict() if n == 1 else [one.as_dict() for one in done])
        return
    for output in outputs:
        print(output)
    notes = [note for one in result.variants for face in one.faces for note in face.notes]
    for note in [*notes, *(one.operations[-1] for one in done if not one.preserved)]:
        stderr().print(note, style="yellow", markup=False, highlight=False, soft_wrap=True)


def pairs(values: Iterable[str], example: str) -> dict[str, str]:
    """``["hair=auburn"]`` -> {"hair": "auburn"}.

    Raises:
        ConfigError: not of this form.
    """
    from mien.errors import ConfigError

    found: dict[str, str] = {}
    for value in values:
        name, equals, rest = (part.strip() for part in value.partition("="))
        if not (name and equals and rest):
            raise ConfigError(f"'{value}' is not of the form name=value; write it as {example}.")
        found[name.lower()] = rest
    return found
