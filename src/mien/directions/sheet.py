"""Effects of directions as one picture: faces from -3 to +3, below them what changed, and all directions in a matrix.

Red is more, blue is less; full color is two deviations of the attribute among faces.
"""

from __future__ import annotations

import cv2
import numpy as np

from mien.directions.effects import STRENGTHS, Effect, Effects
from mien.types import UInt8

SIDE = 128
"""Of one face, pixels."""

LEFT, ROW, GAP = 190, 20, 2
FULL = 2.0
"""Deviations of full color."""

MORE, LESS, PLAIN, INK = (214, 69, 65), (58, 110, 200), (245, 245, 245), (30, 30, 30)


def draw_effects(effects: Effects) -> UInt8:
    """(H, W, 3) sRGB: a strip and a table for each direction; with several, the matrix of all below them."""
    parts = [_direction(effect, effects) for effect in effects.effects]
    if len(parts) > 1:
        parts.append(_matrix(effects))
    width = max(part.shape[1] for part in parts)
    padded = [np.pad(part, ((0, ROW), (0, width - part.shape[1]), (0, 0)), constant_values=255) for part in parts]
    return np.concatenate(padded)


def _direction(effect: Effect, effects: Effects) -> UInt8:
    count = len(STRENGTHS)
    faces = [np.concatenate([_blank(LEFT, SIDE), *(_thumb(one) for one in row)], 1) for row in effect.pictures]
    change, per_unit = effect.change, effect.per_unit(effects.deviation)
    order = np.argsort(-np.abs(np.nan_to_num(per_unit)), kind="stable")
    names = list(effects.units)
    cells = [[effect.name, *(f"{strength:+d}" if strength else "0" for strength in STRENGTHS)]]
    colors = [[0.0] * (count + 1)]
    for k in order:
        cells.append([f"{names[k]} ({effects.units[names[k]]})", *(f"{value:+.3g}" for value in change[:, k])])
        colors.append([0.0, *(change[:, k] / max(effects.deviation[k], 1e-9))])
    if effect.identity is not None:
        cells.insert(1, ["identity (cosine)", *(f"{value:.2f}" for value in effect.identity)])
        colors.insert(1, [0.0] * (count + 1))
    header, table = _table(cells[:1], colors[:1], SIDE), _table(cells[1:], colors[1:], SIDE)
    return np.concatenate([header, *faces, table])


def _matrix(effects: Effects) -> UInt8:
    """Rows of attributes, columns of directions: deviations per unit."""
    columns = [effect.per_unit(effects.deviation) for effect in effects.effects]
    cells = [["deviations per unit", *(effect.name for effect in effects.effects)]]
    colors = [[0.0] * (len(columns) + 1)]
    for k, name in enumerate(effects.units):
        cells.append([name, *(f"{column[k]:+.2f}" for column in columns)])
        colors.append([0.0, *(float(column[k]) for column in columns)])
    return _table(cells, colors, SIDE)


def _table(cells: list[list[str]], colors: list[list[float]], width: int) -> UInt8:
    rows = []
    for texts, values in zip(cells, colors, strict=True):
        widths = [LEFT, *[width] * (len(texts) - 1)]
        rows.append(np.concatenate([_cell(*one) for one in zip(texts, values, widths, strict=True)], 1))
    return np.concatenate(rows)


def _cell(text: str, value: float, width: int) -> UInt8:
    weight = float(np.clip(abs(np.nan_to_num(value)) / FULL, 0, 1))
    color = (1 - weight) * np.array(PLAIN) + weight * np.array(MORE if value > 0 else LESS)
    cell = _blank(width, ROW)
    cell[:-GAP, :-GAP] = np.round(color).astype(np.uint8)
    shown = text.encode("ascii", "replace").decode()
    cv2.putText(cell, shown, (4, ROW - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.38, INK, 1, cv2.LINE_AA)
    return cell


def _thumb(picture: UInt8) -> UInt8:
    larger = picture.shape[0] > SIDE
    inner = SIDE - GAP
    small = cv2.resize(picture, (inner, inner), interpolation=cv2.INTER_AREA if larger else cv2.INTER_CUBIC)
    thumb = _blank(SIDE, SIDE)
    thumb[:inner, :inner] = small
    return thumb


def _blank(width: int, height: int) -> UInt8:
    return np.full((height, width, 3), 255, np.uint8)
