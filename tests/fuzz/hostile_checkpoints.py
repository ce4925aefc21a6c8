"""Files of weights of every kind, damaged at random, and what is asked of whoever reads them."""

from __future__ import annotations

import hashlib
import json
import pickle
import re
import resource
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from mien.checkpoints.clip import load_clip
from mien.checkpoints.encoder import load_encoder, save_encoder
from mien.checkpoints.foreign import registry
from mien.checkpoints.generator import load_generator, save_generator
from mien.checkpoints.judges import load_judge
from mien.editing.directions import load_directions, save_directions
from mien.errors import MienError
from mien.models.editing import StyleEncoder, StyleEncoderConfig
from mien.models.judges.irse import ArcFace
from mien.models.judges.vgg import Vgg16
from mien.models.perception.bisenet import BiSeNet, BiSeNetConfig
from mien.models.stylegan2 import Generator, GeneratorConfig
from tests.checkpoints.foreign import clip_layout, encoder_layout, nvidia, rosinality_layout
from tests.tiny_clip import write_clip

SECONDS, MEGABYTES = 5.0, 1000
WIDTHS = {4: 4, 8: 4, 16: 4, 32: 2}
TINY = GeneratorConfig(resolution=32, z_dim=4, w_dim=4, mapping_layers=1, channel_base=64, channel_max=4)


@dataclass(frozen=True)
class Sample:
    """A whole file or folder, which of its files are damaged, and how it is read."""

    name: str
    place: Path
    files: tuple[str, ...]
    load: Callable[[Path], Any]


@dataclass
class Outcome:
    """What became of the damaged ones."""

    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    megabytes: float = 0.0
    faults: list[str] = field(default_factory=list)


def samples(folder: Path) -> list[Sample]:
    """One of each kind, written into a folder."""
    torch.manual_seed(0)
    network = nvidia.generator(WIDTHS, layers=1, noise=False)
    state = rosinality_layout.generator(WIDTHS, layers=1)
    for protocol in (2, 4):
        (folder / f"nvidia{protocol}.pkl").write_bytes(nvidia.to_pickle(nvidia.snapshot(network), protocol))
    with nvidia.foreign_names():
        torch.save({"G_ema": network}, folder / "nvidia.pt")
    torch.save(nvidia.tensors(network), folder / "nvidia_state.pt")
    torch.save({"g_ema": state, "latent_avg": torch.zeros(16)}, folder / "rosinality.pt")
    torch.save({"g_ema": state}, folder / "rosinality_old.pt", _use_new_zipfile_serialization=False)
    generators = ("nvidia2.pkl", "nvidia4.pkl", "nvidia.pt", "nvidia_state.pt", "rosinality.pt", "rosinality_old.pt")
    torch.save(BiSeNet(BiSeNetConfig(width=2, context=4)).state_dict(), folder / "bisenet.pth")
    torch.save(Vgg16(1, 4, 3).state_dict(), folder / "vgg.pth")
    save_file(ArcFace(16, 4).state_dict(), folder / "arcface.safetensors")
    torch.jit.script(torch.nn.Flatten()).save(str(folder / "script.pt"))
    judges = ("vgg.pth", "arcface.safetensors", "script.pt")
    save_generator(folder / "own", Generator(TINY), "card")
    (folder / "directions").mkdir()
    save_directions(folder / "directions", {"smile": torch.zeros(8, 4)})
    clip = write_clip(folder / "clip")
    shutil.copytree(clip, folder / "clip_bin")
    from safetensors.torch import load_file

    torch.save(load_file(clip / "model.safetensors"), folder / "clip_bin" / "pytorch_model.bin")
    (folder / "clip_bin" / "model.safetensors").unlink()
    others = _others(folder)
    config = StyleEncoderConfig(128, 128, 8, 4, 3, widths=(4, 4, 4, 4, 4), grid=2, grid_channels=2)
    save_encoder(folder / "photos", StyleEncoder(config), "card")
    return [
        *(Sample(name, folder / name, ("",), partial(registry.load, kind=kind)) for name, kind in others.items()),
        *(Sample(name, folder / name, ("",), lambda p: registry.load(p, "generator")) for name in generators),
        Sample("bisenet.pth", folder / "bisenet.pth", ("",), lambda p: registry.load(p, "parser")),
        *(Sample(name, folder / name, ("",), load_judge) for name in judges),
        Sample("encoder", folder / "photos", ("encoder/config.json", "encoder/model.safetensors"), load_encoder),
        Sample("own", folder / "own", ("config.json", "model.safetensors"), load_generator),
        Sample(
            "directions",
            folder / "directions",
            ("directions.safetensors",),
            lambda p: load_directions(p, GeneratorConfig(resolution=32, w_dim=4)),
        ),
        Sample("clip", clip, ("config.json", "model.safetensors", "vocab.json", "merges.txt"), load_clip),
        Sample("clip_bin", folder / "clip_bin", ("config.json", "pytorch_model.bin"), load_clip),
    ]


