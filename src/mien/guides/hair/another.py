"""Hair of another person: with its matte, in this head's pose and light, and what of the old hair shows covered.

    result = under + shadow + A (F - under)      A, F the other's matte and hair colors, bent to this face

Convention:
    That of :mod:`mien.guides.scene`; "new" is the other's hair in this scene, "old" the hair that was there.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import wide_blur
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.borrow import mirrored
from mien.guides.guide import Doubt, Guide
from mien.guides.hair.bare import bare, held
from mien.guides.hair.close import close_to
from mien.guides.hair.ears import kept, unshaded
from mien.guides.hair.fit import Fitted, closed, ended, fitted
from mien.guides.hair.fringe import Forehead, lent_fringe
from mien.guides.hair.hairline_shade import above_eyes
from mien.guides.hair.lengths import check_ends, check_hairline, lengthened, long
from mien.guides.hair.lent import attached
from mien.guides.hair.light import as_fine, lit, sharp_as, toned
from mien.guides.hair.over import over_photo
from mien.guides.hair.refused import BALD, check_light, check_outline, check_size, doubts, made_up, nearer_mirrored
from mien.guides.hair.relit import relit
from mien.guides.hair.roots import in_colors, shown, told
from mien.guides.hair.under import down, rimmed, specks, stays
from mien.guides.scene import LARGEST, REACH, Scene, check_hat, glasses_of, polygon
from mien.threads import side_by_side
from mien.types import Bool, Face, Float32, Photo

FARTHEST, WIDE = 17.0, 14.0
"""Degrees of yaw between two heads up to which fringes are borrowed; and all hair, of which one side is
missing then.
"""

SHADOW, SOFTNESS, DROP = 0.42, 0.09, 0.07
"""How dark the shadow of new hair is, its blur and how far it falls, in units."""

ON_FACE = 0.4
"""How much of that darkness there is on a face."""


MADE_UP = "what the old hair hid is made up from what lies beside it; hair that covers the old looks better"
"""What is told from there on."""

LAID_ON = "this hair is short and begins far up: a fringe of another's strands looks laid on"

ARMS = 0.3
"""Softness, units, of the face's outline around which glasses stay before new hair."""

