"""Heads that are lent, before another backdrop: out of focus, or a wall of a color.

Strands are parted from what shone through them (:func:`mien.compose.matte.colors`), so that they take on the new light.

Legend: H, W of a head's picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mien.align import mesh
from mien.compose.border import wide_blur
from mien.compose.matte import colors, sharpened
from mien.compose.morphology import disc
from mien.conditions.parser import FaceParser
from mien.generation.ears import missed_ears
from mien.generation.rims import unrimmed
from mien.guides.hair.matte import hair_matte
from mien.guides.looks import reaching
from mien.guides.traits import lab_of
from mien.types import Bool, Face, Float32, Photo, UInt8

BODY = "skin+brows+eyes+glasses+ears+earrings+nose+mouth+lips+neck+necklace+cloth+hat"
"""All of a person but hair, which its own matte tells."""

REACH, AROUND = 0.012, 0.05
"""Sides of the face's square: of the band in which borders are solved, and of the windows that tell colors apart."""

JOINED, STRANDS = 0.03, 2.2
"""Sides: what hangs together with the face by less is somebody else; and how many times farther strands may reach."""

BELOW = (0.35, 0.6)
"""Places on the neck, in distances of nose and chin below the chin."""

LIKELY, FAINT, BEYOND = 0.4, 0.15, 0.015
"""Shares from which the parser's hair is hair, and what a person encloses is one; sides up to which strands reach."""

SURE = (0.3, 0.8)
"""Shares of bodies from which they are seen at all, and whole: plants beside a neck have some."""

SPILT = (3.0, 8.0)
"""a*, b* by which hair may come near to its backdrop, and by which a backdrop differs from it at least."""

SEAM, SCRAP, BORDER, HUE, SOLID = 0.05, 0.03, 0.06, 11.0, 0.01
"""Sides around the end of a picture where scraps of its backdrop are, of their thickness, and of the border that is
looked at; a*, b* by which one differs from hair; and sides of a border in which solid hair has holes."""

SCRAPS = 0.2
"""Share up to which a pixel is no person before a wall: scraps and rims of what was behind."""

CHOKED = 0.004
"""Sides by which skin and clothes end earlier before a wall: their borders keep the old backdrop's shade."""

GRAY = 8.0
"""Chroma up to which hair is gray: any hue at its border is the old backdrop's."""

LEAVES = (5.0, 6.0)
"""-a* and b* from which something is a leaf, and the width of the step; black hair is bluish green at times."""

DEFOCUS = 0.07
"""Sides over which a backdrop is blurred: what is moved with a head's outline is not seen to bend."""

SHADES, VIVID = (22.0, 88.0), 24.0
"""L* and chroma of a studio's wall."""

FADES = 0.1
"""By how much light falls off from the middle of a wall to its corners."""

WHITE, LIT, PALE = (85.0, 8.0), (97.0, 0.02), 0.4
"""L* and chroma from and up to which a wall is white; what it has then, and how much less light its corners have: it
reads as gray else; and its share of the color."""


@dataclass(frozen=True, eq=False)
class Parted:
    """A picture in layers.

    Attributes:
        alpha: (H, W, 1) share of the person.
        front: (H, W, 3) sRGB of the person alone.
        behind: (H, W, 3) sRGB of what is behind, blurred.
        hair: (H, W) share of hair.
        side: of the face's square, pixels.
    """

    alpha: Float32
    front: Float32
    behind: Float32
    hair: Float32
    side: float

    def before(self, wall: Float32) -> UInt8:
        """The person before something else (H, W, 3)."""
        return np.asarray(np.clip(np.rint(wall + self.alpha * (self.front - wall)), 0, 255), np.uint8)

    def cleaned(self) -> Parted:
        """The person without the light of the backdrop in hair, which shows as a rim before another."""
        alpha, front = unrimmed(self.alpha, self.front, self.behind, self.hair, self.side)
        return replace(self, alpha=alpha, front=front)._plain()

    def _plain(self) -> Parted:
        """Without its hues and scraps."""
        lab, other = (lab_of(np.asarray(np.clip(one, 0, 255), np.uint8)) for one in (self.front, self.behind))
        sure = (self.hair > SURE[1]) & (self.alpha[..., 0] > SURE[1])
        if not sure.any():
            return self
        own = np.median(lab[sure], 0)
        alpha = np.asarray(np.clip((self.alpha - SCRAPS) / (1 - SCRAPS), 0, 1), np.float32)
        bare = np.clip(1 - 3 * cv2.GaussianBlur(self.hair, (0, 0), CHOKED * self.side), 0, 1)[..., None]
        alpha += bare * (cv2.erode(alpha[..., 0], disc(CHOKED * self.side))[..., None] - alpha)
        way = other[..., 1:] - own[1:]
        far = np.linalg.norm(way, axis=2, keepdims=True)
        way /= np.maximum(far, 1e-6)
        shown = ((lab[..., 1:] - own[1:]) * way).sum(2, keepdims=True)
        share = np.clip(far / SPILT[1] - 1, 0, 1) * cv2.GaussianBlur(self.hair, (0, 0), 1.5)[..., None]
        lab[..., 1:] -= share * np.maximum(shown - SPILT[0], 0) * way
        if np.hypot(*own[1:]) < GRAY:
            inner = cv2.erode((alpha[..., 0] > 0.5).astype(np.float32), disc(BORDER * self.side))
            faded = (cv2.GaussianBlur(1 - inner, (0, 0), CHOKED * self.side) * self.hair)[..., None]
            lab[..., 1:] += faded * (own[1:] - lab[..., 1:])
            share = np.maximum(share, faded)
        made = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * np.float32(255)
        return replace(self, alpha=alpha, front=np.where(share > 0, made, self.front).astype(np.float32))


