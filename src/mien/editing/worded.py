"""Text without a CLIP: what words ask for becomes moves, dyes and looks, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from mien.conditions.text import validate_text
from mien.conditions.types import Conditions
from mien.editing.catalogue import why_not
from mien.editing.degrees import reading_of
from mien.editing.looks import limits, steps_of, taken
from mien.editing.request import Request
from mien.editing.ways import Ways, regions_of, ways_of
from mien.errors import ConfigError, FaceError, LayerError
from mien.guides.shapes import Shapes
from mien.threads import side_by_side
from mien.words.reader import read
from mien.words.types import Reading, Wish

if TYPE_CHECKING:
    from mien.editing.context import EditContext
    from mien.editing.steps import Guided
    from mien.editing.target import FaceTarget
    from mien.types import Face, Photo

EXAMPLE = "short words about hair, eyes, lips, nose or expression, such as 'brown hair, a slight smile'"


TEETH, SMILE = "teeth", "smile"
"""Teeth come with a smile of their own: only where they cannot come, another is made."""

READ_AS = " was read as: "
"""Stands between a text and what was understood of it, in results."""

HAIR, INNER = "hair", frozenset({"lip-fullness", "eye-openness"})
"""What is dyed, and moves that do not reach it: what hair is can be told while they are made."""


class Knows(Protocol):
    """What paints: see :class:`mien.backends.base.CropEditor`."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of looks."""

    @property
    def reader(self) -> str:
        """Empty where nothing reads text but this."""


@dataclass(frozen=True)
class Told:
    """A text that was made into a recipe.

    Attributes:
        text: as it was asked.
        reading: what was understood.
        steps: requests that move or dye pixels, each for itself.
        rest: what else is asked for: looks of the editor, and all of the request that is no text.
        notes: what was not understood or cannot be done, in words.
        conditions: of loans, by part.
        following: numbers of the steps of a look after its first: without that, they are not made.
        otherwise: numbers of steps that are made only where the one before cannot be.
        smile: degree of the smile that shall be seen; None where it is to move by what the steps say.
    """

    text: str
    reading: Reading
    steps: tuple[Request, ...]
    rest: Request
    notes: tuple[str, ...]
    conditions: Mapping[str, str] = field(default_factory=dict)
    following: frozenset[int] = frozenset()
    otherwise: frozenset[int] = frozenset()
    smile: float | None = None

    @property
    def operation(self) -> str:
        """For results: what the text became; "" without a text."""
        if self.text == str(self.reading):  # degrees without words
            return f"degrees: {self.reading}" if self.text else ""
        return f'"{self.text}"{READ_AS}{self.reading}' if self.text else ""


def resolved(request: Request, painter: Knows) -> tuple[Request, Told | None]:
    """What is asked for besides the words that become a recipe, and that recipe.

    A CLIP reads the words instead in mode "look", and in mode "auto" where something was not understood or nothing else
    can do it; then they say where the face may change, if nothing else does.

    Raises:
        ConfigError: nothing of the text can be done without a CLIP.
    """
    recipe = _told(request, painter)
    return (_masked(request), None) if recipe is None else (recipe.rest, recipe)


def steps_in_words(request: Request, painter: Knows) -> tuple[str, ...]:
    """The steps that a text or degrees become, in words; none where there are none. Errors as of :func:`resolved`."""
    if not (request.text or request.degrees):
        return ()
    _, recipe = resolved(request, painter)
    return () if recipe is None else tuple(step.describe() for step in recipe.steps)


