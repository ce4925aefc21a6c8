from __future__ import annotations

import numpy as np

from mien.editing.cache import EditCache, digest


def test_a_key_is_computed_once_and_the_oldest_is_dropped() -> None:
    cache = EditCache(capacity=2)
    for key in (b"a", b"b", b"a", b"c", b"a"):
        assert cache.get("kind", key, lambda key=key: key * 2) == key * 2
    assert (cache.hits["kind"], cache.misses["kind"]) == (2, 3)
    cache.get("kind", b"b", lambda: b"again")
    assert cache.misses["kind"] == 4
    assert cache.get("other", b"a", lambda: 7) == 7


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