def parted(photo: Photo, face: Face, parser: FaceParser, seam: int = 0, *, solid: bool = False) -> Parted:
    """A head's picture in layers.

    Args:
        photo: sRGB, 8 bits.
        face: found in it.
        parser: tells bodies.
        seam: rows at the picture's top that were put there.
        solid: whether nothing is seen through its hair.
    """
    picture = np.asarray(photo.pixels, np.uint8)
    side = float(np.linalg.norm(face.quad[3] - face.quad[0]))
    (body, hairy, cloth), box = reaching(photo, face, (BODY, "hair", "cloth"), parser)
    hair = _laid(*hair_matte(photo, face, parser), picture.shape)
    hair = hair * _near(_laid(hairy, box, picture.shape) > LIKELY, BEYOND * side)  # not the twigs of a tree
    body = np.clip((body - SURE[0]) / (SURE[1] - SURE[0]), 0, 1)
    likely = np.minimum(_laid(body, box, picture.shape) + np.maximum(hair, _bearded(hairy, box, face, picture)), 1)
    likely = np.maximum(likely, missed_ears(picture, likely, face))
    likely = np.where(_enclosed(likely) & (likely > FAINT), np.float32(1), likely)
    likely = likely * _joined(likely, face, JOINED * side)
    alpha = np.maximum(sharpened(picture, likely.astype(np.float32), REACH * side), hair)
    alpha = alpha * _joined(alpha, face, JOINED * side, STRANDS)
    kept = np.clip(2 * _laid(cloth, box, picture.shape), 0, 1) + _inside(face, picture.shape)
    alpha = alpha * (1 - _green(picture) * (1 - np.minimum(kept, 1)))
    if seam:
        alpha = _unscrapped(alpha.astype(np.float32), hair, picture, seam, side)
    if solid:
        alpha = _solid(alpha.astype(np.float32), side)
    front, _ = colors(picture.astype(np.float32) / np.float32(255), alpha, max(4, round(AROUND * side)))
    away, sigma = ((1 - alpha) ** 3)[..., None], DEFOCUS * side
    seen = np.dstack([picture * away, away]).astype(np.float32)
    mean = wide_blur(seen, sigma) + np.float32(1e-3) * wide_blur(seen, 4 * sigma)
    behind = mean[..., :3] / (mean[..., 3:] + 1e-9)
    front, shown = np.asarray(front * 255, np.float32), np.asarray(np.minimum(hair, alpha), np.float32)
    return Parted(alpha[..., None], front, np.asarray(behind, np.float32), shown, side)


def wall(color: Float32, height: int, width: int) -> Float32:
    """sRGB (height, width, 3) of a wall that is darker towards its corners; no color is as vivid as paint.

    ``color`` is CIE L*, a*, b* (3,).
    """
    chroma = float(np.hypot(*color[1:]))
    lab = np.array([np.clip(color[0], *SHADES), *(color[1:] * min(1.0, VIVID / max(chroma, 1e-6)))], np.float32)
    white = bool(color[0] >= WHITE[0] and chroma <= WHITE[1])
    if white:
        lab = np.array([LIT[0], *(PALE * color[1:])], np.float32)
    across, down = (np.linspace(-1, 1, length, dtype=np.float32) for length in (width, height))
    made = np.broadcast_to(lab, (height, width, 3)).copy()
    made[..., 0] *= 1 - (LIT[1] if white else FADES) * (across[None] ** 2 + (down[:, None] + 0.3) ** 2) / 2
    return np.asarray(cv2.cvtColor(made, cv2.COLOR_LAB2RGB) * 255, np.float32)


