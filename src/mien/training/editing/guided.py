"""Guides of training edits, without annotation: the truth itself, bent, in another light, soft or grainy, with a wrong
border (:mod:`mien.training.windows.guides`); or a part of another face, moved to where it belongs. Blended well, that
part is then the truth, and as it was cut out it is the guide, with seams to be mended.

Letters: B batch, S side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from torch import Tensor

from mien.conditions.labels import INDEX
from mien.pixels import to_bytes, to_tensor
from mien.training.windows.guides import GuideDraw, draw_guide
from mien.types import Bool, Float32, Float64, UInt8

MOUTH = ("mouth", "upper_lip", "lower_lip")
PARTS = (("left_eye", "right_eye", "left_brow", "right_brow"), ("nose",), MOUTH)
"""What is moved from face to face."""

LANDMARKS = (("left_eye",), ("right_eye",), ("nose",), MOUTH)
"""Their centers say where."""

FEWEST = 6
"""Pixels of a landmark's classes."""


@dataclass(frozen=True, eq=False)
class Guided:
    """Attributes:
    picture, labels, mask: of the edits, (B, 3, S, S) in [-1, 1], (B, S, S) uint8, (B, 1, S, S) in {0, 1}.
    moved: (B,) bool, where a part of another face was moved.
    guide: (B, 4, S, S): colors in [-1, 1] and confidence; None where none is drawn.
    """

    picture: Tensor
    labels: Tensor
    mask: Tensor
    moved: Tensor
    guide: Tensor | None


def guided(edits: Guided, wanted: Tensor, rng: np.random.Generator, settings: GuideDraw, moved: float) -> Guided:
    """Edits with guides.

    Args:
        edits: without.
        wanted: (B,) bool, which of them may have one.
        rng: all that is random.
        settings: how the truth is changed; a share of 0 draws nothing at all.
        moved: at most this fraction of the edits gets a part of the next face of the batch.
    """
    if not settings.share:
        return edits
    pictures, labels = to_bytes(edits.picture), edits.labels.cpu().numpy()
    mask = edits.mask[:, 0].cpu().numpy().astype(np.uint8)
    truths, maps, planes = pictures.copy(), labels.copy(), []
    told = np.zeros(len(pictures), np.bool_)
    for i, may in enumerate(wanted.tolist()):
        found = None
        if may and rng.random() < moved:
            found = _moved(pictures[i], labels[i], pictures[i - 1], labels[i - 1], rng)
        if found is not None:
            truths[i], maps[i], mask[i], other, area = found
            told[i] = True
            guide, sure = draw_guide(other, area, pictures[i], rng, replace(settings, share=1.0, partial=0.0))
        else:
            share = settings.share if may else 0.0
            guide, sure = draw_guide(pictures[i], mask[i], pictures[i - 1], rng, replace(settings, share=share))
        planes.append(torch.cat([to_tensor(guide)[0] * torch.from_numpy(sure > 0), torch.from_numpy(sure)[None]]))
    device = edits.picture.device
    chosen = torch.from_numpy(told).to(device)
    return Guided(
        torch.where(chosen.view(-1, 1, 1, 1), to_tensor(truths).to(edits.picture), edits.picture),
        torch.from_numpy(maps).to(device),
        torch.from_numpy(mask)[:, None].to(edits.mask),
        chosen,
        torch.stack(planes).to(edits.picture),
    )


def _moved(
    picture: UInt8, labels: UInt8, other: UInt8, other_labels: UInt8, rng: np.random.Generator
) -> tuple[UInt8, UInt8, UInt8, UInt8, UInt8] | None:
    """The picture with a part of the other; its labels; the mask; the other picture where it was moved to; the part.

    None where a face shows too little, or glasses.
    """
    matrix = _matrix(labels, other_labels)
    part = [INDEX[name] for name in PARTS[int(rng.integers(len(PARTS)))]]
    if matrix is None:
        return None
    side = len(labels)
    there = cv2.warpAffine(other, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    theirs = cv2.warpAffine(other_labels, matrix, (side, side), flags=cv2.INTER_NEAREST)
    if not np.isin(theirs, part).any():
        return None
    area = _wider(np.isin(labels, part) | np.isin(theirs, part), side // 32)
    if INDEX["glasses"] in (*labels[area], *theirs[area]):
        return None
    around = _wider(area, side // 16) & ~area
    share = cv2.GaussianBlur(area.astype(np.float32), (0, 0), side / 64)[..., None]
    tone = picture[around].mean(0) - there[around].mean(0)
    blended: Float32 = picture + share * (there + tone - picture)
    mask = _wider(area, side // 24)
    return (
        np.rint(blended.clip(0, 255)).astype(np.uint8),
        np.where(area, theirs, labels),
        mask.astype(np.uint8),
        np.asarray(there, np.uint8),
        area.astype(np.uint8),
    )


def _matrix(labels: UInt8, other_labels: UInt8) -> Float64 | None:
    """(2, 3): turned, scaled and shifted so that eyes, nose and mouth lie on those of ``labels``."""
    here, there = _centres(labels), _centres(other_labels)
    both = [name for name in here if name in there]
    if len(both) < 3:
        return None
    source, target = (np.array([of[name] for name in both], np.float32) for of in (there, here))
    matrix, _ = cv2.estimateAffinePartial2D(source, target, method=cv2.LMEDS)
    return None if matrix is None else np.asarray(matrix, np.float64)


def _centres(labels: UInt8) -> dict[tuple[str, ...], tuple[float, float]]:
    found: dict[tuple[str, ...], tuple[float, float]] = {}
    for names in LANDMARKS:
        rows, columns = np.nonzero(np.isin(labels, [INDEX[name] for name in names]))
        if len(rows) >= FEWEST:
            found[names] = (float(columns.mean()), float(rows.mean()))
    return found


def _wider(area: Bool, reach: int) -> Bool:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    return np.asarray(cv2.dilate(area.astype(np.uint8), kernel) > 0)
