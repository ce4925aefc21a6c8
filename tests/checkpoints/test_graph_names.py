"""Graphs with short names compute the same bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mien.checkpoints.graph_names import shorten
from mien.checkpoints.store import BUNDLED

onnx = pytest.importorskip("onnx")


def model(*, kept: str = "wide_name_of_an_output") -> Any:
    node, tensor = onnx.helper.make_node, onnx.numpy_helper.from_array
    two = [tensor(np.float32([2.0]), "value") for _ in range(2)]
    nodes = [
        node("Constant", [], ["/first/Constant_output_0"], name="/first/Constant", value=two[0]),
        node("Constant", [], ["/second/Constant_output_0"], name="/second/Constant", value=two[1], doc_string="x"),
        node("Mul", ["a", "/first/Constant_output_0"], ["/first/Mul_output_0"], name="/first/Mul"),
        node("Mul", ["a", "/second/Constant_output_0"], ["/second/Mul_output_0"]),
        node("Add", ["/first/Mul_output_0", "a.long.weight"], ["/sum"]),
        node("Clip", ["/sum", "", "the.largest"], [kept]),
        node("Add", ["/second/Mul_output_0", "/sum"], ["c"]),
        node("Add", ["/second/Mul_output_0", "/sum"], ["d"]),
    ]
    info = onnx.helper.make_tensor_value_info
    ends = [info(name, 1, [3]) for name in (kept, "c", "d")]
    weights = [tensor(np.float32([0.1, 0.2, 0.3]), "a.long.weight"), tensor(np.float32(1.5), "the.largest")]
    graph = onnx.helper.make_graph(nodes, "a long name", [info("a", 1, [3])], ends, weights)
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)


def run(one: Any) -> list[Any]:
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(one.SerializeToString(), providers=["CPUExecutionProvider"])
    return list(session.run(None, {"a": np.float32([0.3, -1.7, 5.1])}))


def test_results_and_names_outside_stay() -> None:
    short = model()
    shorten(short)
    onnx.checker.check_model(short)
    assert [one.name for one in short.graph.output] == ["wide_name_of_an_output", "c", "d"]
    for one, other in zip(run(model()), run(short), strict=True):
        np.testing.assert_array_equal(one, other)


def test_one_letter_for_each_value_and_one_node_for_each_thing() -> None:
    short = model()
    shorten(short)
    inner = {name for node in short.graph.node for name in node.output} - {"wide_name_of_an_output", "c", "d"}
    assert max(map(len, inner)) == 1 and not inner & {"a"}, "an input's name is no other's"
    assert [node.op_type for node in short.graph.node] == ["Constant", "Mul", "Add", "Clip", "Add", "Add"]
    assert not any(node.name or node.doc_string for node in short.graph.node)
    again = model()
    shorten(again)
    shorten(again)
    assert again == short, "what is short stays as it is"


def test_more_values_than_letters_have_different_names() -> None:
    long = model()
    node = onnx.helper.make_node
    for index in range(300):
        name = "a" if index == 0 else f"/many/{index - 1}"
        long.graph.node.append(node("Neg", [name], [f"/many/{index}"]))
    shorten(long)
    names = [name for one in long.graph.node for name in one.output]
    assert len(names) == len(set(names)) and max(map(len, set(names) - {"wide_name_of_an_output"})) == 2


def test_a_graph_in_a_node_is_refused() -> None:
    inner = model()
    inner.graph.node.append(onnx.helper.make_node("If", ["a"], ["z"], then_branch=inner.graph))
    with pytest.raises(ValueError, match="graph inside"):
        shorten(inner)


def test_bundled_graphs_are_short() -> None:
    paths: list[Path] = sorted(BUNDLED.glob("*/*.onnx"))
    assert paths and sum(path.stat().st_size for path in paths) < 500_000
