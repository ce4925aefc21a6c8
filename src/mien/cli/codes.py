"""``--code`` in place of a photo: the face that a file of ``mien invert`` draws, for verbs that take a photo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

Code = Annotated[
    Path | None, typer.Option("--code", help="File of 'mien invert', in place of the photo: the face that it draws.")
]
Verb = Callable[..., None]


def takes_code(
    keeps: Callable[[Mapping[str, Any]], bool] | None = None, then: str | None = None
) -> Callable[[Verb], Verb]:
    """A verb whose ``photo`` may be left out where ``--code`` is given; a result without a name lies beside that file.

    Args:
        keeps: of a verb that has an option ``code`` for its use beside a photo: whether it gets the file without a
            photo, too, by its options; None where the verb has none.
        then: the argument after ``photo``, which takes its place on the line where there is none.
    """

    def changed(verb: Verb) -> Verb:
        hints = get_type_hints(verb, include_extras=True)
        known = {n: p.replace(annotation=hints.get(n, p.annotation)) for n, p in signature(verb).parameters.items()}
        photo = known["photo"].annotation
        optional: Any = Annotated[Path | None, *photo.__metadata__]
        made = {"photo": known["photo"].replace(annotation=optional, default=None)}
        if then is not None:
            following: Any = Annotated[Path | None, *known[then].annotation.__metadata__]
            made[then] = known[then].replace(annotation=following, default=None)
        parameters = {**known, **made}
        parameters.setdefault("code", Parameter("code", Parameter.KEYWORD_ONLY, default=None, annotation=Code))

        @wraps(verb)
        def called(**options: Any) -> None:
            options = {**options, **_shifted(options, then)}
            code = options["code"]
            if keeps is None or (options["photo"] is None and not keeps(options)):
                del options["code"]
            with photo_of(options["photo"], code, beside=keeps is not None) as found:
                if "output" in options and options["photo"] is None:
                    options["output"] = options["output"] or _beside(code)
                verb(**{**options, "photo": found})

        last = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in parameters.values()]
        called.__signature__ = signature(verb).replace(parameters=last)  # type: ignore[attr-defined]
        called.__annotations__ = {one.name: one.annotation for one in last}
        return called

    return changed


@contextmanager
def photo_of(photo: Path | None, code: Path | None, *, beside: bool = False) -> Iterator[Path]:
    """The photo's path; without one that of a PNG of the code file's face, which is gone afterwards.

    Args:
        photo, code: what was given.
        beside: whether both may be.

    Raises:
        ConfigError: neither is given, or both are; PyTorch is missing.
        CheckpointError: the code file, or its generator, is missing or damaged.
    """
    from mien.errors import ConfigError

    if photo is None and code is None:
        raise ConfigError("There is no photo; give one, or a file of 'mien invert' with --code.")
    if photo is not None and code is not None and not beside:
        raise ConfigError(f"{photo.name} and --code both say what is edited; give one of them.")
    if photo is not None:
        yield photo
        return
    from tempfile import TemporaryDirectory

    assert code is not None
    with TemporaryDirectory(prefix="mien-") as folder:
        path = Path(folder) / f"{code.stem}.png"
        draw_code(code, path)
        yield path


def draw_code(code: Path, path: Path) -> None:
    """Writes the picture of a code file; errors as above."""
    from mien.checkpoints.codes import read_facts
    from mien.packages import need_torch

    read_facts(code)
    need_torch("The face of a code file")
    from mien.inversion.photo import CodeReader
    from mien.photos.write import save_photo
    from mien.types import Photo

    save_photo(Photo(CodeReader().picture(code)), path)


def _shifted(options: Mapping[str, Any], then: str | None) -> dict[str, Any]:
    """Arguments of the line at their places: with a code the first is what comes after the photo."""
    if then is None or options[then] is not None:
        return {}
    if options["code"] is None or options["photo"] is None:
        from mien.errors import ConfigError

        raise ConfigError(f"The {then} is missing; name it last.")
    return {"photo": None, then: options["photo"]}


def _beside(code: Path) -> Path:
    from mien.photos.write import default_output

    return default_output(code)
