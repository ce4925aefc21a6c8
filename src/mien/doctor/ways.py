"""The ways in which networks can run here: an engine, a device, a precision."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec

from mien.editor import Editor
from mien.engine import VARIABLE, accelerators


@dataclass(frozen=True)
class Way:
    """Attributes:
    engine: as ``--engine`` has it.
    device: of torch's; ONNX Runtime's stand in the engine's name.
    precision: what the painter computes in.
    """

    engine: str
    device: str = "cpu"
    precision: str = "float32"

    def __str__(self) -> str:
        return " ".join([self.engine, self.device, self.precision] if self.engine == "torch" else [self.engine])

    @contextmanager
    def chosen(self) -> Iterator[None]:
        """What is loaded inside runs in this way."""
        before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = self.engine
        try:
            yield
        finally:
            os.environ.pop(VARIABLE)
            if before is not None:
                os.environ[VARIABLE] = before

    def editor(self) -> Editor:
        """The bundled editor; for use inside :meth:`chosen`."""
        editor = Editor.from_pretrained(device=self.device)
        if self.precision != "float32":
            import torch

            editor.to(getattr(torch, self.precision))
        return editor


def ways() -> list[Way]:
    """What can run here, the one that mien chooses by itself first."""
    found = [Way("onnx"), *(Way(f"onnx:{name}") for name in accelerators())]
    if find_spec("torch") is None:
        return found
    import torch

    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    devices += ["mps"] if torch.backends.mps.is_available() else []
    return found + [Way("torch", device, kind) for device in devices for kind in ("float32", "bfloat16")]
