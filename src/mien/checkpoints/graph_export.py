"""Networks as ONNX graphs that hold no weights: every initializer points into the folder's ``model.safetensors``.

Half precision there is cast to float32 in the graph; the runtime folds casts and batch normalization when it loads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn

from mien.checkpoints.graph_names import shorten
from mien.checkpoints.store import CONFIG, GRAPH, WEIGHTS, file_layout
from mien.errors import ConfigError
from mien.files import atomic_path
from mien.quiet import without_warnings

OPSET = 17

BATCH = "batch"
"""Name of the first side of whatever has one row for each picture."""


def write_graph(
    folder: Path,
    network: nn.Module,
    inputs: Mapping[str, Tensor],
    outputs: Sequence[str],
    free: Mapping[int, str] | None = None,
    *,
    name: str = GRAPH,
    batches: Mapping[str, str] | None = None,
) -> None:
    """Writes a graph beside the weights, and into ``config.json`` what it is and which weights it belongs to.

    The same network gives the same bytes.

    Args:
        folder: that :func:`mien.checkpoints.store.save_folder` wrote.
        network: as the folder's weights fill it, in evaluation mode, nothing fused.
        inputs: examples, by name, in the order in which the network takes them.
        outputs: names of what the network returns.
        free: sides of the last input that may be any, by axis; the batch of all is always free.
        name: of the file.
        batches: names of the batches of inputs that may hold one row for all rows of the others, by input.

    Raises:
        ConfigError: the package onnx is missing, or the graph has weights that the folder lacks.
        SaveError: a file cannot be written.
    """
    try:
        import onnx
    except ImportError as error:
        raise ConfigError("Exporting to ONNX needs the package onnx; install mien[export].") from error
    sides = {one: {0: (batches or {}).get(one, BATCH)} for one in inputs}
    sides[list(inputs)[-1]] |= free or {}
    model = onnx.load_from_string(_traced(network, inputs, outputs, sides))
    _share_weights(model.graph, folder / WEIGHTS)
    model.producer_name, model.producer_version = "mien", ""
    shorten(model)
    data = model.SerializeToString(deterministic=True)
    with atomic_path(folder / name) as path:
        path.write_bytes(data)
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    shapes = {n: [sides[n].get(axis, size) for axis, size in enumerate(one.shape)] for n, one in inputs.items()}
    entry: dict[str, Any] = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "weights": config["sha256"],
    }
    entry |= {"opset": OPSET, "input": shapes, "outputs": list(outputs)}
    config["graphs"] = {**config.get("graphs", {}), name: entry}
    with atomic_path(folder / CONFIG) as path:
        path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def _traced(
    network: nn.Module, inputs: Mapping[str, Tensor], outputs: Sequence[str], sides: Mapping[str, Mapping[int, str]]
) -> bytes:
    """The network as torch exports it: batch normalization apart, weights under their names in the state."""
    axes: dict[str, Any] = {name: {0: BATCH} for name in outputs} | {name: dict(one) for name, one in sides.items()}
    # The tracing exporter is deprecated but needs no further packages; it warns about every shape it freezes.
    with TemporaryDirectory() as folder, without_warnings(), torch.inference_mode():
        torch.onnx.export(
            network,
            tuple(inputs.values()),
            str(Path(folder, GRAPH)),
            dynamo=False,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=axes,
            training=torch.onnx.TrainingMode.PRESERVE,  # in evaluation mode it would fuse, and make new weights
            do_constant_folding=False,
        )
        return Path(folder, GRAPH).read_bytes()


def _share_weights(graph: Any, weights: Path) -> None:
    """Replaces each initializer by where the file has it."""
    from onnx import TensorProto, helper

    layout, casts = file_layout(weights), []
    for tensor in graph.initializer:
        place = layout.get(tensor.name)
        if place is None or list(tensor.dims) != list(place.shape):
            raise ConfigError(f"{weights} has no {tensor.name} of shape {list(tensor.dims)}; export what it holds.")
        name = tensor.name
        if place.kind == "F16":
            tensor.name = f"{name}.half"
            casts.append(helper.make_node("Cast", [tensor.name], [name], name=f"{name}.cast", to=TensorProto.FLOAT))
        tensor.ClearField("raw_data")
        tensor.data_type = {"F16": TensorProto.FLOAT16, "F32": TensorProto.FLOAT}[place.kind]
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", weights.name), ("offset", place.start), ("length", place.size)):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, str(value)
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
