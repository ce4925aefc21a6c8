"""Hair of another person: with its matte, in this head's pose and light, and what of the old hair shows covered.

    result = under + shadow + A (F - under)      A, F the other's matte and hair colours, bent to this face

Convention:
    That of :mod:`mien.guides.scene`; "new" is the other's hair in this scene, "old" the hair that was there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import wide_blur
from mien.compose.grain import levels, missing, noise
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.bare import bare, held
from mien.guides.borrow import mirrored
from mien.guides.ears import kept, unshaded
from mien.guides.fringe import lent_fringe
from mien.guides.guide import Box, Guide
from mien.guides.hair_close import close_to
from mien.guides.hair_fit import Fitted, closed, ended, fitted, lit, sharp_as
from mien.guides.hair_lengths import lengthened, long
from mien.guides.hair_lent import attached
from mien.guides.hair_parts import beard
from mien.guides.hair_refused import BALD, check_light, check_outline, check_size, nearer_mirrored
from mien.guides.hair_roots import in_colors, shown, told
from mien.guides.hair_under import in_tones, rimmed, stays
from mien.guides.scene import LARGEST, REACH, Scene, check_hat, polygon
from mien.interrupt import checkpoint
from mien.photos.color import from_srgb, to_srgb
from mien.threads import side_by_side
from mien.types import Bool, Face, Float32, Photo

FARTHEST = 17.0
"""Degrees of yaw between two heads up to which hair is borrowed."""

WIDE = 14.0
"""Degrees from which one side of the hair is missing."""

SHADOW, SOFTNESS, DROP = 0.42, 0.09, 0.07
"""How dark the shadow of new hair is, its blur and how far it falls, in units."""

ON_FACE, WARM = 0.4, np.array([0.8, 1.0, 1.1], np.float32)
"""How much of that darkness there is on a face, and by channel: light that skin scatters is red."""


MADE = 1.0
"""Square units of backdrop and clothes that are made up without a word."""

ARMS = 0.3
"""Softness, units, of the face's outline around which glasses stay before new hair."""

LIGHT, DIM = 110.0, 0.3
"""Level from which noise is that of skin, and how much of it black has."""

SMALLER = 720
"""Longer side of such a scene, pixels."""

STRIP = 256
"""Rows that are composed at once: a large photo needs little memory."""


def hair(
    photo: Photo,
    face: Face,
    other: Photo,
    other_face: Face,
    parser: FaceParser,
    *,
    part: str = "hair",
    any_head: bool = False,
) -> Guide:
    """The other's hair on this head; where the other is bald, so is this one then.

    Args:
        photo, face: where it goes.
        other, other_face: where it comes from.
        parser: finds hair, skin, clothes and backdrop in both.
        part: of :data:`mien.guides.borrow.HAIR`: all of it; the fringe alone, in the colour of this person's hair; the
            beard.
        any_head: whether the other was not chosen by the user: then long hair keeps its hairline and its color.

    Raises:
        LayerError: a hat is in the way, a head is cut off by its photo, there is no fringe or beard, or the heads look
            too far apart.
    """
    notes: tuple[str, ...] = ()
    turned = nearer_mirrored(photo, face, other, other_face)
    if turned:
        other, other_face, _ = mirrored(other, other_face, None)
        notes += ("the other head is mirrored, so that it looks the same way, or is lit from the same side",)
    apart = abs(other_face.pose.yaw - face.pose.yaw)
    if apart > FARTHEST:
        raise LayerError(
            f"The two heads look {apart:.0f} degrees apart; hair goes well up to {FARTHEST:.0f}. Choose another photo."
        )
    if apart > WIDE and part == "hair":
        notes += (
            f"the heads look {apart:.0f} degrees apart: the hair is cut off on one side; another photo is better",
        )
    both = ((photo, face), (other, other_face))
    here, there = side_by_side(*(partial(_scene, *one, parser, part) for one in both))
    check_hat(here, "this head")
    check_hat(there, "the other head")
    if part == "fringe":
        return fringe(photo, here, other, there)
    if part == "beard":
        fit = sharp_as(here, lit(here, beard(here, there)))
        return composed(photo, other, here, there, fit, notes, part=part)
    check_light(photo, face, other, other_face)
    if not any_head:
        check_outline(there)
    here, there = close_to(unshaded(here), there)
    fit = sharp_as(here, lit(here, fitted(here, there, whole=any_head)))
    fit = ended(here, closed(here, fit))
    lengths = any_head and (long(here, here.loose) or long(here, fit.alpha))
    try:
        check_size(here, fit)
    except LayerError:
        if not lengths:
            raise
        return _lengthened(photo, other, here, there, fit, notes)
    if lengths:
        fit = in_tones(here, fit)
        notes += ("the hair's color stays; name a photo of other hair to exchange that, too",)
    return composed(photo, other, here, there, fit, notes, part=part)


