"""Faces that are looked at and corrected, with the bundled networks."""

from __future__ import annotations

import inspect
from dataclasses import replace

import numpy as np
import pytest
import torch
from generation.toy import NAMES, network, scale

from mien.cli.generate import generate
from mien.engine.mapping import Wanted
from mien.errors import ConfigError
from mien.generation.agreement import Asked, Seen, distance, missing, overlap, widened
from mien.generation.feedback import ROUNDS
from mien.generation.generator import MultimodalGenerator
from mien.generation.guidance import ROUNDS as LOOKS
from mien.generation.guidance import STEPS, effort
from mien.generation.pairs import sample_pairs
from mien.generation.sentences import hardly_known, understood

FACES = (4, 11)


@pytest.fixture(scope="module")
def generator() -> MultimodalGenerator:
    return MultimodalGenerator.from_pretrained()


@pytest.fixture(scope="module")
def wanted(generator: MultimodalGenerator) -> list[Wanted]:
    """Maps and drawings of faces that the generator makes."""
    pairs, _ = sample_pairs(generator.maker, generator.feedback.look, FACES, (0.7, 0.7))
    lines = pairs.drawings(np.arange(2), np.ones(2, np.int64)).astype(np.float32)
    return [
        Wanted(semantic=generator.shares_of(pairs.labels[0]), text=generator.wanted(text="old, black hair").text),
        Wanted(sketch=lines[1][None], points=pairs.points[1] - (0, 0, pairs.points[1, :, 2].mean())),
    ]


def away(generator: MultimodalGenerator, codes: np.ndarray, wanted: list[Wanted]) -> np.ndarray:
    asked = Asked.of(wanted, generator.mapper.config, generator.scale)
    return np.asarray(distance(np, generator.feedback.seen(generator.pixels(codes), asked), asked))


def test_what_obeys_is_at_no_distance_and_torch_agrees_with_numpy() -> None:
    config, rng = network().config, np.random.default_rng(0)
    shares = rng.dirichlet(np.ones(19), (64, 64)).transpose(2, 0, 1).astype(np.float32)
    lines = (rng.random((1, 128, 128)) < 0.05).astype(np.float32)
    points, text = rng.random((478, 3), np.float32), scale().vector({NAMES[0]: 5.0, NAMES[5]: 1.0})
    asked = Asked.of([Wanted(shares, lines, points, (3.0, 4.0), text)], config, scale())
    seen = Seen(shares[None], lines[None], widened(lines[None]), points[None], asked.pose, asked.values)
    assert distance(np, seen, asked).tolist() == pytest.approx([0.0], abs=1e-4)
    other = replace(seen, semantic=seen.semantic[:, ::-1], pose=seen.pose + 5, numbers=seen.numbers - 2)
    tensors = Seen(**{name: torch.from_numpy(np.ascontiguousarray(one)) for name, one in vars(other).items()})
    found, told = distance(np, other, asked), distance(torch, tensors, asked.tensors())
    assert found[0] > 0.5 and told.tolist() == pytest.approx(found.tolist(), rel=1e-4)


def test_parts_of_a_map_that_are_empty_are_not_looked_at() -> None:
    wanted = np.zeros((1, 19, 8, 8), np.float32)
    wanted[:, 1, :4] = 1
    shares = np.zeros_like(wanted)
    shares[:, 1, :4], shares[:, 2, 4:] = 1, 1
    assert overlap(np, shares, wanted).tolist() == pytest.approx([1.0])


def test_feedback_brings_faces_nearer_each_for_itself(generator: MultimodalGenerator, wanted: list[Wanted]) -> None:
    mapped = generator.codes(wanted, [0, 1])
    both = generator.codes(wanted, [0, 1], refine=3)
    assert (away(generator, both, wanted) < away(generator, mapped, wanted)).all()
    alone = np.concatenate([generator.codes([one], [seed], refine=3) for seed, one in enumerate(wanted)])
    assert np.array_equal(alone, both)
    once = generator.codes(wanted, [0, 1], refine=1)
    assert (away(generator, once, wanted) < away(generator, mapped, wanted)).all()
    nothing = [Wanted()]
    assert np.array_equal(generator.codes(nothing, [0], refine=2), generator.codes(nothing, [0]))


