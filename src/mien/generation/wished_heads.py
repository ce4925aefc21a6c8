"""Which head of nobody suits: what words ask for first, then the outlines and what the generated face looks like.

Legend: costs are 1 where something begins to be seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mien.conditions.colors import parse_color
from mien.generation import seen_heads as by_eye
from mien.generation.heads import ALOOF, HARSH, HIDDEN, NEUTRAL, PAINTED, RED, UNWALLED, Head
from mien.generation.outlines import HairOutline, beyond, overlap, shape_difference
from mien.generation.walls import walled
from mien.generation.wished_colors import LIPS
from mien.guides.bank_faces import CURLS
from mien.guides.traits import Traits, lab_of
from mien.types import Float32
from mien.words.types import Reading

SPILL, CURLY = 20.0, 2.5
"""CIE L*, a*, b* by which a wall may differ from the backdrop for a cost of one; cost of small curls that are dyed."""

FEW = 0.1
"""Overlap of hair below which a head has hardly any where some is wanted."""

AGES = (47.0, 24.0)
"""Years of nobody in particular, and those that a degree of age adds."""

MISAGED, NEARLY = 8.0, 9.0
"""Cost of a face that is taken for neither old nor young where words ask for it, and years by which it is."""

WRINKLED = 0.8
"""Degree of age of who shall have wrinkles."""

WIDTHS: Mapping[str, float] = {"yaw": 5.0, "pitch": 12.0, "age": 8.0, "skin": 16.0, "hair": 11.0, "shape": 0.04}
"""What counts as one: degrees, years, CIE L* and a*, b*, eye distances."""

HUE, FAR = (1.0, 2.0, 1.0), 15.0
"""How much L*, a* and b* of hair count: red hair is not brown; and from which difference on it would be dyed."""

TEETH, LENT, UNTOLD = 10.0, 1.6, 0.15
"""Cost of teeth that are all missing; how much more it is where words ask for them, since those that are lent look
glued on more often than not; and the share of it where they do not."""

BUSY, SMOOTH = 12.0, 3.5
"""Costs of a backdrop that cannot be parted from hair, where another is asked for; and of heads that look painted."""

FORCED, PASTED = 9.0, 16.0
"""Costs of an open mouth, and of a smile with teeth, that words ask for and a head does not bear."""

HAIR, LONGER, BALD, OTHER_SEX, UNKNOWN_AGE, UNKNOWN_COLOR = 12.5, 4.2, 6.0, 5.0, 0.2, 0.1
"""Costs of hair whose outline agrees nowhere, of as much hair again where none is wanted, of nearly none, and of
another sex; weights of what nobody asked for."""

LIFTED, MUCH, WIG = 5.0, 12.0, 6.0
"""Cost of hair that would be dyed lighter or much darker, L* from which it would, and by which it is much: such dyes
are seldom believed; and of hair that looks painted when it is dyed."""

COLORED, DARK, BROWN = 10.0, 25.0, 50.0
"""Chroma from which hair is not gray, and L* up to which it is black, and brown."""

GINGER = 12.0
"""Cost of red hair where other hair is told, and a* from which a color is red."""

TOLD, FEATURES, GRAY = 2.0, 1.6, (8.0, 2.0)
"""How much more sex, age, hair color and teeth weigh where words ask for them; cost of each standard deviation that a
feature lacks of what words ask for; and of gray hair that would be dyed, and looks like paint, and where old faces are
told, which have no other."""

GRIN, SHOWS = 1.5, 0.5
"""Degree of a smile from which somebody laughs, and the share of a mouth that teeth are then."""

SOLEMN = 4.0
"""Cost of each standard deviation of a smile where none is asked for."""

OFTEN, TOPPED, PERSON = {"2230": 2.0, "2676": 5.0, "3177": 1.0}, 6.0, 0.5
"""Costs of heads that would be lent most often by far; of hair before a wall that ends at its picture's top; and how
much less a sex counts that nobody tells."""

LENGTHS, TIED, HIDES, PALE, LINES, OVERDONE, UNSURE = (9.0, 4.0), 6.0, 8.0, 3.0, 4.0, 9.0, 3.0
"""Costs of hair that is the opposite of what words ask for, or nearly; that is not long, and not short; of brows that
are hidden, where they shall be raised, and of a child for a woman or a man; of brows that are faint there; of skin
without the wrinkles that are told; of a laugh with raised brows that nobody asked for; and of a head that may be a
man's or a woman's."""

WORN, WORDS = 7.0, 1.5
"""Cost of a hairline, and of a length, that is seen to be another than the map's; how much more words weigh."""

