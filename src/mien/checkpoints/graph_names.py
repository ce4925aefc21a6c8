"""Graphs without what is only for people: names as short as they can be, and nothing computed twice.

The tracing exporter names every value after the module it comes from, which takes more bytes than what is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def shorten(model: Any) -> None:
    """Renames a graph's values in place; its inputs and outputs keep their names, and its results stay the same bits.

    Names of nodes, comments, and shapes of values inside go; of nodes that compute the same of the same, constants
    above all, one is left. Weights are renamed too: where they lie is told by offsets.

    Args:
        model: an ``onnx.ModelProto`` without graphs inside of nodes, and without random numbers.

    Raises:
        ValueError: a node has a graph inside.
    """
    graph = model.graph
    kept = {one.name for one in (*graph.input, *graph.output)}
    for holder in (model, graph):
        holder.ClearField("doc_string")
    graph.name = "g"
    del graph.value_info[:]
    names, seen = {name: name for name in ("", *kept)}, dict[bytes, list[str]]()
    short = _names(kept)
    for weight in graph.initializer:
        names.setdefault(weight.name, next(short))
        weight.name = names[weight.name]
    nodes = []
    for node in graph.node:
        if any(attribute.HasField("g") or attribute.graphs for attribute in node.attribute):
            raise ValueError(f"a node of {node.op_type} has a graph inside; names there cannot be shortened.")
        given, made = [names[name] for name in node.input], list(node.output)
        for field in ("name", "doc_string", "metadata_props"):
            node.ClearField(field)
        del node.input[:], node.output[:]
        node.input.extend(given)
        what = node.SerializeToString(deterministic=True)
        if what in seen and not kept & set(made):
            names |= dict(zip(made, seen[what], strict=True))
            continue
        names |= {name: next(short) for name in made if name not in names}
        node.output.extend(names[name] for name in made)
        seen.setdefault(what, list(node.output))
        nodes.append(node)
    _replace(graph.node, nodes)


def _names(taken: set[str]) -> Iterator[str]:
    """All names, the shortest first, without those that are taken."""
    for number in count(1):
        letters = ""
        while number:
            number, letter = divmod(number - 1, len(_LETTERS))
            letters = _LETTERS[letter] + letters
        if letters not in taken:
            yield letters


def _replace(field: Any, messages: list[Any]) -> None:
    copies = [type(message).FromString(message.SerializeToString(deterministic=True)) for message in messages]
    del field[:]
    field.extend(copies)