def _others(folder: Path) -> dict[str, str]:
    """Files of e4e, CLIP and StyleCLIP: their kind by name."""
    parts = {"encoder": encoder_layout.encoder(8, 4, 16, 32), "decoder": rosinality_layout.generator(WIDTHS, 4, 1)}
    state = {f"{part}.{name}": value for part, weights in parts.items() for name, value in weights.items()}
    opts = {"encoder_type": "Encoder4Editing", "start_from_latent_avg": True}
    torch.save({"state_dict": state, "opts": opts, "latent_avg": torch.zeros(8, 4)}, folder / "e4e.pt")
    torch.save({"state_dict": clip_layout.CLIP(20, width=64).state_dict()}, folder / "farl.pth")
    arrays = [np.ones((4, 6), np.float32), np.ones((4, 3), np.float64)]
    for protocol in (2, 4):
        (folder / f"S{protocol}.pkl").write_bytes(pickle.dumps(arrays, protocol))
    np.save(folder / "fs3.npy", np.ones((70, 3), np.float32))
    statistics = {f"S{protocol}.pkl": "statistics" for protocol in (2, 4)}
    return {"e4e.pt": "generator", "farl.pth": "clip", "fs3.npy": "relevance", **statistics}


def mutate(data: bytes, random: Random) -> bytes:
    """A few bytes changed, put in, left out or repeated, numbers made huge, brackets nested, or the end cut off."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 5, 30))):
        start, length = random.randrange(max(len(changed), 1)), random.choice((1, 1, 2, 8, 100))
        kind = random.randrange(8)
        if kind == 0:
            changed[start : start + length] = random.randbytes(length)
        elif kind == 1:
            changed[start : start + length] = b""
        elif kind == 2:
            changed[start:start] = changed[start : start + length] * random.choice((1, 3, 50))
        elif kind == 3:
            changed[start : start + 8] = random.choice((b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 7))
        elif kind == 4:
            numbers = list(re.finditer(rb"\d+", bytes(changed[:20_000])))
            if numbers:
                at = random.choice(numbers)
                huge = random.choice((b"0", b"-1", b"99999", b"1000000000", b"1e400", b'"x"', b"null", b"[" * 5000))
                changed[at.start() : at.end()] = huge
        elif kind == 5:
            changed[start:start] = random.choice((b"\x96" + b"\xff" * 7 + b"\0", b"h\0h\0\x86q\0" * 60, b"]" * 5000))
        elif kind == 6 and len(changed) > 4:
            changed[start] ^= 1 << random.randrange(8)
        elif kind == 7 and random.random() < 0.2:
            del changed[start:]
    return bytes(changed)


def attack(given: list[Sample], count: int, seed: int, folder: Path) -> Outcome:
    """Reads that many damaged samples; each must be read, or refused in one sentence, quickly and within memory."""
    outcome, random = Outcome(), Random(seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(count):
        sample = given[number % len(given)]
        target = folder / ("bad" + sample.place.suffix)
        shutil.rmtree(target, ignore_errors=True)
        if sample.place.is_dir():
            shutil.copytree(sample.place, target, dirs_exist_ok=True)
        else:
            target.write_bytes(sample.place.read_bytes())
        file = target / random.choice(sample.files) if sample.files != ("",) else target
        file.write_bytes(mutate(file.read_bytes(), random))
        if sample.name in ("own", "encoder") and file.name.startswith("model"):
            beside = file.with_name("config.json")
            config = {**json.loads(beside.read_text()), "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
            beside.write_text(json.dumps(config))
        _read(sample, target, f"{sample.name}, {file.name}, case {number} of seed {seed}", outcome)
        if target.is_dir():
            shutil.rmtree(target)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        outcome.megabytes = max(outcome.megabytes, (peak - before) / 1000)
    if outcome.megabytes > MEGABYTES:
        outcome.faults.append(f"{outcome.megabytes:.0f} MB")
    return outcome


def _read(sample: Sample, target: Path, case: str, outcome: Outcome) -> None:
    start = time.process_time()
    try:
        with _alarm(120):
            sample.load(target)
        outcome.read += 1
    except MienError as error:
        outcome.refused += 1
        if "\n" in str(error) or "bad" not in str(error) or len(str(error)) > 700:
            outcome.faults.append(f"{case}: {str(error)[:200]!r} is no sentence that names the file")
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        outcome.faults.append(f"{case}: {type(error).__name__}: {str(error)[:200]}")
    took = time.process_time() - start
    outcome.slowest = max(outcome.slowest, took)
    if took > SECONDS:
        outcome.faults.append(f"{case}: {took:.1f} s")


@contextmanager
def _alarm(seconds: int) -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TimeoutError("hangs")

    signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
