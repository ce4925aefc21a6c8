"""What is no frame in a frame's area."""

import cv2
import numpy as np

from mien.guides.glasses.laid_bare import laid_bare
from mien.guides.glasses.lines import SIDE
from mien.guides.glasses.seen import Seen

SKIN, HAIR, FRAME = (200, 160, 140), (120, 80, 50), (20, 20, 25)


def _points() -> np.ndarray:
    points = np.zeros((478, 2))
    points[[33, 133, 362, 263]] = [(240, 300), (290, 300), (350, 300), (400, 300)]
    points[[127, 356, 168]] = [(190, 300), (450, 300), (320, 300)]
    return points


def _worn() -> tuple[np.ndarray, np.ndarray, Seen, np.ndarray, np.ndarray]:
    """A picture, what was found of an arm that is five times as wide, what is seen, kinds, and the arm."""
    rng = np.random.default_rng(0)
    picture = np.full((SIDE, SIDE, 3), SKIN, np.float32)
    picture[:, 470:] = HAIR
    made = picture.copy()
    arm, hidden = np.zeros((2, SIDE, SIDE), np.uint8)
    cv2.line(arm, (340, 300), (520, 300), 1, 7)
    cv2.line(hidden, (340, 300), (540, 300), 1, 41)
    picture[arm > 0] = FRAME
    picture += rng.normal(0, 2, picture.shape).astype(np.float32)
    none = np.zeros((SIDE, SIDE), np.float32)
    likely = (hidden * np.float32(0.9)).astype(np.float32)
    low = np.broadcast_to(np.arange(SIDE)[:, None] > 330, none.shape).copy()
    seen = Seen(hidden > 0, likely, low, none, none, made, np.ones_like(none))
    kinds = np.zeros((SIDE, SIDE, 5), np.float32)
    kinds[:, :470, 0], kinds[:, 470:, 1] = 1, 1
    return picture, hidden > 0, seen, kinds, arm > 0


def test_hair_beside_an_arm_stays() -> None:
    picture, hidden, seen, kinds, arm = _worn()
    stays = laid_bare(picture, hidden, seen, kinds, _points())
    assert not stays[arm].any()
    assert stays[283:290, 480:510].all() and stays[296:304, 540:550].all()
    assert not stays[:, :470].any() and not stays[~hidden].any()  # skin goes


def test_a_thin_bright_arm_over_hair_goes() -> None:
    picture, hidden, seen, kinds, _ = _worn()
    picture[320:322, 480:540] = 200
    grown = hidden | (np.abs(np.arange(SIDE) - 315) < 20)[:, None] & hidden.any(0)
    stays = laid_bare(picture, grown, seen, kinds, _points())
    assert not stays[318:324, 482:538].any() and stays[329:333, 490:520].all()
