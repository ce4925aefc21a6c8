"""Which layout a foreign file has, by its content; the ending of its name does not count."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from mien.checkpoints.foreign.layout import Imported
from mien.checkpoints.foreign.nvidia_pkl import import_nvidia
from mien.checkpoints.foreign.rosinality import import_rosinality
from mien.checkpoints.foreign.torch_file import ARCHIVE, load_torch_file
from mien.errors import CorruptCheckpointError, UnknownCheckpointError

LEGACY_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""The first pickle of files by ``torch.save`` before 1.6: the magic number."""


class Layout(StrEnum):
    """The layouts of generators that can be imported."""

    NVIDIA = "nvidia"
    ROSINALITY = "rosinality"


PROTO = 0x80

STYLEGAN1 = ("g_mapping.", "g_synthesis.", "progression.", "adain", "epi1", "synthesis.lod", "synthesis.layer0.")


def recognise(path: Path) -> Layout:
    """The layout of a file.

    Raises:
        UnknownCheckpointError: a network of another kind, named in the message, or no checkpoint at all.
        UnsafeCheckpointError, CorruptCheckpointError: while looking inside.
    """
    return _open(path)[0]


def import_generator(path: Path, network: str | None = None) -> Imported:
    """A StyleGAN2 generator out of a foreign file of any layout that is known.

    Args:
        path: the file.
        network: its name in the file ("G", "g"); the averaged generator when None.

    Raises:
        UnknownCheckpointError: a network of another kind, named in the message, or no checkpoint at all.
        UnsafeCheckpointError: the file asks to execute code; nothing was run.
        CorruptCheckpointError: damaged.
    """
    layout, content = _open(path)
    if layout is Layout.NVIDIA:
        return import_nvidia(content, path.name, network or "G_ema")
    return import_rosinality(content, path.name, network or "g_ema")


def _open(path: Path) -> tuple[Layout, Any]:
    """The layout, and the bytes of a pickle or the content of a torch file."""
    if path.is_dir():
        raise UnknownCheckpointError(f"{path} is a folder, and so needs no import; use it as it is if mien saved it.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnknownCheckpointError(f"{path} cannot be read ({error.strerror}); give a checkpoint file.") from error
    if not data:
        raise CorruptCheckpointError(f"{path.name} is empty; fetch the file again.")
    if data.startswith((ARCHIVE, LEGACY_TORCH)):
        content = load_torch_file(path)
        _refuse_other_torch(content, path.name)
        return Layout.ROSINALITY, content
    if data[0] == PROTO and len(data) > 2 and data[1] <= 5:
        _refuse_tensorflow(data, path.name)
        return Layout.NVIDIA, data
    if data[8:9] == b"{":
        raise UnknownCheckpointError(f"{path.name} is a safetensors file; give the folder that it belongs to instead.")
    raise UnknownCheckpointError(
        f"{path.name} is no checkpoint that is known here; give an NVIDIA StyleGAN2 .pkl or a rosinality .pt."
    )


def _refuse_other_torch(content: Any, source: str) -> None:
    if not isinstance(content, Mapping):
        raise UnknownCheckpointError(f"{source} holds a {type(content).__name__}; give a StyleGAN2 checkpoint.")
    names = [str(name) for part in content.values() if isinstance(part, Mapping) for name in part]
    names += [str(name) for name in content]
    if "input.input" in names and any(name.startswith("to_rgbs.") for name in names):
        return
    if any(name.startswith("decoder.") for name in names) and any(name.startswith("encoder.") for name in names):
        raise UnknownCheckpointError(
            f"{source} is an encoder checkpoint (e4e or pSp), not a generator; import its StyleGAN2 file instead."
        )
    if any(name.startswith(("synthesis.input.", "synthesis.L0_")) for name in names):
        raise UnknownCheckpointError(f"{source} holds a StyleGAN3 network; give a StyleGAN2 network instead.")
    if any(hint in name for name in names for hint in STYLEGAN1):
        raise UnknownCheckpointError(f"{source} holds a StyleGAN1 network; give a StyleGAN2 network instead.")
    raise UnknownCheckpointError(
        f"{source} is no StyleGAN2 generator (it holds {', '.join(names[:3]) or 'nothing'}); "
        "give an NVIDIA .pkl or a rosinality .pt."
    )


def _refuse_tensorflow(data: bytes, source: str) -> None:
    if not any(name in data for name in (b"dnnlib.tflib.network", b"tfutil\nNetwork", b"tfutil\x94")):
        return
    if b"networks_stylegan2" in data or b"G_synthesis_stylegan2" in data:
        raise UnknownCheckpointError(
            f"{source} is a TensorFlow pickle of StyleGAN2; convert it once with legacy.py of NVIDIA's "
            "stylegan2-ada-pytorch repository and import the result."
        )
    kind = "StyleGAN1" if b"G_style" in data or b"networks_stylegan" in data else "a network older than StyleGAN2"
    raise UnknownCheckpointError(f"{source} is a TensorFlow pickle of {kind}; give a StyleGAN2 network instead.")
