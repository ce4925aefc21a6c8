"""Heads of nobody that lend generated faces their pixels: who suits what was asked for.

Legend: D side of labels.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property

import cv2
import numpy as np

from mien.align.crop import between_pixels, crop_face, inverse
from mien.conditions.labels import INDEX
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.generation.ears import without_glow
from mien.generation.jaw_lines import without_jaw_line
from mien.generation.lent_teeth import lit
from mien.generation.outlines import HairOutline
from mien.generation.pairs import SIDE as LOOKED
from mien.generation.pairs import Looker, resized
from mien.generation.parted_lips import parted_lips
from mien.generation.red_lids import without_redness
from mien.generation.seen_features import seen_features
from mien.generation.tops import raised
from mien.generation.wished_shapes import MOUTHS, without_glasses
from mien.guides.bank import Bank, Entry
from mien.guides.bank_faces import EVEN_TEETH
from mien.guides.borrow import mirrored
from mien.guides.mouths.mouth import mouth
from mien.guides.shapes import Shapes
from mien.guides.still import Labelled
from mien.guides.traits import ALIGNED, lab_of
from mien.types import AlignedFace, Face, Float32, Float64, Photo, UInt8

SIDE = 512
"""Of crops."""

PEOPLE = (
    "2118w30 2121m35 2123w35 2125w22 2127w25 2128w33 2129w30 2131m36 2133w35 2135m35 2137m35 2230m42 "
    "2248m17 2253w52 2266m20 2286m30 2319w85 2331w50 2332m35 2352w45 2366w19 2412w52 2426m30 2455w80 "
    "2490m18 2495w25 2509m75 2517w55 2538w18 2567w62 2581w48 2676m28 2723m18 2816w25 2892w35 2898m30 "
    "2936m17 2998w50 3004w45 3013w25 3017m20 3052m35 3072m45 3092w58 3102m72 3127w50 3130m80 3172w65 "
    "3177m25 3203m19 "
)
"""Bundled faces without hats and out of childhood: their names, man or woman and how old, by eye; none whose
picture ends at a bare head."""

UNPARTED = frozenset(("2118", "2123", "2125", "2135", "2319", "2331", "2366", "2495", "2517", "2581", "2816", "3013"))
"""Those whose hair is hardly told from what is behind it, so that they keep their backdrop."""

PLAIN = frozenset(("2121", "2253", "2332", "2567", "3017", "3172", "3203"))
"""Those before a wall or a sky of one color, which is kept where it suits."""

UNWALLED = UNPARTED | {"2128", "2131", "2137", "2332", "2509", "2567", "2723", "2998", "3102", "3127", "3203"}
"""Those of whose old backdrop something is seen before a wall."""

PAINTED = frozenset(
    ("2121", "2248", "2253", "2286", "2331", "2352", "2426", "2490", "2517", "2581", "2723", "2816", "2898")
) | {"2266", "2319", "2455", "2892", "2998", "3017", "3072", "3092", "3127", "3130", "3172"}
"""Those that strangers find painted."""

HARSH = frozenset(("2936",))
"""Those in light so hard that they look made of metal when they are moved."""

RED = frozenset(("2331", "2352", "3017", "3092"))
"""Those whose hair is seen as red, and measured as brown."""

ALOOF = frozenset(
    ("2123", "2125", "2129", "2253", "2366", "2455", "2495", "2509", "2723", "2892", "3004", "3092", "3102", "3172")
) | {"3127", "3177", "3203"}
"""Those whose mouths are not believed when teeth are lent to them."""

HIDDEN = frozenset(("2266", "2509", "3102"))
"""Those whose mouths hardly look open when their lips part."""

CUT = frozenset(("2230", "2266", "2286", "2352", "2412", "2538", "2892", "2998", "3017", "3102", "3203"))
"""Those whose hair ends at their picture's top, a little too early."""

FLAT, CROWNED = frozenset(("2230", "2266")), frozenset(("2538",))
"""Those of them whose crowns, closed above their pictures, are seen to be cut; and those whose own reach the top, with
light of the sky on them, which is no scrap of a backdrop."""

NEUTRAL, SPREADS = -1.5, 0.9
"""How much neutral faces smile, and standard deviations by which noses get wider for each that a face smiles more."""

DRAWN_JAWS = frozenset(("2676",))
"""Those whose jaw is a dark line."""

SORE = frozenset(("3130",))
"""Those whose eyes are red around."""

GLOWING, SOLID = frozenset(("2455", "3004")), frozenset(("3004", "3130"))
"""Those whose ears glow in light from behind, and those through whose hair nothing is seen."""


