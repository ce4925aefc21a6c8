"""Thirty seconds that say what a GPU is worth: multiplications, the paper's edit, a step of the window painter.

Legend: B batch, S side.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from mien.models.editing import PRESETS, EditorNetworks
from mien.models.editing.window import INPUTS, WindowConfig, WindowInputs, WindowPainter

EDIT_MS = 6.0
"""What an edit of the paper's size should take on a GPU, batch 1."""


def check(device: torch.device, seconds: float = 30.0, preset: str = "paper-256") -> dict[str, Any]:
    """Figures of a device; each measurement gets a third of the time.

    Returns:
        name; tera_multiplications (bf16, per second, multiply and add counted apart); edit_ms with ``preset``, random
        weights, batch 1, replayed as a CUDA graph where there is one; windows_per_second by batch, forward and back.
    """
    torch.manual_seed(0)
    share = seconds / 3
    name = torch.cuda.get_device_name() if device.type == "cuda" else "CPU"
    found: dict[str, Any] = {"name": name, "tera_multiplications": _multiplications(device, share)}
    found["edit_ms"] = _edit(device, share, preset)
    found["windows_per_second"] = _windows(device, share)
    return found


def _multiplications(device: torch.device, seconds: float) -> float:
    side = 4096 if device.type == "cuda" else 256
    a, b = (torch.randn(side, side, device=device, dtype=torch.bfloat16) for _ in range(2))
    return _rounded(2 * side**3 / _spent(lambda: a @ b, device, seconds) / 1e12)


def _edit(device: torch.device, seconds: float, preset: str) -> float:
    config = PRESETS[preset]()
    networks = EditorNetworks(config).eval().requires_grad_(False)
    networks.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    side = config.resolution
    layers = torch.rand(1, config.encoder.inputs, side, side, device=device)
    mask = torch.ones(1, 1, side, side, device=device)

    def edit() -> Tensor:
        with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16):
            codes = networks.encoder(layers)
            picture: Tensor = networks.painter(layers, mask, codes, networks.bank(codes)[1])[0]
            return picture

    return _rounded(1e3 * _spent(_replayed(edit) if device.type == "cuda" else edit, device, seconds))


def _replayed(work: Callable[[], Tensor]) -> Callable[[], object]:
    """As a CUDA graph: the processor no longer starts every kernel."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph.replay


def _windows(device: torch.device, seconds: float, side: int = 128) -> dict[str, float]:
    cuda = device.type == "cuda"
    painter = WindowPainter(WindowConfig()).to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    found: dict[str, float] = {}
    batches = (32, 64, 128, 256) if cuda else (1,)
    for batch in batches:
        given = _given(batch, side, device)

        def step(given: WindowInputs = given) -> None:
            with torch.autocast(device.type, torch.bfloat16):
                loss = painter(given).abs().mean()
            loss.backward()  # type: ignore[no-untyped-call]
            painter.zero_grad(set_to_none=True)

        try:
            found[str(batch)] = _rounded(batch / _spent(step, device, seconds / len(batches)))
        except torch.cuda.OutOfMemoryError:
            break
    return found


def _given(batch: int, side: int, device: torch.device) -> WindowInputs:
    def some(channels: int, size: int = side) -> Tensor:
        return torch.rand(batch, channels, size, size, device=device)

    layers = {name: some(INPUTS[name]) for name in ("sketch", "semantic", "color")}
    place = torch.rand(batch, 3, device=device)
    return WindowInputs(some(3), some(1), some(4), some(4), some(4), layers, place, some(4, 128))


def _rounded(value: float) -> float:
    """To three significant digits: however slow a machine is, a figure of it is not 0."""
    return float(f"{value:.3g}")


def _spent(work: Callable[[], object], device: torch.device, seconds: float) -> float:
    """Mean seconds of a call, over so much time, after two calls that do not count."""
    for _ in range(2):
        work()
    _wait(device)
    start, calls = time.perf_counter(), 0
    while not calls or time.perf_counter() - start < seconds:
        work()
        calls += 1
        if calls % 10 == 0:
            _wait(device)  # the queue would grow for ever
    _wait(device)
    return (time.perf_counter() - start) / calls


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()
