"""A request in words, for receipts and for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mien.conditions.attributes import draw_attributes
from mien.conditions.text import validate_text
from mien.editing.request import LAYERS, Request


def describe(request: Request) -> str:
    """In a few words: ``mask hair, color c.png, smile +1.5, seed 2``."""
    of_layers = getattr(request.layers, "attributes", {})
    attributes = {**of_layers, **request.attributes}
    given = () if request.layers is None or isinstance(request.layers, str | Path) else request.layers.given
    drawn = [name for name in given if name not in ("attributes", "text")]
    words = [f"layers {', '.join(drawn)}"] if drawn else []
    words += [f"{name} {_name(source)}" for name in LAYERS if (source := getattr(request, name)) is not None]
    words += [f"part {request.part}"] if request.part else []
    words += [f"album {Path(request.album).name}"] if request.album else []
    words += [f"reshape {draw_attributes(request.reshape)}"] if request.reshape else []
    words += [f"{len(request.drag)} points dragged"] if request.drag else []
    words += [f"{region} dyed {color}" for region, color in request.dye.items()]
    words += [request.mode] if request.mode != "auto" else []
    words += [f"protecting {request.protect}"] if request.protect else []
    words += [draw_attributes(attributes)] if attributes else []
    text = validate_text((getattr(request.layers, "text", None) or "") if request.text is None else request.text)
    words += [f'text "{text}"'] if text else []
    words += [f"{name} {value}" for name, value in request.degrees.items()]
    words += [f"{name} weighted {weight:g}" for name, weight in request.weights.items()]
    words += [f"{name} weighted by {_name(source)}" for name, source in request.weight_maps.items()]
    words += [f"seed {request.seed}"] if request.seed else []
    words += [f"strength {request.strength:g}"] if request.strength != 1 else []
    words += [f"keeping identity {request.keep_identity:g}"] if request.keep_identity is not None else []
    return ", ".join(words)


def _name(source: Any) -> str:
    if isinstance(source, tuple | list):
        return f"rgb{tuple(source)}"
    source = getattr(source, "path", source)
    return Path(source).name if isinstance(source, str | Path) else "from memory"
