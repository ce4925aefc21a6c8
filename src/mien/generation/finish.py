"""Generated faces in real pixels: a head of nobody is brought into the generated face's outlines, larger and sharp.

Legend: D side of what is looked at, S side of the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mien.align.measure import head_pose, mouth_openness
from mien.conditions.areas import Seen
from mien.conditions.parser import FaceParser
from mien.engine.mapping import Wanted
from mien.generation.backdrops import Parted, parted, wall
from mien.generation.furrows import furrowed
from mien.generation.heads import (
    CROWNED,
    PLAIN,
    SIDE,
    SOLID,
    UNPARTED,
    Head,
    heads,
    labels_of,
    points_of,
    smiling,
    speaking,
)
from mien.generation.misfit import misfit
from mien.generation.pairs import SIDE as LOOKED
from mien.generation.pairs import resized
from mien.generation.registration import SIDE as GRID
from mien.generation.registration import Registration, registered
from mien.generation.seen_heads import LIGHT_BROWN
from mien.generation.sentences import understood
from mien.generation.walls import walled
from mien.generation.wished_colors import colored
from mien.generation.wished_heads import Wished
from mien.generation.wished_shapes import MOUTHS, shaped
from mien.guides.traits import ALIGNED, Traits
from mien.types import Float32, Float64, Photo, UInt8
from mien.words.types import Reading

if TYPE_CHECKING:
    from mien.generation.generator import MultimodalGenerator

LARGE = 512
"""Pixels of the result's side."""

TRIED, ROUGH = 6, 64
"""Heads that are brought into place before one is chosen, and the grid for that."""

CHANCE = 1.2
"""Standard deviation of what a seed adds to the costs of heads."""

MASCULINE, YEARS = (-0.5, 1.0), (43.5, 17.4)
"""The face reader's number at which faces are as often men's as women's; years of its mean, and of one more."""

GAIN = 0.7
"""How much of what landmarks are away is corrected."""

LENT, SHUT, SHOWN = 0.4, 0.2, 0.2
"""How much of the way lips go between which teeth are seen, and lips that stay shut: more looks drawn, and teeth are
smeared into the corners; and how much of an open mouth a head's teeth are that shows them itself."""

FOLLOWED, GRINNING = 0.6, 0.2
"""How much of the way outlines and features go that the registration knows, and those of heads that show teeth, whose
jaws go with their smiles: they get boxy in the outlines of another smile."""

LEAST = 0.25
"""Share of what is wanted around a face that a picture must have for hair and shoulders to be drawn out over it."""

BROAD = (0.4, 0.9)
"""How much a smile laughs that a head gets where words ask for a smile, and for a laugh."""

OPEN = (0.08, 0.5)
"""Openness from which a mouth is open, and the share of it that a head's has to have, or it gets a smile."""


@dataclass(frozen=True, eq=False)
class Target:
    """Attributes:
    shares: (19, D, D) of classes.
    points: (478, 3) in sides of the crop.
    """

    shares: Float32
    points: Float32


