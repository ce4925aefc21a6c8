"""``mien apply``: a recipe of several wishes, of several faces, made at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.codes import takes_code
from mien.cli.console import print_json, print_table, working
from mien.cli.edit import check_outputs, draw, report
from mien.cli.option_groups import grouped
from mien.cli.overwriting import Overwrite, keep_existing
from mien.cli.selection import Networks

if TYPE_CHECKING:
    from mien.editing.result import EditResult
    from mien.sessions.recipe_file import RecipeFile
    from mien.types import Photo


@takes_code()
@grouped
def apply(
    recipe: Annotated[Path, typer.Argument(help="The recipe: docs/recipes.md, or 'mien session recipe'.")],
    photo: Annotated[Path, typer.Argument(help="The photo.")],
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write the result.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, print what would be done.")] = False,
    quality: Annotated[int, typer.Option(min=1, max=100, help="For lossy targets.")] = 95,
    receipt: Annotated[bool, typer.Option("--receipt", "--json", help="Print the receipt as JSON.")] = False,
    preview: Annotated[Path | None, typer.Option(help="Write before, layers and after side by side, PNG.")] = None,
    overwrite: Overwrite = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail, and write nothing, where an edit measures badly.")
    ] = False,
    keep_identity: Annotated[
        float | None, typer.Option(min=-1, max=1, help="Lower each edit's strength until the face is this like: 0.8.")
    ] = None,
    networks: Networks,
) -> None:
    """Make all edits of a recipe, one after the other, of whichever faces: one result, one receipt."""
    from mien.editing.asked import numbered
    from mien.photos.contents import check_photo
    from mien.sessions.recipe_file import read_recipe

    check_photo(photo)
    wished = {"strict": strict or None, "keep_identity": keep_identity}
    read = read_recipe(recipe).with_fields(**{name: one for name, one in wished.items() if one is not None})
    from mien.photos.read import read_photo
    from mien.photos.write import default_output

    picture = read_photo(photo)
    target = output or default_output(photo, "edited", picture)
    inputs = [photo, recipe, *read.files]
    check_outputs([target], preview, None, inputs)
    for number, step in enumerate(read.steps, 1):
        with numbered(number):
            networks.check(step.request, picture, elsewhere=read.is_of_another(picture, step))
    if dry_run:
        _print_steps(read, networks, receipt)
        return
    keep_existing([target], overwrite)
    result = _made(read, picture, networks)
    done = result.save(target, quality=quality, protected=inputs)
    draw(result, preview, None)
    report(result, [target], [done], receipt)


def _made(recipe: RecipeFile, photo: Photo, networks: Networks) -> EditResult:
    from tempfile import TemporaryDirectory

    from mien.editing.cache import EditCache
    from mien.editing.context import EditContext

    with TemporaryDirectory(prefix="mien-") as scratch, working(f"Editing {photo.path and photo.path.name}") as told:
        editor, cache = networks.load(), EditCache()
        requests = recipe.requests(photo, EditContext(editor, cache), Path(scratch))
        return editor.edit_in_turn(photo, requests, callback=told, cache=cache)


def _print_steps(recipe: RecipeFile, networks: Networks, as_json: bool) -> None:
    """What would be done, in words; below a text, or degrees, the steps that they become."""
    from mien.backends import describe_backend
    from mien.editing.worded import steps_in_words

    rows: list[Sequence[str]] = []
    found: list[tuple[str, ...]] = []
    painter = describe_backend(networks.editor, with_clip=networks.clip is not None)
    for number, step in enumerate(recipe.steps, 1):
        face = step.request.face
        named = "largest" if face is None else "a crop" if isinstance(face, list) else str(getattr(face, "name", face))
        found.append(steps_in_words(step.request, painter))
        rows.append((str(number), named, step.request.describe() or "nothing", step.note))
        rows += [("", "", f"-> {one}", "") for one in found[-1]]
    if as_json:
        numbered = [row for row in rows if row[0]]
        shown = [dict(zip(("edit", "face", "what", "note"), (int(row[0]), *row[1:]), strict=True)) for row in numbered]
        print_json([one | ({"steps": list(steps)} if steps else {}) for one, steps in zip(shown, found, strict=True)])
    else:
        print_table(recipe.path.name, ("edit", "face", "what", "note"), rows)
