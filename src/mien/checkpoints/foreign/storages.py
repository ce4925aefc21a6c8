"""Tensors of a file, read one by one when they are asked for, out of storages of which each is read once."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from mien.checkpoints.foreign.inert import Call, Name
from mien.errors import CorruptCheckpointError

DTYPES = {
    "torch.FloatStorage": torch.float32,
    "torch.HalfStorage": torch.float16,
    "torch.BFloat16Storage": torch.bfloat16,
    "torch.DoubleStorage": torch.float64,
    "torch.LongStorage": torch.int64,
    "torch.IntStorage": torch.int32,
    "torch.ShortStorage": torch.int16,
    "torch.CharStorage": torch.int8,
    "torch.ByteStorage": torch.uint8,
    "torch.BoolStorage": torch.bool,
}
PARAMETER, TENSOR = "torch._utils._rebuild_parameter", "torch._utils._rebuild_tensor_v2"
EMBEDDED, ENCODED = "torch.storage._load_from_bytes", "_codecs.encode"
SPARE = 1 << 20
"""Bytes that a file's tensors may take beyond twice its size: small ones are stored once and named often."""

Source = Callable[[str, int], bytes]
"""The bytes of a storage by its key, and how many there have to be."""


class Storages:
    """All storages of one file.

    Args:
        source: what to call the file in messages.
        size: of the file in bytes; its tensors may not take much more.
        data: gives the bytes of a storage that lies outside the pickle.
        embedded: reads a storage that lies inside it, see :func:`mien.checkpoints.foreign.containers.read_legacy`.
    """

    def __init__(self, source: str, size: int, data: Source, embedded: Callable[[bytes], tuple[Any, Source]]) -> None:
        self.source = source
        self.left = 2 * size + SPARE
        self._data, self._embedded = data, embedded
        self._read: dict[object, Tensor] = {}
        self._tensors: dict[tuple[int, str], Tensor] = {}

    def tensor(self, call: Call, name: str) -> Tensor:
        """The tensor that a call describes, on the CPU; several may share memory.

        Raises:
            CorruptCheckpointError: it claims more data than the file holds, or makes no sense.
        """
        if (id(call), name) not in self._tensors:
            self._tensors[id(call), name] = self._rebuild(call, name)
        return self._tensors[id(call), name]

    def _rebuild(self, call: Call, name: str) -> Tensor:
        try:
            if call.is_call_of(PARAMETER):
                call = call.arguments[0]
            storage, offset, size, stride = call.arguments[:4]
            if not call.is_call_of(TENSOR) or len(size) != len(stride) or len(size) > 8:
                raise ValueError("of an unknown layout")
            if any(not isinstance(one, int) or not 0 <= one < 1 << 40 for one in (offset, *size, *stride)):
                raise ValueError("of an impossible shape")
            data = self._storage(storage)
            count = math.prod(size)
            self.left -= count * data.itemsize
            if count > len(data) or self.left < 0:
                raise ValueError("that claims more data than the file holds")
            return data.as_strided(size, stride, offset)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, RuntimeError) as error:
            raise CorruptCheckpointError(
                f"{self.source}: {name} is a damaged tensor ({str(error)[:100]}); fetch the file again."
            ) from error

    def _storage(self, place: Any) -> Tensor:
        """(N,) by a reference to the outside, or by a call with bytes."""
        source = self._data
        if isinstance(place, Call):
            if id(place) in self._read:
                return self._read[id(place)]
            (content,) = place.arguments
            if not place.is_call_of(EMBEDDED):
                raise ValueError("with a storage of an unknown kind")
            reference, source = self._embedded(as_bytes(content))
            data = _read(reference, source)
            self._read[id(place)] = data
            return data
        kind, key = str(place[1]), str(place[2])
        if (kind, key) not in self._read:
            self._read[kind, key] = _read(place, source)
        return self._read[kind, key]


def _read(reference: Any, source: Source) -> Tensor:
    tag, kind, key, _, count = reference[:5]
    if tag != "storage" or not isinstance(kind, Name) or not isinstance(count, int) or not 0 <= count < 1 << 40:
        raise ValueError("with a storage of an unknown kind")
    dtype = DTYPES[str(kind)]
    data = source(str(key), count * dtype.itemsize)
    if len(data) < count * dtype.itemsize:
        raise ValueError("that claims more data than the file holds")
    return torch.frombuffer(bytearray(data), dtype=dtype, count=count) if count else torch.empty(0, dtype=dtype)


def as_bytes(content: Any) -> bytes:
    """Bytes; pickles of protocol 2 write them as a call that encodes a text."""
    if isinstance(content, Call) and content.is_call_of(ENCODED) and content.arguments[1] == "latin1":
        content = content.arguments[0]
    return content.encode("latin1") if isinstance(content, str) else bytes(memoryview(content))
