"""Saving: exact where the format can, refused where it cannot, never half."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import numpy as np
import picture_files as files
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mien.errors import SaveError
from mien.photos import write
from mien.photos.read import read_photo
from mien.photos.write import default_output, same_samples, save_photo
from mien.types import Photo

SAMPLES = files.samples()


def photo(channels: int, bits: int, alpha: bool = False, **more: object) -> Photo:
    opacity = files.picture(1, bits, 1)[..., 0] if alpha else None
    return Photo(files.picture(channels, bits), opacity, **more)


LAYOUTS = list(itertools.product((1, 3), (8, 16), (False, True)))
HELD = {
    ".png": LAYOUTS,
    ".tif": [layout for layout in LAYOUTS if layout != (1, 16, True)],
    ".webp": [(3, 8, False), (3, 8, True)],
    ".bmp": [(1, 8, False), (3, 8, False)],
}


@pytest.mark.parametrize(("suffix", "layout"), [(s, layout) for s, layouts in HELD.items() for layout in layouts])
def test_lossless_formats_keep_everything(suffix: str, layout: tuple[int, int, bool], tmp_path: Path) -> None:
    metadata = {} if suffix == ".bmp" else {"icc": files.profile(), "exif": files.exif_block()}
    before = photo(*layout, **metadata)
    after = read_photo(save_photo(before, tmp_path / f"photo{suffix}"))
    assert same_samples(before, after)
    assert after.icc == before.icc
    if suffix in (".png", ".webp"):
        assert after.exif == before.exif
    if suffix == ".tif":
        exif = Image.Exif()
        exif.load(b"Exif\0\0" + after.exif)
        assert exif[271] == "Someone"
        assert exif.get_ifd(0x8769)[0x927C] == bytes(range(37))


@settings(max_examples=30, deadline=None)
@given(
    size=st.tuples(st.integers(1, 70), st.integers(1, 70)),
    channels=st.sampled_from([1, 2, 3, 4]),
    bits=st.sampled_from([8, 16]),
    suffix=st.sampled_from([".png", ".tif"]),
    seed=st.integers(0, 9),
)
def test_any_size_round_trips(
    size: tuple[int, int], channels: int, bits: int, suffix: str, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    samples = np.random.default_rng(seed).integers(0, 1 << bits, (*size, channels)).astype(f"u{bits // 8}")
    colors = channels - (channels in (2, 4))
    before = Photo(samples[..., :colors], samples[..., colors] if colors < channels else None)
    if (suffix, channels, bits) == (".tif", 2, 16):
        return
    assert same_samples(before, read_photo(save_photo(before, tmp_path_factory.mktemp("any") / f"photo{suffix}")))


@pytest.mark.parametrize("suffix", [".jpg", ".avif"])
def test_lossy_formats_keep_metadata_and_look(suffix: str, tmp_path: Path) -> None:
    before = Photo(files.smooth(3), icc=files.profile(), exif=files.exif_block())
    after = read_photo(save_photo(before, tmp_path / f"photo{suffix}"))
    assert after.icc == before.icc
    assert after.exif is not None
    assert np.abs(after.pixels.astype(int) - before.pixels).mean() < 2


@pytest.mark.parametrize(
    ("suffix", "held", "words"),
    [
        (".jpg", photo(3, 8, alpha=True), "alpha"),
        (".jpg", photo(3, 16), "16 bits"),
        (".webp", photo(3, 16), "16 bits"),
        (".webp", photo(1, 8), "gray"),
        (".bmp", photo(3, 8, icc=files.profile()), "colour profile"),
        (".bmp", photo(3, 8, alpha=True), "alpha"),
        (".tif", photo(1, 16, alpha=True), "gray with alpha"),
        (".heic", photo(3, 8), ".png"),
        (".gif", photo(3, 8), ".png"),
        ("", photo(3, 8), ".png"),
    ],
)
def test_what_a_format_cannot_hold_is_refused(suffix: str, held: Photo, words: str, tmp_path: Path) -> None:
    with pytest.raises(SaveError, match=words) as caught:
        save_photo(held, tmp_path / f"photo{suffix}")
    assert str(caught.value).endswith(".")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_unchanged_photo_is_copied_verbatim(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    before = read_photo(sample.write(tmp_path, "before"))
    target = tmp_path / f"after{sample.suffix}"
    if before.format == "HEIF":
        with pytest.raises(SaveError):
            save_photo(before, target, original=before)
        return
    save_photo(before.with_pixels(before.pixels.copy()), target, original=before)
    assert target.read_bytes() == sample.data


def test_changed_photo_is_not_copied(tmp_path: Path) -> None:
    before = read_photo(SAMPLES["png-rgb8"].write(tmp_path, "before"))
    pixels = before.pixels.copy()
    pixels[0, 0] ^= 1
    after = read_photo(save_photo(before.with_pixels(pixels), tmp_path / "after.png", original=before))
    np.testing.assert_array_equal(after.pixels, pixels)


def test_file_that_changed_meanwhile_is_not_copied(tmp_path: Path) -> None:
    before = read_photo(SAMPLES["png-rgb8"].write(tmp_path, "before"))
    before.path.write_bytes(files.png(files.picture(3, 8, 5), 8, 2))
    after = read_photo(save_photo(before, tmp_path / "after.png", original=before))
    assert same_samples(before, after)


def test_the_original_is_never_overwritten(tmp_path: Path) -> None:
    path = SAMPLES["png-rgb8"].write(tmp_path, "photo")
    before = read_photo(path)
    link = tmp_path / "link.png"
    link.symlink_to(path)
    for target in (path, link):
        with pytest.raises(SaveError, match="original stays"):
            save_photo(before, target)
    assert path.read_bytes() == SAMPLES["png-rgb8"].data


def test_protected_files_are_never_overwritten(tmp_path: Path) -> None:
    layer = SAMPLES["png-rgb8"].write(tmp_path, "layer")
    link = tmp_path / "link.png"
    link.symlink_to(layer)
    for target in (layer, link):
        with pytest.raises(SaveError, match=rf"{target.name} is an input; .*original stays"):
            save_photo(photo(3, 8, alpha=True), target, protected=(layer,))
    assert layer.read_bytes() == SAMPLES["png-rgb8"].data
    save_photo(photo(3, 8), tmp_path / "other.png", protected=(layer,))


@pytest.mark.parametrize("name", ["n" * 300 + ".png", "nul\0.png"])
def test_impossible_names_are_one_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="choose another name"):
        save_photo(photo(3, 8), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("suffix", "bits"), [(".png", 8), (".png", 16), (".tif", 8), (".tif", 16), (".jpg", 8), (".bmp", 8)]
)
def test_resolution_is_kept(suffix: str, bits: int, tmp_path: Path) -> None:
    path = save_photo(photo(3, bits, dpi=(300.0, 240.0)), tmp_path / f"photo{suffix}")
    with Image.open(path) as image:
        assert image.info["dpi"] == pytest.approx((300, 240), abs=0.02)
    assert read_photo(path).dpi == pytest.approx((300, 240), abs=0.02)
    if suffix != ".bmp":  # Pillow always writes one there
        assert read_photo(save_photo(photo(3, bits), tmp_path / f"without{suffix}")).dpi is None


def test_resolution_turns_with_the_picture(tmp_path: Path) -> None:
    exif = b"Exif\0\0" + files.exif_block(6)
    path = tmp_path / "turned.jpg"
    Image.fromarray(files.smooth(3)).save(path, dpi=(300, 240), exif=exif)
    assert read_photo(path).dpi == pytest.approx((240, 300))


def test_overwriting_can_be_forbidden(tmp_path: Path) -> None:
    target = save_photo(photo(3, 8), tmp_path / "photo.png")
    save_photo(photo(1, 8), target)
    with pytest.raises(SaveError, match="exists already"):
        save_photo(photo(3, 8), target, overwrite=False)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = save_photo(photo(3, 8), tmp_path / "photo.png")
    content = target.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(SaveError, match="No space"):
        save_photo(photo(1, 8), target)
    monkeypatch.undo()
    monkeypatch.setattr(write, "encode", full)
    with pytest.raises(SaveError):
        save_photo(photo(1, 8), target)
    assert [p.name for p in tmp_path.iterdir()] == ["photo.png"]
    assert target.read_bytes() == content


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    for target in (tmp_path / "missing" / "photo.png", tmp_path / "folder.png"):
        with pytest.raises(SaveError):
            save_photo(photo(3, 8), target)
    with pytest.raises(SaveError, match="1 to 100"):
        save_photo(photo(3, 8), tmp_path / "photo.jpg", quality=0)


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        target = save_photo(photo(3, 8), tmp_path / "photo.png")
    finally:
        os.umask(old)
    assert target.stat().st_mode & 0o777 == 0o640


def test_metadata_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="PNG"):
        save_photo(Photo(files.smooth(3), exif=b"II*\0" + bytes(70_000)), tmp_path / "photo.jpg")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/photo.jpg", "a/photo-edited.png"),
        ("photo.HEIC", "photo-edited.png"),
        ("photo.avif", "photo-edited.png"),
        ("photo.png", "photo-edited.png"),
        ("photo.tiff", "photo-edited.tiff"),
        ("photo.webp", "photo-edited.webp"),
        ("photo.bmp", "photo-edited.bmp"),
        ("photo", "photo-edited.png"),
        ("my.photo.v2.jpeg", "my.photo.v2-edited.png"),
    ],
)
def test_default_output(name: str, expected: str) -> None:
    assert default_output(name) == Path(expected)
    assert default_output(name, "older").stem.endswith("-older")


def test_default_output_is_free(tmp_path: Path) -> None:
    source = tmp_path / "photo.jpg"
    for expected in ("photo-edited.png", "photo-edited-2.png", "photo-edited-3.png"):
        target = default_output(source)
        assert target.name == expected
        target.touch()


def test_default_output_can_hold_the_photo() -> None:
    assert default_output("photo.webp", "edited", photo(3, 8)) == Path("photo-edited.webp")
    assert default_output("photo.webp", "edited", photo(1, 8)) == Path("photo-edited.png")
    assert default_output("photo.bmp", "edited", photo(3, 8, icc=files.profile())) == Path("photo-edited.png")
