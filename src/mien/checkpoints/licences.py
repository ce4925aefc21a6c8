"""Licenses of weights, as their model cards name them, and whether they are free for commerce."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from mien.errors import ConfigError

CARD = "README.md"
VARIABLE = "MIEN_COMMERCIAL_ONLY"
"""In the environment; ``mien --commercial-only`` sets it. Weights that are not known to be free for commerce are then
refused."""

FREE = {
    *("apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "isc", "zlib", "0bsd", "unlicense", "mpl-2.0"),
    *("cc0-1.0", "cc-by-4.0", "cc-by-3.0", "etalab-2.0"),
}
"""Licenses that allow commerce and ask for naming the authors at most, as the Hugging Face Hub spells them."""

_HEADER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


@dataclass(frozen=True)
class Licence:
    """Of a folder of weights.

    Attributes:
        name: as the card has it; "unknown" where it says nothing.
        remarks: sentences of the card about terms that are not for commerce.
    """

    name: str
    remarks: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Whether it is known to allow commerce."""
        return self.name.lower() in FREE


def licence_of(folder: Path) -> Licence:
    """Reads the card's header (``license:``, or ``license_name:`` where that is "other")."""
    try:
        text = (folder / CARD).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return Licence("unknown")
    header = _HEADER.match(text)
    told = dict(
        re.findall(r"^(license(?:_name)?):\s*[\"']?([^\"'\n]+?)[\"']?\s*$", header[1], re.MULTILINE) if header else []
    )
    name = told.get("license", "unknown")
    name = told.get("license_name", "other") if name == "other" else name
    sentences = re.split(r"(?<=[.;])\s+", " ".join(text.split()))
    remarks = tuple(one for one in sentences if re.search(r"non-?commercial", one, re.IGNORECASE))
    return Licence(name, remarks)


def check_folder(folder: Path) -> None:
    """Refuses weights whose card does not say that they are free for commerce, where only such are wanted.

    Raises:
        ConfigError: they are not.
    """
    if os.environ.get(VARIABLE) and not (found := licence_of(folder)).free:
        raise ConfigError(
            f"{folder.name} is under '{found.name}', which is not known to be free for commerce (--commercial-only)."
        )


def check_uncarded(path: str | Path, what: str) -> None:
    """The same for files that have no card.

    Raises:
        ConfigError: only what is free for commerce is wanted, and nobody knows about this file.
    """
    if os.environ.get(VARIABLE):
        raise ConfigError(f"{what} {path} has no card that says it is free for commerce (--commercial-only).")