def _told(request: Request, painter: Knows) -> Told | None:
    text, looks = validate_text(request.text or ""), taken(request)
    if request.degrees and request.mode in ("look", "heal", "fill", "difference"):
        raise ConfigError(f"Degrees of words are made of pixels, not in mode '{request.mode}'; leave one of them out.")
    if request.mode in ("look", "heal", "fill", "difference") or not (text or looks or request.degrees):
        return None
    if not (text or request.degrees):
        rest = {name: value for name, value in request.attributes.items() if name not in looks}
        steps, following = _numbered(_looks(request, looks))
        return Told("", Reading(()), steps, replace(request, attributes=rest), limits(looks), {}, following)
    reading = reading_of(request.degrees) if request.degrees else read(text or "")
    text = text or str(reading)
    ways = ways_of(reading.wishes, painter.attributes)
    complete = reading.complete and not ways.missing
    if (
        painter.reader
        and request.mode == "auto"
        and not request.degrees
        and (not complete or _without_text(request).draws)
    ):
        return None
    notes = (*_notes(reading, ways, request.mask is not None), *reading.notes)
    if not ways.found:
        clip = "" if painter.reader else ", or a CLIP (--clip)"
        reason = "; ".join(notes) or "it names no change"
        raise ConfigError(f"Nothing of '{text}' can be done: {reason}. Give {EXAMPLE}{clip}.")
    steps, following = _numbered(_steps(request, ways))
    smiles = frozenset(k + 1 for k, one in enumerate(steps[:-1]) if one.part == TEETH and SMILE in steps[k + 1].reshape)
    return Told(text, reading, steps, _rest(request, reading, ways), notes, ways.borrow, following, smiles, ways.smile)


def _numbered(steps: Iterable[tuple[Request, bool]]) -> tuple[tuple[Request, ...], frozenset[int]]:
    """Steps, and the numbers of those that follow another."""
    found = list(steps)
    return tuple(one for one, _ in found), frozenset(k for k, (_, follows) in enumerate(found) if follows)


def _steps(request: Request, ways: Ways) -> Iterator[tuple[Request, bool]]:
    bare = Request(mask=request.mask, frame=request.frame, strength=request.strength)
    for region, strength in ways.heal.items() if request.mask is None else ():
        yield replace(bare, mask=region, mode="heal", strength=request.strength * strength), False
    opens = TEETH in ways.borrow and ways.reshape.get(SMILE, 0.0) > 0
    moves = {name: strength for name, strength in ways.reshape.items() if not (opens and name == SMILE)}
    if moves:
        yield replace(bare, reshape=Shapes.bundled().clamped(moves)), False
    for part in ways.borrow:
        yield replace(bare, part=part, album=request.album, seed=request.seed), False
        if opens and part == TEETH:
            yield replace(bare, reshape=Shapes.bundled().clamped({SMILE: ways.reshape[SMILE]})), False
    yield from _looks(request, ways.looks)
    for region, (color, strength) in ways.dye.items():
        yield replace(bare, dye={region: color}, strength=request.strength * strength), False


def _looks(request: Request, looks: Mapping[str, float]) -> Iterator[tuple[Request, bool]]:
    bare = Request(mask=request.mask, frame=request.frame, strength=request.strength)
    bare = replace(bare, seed=request.seed, album=request.album)
    for name, strength in looks.items():
        yield from ((step, number > 0) for number, step in enumerate(steps_of(name, strength, bare)))


def _rest(request: Request, reading: Reading, ways: Ways) -> Request:
    mask = request.mask
    if mask is None and ways.attributes:
        looks = [wish for wish in reading.wishes if wish.attribute.replace("-", "_") in ways.attributes]
        mask = regions_of(looks) or "face"
    return replace(_without_text(request), mask=mask, attributes={**ways.attributes, **request.attributes})


def _without_text(request: Request) -> Request:
    return replace(request, text=None, degrees={})


def _masked(request: Request) -> Request:
    """With the regions that the text speaks of as mask, where nothing else says where the face may change."""
    layers = request.layers if isinstance(request.layers, Conditions) else None
    if request.mask is not None or (request.layers is not None and (layers is None or layers.mask is not None)):
        return request
    text = validate_text((layers.text or "") if layers and request.text is None else request.text or "")
    regions = regions_of(read(text).wishes) if text else ""
    return replace(request, mask=regions) if regions else request


