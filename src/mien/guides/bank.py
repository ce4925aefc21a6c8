"""A bank of faces from which parts are borrowed where no other photo is given: an album's, or nobody's.

The faces that come with mien are pictures of nobody, made by other people's generators; their card names the authors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from mien.align import mesh
from mien.align.measure import describe_face
from mien.errors import CorruptCheckpointError, LayerError, PhotoError
from mien.guides.bank_faces import EVEN_TEETH, LINED, ODD_TEETH, WHOLE_HAIR
from mien.guides.shapes import Placement, Shapes
from mien.guides.traits import ALIGNED, Traits
from mien.photos.containers import by_suffix
from mien.photos.read import read_photo
from mien.types import Bool, Face, Float64, Photo

KIND = "face-bank"
BUNDLED = Path(__file__).parent.parent / "bundled" / "bank"

UNITS = 32
"""Steps per pixel in which landmarks are stored."""

MOST = 400
"""Pictures of an album that are looked at."""


@dataclass(frozen=True, eq=False)
class Entry:
    """Attributes:
    path: of the picture, which is decoded when it is needed.
    face: in that picture.
    traits: of the face.
    shaven: whether no beard, moustache or stubble is known of it.
    owned: whether it is of the user's album.
    hair: of :func:`mien.guides.traits.head_of_hair`; None where it is not known.
    """

    path: Path
    face: Face
    traits: Traits
    shaven: bool = True
    owned: bool = False
    hair: Bool | None = None

    @property
    def name(self) -> str:
        """In words."""
        return self.path.name if self.owned else f"a face of nobody ({self.path.stem})"

    def photo(self) -> Photo:
        """The picture."""
        return read_photo(self.path)


Look = Callable[[Photo], Sequence[tuple[Face, Traits]]]
"""Finds the faces of a photo."""


@dataclass(frozen=True, eq=False)
class Bank:
    """Attributes:
    entries: in no order.
    """

    entries: tuple[Entry, ...]

    @classmethod
    @cache
    def bundled(cls) -> Bank:
        """The faces that come with the package.

        Raises:
            CorruptCheckpointError: they are missing or damaged.
        """
        return cls.load(BUNDLED)

    @classmethod
    def load(cls, folder: Path) -> Bank:
        """From a folder that ``recipes/bank.py`` made; errors as :meth:`bundled`."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        mean = Shapes.bundled().mean.astype(np.float32)
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            tensors = load_file(folder / "model.safetensors")
            points = tensors["landmarks"].astype(np.float32) / UNITS
            hair = np.unpackbits(tensors["hair"], axis=1).reshape(-1, ALIGNED, ALIGNED) > 0
            rough = config["unshaven"]
            found = [
                Entry(
                    folder / f"{name}.webp",
                    describe_face(landmarks, 1.0, mean),
                    _traits(traits),
                    name not in rough,
                    hair=head,
                )
                for (name, traits), landmarks, head in zip(config["faces"].items(), points, hair, strict=True)
            ]
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise CorruptCheckpointError(f"{folder} holds no faces, or is damaged; install mien again.") from error
        return cls(tuple(found))

    @classmethod
    def album(cls, folder: Path, look: Look) -> Bank:
        """The faces in the pictures of a folder.

        Args:
            folder: with pictures; folders in it are not searched.
            look: finds faces; called once for each picture.

        Raises:
            LayerError: no such folder, or no face in it.
        """
        files = check_album(folder)
        found: list[Entry] = []
        for path in files[:MOST]:
            try:
                photo = read_photo(path)
            except PhotoError:
                continue
            found += [Entry(path, face, traits, owned=True) for face, traits in look(photo)]
        if not found:
            raise LayerError(f"No face is found in the pictures of {folder}; give a folder with photos of people.")
        return cls(tuple(found))

    def ranked(self, face: Face, traits: Traits, part: str, child: bool = False) -> list[tuple[float, Entry]]:
        """The faces that have such a part, with how badly each fits, the best first: below 1 is good, above 2 poor.

        Args:
            face: that is to get it.
            traits: of that face.
            part: of :data:`mien.guides.parts.PARTS`, "hair" or "beard".
            child: whether it is a child's.
        """
        able = [entry for entry in self.entries if _has(entry, traits, part, face.mouth_openness)]
        if part == "teeth":
            able = [entry for entry in able if (child and entry.owned) or (youth(entry.face) > CHILD) == child]
        costs = [_cost(face, traits, entry, part) for entry in able]
        order = np.argsort(costs, kind="stable")
        return [(costs[n], able[n]) for n in order]


