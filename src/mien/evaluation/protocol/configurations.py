"""Configurations: which of the five modalities an edit is given, in the paper's notation (+Sk+Se+Co+Ex+Te)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from mien.conditions.modalities import MODALITIES
from mien.conditions.types import Conditions
from mien.errors import ConfigError

SHORT: Mapping[str, str] = {one.short: name for name, one in MODALITIES.items() if one.short}
"""Modalities by the paper's abbreviations; "+Ma", the masked picture, is always given."""

TEXT = "text"
NONE = "none"


@dataclass(frozen=True)
class Configuration:
    """A subset of the modalities.

    Attributes:
        modalities: names of fields of :class:`Conditions`.
    """

    modalities: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """ "none", or the abbreviations in the paper's order: "+Sk+Co"."""
        return "".join(f"+{short}" for short, name in SHORT.items() if name in self.modalities) or NONE

    def of(self, conditions: Conditions) -> Conditions:
        """What is left of all conditions; the mask always is."""
        return conditions.without(*(name for name in SHORT.values() if name not in self.modalities))


def configuration(text: str) -> Configuration:
    """From "none", "+Sk+Co", "sk+co", ...

    Raises:
        ConfigError: an abbreviation that is none.
    """
    known = {short.lower(): name for short, name in SHORT.items()}
    parts = [part for part in text.strip().lower().replace(" ", "").split("+") if part]
    if parts == [NONE]:
        return Configuration()
    if not parts or (unknown := [part for part in parts if part not in known]):
        what = f"'{unknown[0]}'" if parts else "Nothing"
        raise ConfigError(f"{what} is no modality; write none, or join {', '.join(SHORT)} by +, such as +Sk+Co.")
    return Configuration(frozenset(known[part] for part in parts))


ALL = tuple(
    Configuration(frozenset(chosen))
    for count in range(len(SHORT) + 1)
    for chosen in combinations(SHORT.values(), count)
)
"""The 32 subsets, the smallest first."""

USUAL = tuple(
    map(
        configuration,
        (NONE, "+Sk", "+Se", "+Co", "+Ex", "+Te", "+Sk+Se", "+Sk+Co", "+Se+Ex", "+Sk+Se+Co", "+Sk+Se+Co+Ex"),
    )
)
"""What the tables show unless told: one modality each, and unions."""


def configurations(wanted: Iterable[str]) -> tuple[Configuration, ...]:
    """From names; ``all`` stands for the 32 subsets, ``usual`` for :data:`USUAL`. In the order given, each once.

    Raises:
        ConfigError: see :func:`configuration`.
    """
    groups = {"all": ALL, "usual": USUAL}
    found = [c for text in wanted for c in groups.get(text.strip().lower()) or (configuration(text),)]
    return tuple(dict.fromkeys(found)) or USUAL
