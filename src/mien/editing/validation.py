"""What can be known to be wrong about a request before any network is loaded. No torch here."""

from __future__ import annotations

from collections.abc import Sequence

from mien.conditions.types import Conditions
from mien.editing.request import Request
from mien.errors import ConfigError
from mien.types import Photo

CLIP = "openai/clip-vit-base-patch32"
"""What a message names."""


def check_request(request: Request, photo: Photo, attributes: Sequence[str], reader: object) -> None:
    """Refuses what cannot work on a photo.

    Args:
        request: what is asked for.
        photo: that is edited.
        attributes: names that the editor knows.
        reader: what reads text for the editor; empty where there is nothing.

    Raises:
        ConfigError: an attribute that the editor does not know, or a text that nothing reads.
    """
    layers = request.layers if isinstance(request.layers, Conditions) else Conditions()
    for name in {**layers.attributes, **request.attributes}:
        if name not in attributes:
            known = f"it knows {', '.join(attributes)}" if attributes else "it knows none"
            raise ConfigError(f"This editor has no attribute '{name}'; {known}.")
    text = request.text or layers.text
    if text and not reader:
        raise ConfigError(f"'{text}' needs a network that understands words; give a CLIP, such as {CLIP}.")
