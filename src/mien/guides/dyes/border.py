"""The border of dyed hair, as a network corrects it: strands that the matte missed, hairlines, and what is no hair.

Convention:
    Pictures are (h, w, 3) float32 in [0, 255], maps (h, w) float32 in [0, 1]. A unit is 1/100 of the FFHQ crop's side.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mien.compose.border import both_colors, local_colors
from mien.compose.morphology import disc
from mien.guides.dyes.lift import within
from mien.pixels import LEVELS
from mien.types import Float32

PLANES = 15
"""That the network sees."""

OUTSIDE, INSIDE, SOFT = 7.5, 2.0, 0.5
"""Units around hair, and inside of it, within which its dye is corrected, and how soft that band's border is."""

ON_SKIN, BARE = 2.0, 0.5
"""Units around hair within which that of skin is corrected, and what the parser must give for skin: farther away, marks
on a forehead would be taken for hair."""

HAIR, WITHIN, CORE = 0.4, 0.6, 0.9
"""Mattes from which on there is hair, mostly hair, and nothing but hair."""

LIGHTER = (20.0, 30.0)
"""L* by which hair becomes lighter from which on its border is corrected, and fully: of 30 comparisons by strangers of
dyes that are 27 L* lighter and more the corrected one won 23, of 42 others 10."""

FAINT, GAIN, SOME = 0.1, 1.2, (0.05, 0.35)
"""Of a matte what is taken for doubt, how much the rest is strengthened, and mattes between which colors are corrected
that no matte explains: elsewhere they would be a haze, an average of what might be there."""

MOST = 8.0
"""Levels by which the corrected rim is made as light as the rough dye's, on the whole."""

SKIN, SHADE = 0.1, (0.05, 0.2)
"""What the parser must give for skin that thin hair lies before, and how far from skin to hair its lightness must be
for its hue to change, and fully."""

NEARBY = 4.0
"""Units within which what the dye does to solid hair is looked for."""

ASIDE, FEW = 3.0, 30.0
"""Units from skin within which a border is that of skin, and units of another one below which there is hardly any."""

ALIKE, UNSURE = 0.4, 0.55
"""Share of the border along which hair and backdrop are alike, and of the hair what the parser doubts beside it, from
which on they can hardly be told from each other: in 3 of 36 heads of the wide portraits' validation split."""

SPARSE, SHARE = (0.15, 0.85), 0.57
"""Mattes between which skin is seen through hair, and share of hair that is such from which on a dye looks painted on a
bald or shaved head: 0.63, 0.63 and 0.75 on three of these, at most 0.51 on 37 others."""

LITTLE, DOUBTED = 800.0, 0.86
"""Square units of hair below which a head is bald, where the parser gives less than that for it in the mean: 329 to 752
and 0.77 to 0.84 on four of these; nothing else has less than 914 units, one of 37 less than 0.88."""

PATCHES, BLOTCHED, RAISED = (2.0, 5.0), 4.6, 15.0
"""Units between which patches of light are wide; standard deviation of L* of such patches from which on hair looks
blotched that becomes so much lighter: 4.6 to 5.2 on six of 49 heads made blond, of which four look so."""


