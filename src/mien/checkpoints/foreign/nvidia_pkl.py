"""NVIDIA's StyleGAN2 networks in ``.pkl`` files of the StyleGAN2-ADA (PyTorch) and StyleGAN3 repositories.

A dict with ``G``, ``D`` and ``G_ema``. Each module is stored as a call of ``_reconstruct_persistent_obj(meta)``, which
in NVIDIA's code executes the Python source in ``meta['module_src']``. Here nothing is called: ``meta['state']`` holds
the module's attributes, and in them the parameters, buffers and sub-modules.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import torch
from torch import Tensor

from mien.checkpoints.foreign.inert import Call, read_pickle
from mien.checkpoints.foreign.layout import Imported, adopt, check_low_pass, widths_to_config
from mien.checkpoints.foreign.tensors import TENSOR_NAMES, read_tensor
from mien.errors import CorruptCheckpointError, UnknownCheckpointError
from mien.models.stylegan2 import GeneratorConfig

MODULE = "torch_utils.persistence._reconstruct_persistent_obj"
MAPPINGS = ("collections.OrderedDict", "dnnlib.util.EasyDict", "builtins.dict")
INERT = (
    *("builtins.set", "builtins.frozenset", "torch.device", "torch.Size", "torch.float16", "torch.float32"),
    *("numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar"),
    *("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"),
)
ALLOWED = frozenset({MODULE, *MAPPINGS, *INERT}) | TENSOR_NAMES
MODULES = 2000
"""More sub-modules than any network has; guards against modules that contain themselves."""

Module = dict[str, Any]


def import_nvidia(data: bytes, source: str, network: str = "G_ema") -> Imported:
    """A generator out of a ``.pkl``.

    Args:
        data: the whole file.
        source: what to call it in messages.
        network: which of the stored networks: "G_ema" (the averaged one) or "G".

    Raises:
        UnsafeCheckpointError: the file mentions anything that a generator does not need.
        UnknownCheckpointError: it holds something else than an unconditional StyleGAN2 generator.
        CorruptCheckpointError: damaged.
    """
    networks = _mapping(read_pickle(BytesIO(data), ALLOWED, source))
    if network not in networks:
        found = ", ".join(str(key) for key in networks) or "nothing known"
        raise UnknownCheckpointError(
            f"{source} has no network {network!r} (it holds {found}); give a StyleGAN2 pickle."
        )
    root = _module(networks[network], source)
    mapping, synthesis = (_child(root, name, source) for name in ("mapping", "synthesis"))
    _refuse_others(root, mapping, synthesis, source)
    tensors = dict(_tensors(root, source))
    for name, kernel in tensors.items():
        if name.endswith(".resample_filter"):
            check_low_pass(kernel, source)
    config = _config(mapping, synthesis, tensors, source)
    remarks = _without_noise(config, tensors)
    generator = adopt(config, _names(config), tensors, source)
    return Imported(generator, f"NVIDIA StyleGAN2 pickle, network {network}", remarks)


def _config(mapping: Module, synthesis: Module, tensors: dict[str, Tensor], source: str) -> GeneratorConfig:
    widths = {int(name[1:]): 0 for name in _children(synthesis) if name[1:].isdecimal()}
    for resolution in widths:
        torgb = tensors.get(f"synthesis.b{resolution}.torgb.weight")
        if torgb is None or torgb.ndim != 4 or torgb.shape[0] != 3:
            raise UnknownCheckpointError(
                f"{source} has no skip connection to RGB at {resolution} px; only the 'skip' architecture is imported."
            )
        widths[resolution] = torgb.shape[1]
    layers = sum(name.startswith("fc") for name in _children(mapping))
    first = tensors.get("mapping.fc0.weight")
    if not layers or first is None or first.ndim != 2:
        raise CorruptCheckpointError(f"{source} has no mapping layers; fetch the file again.")
    block = _child(synthesis, f"b{max(widths)}", source)
    clamp = _child(block, "conv1", source).get("conv_clamp")
    multiplier = _child(mapping, "fc0", source).get("bias_gain", 0.01)
    return widths_to_config(
        widths,
        source,
        z_dim=first.shape[1],
        w_dim=first.shape[0],
        mapping_layers=layers,
        mapping_lr_multiplier=float(multiplier) if isinstance(multiplier, int | float) else 0.01,
        clamp=float(clamp) if isinstance(clamp, int | float) else None,
    )


def _names(config: GeneratorConfig) -> dict[str, str]:
    """Our name of every weight -> theirs."""
    names = {"mapping.w_avg": "mapping.w_avg", "synthesis.const": "synthesis.b4.const"}
    for layer in range(config.mapping_layers):
        for part in ("weight", "bias"):
            names[f"mapping.layers.{layer}.{part}"] = f"mapping.fc{layer}.{part}"
    conv = ("weight", "bias", "affine.weight", "affine.bias", "noise_const", "noise_strength")
    for resolution in config.resolutions:
        ours, theirs = f"synthesis.blocks.{resolution}", f"synthesis.b{resolution}"
        for part in conv:
            names[f"{ours}.conv0.{part}"] = f"{theirs}.conv0.{part}"
            names[f"{ours}.conv1.{part}"] = f"{theirs}.conv1.{part}"
        for part in conv[:4]:
            names[f"{ours}.to_rgb.{part}"] = f"{theirs}.torgb.{part}"
    return names


def _without_noise(config: GeneratorConfig, tensors: dict[str, Tensor]) -> tuple[str, ...]:
    """Networks trained without noise have neither maps nor strengths: zeros stand for them."""
    missing = False
    for resolution in config.resolutions:
        for conv in ("conv0", "conv1")[resolution == 4 :]:
            name = f"synthesis.b{resolution}.{conv}"
            if f"{name}.noise_strength" not in tensors:
                tensors[f"{name}.noise_strength"] = torch.zeros(())
                tensors[f"{name}.noise_const"] = torch.zeros(resolution, resolution)
                missing = True
    return ("It was trained without noise.",) if missing else ()


def _refuse_others(root: Module, mapping: Module, synthesis: Module, source: str) -> None:
    children = _children(synthesis)
    if "input" in children or any(name.startswith("L0_") for name in children):
        raise UnknownCheckpointError(
            f"{source} holds a StyleGAN3 network, which has no W+ layers of the kind edited here; "
            "give a StyleGAN2 network (for faces: stylegan2-ffhq-1024x1024.pkl)."
        )
    if "b4" not in children:
        raise UnknownCheckpointError(f"{source} holds no StyleGAN2 synthesis network; give a StyleGAN2 generator.")
    if "embed" in _children(mapping) or root.get("c_dim"):
        raise UnknownCheckpointError(
            f"{source} holds a class-conditional network; give one that was trained without labels."
        )


def _module(value: Any, source: str) -> Module:
    """The attributes of a stored module."""
    meta = _mapping(value.arguments[0]) if isinstance(value, Call) and value.is_call_of(MODULE) else {}
    state = _mapping(meta.get("state"))
    if not {"_parameters", "_buffers", "_modules"} <= state.keys():
        raise UnknownCheckpointError(f"{source} holds no NVIDIA networks; give a StyleGAN2 pickle.")
    return state


def _child(module: Module, name: str, source: str) -> Module:
    return _module(_children(module).get(name), source)


def _children(module: Module) -> dict[str, Any]:
    return {str(name): child for name, child in _mapping(module["_modules"]).items()}


def _tensors(root: Module, source: str) -> Iterator[tuple[str, Tensor]]:
    """All parameters and buffers by dotted name."""
    todo = [("", root)]
    count = 0
    while todo:
        prefix, module = todo.pop()
        count += 1
        if count > MODULES:
            raise CorruptCheckpointError(f"{source} nests modules without end; fetch the file again.")
        for group in ("_parameters", "_buffers"):
            for name, value in _mapping(module[group]).items():
                if value is not None:
                    yield f"{prefix}{name}", read_tensor(value, source)
        todo += [(f"{prefix}{name}.", _module(child, source)) for name, child in _children(module).items()]


def _mapping(value: Any) -> dict[Any, Any]:
    """A dict, or what one of the classes derived from dict holds; anything else is empty."""
    if isinstance(value, Call) and value.is_call_of(*MAPPINGS):
        return value.items
    return value if isinstance(value, dict) else {}
