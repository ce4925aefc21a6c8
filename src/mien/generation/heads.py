"""Heads of nobody that lend generated faces their pixels: who suits what was asked for.

Legend: D side of labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np

from mien.align import mesh
from mien.align.crop import crop_face, inverse
from mien.conditions.colors import parse_color
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.generation.lent_teeth import lit
from mien.generation.pairs import SIDE as LOOKED
from mien.generation.pairs import Looker, resized
from mien.generation.wished_colors import LIPS
from mien.generation.wished_shapes import MOUTHS
from mien.guides.bank import Bank, Entry
from mien.guides.bank_faces import EVEN_TEETH
from mien.guides.borrow import mirrored
from mien.guides.mouth import mouth
from mien.guides.shapes import Shapes
from mien.guides.still import Labelled
from mien.guides.traits import ALIGNED, Traits, lab_of
from mien.types import AlignedFace, Face, Float32, Float64, Photo, UInt8
from mien.words.types import Reading

SIDE = 512
"""Of crops."""

PEOPLE = (
    "2118w30 2121m35 2123w35 2125w22 2127w25 2128w33 2129w30 2131m36 2133w35 2135m35 2137m35 2230m42 "
    "2248m17 2253w52 2266m20 2286m30 2319w85 2331w50 2332m35 2352w45 2366w19 2381w30 2412w52 2426m30 2455w80 "
    "2490m18 2495w25 2509m75 2517w55 2538w18 2567w62 2581w48 2612m80 2723m18 2816w25 2892w35 2898m30 "
    "2936m17 2998w50 3004w45 3013w25 3017m20 3052m35 3072m45 3092w58 3102m72 3127w50 3130m80 3149m27 3172w65 "
    "3177m25 3203m19 "
)
"""Bundled faces without hats and out of childhood: their names, man or woman and how old, by eye."""

UNPARTED = frozenset(("2118", "2123", "2125", "2319", "2331", "2366", "2495", "2517", "2581", "2816", "3013"))
"""Those whose hair is hardly told from what is behind it, so that they keep their backdrop."""

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

PAINTED = frozenset(
    ("2248", "2253", "2286", "2331", "2352", "2426", "2490", "2517", "2581", "2723", "2816", "2898", "2936")
) | {"2998", "3017", "3072", "3092", "3130", "3172"}
"""Those that strangers find painted."""

ALOOF, FORCED = frozenset(("2129", "2509", "2612", "2723", "2892", "2936", "3102", "3172")), 6.0
"""Those whose mouths are not believed when teeth are lent to them: they stay shut but where words ask for an open one,
and the cost of that."""

HAIR, OTHER_SEX, UNKNOWN_AGE, UNKNOWN_COLOR = 10.0, 5.0, 0.2, 0.1
"""Costs of hair whose outline agrees nowhere, and of another sex; weights of what nobody asked for."""

TOLD, FEATURES, GRAY = 2.0, 1.0, 4.0
"""How much more sex, age, hair color and teeth weigh where words ask for them; cost of each standard deviation that a
feature lacks of what words ask for; and of gray hair that would be dyed, and looks like paint then."""


@dataclass(frozen=True, eq=False)
class Head:
    """Attributes:
    entry: of the bank.
    woman: whether it is a woman's.
    age: years, by eye.
    flipped: whether left and right are exchanged.
    lender: who lends it teeth for an open smile.
    """

    entry: Entry
    woman: bool
    age: float
    flipped: bool = False
    lender: Entry | None = None

    @cached_property
    def face(self) -> Face:
        """In its photo; of the mouth as it was."""
        return _flipped(self.entry)[1] if self.flipped else self.entry.face

    @cached_property
    def shape(self) -> dict[str, float]:
        """Features that stay when it is lent, in standard deviations of people."""
        found = Shapes.bundled().strengths(self.face.landmarks[None])
        return {name: float(value[0]) for name, value in found.items() if name not in MOUTHS}

    @cached_property
    def hair(self) -> Float32:
        """(ALIGNED, ALIGNED) where its hair is."""
        hair = np.zeros((ALIGNED, ALIGNED)) if self.entry.hair is None else self.entry.hair
        return np.asarray(hair[:, ::-1] if self.flipped else hair, np.float32)

    @cached_property
    def crop(self) -> AlignedFace:
        """Aligned, :data:`SIDE` pixels."""
        return crop_face(self.photo, self.face.quad, SIDE)

    @cached_property
    def photo(self) -> Photo:
        """The picture."""
        photo = _flipped(self.entry)[0] if self.flipped else self.entry.photo()
        if self.lender is None:
            return photo
        other = self.lender.photo()
        labelled = (_labelled(photo, self.face), _labelled(other, self.lender.face))
        with suppress(LayerError):  # turned too far
            pair = (photo, self.face, other, self.lender.face)
            photo = mouth(*pair, None, None, *labelled, whole=False, stranger=True).over(photo)[0]
            photo = lit(photo, self.face, _parser())
        return photo

    @cached_property
    def corners(self) -> Float64:
        """(2, 2) the first and the last place of the picture, in sides of the crop."""
        height, width = self.photo.pixels.shape[:2]
        back = inverse(self.crop.matrix)
        ends = np.array([(0, 0), (width, 0), (0, height), (width, height)]) @ back[:, :2].T + back[:, 2]
        return np.stack([ends.min(0), ends.max(0)]) / SIDE


def _flipped(entry: Entry) -> tuple[Photo, Face]:
    return mirrored(entry.photo(), entry.face, None)[:2]


@cache
def _parser() -> FaceParser:
    return FaceParser.bundled()


def _labelled(photo: Photo, face: Face) -> Labelled:
    crop = crop_face(photo, face.quad, SIDE)
    return Labelled(_parser().parse(crop.pixels[None])[0], crop.matrix)


@cache
def smiling(head: Head) -> Head:
    """The same head with an open smile, in which teeth of the bank are seen."""
    lenders = [one for one in Bank.bundled().entries if one.path.stem in EVEN_TEETH]
    return replace(head, lender=min(lenders, key=lambda one: abs(one.face.pose.yaw - head.face.pose.yaw)))


@cache
def labels_of(head: Head, parser: FaceParser) -> UInt8:
    """(D, D) what a parser sees."""
    return np.asarray(parser.parse(resized(head.crop.pixels[None], LOOKED))[0], np.uint8)


@cache
def points_of(head: Head, look: Looker) -> Float32:
    """(478, 3) landmarks in sides of the crop, found as those of generated faces are."""
    found: Float32 = look.points(resized(head.crop.pixels[None], LOOKED))[0]
    return found


@cache
def heads() -> tuple[Head, ...]:
    """Those of the bundled bank that may be lent, and the same with left and right exchanged."""
    entries = {entry.path.stem: entry for entry in Bank.bundled().entries}
    found = [Head(entries[one[:4]], one[4] == "w", float(one[5:])) for one in PEOPLE.split()]
    return (*found, *(replace(one, flipped=True) for one in found))


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
        feminine = words.get("feminine", float(np.clip(-self.masculine, -0.6, 0.6)))
        years = words.get("age", WRINKLED if words.get("wrinkles", 0) > 0 else None)
        age = self.age if years is None else AGES[0] + AGES[1] * years
        told, hair = self.colors.get("hair-color"), np.array(lent.hair)
        laughs = words.get("smile", 0) > 0
        away = {
            "sex": OTHER_SEX * min(1.0, max(0.0, -feminine if head.woman else feminine)) * _more("feminine" in words),
            "age": max(0.0, (head.age - age) * (-np.sign(years) if years else 1.0)) / WIDTHS["age"] * 2 * TOLD
            if years
            else abs(head.age - age) / WIDTHS["age"] * UNKNOWN_AGE,
            "skin": 0.5 * float(np.linalg.norm(np.array(lent.skin) - seen.skin)) / WIDTHS["skin"],
            "hair color": min(FAR if told is not None and told[0] < DARK else np.inf, self._dyed(head))
            * (UNKNOWN_COLOR if told is None else 1.3 * TOLD)
            / WIDTHS["hair"],
            "yaw": abs(head.face.pose.yaw - self.yaw) / WIDTHS["yaw"],
            "pitch": abs(head.face.pose.pitch - self.pitch) / WIDTHS["pitch"],
            "teeth": TEETH * max(0.0, seen.teeth - lent.teeth) * (0.5 if self.opens and not laughs else 1),
            "forced": FORCED * (entry.path.stem in ALOOF and self.opens),
            "dye": GRAY * float(told is not None and np.hypot(*told[1:]) > 10 > np.hypot(*hair[1:]) and hair[0] > 30),
            "features": FEATURES * sum(self._lacking(head)),
            "beard": 1.5 * max(0.0, lent.beard - seen.beard) + 50 * lent.glasses,
            "shape": shape_difference(self.points, head.face.landmarks) / WIDTHS["shape"],
            "backdrop": BUSY * ("background-color" in self.colors and entry.path.stem in UNPARTED),
            "painted": SMOOTH * (entry.path.stem in PAINTED),
            "hair": HAIR * (1 - _overlap(self.hair, head.hair)),
        }
        return float(sum(away.values()))

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
