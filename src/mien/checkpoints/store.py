"""Our own store: a folder with ``model.safetensors``, ``config.json`` and ``README.md`` (the model card).

``config.json`` holds what builds the network and the SHA-256 of the weights, checked at every load. Nothing in a
folder is ever executed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.checkpoints.licences import check_folder
from mien.errors import CorruptCheckpointError, UnknownCheckpointError
from mien.files import atomic_path

if TYPE_CHECKING:
    import torch

    from mien.types import Float32

WEIGHTS = "model.safetensors"
GRAPH = "graph.onnx"
CONFIG = "config.json"
CARD = "README.md"
BUNDLED = Path(__file__).parent.parent / "bundled"


def save_folder(
    folder: Path,
    state: Mapping[str, torch.Tensor],
    config: Mapping[str, Any],
    card: str,
    *,
    half: bool = True,
) -> list[str]:
    """Writes weights, configuration and model card; each file is replaced whole or not at all.

    Args:
        folder: made if it is missing.
        state: the network's ``state_dict()``.
        config: JSON-ready; must have a ``kind`` (which network) so that a wrong folder is recognized.
        card: Markdown: data, license, training time, limits, figures.
        half: store floating-point tensors as float16, but for those with numbers beyond its range (65,504).

    Returns:
        The names of the tensors that float16 cannot hold, if ``half``.
    """
    import torch
    from safetensors.torch import save_file

    if "kind" not in config:
        raise ValueError("config needs a 'kind'")
    folder.mkdir(parents=True, exist_ok=True)
    floats = {name: value for name, value in state.items() if value.dtype in (torch.float32, torch.bfloat16)}
    halves = {name: value.half() for name, value in floats.items()} if half else {}
    wide = [name for name, value in halves.items() if bool((value.isinf() & floats[name].isfinite()).any())]
    halves = {name: value for name, value in halves.items() if name not in wide}
    tensors = {name: halves.get(name, value).contiguous() for name, value in state.items()}
    with atomic_path(folder / WEIGHTS) as path:
        save_file(tensors, path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with atomic_path(folder / CONFIG) as path:
        path.write_text(json.dumps({**config, "sha256": digest}, indent=2) + "\n", encoding="utf-8")
    with atomic_path(folder / CARD) as path:
        path.write_text(card, encoding="utf-8")
    return wide


def load_config(folder: Path, kind: str) -> dict[str, Any]:
    """Reads ``config.json``.

    Raises:
        UnknownCheckpointError: not one of our folders, or another kind of network.
        CorruptCheckpointError: the JSON is damaged.
        ConfigError: only weights that are free for commerce are wanted, and these are not.
    """
    path = folder / CONFIG
    if not path.is_file():
        raise UnknownCheckpointError(f"{folder} has no {CONFIG}; give a folder that mien saved.")
    check_folder(folder)
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CorruptCheckpointError(f"{path} is not valid JSON; fetch the folder again.") from error
    if not isinstance(config, dict) or config.get("kind") != kind:
        found = config.get("kind") if isinstance(config, dict) else None
        raise UnknownCheckpointError(f"{folder} holds {str(found)[:60]!r}, not {kind!r}; give a folder of that kind.")
    return config


def verified(folder: Path, config: Mapping[str, Any]) -> bytes:
    """The file of weights, checked.

    Raises:
        CorruptCheckpointError: missing, damaged, or not the one that the configuration names.
    """
    path = folder / WEIGHTS
    if not path.is_file():
        raise CorruptCheckpointError(f"{path} is missing; fetch the folder again.")
    data = path.read_bytes()
    _compare(path, hashlib.sha256(data).hexdigest(), config)
    return data


def _compare(path: Path, found: str, config: Mapping[str, Any]) -> None:
    if found != config.get("sha256"):
        raise CorruptCheckpointError(f"{path} does not match its checksum; fetch the folder again.")


def verify_once(folder: Path, config: Mapping[str, Any]) -> None:
    """Checks the file of weights, unless this process has done so and the file is as it was; errors as above."""
    path = folder / WEIGHTS
    if not path.is_file():
        raise CorruptCheckpointError(f"{path} is missing; fetch the folder again.")
    found = path.stat()
    key = (str(path.resolve()), found.st_size, found.st_mtime_ns, str(config.get("sha256")))
    if key not in _VERIFIED:
        with path.open("rb") as file:  # in pieces: nothing here needs the whole file
            _compare(path, hashlib.file_digest(file, "sha256").hexdigest(), config)
        _VERIFIED.add(key)


_VERIFIED: set[tuple[str, int, int, str]] = set()


def load_folder(folder: Path, kind: str) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Reads configuration and weights (as float32) and verifies the checksum.

    Raises:
        UnknownCheckpointError: not one of our folders, or another kind of network.
        CorruptCheckpointError: weights missing, damaged, or not the ones that the configuration names.
    """
    config = load_config(folder, kind)
    data = verified(folder, config)
    tensors = read_safetensors(data, str(folder / WEIGHTS))
    return config, {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}


@dataclass(frozen=True)
class Stored:
    """Where a safetensors file holds a tensor.

    Attributes:
        kind: of its numbers: "F16", "F32", "I64", ...
        shape: of the tensor.
        start, size: bytes from the start of the file.
    """

    kind: str
    shape: tuple[int, ...]
    start: int
    size: int


def file_layout(path: Path) -> dict[str, Stored]:
    """What a safetensors file of ours holds, by name."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    places: dict[str, Stored] = {}
    for name, one in header.items():
        if name != "__metadata__":
            start, end = one["data_offsets"]
            places[name] = Stored(one["dtype"], tuple(one["shape"]), 8 + length + start, end - start)
    return places


def stored_array(path: Path, name: str) -> Float32:
    """One floating-point tensor of a safetensors file of ours, as float32."""
    from safetensors import safe_open

    with safe_open(path, "numpy") as file:
        array: Float32 = file.get_tensor(name).astype("float32")
    return array


def read_safetensors(data: bytes, source: str) -> dict[str, torch.Tensor]:
    """Tensors by name out of the bytes of a safetensors file.

    Raises:
        CorruptCheckpointError: it is no such file, damaged, or of a version that is not known here.
    """
    from safetensors.torch import load

    try:
        tensors: dict[str, torch.Tensor] = load(data)
    except Exception as error:  # besides its own error, it raises what torch and the JSON reader do
        raise CorruptCheckpointError(
            f"{source} is not a safetensors file that can be read here; fetch it again."
        ) from error
    return tensors
