"""Content credentials: asked for, never otherwise; valid, without small pictures, and no pixel is changed."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from mien.errors import ConfigError, SaveError
from mien.photos import credentials
from mien.photos.read import read_photo
from mien.photos.receipt import save_with_receipt
from mien.photos.write import save_photo
from mien.types import Photo

PROFILE = """[v3]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=emailProtection
authorityKeyIdentifier=keyid
"""
COMMANDS = """
openssl ecparam -name prime256v1 -genkey -noout -out ca.key
openssl req -x509 -new -key ca.key -days 30 -subj /O=toy/CN=authority -out ca.pem
openssl ecparam -name prime256v1 -genkey -noout -out raw.key
openssl pkcs8 -topk8 -nocrypt -in raw.key -out leaf.key
openssl req -new -key leaf.key -subj /O=toy/CN=toy -out leaf.csr
openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 9 -extfile v3 -extensions v3 -out leaf.pem
"""


@pytest.fixture
def signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a certificate, and signing asked for."""
    if find_spec("c2pa") is None or shutil.which("openssl") is None:
        pytest.skip('needs openssl and pip install "mien[c2pa]"')
    (tmp_path / "v3").write_text(PROFILE)
    for line in COMMANDS.strip().splitlines():
        subprocess.run(line.split(), cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "chain.pem").write_bytes((tmp_path / "leaf.pem").read_bytes() + (tmp_path / "ca.pem").read_bytes())
    monkeypatch.setenv(credentials.VARIABLE, f"{tmp_path / 'chain.pem'},{tmp_path / 'leaf.key'}")
    return tmp_path


def edited(photo: Photo) -> tuple[Photo, np.ndarray]:
    pixels = photo.pixels.copy()
    pixels[:20] = 255 - pixels[:20]
    mask = np.zeros(pixels.shape[:2], np.bool_)
    mask[:20] = True
    return photo.with_pixels(pixels), mask


@pytest.mark.parametrize("name", ["out.png", "out.jpg", "out.webp", "out.tif"])
def test_a_signed_file_is_valid_and_its_receipt_holds(signed: Path, name: str) -> None:
    import c2pa

    noise = np.random.default_rng(0).integers(0, 256, (64, 48, 3), dtype=np.uint8)
    before = read_photo(save_photo(Photo(noise), signed / "before.png"))
    after, mask = edited(before)
    receipt = save_with_receipt(before, after, mask, signed / name, ["face 0 edited at 128 px by toy: hair"])
    assert receipt.preserved or name == "out.jpg"
    with c2pa.Reader(str(signed / name)) as reader:
        assert reader.get_validation_state() == "Valid"
        told = json.loads(reader.json())
    found = told["manifests"][told["active_manifest"]]
    assert "thumbnail" not in json.dumps(told) and found["ingredients"][0]["title"] == "before.png"
    (_, action) = next(one for one in found["assertions"] if "actions" in one["label"])["data"]["actions"]
    assert action["digitalSourceType"] == credentials.PAINTED and "hair" in action["parameters"]["description"]


def test_nothing_is_signed_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(credentials.VARIABLE, raising=False)
    before = Photo(np.zeros((32, 32, 3), np.uint8))
    after, mask = edited(before)
    save_with_receipt(before, after, mask, tmp_path / "out.png")
    assert b"c2pa" not in (tmp_path / "out.png").read_bytes()


def test_what_cannot_be_signed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(credentials.VARIABLE, "nowhere.pem,nowhere.key")
    with pytest.raises(SaveError, match="cannot hold content credentials"):
        credentials.sign(tmp_path / "a.bmp", None, [])
    with pytest.raises(ConfigError, match="two PEM files"):
        credentials.sign(tmp_path / "a.png", None, [])
    told = credentials.manifest("a.png", ["smile"], opened=False)
    assert [one["action"] for one in told["assertions"][0]["data"]["actions"]] == ["c2pa.edited"]
