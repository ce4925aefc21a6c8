from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from mien.errors import CorruptCheckpointError
from mien.training.snapshots import Snapshots, read_state, write_state
from mien.training.state import halved, restore, widened


def _state(value: float) -> dict[str, Any]:
    return {"format": 1, "counters": {"step": 1}, "parts": {"network": {"weight": torch.full((50, 50), value)}}}


def _value(state: dict[str, Any] | None) -> float:
    assert state is not None
    return float(state["parts"]["network"]["weight"][0, 0])


def test_the_newest_two_are_kept_and_the_newest_is_found(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    assert snapshots.latest() is None
    for step in (9, 10, 100):
        snapshots.save(_state(step), step)
    assert [path.name for path in snapshots.files()] == ["step-000000010.pt", "step-000000100.pt"]
    assert _value(snapshots.latest()) == 100


@pytest.mark.parametrize("damage", ["cut", "flip", "empty"])
def test_a_damaged_newest_falls_back_to_the_one_before(tmp_path: Path, damage: str) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.save(_state(1), 1)
    newest = snapshots.save(_state(2), 2)
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 255
    newest.write_bytes({"cut": bytes(content[:-500]), "flip": bytes(content), "empty": b""}[damage])
    assert _value(snapshots.latest()) == 1
    snapshots.files()[0].write_bytes(b"gone")
    with pytest.raises(CorruptCheckpointError, match="remove them"):
        snapshots.latest()


def test_leftovers_of_a_killed_writer_are_ignored_and_removed(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.save(_state(1), 1)
    leftover = snapshots.folder / ".step-000000002.pt.abc.part"
    leftover.write_bytes(b"half")
    assert _value(snapshots.latest()) == 1
    snapshots.save(_state(3), 3)
    assert not leftover.exists()


def test_a_failing_write_leaves_the_old_snapshot(tmp_path: Path) -> None:
    target = tmp_path / "state.pt"
    write_state(_state(1), target)
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        write_state({"parts": {}, "bad": lambda: None}, target)
    assert _value(read_state(target)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["state.pt"]


class _Hostile:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("executed",)


def test_a_snapshot_cannot_execute_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"parts": _Hostile()}, tmp_path / "hostile.pt")
    with pytest.raises(CorruptCheckpointError):
        read_state(tmp_path / "hostile.pt")
    assert not (tmp_path / "executed").exists()
    torch.save([1, 2], tmp_path / "other.pt")
    with pytest.raises(CorruptCheckpointError, match="not a training snapshot"):
        read_state(tmp_path / "other.pt")


def test_half_precision_is_half_the_size_and_close(tmp_path: Path) -> None:
    network = torch.nn.Linear(300, 300)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    network(torch.randn(2, 300)).square().mean().mul(1e-4).backward()  # squared gradients far below float16's range
    for _ in range(3):
        optimiser.step()
    state = {"parts": {"network": network.state_dict(), "optimiser": optimiser.state_dict()}}
    snapshots = Snapshots(tmp_path)
    whole, compact = snapshots.save(state, 1), snapshots.save_compact(state)
    assert compact.stat().st_size < 0.52 * whole.stat().st_size
    back = read_state(compact)["parts"]
    assert torch.allclose(back["network"]["weight"], network.weight.detach(), atol=1e-3)
    moments, kept = (s["state"][0] for s in (back["optimiser"], optimiser.state_dict()))
    assert torch.allclose(moments["exp_avg_sq"], kept["exp_avg_sq"], rtol=0.01, atol=0)
    assert moments["step"] == 3
    optimiser.load_state_dict(back["optimiser"])


def test_halving_leaves_numbers_texts_and_integers_alone() -> None:
    state = {"a": [1, "x", torch.arange(3)], "b": (2.5, None, True)}
    back = widened(halved(state))
    assert (back["a"][:2], back["b"], back["a"][2].dtype) == ([1, "x"], (2.5, None, True), torch.int64)


def test_a_state_of_other_parts_is_refused() -> None:
    with pytest.raises(KeyError, match="expected"):
        restore({"network": torch.nn.Linear(1, 1)}, {"other": {}})
