"""What mien consists of here: packages and weights with their licenses, also as a CycloneDX document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from mien._version import __version__
from mien.checkpoints.licences import licence_of
from mien.checkpoints.store import BUNDLED, CONFIG, WEIGHTS

SPEC = "1.6"
"""Of CycloneDX, https://cyclonedx.org/docs/1.6/json/."""


@dataclass(frozen=True)
class Component:
    """Attributes:
    kind: "library" or "machine-learning-model", as CycloneDX calls them.
    name, version, licence: of it; "unknown" where nobody says.
    free: whether weights are known to be free for commerce; None for packages, whose makers say.
    remarks: of a model card, about terms that are not for commerce.
    sha256: of weights.
    """

    kind: str
    name: str
    version: str
    licence: str
    free: bool | None = None
    remarks: tuple[str, ...] = ()
    sha256: str = ""


def components() -> list[Component]:
    """Weights that come with mien, then the packages that are installed of those that it needs, and that they need."""
    return [*_weights(), *_packages()]


def _weights() -> Iterator[Component]:
    for path in sorted(BUNDLED.glob(f"*/{WEIGHTS}")):
        folder = path.parent
        found, config = licence_of(folder), json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        digest = str(config.get("sha256") or "")
        yield Component(
            "machine-learning-model", folder.name, __version__, found.name, found.free, found.remarks, digest
        )


def _packages() -> list[Component]:
    seen: dict[str, Component] = {}
    waiting = ["mien"]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in seen:
            continue
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        told = found.metadata
        expression, text = (told.get_all(field) or [""] for field in ("License-Expression", "License"))
        trove = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
        licence = expression[0] or ", ".join(trove) or _short(text[0]) or "unknown"
        seen[name] = Component("library", name, found.version, licence)
        needs = [one for one in found.requires or [] if "extra ==" not in one]
        waiting += [match[0] for one in needs if (match := re.match(r"[A-Za-z0-9._-]+", one))]
    return sorted(seen.values(), key=lambda one: one.name)


def _short(text: str) -> str:
    """A name; some packages put the whole text there."""
    first = text.strip().partition("\n")[0]
    return first if len(first) <= 60 else ""


def cyclonedx(found: list[Component]) -> dict[str, Any]:
    """A CycloneDX document, ready for JSON; without date and random number, so that the same gives the same."""
    tool = {"type": "application", "name": "mien", "version": __version__, "bom-ref": "mien"}
    listed = []
    for one in found:
        entry: dict[str, Any] = {"type": one.kind, "name": one.name, "version": one.version}
        entry["bom-ref"] = f"{one.kind}:{one.name}"
        entry["licenses"] = [{"license": {"name": one.licence}}]
        if one.kind == "library":
            entry["purl"] = f"pkg:pypi/{one.name}@{one.version}"
        if one.sha256:
            entry["hashes"] = [{"alg": "SHA-256", "content": one.sha256}]
        listed.append(entry)
    return {"bomFormat": "CycloneDX", "specVersion": SPEC, "version": 1, "metadata": {"component": tool}} | {
        "components": listed
    }