def check_album(folder: Path) -> list[Path]:
    """The pictures of an album, by name.

    Raises:
        LayerError: no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise LayerError(f"There is no folder {folder}; give a folder with photos as album.")
    files = sorted(path for path in folder.iterdir() if by_suffix(path) is not None and path.is_file())
    if not files:
        raise LayerError(f"There is no picture in {folder}; give a folder with photos as album.")
    return files


def stored(traits: Traits) -> dict[str, Any]:
    """Traits, rounded, for JSON."""
    return {name: np.round(value, 3).tolist() for name, value in asdict(traits).items()}


def _traits(traits: Mapping[str, Any]) -> Traits:
    read: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else float(value) for n, value in traits.items()}
    return Traits(**read)


CHILD = 4.8
"""Youth from which a face is a small child's: 2 of 828 adults of the wide portraits' training split have more."""


def youth(face: Face) -> float:
    """By how many standard deviations of adults a face's nose and lower half are short, added; 0 is an adult's."""
    points = _flat(face)
    eyes = points[list(mesh.OUTER_EYE_CORNERS), 1].mean()
    return float((0.527 - points[2, 1] + eyes) / 0.0256 + (1.316 - points[152, 1] + eyes) / 0.0562)


def _has(entry: Entry, wanted: Traits, part: str, opened: float) -> bool:
    """Whether a face shows a part such that another can have it, whose mouth is so far open."""
    lent, face = entry.traits, entry.face
    bearded = wanted.beard > 0.3 or wanted.moustache > 0.3
    bare = entry.shaven and lent.beard < 0.25 and lent.moustache < 0.1
    if part == "teeth":
        good = entry.owned or entry.path.stem not in ODD_TEETH
        return good and lent.teeth > 0.35 and 0.08 < face.mouth_openness < 0.4 and lent.corners > 0
    if part in ("eyes", "left_eye", "right_eye", "brows"):
        return lent.glasses < 0.004 and lent.hat < 0.1 and lent.fringe < 0.4 and min(face.eye_openness) > 0.2
    if part == "mouth":
        return bare or bearded
    if part == "lower_face":
        return bare and face.mouth_openness < max(0.12, opened + OPENER if bearded else 0)
    if part == "hair":
        whole = face.landmarks[10, 1] > CROWN * _unit(face) and lent.beard < 0.25
        whole = whole and (entry.owned or entry.path.stem in WHOLE_HAIR)
        return whole and lent.hat < 0.01 and lent.length > BALD
    if part == "beard":
        return lent.beard > 0.5
    if part == "wrinkles":
        return entry.owned or entry.path.stem in LINED
    if part == "face":
        return lent.glasses < 0.004 and lent.fringe < 0.3
    return True


OPENER = 0.08
"""How much farther a mouth may be open whose smile's folds are taken: all of a beard's face is made, but its mouth."""

CROWN, BALD = 0.75, -2.5
"""Eye distances above the forehead that a photo must show of a head; length of the hair of a bald one."""

NEAR: Mapping[str, tuple[int, ...]] = {
    "teeth": (*mesh.MOUTH_CORNERS, 2, 98, 327, 152, 172, 397, 58, 288),
    "mouth": (*mesh.OUTER_LIPS, 2, 152),
    "lower_face": (*mesh.OUTER_LIPS, *mesh.OUTLINE[8:29], 2),
    "brows": (*mesh.LEFT_BROW, *mesh.RIGHT_BROW),
    "nose": (168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 129, 358, 48, 278),
}
"""Points whose places should agree, by part."""

SEEN = {"lower_face": 0.08, "nose": 0.055, "brows": 0.04}
"""Eye distances by which a shape that is taken over should differ."""


def _cost(face: Face, wanted: Traits, entry: Entry, part: str) -> float:
    """How badly a face fits: the root of a sum of squares, each 1 where it begins to be seen."""
    lent, other = entry.traits, entry.face
    straight = abs(other.pose.yaw - face.pose.yaw)
    turned = abs(-other.pose.yaw - face.pose.yaw)
    flip = -1.0 if turned + 4 < straight and part not in ("left_eye", "right_eye") else 1.0
    light = 13 if part == "eyes" else 22
    away = {
        "yaw": min(straight, turned) / 14,
        "pitch": (other.pose.pitch - face.pose.pitch) / 14,
        "lightness": (lent.skin[0] - wanted.skin[0]) / 13,
        "hue": np.hypot(lent.skin[1] - wanted.skin[1], lent.skin[2] - wanted.skin[2]) / 12,
        "light": np.hypot(flip * lent.light[0] - wanted.light[0], 0.7 * (lent.light[1] - wanted.light[1])) / light,
        "texture": np.log(max(lent.texture, 0.3) / max(wanted.texture, 0.3)) / 0.6,
        "sharpness": max(0.0, np.log2(max(_unit(face), 1) / _unit(other))) / 1.5,
        "outline": _shape(face, other, (*mesh.OUTLINE[7:30], *mesh.NOSE_LINE)) / 0.05,
        "shape": _shape(face, other, NEAR.get(part, mesh.RIGID)) / 0.09,
    }
    if part == "teeth":  # skin and lips stay this face's
        away = {name: away[name] for name in ("yaw", "pitch", "shape", "sharpness")}
        away["uneven"] = 0.0 if entry.owned or entry.path.stem in EVEN_TEETH else 2.0
    if part in ("nose", "brows") or (part == "lower_face" and wanted.beard < 0.1 and wanted.moustache < 0.1):
        other_shape = (_shape(face, other, NEAR[part]) - SEEN[part]) / 0.02  # only the shape is taken: one that is seen
        away = {"yaw": away["yaw"], "pitch": away["pitch"], "shape": other_shape}
    if part == "wrinkles":  # of which light, shape and fineness alone are taken
        away = {name: away[name] for name in ("yaw", "pitch", "light", "outline", "lightness")}
        away["lightness"] *= 0.5
        return float(np.sqrt(np.mean(np.square(list(away.values())))))
    away["age"] = float(np.clip((youth(other) - youth(face)) / 5, -2, 2))
    if part == "lower_face" and "lightness" in away:
        away["lightness"] *= 1.6
        away["length"] = max(0.0, lent.length + 0.4) / 0.5  # hair and what it hides beside the chin
    if part in ("eyes", "left_eye", "right_eye"):
        away["iris"] = _iris(face, wanted, lent)
    if part == "hair":
        for name, weight in (("lightness", 1.6), ("shape", 0.5), ("texture", 0.3), ("yaw", 1.5)):
            away[name] *= weight
        away["cover"] = max(0.0, wanted.length - lent.length) / 0.4
        away["color"] = float(np.linalg.norm(np.subtract(lent.hair, wanted.hair) / (6, 5, 5)))
    return float(np.sqrt(np.mean(np.square(list(away.values())))))


def _iris(face: Face, wanted: Traits, lent: Traits) -> float:
    """How far the colors of the irises differ; shut eyes are dark where the hair is."""
    if max(face.eye_openness) > 0.2:
        return float(np.hypot((lent.iris[0] - wanted.iris[0]) / 14, (lent.iris[2] - wanted.iris[2]) / 8))
    return max(0.0, lent.iris[0] - 22) / 10 if wanted.hair[0] < 30 else 0.0


def _unit(face: Face) -> float:
    left, right = mesh.OUTER_EYE_CORNERS
    return max(1.0, float(np.linalg.norm(face.landmarks[left] - face.landmarks[right])))


def _shape(face: Face, other: Face, points: Sequence[int]) -> float:
    """Mean distance of points of two faces without their poses, in eye distances."""
    here, there = (_flat(one)[list(points)] for one in (face, other))
    return float(np.linalg.norm((here - there)[:, :2], axis=1).mean())


@lru_cache(512)
def _flat(face: Face) -> Float64:
    points = face.landmarks.astype(np.float64)
    return Placement.of(points, Shapes.bundled().mean).back(points)
