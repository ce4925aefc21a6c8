"""Sentences about faces, and whether generated faces are as they say; see :mod:`benchmarks.generation`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mien.conditions.areas import Seen
from mien.conditions.colors import parse_color
from mien.finding.axes import COLORS, NUMBERS, PRESENT
from mien.finding.match import UNLIKE
from mien.generation.pairs import Looker, resized
from mien.generation.sentences import hardly_known, understood
from mien.guides.shapes import Shapes
from mien.models.mm2latent.text import TextScale
from mien.types import Float32, UInt8
from mien.words.types import Wish
from recipes.reader_labels import measured, taught

SIDE = 256

GLASSES, MOUTH, LIPS, HAIR = 6, 11, (12, 13), 17
DRAWN, SHORT, LONG = 0.002, 0.005, 0.08
"""Least share of a map that is more than a stray spot; shares of hair below the middle of the lips."""

PERSONS = ("a man", "a woman", "an old man", "an old woman", "a young man", "a young woman", "a person")
TOLD = frozenset(
    ("brow-height", "eye-openness", "eye-size", "face-width", "feminine", "glasses", "hair-length", "lip-fullness")
) | {"mouth-open", "nose-width", "smile"}
"""What a semantic map tells already, sex by the outline of hair: words about it agree with a map or contradict it."""

AGAINST = (("young", "wrinkles"), ("young", "grey hair"), ("young", "white hair"), ("man", "lipstick"))
"""Words that hardly anybody says of one face."""

THEMES: tuple[tuple[str, ...], ...] = (
    ("smiling", "laughing", "with a wide smile", "not smiling", "serious", "with an open mouth"),
    ("with grey hair", "with black hair", "with brown hair", "with blond hair", "with white hair"),
    ("with long hair", "with short hair"),
    ("with glasses", "without glasses"),
    ("with a beard",),
    ("with big eyes", "with narrow eyes"),
    ("with full lips", "with thin lips"),
    ("with a wide nose", "with a narrow nose"),
    ("with raised brows",),
    ("with a blue background", "with a white background", "with a grey background"),
    ("with a broad face", "with a narrow face"),
    ("with wrinkles",),
    ("with lipstick",),
)
"""Of each, a sentence says one thing at most."""

SAYINGS = tuple((theme, saying) for theme, group in enumerate(THEMES) for saying in group)


def sentences(count: int, seed: int = 0, scale: TextScale | None = None) -> list[str]:
    """Persons and one to two things about them, as the words of mien understand them.

    With the scale of a network, nothing that its generator hardly knows, and nothing that contradicts itself.
    """
    return list(islice(_sentences(seed, scale), count))


def _sentences(seed: int, scale: TextScale | None) -> Iterator[str]:
    rng = np.random.default_rng(seed)
    while True:
        said = [SAYINGS[i] for i in rng.choice(len(SAYINGS), rng.integers(1, 3), replace=False)]
        text = ", ".join([PERSONS[rng.integers(len(PERSONS))], *(saying for _, saying in said)])
        if len({theme for theme, _ in said}) < len(said):
            continue
        names = [wish.attribute for wish in understood(text).wishes]
        if scale is not None and not possible(text, scale):
            continue
        if names and len(set(names)) == len(names):
            yield text


def possible(text: str, scale: TextScale) -> bool:
    """Whether the generator knows what a sentence asks for, which does not contradict itself."""
    words = re.findall("[a-z]+", text)
    return not hardly_known(understood(text), scale) and not any(a in words and b in text for a, b in AGAINST)


def agreeing(
    count: int,
    measures: Measures,
    labels: UInt8,
    scale: TextScale | None = None,
    faces: Sequence[int] | None = None,
) -> tuple[list[str], list[int]]:
    """Sentences, each beside a sample whose map it does not contradict: what the map tells is right for the sample.

    Glasses, open mouths and hanging hair are those of the maps (N, S, S); of what else a map tells, the sample is
    in the outer third of all.

    ``faces`` are those whose maps may be taken, in turn; None for all. What maps leave open (colors, age, wrinkles,
    make-up) is asked for as it comes.
    """
    texts: list[str] = []
    rows = range(len(labels)) if faces is None else faces
    sex = measures.samples.get("masculine", np.full(len(labels), 0.5))
    shown = [shown_by(one, float(man)) for one, man in zip(labels, sex, strict=True)]
    for text in islice(_sentences(0, scale), 100 * count):
        row = rows[len(texts) % len(rows)]
        seen = {name: float(values[row]) for name, values in measures.samples.items()}
        if all(_agrees(wish, shown[row], seen, measures) for wish in understood(text).wishes):
            texts.append(text)
        if len(texts) == count:
            break
    return texts, [rows[i % len(rows)] for i in range(len(texts))]


def shown_by(labels: UInt8, man: float) -> dict[str, int]:
    """What a map (S, S) shows by itself, by attribute: 1 for much or there, -1 for little or not there, 0 for neither.

    ``man`` is how sure a teacher is that its face is a man's; lipstick goes with a woman's.
    """
    lips = np.flatnonzero(np.isin(labels, LIPS).any(1))
    hanging = (labels[int(lips.mean()) if len(lips) else len(labels) // 2 :] == HAIR).mean()
    glasses, mouth = ((labels == index).mean() > DRAWN for index in (GLASSES, MOUTH))
    woman = int(man < 0.3) - int(man > 0.7)
    open_mouth = 1 if mouth else -1
    return {
        "glasses": 1 if glasses else -1,
        "smile": open_mouth,
        "mouth-open": open_mouth,
        "hair-length": int(hanging > LONG) - int(hanging < SHORT),
        "feminine": woman,
        "lipstick": woman,
    }


def _agrees(wish: Wish, shown: Mapping[str, int], seen: Mapping[str, float], measures: Measures) -> bool:
    if wish.attribute in shown:
        return shown[wish.attribute] * wish.degree > 0
    verdict = measures.verdict(wish, seen) if wish.attribute in TOLD else None
    return verdict is None or verdict[1]


class Measures:
    """What is to be seen in faces without the face reader.

    Args:
        look: parser and landmarks.
        teachers: folder of networks for age, gender and expression.
        samples: pictures (N, S, S, 3) of the generator, for medians.
    """

    def __init__(self, look: Looker, teachers: Path, samples: UInt8) -> None:
        self.look, self.teachers, self.shapes = look, teachers, Shapes.bundled()
        self.samples = self.of(samples)

    def of(self, pictures: UInt8) -> dict[str, Float32]:
        """(N, S, S, 3) -> measures (N,) by the reader's names."""
        large = resized(pictures, SIDE)
        points = self.look.points(pictures) * SIDE
        labels = self.look.parser.parse(large)
        told = taught(large, self.teachers)
        told |= {name: np.asarray(value, np.float32) for name, value in self.shapes.strengths(points).items()}
        rows = [
            measured(Seen(a, p.astype(np.float64), image)) for a, p, image in zip(labels, points, large, strict=True)
        ]
        return told | {name: np.array([row[name] for row in rows], np.float32) for name in rows[0]}

    def right(self, texts: list[str], pictures: UInt8) -> dict[str, Any]:
        """Shares of wishes and of whole sentences that are right, and clearly right; by attribute too."""
        seen = self.of(pictures)
        by_name: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
        whole = []
        for row, text in enumerate(texts):
            one = {name: float(values[row]) for name, values in seen.items()}
            verdicts = {w.attribute: v for w in understood(text).wishes if (v := self.verdict(w, one)) is not None}
            for name, verdict in verdicts.items():
                by_name[name].append(verdict)
            if verdicts:
                whole.append(np.all(list(verdicts.values()), 0))
        every = np.array([v for values in by_name.values() for v in values])
        return {
            "wishes": float(every[:, 0].mean()),
            "wishes, clearly": float(every[:, 1].mean()),
            "sentences": float(np.mean([w[0] for w in whole])),
            "sentences, clearly": float(np.mean([w[1] for w in whole])),
            "by attribute": {k: (len(v), *np.mean(v, 0).round(2).tolist()) for k, v in sorted(by_name.items())},
        }

    def verdict(self, wish: Wish, one: Mapping[str, float]) -> tuple[bool, bool] | None:
        """Whether it is right, and clearly right; None for what cannot be measured."""
        if wish.attribute in COLORS:
            return self._colored(wish, one)
        weights = {name: w for name, w in NUMBERS.get(wish.attribute, {}).items() if name in one}
        if not weights:
            return None
        if set(weights) <= PRESENT:
            there = all((one[name] > 0.5) == (wish.degree * w > 0) for name, w in weights.items())
            return there, there
        signed, typical = 0.0, np.zeros(len(self.samples["age"]))
        for name, weight in weights.items():
            spread = float(np.nanstd(self.samples[name])) + 1e-6
            signed += weight * one[name] / spread
            typical = typical + weight * self.samples[name] / spread
        if np.isnan(signed):
            return False, False
        sign = float(np.sign(wish.degree))
        middle, outer = np.nanquantile(sign * typical, (0.5, 2 / 3))
        return bool(sign * signed > middle), bool(sign * signed > outer)

    def _colored(self, wish: Wish, one: Mapping[str, float]) -> tuple[bool, bool] | None:
        if not wish.color:
            return None
        rgb = np.array(parse_color(wish.color), np.float32)[None, None] / np.float32(255)
        lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[0, 0]
        names = [f"{COLORS[wish.attribute]}-{axis}" for axis in "Lab"]
        away = float(np.sqrt(sum(((one[n] - v) / u) ** 2 for n, v, u in zip(names, lab, UNLIKE, strict=True))))
        others = np.sqrt(sum(((self.samples[n] - v) / u) ** 2 for n, v, u in zip(names, lab, UNLIKE, strict=True)))
        right = bool(away < np.nanquantile(others, 1 / 3))
        return right, right
