"""A fringe where nobody is named who lends one: of the bundled bank's heads.

Convention:
    That of :mod:`mien.guides.scene`.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.align.paste import Mask
from mien.conditions.parser import FaceParser
from mien.errors import LayerError
from mien.guides.bank import Bank, Entry
from mien.guides.bank_faces import FRINGES, SHORT_FRINGES
from mien.guides.borrow import mirrored
from mien.guides.fringe import Forehead
from mien.guides.guide import Guide
from mien.guides.hair import fringe
from mien.guides.scene import Scene, check_hat
from mien.types import Face, Photo

LATER, LIGHT, FAR = 8.0, 0.25, 17.0
"""Degrees of yaw that a place later in the list costs, and that a unit of L* costs by which hair differs in light; and
degrees by which heads may look apart at most."""


def bank_fringe(photo: Photo, face: Face, parser: FaceParser, seed: int = 0, mask: Mask | None = None) -> Guide:
    """A fringe of the bank in the tones of this hair, within a mask; another seed takes another head's.

    Raises:
        LayerError: a hat is in the way, there is too little hair, or nobody's fringe fits.
    """
    here = Scene.of(photo, face, parser)
    check_hat(here, "this head")
    area = None if mask is None else here.at(mask) > 0.5
    names = SHORT_FRINGES if Forehead.of(here).short else FRINGES
    entries = {entry.path.stem: entry for entry in Bank.bundled().entries}
    found = [entries[name] for name in names]
    level = float(np.median(cv2.cvtColor(here.picture / np.float32(255), cv2.COLOR_RGB2LAB)[here.hair > 0.9, 0]))
    costs = [_apart(one, face) + LATER * n + LIGHT * abs(one.traits.hair[0] - level) for n, one in enumerate(found)]
    order = np.argsort(costs, kind="stable")
    for place in range(len(found)):
        entry = found[order[(place + seed) % len(found)]]
        if _apart(entry, face) > FAR:
            continue
        other, other_face = entry.photo(), entry.face
        if abs(-other_face.pose.yaw - face.pose.yaw) < abs(other_face.pose.yaw - face.pose.yaw):
            other, other_face, _ = mirrored(other, other_face, None)
        try:
            return fringe(photo, here, other, Scene.of(other, other_face, parser), area)
        except LayerError:
            continue
    raise LayerError("No fringe of the bank fits this head; give a photo with a fringe as exemplar.")


def _apart(entry: Entry, face: Face) -> float:
    """Degrees between the directions in which two heads look, one of them mirrored if that is nearer."""
    yaw = entry.face.pose.yaw
    return float(min(abs(yaw - face.pose.yaw), abs(-yaw - face.pose.yaw)))