def made(photo: Photo, target: FaceTarget, recipe: Told | None, context: EditContext) -> Guided:
    """Makes the steps of a recipe, if there is one; what this face does not bear becomes a note.

    Raises:
        LayerError: no step can be made, and nothing else is asked for.
    """
    import numpy as np

    from mien.editing.context import KEPT
    from mien.editing.steps import Guided

    area = np.zeros((photo.height, photo.width), np.bool_)
    if recipe is None:
        return Guided(photo, area)
    read = (f"{target.name}: {recipe.operation}",) if recipe.text else ()
    done, face = Guided(photo, area, read, recipe.notes), target.face
    kept = photo.width * photo.height <= KEPT and all(HAIR in one.dye or _spares_hair(one) for one in recipe.steps)
    if face is None or not kept or not any(HAIR in one.dye for one in recipe.steps[1:]):
        return _followed(done, target, recipe, context)

    def matted() -> Guided:
        with suppress(LayerError):  # the step that needs it says so
            context.matte(photo, face, HAIR)
        return done

    return side_by_side(lambda: _followed(done, target, recipe, replace(context, before=photo)), matted)[0]


def _spares_hair(step: Request) -> bool:
    """Whether hair stays where it is, as it is."""
    if step.mode == "heal":
        return step.mask != "glasses"
    return step.part == "wrinkles" or (bool(step.reshape) and step.reshape.keys() <= INNER)


def _followed(done: Guided, target: FaceTarget, recipe: Told, context: EditContext) -> Guided:
    """The steps of a recipe, one after the other."""
    from mien.editing.loans import borrowed

    failed: list[str] = []
    count, begun, failures = 0, True, -1
    for number, step in enumerate(recipe.steps):
        if (number in recipe.following and not begun) or (number in recipe.otherwise and failures != number - 1):
            continue
        try:
            if SMILE in step.reshape and recipe.smile is not None and target.face is not None:
                step = _aimed(step, target.face, recipe.smile)
            one = borrowed(done.photo, target, step, recipe.conditions.get(step.part, ""), context)
        except (LayerError, ConfigError, FaceError) as error:
            failed.append(str(error))
            failures = number
            begun = begun and number in recipe.following
            continue
        done, count, begun = done.and_then(one), count + 1, True
    if failed and not count and not recipe.rest.draws:
        if not recipe.text:
            raise LayerError(f"Nothing of it can be done with this face: {failed[0]}")
        raise LayerError(f"Nothing of '{recipe.text}' can be done with this face: {failed[0]}")
    return replace(done, notes=(*done.notes, *failed))


def _aimed(step: Request, face: Face, degree: float) -> Request:
    """With the smile moved as far as this face needs it to show one of a degree.

    Raises:
        LayerError: it shows that already, and nothing else is moved.
    """
    from mien.guides.mouths.smile import toward

    strength = round(toward(face, degree), 2)
    others = {name: value for name, value in step.reshape.items() if name != SMILE}
    if not strength and not others:
        shown = "No smile is seen that could be taken away." if degree < 0 else "Such a smile is seen already."
        raise LayerError(shown)
    return replace(step, reshape=Shapes.bundled().clamped({SMILE: strength, **others} if strength else others))


def _notes(reading: Reading, ways: Ways, masked: bool) -> tuple[str, ...]:
    from mien.finding.tower import not_understood

    unknown = not_understood(reading.unknown)
    missing = ", ".join(_with_reason(wish) for wish in ways.missing)
    if ways.heal and masked:
        unknown += (f"only without a mask do words heal {' and '.join(ways.heal)}",)
    return (*unknown, *((f"understood, but nothing here can do it: {missing}",) if missing else ()))


def _with_reason(wish: Wish) -> str:
    reason = why_not(wish.attribute, wish.degree)
    return f"{wish} ({reason})" if reason else str(wish)
