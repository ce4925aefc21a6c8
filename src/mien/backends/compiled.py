"""torch.compile for painting, where somebody asks for it: ``--engine torch:compile``.

The first edits wait for it: minutes on a CPU, which needs a C++ compiler. On CUDA the parts are
replayed as CUDA graphs, one for each size of a batch, so that the processor does not start every kernel; what is kept
between edits is copied, as a replay writes over it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from mien.engine import COMPILED, engine_of
from mien.models.editing import EditorNetworks


def compile_where_wanted(networks: EditorNetworks, folder: Path, device: str) -> None:
    """:func:`compile_painting`, if that is the engine of the folder that they came from."""
    if engine_of(folder) == COMPILED:
        compile_painting(networks, device)


def compile_painting(networks: EditorNetworks, device: str, backend: str = "inductor") -> None:
    """Compiles what an edit runs, in place, when it is first run; weights and results stay, but for rounding.

    Args:
        networks: in evaluation mode.
        device: where they will run; "cuda" has CUDA graphs, of one thread.
        backend: of torch.compile; "eager" traces, and compiles nothing.
    """
    options: dict[str, Any] = {"dynamic": False, "backend": backend}
    if torch.device(device).type == "cuda":
        options["mode"] = "reduce-overhead"
    painter = networks.painter
    for part in (networks.encoder, painter.aggregation):
        part.compile(**options)
    for owner, name in ((networks, "bank"), (painter.refinement, "encode"), (painter.refinement, "decode")):
        plain = getattr(type(owner), name).__get__(owner)  # not what an earlier call has compiled
        setattr(owner, name, torch.compile(plain, **options))