class Finisher:
    """Build it once and use it for many faces.

    Args:
        generator: whose faces they are.
    """

    def __init__(self, generator: MultimodalGenerator) -> None:
        self.look = generator.feedback.look

    def __call__(
        self, pictures: Sequence[Photo], wanted: Wanted, text: str | None, seed: int, size: int, notes: list[str]
    ) -> tuple[Photo, ...]:
        """Faces of the seeds that follow, finished; whose pixels they have is added to the notes."""
        reading, faces = understood(text or ""), [np.asarray(one.pixels, np.uint8) for one in pictures]
        made = [self.finished(one, wanted, reading, seed + n, size) for n, one in enumerate(faces)]
        notes += dict.fromkeys(f"finished with {whose}" for _, whose in made)
        return tuple(Photo(one) for one, _ in made)

    def finished(
        self, picture: UInt8, wanted: Wanted, reading: Reading, seed: int, size: int = LARGE
    ) -> tuple[UInt8, str]:
        """A face of real pixels, and whose they are, in words.

        Args:
            picture: (R, R, 3) as it was generated.
            wanted: what it was asked for; outlines are those of the map, or else those that are seen.
            reading: of the sentence.
            seed: chooses among the heads that suit.
            size: S.

        Returns:
            (S, S, 3).
        """
        small = resized(picture[None], LOOKED)[0]
        labels, points = self.look.parser.parse(small[None])[0], self.look.points(small[None])[0]
        shares = _onehot(labels)
        if wanted.semantic is not None and wanted.semantic.sum(0).min() > 0.5:
            shares = wanted.semantic
        target = Target(shares, points)
        wished = self._wished(small, labels, target, reading)
        head = self._chosen(wished, target, seed)
        if wished.contents(head):
            pass
        elif wished.laughs and head.entry.traits.teeth <= SHOWN:
            head = smiling(head, BROAD[wished.roars])
        elif wished.opens and not wished.laughs and _shut(head, target):
            head = speaking(head)
        place = self._corrected(head, target)
        result = rendered(*staged(head, wished.colors.get("background-color"), self.look.parser), place.places, size)
        told = head.entry.name + ("" if head.lender is None else f", teeth of {head.lender.name}")
        done, mean = _bytes(result), self.look.landmarks.weight("mean")
        if wished.colors or wished.degrees:
            found = self.look.points(resized(done[None], LOOKED))[0] * size
            degrees = {name: one for name, one in wished.degrees.items() if not _done(head, name, one)}
            done = shaped(done, found, mean, degrees, self.look.parser)
            if degrees.get("brow-height", 0) > 0:
                found = self.look.points(resized(done[None], LOOKED))[0] * size
                done = furrowed(done, found, mean, self.look.parser)
            streaked = head.entry.path.stem in LIGHT_BROWN
            done = colored(done, found, mean, wished.colors, self.look.parser, streaked=streaked)
        return done, told

    def _wished(self, small: UInt8, labels: UInt8, target: Target, reading: Reading) -> Wished:
        numbers = dict(zip(self.look.reader.names, self.look.numbers(small[None])[0].tolist(), strict=True))
        pose = head_pose(target.points, self.look.landmarks.weight("mean"))
        hair = cv2.resize(target.shares[17], (ALIGNED, ALIGNED), interpolation=cv2.INTER_AREA)
        return Wished(
            hair=np.asarray(hair, np.float32),
            points=target.points,
            yaw=pose.yaw,
            pitch=pose.pitch,
            traits=Traits.of(Seen(labels, target.points.astype(np.float64) * len(labels), small)),
            reading=reading,
            masculine=(numbers.get("masculine", 0.0) - MASCULINE[0]) / MASCULINE[1],
            age=YEARS[0] + YEARS[1] * numbers.get("age", 0.0),
        )

    def _chosen(self, wished: Wished, target: Target, seed: int) -> Head:
        rng, known = np.random.default_rng(seed), heads()
        costs = np.array([wished.cost(one) for one in known]) + CHANCE * rng.standard_normal(len(known))
        found: list[tuple[float, Head]] = []
        wanted = target.shares.argmax(0).astype(np.uint8)
        for at in np.argsort(costs, kind="stable")[:TRIED]:
            rough = self._placed(known[at], target, ROUGH)
            shown = labels_of(known[at], self.look.parser)
            found.append((costs[at] + misfit(known[at], shown, wanted, target.points, rough), known[at]))
        return min(found, key=lambda one: one[0])[1]

    def _corrected(self, head: Head, target: Target) -> Registration:
        """A registration that is corrected by where the landmarks of its picture are found."""
        places = self._placed(head, target, ROUGH).places
        picture = _bytes(rendered(np.asarray(head.photo.pixels, np.uint8), head.crop.matrix, places, LOOKED))
        away = target.points - self.look.points(picture[None])[0]
        return self._placed(head, replace(target, points=target.points + GAIN * away))

    def _placed(self, head: Head, target: Target, side: int = GRID) -> Registration:
        lent = _onehot(labels_of(head, self.look.parser))
        points, other = (one[:, :2].astype(np.float64) for one in (target.points, points_of(head, self.look)))
        grins = head.entry.traits.teeth > SHOWN
        mouth = SHUT if head.lender is None and not grins else LENT
        found = registered(target.shares, lent, points, other, side, mouth, GRINNING if grins else FOLLOWED)
        return replace(found, places=inside(found.places, points, head.corners))