def test_seeds_of_a_sentence_differ(generator: MultimodalGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [generator.wanted(text="an old woman")] * 2

    def apart() -> float:
        codes = generator.codes(wanted, (1, 2), refine=1)
        return float(np.abs(codes[0] - codes[1]).mean())

    free = apart()
    monkeypatch.setattr("mien.generation.feedback.FREE", 0.0)
    assert free > 1.3 * apart()


def test_a_mesh_keeps_its_say_beside_lines_and_words(generator: MultimodalGenerator) -> None:
    look, names = generator.feedback.look, generator.scale.names
    pairs, _ = sample_pairs(generator.maker, look, range(6), (0.7, 0.7))
    lines = pairs.drawings(np.arange(6), np.ones(6, np.int64)).astype(np.float32)
    alone = [Wanted(points=one - (0, 0, one[:, 2].mean())) for one in pairs.points]
    texts = [generator.scale.vector({names[i]: float(one[i]) for i in (3, 20, 40)}) for one in pairs.numbers]
    beside = [replace(one, sketch=drawn[None], text=t) for one, drawn, t in zip(alone, lines, texts, strict=True)]
    errors = []
    for some in (alone, beside):
        found = look.points(generator.pixels(generator.codes(some, range(6), refine=1)))
        errors.append(np.linalg.norm(found - pairs.points, axis=-1).mean())
    assert errors[1] < errors[0] / 0.8


def test_a_single_round_looks_once(
    generator: MultimodalGenerator, wanted: list[Wanted], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, seen = [], generator.feedback.seen
    monkeypatch.setattr(generator.feedback, "seen", lambda *given: looks.append(1) or seen(*given))
    for rounds, expected in ((1, 1), (2, 3)):
        looks.clear()
        generator.codes(wanted[:1], [0], refine=rounds)
        assert len(looks) == expected


def test_a_round_maps_once_and_draws_a_seed_once(
    generator: MultimodalGenerator, wanted: list[Wanted], monkeypatch: pytest.MonkeyPatch
) -> None:
    maps, drawn = [], []
    mapped, pixels = generator._mapped, generator.pixels
    monkeypatch.setattr(generator, "_mapped", lambda *given: maps.append(1) or mapped(*given))
    monkeypatch.setattr(generator, "pixels", lambda *given: drawn.append(1) or pixels(*given))
    generator.codes([replace(wanted[1], text=wanted[0].text)], [0], refine=1)
    assert (len(maps), len(drawn)) == (2, 1)
    generator.codes([generator.wanted(text="a young man")], [77], refine=1)
    assert len(drawn) == 3
    generator.codes([generator.wanted(text="an old man")], [77], refine=1)
    assert len(drawn) == 4


def test_the_command_has_as_many_rounds_as_the_class() -> None:
    defaults = [inspect.signature(one).parameters["refine"].default for one in (generate, MultimodalGenerator.__call__)]
    assert defaults == [ROUNDS, ROUNDS]


def test_descent_brings_faces_nearer_still(generator: MultimodalGenerator, wanted: list[Wanted]) -> None:
    looked = generator.codes(wanted, [0, 1], refine=1)
    down = generator.codes(wanted, [0, 1], refine=1, descend=5)
    assert (away(generator, down, wanted) < away(generator, looked, wanted)).all()


def test_maps_and_sketches_descend_where_nobody_says_how_far(
    wanted: list[Wanted], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes: list[str] = []
    found = [effort(one, 1, None, "none", notes) for one in (*wanted, Wanted())]
    assert found == [(LOOKS, STEPS), (LOOKS, STEPS), (1, 0)]
    assert effort(wanted[0], 1, 3, "none", notes) == (1, 3) and effort(wanted[0], 0, None, "none", notes) == (0, 0)
    assert effort(wanted[0], 1, None, "bank", notes) == (1, 0) and not notes
    monkeypatch.setattr("mien.generation.guidance.has_torch", lambda: False)
    assert effort(wanted[1], 1, None, "none", notes) == (1, 0) and "PyTorch" in notes[0]


def test_what_the_generator_hardly_knows_is_told(generator: MultimodalGenerator) -> None:
    for text, named in (("a man with a beard", "beard"), ("a man without a beard", ""), ("with glasses", "")):
        notes = hardly_known(understood(text), generator.scale)
        assert named in " ".join(notes) and bool(notes) == bool(named)


def test_words_that_a_map_contradicts_are_told(generator: MultimodalGenerator) -> None:
    pairs, _ = sample_pairs(generator.maker, generator.feedback.look, FACES[:1], (0.7, 0.7))
    from mien.conditions.labels import colors
    from mien.types import Photo

    bare = Photo(colors()[np.where(pairs.labels[0] == 6, 1, pairs.labels[0])])
    notes = generator(semantic=bare, text="with glasses", refine=0).notes
    assert any(note.startswith("the map shows something else") and "glasses" in note for note in notes)
    assert not any("glasses" in note for note in generator(semantic=bare, text="without glasses", refine=0).notes)


def test_whole_maps_ask_for_glasses_or_for_none(generator: MultimodalGenerator) -> None:
    bare, worn = np.ones((2, 128, 128), np.uint8)
    worn[50:60, 30:98] = 6
    config, words = generator.mapper.config, generator.scale
    asked = Asked.of([Wanted(semantic=generator.shares_of(one)) for one in (bare, worn)], config, words)
    at = words.names.index("glasses")
    numbers = np.zeros((2, len(words.names)), np.float32)
    for level, right in ((-3.0, [True, False]), (3.0, [False, True])):
        numbers[:, at] = level
        assert (missing(np, numbers, asked)[:, at] == 0).tolist() == right
    empty = np.where(np.arange(128)[:, None] < 40, 255, bare)
    assert not Asked.of([Wanted(semantic=generator.shares_of(empty))], config, words).flags.any()


@pytest.mark.parametrize("wrong", [{"refine": -1}, {"descend": 1000}])
def test_numbers_of_rounds_are_checked(generator: MultimodalGenerator, wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="give a number from 0 to 200"):
        generator.codes([Wanted()], [0], **wrong)
