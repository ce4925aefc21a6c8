"""Which head of nobody suits: what words ask for first, then the outlines and what the generated face looks like.

Legend: costs are 1 where something begins to be seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mien.align import mesh
from mien.conditions.colors import parse_color
from mien.generation.heads import ALOOF, PAINTED, UNWALLED, Head
from mien.generation.wished_colors import LIPS
from mien.guides.bank_faces import CURLS
from mien.guides.traits import Traits, lab_of
from mien.types import Float32
from mien.words.types import Reading

SPILL, CURLY = 20.0, 2.5
"""CIE L*, a*, b* by which a wall may differ from the backdrop for a cost of one; cost of small curls that are dyed."""

AGES = (47.0, 24.0)
"""Years of nobody in particular, and those that a degree of age adds."""

WRINKLED = 0.8
"""Degree of age of who shall have wrinkles."""

WIDTHS: Mapping[str, float] = {"yaw": 8.0, "pitch": 12.0, "age": 8.0, "skin": 16.0, "hair": 11.0, "shape": 0.04}
"""What counts as one: degrees, years, CIE L* and a*, b*, eye distances."""

HUE, DARK, FAR = (1.0, 2.0, 1.0), 40.0, 15.0
"""How much L*, a* and b* of hair count: red hair is not brown; and how far hair counts at most where a color of less L*
is told: black hair becomes brown well, but not blond."""

TEETH = 5.0
"""Cost of teeth that are all missing: those that are lent look glued on more often."""

BUSY, SMOOTH = 3.0, 3.5
"""Costs of a backdrop that cannot be parted from hair, where another is asked for; and of heads that look painted."""

FORCED = 6.0
"""Cost of an open mouth that words ask for and a head does not bear."""

HAIR, OTHER_SEX, UNKNOWN_AGE, UNKNOWN_COLOR = 10.0, 5.0, 0.2, 0.1
"""Costs of hair whose outline agrees nowhere, and of another sex; weights of what nobody asked for."""

TOLD, FEATURES, GRAY = 2.0, 1.0, 4.0
"""How much more sex, age, hair color and teeth weigh where words ask for them; cost of each standard deviation that a
feature lacks of what words ask for; and of gray hair that would be dyed, and looks like paint then."""


@dataclass(frozen=True, eq=False)
class Wished:
    """What a head is chosen by.

    Attributes:
        hair: (ALIGNED, ALIGNED) where hair is wanted.
        points: (478, 3) landmarks of the generated face, in sides of the crop.
        yaw, pitch: of it, degrees.
        traits: of the generated face.
        reading: of the sentence.
        masculine: how much a man's the generated face looks, above 0.
        age: years that the generated face looks.
    """

    hair: Float32
    points: Float32
    yaw: float
    pitch: float
    traits: Traits
    reading: Reading
    masculine: float
    age: float

    @cached_property
    def degrees(self) -> dict[str, float]:
        """By attribute."""
        return {wish.attribute: wish.degree for wish in self.reading.wishes if not wish.color}

    @cached_property
    def colors(self) -> dict[str, Float32]:
        """CIE L*, a*, b* by attribute."""
        named = {wish.attribute: parse_color(wish.color) for wish in self.reading.wishes if wish.color}
        if self.degrees.get("lipstick", 0) > 0:
            named.setdefault("lip-color", LIPS)
        return {name: lab_of(np.array(rgb, np.uint8)[None, None])[0, 0] for name, rgb in named.items()}

    @cached_property
    def opens(self) -> bool:
        """Whether words ask for a mouth that is open, in a smile or not."""
        return max(self.degrees.get(one, 0) for one in ("smile", "mouth-open")) > 0

    def cost(self, head: Head) -> float:
        """How badly a head suits; 1 is where it begins to be seen. What words ask for comes before what was drawn."""
        entry, lent, seen, words = head.entry, head.entry.traits, self.traits, self.degrees
        drawn = 1.0 if words.get("lipstick", 0) > 0 else float(np.clip(-self.masculine, -0.6, 0.6))
        feminine = words.get("feminine", drawn)
        told, hair = self.colors.get("hair-color"), np.array(lent.hair)
        laughs = words.get("smile", 0) > 0
        away = {
            "sex": OTHER_SEX * min(1.0, max(0.0, -feminine if head.woman else feminine)) * _more("feminine" in words),
            "age": self._aged(head),
            "skin": 0.5 * float(np.linalg.norm(np.array(lent.skin) - seen.skin)) / WIDTHS["skin"],
            "hair color": min(FAR if told is not None and hair[0] < told[0] < DARK else np.inf, self._dyed(head))
            * (UNKNOWN_COLOR if told is None else 1.3 * TOLD)
            / WIDTHS["hair"],
            "yaw": abs(head.face.pose.yaw - self.yaw) / WIDTHS["yaw"],
            "pitch": abs(head.face.pose.pitch - self.pitch) / WIDTHS["pitch"],
            "teeth": TEETH * max(0.0, seen.teeth - lent.teeth) * (0.5 if self.opens and not laughs else 1),
            "forced": FORCED * (entry.path.stem in ALOOF and self.opens),
            "curls": CURLY * float(told is not None and entry.path.stem in CURLS and self._dyed(head) > FAR),
            "dye": GRAY * float(told is not None and np.hypot(*told[1:]) > 10 > np.hypot(*hair[1:]) and hair[0] > 30),
            "features": FEATURES * sum(self._lacking(head)),
            "beard": 1.5 * max(0.0, lent.beard - seen.beard) + 50 * lent.glasses,
            "shape": shape_difference(self.points, head.face.landmarks) / WIDTHS["shape"],
            "backdrop": BUSY * ("background-color" in self.colors and entry.path.stem in UNWALLED) + self._spill(head),
            "painted": SMOOTH * (entry.path.stem in PAINTED),
            "hair": HAIR * (1 - _overlap(self.hair, head.hair)),
        }
        return float(sum(away.values()))

    def _aged(self, head: Head) -> float:
        """Of its years; nobody is too old where words ask for an old face, or too young where for a young one."""
        years = self.degrees.get("age", WRINKLED if self.degrees.get("wrinkles", 0) > 0 else None)
        age = self.age if years is None else AGES[0] + AGES[1] * years
        if not years:
            return abs(head.age - age) / WIDTHS["age"] * UNKNOWN_AGE
        return float(max(0.0, (head.age - age) * -np.sign(years)) / WIDTHS["age"] * 2 * TOLD)

    def _spill(self, head: Head) -> float:
        """Light of the backdrop that hair keeps before a wall of a color."""
        wanted = self.colors.get("background-color")
        return 0.0 if wanted is None else float(np.linalg.norm(head.behind - wanted)) / SPILL

    def _dyed(self, head: Head) -> float:
        """How far its hair is from the color that is told or seen."""
        wanted = self.colors.get("hair-color", np.array(self.traits.hair))
        return float(np.linalg.norm((np.array(head.entry.traits.hair) - wanted) * HUE))

    def _lacking(self, head: Head) -> list[float]:
        """By how much each feature that words name falls short of two standard deviations."""
        named = [(head.shape[name], degree) for name, degree in self.degrees.items() if degree and name in head.shape]
        return [float(np.clip(2 - np.sign(degree) * shown, 0, 4)) for shown, degree in named]


def _more(told: bool) -> float:
    return TOLD if told else 1.0


def shape_difference(points: Any, other: Any) -> float:
    """Mean distance of outlines and features, eye distances, after the best similarity."""
    chosen = [*mesh.OUTLINE, *mesh.NOSE_LINE, *mesh.LEFT_EYE_CONTOUR, *mesh.RIGHT_EYE_CONTOUR]
    here, there = (np.asarray(one, np.float64)[chosen, :2] for one in (points, other))
    here, there = here - here.mean(0), there - there.mean(0)
    a, b = (one @ (1, 1j) for one in (here, there))
    fitted = b * (np.vdot(b, a) / np.vdot(b, b))
    eyes = np.linalg.norm(np.subtract(*(np.asarray(points)[one, :2] for one in mesh.OUTER_EYE_CORNERS)))
    return float(np.abs(fitted - a).mean() / eyes)


def _overlap(wanted: Float32, hair: Float32) -> float:
    return float(np.minimum(wanted, hair).sum() / (np.maximum(wanted, hair).sum() + 1e-6))
