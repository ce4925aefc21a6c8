"""What the bytes of a file are: a zip archive or an older file by ``torch.save``, a plain pickle, safetensors.

Nothing in a file is ever run: pickles are read by :mod:`mien.checkpoints.foreign.inert`.
"""

from __future__ import annotations

import re
import struct
import zipfile
from dataclasses import dataclass
from functools import cache
from io import SEEK_CUR, BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from mien.checkpoints.foreign.arrays import ARRAY, is_npz, read_arrays
from mien.checkpoints.foreign.inert import read_pickle
from mien.checkpoints.foreign.storages import DTYPES, EMBEDDED, ENCODED, PARAMETER, TENSOR, Source, Storages
from mien.checkpoints.store import read_safetensors
from mien.errors import CheckpointError, CorruptCheckpointError, UnknownCheckpointError, UnsafeCheckpointError

ARCHIVE, PICKLE = b"PK\x03\x04", 0x80
MAGIC = 0x1950A86A20F9469CFC6C
"""The first value in files by ``torch.save`` before 1.6, and in storages inside pickles."""

MODULE = "torch_utils.persistence._reconstruct_persistent_obj"
"""How NVIDIA's repositories store a module. In their code it executes the source that is stored beside the weights."""

MAPPINGS = ("collections.OrderedDict", "collections.defaultdict", "dnnlib.util.EasyDict", "builtins.dict")
NAMES = frozenset(
    {
        *(MODULE, PARAMETER, TENSOR, EMBEDDED, ENCODED, *MAPPINGS, "argparse.Namespace"),
        *("builtins.set", "builtins.frozenset", "__builtin__.set", "__builtin__.frozenset", "__builtin__.dict"),
        *("torch.device", "torch.Size", "numpy.dtype", "numpy.ndarray"),
        *(f"torch.{name}" for name in ("float16", "float32", "float64", "bfloat16", "int64", "uint8", "bool")),
        *(f"numpy.{core}.multiarray.{name}" for core in ("core", "_core") for name in ("scalar", "_reconstruct")),
    }
)
"""All that a file of weights may mention."""

