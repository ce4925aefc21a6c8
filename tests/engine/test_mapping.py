"""The mapping network's graph: drawings that all faces share are encoded once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mien.checkpoints.hub import find_folder
from mien.engine.mapping import GraphMapper, Wanted, drawn_once, joined, takes_drawings_once


def test_shared_drawings_are_encoded_once_and_give_the_same_codes() -> None:
    mapper, rng = GraphMapper(find_folder("multimodal-mapping"), "onnx"), np.random.default_rng(0)
    c, values = mapper.config, lambda *shape: rng.random(shape, dtype=np.float32)
    one = Wanted(values(19, 64, 64) / 10, values(1, 128, 128), values(478, 3) / 2, (10.0, 0.0), values(c.text))
    faces = [one, replace(one, text=None), Wanted(text=one.text), Wanted(points=one.points)]
    noise = rng.normal(size=(4, c.noise)).astype(np.float32)
    assert takes_drawings_once(find_folder("multimodal-mapping"))
    assert [len(part) for part in drawn_once(faces, joined(faces, c))] == [1, 1, 1, 4, 4, 4]
    alone = [mapper([face], noise[row : row + 1])[0] for row, face in enumerate(faces)]
    np.testing.assert_allclose(mapper(faces, noise), np.stack(alone), atol=1e-5)


def test_different_drawings_stay_apart() -> None:
    config = GraphMapper(find_folder("multimodal-mapping"), "onnx").config
    drawn = [np.full((1, 128, 128), value, np.float32) for value in (0, 1)]
    faces = [Wanted(sketch=drawn[0]), Wanted(pose=(0.0, 0.0)), Wanted(sketch=drawn[1])]
    assert [len(part) for part in drawn_once(faces, joined(faces, config))][:3] == [1, 3, 1]
