"""What is compared on faces: parsing, sketches, poses, identities, words; and a generator's path length."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from mien.align import mesh
from mien.align.measure import head_pose
from mien.conditions.labels import INDEX, UNKNOWN
from mien.errors import ConfigError, DataError
from mien.evaluation.metrics.identity import identity_similarity
from mien.evaluation.metrics.parsing import accuracy_counts, mean_ratio, parsing_counts
from mien.evaluation.metrics.pose import pose_error
from mien.evaluation.metrics.sketch import sketch_agreement, tolerance_at
from mien.evaluation.metrics.text import clip_score, directional_similarity
from mien.evaluation.path_length import PathLength, path_length
from mien.models.stylegan2 import Generator, GeneratorConfig
from mien.types import Pose, UInt8


def labels(*rows: str) -> UInt8:
    names = {"h": INDEX["hair"], "s": INDEX["skin"], "b": INDEX["background"], "?": UNKNOWN}
    return np.array([[names[c] for c in row] for row in rows], np.uint8)


def test_parsing_counts_by_hand() -> None:
    maps = labels("hhsb", "hs?b"), labels("hssb", "hsb?")
    counts = parsing_counts(*maps)
    seen = counts[1] > 0
    assert (counts[0] / np.maximum(counts[1], 1))[seen].tolist() == pytest.approx([1, 2 / 3, 2 / 3])
    assert mean_ratio(counts[None]).value == pytest.approx(7 / 9)
    assert mean_ratio(accuracy_counts(*maps)[None]).value == pytest.approx(5 / 6)


def test_parsing_counts_are_summed_over_pairs_before_dividing() -> None:
    pairs = ((labels("hhhh"), labels("hhhs")), (labels("hsss"), labels("ssss")))
    found = mean_ratio(np.stack([parsing_counts(*pair) for pair in pairs]))
    assert found.value == pytest.approx(3 / 5)
    low, high = found.interval()
    assert low <= found.value <= high


def test_parsing_counts_inside_a_mask() -> None:
    mask = np.array([[True, True, False, False]])
    assert mean_ratio(parsing_counts(labels("hhsb"), labels("hhbs"), mask)[None]).value == 1
    with pytest.raises(DataError, match="no pixel that both know"):
        parsing_counts(labels("?h"), labels("h?"))


def test_parsing_interval_is_as_wide_as_repeated_draws_scatter() -> None:
    rng = np.random.default_rng(0)

    def draw() -> tuple[UInt8, UInt8]:
        wanted = rng.integers(0, 3, (60, 8, 8), dtype=np.uint8)
        wrong = rng.random((60, 8, 8)) < rng.beta(2, 5, (60, 1, 1))
        return np.where(wrong, rng.integers(0, 3, (60, 8, 8)), wanted).astype(np.uint8), wanted

    draws = [mean_ratio(np.stack([parsing_counts(*p) for p in zip(*draw(), strict=True)])) for _ in range(150)]
    low, high = draws[0].interval()
    assert (high - low) / (2 * 1.96) == pytest.approx(np.std([one.value for one in draws]), rel=0.25)


def test_sketches_within_and_beyond_the_tolerance() -> None:
    drawn, wanted = np.zeros((2, 256, 256), bool)
    drawn[:, 100], wanted[:, 102] = True, True
    assert tolerance_at(256) == 2
    assert sketch_agreement(drawn, wanted).f1 == 1
    assert sketch_agreement(drawn, wanted, tolerance=1.9).f1 == 0
    wanted[:64, 150] = True  # a line that was not drawn
    found = sketch_agreement(drawn, wanted)
    assert (found.precision, found.recall) == (1, pytest.approx(256 / 320))
    assert found.f1 == pytest.approx(2 * 0.8 / 1.8)
    mask = np.zeros((256, 256), bool)
    mask[64:] = True
    assert sketch_agreement(drawn, wanted, mask=mask).f1 == 1


def test_empty_sketches() -> None:
    nothing, line = np.zeros((2, 64, 64), bool)
    line[10] = True
    assert sketch_agreement(nothing, nothing).f1 == 1
    assert sketch_agreement(line, nothing).f1 == 0
    assert sketch_agreement(nothing, line).f1 == 0


def test_pose_error_is_the_angle_between_the_heads() -> None:
    straight = Pose(0, 0, 0)
    for pose in (Pose(25, 0, 0), Pose(0, 25, 0), Pose(0, 0, 25)):
        assert pose_error(pose, straight)["rotation"] == pytest.approx(25)
    error = pose_error(Pose(3, -2, 179), Pose(1, 2, -179))
    assert (error["yaw"], error["pitch"], error["roll"]) == (2, 4, 2)
    assert pose_error(Pose(10, 20, 30), Pose(10, 20, 30))["rotation"] == pytest.approx(0, abs=1e-5)


def test_pose_error_agrees_with_landmarks_that_were_turned() -> None:
    rng = np.random.default_rng(0)
    face = rng.normal(size=(478, 3)).astype(np.float32)
    assert len(mesh.RIGID) > 3

    def turned() -> tuple[np.ndarray, Pose]:
        matrix, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        matrix *= np.sign(np.linalg.det(matrix))
        return matrix, head_pose((face @ matrix.T).astype(np.float32), face)

    for _ in range(5):
        (first, a), (second, b) = turned(), turned()
        angle = np.degrees(np.arccos((np.trace(first.T @ second) - 1) / 2))
        assert pose_error(a, b)["rotation"] == pytest.approx(angle, abs=0.01)


def test_identity_and_words() -> None:
    a, b = torch.tensor([[3.0, 0], [1, 1]]), torch.tensor([[5.0, 0], [1, -1]])
    assert torch.allclose(identity_similarity(a, b), torch.tensor([1.0, 0]), atol=1e-6)
    assert torch.allclose(clip_score(a, torch.tensor([1.0, 1])), torch.tensor([50 * 2**0.5, 100.0]))
    assert float(clip_score(a[:1], -a[:1])) == 0
    east, north, up = torch.eye(3).split(1)
    assert float(directional_similarity(north, east, up, up)) == pytest.approx(0, abs=1e-6)
    assert float(directional_similarity(north, east, north, east)) == pytest.approx(1)


class Straight(Generator):
    """Pictures are linear in w, and w is z: path lengths have a closed form."""

    def __init__(self) -> None:
        super().__init__(GeneratorConfig(resolution=32, z_dim=4, w_dim=4, mapping_layers=1, channel_base=64))
        self.matrix = torch.randn(4, 3 * 32 * 32, generator=torch.Generator().manual_seed(0), dtype=torch.double)

        def synthesis(w_plus: Tensor, noise: str) -> Tensor:
            assert noise == "const"
            return (w_plus[:, 0].double() @ self.matrix).view(-1, 3, 32, 32)

        del self.mapping, self.synthesis
        self.mapping, self.synthesis = lambda z: z, synthesis  # type: ignore[assignment]


def squared(a: Tensor, b: Tensor) -> Tensor:
    return (a - b).square().mean((1, 2, 3))


@pytest.mark.parametrize("sampling", ["end", "full"])
def test_path_length_of_a_linear_generator(sampling: str) -> None:
    generator = Straight()
    found = path_length(generator, squared, PathLength(samples=400, sampling=sampling))
    # The ends differ by a Gaussian of variance 2 in each coordinate; cutting off the tails takes a little away.
    expected = 2 * float(generator.matrix.square().sum()) / (3 * 32 * 32)
    assert found.value == pytest.approx(expected, rel=0.1)
    assert len(found.contributions) >= 390
    assert found.value == path_length(generator, squared, PathLength(samples=400, sampling=sampling)).value


def test_path_length_on_the_sphere_is_the_angle() -> None:
    generator = Straight()
    generator.matrix = torch.eye(4, 3 * 32 * 32, dtype=torch.double) * 3 * 32 * 32
    settings = PathLength(samples=300, space="z", sampling="full")
    z = torch.randn(20000, 2, 4, generator=torch.Generator().manual_seed(1))
    angle = torch.acos(torch.cosine_similarity(z[:, 0], z[:, 1], dim=-1))
    expected = float(angle.square().mean()) * 3 * 32 * 32
    assert path_length(generator, squared, settings).value == pytest.approx(expected, rel=0.1)


def test_path_length_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ConfigError, match="not 's', 'end'"):
        PathLength(space="s")
    with pytest.raises(DataError, match="at least two paths"):
        PathLength(samples=1)
