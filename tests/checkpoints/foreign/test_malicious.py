"""Files made to harm: nothing in them runs, each is refused in one sentence, and none makes memory explode."""

from __future__ import annotations

import pickle
import resource
import struct
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch

from mien.checkpoints.foreign import inert, registry
from mien.errors import CheckpointError, CorruptCheckpointError, UnsafeCheckpointError
from tests.checkpoints.foreign import nvidia, rosinality_layout
from tests.checkpoints.foreign.hostile import SYSTEM, TOUCH, WRITE, call, name, program, text

WIDTHS = {4: 8, 8: 8, 16: 8, 32: 8}


@pytest.fixture(autouse=True)
def nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every payload would write the file ``ran`` in the working folder; and memory stays below 1 GB above today's."""
    monkeypatch.chdir(tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert not (tmp_path / "ran").exists()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_000_000


CODE = {
    "os.system": SYSTEM,
    "posix.system": call(name("posix", "system"), TOUCH),
    "eval": call(name("builtins", "eval"), WRITE),
    "exec": call(name("builtins", "exec"), WRITE),
    "old eval": call(name("__builtin__", "eval"), WRITE),
    "stack global": text("os") + text("system") + b"\x93(" + TOUCH + b"tR",
    "popen by newobj": name("subprocess", "Popen") + b"(" + text("touch ran") + b"t\x81",
    "newobj with keywords": name("subprocess", "Popen") + b")" + b"}" + text("args") + TOUCH + b"s" + b"\x92",
    "inst": b"(" + TOUCH + b"ios\nsystem\n",
    "obj": b"(" + name("os", "system") + TOUCH + b"o",
    "getattr chain": call(call(name("builtins", "getattr"), name("os", "path"), text("os")), TOUCH),
    "dotted name": text("torch._utils") + text("_rebuild_tensor_v2.__globals__") + b"\x93",
    "name with dots in the module": name("torch._utils._rebuild_tensor_v2", "__globals__"),
    "import": call(name("builtins", "__import__"), text("os")),
    "importlib": call(name("importlib", "import_module"), text("antigravity")),
    "operator": call(name("operator", "methodcaller"), text("system"), TOUCH),
    "functools": call(name("functools", "partial"), name("os", "system"), TOUCH),
    "copyreg": call(name("copyreg", "add_extension"), text("os"), text("system"), b"K\x01"),
    "copyreg reconstructor": call(name("copyreg", "_reconstructor"), name("builtins", "object"), b"N", b"N"),
    "codecs open": call(name("codecs", "open"), text("ran"), text("w")),
    "torch load": call(name("torch", "load"), text("ran")),
    "torch jit": call(name("torch.jit", "load"), text("ran")),
    "persistence by another door": call(name("torch_utils.persistence", "_src_to_module"), WRITE),
    "numpy": call(name("numpy", "load"), text("ran")),
    "webbrowser": call(name("webbrowser", "open"), text("http://localhost")),
    "persistent id": SYSTEM[:0] + text("id") + b"Q",
    "nested persistent id": b"(" + text("storage") + b"(" + text("inner") + b"Q" + b"ttQ",
    "persistent id as text": b"Pid\n",
    "extension registry": b"\x82\x01",
}

CLAIMS = {
    "memo index": b"]r\xff\xff\xff\xff",
    "bytes": b"\x8e" + struct.pack("<Q", 1 << 60),
    "more bytes than there are": b"B" + struct.pack("<I", 0xFFFFFFFF),
    "text": b"\x8d" + struct.pack("<Q", 1 << 50),
    "frame": b"\x95" + struct.pack("<Q", 1 << 60),
    "bytearray": b"\x96" + struct.pack("<Q", 1 << 50),
    "integer": b"\x8b" + struct.pack("<i", 0x7FFFFFFF),
    "stack underflow": b"R",
    "missing memo": b"h\x07",
    "build on a name": name("collections", "OrderedDict") + b"}" + text("__call__") + TOUCH + b"sb",
    "build on a dict": b"}" + b"}b",
    "unhashable key": b"}" + b"]" + b"]" + b"s",
    "append to a name": name("collections", "OrderedDict") + b"Na",
    "unknown opcode": b"\xff",
    "list without end": b"]" * 1000,
    "buffer": b"\x97",
}


@pytest.mark.parametrize("body", CODE.values(), ids=CODE)
def test_pickles_that_ask_for_code(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "bad.pkl"
    path.write_bytes(program(body))
    with pytest.raises(UnsafeCheckpointError, match=r"bad\.pkl .*nothing was run"):
        registry.load(path, "generator")


@pytest.mark.parametrize("body", CLAIMS.values(), ids=CLAIMS)
def test_pickles_that_claim_too_much_or_make_no_sense(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "bad.pkl"
    path.write_bytes(program(body))
    with pytest.raises(CheckpointError, match=r"bad\.pkl"):
        registry.load(path, "generator")


def test_a_payload_deep_inside_a_network(tmp_path: Path) -> None:
    network = nvidia.generator(WIDTHS)
    network.state["hook"] = _Payload()
    path = tmp_path / "bad.pkl"
    path.write_bytes(nvidia.to_pickle(nvidia.snapshot(network)))
    with pytest.raises(UnsafeCheckpointError, match=r"asks for \w+\.system"):
        registry.load(path, "generator")


class _Payload:
    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os.system, ("touch ran",)


def storage(kind: str = "FloatStorage", claimed: int = 4, body: bytes = b"", data: bytes = bytes(16)) -> bytes:
    """A storage as torch wrote it into plain pickles; ``body`` replaces the description."""
    described = (
        body
        or b"("
        + text("storage")
        + name("torch", kind)
        + text("0")
        + text("cpu")
        + b"J"
        + struct.pack("<i", min(claimed, 2**31 - 1))
        + b"NtQ"
    )
    magic = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
    rest = program(b"M\xe9\x03", 2) + program(b"}", 2) + program(described, 2) + program(b"]" + text("0") + b"a", 2)
    return magic + rest + struct.pack("<q", claimed) + data


def tensor(content: bytes, size: tuple[int, ...] = (4,), stride: tuple[int, ...] = (1,), offset: int = 0) -> bytes:
    def numbers(values: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(b"\x8a\x08" + struct.pack("<q", value) for value in values) + b"t"

    data = call(name("torch.storage", "_load_from_bytes"), b"B" + struct.pack("<I", len(content)) + content)
    start = b"\x8a\x08" + struct.pack("<q", offset)
    function = name("torch._utils", "_rebuild_tensor_v2")
    return call(function, data, start, numbers(size), numbers(stride), b"\x89", b"N")


def network_with(filter_: bytes) -> bytes:
    """A pickle that looks like a network up to the point where its first tensor is read."""

    def module(parameters: bytes = b"}", buffers: bytes = b"}", children: bytes = b"}") -> bytes:
        groups = b"".join(
            text(key) + value
            for key, value in (("_parameters", parameters), ("_buffers", buffers), ("_modules", children))
        )
        meta = b"}(" + text("state") + b"}(" + groups + b"u" + b"u"
        return call(name("torch_utils.persistence", "_reconstruct_persistent_obj"), meta)

    def table(*entries: tuple[str, bytes]) -> bytes:
        return b"}(" + b"".join(text(key) + value for key, value in entries) + b"u"

    mapping = module()
    block = module(buffers=table(("resample_filter", filter_), ("const", tensor(storage()))))
    synthesis = module(children=table(("b4", block)))
    root = module(children=table(("mapping", mapping), ("synthesis", synthesis)))
    return program(table(("G_ema", root)))


TENSORS = {
    "size beyond the data": tensor(storage(), size=(1 << 40,)),
    "size of many axes": tensor(storage(), size=(1 << 20,) * 3, stride=(0, 0, 0)),
    "stride beyond the data": tensor(storage(), size=(2, 2), stride=(1000, 1)),
    "negative offset": tensor(storage(), offset=-1),
    "negative size": tensor(storage(), size=(-4,)),
    "negative stride": tensor(storage(), stride=(-1,)),
    "storage beyond the file": tensor(storage(claimed=1 << 50)),
    "negative storage": tensor(storage(claimed=-4)),
    "no storage": tensor(b""),
    "not a storage": tensor(program(b"K\x01")),
    "a number": b"K\x07",
    "a storage for a tensor": call(name("torch.storage", "_load_from_bytes"), b"C\x00"),
}


@pytest.mark.parametrize("filter_", TENSORS.values(), ids=TENSORS)
def test_tensors_that_are_not_there(tmp_path: Path, filter_: bytes) -> None:
    path = tmp_path / "bad.pkl"
    path.write_bytes(network_with(filter_))
    with pytest.raises(CheckpointError, match=r"bad\.pkl"):
        registry.load(path, "generator")


def test_the_tensor_of_these_tests_is_read_when_it_is_whole(tmp_path: Path) -> None:
    """Guards the tests above: without the damage, reading goes on to what is missing next."""
    path = tmp_path / "bad.pkl"
    path.write_bytes(network_with(tensor(storage())))
    with pytest.raises(CheckpointError, match="another filter"):
        registry.load(path, "generator")


@pytest.mark.parametrize("payload", [SYSTEM, call(name("builtins", "eval"), WRITE)], ids=["system", "eval"])
def test_code_inside_the_bytes_of_a_storage(tmp_path: Path, payload: bytes) -> None:
    path = tmp_path / "bad.pkl"
    path.write_bytes(network_with(tensor(storage(body=payload))))
    with pytest.raises(UnsafeCheckpointError, match="nothing was run"):
        registry.load(path, "generator")


def test_modules_that_contain_themselves(tmp_path: Path) -> None:
    """One dict is the state of a module and, by way of the memo, holds that same module."""
    children = b"}q\x01"
    groups = text("_parameters") + b"}" + text("_buffers") + b"}" + text("_modules") + children
    state = b"}(" + groups + b"u"
    meta = b"}" + text("state") + state + b"s"
    module = call(name("torch_utils.persistence", "_reconstruct_persistent_obj"), meta) + b"q\x02"
    tie = b"h\x01(" + b"".join(text(key) + b"h\x02" for key in ("mapping", "synthesis", "b4")) + b"u0"
    path = tmp_path / "bad.pkl"
    path.write_bytes(program(module + tie + b"}" + text("G_ema") + b"h\x02s"))
    with pytest.raises(CorruptCheckpointError, match="nests modules without end"):
        registry.load(path, "generator")


def test_floods_of_instructions_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inert._Budget, "left", 10_000)
    path = tmp_path / "bad.pkl"
    path.write_bytes(program(b"]0" * 10_000 + b"N"))
    with pytest.raises(CorruptCheckpointError, match="instructions"):
        registry.load(path, "generator")


def archive(path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for entry, data in entries.items():
            file.writestr(entry, data)
    return path


def torch_file(body: bytes, data: bytes = bytes(16)) -> dict[str, bytes]:
    return {"a/data.pkl": program(body, 2), "a/byteorder": b"little", "a/data/0": data, "a/version": b"3\n"}


TORCH_NAMES = ("os.system", "eval", "getattr chain", "copyreg", "torch load", "inst")
TORCH_CODE = {key: CODE[key] for key in TORCH_NAMES}


@pytest.mark.parametrize("body", TORCH_CODE.values(), ids=TORCH_CODE)
@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])
def test_torch_files_that_ask_for_code(tmp_path: Path, body: bytes, zipped: bool) -> None:
    path = tmp_path / "bad.pt"
    if zipped:
        archive(path, torch_file(body))
    else:
        path.write_bytes(storage(body=body))
    with pytest.raises(CheckpointError, match=r"bad\.pt"):
        registry.load(path, "generator")


def test_torch_files_say_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(UnsafeCheckpointError, match="nothing was run"):
        registry.load(archive(tmp_path / "bad.pt", torch_file(SYSTEM)), "generator")


@pytest.mark.parametrize("entry", ["../ran", "a/../../ran", "/ran", "..\\ran"])
def test_entries_that_point_outside(tmp_path: Path, entry: str) -> None:
    path = archive(tmp_path / "bad.pt", torch_file(b"}") | {entry: b"x"})
    with pytest.raises(UnsafeCheckpointError, match="outside the archive"):
        registry.load(path, "generator")


def test_compressed_archives(tmp_path: Path) -> None:
    path = archive(tmp_path / "bad.pt", torch_file(b"}", bytes(1 << 24)), zipfile.ZIP_DEFLATED)
    with pytest.raises(UnsafeCheckpointError, match="compressed"):
        registry.load(path, "generator")


def torch_tensor(claimed: int, size: bytes, stride: bytes) -> bytes:
    storage_id = b"(" + text("storage") + name("torch", "FloatStorage") + text("0") + text("cpu")
    storage_id += b"\x8a\x08" + struct.pack("<q", claimed) + b"tQ"
    ordered = name("collections", "OrderedDict") + b")R"
    return call(name("torch._utils", "_rebuild_tensor_v2"), storage_id, b"K\x00", size, stride, b"\x89", ordered)


@pytest.mark.parametrize(
    "body",
    [
        torch_tensor(1 << 50, b"(K\x04t", b"(K\x01t"),
        torch_tensor(4, b"(\x8a\x06" + struct.pack("<q", 1 << 40)[:6] + b"t", b"(K\x01t"),
        torch_tensor(-4, b"(K\x04t", b"(K\x01t"),
    ],
    ids=["storage", "tensor", "negative"],
)
def test_torch_tensors_that_are_not_there(tmp_path: Path, body: bytes) -> None:
    table = b"}" + text("g_ema") + b"}" + text("input.input") + body + b"ss"
    path = archive(tmp_path / "bad.pt", torch_file(table))
    with pytest.raises(CheckpointError, match=r"bad\.pt"):
        registry.load(path, "generator")


def garbage() -> dict[str, Callable[[], bytes]]:
    stream = BytesIO()
    torch.save({"g_ema": {"input.input": torch.ones(4)}}, stream)
    whole = stream.getvalue()
    return {
        "empty": lambda: b"",
        "text": lambda: b"hello",
        "html": lambda: b"<!doctype html><title>404</title>",
        "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(100),
        "half an archive": lambda: whole[: len(whole) // 2],
        "tail of an archive": lambda: whole[len(whole) // 2 :],
        "an archive on two disks": lambda: whole[:-22] + b"PK\x06\x07" + struct.pack("<IQI", 0, 0, 2) + whole[-22:],
        "safetensors": lambda: struct.pack("<Q", 2) + b"{}",
        "one byte": lambda: b"\x80",
        "a plain value": lambda: pickle.dumps(3),
        "archive without a pickle": lambda: _zipped({"a/version": b"3"}),
    }


def _zipped(entries: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for entry, data in entries.items():
            file.writestr(entry, data)
    return stream.getvalue()


@pytest.mark.parametrize("make", garbage().values(), ids=garbage())
def test_files_that_are_no_checkpoints(tmp_path: Path, make: Callable[[], bytes]) -> None:
    path = tmp_path / "bad.pt"
    path.write_bytes(make())
    with pytest.raises(CheckpointError, match=r"bad\.pt"):
        registry.load(path, "generator")


@pytest.mark.parametrize("layout", ["nvidia", "rosinality"])
def test_mutated_files_raise_nothing_else(tmp_path: Path, layout: str) -> None:
    """Flipped, inserted and removed bytes: an import succeeds or is refused in one sentence, never anything else."""
    torch.manual_seed(0)
    path = tmp_path / "bad.bin"
    if layout == "nvidia":
        whole = nvidia.to_pickle(nvidia.snapshot(nvidia.generator({4: 4, 8: 4, 16: 4, 32: 2}, layers=1, noise=False)))
    else:
        torch.save({"g_ema": rosinality_layout.generator({4: 4, 8: 4, 16: 4, 32: 2}, layers=1)}, path)
        whole = path.read_bytes()
    refused = 0
    random = Random(0)
    for _ in range(80):
        data = bytearray(whole)
        for _ in range(random.choice((1, 3, 30))):
            start = random.randrange(len(data))
            length = random.choice((1, 1, 4, 100))
            data[start : start + length] = random.choice((b"", random.randbytes(length), b"\x94.R" * length))
        path.write_bytes(data)
        try:
            registry.load(path, "generator")
        except CheckpointError as error:
            refused += 1
            assert "bad.bin" in str(error)
    assert refused > 25


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be read"):
        registry.load(tmp_path / "nowhere.pkl", "generator")
    with pytest.raises(CheckpointError, match="is a folder"):
        registry.load(tmp_path, "generator")


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        (b"training.networks_stylegan2.G_main", "TensorFlow pickle of StyleGAN2; convert it once with legacy.py"),
        (b"training.networks_stylegan.G_style", "TensorFlow pickle of StyleGAN1"),
        (b"networks.G_paper", "older than StyleGAN2"),
    ],
)
def test_tensorflow_pickles_are_refused_by_name(tmp_path: Path, hint: bytes, message: str) -> None:
    network = name("dnnlib.tflib.network", "Network") + b")\x81}" + text("func") + text(hint.decode()) + b"sb"
    path = tmp_path / "tf.pkl"
    path.write_bytes(program(b"(" + network * 3 + b"t"))
    with pytest.raises(CheckpointError, match=message):
        registry.load(path, "generator")