def _lengthened(photo: Photo, other: Photo, here: Scene, there: Scene, fit: Fitted, notes: tuple[str, ...]) -> Guide:
    """The other's lengths alone, behind this head's hair."""
    fit, fill, rim = lengthened(here, fit)
    notes += ("the hairline and its color stay; name a photo of other hair to exchange all of it",)
    none, shade = np.zeros(here.shape, np.float32), _shadow(here, fit.alpha)
    planes = (fill, fit.picture, fit.alpha, rim, shade, none)
    return Guide(*over_photo(photo, other, here, there, fit, planes), notes)


def _scene(photo: Photo, face: Face, parser: FaceParser, part: str) -> Scene:
    """A scene; a smaller one where all hair of a large photo is exchanged, whose detail is laid over it in the end."""
    large = REACH * float(np.linalg.norm(face.quad[3] - face.quad[0])) > 2 * LARGEST
    return Scene.of(photo, face, parser, SMALLER if large and part == "hair" else LARGEST)


def fringe(photo: Photo, here: Scene, other: Photo, there: Scene, area: Bool | None = None) -> Guide:
    """The fringe that another head lends; arguments and errors as :func:`mien.guides.fringe.lent_fringe`."""
    return piece(photo, here, other, there, *lent_fringe(here, there, area))


def piece(photo: Photo, here: Scene, other: Photo, there: Scene, fit: Fitted, shade: Float32) -> Guide:
    """Hair that is laid over the photo with its shadow (h, w), where nothing old goes away."""
    none = np.zeros(here.shape, np.float32)
    return Guide(*over_photo(photo, other, here, there, fit, (here.picture, fit.picture, fit.alpha, none, shade, none)))


def composed(
    photo: Photo, other: Photo, here: Scene, there: Scene, fit: Fitted, notes: tuple[str, ...], *, part: str
) -> Guide:
    """The hair over the photo, with its shadow, and the old hair gone where all of it is exchanged."""
    oval = polygon(here.points[list(mesh.OUTLINE)], here.shape, ARMS * here.unit)
    worn = _glasses(here) * np.clip(4 * oval + 1 - fit.alpha, 0, 1)
    if part == "hair":
        worn = np.maximum(worn, kept(here, there, fit.alpha))
    alpha = fit.alpha * (1 - worn)
    if part == "hair":
        alpha = attached(alpha, here, worn)
    fill, gone, real = here.picture, np.zeros(here.shape, np.float32), np.zeros(here.shape, np.float32)
    head = fit.front
    if part == "hair":
        head = in_colors(here, fit, held(here))
        real = np.minimum(shown(here, fit) * (1 - worn), 1 - np.clip(8 * (fit.alpha * (1 - worn) - alpha), 0, 1))
        if float(fit.alpha.sum()) >= BALD * here.unit**2:
            place = stays(here, held(here))
            real = real * (1 - place)
            fit, head = replace(fit, front=rimmed(fit.front, here, fit)), rimmed(head, here, fit)
            alpha = alpha + place * np.minimum(told(fit, here.unit) - alpha, 0)
        fill, gone = bare(here, fit.shares, fit.picture, head, np.maximum(alpha, real), worn)
    if float((gone * (1 - alpha) * (1 - fit.shares["face"])).sum()) > MADE * here.unit**2:
        notes += ("what the old hair hid is made up from what lies beside it; hair that covers the old looks better",)
    dark = _shadow(here, alpha) * (1 - worn) * np.float32(part != "beard")
    made = over_photo(photo, other, here, there, fit, (fill, head, alpha, gone, dark, real))
    return Guide(*made, notes)