SPOKEN = frozenset(
    ("features", "length", "solemn", "brows", "lines", "unlike", "chuckles", "grins", "nose", "lips", "either", "child")
) | {"red", "dye"}
"""Costs that are of words alone."""


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

    @cached_property
    def laughs(self) -> bool:
        """Whether words ask for a smile."""
        return self.degrees.get("smile", 0) > 0

    @cached_property
    def _haired(self) -> frozenset[str]:
        """Whose hair is seen to have the color that words ask for, if that is gray, white or brown."""
        told = self.colors.get("hair-color")
        if told is None or told[0] <= DARK * (np.hypot(*told[1:]) < COLORED):
            return frozenset()
        if np.hypot(*told[1:]) < COLORED:
            return by_eye.GRAYED
        return by_eye.BROWNED | by_eye.LIGHT_BROWN if told[0] < BROWN and told[1] < GINGER else frozenset()

    @cached_property
    def _sexed(self) -> float:
        """How much sex counts."""
        return 2 * TOLD if "feminine" in self.degrees else 1.0 if "lipstick" in self.degrees else PERSON

    @cached_property
    def roars(self) -> bool:
        """Whether words ask for a laugh."""
        return self.degrees.get("smile", 0) >= GRIN

    def contents(self, head: Head) -> bool:
        """Whether a head's smile is enough, though no teeth are seen."""
        return self.laughs and not self.roars and head.entry.path.stem in by_eye.CONTENT

    def cost(self, head: Head) -> float:
        """How badly a head suits; 1 is where it begins to be seen. What words ask for comes before what was drawn."""
        return float(sum(cost * (WORDS if name in self._spoken else 1) for name, cost in self.costs(head).items()))

    @cached_property
    def outline(self) -> HairOutline:
        """How hair is to be worn."""
        return HairOutline.of(self.hair, self.points)

    @cached_property
    def _spoken(self) -> frozenset[str]:
        """The costs of what words ask for."""
        told = {"sex": "feminine" in self.degrees, "hair color": "hair-color" in self.colors, "teeth": self.opens}
        told["age"] = any(self.degrees.get(one, 0) for one in ("age", "wrinkles"))
        return SPOKEN.union(name for name, there in told.items() if there)

    def costs(self, head: Head) -> dict[str, float]:
        """The parts of the cost."""
        entry, lent, seen, words = head.entry, head.entry.traits, self.traits, self.degrees
        drawn = 1.0 if words.get("lipstick", 0) > 0 else float(np.clip(-self.masculine, -0.6, 0.6))
        feminine = words.get("feminine", drawn)
        told, shared = self.colors.get("hair-color"), overlap(self.hair, head.hair)
        return {
            "sex": OTHER_SEX * min(1.0, max(0.0, -feminine if head.woman else feminine)) * self._sexed,
            "age": self._aged(head),
            "skin": 0.5 * float(np.linalg.norm(np.array(lent.skin) - seen.skin)) / WIDTHS["skin"],
            "hair color": self._dyed(head) * (UNKNOWN_COLOR if told is None else 1.3 * TOLD) / WIDTHS["hair"],
            "yaw": abs(head.face.pose.yaw - self.yaw) / WIDTHS["yaw"],
            "pitch": abs(head.face.pose.pitch - self.pitch) / WIDTHS["pitch"],
            "teeth": 0.0 if self.contents(head) else self._toothless(lent.teeth),
            "forced": self._forced(head),
            "curls": CURLY * float(told is not None and entry.path.stem in CURLS and self._dyed(head) > FAR),
            "red": GINGER * float(told is not None and entry.path.stem in RED and told[1] < GINGER),
            "dye": 0.0 if told is None or np.hypot(*told[1:]) <= COLORED else self._bleached(told, head),
            "features": FEATURES * sum(self._lacking(head)),
            "beard": 1.5 * max(0.0, lent.beard - seen.beard) + 50 * lent.glasses,
            "shape": shape_difference(self.points, head.face.landmarks) / WIDTHS["shape"],
            "backdrop": self._spill(head),
            "painted": SMOOTH * ((entry.path.stem in PAINTED) + 4 * (entry.path.stem in HARSH)),
            "hair": HAIR * (1 - shared) + BALD * (shared < FEW),
            "more hair": LONGER * min(1.0, beyond(self.hair, head.hair)),
            "hairline": WORN * self.outline.line_cost(head.outline),
            "worn": WORN * self.outline.length_cost(head.outline) * ("hair-length" not in words),
            **self._told(head),
        }

    def _told(self, head: Head) -> dict[str, float]:
        """Costs of what was seen by eye of a head, where words speak of it."""
        name, words = head.entry.path.stem, self.degrees
        length, raised, smile = (words.get(one, 0) for one in ("hair-length", "brow-height", "smile"))
        wanted, between = (by_eye.SHORT, TIED * (name not in by_eye.LONG)) if length < 0 else (by_eye.LONG, 0)
        full = words.get("lip-fullness", 0)
        lips = by_eye.FULL_LIPPED if full > 0 else by_eye.THIN_LIPPED if full < 0 else frozenset[str]()
        return {
            "length": 0.0 if not length or name in wanted else between or LENGTHS[0],
            "solemn": SOLEMN * float(np.clip(head.smile - NEUTRAL, 0, 3)) * (smile < 0),
            "brows": (HIDES * (name in by_eye.FRINGED) + PALE * (name in by_eye.FAINT | by_eye.BLUNT)) * (raised > 0),
            "lines": LINES * (name not in by_eye.LINED) * (words.get("wrinkles", 0) > 0),
            "eager": OVERDONE * (name in by_eye.EAGER and not (self.laughs or (raised > 0 and smile >= 0))),
            "unlike": LENGTHS[self._haired is not by_eye.GRAYED] * (bool(self._haired) and name not in self._haired),
            "chuckles": LENGTHS[1] * (name in by_eye.CHUCKLING and self.roars),
            "grins": FORCED * float(np.clip(head.smile - NEUTRAL, 0, 1)) * (self.opens and not self.laughs),
            "often": OFTEN.get(name, 0.0),
            "nose": LENGTHS[1] * (name not in by_eye.WIDE_NOSED) * (words.get("nose-width", 0) > 0),
            "lips": LENGTHS[1] * (name not in lips if lips else 0),
            "top": TOPPED * (name in by_eye.TOPLESS and self._backed(head)),
            "either": UNSURE * (name in by_eye.EITHER) * ("feminine" in words),
            "child": HIDES * (name in by_eye.CHILDISH) * ("feminine" in words),
        }

    def _toothless(self, teeth: float) -> float:
        """Cost of teeth that are missing, given the share of a mouth that they are; of those that nobody asked for."""
        wanted = SHOWS if self.laughs else self.traits.teeth
        lacks = TEETH * max(0.0, wanted - teeth) * (LENT if self.laughs else UNTOLD)
        return TEETH * teeth if self.opens and not self.laughs else lacks

    def _forced(self, head: Head) -> float:
        """Cost of a mouth that a head does not bear."""
        if self.laughs:
            return PASTED * (head.entry.path.stem in ALOOF and not self.contents(head))
        return FORCED * (head.entry.path.stem in HIDDEN and self.opens)

    def _aged(self, head: Head) -> float:
        """Of its years; nobody is too old where words ask for an old face, or too young where for a young one."""
        lines = self.degrees.get("wrinkles", 0) > 0 and head.entry.path.stem not in by_eye.LINED
        years = self.degrees.get("age", WRINKLED if lines else None)
        age = self.age if years is None else AGES[0] + AGES[1] * years
        if not years:
            return abs(head.age - age) / WIDTHS["age"] * UNKNOWN_AGE
        missed = max(0.0, (head.age - age) * -np.sign(years))
        return float(missed / WIDTHS["age"] * 2 * TOLD + MISAGED * (missed > NEARLY))

    def _backed(self, head: Head) -> bool:
        """Whether a head gets a wall of another color than its own."""
        wanted = self.colors.get("background-color")
        return wanted is not None and not walled(head, wanted)

    def _spill(self, head: Head) -> float:
        """Light of the backdrop that hair keeps before a wall of a color, and whether it cannot be parted from it."""
        wanted = self.colors.get("background-color")
        if wanted is None or not self._backed(head):
            return 0.0
        return float(np.linalg.norm(head.behind - wanted)) / SPILL + BUSY * (head.entry.path.stem in UNWALLED)

    def _dyed(self, head: Head) -> float:
        """How far its hair is from the color that is told or seen."""
        wanted = self.colors.get("hair-color", np.array(self.traits.hair))
        if "hair-color" in self.colors and head.entry.path.stem in by_eye.BLONDED and _blond(wanted):
            return 0.0
        return float(np.linalg.norm((np.array(head.entry.traits.hair) - wanted) * HUE))

    def _bleached(self, told: Float32, head: Head) -> float:
        """Cost of a dye over a head's hair that becomes lighter, or much darker, or was gray."""
        hair = np.array(head.entry.traits.hair)
        seen = self._dyed(head) > FAR and not -LIFTED < hair[0] - told[0] < MUCH
        grayed = GRAY[self.degrees.get("age", 0) > 0] * float(np.hypot(*hair[1:]) < COLORED and hair[0] > DARK)
        return LIFTED * float(seen) + grayed + WIG * (head.entry.path.stem in by_eye.WIGS and self._dyed(head) > FAR)

    def _lacking(self, head: Head) -> list[float]:
        """By how much each feature that words name falls short of two standard deviations."""
        named = [(head.shape[name], degree) for name, degree in self.degrees.items() if degree and name in head.shape]
        return [float(np.clip(2 - np.sign(degree) * shown, 0, 4)) for shown, degree in named]


def _blond(color: Float32) -> bool:
    return bool(color[0] >= BROWN and color[1] < GINGER and color[2] > COLORED)
