"""A pickle reader in which nothing runs: names stay names, calls stay descriptions of calls.

Pickle is a small program that builds objects; its danger is that it may call anything that Python can import. Here the
program is followed to the end, but ``GLOBAL`` gives a :class:`Name` and ``REDUCE``, ``NEWOBJ`` and ``BUILD`` give a
:class:`Call`: plain data that an importer then looks through. Names outside a short list are refused at once.

The pure-Python unpickler of the standard library is used on purpose: the memo of the one in C can be made to allocate
without limit by a ten-byte file.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, ClassVar

from mien.errors import CheckpointError, CorruptCheckpointError, UnsafeCheckpointError

OPCODES = 4_000_000
"""More than any network needs; a file of opcodes only would take fifty times its size in memory."""


@dataclass(frozen=True)
class Name:
    """Something that the file asks to import; it is not imported."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False)
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

    def is_call_of(self, *names: str) -> bool:
        """Whether the function is one of the dotted names."""
        return isinstance(self.function, Name) and str(self.function) in names


def read_pickle(stream: BytesIO, allowed: frozenset[str], source: str, *, storages: bool = False) -> Any:
    """The value that a pickle describes, built from plain data, :class:`Name` and :class:`Call`.

    Args:
        stream: positioned at the pickle; left behind it.
        allowed: dotted names that may be mentioned.
        source: what to call the file in messages.
        storages: whether the pickle may refer to tensors outside itself; references come back as their ids.

    Raises:
        UnsafeCheckpointError: another name is mentioned, or an outside reference.
        CorruptCheckpointError: not a pickle, or a damaged one.
    """
    try:
        return _Reader(stream, allowed, source, storages).load()
    except CheckpointError:
        raise
    except (EOFError, MemoryError) as error:
        raise CorruptCheckpointError(f"{source} claims more data than it holds; fetch the file again.") from error
    except Exception as error:  # a damaged pickle can fail anywhere in the interpreter
        reason = str(error) or type(error).__name__
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

    def __init__(self, stream: BytesIO, allowed: frozenset[str], source: str, storages: bool) -> None:
        super().__init__(stream)
        self.allowed = allowed
        self.source = source
        self.storages = storages
        self.dispatch = _Budget(type(self).dispatch)  # type: ignore[misc]

    def find_class(self, module: str, name: str) -> Any:
        found = Name(module, name)
        if str(found) not in self.allowed:
            raise UnsafeCheckpointError(
                f"{self.source} asks for {found}, which no generator needs; nothing was run: "
                "get the file from its makers again, or do not use it."
            )
        return found

    def persistent_load(self, pid: Any) -> Any:
        if not self.storages:
            raise UnsafeCheckpointError(
                f"{self.source} refers to objects outside itself; nothing was run: get the file from its makers again."
            )
        return pid

    def get_extension(self, code: int) -> None:
        raise UnsafeCheckpointError(
            f"{self.source} uses the extension registry of pickle; nothing was run: get the file from its makers again."
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

    dispatch[pickle.REDUCE[0]] = _reduce
    dispatch[pickle.NEWOBJ[0]] = _reduce
    dispatch[pickle.NEWOBJ_EX[0]] = _newobj_ex
    dispatch[pickle.BUILD[0]] = _build