@dataclass(frozen=True, eq=False)
class Head:
    """Attributes:
    entry: of the bank.
    woman: whether it is a woman's.
    age: years, by eye.
    flipped: whether left and right are exchanged.
    lender: who lends it teeth for an open smile.
    broad: how much that smile laughs, 0 to 1.
    speaks: whether its lips are parted, without a smile.
    plain: the same with its mouth as it was; None where it is.
    """

    entry: Entry
    woman: bool
    age: float
    flipped: bool = False
    lender: Entry | None = None
    broad: float = 0.0
    speaks: bool = False
    plain: Head | None = None

    @cached_property
    def face(self) -> Face:
        """In its photo; of the mouth as it was."""
        return _flipped(self.entry)[1] if self.flipped else _whole(self.entry)[1]

    @cached_property
    def shape(self) -> dict[str, float]:
        """Features that stay when it is lent, in standard deviations of people."""
        found = Shapes.bundled().strengths(self.face.landmarks[None])
        told = {name: float(value[0]) for name, value in found.items() if name not in MOUTHS}
        told |= seen_features(self.face.landmarks)
        return told | {"nose-width": told["nose-width"] - SPREADS * max(0.0, self.smile - NEUTRAL)}

    @cached_property
    def smile(self) -> float:
        """How much it smiles, in standard deviations of people: neutral faces have less than -1.5."""
        return float(Shapes.bundled().strengths(self.face.landmarks[None])["smile"][0])

    @cached_property
    def hair(self) -> Float32:
        """(ALIGNED, ALIGNED) where its hair is."""
        hair = np.zeros((ALIGNED, ALIGNED)) if self.entry.hair is None else self.entry.hair
        return np.asarray(hair[:, ::-1] if self.flipped else hair, np.float32)

    @cached_property
    def outline(self) -> HairOutline:
        """How its hair is worn."""
        first, below, _, right = self.face.quad
        points = np.linalg.solve(np.stack([right - first, below - first], 1), (self.face.landmarks[:, :2] - first).T)
        return HairOutline.of(self.hair, points.T)

    @cached_property
    def crop(self) -> AlignedFace:
        """Aligned, :data:`SIDE` pixels."""
        return crop_face(self.photo, self.face.quad, SIDE)

    @cached_property
    def behind(self) -> Float32:
        """CIE L*, a*, b* of its backdrop, in the mean."""
        crop = resized(self.crop.pixels[None], LOOKED)[0]
        return np.asarray(lab_of(crop)[labels_of(self, _parser()) == 0].mean(0), np.float32)

    @property
    def seam(self) -> int:
        """Rows above its own picture."""
        return self.photo.height - self.entry.photo().height

    @cached_property
    def photo(self) -> Photo:
        """The picture."""
        photo = (_flipped if self.flipped else _whole)(self.entry)[0]
        if self.speaks:
            with suppress(LayerError):
                return parted_lips(photo, self.face, _labelled(photo, self.face))
        if self.lender is None:
            return photo
        other = self.lender.photo()
        labelled = (_labelled(photo, self.face), _labelled(other, self.lender.face))
        with suppress(LayerError):  # turned too far
            pair = (photo, self.face, other, self.lender.face)
            photo = mouth(*pair, None, None, *labelled, whole=False, stranger=True, broad=self.broad).over(photo)[0]
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
    return mirrored(*_whole(entry), None)[:2]


@cache
def _whole(entry: Entry) -> tuple[Photo, Face]:
    """The picture of a head, with more of what is behind above it, and its face."""
    photo, face = entry.photo(), entry.face
    if entry.path.stem in DRAWN_JAWS:
        photo = without_jaw_line(photo, face)
    if entry.path.stem in SORE:
        photo = without_redness(photo, face)
    if entry.path.stem in GLOWING:
        photo = without_glow(photo, face)
    if entry.path.stem in UNPARTED:
        return photo, face
    seen = _labelled(photo, face)
    size = (photo.width, photo.height)
    hair = (seen.labels == INDEX["hair"]).astype(np.float32)
    hair = cv2.warpAffine(hair, between_pixels(seen.matrix), size, borderMode=cv2.BORDER_REPLICATE)
    return raised(photo, face, np.asarray(hair, np.float32), cut=entry.path.stem in CUT)


@cache
def _parser() -> FaceParser:
    return FaceParser.bundled()


def _labelled(photo: Photo, face: Face) -> Labelled:
    crop = crop_face(photo, face.quad, SIDE)
    return Labelled(without_glasses(_parser().parse(crop.pixels[None])[0]), crop.matrix)


@cache
def smiling(head: Head, broad: float = 0.0) -> Head:
    """The same head with an open smile, in which teeth of the bank are seen; it laughs with 1."""
    lenders = [one for one in Bank.bundled().entries if one.path.stem in EVEN_TEETH]
    lender = min(lenders, key=lambda one: abs(one.face.pose.yaw - head.face.pose.yaw))
    return replace(head, lender=lender, broad=broad, plain=head)


@cache
def speaking(head: Head) -> Head:
    """The same head with its lips parted."""
    return replace(head, speaks=True, plain=head)


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