def over_photo(
    photo: Photo, other: Photo, here: Scene, there: Scene, fit: Fitted, planes: tuple[Float32, ...]
) -> tuple[Box, Float32, Float32]:
    """The box that changes, its samples (h, w, C) at the photo's own size, and 1 (h, w) where they do change.

    Args:
        photo, other, here, there, fit: as above.
        planes: what lies under the new hair, the other's head in this photo's colours (h, w, 3 each); and (h, w) how
            much shows of new hair, of what lies under it, of shadow, and of the other's pixels as they are.
    """
    fill, head, alpha, gone, dark, real = planes
    x0, y0, x1, y1 = here.box
    size = (x1 - x0, y1 - y0)
    left, start, right, end = _changed(np.maximum.reduce([alpha, gone, 20 * dark, real]) > 0.003, size)
    samples = np.zeros((end - start, right - left, photo.pixels.shape[2]), np.float32)
    confidence = np.zeros((end - start, right - left), np.float32)
    grain = _grain(photo, other, here, there, fit)
    much = np.maximum.reduce([alpha, gone, 20 * dark, real])
    for top in range(start, end, STRIP):
        for first in range(left, right, STRIP):
            up = Enlarged(size, top, min(end, top + STRIP), first, min(right, first + STRIP))
            if float(up.about(much)) <= 0.003:
                continue
            before = to_srgb(photo, (x0 + first, y0 + top, x0 + up.right, y0 + up.end)).astype(np.float32)
            upper, lower, shade, own = (up(one)[..., None] for one in (alpha, gone, dark, real))
            rough = noise(before.shape, grain, top * size[0] + first)
            under = before + lower * (up(fill) + (rough if here.scale < 1 else 0) - before)
            under = under * (1 - shade * WARM)
            detail = _detail(other, there, up(fit.places), up(fit.picture)) if here.scale < 1 else np.float32(1)
            made = under + upper * (up(fit.front) * detail - under)
            made = made + own * (up(head) * detail - made)
            rough = rough * np.clip(made.mean(2, keepdims=True) / LIGHT, DIM, 1)
            made = np.clip(made + np.maximum(upper, own) * rough, 0, 255)
            change = from_srgb(made, photo) - from_srgb(before, photo)
            area = np.s_[y0 + top : y0 + up.end, x0 + first : x0 + up.right]
            part = np.s_[top - start : up.end - start, first - left : up.right - left]
            samples[part] = photo.pixels[area].astype(np.float32) + change
            confidence[part] = (np.maximum.reduce([upper, lower, 20 * shade, own]) > 0.004)[..., 0]
    return (x0 + left, y0 + start, x0 + right, y0 + end), samples, confidence


def _changed(area: Bool, size: tuple[int, int]) -> Box:
    """The box around an area (h, w) of the scene, in pixels of the photo's part of a size (width, height)."""
    found = []
    for n, one in ((0, area.any(0)), (1, area.any(1))):
        places, step = np.flatnonzero(one), size[n] / area.shape[1 - n]
        first, last = (int(places[0]), int(places[-1]) + 1) if places.size else (0, 1)
        found.append((max(0, int((first - 1) * step)), min(size[n], int((last + 1) * step) + 1)))
    return found[0][0], found[1][0], found[0][1], found[1][1]


def _glasses(here: Scene) -> Float32:
    """(h, w): what is worn above the tip of the nose; earrings go with the ears."""
    across = here.points[263, :2] - here.points[33, :2]
    down = np.array([-across[1], across[0]]) / max(float(np.linalg.norm(across)), 1.0)
    ys, xs = np.mgrid[: here.shape[0], : here.shape[1]].astype(np.float32)
    below = (xs - here.points[4, 0]) * np.float32(down[0]) + (ys - here.points[4, 1]) * np.float32(down[1])
    return np.asarray(np.clip((here.shares["worn"] - 0.3) / 0.3, 0, 1) * (below < 0), np.float32)


