"""Whatever an edit tells in a note, a doubt or a complaint is said on the page in its other languages, too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import mien

ROOT = Path(mien.__file__).parent
FOLDERS = ("editing", "guides", "compose")
"""Of what makes and tells notes of an edit."""

PLACE = "\0"
"""Stands for what differs."""


@cache
def rows() -> tuple[re.Pattern[str], ...]:
    """The English sentences of the page, each as a pattern."""
    text = (ROOT / "serve/static/js/words/sentences.js").read_text("utf-8")
    first = re.findall(r"^  \[(?:'((?:[^'\\]|\\.)*)'|\"([^\"]*)\")", text, re.MULTILINE)
    parts = [re.split(r"{\d}", one or other) for one, other in first]
    return tuple(re.compile(".+".join(map(re.escape, each)), re.DOTALL) for each in parts)


@cache
def parsed(path: Path) -> tuple[ast.Module, dict[str, str], dict[str, tuple[Path, str]]]:
    """A module, its strings that have a name, and whence its other names of mien come."""
    tree = ast.parse(path.read_text("utf-8"))
    brought = {
        one.asname or one.name: (ROOT.joinpath(*node.module.split(".")[1:]).with_suffix(".py"), one.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mien.")
        for one in node.names
    }
    return tree, dict(_named(tree)), brought


def known(path: Path, name: str) -> str | None:
    """The string of a name in a module."""
    _, own, brought = parsed(path)
    if name in own or name not in brought or not name.isupper():
        return own.get(name)
    source, name = brought[name]
    return parsed(source)[1].get(name) if source.is_file() else None


def _named(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = node.value
            inner = value.args[0] if isinstance(value, ast.Call) and value.args else value
            if isinstance(inner, ast.Constant | ast.JoinedStr) and (text := _text(inner)):
                yield node.targets[0].id, text


def _text(node: ast.expr) -> str | None:
    """A string that is written out, with :data:`PLACE` where something is put in."""
    if isinstance(node, ast.Constant):
        return re.sub(r"{[^}]*}", PLACE, node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else PLACE for one in node.values)
    return None


def told(path: Path) -> Iterator[str]:
    """Every string of a module that becomes a note, a doubt or a complaint."""
    tree, own, _ = parsed(path)
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(getattr(node.value, "func", None), "id", "") == "Doubt":
            yield from (own[one.id] for one in node.targets if isinstance(one, ast.Name))
    for value in _values(tree):
        inside = list(ast.walk(value))
        formats = {id(part) for one in inside if isinstance(one, ast.JoinedStr) for part in one.values}
        for one in inside:
            if isinstance(one, ast.Name):
                yield known(path, one.id) or ""
            elif isinstance(one, ast.expr) and id(one) not in formats:
                yield _text(one) or ""


def _values(tree: ast.Module) -> Iterator[ast.AST]:
    """What is put into notes, and what a doubt is made of; all of a function that goes over several doubts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(one, ast.Name) and one.id in ("notes", "words") for one in targets):
                yield node.value
        elif isinstance(node, ast.Call):
            yield from (one.value for one in node.keywords if one.arg == "notes")
            name, of = getattr(node.func, "attr", ""), getattr(node.func, "value", None)
            if name == "append" and isinstance(of, ast.Name) and of.id in ("notes", "words"):
                yield from node.args
            if isinstance(node.func, ast.Name) and node.func.id == "Doubt":
                yield from node.args
        elif isinstance(node, ast.FunctionDef) and "Doubt" in ast.unparse(node.returns or ast.Constant(None)):
            yield from node.body[1 if ast.get_docstring(node) else 0 :]


def test_what_an_edit_tells_is_translated() -> None:
    found: dict[str, str] = {}
    for path in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        if re.search("notes|Doubt|complaints", path.read_text("utf-8")):
            for text in told(path):
                if len(re.findall("[A-Za-z]{2,}", text)) >= 4:  # not words that are put into a sentence
                    found.setdefault(text, path.name)
    assert len(found) > 40
    missing = {text: name for text, name in found.items() if not any(one.fullmatch(text) for one in rows())}
    assert not missing, missing
