"""Networks for inversion in our store: the folders ``hyper`` and ``features`` beside a generator, or in a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from torch import nn

from mien.checkpoints.filling import fill
from mien.checkpoints.store import CONFIG, load_config, load_folder, save_folder
from mien.errors import UnknownCheckpointError
from mien.models.inversion import (
    FeatureNetworks,
    FeaturesConfig,
    HyperConfig,
    HyperNetwork,
    SketchConfig,
    SketchEncoder,
)

Network = TypeVar("Network", bound=nn.Module)

KINDS: Mapping[str, tuple[type[Any], type[Any]]] = {
    "hyper": (HyperNetwork, HyperConfig),
    "features": (FeatureNetworks, FeaturesConfig),
    "strokes": (SketchEncoder, SketchConfig),
}
"""Network and configuration by the name of the method, which is the name of the folder, too."""


def kind_of(name: str) -> str:
    """``kind`` in ``config.json``."""
    return f"mien-inversion-{name}"


def save_inversion(folder: Path, name: str, network: nn.Module, card: str, facts: Mapping[str, Any]) -> None:
    """Writes weights (half precision), configuration and model card (Markdown) to ``folder / name``.

    Args:
        folder: of the run, or of an editor or a generator.
        name: of :data:`KINDS`.
        network: of that kind.
        card: Markdown.
        facts: more entries for ``config.json``; ``generator`` is the fingerprint of the one it was trained with.

    Raises:
        SaveError: the folder cannot be written.
    """
    config: Any = network.config
    save_folder(
        folder / name, network.state_dict(), {"kind": kind_of(name), "network": config.to_dict(), **facts}, card
    )


def find_inversion(name: str, places: list[Path]) -> Path | None:
    """The first of some folders that is such a network's, or has one; None where there is none."""
    for place in places:
        for folder in (place / name, place):
            if (folder / CONFIG).is_file() and _is(folder, name):
                return folder
    return None


def _is(folder: Path, name: str) -> bool:
    try:
        load_config(folder, kind_of(name))
    except UnknownCheckpointError:
        return False
    return True


def load_inversion(folder: Path, name: str) -> tuple[Any, str]:
    """A network of :data:`KINDS` in evaluation mode, float32, without gradients; and its generator's fingerprint.

    Raises:
        UnknownCheckpointError: the folder holds none.
        CorruptCheckpointError: it is damaged.
    """
    network, shape = KINDS[name]
    config, state = load_folder(folder, kind_of(name))
    made = fill(lambda: network(shape.from_dict(config["network"])), state, str(folder))
    return made, str(config.get("generator", ""))
