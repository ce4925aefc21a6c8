"""The networks against the equations written out, and what the cache may and may not change."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from mien.checkpoints.directions import Direction, add_directions, read_facts
from mien.conditions.extract import conditions_of
from mien.conditions.layers import from_conditions
from mien.conditions.modalities import maps
from mien.conditions.parser import FaceParser
from mien.conditions.types import Conditions
from mien.editing.cache import EditCache
from mien.editing.directions import load_directions, save_directions
from mien.editing.latents import random_codes
from mien.editor import Editor
from mien.errors import ConfigError, LayerError
from mien.pixels import to_levels
from mien.types import Float32, UInt8


@pytest.fixture(scope="module")
def everything(crop: UInt8, middle: Float32) -> Conditions:
    """All that can be said but text; the exemplar is the mirrored face."""
    layers = conditions_of(crop, FaceParser.bundled().parse_crop(crop))
    exemplar = np.ascontiguousarray(crop[:, ::-1])
    return layers.replaced(mask=middle, exemplar=exemplar, attributes={"smile": 1.5})


def literal(editor: Editor, crop: UInt8, c: Conditions, weights: Float32 | None = None) -> Float32:
    """I_out of equation 1, written out: (S, S, 3) in [0, 255]."""
    net = editor.backend.networks
    with torch.inference_mode():
        x = from_conditions(crop, c).stack()
        w_t = net.encoder(x)
        source = c.exemplar if c.exemplar is not None else crop if c.attributes else None
        codes = w_t
        if source is not None:
            w_s = net.encoder(from_conditions(source, Conditions()).stack())
            codes = w_s
        if c.exemplar is not None:  # one's own face needs no turning
            codes = net.warping(net.warping(w_s, w_t), w_t)
            codes = torch.cat([(codes[:, :4] + w_t[:, :4]) / 2, codes[:, 4:]], 1)
        for name, strength in c.attributes.items():
            codes = codes + strength * editor.backend.codes.directions[name]
        given = None if weights is None else torch.from_numpy(weights)[None]
        assert c.mask is not None
        mask = torch.from_numpy(c.mask > 0).float()[None, None]
        return to_levels(net.painter(x, mask, codes, net.bank(codes)[1], given)[0])[0]


@pytest.mark.parametrize("dropped", [(), ("exemplar",), ("attributes",), ("exemplar", "attributes", "sketch")])
def test_edits_follow_the_equations(
    editor: Editor, crop: UInt8, everything: Conditions, middle: Float32, dropped: tuple[str, ...]
) -> None:
    said = everything.without(*dropped)
    edit = editor.edit_crop(crop, said)
    inner = np.s_[40:88, 40:88]  # beyond the reach of what hides the seam, but for its tail
    expected = literal(editor, crop, said)
    assert np.abs(edit.pixels - expected)[inner].mean() < 0.25 * np.abs(edit.pixels - crop)[inner].mean()
    assert (edit.pixels[middle == 0] == crop[middle == 0]).all()
    np.testing.assert_allclose(edit.shares.sum(0), 1, atol=1e-5)


def test_all_subsets_run_and_differ(editor: Editor, crop: UInt8, everything: Conditions) -> None:
    cache, kinds = EditCache(), (*maps(), "exemplar", "attributes")
    subsets = [names for size in range(len(kinds) + 1) for names in itertools.combinations(kinds, size)]
    seen = [editor.edit_crop(crop, everything.without(*names), cache=cache).pixels for names in subsets]
    assert len(seen) == 32
    for one, other in itertools.combinations(seen, 2):
        assert np.abs(one - other).max() > 1e-3


def test_the_cache_changes_nothing_but_the_time(editor: Editor, crop: UInt8, everything: Conditions) -> None:
    cache = EditCache()
    weighted = np.array([1, 3, 1, 1], np.float32).reshape(4, 1, 1)
    steps: list[dict[str, object]] = [
        {},
        {"attributes": {"smile": -1.0}},
        {"exemplar": crop},
        {"sketch": None},
        {"sketch": None, "attributes": {}},
    ]
    for step in steps:
        c = everything.replaced(**step)
        for options in ({}, {"seed": 5}, {"weights": weighted}):
            fresh = editor.edit_crop(crop, c, **options).pixels
            np.testing.assert_array_equal(editor.edit_crop(crop, c, **options, cache=cache).pixels, fresh)


def test_only_what_changed_is_computed_again(editor: Editor, crop: UInt8, everything: Conditions) -> None:
    cache = EditCache()
    editor.edit_crop(crop, everything, cache=cache)
    assert dict(cache.misses) == {"edit codes": 1, "picture codes": 1, "features": 1}
    editor.edit_crop(crop, everything.replaced(attributes={"age": 1.0}), seed=3, cache=cache)
    assert sum(cache.misses.values()) == 3
    editor.edit_crop(crop, everything.replaced(exemplar=crop), cache=cache)
    assert dict(cache.misses) == {"edit codes": 1, "picture codes": 2, "features": 1}
    editor.edit_crop(crop, everything.replaced(sketch=None), cache=cache)
    assert dict(cache.misses) == {"edit codes": 2, "picture codes": 2, "features": 2}
    weights = np.array([1, 1, 2, 1], np.float32).reshape(4, 1, 1)
    editor.edit_crop(crop, everything, weights=weights, cache=cache)
    assert dict(cache.misses) == {"edit codes": 2, "picture codes": 2, "features": 3}
    hidden = np.where(everything.mask[..., None] > 0, 255 - crop, crop)  # type: ignore[index]
    editor.edit_crop(hidden, everything, cache=cache)  # what the mask hides is not looked at
    assert sum(cache.misses.values()) == 7


def test_strength_goes_from_the_photo_to_the_edit(editor: Editor, crop: UInt8, everything: Conditions) -> None:
    steps = [editor.edit_crop(crop, everything, strength=s).pixels for s in (0.0, 0.1, 0.5, 1.0)]
    np.testing.assert_array_equal(steps[0], crop)
    np.testing.assert_array_equal(steps[3], editor.edit_crop(crop, everything).pixels)
    away = [float(np.abs(step - crop).mean()) for step in steps]
    assert away == sorted(away) and away[1] < 0.35 * away[3]


def test_weights_take_away_and_strengthen(editor: Editor, crop: UInt8, everything: Conditions) -> None:
    plain = editor.edit_crop(crop, everything).shares
    none = editor.edit_crop(crop, everything, weights=np.array([1, 0, 1, 1], np.float32).reshape(4, 1, 1)).shares
    assert (none[1] == 0).all()
    painted = np.ones((4, 128, 128), np.float32)
    painted[2, :, 64:] = 8
    more = editor.edit_crop(crop, everything, weights=painted).shares
    np.testing.assert_allclose(more[:, :, :64], plain[:, :, :64], atol=1e-5)
    assert (more[2, :, 64:] > plain[2, :, 64:]).all()


def test_seeds_are_variants_with_little_chance(editor: Editor, crop: UInt8, everything: Conditions) -> None:
    said = everything.without("exemplar", "attributes")
    plain, first, again, second = (editor.edit_crop(crop, said, seed=s).pixels for s in (0, 1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - plain).max() > 0.1 and np.abs(first - second).max() > 0.1
    generator = editor.backend.networks.generator
    assert not torch.equal(random_codes(generator, 1), random_codes(generator, 2))


def test_generating_without_a_photo(editor: Editor, crop: UInt8, everything: Conditions) -> None:
    sketch, color = everything.sketch, everything.color
    pictures = [
        editor.generate(seed=1),
        editor.generate(seed=2),
        editor.generate(sketch=sketch),
        editor.generate(sketch=sketch, color=color),
        editor.generate(sketch=sketch, color=color, seed=1),
        editor.generate(attributes={"smile": 2.0}, seed=1),
    ]
    assert all(picture.pixels.shape == (128, 128, 3) for picture in pictures)
    assert len({picture.pixels.tobytes() for picture in pictures}) == len(pictures)
    np.testing.assert_array_equal(editor.generate(seed=1).pixels, pictures[0].pixels)


def test_unusable_crops_and_attributes_are_refused(editor: Editor, crop: UInt8, everything: Conditions) -> None:
    with pytest.raises(ConfigError, match="has no attribute 'beard'; it knows age, smile"):
        editor.edit_crop(crop, everything.replaced(attributes={"beard": 1.0}))
    with pytest.raises(LayerError, match="takes 128 x 128"):
        editor.edit_crop(crop[:64, :64], everything)
    for mask in (None, np.zeros((128, 128), np.float32)):
        with pytest.raises(LayerError, match="mask is missing or empty"):
            editor.edit_crop(crop, everything.replaced(mask=mask))


def test_attributes_of_stylespace(
    editor: Editor, crop: UInt8, middle: Float32, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They go to the feature bank, beside those of W+, with the edit's strength; and are saved with their source."""
    net, known = editor.backend.networks, editor.backend.codes.directions
    config = net.config.generator
    direction = Direction("beard", 0.5 * torch.ones(1, sum(config.style_channels)), source="a.npy", space="s")
    monkeypatch.setitem(known, "beard", direction.offset(config))
    asked = [
        Conditions(mask=middle, attributes=a) for a in ({"beard": 1.0}, {"smile": 1.0}, {"beard": 2.0, "smile": 1.0})
    ]
    cache = EditCache()
    one, other, both = (editor.edit_crop(crop, c, cache=cache).pixels for c in asked)
    assert np.abs(one - both).max() > 1 and np.abs(other - both).max() > 1
    assert (both[middle == 0] == crop[middle == 0]).all()
    shift = editor.backend.codes.shift([{"beard": 2.0}, {"smile": 1.0}], [0.5, 1.0])
    assert shift is not None and torch.equal(shift[0], known["beard"]) and not shift[1].any()
    with torch.inference_mode():
        x = from_conditions(crop, asked[0]).stack()
        w = net.encoder(from_conditions(crop, Conditions()).stack())
        mask = torch.from_numpy(middle > 0).float()[None, None]
        expected = to_levels(net.painter(x, mask, w, net.bank(w, known["beard"][None])[1])[0])[0]
    inner = np.s_[40:88, 40:88]
    assert np.abs(one - expected)[inner].mean() < 0.25 * np.abs(one - crop)[inner].mean()
    save_directions(tmp_path, {"smile": known["smile"]})
    add_directions(tmp_path, [direction], config)
    (tmp_path / "copy").mkdir()
    save_directions(tmp_path / "copy", load_directions(tmp_path, config), tmp_path)
    assert read_facts(tmp_path / "copy")["beard"]["source"] == "a.npy" and read_facts(tmp_path / "copy")["smile"] == {}
