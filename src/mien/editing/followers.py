"""What follows hair that is dyed: brows and beards."""

from __future__ import annotations

from collections.abc import Callable

from mien.conditions.regions import terms
from mien.editing.request import Request
from mien.guides.light import beard_after, brows_after

BLACK = (0, 0, 0)
"""What follows if anything does: what is lighter changes less."""

Color = tuple[int, int, int]
Follower = tuple[str, tuple[str, ...], Callable[[Color, Color, Color], Color | None], str]

FOLLOWERS: tuple[Follower, ...] = (
    ("brows", ("brow",), brows_after, "brows lightened with it"),
    ("beard", ("beard", "moustache"), beard_after, "beard grayed with it"),
)
"""What follows hair: the region, what of its names a request may mention, its rule, and the words for it."""


def followers(region: str, request: Request, old: Color, shade: Color) -> list[Follower]:
    """What may follow a region that is dyed, where nothing is said about it."""
    if region != "hair":
        return []
    named = [name for other in request.dye for _, name in terms(other)]
    free = (one for one in FOLLOWERS if not any(word in name for word in one[1] for name in named))
    return [one for one in free if one[2](BLACK, old, shade) is not None]
