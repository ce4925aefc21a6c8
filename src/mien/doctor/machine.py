"""What is installed and how much this machine may compute; what to do where something is missing or slow."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mien._version import __version__
from mien.doctor.examine import MEAN, MOST, Examined
from mien.engine import accelerators
from mien.threads import available_threads

BASE = ("numpy", "opencv-python-headless", "onnxruntime", "pillow", "pillow-heif", "safetensors", "typer")
EXTRAS: Mapping[str, tuple[str, str]] = {
    "torch": ("paint", "training, --text with a CLIP, editors of yours, other devices"),
    "huggingface_hub": ("paint", "ids of the Hugging Face Hub"),
    "transformers": ("text", "folders of CLIP"),
    "fastapi": ("serve", "mien serve"),
    "onnx": ("export", "mien export to ONNX"),
    "fsspec": ("batch", "mien batch on object stores (s3://, gs://)"),
    "ray": ("ray", "mien batch --ray, and the deployment on a cluster"),
    "c2pa-python": ("c2pa", "content credentials"),
}
"""By package: the extra that brings it, and what needs it."""

SLOW = 250.0
"""Milliseconds of the second painted mouth from which a machine is called slow; two cores of a laptop take 40."""

BUSY = 0.5
"""Load per core from which other programs are said to be in the way."""


def facts() -> dict[str, Any]:
    """Versions and numbers, ready for JSON; a package that is missing has None."""
    found: dict[str, Any] = {
        "mien": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "threads": available_threads(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "accelerators of ONNX Runtime": list(accelerators()),
    }
    return found | {"packages": {name: _version(name) for name in (*BASE, *EXTRAS)}}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def advice(known: Mapping[str, Any], examined: Examined) -> list[str]:
    """What a user can do, most important first; each a sentence."""
    found = [
        f"{one.way} makes '{one.case}' differently ({one.mean} levels in the mean, {one.most} at most; "
        f"{MEAN} and {MOST} are allowed): choose another --engine, and tell us the versions above."
        for one in examined.outcomes
        if not one.fits
    ]
    cores, load = known["cores"] or 1, known["load"] or 0.0
    slow = [one for one in examined.outcomes if one.case == "a painted mouth" and one.second > SLOW]
    if slow and load > BUSY * cores:
        found.append(f"Other programs keep {load} of {cores} cores busy: times are longer than they need to be.")
    elif slow:
        found.append(f"{slow[0].way} is slow here: end other programs, look at power saving, or give more cores.")
    if known["threads"] < min(cores, 4) and "OMP_NUM_THREADS" in os.environ:
        found.append(f"OMP_NUM_THREADS allows {known['threads']} of {cores} cores: unset it for faster edits.")
    lacking = {name: why for name, why in EXTRAS.items() if known["packages"][name] is None}
    found += [f'{name} is missing, for {what}: pip install "mien[{extra}]".' for name, (extra, what) in lacking.items()]
    if Path(__file__).resolve().parts[:2] == ("/", "mnt"):
        found.append("mien lies on a drive of another system (/mnt): programs start faster from this one's disk.")
    return found
