"""Crops go through the networks together, and each comes out as it does alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mien.backends.facemug import Facemug
from mien.editing.context import EditContext
from mien.editing.request import Request
from mien.editing.result import CropOptions
from mien.editor import Editor
from mien.errors import ConfigError
from mien.types import Face, Float32, Photo, UInt8

LEVEL = 1
"""By how many levels of 255 a result may differ from the edit alone: sums in another order have other last bits."""


@pytest.fixture(scope="module")
def edits(portrait: Photo, face: Face) -> list[dict[str, Any]]:
    mirrored = Photo(np.ascontiguousarray(portrait.pixels[:, ::-1]))
    gray = Photo(portrait.pixels.mean(2, keepdims=True).astype(np.uint8))
    return [
        {"photo": portrait, "mask": "hair", "face": face},
        {"photo": gray, "mask": "nose", "face": face, "seed": 1, "strength": 0.6, "mode": "look"},
        {"photo": portrait, "mask": "hair", "face": face, "exemplar": mirrored, "sketch": "self"},
        {"photo": portrait, "mask": "mouth", "face": face, "attributes": {"smile": 1.0}, "seed": 2},
        {"photo": portrait, "mask": "nose", "face": face, "color": "#4040a0", "weights": {"color": 2.0}},
        {"photo": gray, "mask": "eyes", "face": face, "n": 2, "mode": "look"},
        {"photo": portrait, "mask": "lips", "face": face, "weight_maps": {"image": np.full((64, 64), 0.5, np.float32)}},
        {"photo": portrait, "mask": "brows", "face": face, "exemplar": "self", "strength": 0.0},
        {"photo": portrait, "mask": "nose", "face": face, "seed": 9, "mode": "look"},
    ]


def test_a_batch_runs_as_one_and_results_do_not_depend_on_their_company(
    editor: Editor, edits: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, sizes = editor.backend, []
    assert isinstance(backend, Facemug)
    decode = backend.networks.painter.refinement.decode

    def counted(features: Any, w_plus: Any, bank: Any) -> Any:
        sizes.append(len(w_plus))
        return decode(features, w_plus, bank)

    monkeypatch.setattr(backend.networks.painter.refinement, "decode", counted)
    together = editor.batch(edits)
    assert sizes == [8, 1]  # eight photos are read at once, eight crops with the variant, the smile is moved
    backwards = editor.batch(edits[::-1])[::-1]
    for edit, one, other in zip(edits, together, backwards, strict=True):
        alone = editor(**edit)
        assert len(one.variants) == len(alone.variants) and one.operations == alone.operations
        for made in (one, other):
            for variant, wanted in zip(made.variants, alone.variants, strict=True):
                apart = np.abs(variant.photo.pixels.astype(int) - wanted.photo.pixels)
                assert apart.max() <= LEVEL and (apart > 0).mean() < 0.01
                assert not (variant.photo.pixels != edit["photo"].pixels)[~variant.mask].any()


def test_a_batch_of_the_same_is_computed_once(editor: Editor, crop: UInt8, middle: Float32) -> None:
    from mien.conditions.types import Conditions

    context = EditContext(editor)
    conditions = Conditions(mask=middle)
    made = editor.backend.edit([crop] * 4, [conditions] * 4, [CropOptions()] * 4, context)
    assert context.cache.misses["features"] == context.cache.misses["edit codes"] == 1
    for one in made[1:]:
        assert np.abs(one.pixels - made[0].pixels).max() < 0.05


def test_edits_of_a_batch_are_checked(editor: Editor, portrait: Photo) -> None:
    assert editor.batch([]) == []
    with pytest.raises(ConfigError, match="names no photo"):
        editor.batch([{"mask": "hair"}])
    with pytest.raises(ConfigError, match="'hue' is no input"):
        editor.batch([{"photo": portrait, "hue": 3}])
    with pytest.raises(ConfigError, match="0 variants"):
        editor.batch([{"photo": portrait, "mask": "hair", "n": 0}])


def test_a_seed_is_mixed_in_before_what_is_asked_for(editor: Editor, crop: UInt8, middle: Float32) -> None:
    """Equation 20, then 2, then 3: an attribute moves the codes of every variant as far as the plain result's."""
    import torch

    from mien.conditions.types import Conditions
    from mien.editing.latents import CodeRequest

    assert isinstance(editor.backend, Facemug)
    codes, cache = editor.backend.codes, EditContext(editor).cache
    conditions = Conditions(mask=middle, attributes={"smile": 2.0})
    target = torch.zeros(1, *codes.directions["smile"].shape)
    with torch.inference_mode():
        for seed in (0, 4):
            asked = CodeRequest.of(conditions, seed, crop)
            plain = CodeRequest(asked.source, asked.turns, seed, {}, None)
            with_smile, without = codes.of_edits([target] * 2, [asked, plain], b"", cache)
            torch.testing.assert_close(with_smile - without, 2 * codes.directions["smile"][None], atol=1e-4, rtol=1e-4)


def test_a_request_is_one_for_every_photo_of_a_list(editor: Editor, portrait: Photo, face: Face) -> None:
    request = Request(mask="nose", face=face, mode="look")
    made = editor([portrait, portrait.pixels], request, n=2)
    assert len(made) == 2 and len(made.images) == 4
    assert editor([portrait], request)[0].photo.pixels.shape == portrait.pixels.shape
