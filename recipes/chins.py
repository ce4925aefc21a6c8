"""Pairs to learn from what lies below beards: other men's beards put on shaven men, and taken off again.

    python -m recipes.chins --data DATA --out CHINS.npz [--beards 5] [--limit 400]

Men of the train split of ``wide``, see :mod:`benchmarks.beards_on`; every sixth of the shaven ones is held out. A file
that is there already is gone on with.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from benchmarks.beards_on import DARK, USED, WORST, Man, bearded, covered, met, people, shaven, unlike
from mien.align.finder import FaceFinder
from mien.conditions.parser import FaceParser
from mien.editing.context import EditContext
from mien.editing.lenders import shaven_lenders
from mien.editing.request import Request
from mien.errors import MienError
from mien.guides.beards.chin_frame import HIGH, PLANES, WIDE, chin_matrix, to_frame
from mien.guides.beards.lower import bare_chin
from mien.guides.beards.shaven import darkness
from mien.pixels import LEVELS
from mien.types import Bool, Float32, Photo, UInt8

HELD = 6
"""One man in so many is held out."""

SEEN = PLANES - 2
"""Planes that are stored; those of the place are added when they are shown."""

SOME = 0.12
"""Square eye distances of a face from which something is a beard here: moustaches and goatees, too."""

SAVED = 20
"""Pairs after which the file is written anew."""


@dataclass(frozen=True, eq=False)
class Chins:
    """Attributes:
    planes: (N, HIGH, WIDE, SEEN + 3) what the network sees, see :func:`mien.guides.beards.chin_frame.chin_planes`, in
        [0, 255], and the truth, R, G, B.
    names: (N,) "MAN-BEARD".
    held: (N,) bool, those of men that are held out.
    """

    planes: UInt8
    names: np.ndarray
    held: Bool

    @classmethod
    def load(cls, path: Path) -> Chins:
        """What :func:`main` wrote."""
        with np.load(path) as file:
            return cls(file["planes"], file["names"], file["held"])

    def save(self, path: Path) -> None:
        """Writes it in one go."""
        beside = path.with_suffix(".part.npz")
        np.savez(beside, planes=self.planes, names=self.names, held=self.held)
        beside.replace(path)


@dataclass(frozen=True)
class Networks:
    """What an edit needs. Attributes: finder; parser."""

    finder: FaceFinder = field(default_factory=FaceFinder.bundled)
    parser: FaceParser = field(default_factory=FaceParser.bundled)


def pair(man: Photo, worn: UInt8, networks: Networks) -> UInt8:
    """One pair, (HIGH, WIDE, SEEN + 3).

    Args:
        man: shaven.
        worn: (H, W, 3) the same photo with a beard.
        networks: find face and regions.

    Raises:
        MienError: the beard cannot be taken off.
        IndexError: no face is found.
    """
    photo, seen = Photo(worn), list[Float32]()

    def listens(planes: Float32) -> tuple[Float32, ...]:
        seen.append(planes[0, :SEEN])
        return (np.zeros((1, 3, HIGH, WIDE), np.float32),)

    face = networks.finder.find(photo)[0]
    others = shaven_lenders(photo, face, Request(part="lower_face"), EditContext(networks).of(photo, face.quad))
    bare_chin(photo, face, others, networks.parser, listens)
    truth = to_frame(man.pixels[..., :3].astype(np.float32), chin_matrix(face.landmarks))
    planes = np.concatenate([(seen[0].transpose(1, 2, 0) + 1) * np.float32(LEVELS), truth], 2)
    return np.asarray(planes.round().clip(0, 255), np.uint8)


def wears(man: Man) -> bool:
    """Whether a beard or a moustache is seen that can be put on others."""
    return covered(man) > SOME and darkness(man.here) > DARK and not man.here.long


def wanted(men: Mapping[str, Man], beards: int) -> Iterator[tuple[str, str]]:
    """Names of a shaven man and of one whose beard suits him, each man once before any man twice."""
    wearers = [name for name, man in men.items() if wears(man)]
    bare = [name for name, man in men.items() if shaven(man)]
    used, had = defaultdict[str, int](int), defaultdict[str, set[str]](set)
    costs = {name: {one: unlike(men[name], men[one]) for one in wearers} for name in bare}
    for _ in range(beards):
        for name in bare:
            left = {one: cost for one, cost in costs[name].items() if cost <= WORST and one not in had[name]}
            if left:
                best = min(left, key=lambda one: left[one] + USED * used[one])
                used[best] += 1
                had[name].add(best)
                yield name, best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--beards", type=int, default=5, help="most for each man")
    parser.add_argument("--limit", type=int, default=400, help="most pairs")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    networks = Networks()
    photos = people(options.data / "wide", options.data / "portraits")
    every = {name: met(photo, networks.finder, networks.parser) for name, photo in photos.items()}
    men = {name: man for name, man in every.items() if man is not None}
    bare = [name for name, man in men.items() if shaven(man)]
    print(f"{len(men)} men, {len(bare)} shaven, {sum(map(wears, men.values()))} with beards", flush=True)
    apart = set(bare[::HELD])
    planes, names = list[UInt8](), list[str]()
    if options.out.is_file():
        before = Chins.load(options.out)
        planes, names = list(before.planes), [str(one) for one in before.names]
    for man, beard in wanted(men, options.beards):
        name = f"{man}-{beard}"
        if name in names:
            continue
        try:
            planes.append(pair(men[man].photo, bearded(men[man], men[beard])[0], networks))
        except (MienError, IndexError) as error:
            print(f"{name}: {error}", flush=True)
            continue
        names.append(name)
        if len(names) % SAVED == 0 or len(names) >= options.limit:
            held = np.array([one.partition("-")[0] in apart for one in names])
            Chins(np.stack(planes), np.array(names), held).save(options.out)
            print(len(names), flush=True)
        if len(names) >= options.limit:
            break


if __name__ == "__main__":
    main()
