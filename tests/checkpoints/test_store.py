"""Our own store: what goes in comes out, and whatever is wrong with a folder is said."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import torch

from mien.checkpoints.store import CARD, CONFIG, WEIGHTS, load_config, load_folder, save_folder
from mien.errors import CorruptCheckpointError, SaveError, UnknownCheckpointError


@pytest.fixture
def state() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return {"weight": torch.randn(5, 7).T, "steps": torch.tensor([3, 70_000]), "brain": torch.randn(4).bfloat16()}


@pytest.fixture
def folder(state: dict[str, torch.Tensor], tmp_path: Path) -> Path:
    save_folder(tmp_path / "net", state, {"kind": "net", "width": 7}, "# Net\n")
    return tmp_path / "net"


def test_round_trip_in_half(folder: Path, state: dict[str, torch.Tensor]) -> None:
    config, loaded = load_folder(folder, "net")
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    assert config == {"kind": "net", "width": 7, "sha256": digest}
    assert loaded.keys() == state.keys()
    for name in ("weight", "brain"):
        assert loaded[name].dtype == torch.float32
        assert torch.equal(loaded[name], state[name].half().float())
    assert torch.equal(loaded["steps"], state["steps"])
    assert (folder / CARD).read_text(encoding="utf-8") == "# Net\n"
    assert sorted(p.name for p in folder.iterdir()) == sorted([CARD, CONFIG, WEIGHTS])


def test_round_trip_in_full(state: dict[str, torch.Tensor], tmp_path: Path) -> None:
    save_folder(tmp_path, state, {"kind": "net"}, "", half=False)
    assert torch.equal(load_folder(tmp_path, "net")[1]["weight"], state["weight"])


def test_another_kind_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownCheckpointError, match="'net', not 'parser'"):
        load_folder(folder, "parser")
    with pytest.raises(UnknownCheckpointError, match="has no config"):
        load_config(tmp_path, "net")
    (folder / CONFIG).write_text("[1, 2]", encoding="utf-8")
    with pytest.raises(UnknownCheckpointError, match="'None', not 'net'"):
        load_config(folder, "net")


@pytest.mark.parametrize("content", [b'{"kind": "net", ', b"\xff\xfe\x00", b""])
def test_damaged_json_is_refused(content: bytes, folder: Path) -> None:
    (folder / CONFIG).write_bytes(content)
    with pytest.raises(CorruptCheckpointError, match="not valid JSON"):
        load_folder(folder, "net")


def test_missing_weights_are_refused(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    with pytest.raises(CorruptCheckpointError, match="is missing"):
        load_folder(folder, "net")


def test_one_flipped_bit_is_found(folder: Path) -> None:
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (folder / WEIGHTS).write_bytes(data)
    with pytest.raises(CorruptCheckpointError, match="checksum"):
        load_folder(folder, "net")


def test_weights_of_another_format_are_refused(folder: Path) -> None:
    data = b"no tensors"
    (folder / WEIGHTS).write_bytes(data)
    config = {"kind": "net", "sha256": hashlib.sha256(data).hexdigest()}
    (folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(CorruptCheckpointError, match="not a safetensors file"):
        load_folder(folder, "net")


def test_nothing_is_left_behind(
    folder: Path, state: dict[str, torch.Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="kind"):
        save_folder(tmp_path / "other", state, {}, "")
    assert not (tmp_path / "other").exists()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safetensors.torch.save_file", full)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(SaveError, match="No space"):
        save_folder(folder, state, {"kind": "net", "width": 8}, "# New\n")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_float16_cannot_hold_stays_float32(tmp_path: Path) -> None:
    state = {"large": torch.tensor([1.0, 1e5]), "bf16": torch.tensor([1e6]).bfloat16(), "small": torch.tensor([3.0])}
    state["endless"] = torch.tensor([float("inf")])
    assert save_folder(tmp_path, state, {"kind": "net"}, "") == ["large", "bf16"]
    loaded = load_folder(tmp_path, "net")[1]
    assert all(torch.equal(loaded[name], value.float()) for name, value in state.items())


@pytest.mark.parametrize(
    "content", [b"[" * 200_000, b'{"kind": ' * 100_000, b'{"a": 1e999999, "b": ' + b"9" * 9999 + b"}"]
)
def test_json_that_no_reader_follows_is_refused(content: bytes, folder: Path) -> None:
    (folder / CONFIG).write_bytes(content)
    with pytest.raises(CorruptCheckpointError, match="not valid JSON"):
        load_folder(folder, "net")


@pytest.mark.parametrize(
    "header",
    [
        b'{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}',
        b'{"a":{"dtype":"F4","shape":[16],"data_offsets":[0,8]}}',
        b'{"a":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,8]}}',
        b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"x":1}}',
        b"[" * 100_000,
    ],
)
def test_safetensors_of_other_types_and_headers_are_refused_or_read(header: bytes, folder: Path) -> None:
    data = len(header).to_bytes(8, "little") + header + bytes(8)
    (folder / WEIGHTS).write_bytes(data)
    config = {"kind": "net", "sha256": hashlib.sha256(data).hexdigest()}
    (folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    try:
        loaded = load_folder(folder, "net")[1]
        assert set(loaded) == {"a"}
    except CorruptCheckpointError as error:
        assert "not a safetensors file" in str(error) and "\n" not in str(error)
