"""Tensors out of a plain pickle, where torch writes each storage as the bytes of a little file of its own.

That file is: magic number, protocol, system, the storage's description, the list of keys (five pickles), then the
number of elements (int64) and the elements.
"""

from __future__ import annotations

import math
import struct
from io import BytesIO
from typing import Any

import torch
from torch import Tensor

from mien.checkpoints.foreign.inert import Call, Name, read_pickle
from mien.errors import CorruptCheckpointError

MAGIC = 0x1950A86A20F9469CFC6C
DTYPES = {
    "torch.FloatStorage": torch.float32,
    "torch.HalfStorage": torch.float16,
    "torch.BFloat16Storage": torch.bfloat16,
    "torch.DoubleStorage": torch.float64,
    "torch.LongStorage": torch.int64,
    "torch.IntStorage": torch.int32,
    "torch.ByteStorage": torch.uint8,
    "torch.BoolStorage": torch.bool,
}
TENSOR_NAMES = frozenset(
    {"torch._utils._rebuild_parameter", "torch._utils._rebuild_tensor_v2", "torch.storage._load_from_bytes"}
)
"""What a pickle has to mention in order to describe tensors."""


def read_tensor(value: Any, source: str) -> Tensor:
    """The tensor that a :class:`Call` describes: contiguous, a copy, on the CPU.

    Raises:
        CorruptCheckpointError: it is not a tensor, or claims more data than the file holds.
    """
    if isinstance(value, Call) and value.is_call_of("torch._utils._rebuild_parameter") and value.arguments:
        return read_tensor(value.arguments[0], source)
    try:
        if not (isinstance(value, Call) and value.is_call_of("torch._utils._rebuild_tensor_v2")):
            raise TypeError("not a tensor")
        storage, offset, size, stride = value.arguments[:4]
        data = _read_storage(storage, source)
        if offset < 0 or any(s < 0 for s in (*size, *stride)) or offset + math.prod(size) > len(data):
            raise ValueError("a tensor larger than its data")
        return data.as_strided(size, stride, offset).clone(memory_format=torch.contiguous_format)
    except (TypeError, ValueError, RuntimeError, struct.error) as error:
        raise CorruptCheckpointError(f"{source} holds a damaged tensor ({error}); fetch the file again.") from error


def _read_storage(call: Any, source: str) -> Tensor:
    """(N,) tensor that shares the bytes of the pickle."""
    if not (isinstance(call, Call) and call.is_call_of("torch.storage._load_from_bytes")):
        raise TypeError("a storage of an unknown kind")
    (content,) = call.arguments
    stream = BytesIO(content)
    known = frozenset(DTYPES)
    magic, _, _, description, _ = (read_pickle(stream, known, source, storages=True) for _ in range(5))
    kind = description[1] if isinstance(description, tuple) and len(description) > 1 else None
    if magic != MAGIC or not isinstance(kind, Name):
        raise ValueError("a storage of an unknown layout")
    dtype = DTYPES[str(kind)]
    (count,) = struct.unpack("<q", stream.read(8))
    start = stream.tell()
    if not 0 < count * dtype.itemsize <= len(content) - start:
        raise ValueError("a storage larger than its data")
    return torch.frombuffer(bytearray(content[start:]), dtype=dtype, count=count)
