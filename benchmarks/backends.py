"""A network as PyTorch runs it, as torch.compile makes it, and as onnxruntime does."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import torch
from torch import Tensor, nn

from benchmarks.stages import Stage

MODES = ("eager", "compile", "onnx")
Run = Callable[[], object]


class SkippedError(Exception):
    """A combination that cannot be measured, and why."""


def prepare(stage: Stage, mode: str, dtype: str, threads: int) -> Run:
    """A function that runs the stage once; whatever is done but once (compiling, exporting) has been done.

    bfloat16 is autocast's, as in training: weights stay float32.

    Raises:
        SkippedError: it cannot be run like this.
    """
    assert stage.network is not None, "only networks can be compiled and exported"
    if mode == "onnx":
        if dtype != "float32":
            raise SkippedError("onnxruntime has no bfloat16 convolution on the CPU")
        return _exported(stage.network, stage.inputs, threads)
    network = stage.network if mode == "eager" else _compiled(stage.network)

    def run() -> object:
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16) if dtype == "bfloat16" else nullcontext():
            return network(*stage.inputs)

    if mode == "compile":
        try:
            run()
        except Exception as error:
            raise SkippedError(f"torch.compile: {_first_line(error)}") from error
    return run


def _compiled(network: nn.Module) -> Callable[..., object]:
    torch._dynamo.reset()  # what was compiled for other shapes must not make this one dynamic
    compiled: Callable[..., object] = torch.compile(network, dynamic=False)
    return compiled


def _exported(network: nn.Module, inputs: tuple[Tensor, ...], threads: int) -> Run:
    try:
        import onnxruntime
    except ImportError as error:
        raise SkippedError("onnxruntime is not installed") from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        try:
            names = export(network, inputs, path)
            settings = onnxruntime.SessionOptions()
            settings.intra_op_num_threads = threads
            session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise SkippedError(f"ONNX: {_first_line(error)}") from error
    given = {name: value.contiguous().numpy() for name, value in zip(names, inputs, strict=True)}
    # What the exporter found to be of no consequence is no input of the graph.
    used = {i.name for i in session.get_inputs()}
    given = {name: value for name, value in given.items() if name in used}
    return lambda: session.run(None, given)


def export(network: nn.Module, inputs: tuple[Tensor, ...], path: Path) -> list[str]:
    """Writes a graph for inputs of these very shapes; returns the inputs' names."""
    names = [f"input_{index}" for index in range(len(inputs))]
    network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]  # graphs know no other layout
    try:
        # The exporter warns about every shape that it freezes, and prints the whole graph when it fails.
        with warnings.catch_warnings(), _silence(), torch.no_grad():
            warnings.simplefilter("ignore")
            given = tuple(value.contiguous() for value in inputs)
            torch.onnx.export(network, given, str(path), dynamo=False, opset_version=17, input_names=names)
    finally:
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return names


@contextmanager
def _silence() -> Iterator[None]:
    """What libraries print past Python goes nowhere."""
    library = ctypes.CDLL(None)
    sys.stdout.flush()
    library.fflush(None)
    kept = os.dup(1)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        library.fflush(None)
        os.dup2(kept, 1)
        os.close(kept)


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
