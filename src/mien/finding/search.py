"""A folder of photos, ranked by how well the faces in them fit a sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.conditions.text import validate_text
from mien.errors import ConfigError, DataError, PhotoError
from mien.finding.match import Look, Match, match, unread
from mien.finding.tower import not_understood, with_guesses
from mien.photos.containers import by_suffix
from mien.words.reader import read
from mien.words.types import Reading

if TYPE_CHECKING:
    from mien.types import Photo

LARGEST = 1600
"""Photos are reduced to this longer side before faces are looked for."""


SMALLEST = 16.0
"""No smaller face is looked for, in pixels of the reduced photo."""


@dataclass(frozen=True, eq=False)
class Hit:
    """Attributes:
    path: of the photo.
    number: of the face in it, as ``mien faces`` counts them.
    match: how well it fits.
    look: what it looks like.
    """

    path: Path
    number: int
    match: Match
    look: Look

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        fits = {name: round(value, 3) for name, value in self.match.wishes}
        about = {"photo": str(self.path), "face": self.number, "score": round(self.match.score, 4)}
        return {**about, "wishes": fits, "look": self.look.to_dict()}


@dataclass(frozen=True, eq=False)
class Found:
    """Attributes:
    hits: every face, the best first.
    photos, faces: how many were looked at.
    notes: photos that could not be read, and words that say nothing here.
    """

    hits: tuple[Hit, ...]
    photos: int
    faces: int
    notes: tuple[str, ...] = ()


def check_search(folder: Path, text: str) -> Reading:
    """What a sentence asks for; refuses at once what cannot be looked for.

    Raises:
        DataError: no folder, or no picture in it.
        ConfigError: nothing of the sentence can be seen in a picture.
    """
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder}; give one with photos.")
    if next(pictures(folder), None) is None:
        raise DataError(f"There is no picture in {folder} or below it; give a folder with photos.")
    return asked_for(text)


def asked_for(text: str) -> Reading:
    """What a sentence asks for; words that the rules do not know are guessed.

    Raises:
        ConfigError: nothing of it can be seen in a picture.
    """
    plain = validate_text(text) or ""
    reading = with_guesses(plain, read(plain))
    if len(unread(reading.wishes)) == len({wish.attribute for wish in reading.wishes}):
        words = f"not understood: {', '.join(reading.unknown)}" if reading.unknown else "it names nothing to be seen"
        raise ConfigError(
            f"Nothing of '{text}' can be looked for ({words}); try 'laughing', 'glasses', 'short grey hair', 'old'."
        )
    return reading


def pictures(folder: Path) -> Iterator[Path]:
    """Pictures in a folder and all below it, by path; hidden files and folders are left out."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if by_suffix(path) is not None and not hidden and path.is_file():
            yield path


def search(
    folder: Path, reading: Reading, *, min_size: float = 48.0, seen: Callable[[str, float], None] | None = None
) -> Found:
    """Every face of every photo of a folder, the one that fits best first.

    Args:
        folder: as checked by :func:`check_search`.
        reading: what is looked for.
        min_size: of faces, pixels of the photo.
        seen: called after each photo with its name and the milliseconds that it took.
    """
    from mien.align.finder import FaceFinder
    from mien.finding.face_reader import FaceReader
    from mien.photos.read import read_photo

    finder, reader = FaceFinder.bundled(), FaceReader.bundled()
    hits: list[Hit] = []
    photos, notes = 0, []
    for path in pictures(folder):
        start = time.perf_counter()
        try:
            photo, shrink = reduced(read_photo(path))
        except PhotoError as error:
            notes.append(str(error))
            continue
        photos += 1
        faces = finder.find(photo, min_size=max(SMALLEST, min_size * shrink))
        looks = reader.looks([(photo, face) for face in faces])
        hits += [Hit(path, number, match(look, reading), look) for number, look in enumerate(looks)]
        if seen is not None:
            seen(path.name, (time.perf_counter() - start) * 1e3)
    hits.sort(key=lambda hit: (-hit.match.score, str(hit.path), hit.number))
    return Found(tuple(hits), photos, len(hits), (*words_of(reading), *notes))


def reduced(photo: Photo) -> tuple[Photo, float]:
    """A photo of sRGB that is small enough, and by how much it was reduced."""
    import cv2

    from mien.photos.color import to_srgb
    from mien.types import Photo

    shrink = min(1.0, LARGEST / max(photo.width, photo.height))
    pixels = to_srgb(photo)
    if shrink < 1:
        size = (round(photo.width * shrink), round(photo.height * shrink))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return Photo(pixels), shrink


def words_of(reading: Reading) -> tuple[str, ...]:
    """What is to be known about a sentence: words that say nothing here."""
    notes = not_understood(reading.unknown)
    left = unread(reading.wishes)
    return (*notes, *([f"cannot be seen in a picture here: {', '.join(left)}"] if left else []), *reading.notes)
