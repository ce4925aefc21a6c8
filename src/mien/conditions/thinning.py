"""Lines reduced to their centre, and widened again.

Zhang & Suen, "A fast parallel algorithm for thinning digital patterns", CACM 1984, as a table look-up on the eight
neighbours, so that one pass is a handful of operations on a whole batch.
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor
from torch.nn import functional as F

_OFFSETS = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
"""Neighbours P2 to P9, clockwise from the one above; bit k of a code is the k-th."""


@functools.cache
def _removable() -> tuple[Tensor, Tensor]:
    """(256,) bool for each of the two sub-passes: may a line pixel with these neighbours go?"""
    tables = [[], []]  # type: tuple[list[bool], ...] | list[list[bool]]
    for code in range(256):
        p = [code >> k & 1 for k in range(8)]
        rises = sum(not a and bool(b) for a, b in zip(p, [*p[1:], p[0]], strict=True))
        common = 2 <= sum(p) <= 6 and rises == 1
        tables[0].append(common and not p[0] * p[2] * p[4] and not p[2] * p[4] * p[6])
        tables[1].append(common and not p[0] * p[2] * p[6] and not p[0] * p[4] * p[6])
    return torch.tensor(tables[0]), torch.tensor(tables[1])


def thin(lines: Tensor, passes: int | None = None) -> Tensor:
    """One pixel wide, connected as before.

    Args:
        lines: (B, 1, H, W) bool.
        passes: at most so many; each takes a layer of pixels off. None goes on until nothing changes.

    Returns:
        (B, 1, H, W) bool, a subset of ``lines``.
    """
    current = lines.to(torch.uint8)
    height, width = lines.shape[2:]
    tables = [table.to(lines.device) for table in _removable()]
    done = 0
    while passes is None or done < passes:
        before = current
        for table in tables:
            padded = F.pad(current, (1, 1, 1, 1))
            code = torch.zeros_like(current)
            for bit, (dy, dx) in enumerate(_OFFSETS):
                code |= padded[:, :, 1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width] << bit
            current = current & ~table[code.int()].to(torch.uint8)
        done += 1
        if torch.equal(before, current):
            break
    return current.bool()


def widen(lines: Tensor, width: int) -> Tensor:
    """Dilates (B, 1, H, W) bool by a square so that a line of one pixel becomes ``width`` pixels wide."""
    if width <= 1:
        return lines
    before, after = (width - 1) // 2, width // 2
    padded = F.pad(lines.float(), (before, after, before, after))
    return F.max_pool2d(padded, width, 1) > 0
