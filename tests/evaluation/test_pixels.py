"""PSNR, SSIM, MS-SSIM and ΔE2000 against scikit-image and literal formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.ndimage import correlate1d
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from mien.conditions.labels import INDEX, UNKNOWN
from mien.errors import DataError
from mien.evaluation.metrics.color import delta_e, mean_delta_e, region_delta_e
from mien.evaluation.metrics.psnr import psnr
from mien.evaluation.metrics.ssim import SCALES, ms_ssim, ssim
from mien.pixels import to_tensor
from mien.types import Float64, UInt8


@pytest.fixture(scope="module")
def pictures(astronaut: UInt8) -> tuple[UInt8, UInt8]:
    noise = np.random.default_rng(0).normal(0, 20, (200, 184, 3))
    clean = astronaut[:200, 100:284]
    return clean, np.clip(clean * 0.9 + noise, 0, 255).astype(np.uint8)


def test_psnr_is_scikit_images(pictures: tuple[UInt8, UInt8]) -> None:
    a, b = map(to_tensor, pictures)
    assert float(psnr(a, b)) == pytest.approx(peak_signal_noise_ratio(*pictures), rel=1e-5)
    assert float(psnr(a, a)) == math.inf


def test_ssim_is_scikit_images(pictures: tuple[UInt8, UInt8]) -> None:
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "channel_axis": 2}
    expected = structural_similarity(*pictures, data_range=255, **settings)
    assert float(ssim(*map(to_tensor, pictures))) == pytest.approx(expected, rel=1e-5)


def literal_ms_ssim(a: Float64, b: Float64) -> float:
    place = np.arange(-5, 6)
    window = np.exp(-(place**2) / (2 * 1.5**2))
    window /= window.sum()

    def blur(x: Float64) -> Float64:
        return correlate1d(correlate1d(x, window, axis=0), window, axis=1)[5:-5, 5:-5]

    result = 1.0
    for scale, weight in enumerate(SCALES):
        if scale:
            a, b = ((x[::2, ::2] + x[1::2, ::2] + x[::2, 1::2] + x[1::2, 1::2]) / 4 for x in (a, b))
        ma, mb = blur(a), blur(b)
        va, vb, cov = blur(a * a) - ma**2, blur(b * b) - mb**2, blur(a * b) - ma * mb
        cs = (2 * cov + 7.65**2) / (va + vb + 7.65**2)
        light = (2 * ma * mb + 2.55**2) / (ma**2 + mb**2 + 2.55**2)
        result *= float(np.mean(cs * light if scale == 4 else cs)) ** weight
    return result


def test_ms_ssim_is_the_papers(astronaut: UInt8) -> None:
    a = astronaut[:192, 100:292]
    b = np.clip(a.astype(np.int16)[:, ::-1] // 2 + a // 2, 0, 255).astype(np.uint8)
    expected = np.mean([literal_ms_ssim(a[..., c].astype(float), b[..., c].astype(float)) for c in range(3)])
    assert float(ms_ssim(to_tensor(a), to_tensor(b))) == pytest.approx(float(expected), rel=1e-5)


def test_equal_pictures_are_alike(pictures: tuple[UInt8, UInt8]) -> None:
    a = to_tensor(pictures[0])
    assert float(ssim(a, a)) == pytest.approx(1)
    assert float(ms_ssim(a, a)) == pytest.approx(1)


@pytest.mark.parametrize("metric", [psnr, ssim, ms_ssim])
def test_a_mask_selects_what_counts(metric: object, pictures: tuple[UInt8, UInt8]) -> None:
    a, b = map(to_tensor, pictures)
    mixed = torch.cat([b[..., :92], a[..., 92:]], -1)
    left, right = torch.zeros(2, 1, 1, 200, 184)
    left[..., :86], right[..., 110:] = 1, 1
    everything = torch.ones(1, 1, 200, 184)
    assert torch.allclose(metric(a, b), metric(a, b, everything))  # type: ignore[operator]
    inside = metric(a, mixed, left)  # type: ignore[operator]
    assert float(inside) < float(metric(a, mixed))  # type: ignore[operator]
    if metric is not ms_ssim:  # whose coarse windows reach across the picture
        assert torch.allclose(inside, metric(a, b, left))  # type: ignore[operator]
        assert float(metric(a, mixed, right)) == pytest.approx(math.inf if metric is psnr else 1)  # type: ignore[operator]
    with pytest.raises(DataError, match="marks nothing"):
        metric(a, b, torch.zeros(1, 1, 200, 184))  # type: ignore[operator]


def test_batches_are_measured_one_by_one(pictures: tuple[UInt8, UInt8]) -> None:
    a, b = map(to_tensor, pictures)
    for metric in (psnr, ssim, ms_ssim):
        both = metric(torch.cat([a, b]), torch.cat([b, b.flip(3)]))
        assert torch.allclose(both, torch.cat([metric(a, b), metric(b, b.flip(3))]))


def test_pictures_that_are_too_small_are_refused() -> None:
    small = torch.zeros(1, 3, 160, 300)
    with pytest.raises(DataError, match="more than 160 pixels"):
        ms_ssim(small, small)
    with pytest.raises(DataError, match="at least 11 pixels"):
        ssim(small[..., :10, :], small[..., :10, :])


# (L, a, b), (L, a, b), ΔE2000: some of the pairs that Sharma et al. (2005) publish to check implementations with.
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
]


def literal_lab(rgb: Float64) -> tuple[float, float, float]:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    primaries = [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
    xyz = np.array(primaries) @ linear / np.array([0.95047, 1.0, 1.08883])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def literal_ciede(first: tuple[float, float, float], second: tuple[float, float, float]) -> float:
    (l1, a1, b1), (l2, a2, b2) = first, second
    chroma = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(chroma**7 / (chroma**7 + 25**7)))
    c1, c2 = math.hypot(a1 * (1 + g), b1), math.hypot(a2 * (1 + g), b2)
    h1, h2 = (math.degrees(math.atan2(b, a * (1 + g))) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    light, c = (l1 + l2) / 2, (c1 + c2) / 2
    hue = h1 + h2 if not c1 * c2 else (h1 + h2) / 2 if abs(h1 - h2) <= 180 else ((h1 + h2 + 360) / 2) % 360
    t = 1 - 0.17 * math.cos(math.radians(hue - 30)) + 0.24 * math.cos(math.radians(2 * hue))
    t += 0.32 * math.cos(math.radians(3 * hue + 6)) - 0.2 * math.cos(math.radians(4 * hue - 63))
    s_l = 1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c, 1 + 0.015 * c * t
    rotation = -2 * math.sqrt(c**7 / (c**7 + 25**7)) * math.sin(math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2))))
    d_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / s_h
    d_l, d_c = (l2 - l1) / s_l, (c2 - c1) / s_c
    return math.sqrt(d_l**2 + d_c**2 + d_h**2 + rotation * d_c * d_h)


@pytest.mark.parametrize(("first", "second", "expected"), SHARMA)
def test_the_literal_formula_has_the_published_values(
    first: tuple[float, float, float], second: tuple[float, float, float], expected: float
) -> None:
    assert literal_ciede(first, second) == pytest.approx(expected, abs=5e-5)


def test_delta_e_is_the_literal_formula() -> None:
    colors = np.random.default_rng(0).integers(0, 256, (2, 200, 3), np.uint8)
    expected = [literal_ciede(literal_lab(a / 255), literal_lab(b / 255)) for a, b in zip(*colors, strict=True)]
    assert np.allclose(delta_e(*colors), expected, rtol=1e-3)


def test_delta_e_inside_a_mask_and_by_region() -> None:
    a = np.full((16, 16, 3), 120, np.uint8)
    b = a.copy()
    b[:, :8] = (140, 100, 90)
    labels = np.full((16, 16), UNKNOWN, np.uint8)
    labels[:, :8], labels[:, 8:12] = INDEX["hair"], INDEX["skin"]
    left = labels == INDEX["hair"]
    whole = mean_delta_e(a, b)
    assert mean_delta_e(a, b, left) == pytest.approx(2 * whole)
    regions = region_delta_e(a, b, labels)
    assert regions.keys() == {"hair", "skin"}
    assert regions["hair"] == pytest.approx(2 * whole, rel=1e-4)
    assert regions["skin"] == 0


def test_region_color_is_that_of_the_mean() -> None:
    checked = np.where((np.indices((16, 16)).sum(0) % 2)[..., None], 160, 80).astype(np.uint8).repeat(3, 2)
    flat = np.full((16, 16, 3), 120, np.uint8)
    labels = np.zeros((16, 16), np.uint8)
    assert region_delta_e(checked, flat, labels)["background"] < 0.01 < 10 < mean_delta_e(checked, flat)
