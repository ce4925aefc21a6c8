"""What users give: sentences, meshes, poses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from generation.toy import scale

from mien.align import mesh
from mien.cli.generate import parse_pose
from mien.engine import load_landmarks
from mien.errors import ConfigError, LayerError
from mien.generation.mesh_points import IBUG
from mien.generation.meshes import placed, read_mesh, with_irises
from mien.generation.sentences import notes_of, numbers_of, understood
from mien.models.mm2latent.text import TextScale

READER = ([0.0] * 8, [1.0] * 8)


def mean_face() -> np.ndarray:
    return np.asarray(load_landmarks().weight("mean"), np.float32)


def test_sentences_become_numbers_on_the_asked_side() -> None:
    words = scale()
    told = numbers_of(understood("an old woman, smiling, with glasses"), words, READER)
    assert set(told) == {"age", "masculine", "happy", "smile", "glasses"}
    for name, sign in (("age", 1), ("masculine", -1), ("happy", 1), ("glasses", 1)):
        assert sign * (told[name] - words.at(name, 0)) > 0, name


def test_degrees_rise_and_glasses_are_asked_for_beyond_the_ninth_decile() -> None:
    words = scale()
    assert words.at("age", -2) < words.at("age", -1) < words.at("age", 0) < words.at("age", 0.5) < words.at("age", 2)
    assert numbers_of(understood("glasses"), words, READER)["glasses"] > words.at("glasses", 1)


def test_colors_are_three_numbers() -> None:
    told = numbers_of(understood("white hair"), scale(), READER)
    assert set(told) == {"hair-L", "hair-a", "hair-b"} and told["hair-L"] > 90


def test_vectors_say_what_is_wanted() -> None:
    vector = scale().vector({"age": 100.0})
    assert vector.shape == (16,) and vector[8:].tolist() == [1, 0, 0, 0, 0, 0, 0, 0]
    assert vector[0] == 3 and not vector[1:8].any()
    assert TextScale.from_dict(json.loads(json.dumps(scale().to_dict()))) == scale()


def test_what_is_not_heard_is_told() -> None:
    notes = " ".join(notes_of(understood("a man with curly hair and a zorgle")))
    assert "hair-curl" in notes and "zorgle" in notes and "man" not in notes.split()


def test_meshes_of_all_files_stand_in_the_same_place(tmp_path: Path) -> None:
    points = mean_face()
    np.save(tmp_path / "a.npy", points)
    (tmp_path / "b.json").write_text(json.dumps({"faces": [{"landmarks": (points * 50 + 7).tolist()}]}))
    rows = [f"v {x} {-y} {-z}" for x, y, z in points * 3]
    (tmp_path / "c.obj").write_text("\n".join(["# a mesh", *rows, "f 1 2 3"]))
    found = [placed(read_mesh(tmp_path / name)) for name in ("a.npy", "b.json", "c.obj")]
    for one in found[1:]:
        assert np.abs(one - found[0]).max() < 1e-4
    assert abs(found[0][:, 2].mean()) < 1e-6
    assert 0.2 < found[0][list(mesh.LEFT_EYE), 0].mean() < 0.5, "in sides of the crop"


def test_other_topologies_name_their_vertices(tmp_path: Path) -> None:
    points = mean_face()
    np.save(tmp_path / "a.npy", points[::-1])
    (tmp_path / "v.json").write_text(json.dumps([477 - i for i in range(478)]))
    assert np.allclose(read_mesh(tmp_path / "a.npy", tmp_path / "v.json"), points)
    between = [[[i, i + 1, i], [0.5, 0.5, 0.0]] for i in range(477)] + [477]
    (tmp_path / "w.json").write_text(json.dumps(between))
    assert np.allclose(read_mesh(tmp_path / "a.npy", tmp_path / "w.json")[0], points[::-1][:2].mean(0))


def foreign_mesh() -> tuple[np.ndarray, np.ndarray]:
    """Where the 478 points of a made-up face are, bent and in other units, and vertices of another topology on it: the
    points in another order among others."""
    rng = np.random.default_rng(0)
    truth = mean_face().astype(np.float64) @ (np.eye(3) + rng.normal(0, 0.08, (3, 3))) * 40 + (5, 6, 7)
    truth += np.sin(truth / 15)
    others = truth[rng.integers(0, 478, 1500)] + rng.normal(0, 0.8, (1500, 3))
    return truth, np.concatenate([others, truth[::-1]])


@pytest.mark.parametrize("count", [68, 51, 20])
def test_a_few_landmarks_of_another_topology_tell_the_rest(count: int, tmp_path: Path) -> None:
    truth, vertices = foreign_mesh()
    index = {point: len(vertices) - 1 - point for point in range(478)}
    table: dict[str, object] = {"ibug": [index[point] for point in IBUG[-count:]]}
    if count == 20:
        table = {str(point): [[index[point]] * 3, [0.2, 0.3, 0.5]] for point in IBUG[17:57:2]}
    rows = [f"v {x} {-y} {-z}" for x, y, z in vertices]
    (tmp_path / "flame.obj").write_text("\n".join(rows))
    (tmp_path / "points.json").write_text(json.dumps(table))
    found = read_mesh(tmp_path / "flame.obj", tmp_path / "points.json")
    away = np.linalg.norm(found - truth, axis=1) / np.ptp(truth[:, 0])
    assert away.mean() < 0.01 and away[list(IBUG[17:57:2])].max() < 1e-5


@pytest.mark.parametrize("table", [{"ibug": [1, 2]}, {"33": 0}, {"a": 0}, {str(i): 0 for i in range(20)}])
def test_tables_of_landmarks_that_say_too_little_are_refused(table: dict[str, object], tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", mean_face())
    (tmp_path / "points.json").write_text(json.dumps(table))
    with pytest.raises(LayerError, match=r"not name vertices|no size"):
        placed(read_mesh(tmp_path / "a.npy", tmp_path / "points.json"))


def test_meshes_without_irises_get_some() -> None:
    points = mean_face()
    whole = with_irises(points[:468])
    assert whole.shape == (478, 3)
    assert np.linalg.norm(whole[468] - points[468]) < 0.2 * np.linalg.norm(points[33] - points[263])


@pytest.mark.parametrize("name", ["a.npy", "b.json", "c.obj", "d.stl"])
def test_files_that_are_no_meshes_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"v 1 2\n\x00{")
    with pytest.raises(LayerError):
        read_mesh(tmp_path / name)
    with pytest.raises(LayerError):
        placed(np.zeros((478, 3)))


def test_poses_are_two_numbers() -> None:
    assert parse_pose("10,-5") == (10, -5)
    for wrong in ("10", "a,b", "1,2,3"):
        with pytest.raises(ConfigError):
            parse_pose(wrong)
