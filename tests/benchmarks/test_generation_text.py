"""Sentences that stand beside maps."""

from __future__ import annotations

import numpy as np

from benchmarks.generation_sheets import card
from benchmarks.generation_text import GLASSES, HAIR, LIPS, MOUTH, Measures, agreeing, sentences, shown_by
from mien.checkpoints.hub import find_folder
from mien.checkpoints.store import load_config
from mien.generation.sentences import understood
from mien.models.mm2latent.text import TextScale
from mien.words.types import Wish


def glasses_in(text: str) -> list[Wish]:
    return [wish for wish in understood(text).wishes if wish.attribute == "glasses"]


def test_maps_tell_whether_there_are_glasses() -> None:
    measures = object.__new__(Measures)
    names = ("age", "glasses", "smile", "mouth-open", "eye-size")
    measures.samples = {name: np.zeros(4, np.float32) for name in names}
    labels = np.ones((4, 32, 32), np.uint8)
    labels[1::2, 10:14, 8:24] = GLASSES
    texts, rows = agreeing(100, measures, labels)
    found = {
        (row % 2 == 1, wish.degree > 0) for text, row in zip(texts, rows, strict=True) for wish in glasses_in(text)
    }
    assert found == {(True, True), (False, False)}


def test_sentences_ask_for_what_the_generator_knows_and_agree_with_themselves() -> None:
    scale = TextScale.from_dict(load_config(find_folder("multimodal-mapping"), "mm2latent")["text"])
    any_text, known = " / ".join(sentences(400)), " / ".join(sentences(400, scale=scale))
    assert "beard" in any_text and "beard" not in known
    assert not any("young" in one and "wrinkles" in one for one in known.split(" / "))


def test_only_some_maps_are_taken_if_named() -> None:
    measures = object.__new__(Measures)
    measures.samples = {"age": np.zeros(4, np.float32)}
    _, rows = agreeing(9, measures, np.ones((4, 8, 8), np.uint8), faces=[3, 1])
    assert rows == [3, 1] * 4 + [3]


def test_cards_show_face_map_and_sentence() -> None:
    face, labels = np.full((16, 16, 3), 90, np.uint8), np.ones((16, 16), np.uint8)
    small, large = (card(face, labels, "a man", factor) for factor in (1, 3))
    assert small.shape[1] == 32 and large.shape[1] == 96 and (small[:16, :16] == 90).all()
    assert (small[16:] < 128).any(), "the sentence is written below"


def test_maps_show_mouths_and_hair() -> None:
    labels = np.ones((32, 32), np.uint8)
    labels[20:22, 12:20] = LIPS[0]
    assert shown_by(labels, 0.9) == shown_by(labels, 0.5) | {"feminine": -1, "lipstick": -1}
    labels[21, 13:19] = MOUTH
    labels[20:, :8] = HAIR
    told = shown_by(labels, 0.1)
    assert (told["smile"], told["hair-length"], told["feminine"], told["glasses"]) == (1, 1, 1, -1)
