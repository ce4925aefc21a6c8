"""A photo and what is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mien.editing.request import Request, is_number
from mien.errors import ConfigError, MienError

if TYPE_CHECKING:
    from mien.types import PictureLike

MOST_VARIANTS = 64


@dataclass(frozen=True, eq=False)
class Asked:
    """A photo, and what is asked for: ``count`` variants, with consecutive seeds.

    Raises:
        ConfigError: not a number of variants.
    """

    photo: PictureLike
    request: Request
    count: int = 1

    def __post_init__(self) -> None:
        if not is_number(self.count, 1, MOST_VARIANTS, whole=True):
            raise ConfigError(f"{self.count!r} variants cannot be made; ask for 1 to {MOST_VARIANTS}.")

    def apart(self) -> list[Asked]:
        """One for each variant where each is borrowed from another face, or of a strength of its own."""
        from mien.editing.auto import names_features  # what looks at faces, which a faulty request does not need

        feature = self.request.mode in ("auto", "pixels") and names_features(self.request)
        if not (self.request.lends or feature) and self.request.keep_identity is None:
            return [self]
        seeds = range(self.request.seed, self.request.seed + self.count)
        return [Asked(self.photo, replace(self.request, seed=seed)) for seed in seeds]

    @classmethod
    def of(cls, call: Mapping[str, Any]) -> Asked:
        """From ``photo``, ``n`` and the fields of a request."""
        if "photo" not in call:
            raise ConfigError("An edit of a batch names no photo; give it as photo.")
        fields = {name: value for name, value in call.items() if name not in ("photo", "n")}
        return cls(call["photo"], Request.from_dict(fields), call.get("n", 1))


@contextmanager
def numbered(number: int, count: int | None = None) -> Iterator[None]:
    """Errors name the edit, unless it is the only one of a ``count`` that is given."""
    try:
        yield
    except MienError as error:
        if count == 1:
            raise
        raise type(error)(f"Edit {number}: {error}") from error
