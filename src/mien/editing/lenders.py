"""From whom a part is borrowed: the exemplar, or the face of an album or of the bundled bank that fits best."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mien.align.paste import mask_to_photo
from mien.conditions.areas import AREAS
from mien.conditions.labels import INDEX
from mien.conditions.pictures import as_photo, name_of
from mien.conditions.regions import parse_region
from mien.editing.beards import bearded
from mien.editing.cache import digest
from mien.editing.context import EditContext
from mien.editing.crop_frame import CropFrame
from mien.editing.request import Request
from mien.errors import FaceSelectionError, LayerError
from mien.guides.bank import CHILD, Bank, Entry, check_album, youth
from mien.guides.bank_faces import LINED_MEN
from mien.guides.beards.beardless import Beardless, alike_mouth
from mien.guides.borrow import FARTHEST
from mien.guides.guide import Doubt
from mien.guides.parts import WRINKLES
from mien.guides.traits import Traits, same_picture
from mien.types import AlignedFace, Bool, Face, Photo

BEFORE = "hair+glasses+hat-brows"
"""What may lie over a part of a face, and is left where it is."""

POOR = 1.3
"""How badly a face may fit before it is said."""

UNFIT = "no face of the bank fits this one well; another photo of the same person as exemplar is better"
"""What is told then."""

SHAVEN = 12
"""Faces without a beard that fit best, from which those are chosen whose mouths are most alike."""

GROWN, YOUNG, SHUT = 12.5, (21.0, 4.0), 0.15
"""Age by the face reader below which shut lips hide milk teeth (the youngest 16 of 260 faces of nobody, all of them
children); the same with the least youth of its shape; and how far open, over their width, lips count as shut."""

ADULT = (28.0, 6.0)
"""Age by the face reader from which a face is grown although its shape is a child's, up to that youth: children whose
youth is above :data:`~mien.guides.bank.CHILD` read as 1 to 24.5 (12 faces), a woman whose youth is 4.4 to 5 as 33."""


HALF, MANS = 0.5, 0.5
"""Reading of "masculine" below which a woman's wrinkles fit better, and by how much a man's fit less."""


@dataclass(frozen=True, eq=False)
class Lender:
    """Attributes:
    name: in words.
    photo, face: from which a part is borrowed.
    notes: what the user should know.
    known: whether it is the user's photo, not a stranger's.
    place: among those that fit, from 0.
    """

    name: str
    photo: Photo
    face: Face
    notes: tuple[str, ...] = ()
    known: bool = False
    place: int = 0


def lender(photo: Photo, face: Face, request: Request, part: str, context: EditContext) -> Lender:
    """Who lends a part to a face.

    Raises:
        LayerError, FaceSelectionError, PhotoError: nobody can, or there are not so many others.
    """
    if request.exemplar is not None:
        source = Photo(request.exemplar.pixels) if isinstance(request.exemplar, AlignedFace) else request.exemplar
        name, other = name_of(source, "exemplar"), as_photo(source, "The exemplar")
        faces = context.largest(other)
        if not faces:
            raise FaceSelectionError(f"No face is found in {name}; give a photo in which one is seen.")
        return Lender(name, other, faces[0], known=True)
    able = ranked_costs(photo, face, request, part, context)
    if not able and part == "teeth":
        raise LayerError(
            "This looks like a child, and the bank has grown people's teeth only; "
            "give another photo of the child as exemplar."
        )
    _check_seed(request, part, len(able))
    return replace(lent_of(*able[request.seed], part), place=request.seed)


def _check_seed(request: Request, part: str, count: int) -> None:
    if request.seed >= count:
        raise LayerError(
            f"There are {count} faces to borrow {part} from, and seed {request.seed} asks for another one; "
            "take a smaller seed or number of variants."
        )


def shaven_lenders(photo: Photo, face: Face, request: Request, context: EditContext) -> list[Beardless]:
    """The exemplar, or the face of an album or the bank without a beard that fits a face best.

    Raises:
        LayerError, FaceSelectionError, PhotoError: as of :func:`lender`, and where the exemplar has a beard.
    """
    if request.exemplar is not None:
        first = lender(photo, face, request, "lower_face", context)
        if bearded(first.photo, first.face, context):
            raise LayerError(f"{first.name} shows a beard, too; give a photo without one, or none.")
        return [Beardless(first.photo, first.face)]
    every = ranked(photo, face, request, "lower_face", context)
    _check_seed(request, "lower_face", len(every))
    able = every[request.seed : request.seed + SHAVEN]
    near = [one for one in able if abs(abs(one.face.pose.yaw) - abs(face.pose.yaw)) <= FARTHEST] or able
    chosen = near[alike_mouth(face, [one.face for one in near])]
    return [Beardless(chosen.photo(), chosen.face)]


def ranked(photo: Photo, face: Face, request: Request, part: str, context: EditContext) -> list[Entry]:
    """Who has such a part, those that fit a face best first; an album's faces come before the bank's."""
    return [entry for _, entry in ranked_costs(photo, face, request, part, context)]


def ranked_costs(
    photo: Photo, face: Face, request: Request, part: str, context: EditContext
) -> list[tuple[float, Entry]]:
    """Who has such a part, with how badly each fits: those of the album first, then those of the bank.

    Raises:
        LayerError, PhotoError: a child asks for wrinkles, or the album cannot be read.
    """
    traits = traits_of(photo, face, context)
    child = part == "teeth" and _child(photo, face)
    if part == WRINKLES and request.album is None and _child(photo, face):
        raise LayerError("This looks like a small child; the bank has the wrinkles of old people only.")
    able: list[tuple[float, Entry]] = []
    if request.album is not None:
        album = _album(Path(request.album), context).ranked(face, traits, part, child)
        able += [one for one in album if not same_picture(face, one[1].face)]
    nobody = Bank.bundled().ranked(face, traits, part, child)
    return able + (of_women_rather(nobody, _masculine(photo, face)) if part == WRINKLES else nobody)


def of_women_rather(costs: list[tuple[float, Entry]], masculine: float) -> list[tuple[float, Entry]]:
    """Whose wrinkles fit a face, the best first: a man's less for one that is not read as a man's.

    Args:
        costs: how badly each fits.
        masculine: the face reader's number, from 0 to 1.
    """
    if masculine >= HALF:
        return costs
    told = [(cost + MANS * (entry.path.stem in LINED_MEN), entry) for cost, entry in costs]
    return sorted(told, key=lambda one: one[0])


def _masculine(photo: Photo, face: Face) -> float:
    """As the face reader reads it, from 0 to 1."""
    from mien.finding.face_reader import FaceReader

    return float(FaceReader.bundled().looks([(photo, face)])[0].raw["masculine"])


def album_of(request: Request, context: EditContext) -> list[Entry]:
    """The faces of a request's album; none without one.

    Raises:
        LayerError, PhotoError: the album cannot be read.
    """
    return [] if request.album is None else list(_album(Path(request.album), context).entries)


def _child(photo: Photo, face: Face) -> bool:
    """Whether a face is a small child's, or a child's whose lips are shut; the reader thinks it older."""
    from mien.finding.face_reader import FaceReader

    shape = youth(face)
    if shape > ADULT[1]:
        return True
    if shape <= CHILD and face.mouth_openness > SHUT:
        return False
    age = float(FaceReader.bundled().looks([(photo, face)])[0].raw["age"])
    if shape > CHILD:
        return age < ADULT[0]
    return age < GROWN or (age < YOUNG[0] and shape > YOUNG[1])


def lent_of(cost: float, entry: Entry, part: str) -> Lender:
    """A face of a bank as a lender, with what is told where it fits badly."""
    notes: tuple[str, ...] = (f"{part} of {entry.name}",)
    if cost > POOR:
        notes += (Doubt(UNFIT),)
    return Lender(entry.name, entry.photo(), entry.face, notes, entry.owned)


def traits_of(photo: Photo, face: Face, context: EditContext) -> Traits:
    """What can be read off a face.

    Raises:
        FaceSelectionError: it is not found in the photo.
    """
    seen = context.of(photo, face.quad).seen(face)
    if seen is None:
        raise FaceSelectionError("No face is found in this crop; parts are borrowed along a face's points only.")
    return Traits.of(seen)


def _album(folder: Path, context: EditContext) -> Bank:
    files = [(path, path.stat().st_mtime_ns, path.stat().st_size) for path in check_album(folder)]

    def look(photo: Photo) -> list[tuple[Face, Traits]]:
        return [(face, traits_of(photo, face, context)) for face in context.faces(photo)]

    return context.cache.get("album", digest(files), lambda: Bank.album(folder, look))


def hidden_by(photo: Photo, face: Face, context: EditContext) -> Bool:
    """(H, W): hair, glasses and hats before a face, but for its beard."""
    seen = context.of(photo, face.quad).seen(face)
    labels = context.of(photo, face.quad).parsed().labels
    over = parse_region(BEFORE)[labels]
    return _in_photo(over if seen is None else over & ~AREAS["beard"](seen), photo, face)


def skin_of(photo: Photo, face: Face, context: EditContext, *more: str) -> Bool:
    """(H, W): skin of the face, and of more classes of the parser.

    Raises:
        FaceSelectionError: it is not found in the photo.
    """
    seen = context.of(photo, face.quad).seen(face)
    if seen is None:
        raise FaceSelectionError("No face is found in this crop; parts are borrowed along a face's points only.")
    return _in_photo(np.isin(seen.labels, [INDEX[name] for name in ("skin", "nose", *more)]), photo, face)


def classes_of(names: str, photo: Photo, face: Face, context: EditContext) -> Bool:
    """(H, W): where the parser sees classes, the face's beard as skin."""
    look = context.of(photo, face.quad)
    seen, found = look.seen(face), parse_region(names)[look.parsed().labels]
    if seen is not None and "skin" in names:
        found = found | AREAS["beard"](seen)
    return _in_photo(found, photo, face, 0.5)


def _in_photo(area: Bool, photo: Photo, face: Face, least: float = 0.0) -> Bool:
    frame = CropFrame.around(photo, face.quad, "photo")
    return np.asarray(mask_to_photo(area, frame.matrix_at(area.shape[0]), (photo.width, photo.height)) > least)
