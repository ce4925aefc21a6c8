from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from mien.backends.facemug import Facemug
from mien.checkpoints.editor import PARTS, load_editor
from mien.editing.cache import EditCache, digest
from mien.editor import Editor
from mien.types import Face, Photo


def test_a_key_is_computed_once_and_the_oldest_is_dropped() -> None:
    cache = EditCache(capacity=2)
    for key in (b"a", b"b", b"a", b"c", b"a"):
        assert cache.get("kind", key, lambda key=key: key * 2) == key * 2
    assert (cache.hits["kind"], cache.misses["kind"]) == (2, 3)
    cache.get("kind", b"b", lambda: b"again")
    assert cache.misses["kind"] == 4
    assert cache.get("other", b"a", lambda: 7) == 7


def test_what_was_seen_of_a_photo_is_kept_by_a_wider_cache() -> None:
    wider = EditCache()
    for _ in range(2):
        cache = EditCache(wider=wider)
        assert [cache.get(kind, b"a", lambda: 7) for kind in ("faces", "features")] == [7, 7]
        assert cache.has("faces", b"a") and cache.has("features", b"a")
    assert dict(wider.misses) == {"faces": 1} and dict(cache.misses) == {"features": 1}


def test_what_is_missing_is_computed_at_once_and_a_key_that_is_there_twice_once() -> None:
    cache, asked = EditCache(), []

    def squares(missing: Sequence[int]) -> list[int]:
        asked.append(list(missing))
        return [(index + 1) ** 2 for index in missing]

    assert cache.get_many("kind", [b"a", b"b", b"a", b"c"], squares) == [1, 4, 1, 16]
    assert cache.get_many("kind", [b"b", b"d"], squares) == [4, 4]
    assert asked == [[0, 1, 3], [1]] and cache.get_many("kind", [], squares) == []


def test_threads_compute_each_key_once_and_get_the_same() -> None:
    cache, computed, seen = EditCache(), [], []

    def compute(key: bytes) -> bytes:
        computed.append(key)
        time.sleep(0.01)
        return key * 2

    def work(order: Sequence[bytes]) -> None:
        seen.append([cache.get("kind", key, lambda key=key: compute(key)) for key in order])

    keys = [bytes([n]) for n in range(6)]
    threads = [threading.Thread(target=work, args=(keys if n % 2 else keys[::-1],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(computed) == keys and len(seen) == 8
    assert all(sorted(one) == [key * 2 for key in keys] for one in seen)


def test_whoever_waits_for_a_thread_that_fails_computes_it() -> None:
    cache, started, fails = EditCache(), threading.Event(), threading.Event()

    def fail() -> int:
        started.set()
        fails.wait(10)
        raise ValueError("no")

    def first() -> None:
        with pytest.raises(ValueError, match="no"):
            cache.get("kind", b"a", fail)

    found: list[int] = []
    threads = [
        threading.Thread(target=first),
        threading.Thread(target=lambda: found.append(cache.get("kind", b"a", lambda: 3))),
    ]
    threads[0].start()
    started.wait(10)
    threads[1].start()
    time.sleep(0.05)
    fails.set()
    for thread in threads:
        thread.join(10)
    assert found == [3] and cache.get("kind", b"a", lambda: 4) == 3


@pytest.fixture(scope="module")
def other(editor_folder) -> Editor:  # type: ignore[no-untyped-def]
    """The same editor with other weights."""
    networks, _ = load_editor(editor_folder)
    torch.manual_seed(7)
    with torch.no_grad():
        for parameter in networks.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return Editor(Facemug(networks, PARTS))


def test_two_editors_may_share_a_cache(editor: Editor, other: Editor, portrait: Photo, face: Face) -> None:
    cache = EditCache()
    asked = {"mask": "mouth", "exemplar": "self", "face": face}
    alone = [one(portrait, **asked).photo.pixels for one in (editor, other)]
    shared = [one(portrait, **asked, cache=cache).photo.pixels for one in (editor, other, editor)]
    assert (alone[0] != alone[1]).any() and cache.misses["labels"] == 1
    for made, wanted in zip(shared, (*alone, alone[0]), strict=True):
        np.testing.assert_array_equal(made, wanted)


def test_two_precisions_of_an_editor_share_nothing(editor: Editor, other: Editor, portrait: Photo, face: Face) -> None:
    cache = EditCache()
    plain = other(portrait, mask="nose", mode="look", face=face, cache=cache).photo.pixels
    before = cache.misses["features"]
    other.to(torch.bfloat16)
    other(portrait, mask="nose", mode="look", face=face, cache=cache)
    other.to(torch.float32)
    assert cache.misses["features"] == before + 1
    np.testing.assert_array_equal(other(portrait, mask="nose", mode="look", face=face, cache=cache).photo.pixels, plain)


def test_editors_in_threads_share_a_cache(editor: Editor, other: Editor, portrait: Photo, face: Face) -> None:
    """Half of the threads with each editor; all start at once."""
    cache, ready, made = EditCache(), threading.Barrier(4), {}
    alone = [one(portrait, mask="nose", mode="look", face=face, seed=1).photo.pixels for one in (editor, other)]

    def work(number: int) -> None:
        ready.wait(10)
        made[number] = (editor, other)[number % 2](
            portrait, mask="nose", mode="look", face=face, seed=1, cache=cache
        ).photo.pixels

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 4 and cache.misses["features"] == 2
    for number, pixels in made.items():
        np.testing.assert_array_equal(pixels, alone[number % 2])


def test_digests_tell_shape_type_and_content_apart() -> None:
    flat = np.arange(6, dtype=np.uint8)
    different = [
        (flat,),
        (flat.reshape(2, 3),),
        (flat.reshape(3, 2),),
        (flat.astype(np.int8),),
        (flat, None),
        (None, flat),
        (flat[::-1],),
        (b"ab", b"c"),
        (b"a", b"bc"),
        (1,),
        (1.0,),
        ("1",),
    ]
    assert len({digest(*parts) for parts in different}) == len(different)
    assert digest(flat[::2]) == digest(flat[::2].copy())
