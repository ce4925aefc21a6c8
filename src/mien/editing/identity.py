"""Who somebody is, by a network of the user's: finds a person in a group, and keeps edits from making another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mien.align.crop import crop_face
from mien.editing.likeness import NO_IDENTITY
from mien.editing.request import Request
from mien.editing.result import EditResult
from mien.errors import ConfigError, OutcomeError
from mien.types import Float32, Float64, Photo

SIDE = 256
"""Of the aligned crops that are compared, pixels."""

STEPS = 6
"""Halvings of the range in which the strength is looked for: to 1/64 of it."""


@dataclass(frozen=True, eq=False)
class Identity:
    """A network that tells people apart.

    Attributes:
        name: for results.
        embed: (B, 3, S, S) in [-1, 1], aligned faces -> (B, D).
    """

    name: str
    embed: Callable[..., Any]

    @classmethod
    def load(cls, path: str | Path, device: str = "cpu", *, trust_code: bool = False) -> Identity:
        """Out of a file; see :func:`mien.checkpoints.judges.load_judge`.

        Raises:
            CheckpointError: there is none, or it is none of the kinds that are known.
        """
        import torch

        from mien.checkpoints.judges import load_judge

        judge = load_judge(Path(path), torch.device(device), trust_code=trust_code)
        return cls(judge.known.label, judge.method("embed"))

    def of(self, photo: Photo, quad: Float64) -> Float32:
        """The direction (D,) of a face, of length 1; ``quad`` (4, 2) are the corners of its crop."""
        import torch

        from mien.pixels import to_tensor

        with torch.inference_mode():
            vector = self.embed(to_tensor(crop_face(photo, quad, SIDE).pixels)).float().cpu().numpy()[0]
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)

    def between(self, before: Photo, after: Photo, quad: Float64) -> float:
        """How like a face (corners (4, 2)) is to what it was: cosine, 1 is the same."""
        return round(float(self.of(before, quad) @ self.of(after, quad)), 4)

    def kept(self, result: EditResult) -> float:
        """The least that a face of a result is like it was: cosine, 1 is the same."""
        return min(self.between(result.original, result.photo, face.quad) for face in result.faces)


def check_identity(request: Request, given: Any) -> None:
    """Raises ConfigError where identity shall be kept, and nothing can tell (``given`` is None)."""
    if request.keep_identity is not None and given is None:
        raise ConfigError(f"Keeping identity needs {NO_IDENTITY}.")


def strongest(request: Request, edit: Callable[[Request], EditResult], identity: Identity) -> EditResult:
    """An edit at the greatest strength, up to that of the request, at which the face stays as like as it asks for.

    Args:
        request: its ``keep_identity`` is the least similarity.
        edit: makes a request.
        identity: tells how like a face is.

    Raises:
        OutcomeError: no strength keeps it.
    """
    floor = float(request.keep_identity or 0)
    lax = Request.from_dict({k: v for k, v in request.to_dict().items() if k not in ("keep_identity", "strict")})
    first = result = edit(lax)
    kept = found = identity.kept(result)
    low, high, strength = 0.0, request.strength, request.strength
    for _ in range(STEPS if found < floor else 0):
        middle = (low + high) / 2
        trial = edit(replace(lax, strength=middle))
        similarity = identity.kept(trial)
        if similarity >= floor:
            low, strength, result, kept = middle, middle, trial, similarity
        else:
            high = middle
    if result is first and found < floor:
        raise OutcomeError(f"At no strength is the face like it was by {floor:g} (now {found:.2f}); ask for less.")
    lowered = f"strength lowered from {request.strength:g} to {strength:.2g}: " if strength != request.strength else ""
    note = f"{lowered}identity {kept:.2f} by {identity.name}, at least {floor:g} was asked for"
    faces = [replace(face, notes=(*face.notes, note)) for face in result.faces]
    for face in faces:
        if request.strict and face.outcome is not None:
            face.outcome.check()
    return replace(result, faces=tuple(faces))