def _grain(photo: Photo, other: Photo, here: Scene, there: Scene, fit: Fitted) -> tuple[float, ...]:
    """Noise by band that the other's picture lacks: both faces' skin is compared around the tip of the nose."""
    x0, y0, x1, y1 = here.box
    middle = int(here.points[4, 1] / here.scale)
    size = (x1 - x0, y1 - y0)
    up = Enlarged(size, max(0, middle - STRIP // 2), min(size[1], middle + STRIP // 2), 0, size[0])
    if up.end <= up.top:
        return (0.0, 0.0, 0.0)
    skin = up(np.minimum(here.shares["face"], fit.shares["face"])) > 0.8
    before = to_srgb(photo, (x0, y0 + up.top, x1, y0 + up.end)).astype(np.float32)
    theirs = up(fit.picture)
    if here.scale < 1:
        theirs = theirs * _detail(other, there, up(fit.places), theirs)
    return missing(levels(before, skin), levels(theirs, skin))


@dataclass(frozen=True)
class Enlarged:
    """A part of a map of the scene at the photo's own size (width, height)."""

    size: tuple[int, int]
    top: int
    end: int
    left: int
    right: int

    def __call__(self, plane: Float32) -> Float32:
        """(end - top, right - left) or with channels."""
        height, width = plane.shape[:2]
        if (width, height) == self.size:
            return plane[self.top : self.end, self.left : self.right]
        sx, sy = width / self.size[0], height / self.size[1]
        matrix = np.array([[sx, 0, (self.left + 0.5) * sx - 0.5], [0, sy, (self.top + 0.5) * sy - 0.5]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        part = (self.right - self.left, self.end - self.top)
        return np.asarray(cv2.warpAffine(plane, matrix, part, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)

    def about(self, plane: Float32) -> float:
        """The largest value of a map that it may take."""
        height, width = plane.shape
        sx, sy = width / self.size[0], height / self.size[1]
        x0, y0 = max(0, int(self.left * sx) - 1), max(0, int(self.top * sy) - 1)
        return float(plane[y0 : int(self.end * sy) + 2, x0 : int(self.right * sx) + 2].max())


def _detail(other: Photo, there: Scene, places: Float32, low: Float32) -> Float32:
    """(h, w, 3) factors: what the other photo shows at its own size beyond the scene's."""
    checkpoint()
    xs, ys = ((places[..., n] + 0.5) / there.scale - 0.5 + there.box[n] for n in (0, 1))
    left, top = max(0, int(xs.min()) - 4), max(0, int(ys.min()) - 4)
    right, bottom = min(other.width, int(xs.max()) + 5), min(other.height, int(ys.max()) + 5)
    if right - left < 2 or bottom - top < 2:
        return np.ones_like(low)
    part = to_srgb(other, (left, top, right, bottom)).astype(np.float32)
    fine = cv2.remap(part, xs - left, ys - top, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip((fine + 12) / (low + 12), 0.4, 2.5), np.float32)


def _shadow(here: Scene, alpha: Float32) -> Float32:
    """(h, w) in [0, 1]: what new hair takes of the light on skin, neck and clothes below it."""
    unit = here.unit
    fresh = np.clip(alpha - here.hair, 0, 1)
    matrix = np.array([[1, 0, 0], [0, 1, DROP * unit]], np.float32)
    fallen = cv2.warpAffine(fresh, matrix, here.shape[::-1])
    fallen = wide_blur(fallen, SOFTNESS * unit)
    lit_from = here.shares["background"] + here.shares["hair"]
    dark = SHADOW * (1 - (1 - ON_FACE) * here.shares["face"])
    return np.asarray(dark * fallen * np.clip(1 - lit_from, 0, 1), np.float32)