SMALLER = 720
"""Longer side of such a scene, pixels."""


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
        part: "hair", all of it, or the "fringe" alone, in the color of this person's hair.
        any_head: whether the other was not chosen by the user: then long hair keeps its hairline and its color.

    Raises:
        LayerError: a hat is in the way, a head is cut off by its photo, there is no fringe, or the heads look
            too far apart.
    """
    notes: tuple[str, ...] = ()
    turned = nearer_mirrored(photo, face, other, other_face)
    if turned:
        other, other_face, _ = mirrored(other, other_face, None)
        notes += ("the other head is mirrored, so that it looks the same way, or is lit from the same side",)
    apart = abs(other_face.pose.yaw - face.pose.yaw)
    most = WIDE if part == "hair" and not any_head else FARTHEST
    if apart > most:
        raise LayerError(
            f"The two heads look {apart:.0f} degrees apart; hair goes well up to {most:.0f}. "
            "Choose a photo in which the head is turned as far."
        )
    both = ((photo, face), (other, other_face))
    here, there = side_by_side(*(partial(_scene, *one, parser, part) for one in both))
    check_hat(here, "this head")
    check_hat(there, "the other head")
    if part == "fringe":
        return fringe(photo, here, other, there)
    check_light(photo, face, other, other_face)
    if not any_head:
        check_outline(there)
        notes += doubts(here, there)
    here, there = close_to(unshaded(here), there)
    fit = sharp_as(here, lit(here, fitted(here, there, whole=any_head)))
    fit = ended(here, closed(here, fit))
    if any_head and (long(here, here.loose) or long(here, fit.alpha)):
        return _lengthened(photo, other, here, there, fit, notes)
    if not any_head:
        check_size(here, fit)
        fit = as_fine(here, relit(here, fit))
    fit = toned(here, fit)
    return composed(photo, other, here, there, fit, notes)


def _lengthened(photo: Photo, other: Photo, here: Scene, there: Scene, fit: Fitted, notes: tuple[str, ...]) -> Guide:
    """The other's lengths alone, behind this head's hair."""
    check_hairline(here)
    fit, fill, rim = lengthened(here, fit)
    check_ends(here, fit.alpha)
    notes += ("the hairline and its color stay; name a photo of other hair to exchange all of it",)
    none, shade = np.zeros(here.shape, np.float32), _shadow(here, fit.alpha)
    planes = (fill, fit.picture, fit.alpha, rim, shade, none)
    return Guide(*over_photo(photo, other, here, there, fit, planes), notes)


def _scene(photo: Photo, face: Face, parser: FaceParser, part: str) -> Scene:
    """A scene; a smaller one where all hair of a large photo is exchanged, whose detail is laid over it in the end."""
    large = REACH * float(np.linalg.norm(face.quad[3] - face.quad[0])) > 2 * LARGEST
    return Scene.of(photo, face, parser, SMALLER if large and part == "hair" else LARGEST)


def fringe(
    photo: Photo, here: Scene, other: Photo, there: Scene, area: Bool | None = None, wished: Bool | None = None
) -> Guide:
    """The fringe that another head lends; arguments and errors as :func:`mien.guides.hair.fringe.lent_fringe`."""
    guide = piece(photo, here, other, there, *lent_fringe(here, there, area, wished))
    return replace(guide, notes=(Doubt(LAID_ON),)) if Forehead.of(here).doubtful else guide


def piece(photo: Photo, here: Scene, other: Photo, there: Scene, fit: Fitted, shade: Float32) -> Guide:
    """Hair that is laid over the photo with its shadow (h, w), where nothing old goes away."""
    none = np.zeros(here.shape, np.float32)
    return Guide(*over_photo(photo, other, here, there, fit, (here.picture, fit.picture, fit.alpha, none, shade, none)))


def composed(photo: Photo, other: Photo, here: Scene, there: Scene, fit: Fitted, notes: tuple[str, ...]) -> Guide:
    """The hair over the photo, with its shadow, and the old hair gone where all of it is exchanged."""
    oval = polygon(here.points[list(mesh.OUTLINE)], here.shape, ARMS * here.unit)
    worn = glasses_of(here) * np.clip(4 * oval + 1 - fit.alpha, 0, 1)
    worn = np.maximum(worn, kept(here, there, fit.alpha))
    alpha = attached(fit.alpha * (1 - worn), here, worn)
    fine, cheeks, seen = *np.zeros((2, *here.shape), np.float32), held(here)
    share, soft = told(fit, here.unit)
    head = in_colors(here, fit, seen, share)
    real = np.minimum(shown(here, fit) * (1 - worn), 1 - np.clip(8 * (fit.alpha * (1 - worn) - alpha), 0, 1))
    if float(fit.alpha.sum()) >= BALD * here.unit**2:
        place = stays(here, seen)
        real, fine = np.minimum(real, 1 - place * (1 - soft)), down(head, here, fit) * place
        fit, head = replace(fit, front=rimmed(fit.front, here, fit)), rimmed(head, here, fit)
        alpha = alpha + place * np.minimum(share - alpha, 0)
        cheeks = np.clip(2 * place, 0, 1) * (1 - above_eyes(here, 0))  # a smile folds the other's
        real = np.minimum(real, np.maximum(alpha, 1 - cheeks))
    odd = specks(np.maximum(alpha, real), here.unit)
    alpha, real = np.where(odd, 0, alpha), np.where(odd, 0, real)
    fill, gone = bare(here, fit.shares, fit.picture, head, np.maximum(alpha, real), worn)
    gone = np.where(here.loose < 0.02, gone * (1 - cheeks), gone)
    if made_up(here, gone * (1 - alpha) * (1 - fit.shares["face"])):
        notes += (Doubt(MADE_UP),)
    dark = np.maximum(_shadow(here, alpha), fine) * (1 - worn)
    made = over_photo(photo, other, here, there, fit, (fill, head, alpha, gone, dark, real))
    return Guide(*made, notes)


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
