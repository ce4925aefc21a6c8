"""All weights and settings of a file by dotted name, however they are nested: what formats are recognized by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from mien.checkpoints.foreign.containers import MAPPINGS, MODULE, Content, read_file
from mien.checkpoints.foreign.inert import Call
from mien.checkpoints.foreign.storages import PARAMETER, TENSOR
from mien.errors import CorruptCheckpointError

MOST, DEEPEST = 100_000, 24
"""Entries, and levels of nesting, that no file of weights exceeds: some are made to contain themselves."""

WRAPPERS = ("module.", "_orig_mod.")
"""What data-parallel and compiled training put in front of names."""

GROUPS = ("_parameters", "_buffers", "_modules")
SETTINGS = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class Entries:
    """What a file holds.

    Attributes:
        source: what to call the file in messages.
        content: where the tensors are.
        values: by dotted name, tensors that have not been read yet, or settings: text, numbers.
    """

    source: str
    content: Content
    values: Mapping[str, Any]

    @property
    def names(self) -> list[str]:
        """Of all tensors."""
        return [name for name, value in self.values.items() if isinstance(value, Call | Tensor)]

    def __contains__(self, name: str) -> bool:
        return isinstance(self.values.get(name), Call | Tensor)

    def tensor(self, name: str) -> Tensor:
        """One tensor; it may share memory with others.

        Raises:
            CorruptCheckpointError: missing or damaged.
        """
        value = self.values.get(name)
        if isinstance(value, Tensor):
            return value
        if not isinstance(value, Call):
            raise CorruptCheckpointError(f"{self.source} lacks {name}; fetch the file again.")
        return self.content.storages.tensor(value, name)

    def tensors(self) -> dict[str, Tensor]:
        """All of them by name.

        Raises:
            CorruptCheckpointError: one is damaged.
        """
        return {name: self.tensor(name) for name in self.names}

    def constants(self) -> list[Tensor]:
        """Of a TorchScript program, in the order in which it uses them; single numbers left out."""
        calls = [call for call in self.content.constants if isinstance(call, Call)]
        found = [self.content.storages.tensor(call, f"constant {i}") for i, call in enumerate(calls)]
        return [tensor for tensor in found if tensor.ndim]

    def prefixes(self, name: str) -> list[str]:
        """What stands in front of this name: "" for a bare list of weights, "g_ema." for one among several."""
        return [key.removesuffix(name) for key in self.values if key == name or key.endswith(f".{name}")]

    def under(self, prefix: str) -> Entries:
        """The entries whose names begin so, without that beginning."""
        inner = {k.removeprefix(prefix): v for k, v in self.values.items() if k.startswith(prefix)}
        return Entries(self.source, self.content, inner)

    def summary(self) -> str:
        """The first names, for messages."""
        names = [name or "a bare tensor" for name in self.names]
        return ", ".join(name[:80] for name in names[:3]) or "no weights"


def open_file(path: Path, source: str | None = None) -> Entries:
    """All entries of a file, which messages call ``source``, or else by its name.

    Raises:
        UnknownCheckpointError: there is no such file, or it holds no weights.
        UnsafeCheckpointError: it asks for code; nothing was run.
        CorruptCheckpointError: damaged.
    """
    source = source or path.name
    content = read_file(path, source)
    values: dict[str, Any] = {}
    for name, value in _walk(content.value, source):
        values.setdefault(name, value)
    return Entries(source, content, values)


def _walk(root: Any, source: str) -> Iterator[tuple[str, Any]]:
    todo = [("", root, 0)]
    seen = 0
    while todo:
        name, value, depth = todo.pop()
        seen += 1
        if seen > MOST or depth > DEEPEST:
            raise CorruptCheckpointError(f"{source} nests modules without end; fetch the file again.")
        if isinstance(value, (*SETTINGS, Tensor)) or (isinstance(value, Call) and value.is_call_of(TENSOR, PARAMETER)):
            yield name, value
            continue
        prefix = f"{name}." if name else ""
        for key, inner in reversed(list(_children(value).items())):
            part = str(key)[:500]
            while part.startswith(WRAPPERS):
                part = part.split(".", 1)[1]
            todo.append((prefix[:-1] if part in (*GROUPS, "module") else f"{prefix}{part}", inner, depth + 1))


def _children(value: Any) -> Mapping[Any, Any]:
    """What is inside of a mapping, a module or an object; nothing else is looked into."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, Call):
        return {}
    if value.is_call_of(*MAPPINGS):
        return value.items
    if value.is_call_of(MODULE) and value.arguments and isinstance(value.arguments[0], dict | Call):
        state = _children(value.arguments[0]).get("state")
        return _children(state) if isinstance(state, dict | Call) else {}
    return value.state if isinstance(value.state, dict) and value.name.startswith("__torch__") else {}
