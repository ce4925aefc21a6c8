"""House rules as tests: who may import whom, where pixels are scaled, strictness, lightness."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "mien"
MODULES = sorted(SOURCE.rglob("*.py"))

# A package may import itself and those named here; everybody may import errors, types and files.
COMMON = {"errors", "types", "files", "quiet", "forks", "_version"}
ALLOWED = {
    "pixels": set(),
    "photos": set(),
    "models": set(),
    "losses": {"models"},
    "checkpoints": {"models"},
    "align": {"models", "checkpoints", "photos", "pixels"},
    "conditions": {"models", "checkpoints", "photos", "pixels", "align"},
    "data": {"pixels", "photos", "align", "models"},
    "training": {"models", "losses", "data", "checkpoints", "pixels", "conditions"},
    "evaluation": {
        *("models", "losses", "data", "checkpoints", "pixels", "photos", "conditions", "align"),
        *("editing", "editor", "backends", "compose"),  # what the protocol judges
    },
    "compose": {"photos", "pixels", "align"},
    "backends": {"models", "checkpoints", "pixels", "conditions", "compose", "editing"},
    "editing": {"models", "losses", "checkpoints", "photos", "pixels", "align", "conditions", "compose"},
    "editor": {"models", "checkpoints", "photos", "pixels", "align", "conditions", "editing", "backends", "compose"},
    "sessions": {"photos", "align", "conditions", "editing", "evaluation", "backends"},
    "session": {"sessions", "editor", "editing"},
    "__main__": {"cli"},
    "cli": {
        "align",
        "conditions",
        "photos",
        "pixels",
        "checkpoints",
        "models",
        "training",
        "data",
        "evaluation",
        "editing",
        "backends",
        "editor",
        "session",
        "sessions",
        "cli",
    },
}
HEAVY = {"torch", "numpy", "cv2", "PIL", "rich", "scipy", "safetensors", "kornia", "accelerate", "huggingface_hub"}


def imports(path: Path, *, top_level_only: bool = False) -> Iterator[str]:
    """Dotted names that a file imports; those under TYPE_CHECKING do not count, since they never run."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes: list[ast.AST] = list(tree.body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and top_level_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        nodes.extend(ast.iter_child_nodes(node))


def name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_follow_the_arrows(path: Path) -> None:
    home = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    allowed = COMMON if home in COMMON | {"__init__"} else ALLOWED[home] | COMMON | {home}
    used = {parts[1] for parts in (i.split(".") for i in imports(path)) if parts[0] == "mien" and len(parts) > 1}
    assert not {u for u in used if (SOURCE / u).exists() or (SOURCE / f"{u}.py").exists()} - allowed


@pytest.mark.parametrize("path", [p for p in MODULES if p != SOURCE / "pixels.py"], ids=name)
def test_pixels_are_scaled_in_one_place(path: Path) -> None:
    assert not re.search(r"127\.5|/ ?255\.0? ?\* ?2", path.read_text(encoding="utf-8")), "use mien.pixels"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_importers_may_relax_strictness(path: Path) -> None:
    if "foreign" in path.parts:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id == "zip"):
            relaxed = [k for k in node.keywords if k.arg == "strict" and ast.unparse(k.value) == "False"]
            assert not relaxed, f"line {node.lineno}: strict=False belongs into checkpoints/foreign"


@pytest.mark.parametrize("path", [p for p in MODULES if "photos" in p.parts], ids=name)
def test_photos_never_need_torch(path: Path) -> None:
    assert "torch" not in {i.split(".")[0] for i in imports(path)}


@pytest.mark.parametrize("path", [p for p in MODULES if "cli" in p.parts], ids=name)
def test_verbs_import_heavy_things_when_they_run(path: Path) -> None:
    assert not {i.split(".")[0] for i in imports(path, top_level_only=True)} & HEAVY


@pytest.mark.parametrize("path", [p for p in MODULES if "models" in p.parts], ids=name)
def test_models_touch_no_files(path: Path) -> None:
    assert not {i.split(".")[0] for i in imports(path)} & {"pathlib", "os", "safetensors", "huggingface_hub", "json"}
    calls = {ast.unparse(n.func) for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)}
    assert not calls & {"open", "torch.load", "torch.save", "torch.hub.load", "torch.jit.load"}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 320


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_functions_stay_small(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            start = node.body[1].lineno if ast.get_docstring(node) and len(node.body) > 1 else node.lineno
            assert (node.end_lineno or start) - start <= 45, f"{node.name} is too long"


@pytest.mark.parametrize("statement", ["import mien", "from mien.errors import MienError", "import mien.cli.app"])
def test_import_is_light(statement: str) -> None:
    heavy = sorted(HEAVY - {"rich"})  # Typer brings Rich along
    code = f"{statement}\nimport sys\nprint(sorted(set({heavy!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_resolve() -> None:
    import mien

    for public in mien.__all__:
        assert getattr(mien, public) is not None
    with pytest.raises(AttributeError):
        _ = mien.nonsense