@dataclass(frozen=True, eq=False)
class Border:
    """Attributes:
    photo, rough: (h, w, 3) before, and dyed.
    matte: (h, w) of the hair.
    likely, skin: (h, w) what the parser takes for hair, and for skin.
    change: (h, w, 3) what the dye does to solid hair nearby, levels.
    placed: (h, w, 3) how far the photo's color lies on the way from what is behind to hair, as both are nearby, how
        far it lies beside that way, and how long that is.
    band: (h, w) how much of it may be corrected.
    """

    photo: Float32
    rough: Float32
    matte: Float32
    likely: Float32
    skin: Float32
    change: Float32
    placed: Float32
    band: Float32

    @classmethod
    def of(cls, photo: Float32, rough: Float32, matte: Float32, likely: Float32, skin: Float32, unit: float) -> Border:
        """Of a dyed picture; a unit is in its pixels."""
        core = cv2.erode((matte > WITHIN).astype(np.uint8), disc(INSIDE * unit))
        hair = (matte > HAIR).astype(np.uint8)
        near = cv2.dilate(hair, disc(OUTSIDE * unit)) * (skin < BARE) | cv2.dilate(hair, disc(ON_SKIN * unit))
        band = cv2.GaussianBlur((near * (1 - core)).astype(np.float32), (0, 0), SOFT * unit)
        solid = cv2.erode((matte > CORE).astype(np.uint8), disc(0.5 * unit)).astype(np.float32)
        change, _ = local_colors(rough - photo, solid, NEARBY * unit)
        placed = _placed(photo, matte, solid, unit)
        return cls(photo, rough, matte, likely, skin, change, placed, np.asarray(band, np.float32))

    def planes(self) -> Float32:
        """(PLANES, h, w), most within [-1, 1]: the photo, what the dye makes of it, the maps, what it does to solid
        hair, and where colors lie between hair's and those behind."""
        scale = np.float32(1 / LEVELS)
        planes = [scale * one - 1 for one in (*cv2.split(self.photo), *cv2.split(self.rough))]
        planes += [2 * one - 1 for one in (self.matte, self.likely, self.skin)]
        planes += [scale * one for one in cv2.split(self.change)]
        return np.stack([*planes, *cv2.split(self.placed)]).astype(np.float32, copy=False)

    def lighter(self) -> float:
        """From 0 to 1, how much lighter the dye makes solid hair: elsewhere strangers prefer the rough dye."""
        solid = self.matte > CORE
        if not solid.any():
            return 0.0
        after, before = (
            cv2.cvtColor(one[solid][None] / 255, cv2.COLOR_RGB2LAB)[..., 0] for one in (self.rough, self.photo)
        )
        return float(np.clip((float((after - before).mean()) - LIGHTER[0]) / (LIGHTER[1] - LIGHTER[0]), 0, 1))

    def more(self, told: Float32) -> Float32:
        """(h, w) what the matte lacks, of what the network answered, (4, h, w): less than ``FAINT`` is haze."""
        lacking = np.sign(told[0]) * np.maximum(np.abs(told[0]) - FAINT, 0) * np.float32(GAIN)
        return np.asarray(np.clip(self.matte + lacking, 0, 1) - self.matte, np.float32)

    def corrected(self, told: Float32) -> Float32:
        """The dyed picture with what the matte and the colors lack, (4, h, w); colors alone only where hair is seen."""
        seen = np.clip((self.matte - SOME[0]) / (SOME[1] - SOME[0]), 0, 1)
        made = self.more(told)[..., None] * self.change + (LEVELS * seen)[..., None] * told[1:].transpose(1, 2, 0)
        fixed = np.clip(self.rough + self.band[..., None] * made, 0, 255)
        hair = self.matte > 0.5
        rim = self.band * hair  # as light as before on the whole, or the wish would be missed
        lost = (self.rough - fixed)[hair].sum(0) / max(float(rim.sum()), 1.0)
        return np.asarray(np.clip(fixed + rim[..., None] * np.clip(lost, -MOST, MOST), 0, 255), np.float32)

    def warmed(self, made: Float32, unit: float) -> Float32:
        """A corrected dye (h, w, 3) whose thin hair before skin has hues between those of skin and of the new hair.

        What shines through dark hair is bluish; beside fair hair it would be a mauve seam. A unit is in pixels.
        """
        bare, solid = ((one > CORE).astype(np.float32) for one in (self.skin - self.matte, self.matte))
        if min(float(bare.sum()), float(solid.sum())) < FEW:
            return made
        before, after = (cv2.cvtColor(one / np.float32(255), cv2.COLOR_RGB2LAB) for one in (self.photo, made))
        (skin, _), (dark, _) = both_colors(before, (bare, solid), NEARBY * unit)
        new, _ = local_colors(after, solid, NEARBY * unit)
        apart = skin[..., 0] - dark[..., 0]
        placed = np.clip((skin[..., 0] - before[..., 0]) / np.maximum(apart, 1), 0, 1)
        near = cv2.dilate((self.matte > HAIR).astype(np.float32), disc(ON_SKIN * unit)) * (self.skin > SKIN)
        near = cv2.GaussianBlur(near, (0, 0), SOFT * unit) * np.clip(apart / 20 - 1, 0, 1)
        shade = np.clip((placed - SHADE[0]) / (SHADE[1] - SHADE[0]), 0, 1)
        share = near * shade * np.clip(2 - 2 * self.matte, 0, 1)
        hues = skin[..., 1:] + placed[..., None] * (new[..., 1:] - skin[..., 1:])
        plain = cv2.cvtColor(after, cv2.COLOR_LAB2RGB)  # not quite what it was: where no hue changes, nothing may
        after[..., 1:] += share[..., None] * (hues - after[..., 1:])
        change = np.float32(255) * (cv2.cvtColor(after, cv2.COLOR_LAB2RGB) - plain)
        return np.asarray(np.clip(made + change, 0, 255), np.float32)

    def doubtful(self, unit: float) -> bool:
        """Whether hair and what lies behind it can hardly be told from each other; a unit is in pixels."""
        hair = max(int((self.matte > 0.5).sum()), 1)
        unsure = (self.likely > 0.1) & (self.likely < 0.7) & (self.matte < CORE) & (self.skin < 0.1)
        return self._alike(unit) > ALIKE or float(unsure.sum()) / hair > UNSURE

    def sparse(self, unit: float) -> bool:
        """Whether there is little but skin seen through hair, or hardly any hair; a unit is in pixels."""
        hair = self.matte > 0.5
        thin = ((self.matte > SPARSE[0]) & (self.matte < SPARSE[1])).sum()
        area = max(float(hair.sum()), 1.0)
        bald = area < LITTLE * unit**2 and float(self.likely[hair].sum()) < DOUBTED * area
        return bald or float(thin) > SHARE * area

    def blotched(self, unit: float) -> bool:
        """Whether dark hair becomes lighter in patches; a unit is in pixels."""
        inside = (self.matte > CORE).astype(np.float32)
        core = cv2.erode(inside, disc(1)) > 0
        if not core.any():
            return False
        old, new = (cv2.cvtColor(one / np.float32(255), cv2.COLOR_RGB2LAB)[..., 0] for one in (self.photo, self.rough))
        if float((new - old)[core].mean()) < RAISED:
            return False
        fine, wide = (within(np.asarray(new, np.float32), inside, reach * unit) for reach in PATCHES)
        return float((fine - wide)[core].std()) > BLOTCHED

    def _alike(self, unit: float) -> float:
        """Share of the hair's border, skin apart, along which what lies behind has the hair's colors."""
        line = cv2.morphologyEx((self.matte > 0.5).astype(np.uint8), cv2.MORPH_GRADIENT, disc(1))
        rim = (line > 0) & (cv2.dilate(self.skin, disc(ASIDE * unit)) < 0.3)
        rim[:2], rim[-2:], rim[:, :2], rim[:, -2:] = False, False, False, False
        if rim.sum() < FEW * unit:
            return 0.0
        hair = (cv2.erode(self.matte, disc(0.5 * unit)) > CORE).astype(np.float32)
        behind = ((cv2.dilate(self.matte, disc(1.5 * unit)) < 0.05) & (self.skin < 0.3)).astype(np.float32)
        (front, spread), (back, uneven) = both_colors(self.photo, (hair, behind), 3 * unit)
        apart = np.sqrt(((front - back) ** 2).sum(2))
        return float((apart < 12 + 0.6 * (spread + uneven))[rim].mean())


def _placed(photo: Float32, matte: Float32, solid: Float32, unit: float) -> Float32:
    """See :class:`Border`."""
    behind = (cv2.dilate(matte, disc(unit)) < 0.03).astype(np.float32)
    (front, _), (back, _) = both_colors(photo, (solid, behind), NEARBY * unit)
    way, toward = front - back, photo - back
    squared, mixed, length = (np.einsum("ijk,ijk->ij", *pair) for pair in ((way, way), (toward, way), (toward, toward)))
    apart = np.sqrt(squared)
    along = mixed / (apart + 20)
    beside = np.sqrt(np.maximum(length - along**2, 0))
    share = np.clip(along / (apart + 20), -0.5, 1.5)
    return np.dstack([2 * share - 1, np.clip(beside / (apart + 20), 0, 2) - 1, apart / 128 - 1]).astype(np.float32)
