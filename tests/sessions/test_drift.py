"""The meter against figures worked out by hand, and with networks of the user's own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from mien.align.crop import crop_face
from mien.errors import UnknownCheckpointError
from mien.session import Session
from mien.sessions.drift import SIZE, measure, metrics_of
from mien.types import Photo


def test_figures_of_the_pixels(session: Session) -> None:
    session.apply(mask="left")
    session.apply(mask="left", seed=1)
    session.apply(mask="mouth", seed=2, face="1")
    rows = session.drift()
    original, results = session.original.pixels, [session.result(k).pixels for k in (1, 2, 3)]
    for row, result, mask in zip(rows, results, [session.mask(k) for k in (1, 2, 3)], strict=True):
        assert row.changed == (original != result).any(2).mean() and row.allowed == mask.mean() >= row.changed
        assert (row.largest, row.mean) == (0, 0.0)
    assert set(rows[0].face) == {"PSNR", "SSIM"}
    quads = [np.array(node.quad) for node in session.line()]
    crops = [crop_face(Photo(p), quads[2], SIZE).pixels.astype(float) for p in (original, results[2])]
    error = np.square(crops[0] - crops[1]).mean()
    assert rows[2].face["PSNR"] == pytest.approx(10 * np.log10(255**2 / error), rel=1e-4)
    assert rows[0].allowed == rows[1].allowed < rows[2].allowed


def test_what_leaks_is_seen(session: Session) -> None:
    node = session.apply(mask="left")
    mask = session.mask()
    pixels = session.result().pixels.copy()
    y, x = np.argwhere(~mask)[7]
    pixels[y, x, 1] = pixels[y, x, 1] ^ 64
    row = measure(session.original, node, Photo(pixels), mask, [])
    assert row.largest == 64 and row.mean == pytest.approx(64 / (3 * (~mask).sum()))


def test_equal_pictures_are_ready_for_json(session: Session) -> None:
    node = session.apply(mask="left")
    row = measure(session.original, node, session.original, session.mask(), metrics_of())
    assert row.changed == 0 and row.face["PSNR"] == np.inf and row.face["SSIM"] == pytest.approx(1)
    assert json.loads(json.dumps(row.as_dict(), allow_nan=False))["face"]["PSNR"] is None


class Embed(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.adaptive_avg_pool2d(x, 2).flatten(1)


class Distance(nn.Module):
    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return (a - b).abs().flatten(1).mean(1)


def test_networks_of_the_user(session: Session, tmp_path: Path) -> None:
    files = {"who": Embed(), "apart": Distance()}
    for name, network in files.items():
        torch.jit.script(network).save(str(tmp_path / f"{name}.pt"))
    session.apply(mask="left", attributes={"strong": 2.0})
    (row,) = session.drift(metrics=metrics_of([tmp_path / "who.pt"], [tmp_path / "apart.pt"], trust_code=True))
    crops = [
        crop_face(p, np.array(session.line()[0].quad), SIZE).pixels / 127.5 - 1
        for p in (session.original, session.result())
    ]
    assert row.face["apart"] == pytest.approx(np.abs(crops[0] - crops[1]).mean(), rel=1e-4)
    assert -1 <= row.face["identity (who)"] < 1
    with pytest.raises(UnknownCheckpointError):
        metrics_of([tmp_path / "missing.pt"])
