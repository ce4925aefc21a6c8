"""From pairs to faces: both stages at toy size, and the generator of what they made."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from generation.toy import NAMES, folder, pairs, saved
from typer.testing import CliRunner

from mien.checkpoints.clip import load_clip
from mien.cli.app import app
from mien.data.pairs import PairFeed, load_pairs, save_facts
from mien.engine.faces import BUNDLED_GENERATOR, load_maker
from mien.engine.mapping import Wanted
from mien.errors import ConfigError, DataError
from mien.generation.generator import COARSE, MultimodalGenerator
from mien.generation.modes import truncated
from mien.generation.pairs import Looker, sample_pairs
from mien.models.mm2latent.config import TRAINED_FOR


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_pairs_are_the_same_whoever_is_sampled_beside_them(tmp_path: Path) -> None:
    maker, look = load_maker(BUNDLED_GENERATOR), Looker()
    two, pictures = sample_pairs(maker, look, [5, 6], (0.6, 1.0))
    one, _ = sample_pairs(maker, look, [6], (0.6, 1.0))
    assert np.allclose(two.w[1], one.w[0], atol=1e-5) and (two.labels[1] == one.labels[0]).mean() > 0.999
    assert pictures[0].shape == (128, 128, 3) and abs(two.pose).max() < 60
    assert two.drawings([0], [2]).shape == (1, 128, 128)
    two.save(tmp_path / "pairs-1.npz")
    assert (load_pairs(tmp_path).sketches == two.sketches).all()


def test_damaged_pairs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no pairs"):
        load_pairs(tmp_path)
    (tmp_path / "pairs-1.npz").write_bytes(b"nothing")
    with pytest.raises(DataError, match="damaged"):
        load_pairs(tmp_path)


def test_meshes_are_rendered_once() -> None:
    calls: list[int] = []

    def render(points: np.ndarray) -> np.ndarray:
        calls.append(len(points))
        return np.full((len(points), 5, 32, 32), len(calls), np.uint8)

    feed = PairFeed(pairs(6), 4, render)
    batches = [feed.next() for _ in range(6)]
    assert sum(calls) == 6 and batches[0].others["geometry"].shape == (4, 5, 32, 32)
    again = PairFeed(pairs(6), 4, render)
    again.load_state_dict({"seed": 0, "drawn": 20})
    assert (again.next().pictures == batches[5].pictures).all()


def test_both_stages_train_and_faces_come_out(tmp_path: Path) -> None:
    data = folder(tmp_path / "pairs")
    common = ("--data", data, "--images", 3, "--batch", 3, "--device", "cpu")
    for modality in ("semantic", "sketch", "geometry"):
        run("train", "autoencoder", *common, "--modality", modality, "--out", tmp_path / modality)
    encoders = [x for m in ("semantic", "sketch", "geometry") for x in (f"--{m}", tmp_path / m / "autoencoder")]
    run("train", "mapping", *common, *encoders, "--decay", 3, "--out", tmp_path / "run")
    model = tmp_path / "run" / "mapping"
    run("train", "mapping", *common, "--form", "pair", "--out", tmp_path / "pair")
    run("train", "mapping", *common, "--init", model, "--candidates", 1, "--out", tmp_path / "more")
    grid = tmp_path / "grid.png"
    told = run("generate", "--model", model, "--text", "an old man", "--pose", "5,0", "-n", 2, "--grid", grid, "--json")
    assert grid.is_file() and json.loads(told[told.index("{") : told.rindex("}") + 1])["seeds"] == [0, 1]
    nothing = CliRunner().invoke(app, ["generate", "--model", str(model)])
    assert "nothing to write" in str(nothing.exception)


def test_every_combination_gives_faces_that_do_not_depend_on_their_number(tmp_path: Path) -> None:
    generator = MultimodalGenerator.from_pretrained(saved(tmp_path / "toy"))
    labels = np.zeros((64, 64), np.uint8)
    labels[16:48, 16:48] = 1
    lines = np.zeros((128, 128), np.bool_)
    lines[40, 20:90] = True
    points = np.asarray(Looker().landmarks.weight("mean"), np.float32)
    parts = {"text": "old", "semantic": labels, "sketch": lines, "mesh": points, "pose": (5.0, 0.0)}
    for chosen in range(16):
        given = {name: value for bit, (name, value) in enumerate(list(parts.items())[:4]) if chosen >> bit & 1}
        wanted = generator.wanted(**given)
        assert len(wanted.given) == len(given)
        codes = generator.codes([wanted] * 3, [1, 2, 3])
        assert np.abs(codes[1] - generator.codes([wanted], [2])[0]).max() < 1e-5
    few = {"truncation": 0.5, "refine": 1, "descend": 2}
    made = generator(**parts, n=2, seed=7, **few)
    assert made.pictures[0].pixels.shape == (128, 128, 3) and made.codes.shape == (2, 12, 128)
    assert (generator(**parts, seed=8, **few).pictures[0].pixels == made.pictures[1].pixels).mean() > 0.99
    with pytest.raises(ConfigError):
        generator(pose=(120, 0))


def test_codes_to_start_from_and_generators_of_others_are_told(tmp_path: Path) -> None:
    model = saved(tmp_path / "toy")
    generator = MultimodalGenerator.from_pretrained(model)
    start = generator.codes([Wanted()], [5])[0]
    made = generator(start=start, n=2, refine=0, truncation=0.5)
    assert (made.codes == start).all() and (made.pictures[0].pixels == made.pictures[1].pixels).all()
    with pytest.raises(ConfigError, match="another generator"):
        generator(start=start[:4])
    path = model / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, TRAINED_FOR: "0"}))
    with pytest.raises(ConfigError, match="trained for another generator than portrait-generator"):
        MultimodalGenerator.from_pretrained(model)
    del config[TRAINED_FOR]
    path.write_text(json.dumps(config))
    MultimodalGenerator.from_pretrained(model)


def test_pairs_of_another_generator_are_told(tmp_path: Path) -> None:
    data = folder(tmp_path / "pairs")
    save_facts(data, NAMES, "another", "0")
    told = CliRunner().invoke(app, ["train", "mapping", "--data", str(data), "--out", str(tmp_path / "run")])
    assert "are of another, not of portrait-generator" in str(told.exception)
    save_facts(data, NAMES, "portrait-generator")
    told = CliRunner().invoke(
        app, ["train", "mapping", "--data", str(data), "--out", str(tmp_path / "run"), "--nearest", "2"]
    )
    assert "sampled without --clip" in str(told.exception)
    save_facts(data, NAMES, "another", "0")
    told = CliRunner().invoke(app, ["data", "sample", "--out", str(data), "--count", "1"])
    assert "holds pairs of another generator" in str(told.exception)


def test_words_beside_something_else_are_weighed(tmp_path: Path) -> None:
    generator = MultimodalGenerator.from_pretrained(saved(tmp_path / "toy"))
    alone, both, rest = (
        generator.wanted(**given) for given in ({"text": "old"}, {"text": "old", "pose": (5, 0)}, {"pose": (5, 0)})
    )
    plain, bare = generator.codes([both], [1], text_weight=1), generator.codes([rest], [1])
    weighed = generator.codes([alone, both], [1, 1], text_weight=3)[1:]
    assert np.allclose(weighed[:, COARSE:], (bare + 3 * (plain - bare))[:, COARSE:], atol=1e-4)
    assert np.allclose(weighed[:, :COARSE], plain[:, :COARSE], atol=1e-4)
    assert np.allclose(generator.codes([both], [1], text_weight=0), bare, atol=1e-5)
    assert (generator.codes([alone], [1], text_weight=3) == generator.codes([alone], [1], text_weight=1)).all()


def test_truncation_moves_towards_the_nearest_centre() -> None:
    centres = np.array([[0, 0], [10, 10]], np.float32)
    codes = np.array([[[1, 1]], [[9, 9]]], np.float32)
    assert truncated(codes, centres, 0.5).tolist() == [[[0.5, 0.5]], [[9.5, 9.5]]]
    assert truncated(codes, centres, 0.0).tolist() == [[[0, 0]], [[10, 10]]]
    assert truncated(codes, centres, 1.0) is codes


def test_words_as_vectors_of_a_clip(tmp_path: Path, clip_folder: Path) -> None:
    data, model, code = tmp_path / "pairs", tmp_path / "run" / "mapping", tmp_path / "face.png"
    run("data", "sample", "--out", data, "--count", 16, "--clip", clip_folder)
    lengths = np.linalg.norm(load_pairs(data).embedding, axis=1)
    assert lengths.shape == (16,) and np.allclose(lengths, 1, atol=1e-3)
    common = ("--data", data, "--images", 2, "--batch", 2, "--device", "cpu", "--out")
    run("train", "mapping", *common, tmp_path / "run", "--nearest", 3)
    run("generate", "--model", model, "--clip", clip_folder, "--text", "an old man", "-o", code)
    generator = MultimodalGenerator.from_pretrained(model, clip=clip_folder)
    old, fair = (generator.wanted(text=text).text for text in ("an old man", "fair hair"))
    assert old is not None and fair is not None and old.shape == (16,) and np.abs(old - fair).max() > 1e-3
    assert np.allclose(old, load_clip(clip_folder).of_words(["an old man"])[0], atol=1e-5)
    codes = generator.codes([Wanted(text=old), Wanted(text=fair)], [1, 1])
    assert np.abs(codes[0] - codes[1]).max() > 1e-6
    with pytest.raises(ConfigError, match="--clip"):
        MultimodalGenerator.from_pretrained(model)
