"""Pickle programs written by hand, instruction by instruction, for the tests of hostile files."""

from __future__ import annotations

import struct


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def name(module: str, attribute: str) -> bytes:
    return f"c{module}\n{attribute}\n".encode()


def call(function: bytes, *arguments: bytes) -> bytes:
    return function + b"(" + b"".join(arguments) + b"tR"


def program(body: bytes, protocol: int = 4) -> bytes:
    return b"\x80" + bytes([protocol]) + body + b"."


TOUCH = text("touch ran")
WRITE = text("open('ran', 'w')")
SYSTEM = call(name("os", "system"), TOUCH)
MAIN = text("builtins"), text("getattr")