def _green(picture: UInt8) -> Float32:
    """(H, W): how much of each pixel is leaves, which are seen through hair and beside necks."""
    _, red, yellow = np.moveaxis(lab_of(picture), 2, 0)
    return np.asarray(np.clip((np.minimum(-red, yellow) - LEAVES[0]) / LEAVES[1], 0, 1), np.float32)


def _laid(part: Float32, box: tuple[int, int, int, int], shape: tuple[int, ...]) -> Float32:
    """A map of a part of the picture over all of it, 0 elsewhere."""
    x0, y0, x1, y1 = box
    whole = np.zeros(shape[:2], np.float32)
    whole[y0:y1, x0:x1] = cv2.resize(part, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    return whole


def _bearded(hair: Float32, box: tuple[int, int, int, int], face: Face, picture: UInt8) -> Float32:
    """(H, W): hair within the outline of a face, which the matte of a head's hair leaves out."""
    outline, (nose, chin) = face.landmarks[list(mesh.OUTLINE), :2], face.landmarks[[4, 152], :2]
    low = outline[(outline - nose) @ (chin - nose) > 0.3 * ((chin - nose) ** 2).sum()] + BELOW[0] * (chin - nose)
    area = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillConvexPoly(area, cv2.convexHull(np.round(np.concatenate([outline, low])).astype(np.int32)), 1)
    return np.asarray(_laid(hair, box, picture.shape) * area, np.float32)


def _inside(face: Face, shape: tuple[int, ...]) -> Float32:
    """(H, W): 1 within the outline of a face, whose eyes may be green."""
    area = np.zeros(shape[:2], np.float32)
    cv2.fillConvexPoly(area, cv2.convexHull(np.round(face.landmarks[list(mesh.OUTLINE), :2]).astype(np.int32)), 1)
    return area


def _enclosed(likely: Float32) -> Bool:
    """(H, W): what is no person by itself, but from where no way leads to the picture's edge."""
    _, index = cv2.connectedComponents((likely < 0.5).astype(np.uint8), connectivity=4)
    ends = np.unique(np.concatenate([index[0], index[-1], index[:, 0], index[:, -1]]))
    return np.asarray((likely < 0.5) & ~np.isin(index, ends), np.bool_)


def _joined(likely: Float32, face: Face, reach: float, wider: float = 1.0) -> Float32:
    """(H, W): 1 on the person whose face it is and so much wider than what is too thin, 0 on others who touch it."""
    core = cv2.erode((likely > 0.5).astype(np.uint8), disc(reach))
    _, index = cv2.connectedComponents(core)
    nose, chin = (face.landmarks[point, :2] for point in (4, 152))
    places = np.round([nose, *(chin + share * (chin - nose) for share in BELOW)]).astype(int)
    x, y = (np.clip(places[:, i], 0, core.shape[1 - i] - 1) for i in (0, 1))
    return _near(np.isin(index, index[y, x]) & (core > 0), wider * reach)


def _unscrapped(alpha: Float32, hair: Float32, picture: UInt8, seam: int, side: float) -> Float32:
    """Shares (H, W) without scraps of the backdrop where a picture ended, thin ones and those of another color."""
    near = np.clip(2 - np.abs(np.arange(len(alpha)) - seam) / (SEAM * side), 0, 1)[:, None].astype(np.float32)
    sure = (hair > SURE[1]) & (alpha > SURE[1])
    if not sure.any():
        return alpha
    hues = lab_of(picture)[..., 1:]
    other = np.linalg.norm(hues - np.median(hues[sure], 0), axis=2) > HUE
    border = ~cv2.erode((alpha > 0.5).astype(np.uint8), disc(BORDER * side)).astype(bool)
    gone = cv2.GaussianBlur((other & border).astype(np.float32), (0, 0), 1.5)
    opened = cv2.morphologyEx(alpha * (1 - np.clip(2 * gone, 0, 1)), cv2.MORPH_OPEN, disc(SCRAP * side))
    return np.asarray(alpha + near * (np.minimum(opened, alpha) - alpha), np.float32)


def _solid(alpha: Float32, side: float) -> Float32:
    """Shares (H, W) without holes."""
    closed = cv2.morphologyEx(alpha, cv2.MORPH_CLOSE, disc(SCRAP * side)) > 0.5
    away = cv2.distanceTransform(closed.astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(np.maximum(alpha, np.clip(away / (SOLID * side) - 1, 0, 1).astype(np.float32)), np.float32)


def _near(area: Bool, reach: float) -> Float32:
    """(H, W): 1 on an area and up to some pixels from it, with a soft border."""
    away = cv2.distanceTransform((~area).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(np.clip((reach + 4 - away) / 4, 0, 1), np.float32)