_STORAGE, _SCRIPT = re.compile(r"torch\.\w+Storage"), re.compile(r"__torch__(\.\w+)*\.\w+")


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Attributes:
        value: plain data, :class:`Call` for everything else; tensors by name for safetensors.
        storages: where its tensors are.
        constants: of a TorchScript program, in the order in which they occur.
        script: whether it is a TorchScript program.
    """

    value: Any
    storages: Storages
    constants: tuple[Any, ...] = ()
    script: bool = False


def read_file(path: Path, source: str) -> Content:
    """Reads a file of weights of any kind, which messages call ``source``.

    Raises:
        UnknownCheckpointError: there is no such file, or it holds no weights.
        UnsafeCheckpointError: it asks for code; nothing was run.
        CorruptCheckpointError: damaged.
    """
    if path.is_dir():
        raise UnknownCheckpointError(f"{path} is a folder, and so needs no import; use it as it is if mien saved it.")
    try:
        if not path.is_file():
            raise UnknownCheckpointError(f"{path} cannot be read: there is no such file; give a file of weights.")
        with path.open("rb") as stream:
            start = stream.read(64)
        data = b"" if start.startswith(ARCHIVE) else path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnknownCheckpointError(f"{path} cannot be read ({reason}); give a file of weights.") from error
    if not start:
        raise CorruptCheckpointError(f"{source} is empty; fetch the file again.")
    if start.startswith(ARRAY) or (start.startswith(ARCHIVE) and is_npz(path)):
        return Content(read_arrays(path, source), _storages(source, len(data), _nowhere))
    if start.startswith(ARCHIVE):
        return _read_archive(path, source)
    if MAGIC.to_bytes(10, "little") in start:
        value, storage = read_legacy(data, source)
        return Content(value, _storages(source, len(data), storage))
    if start[0] == PICKLE and len(start) > 2 and start[1] <= 5:
        _refuse_tensorflow(data, source)
        value = read_pickle(BytesIO(data), _allowed, source)
        return Content(value, _storages(source, len(data), _nowhere))
    if start[8:9] == b"{":
        return Content(read_safetensors(data, source), _storages(source, len(data), _nowhere))
    raise UnknownCheckpointError(
        f"{source} is not a file of weights; give safetensors, a file by torch.save, or an NVIDIA pickle."
    )


def read_legacy(data: bytes, source: str) -> tuple[Any, Source]:
    """The value and the storages of a file by ``torch.save`` before 1.6.

    That file is: magic number, protocol, system, the value, the list of storage keys (five pickles), then for each key
    the number of elements (int64) and the elements.

    Raises:
        UnsafeCheckpointError, CorruptCheckpointError: as :func:`read_pickle` does.
    """
    stream = BytesIO(data)
    widths: dict[str, int] = {}

    def refer(reference: Any) -> Any:
        kind = DTYPES.get(str(reference[1]))
        widths[str(reference[2])] = kind.itemsize if kind else 0
        return reference

    magic, _, _, value, keys = (read_pickle(stream, _allowed, source, refer) for _ in range(5))
    if magic != MAGIC or not isinstance(keys, list):
        raise CorruptCheckpointError(f"{source} is damaged; fetch the file again.")
    places: dict[str, tuple[int, int]] = {}
    for key in map(str, keys):
        head = stream.read(8)
        if len(head) < 8 or key not in widths:
            break
        length = struct.unpack("<q", head)[0] * widths[key]
        if not 0 <= length <= len(data) - stream.tell():
            break
        places[key] = (stream.tell(), length)
        stream.seek(length, SEEK_CUR)

    def storage(key: str, length: int) -> bytes:
        start, there = places[key]
        return data[start : start + min(length, there)]

    return value, storage


def _read_archive(path: Path, source: str) -> Content:
    """Torch stores without compression, under one folder: anything else is a bomb or a trick."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            _check_entries(list(entries.values()), path.stat().st_size, source)
            (pickled,) = (name for name in entries if re.fullmatch(r"[^/]+/data\.pkl", name))
            folder = pickled.removesuffix("data.pkl")
            if entries.get(f"{folder}byteorder") and archive.read(f"{folder}byteorder").strip() != b"little":
                raise ValueError("big-endian")
            value = read_pickle(BytesIO(archive.read(pickled)), _allowed, source, lambda reference: reference)
            script = f"{folder}constants.pkl" in entries
            constants = ()
            if script:
                listed = archive.read(f"{folder}constants.pkl")
                constants = read_pickle(BytesIO(listed), _allowed, source, _constant)
    except CheckpointError:
        raise
    except Exception as error:  # zipfile raises many things on damaged files
        raise CorruptCheckpointError(f"{source} is a damaged archive; fetch the file again.") from error

    opened = cache(lambda: zipfile.ZipFile(path))  # once: its list of hundreds of storages takes a while to read

    def storage(key: str, _: int) -> bytes:
        try:
            return opened().read(f"{folder}{key if key.startswith('constants/') else f'data/{key}'}")
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
            raise ValueError("in a damaged archive") from error

    storages = _storages(source, path.stat().st_size, storage)
    return Content(value, storages, constants if isinstance(constants, tuple) else (), script)


def _constant(reference: Any) -> Any:
    """Constants have a folder of their own, and their own keys."""
    return (*reference[:2], f"constants/{reference[2]}", *reference[3:])


def _check_entries(entries: list[zipfile.ZipInfo], size: int, source: str) -> None:
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts:
            raise UnsafeCheckpointError(
                f"{source} has an entry that points outside the archive ({entry.filename!r}); do not use it."
            )
    entries = [entry for entry in entries if "/code/" not in entry.filename]  # a program, of which nothing is read
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries) or (
        sum(entry.file_size for entry in entries) > size
    ):
        raise UnsafeCheckpointError(
            f"{source} holds compressed weights, which torch never writes; get the file from its makers again."
        )


def _storages(source: str, size: int, data: Source) -> Storages:
    return Storages(source, size, data, lambda content: read_legacy(content, source))


def _nowhere(key: str, length: int) -> bytes:
    raise ValueError("outside of the file")


def _allowed(name: str) -> bool:
    return name in NAMES or _STORAGE.fullmatch(name) is not None or _SCRIPT.fullmatch(name) is not None


def _refuse_tensorflow(data: bytes, source: str) -> None:
    if not any(name in data for name in (b"dnnlib.tflib.network", b"tfutil\nNetwork", b"tfutil\x94")):
        return
    if any(hint in data for hint in (b"networks_stylegan2", b"G_synthesis_stylegan2", b"G_main")):
        raise UnknownCheckpointError(
            f"{source} is a TensorFlow pickle of StyleGAN2; convert it once with legacy.py of NVIDIA's "
            "stylegan2-ada-pytorch repository and import the result."
        )
    kind = "StyleGAN1" if b"G_style" in data or b"networks_stylegan" in data else "a network older than StyleGAN2"
    raise UnknownCheckpointError(f"{source} is a TensorFlow pickle of {kind}; give a StyleGAN2 network instead.")
