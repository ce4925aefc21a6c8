"""A pickle reader in which nothing runs: names stay names, calls stay descriptions of calls.

Pickle is a small program that builds objects; its danger is that it may call anything that Python can import. Here the
program is followed to the end, but ``GLOBAL`` gives a :class:`Name` and ``REDUCE``, ``NEWOBJ`` and ``BUILD`` give a
:class:`Call`: plain data that an importer then looks through. Names outside a short list are refused at once.

The pure-Python unpickler of the standard library is used on purpose: the memo of the one in C can be made to allocate
without limit by a ten-byte file.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, ClassVar

from mien.errors import CheckpointError, CorruptCheckpointError, UnsafeCheckpointError

OPCODES = 1_000_000
"""More than any network needs; a file of opcodes only would take fifty times its size in memory."""

INTEGER = 32
"""Bytes of the longest integer that is read."""


@dataclass(frozen=True)
class Name:
    """Something that the file asks to import; it is not imported."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False, slots=True)
class Call:
    """Something that the file asks to call; it is not called.

    Attributes:
        function: what would be called.
        arguments: with what.
        state: what would be handed to ``__setstate__``; None if nothing.
        items: keys and values that would be set on the result.
    """

    function: Any
    arguments: tuple[Any, ...]
    state: Any = None
    items: dict[Hashable, Any] = field(default_factory=dict)

    def __setitem__(self, key: Hashable, value: Any) -> None:
        self.items[key] = value

    @property
    def name(self) -> str:
        """Dotted name of the function; "" if it is none."""
        return str(self.function) if isinstance(self.function, Name) else ""

    def is_call_of(self, *names: str) -> bool:
        """Whether the function is one of the dotted names."""
        return self.name in names


Allowed = Callable[[str], bool]
"""Whether a dotted name may be mentioned."""

Refer = Callable[[Any], Any]
"""From a reference to something outside the pickle to what stands for it."""


def read_pickle(stream: BytesIO, allowed: Allowed, source: str, refer: Refer | None = None) -> Any:
    """The value that a pickle describes, built from plain data, :class:`Name` and :class:`Call`.

    Args:
        stream: positioned at the pickle; left behind it.
        allowed: which names may be mentioned.
        source: what to call the file in messages.
        refer: what becomes of references to storages outside the pickle; None: there may be none.

    Raises:
        UnsafeCheckpointError: another name is mentioned, or an outside reference.
        CorruptCheckpointError: not a pickle, or a damaged one.
    """
    try:
        return _Reader(stream, allowed, source, refer).load()
    except CheckpointError:
        raise
    except (EOFError, MemoryError) as error:
        raise CorruptCheckpointError(f"{source} claims more data than it holds; fetch the file again.") from error
    except Exception as error:  # a damaged pickle can fail anywhere in the interpreter
        reason = str(error)[:200] or type(error).__name__
        raise CorruptCheckpointError(f"{source} is damaged ({reason}); fetch the file again.") from error


class _Budget(dict[int, Callable[[Any], None]]):
    """A table of opcodes that counts look-ups."""

    left = OPCODES

    def __getitem__(self, key: int) -> Callable[[Any], None]:
        self.left -= 1
        if self.left < 0:
            raise ValueError(f"more than {OPCODES} instructions")
        return super().__getitem__(key)


class _Reader(pickle._Unpickler):
    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = dict(pickle._Unpickler.dispatch)
    stack: list[Any]

    def __init__(self, stream: BytesIO, allowed: Allowed, source: str, refer: Refer | None) -> None:
        super().__init__(stream, encoding="latin1")
        self.allowed = allowed
        self.source = source
        self.refer = refer
        self.size = len(stream.getbuffer())
        self.dispatch = _Budget(type(self).dispatch)  # type: ignore[misc]

    def find_class(self, module: str, name: str) -> Any:
        found = Name(module, name)
        if not self.allowed(str(found)):
            raise self._unsafe(f"asks for {str(found)[:80]}, which no network needs")
        return found

    def persistent_load(self, pid: Any) -> Any:
        if self.refer is None:
            raise self._unsafe("refers to objects outside itself")
        return self.refer(pid)

    def get_extension(self, code: int) -> None:
        raise self._unsafe("uses the extension registry of pickle")

    def _unsafe(self, what: str) -> UnsafeCheckpointError:
        return UnsafeCheckpointError(
            f"{self.source} {what}; nothing was run: get the file from its makers again, or save its state_dict alone."
        )

    def _reduce(self) -> None:
        arguments = self.stack.pop()
        self.stack[-1] = Call(self.stack[-1], tuple(arguments))

    def _newobj_ex(self) -> None:
        keywords = self.stack.pop()
        arguments = self.stack.pop()
        self.stack[-1] = Call(self.stack[-1], (*arguments, keywords))

    def _build(self) -> None:
        state = self.stack.pop()
        target = self.stack[-1]
        if not isinstance(target, Call):
            raise ValueError("state for something that has none")
        target.state = state

    def _instantiate(self, klass: Any, arguments: list[Any]) -> None:  # INST and OBJ of protocol 0
        self.stack.append(Call(klass, tuple(arguments)))

    # What follows replaces instructions that may take memory or time without limit.

    def _bytearray(self) -> None:
        (length,) = struct.unpack("<Q", self.read(8))  # type: ignore[attr-defined]
        if length > self.size:
            raise EOFError
        self.stack.append(bytearray(self.read(length)))  # type: ignore[attr-defined]

    def _long(self) -> None:
        length = self.read(1)[0]  # type: ignore[attr-defined]
        if length > INTEGER:
            raise ValueError(f"an integer of {length} bytes")
        self.stack.append(pickle.decode_long(self.read(length)))  # type: ignore[attr-defined]

    def _longer(self) -> None:
        raise ValueError("an integer of more than 255 bytes")

    def _set_item(self) -> None:
        key, value = self.stack[-2:]
        del self.stack[-2:]
        _fill(self.stack[-1], [key, value])

    def _set_items(self) -> None:
        items = self.pop_mark()  # type: ignore[attr-defined]
        _fill(self.stack[-1], items)

    def _dict(self) -> None:
        items = self.pop_mark()  # type: ignore[attr-defined]
        self.stack.append({})
        _fill(self.stack[-1], items)

    def _set(self) -> None:  # a list: nothing is looked up in it
        self.stack.append([])

    def _frozenset(self) -> None:
        self.stack.append(self.pop_mark())  # type: ignore[attr-defined]

    dispatch |= {
        pickle.REDUCE[0]: _reduce,
        pickle.NEWOBJ[0]: _reduce,
        pickle.NEWOBJ_EX[0]: _newobj_ex,
        pickle.BUILD[0]: _build,
        pickle.BYTEARRAY8[0]: _bytearray,
        pickle.LONG1[0]: _long,
        pickle.LONG4[0]: _longer,
        pickle.SETITEM[0]: _set_item,
        pickle.SETITEMS[0]: _set_items,
        pickle.DICT[0]: _dict,
        pickle.EMPTY_SET[0]: _set,
        pickle.ADDITEMS[0]: pickle._Unpickler.dispatch[pickle.APPENDS[0]],
        pickle.FROZENSET[0]: _frozenset,
    }


def _fill(target: Any, items: list[Any]) -> None:
    """Sets keys and values; a key of nested tuples, which could take for ever to hash, is refused."""
    for key, value in zip(items[::2], items[1::2], strict=True):
        if isinstance(key, tuple) and any(isinstance(part, tuple) for part in key):
            raise ValueError("a key of nested tuples")
        target[key] = value
