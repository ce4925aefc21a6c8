"""ICC profiles made from what a file says about its colors in other ways: gamma, primaries, code points (CICP)."""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np

from mien.types import Float64

Primaries = tuple[float, ...]
"""x and y of white, red, green and blue."""

_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_D65, _DCI = (0.3127, 0.329), (0.314, 0.351)


class Curve(NamedTuple):
    """ICC's parametric curve of type 3: light = (a v + b)^g where v >= d, c v below."""

    g: float
    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0


_SRGB, _BT709 = (
    Curve(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
    Curve(1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081),
)
SRGB_PRIMARIES: Primaries = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
# Code points of ITU-T H.273: color primaries, transfer characteristics. PQ and HLG (16, 18) are no display curves.
_PRIMARIES: dict[int, Primaries] = {
    1: SRGB_PRIMARIES,
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.63, 0.34, 0.31, 0.595, 0.155, 0.07),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (*_DCI, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06),
    12: (*_D65, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06),
}
_CURVES = {
    **dict.fromkeys((1, 6, 14, 15), _BT709), 4: Curve(2.2), 5: Curve(2.8), 8: Curve(1.0), 13: _SRGB,
}  # fmt: skip
_UNSPECIFIED = 2


def cicp_profile(primaries: int, transfer: int, *, gray: bool) -> bytes | None:
    """The profile that two code points of ITU-T H.273 mean; None where they mean sRGB or nothing.

    Raises:
        ValueError: they mean something that no display profile can say, such as HDR.
    """
    primaries, transfer = (
        (1 if primaries == _UNSPECIFIED else primaries),
        (13 if transfer == _UNSPECIFIED else transfer),
    )
    if primaries not in _PRIMARIES or transfer not in _CURVES:
        raise ValueError("no display profile")
    if (primaries == 1 or gray) and transfer == 13:
        return None
    return build_profile(_CURVES[transfer], None if gray else _PRIMARIES[primaries])


def read_nclx(data: bytes) -> tuple[bytes | None, list[str]]:
    """The profile that the nclx box of a HEIC or AVIF file means, None for sRGB, and what to say about it."""
    at = data.find(b"colrnclx")
    if not 0 <= at <= len(data) - 12:
        return None, []
    primaries, transfer = struct.unpack_from(">HH", data, at + 8)
    try:
        return noted(cicp_profile(primaries, transfer, gray=False), "the nclx box")
    except ValueError:
        return None, [f"the nclx box (primaries {primaries}, transfer {transfer}) was not used and not kept"]


def noted(profile: bytes | None, source: str) -> tuple[bytes | None, list[str]]:
    """A profile that was made, and a note on where it comes from."""
    return profile, [] if profile is None else [f"{source} became a colour profile"]


def gamma_profile(gamma: float | None, primaries: Primaries | None, *, gray: bool) -> bytes | None:
    """The profile that PNG's gAMA and cHRM mean; None where that is sRGB, whose writers add a gamma of 1/2.2.

    Raises:
        ValueError: they make no sense.
    """
    usual = primaries is None or gray or bool(np.abs(np.subtract(primaries, SRGB_PRIMARIES)).max() < 0.002)
    if usual and (gamma is None or abs(gamma * 2.2 - 1) < 0.01):
        return None
    if gamma is not None and not 0.05 <= gamma <= 20:
        raise ValueError("no gamma")
    return build_profile(Curve(1 / gamma) if gamma else _SRGB, None if gray else primaries or SRGB_PRIMARIES)


def build_profile(curve: Curve, primaries: Primaries | None) -> bytes:
    """An ICC profile, version 4, of a display: one curve, and the primaries, or gray where there are none.

    Raises:
        ValueError: the primaries span no colors.
    """
    law = b"para" + struct.pack(">IHH5i", 0, 3, 0, *(round(value * 65536) for value in curve))
    tags = {b"desc": _text("made from the file's own statements"), b"cprt": _text("CC0"), b"wtpt": _xyz(_D50)}
    if primaries is None:
        tags[b"kTRC"] = law
    else:
        for letter, row in zip(b"rgb", _colorants(primaries), strict=True):
            tags |= {bytes((letter,)) + b"XYZ": _xyz(row), bytes((letter,)) + b"TRC": law}
    offset, table, body = 132 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += name + struct.pack(">II", offset + len(body), len(value))
        body += value.ljust(-(-len(value) // 4) * 4, b"\0")
    space = b"GRAY" if primaries is None else b"RGB "
    head = struct.pack(">I4sI4s4s4s12x4s28x", offset + len(body), b"", 0x04300000, b"mntr", space, b"XYZ ", b"acsp")
    return (head + _xyz(_D50)[8:]).ljust(128, b"\0") + table + body


def _colorants(primaries: Primaries) -> Float64:
    """(3, 3): XYZ of red, green and blue as rows, adapted to D50 (Bradford)."""
    x, y = np.array(primaries, np.float64).reshape(4, 2).T
    with np.errstate(all="ignore"):
        white, *colors = np.stack([x / y, np.ones(4), (1 - x - y) / y], 1)
        try:
            matrix = np.transpose(colors) * np.linalg.solve(np.transpose(colors), white)
        except np.linalg.LinAlgError as error:
            raise ValueError("the primaries span no colours") from error
        adaptation = np.linalg.inv(_BRADFORD) @ np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white)) @ _BRADFORD
        rows: Float64 = (adaptation @ matrix).T
    if not (np.abs(rows) < 16).all():  # also where one is not a number
        raise ValueError("the primaries span no colours")
    return rows


def _xyz(values: Float64) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(float(value) * 65536) for value in values))


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">4xII4sII", 1, 12, b"enUS", len(encoded), 28) + encoded
