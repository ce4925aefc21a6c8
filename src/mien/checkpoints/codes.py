"""Code files: what was found when a photo was inverted, as safetensors; nothing in them is run.

``anna.safetensors`` holds ``w_plus`` (L, C) float32, and what is known of it as metadata. Tuned weights and maps lie
beside it, in ``anna.tuned.safetensors``: ``weights.NAME`` as in ``generator.synthesis``, ``residuals.RESOLUTION``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.checkpoints.fingerprint import fingerprint
from mien.checkpoints.store import BUNDLED
from mien.errors import ConfigError, CorruptCheckpointError, SaveError, UnknownCheckpointError
from mien.files import atomic_path
from mien.types import Float32

if TYPE_CHECKING:
    from torch import Tensor

    from mien.models.inversion import Inverted
    from mien.models.stylegan2 import Generator

KIND, ENDING, BESIDE = "mien-code", ".safetensors", ".tuned.safetensors"
FACTS = "mien"
"""Key of the metadata."""

FARTHEST = 1e4
"""No number of a code is as large."""


def tuned_path(path: Path) -> Path:
    """Where tuned weights and maps lie."""
    return path.with_name(path.name.removesuffix(ENDING) + BESIDE)


def check_code_path(path: Path) -> None:
    """Raises SaveError unless a code file may be called so."""
    if path.suffix != ENDING or path.name.endswith(BESIDE):
        raise SaveError(f"{path.name} is no name of a code file; end it in {ENDING}.")


def save_codes(path: Path, inverted: Inverted) -> list[Path]:
    """Writes a code file, and the file beside it if there is anything to tell; returns what was written.

    Raises:
        SaveError: it is called otherwise, or cannot be written.
    """
    from safetensors.torch import save_file

    check_code_path(path)
    others = {f"weights.{name}": one for name, one in inverted.weights.items()}
    others |= {f"residuals.{at}": one for at, one in inverted.residuals.items()}
    facts = {"kind": KIND, "method": inverted.method, "generator": inverted.generator, "origin": inverted.origin}
    written = [path]
    if others:
        with atomic_path(tuned_path(path)) as temporary:
            save_file({name: one.detach().float().contiguous() for name, one in others.items()}, temporary)
            facts["tuned"] = hashlib.sha256(temporary.read_bytes()).hexdigest()
        written.append(tuned_path(path))
    with atomic_path(path) as temporary:
        codes = inverted.codes.detach().float().contiguous()
        save_file({"w_plus": codes}, temporary, metadata={FACTS: json.dumps(facts)})
    return written


def read_facts(path: Path) -> Mapping[str, str]:
    """Method, generator and origin of a code file; its numbers are not read.

    Raises:
        UnknownCheckpointError: there is no such file, or it is no code file.
        CorruptCheckpointError: it is damaged.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise UnknownCheckpointError(f"{path} does not exist; 'mien invert' writes code files.")
    try:
        with safe_open(path, "np") as file:
            facts = json.loads((file.metadata() or {}).get(FACTS, "{}"))
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise CorruptCheckpointError(f"{path} is no code file, or damaged; give one of 'mien invert'.") from error
    if not isinstance(facts, dict) or facts.get("kind") != KIND:
        raise UnknownCheckpointError(f"{path.name} is no code file; give one that 'mien invert' wrote.")
    return {str(name): str(value) for name, value in facts.items()}


def note_of_origin(path: Path, generator: str) -> str:
    """A sentence where a file's codes are of another bundled generator than the one named, which draws them as another
    face; else empty. Errors of :func:`read_facts`."""
    origin = read_facts(path).get("origin", "")
    bundled = all(name and "/" not in name and (BUNDLED / name).is_dir() for name in (origin, generator))
    if not bundled or origin == generator:
        return ""
    return f"these codes are of {origin}, and {generator} draws another face of them: invert with --of {generator}"


def w_plus_of(path: Path) -> Float32:
    """Codes (L, C) alone, without torch; errors as of :func:`read_facts`."""
    from safetensors import safe_open

    read_facts(path)
    try:
        with safe_open(path, "np") as file:
            codes = file.get_tensor("w_plus").astype(np.float32)
    except Exception as error:  # none of this name, or a type that NumPy lacks: of many kinds
        raise CorruptCheckpointError(f"{path} holds no codes; invert the photo again.") from error
    if codes.ndim != 2 or not (np.abs(codes) < FARTHEST).all():
        raise CorruptCheckpointError(f"{path} holds no codes; invert the photo again.")
    return np.asarray(codes, np.float32)


def load_codes(path: Path) -> Inverted:
    """The inverse of :func:`save_codes`; errors as of :func:`read_facts`, and where the file beside it is another."""
    from mien.models.inversion import Inverted

    facts = read_facts(path)
    tensors = _tensors(path.read_bytes(), path)
    codes, weights, residuals = tensors.get("w_plus"), {}, {}
    if codes is None or codes.ndim != 2 or not bool(codes.isfinite().all()):
        raise CorruptCheckpointError(f"{path} holds no codes; invert the photo again.")
    if wanted := facts.get("tuned"):
        beside = tuned_path(path)
        if not beside.is_file():
            raise UnknownCheckpointError(f"{beside} is missing; it belongs beside {path.name}.")
        data = beside.read_bytes()
        if hashlib.sha256(data).hexdigest() != wanted:
            raise CorruptCheckpointError(f"{beside} does not belong to {path.name}; invert the photo again.")
        for name, one in _tensors(data, beside).items():
            kind, _, rest = name.partition(".")
            if kind == "weights":
                weights[rest] = one
            elif kind == "residuals" and rest.isdigit():
                residuals[int(rest)] = one
    told = [facts.get(name, "") for name in ("method", "generator", "origin")]
    return Inverted(codes, told[0], weights, residuals, *told[1:])


def check_belongs(inverted: Inverted, generator: Generator, path: Path) -> None:
    """Raises ConfigError where a code file was made with another generator."""
    shape = (generator.config.codes, generator.config.w_dim)
    if inverted.generator != fingerprint(generator).hex() or tuple(inverted.codes.shape) != shape:
        named = inverted.origin or "the folder that it was made with"
        raise ConfigError(f"{path.name} was made with another generator; give {named}.")


def _tensors(data: bytes, path: Path) -> dict[str, Tensor]:
    from mien.checkpoints.store import read_safetensors

    found = read_safetensors(data, str(path))
    return {name: value.float() for name, value in found.items()}