def _bytes(picture: Float32) -> UInt8:
    return np.asarray(np.clip(np.rint(picture), 0, 255), np.uint8)


def _onehot(labels: UInt8) -> Float32:
    return np.asarray(labels[None] == np.arange(19)[:, None, None], np.float32)


def staged(head: Head, color: Float32 | None, parser: FaceParser) -> tuple[UInt8, Float64]:
    """The picture (H, W, 3) of a head before a wall of a color, or its backdrop out of focus; and its crop's matrix."""
    if head.entry.path.stem in UNPARTED | PLAIN if color is None else walled(head, color):
        return np.asarray(head.photo.pixels, np.uint8), head.crop.matrix
    layers = layers_of(head, parser)
    if color is None:
        return layers.before(layers.behind), head.crop.matrix
    return layers.cleaned().before(wall(color, *layers.alpha.shape[:2])), head.crop.matrix


@lru_cache(maxsize=8)
def layers_of(head: Head, parser: FaceParser) -> Parted:
    """Of a head's picture; large, so that few are kept."""
    if head.plain is None:
        name = head.entry.path.stem
        return parted(head.photo, head.face, parser, head.seam * (name not in CROWNED), solid=name in SOLID)
    layers, plain = layers_of(head.plain, parser), np.asarray(head.plain.photo.pixels, np.float32)
    return replace(layers, front=layers.front + (np.asarray(head.photo.pixels, np.float32) - plain))


def inside(places: Float32, points: Float64, corners: Float64) -> Float32:
    """Places (s, s, 2) that stay within the lent picture, as far as drawing out what lies around the face allows.

    Args:
        places: in sides of the lent crop.
        points: (478, 2) landmarks of the result, in its sides.
        corners: (2, 2) the first and the last place of the lent picture.
    """
    found, size = places.copy(), len(places)
    low, high = (np.clip((edge * size).astype(int), 0, size - 1) for edge in (points.min(0), points.max(0)))
    for axis in (0, 1):
        face = places[low[1] : high[1] + 1, low[0] : high[0] + 1, axis]
        for sign, start, end in ((-1, -face.min(), -corners[0, axis]), (1, face.max(), corners[1, axis])):
            beyond = sign * places[..., axis] - start
            far = float(beyond.max())
            if far <= end - start or far <= 0:
                continue
            share = max(LEAST, (end - start) / far)
            way = np.clip(beyond / far, 0, 1)
            drawn = share * far * (1 - (1 - way) ** (1 / share))
            found[..., axis] += (sign * np.where(beyond > 0, drawn - beyond, 0)).astype(np.float32)
    return found


def rendered(photo: UInt8, matrix: Float64, places: Float32, size: int) -> Float32:
    """The pixels (S, S, 3) of a picture (H, W, 3) at places (s, s, 2) in sides of the crop with that matrix."""
    large = cv2.resize(places, (size, size), interpolation=cv2.INTER_CUBIC) * SIDE
    at = (large @ matrix[:, :2].T + matrix[:, 2] - 0.5).astype(np.float32)
    picture = cv2.remap(photo, at, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    beyond = ((at < 0) | (at > np.array(photo.shape[1::-1]) - 1)).any(-1).astype(np.float32)
    share = cv2.GaussianBlur(beyond, (0, 0), 0.015 * size)[..., None] * beyond[..., None]
    return np.asarray(picture * (1 - share) + cv2.GaussianBlur(picture, (0, 0), 0.03 * size) * share, np.float32)


def _done(head: Head, name: str, degree: float) -> bool:
    """Whether a head's mouth is already what words ask for: moved further, lips fold and cheeks bulge."""
    smiles = name == "smile" and degree > 0 and head.entry.traits.teeth > SHOWN
    return smiles or (head.speaks and name in MOUTHS)


def _shut(head: Head, target: Target) -> bool:
    """Whether a head's mouth is shut where an open one is wanted."""
    opened = mouth_openness(target.points)
    return opened > OPEN[0] and head.face.mouth_openness < OPEN[1] * opened
