"""House rules as tests: who may import whom, where pixels are scaled, strictness, lightness, size, names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "mien"
MODULES = sorted(SOURCE.rglob("*.py"))
MOST_LINES, LONGEST_FUNCTION = 300, 40

# A package may import itself and those named here; everybody may import what is in COMMON.
COMMON = {"errors", "types", "files", "quiet", "forks", "packages", "interrupt", "threads", "_version"}
ALLOWED = {
    "pixels": set(),
    "photos": set(),
    "models": set(),
    "losses": {"models"},
    "checkpoints": {"models"},
    "engine": {"models", "checkpoints", "pixels"},
    "align": {"models", "engine", "photos", "pixels"},
    "conditions": {"checkpoints", "engine", "photos", "pixels", "align"},
    "data": {"pixels", "photos", "align", "models"},
    "training": {"compose", "models", "losses", "data", "checkpoints", "pixels", "conditions", "finding"},
    "evaluation": {
        *("models", "losses", "data", "checkpoints", "pixels", "photos", "conditions", "align"),
        *("editing", "editor", "engine", "backends", "compose"),  # what the protocol judges
    },
    "guides": {"photos", "pixels", "align", "compose", "conditions"},
    "compose": {"photos", "pixels", "align"},
    "words": {"conditions"},
    "inversion": {"models", "checkpoints", "pixels", "photos", "align", "conditions", "editing"},
    "finding": {"words", "photos", "pixels", "align", "conditions", "models", "checkpoints", "engine"},
    "generation": {
        *("models", "checkpoints", "engine", "pixels", "photos", "align", "conditions", "words", "finding", "data"),
        *("guides", "compose"),  # heads that are lent to generated faces
    },
    "directions": {"models", "checkpoints", "engine", "pixels", "photos", "align", "conditions", "guides"},
    "backends": {
        *("models", "checkpoints", "engine", "pixels", "conditions", "compose", "editing", "finding", "generation"),
        "guides",  # shapes of expressions
    },
    "editing": {
        "finding",
        "models",
        "losses",
        "checkpoints",
        "photos",
        "pixels",
        "align",
        "conditions",
        "compose",
        "guides",
        "words",
    },
    "editor": {"models", "checkpoints", "photos", "pixels", "align", "conditions", "editing", "backends", "compose"},
    "sessions": {"photos", "align", "conditions", "editing", "evaluation", "backends"},
    "session": {"sessions", "editor", "editing"},
    "serve": {
        *("align", "compose", "conditions", "photos", "editing", "guides", "words", "finding"),
        *("backends", "checkpoints", "editor", "session", "sessions", "generation", "inversion"),
    },
    "batch": {"editing", "editor", "photos", "sessions"},
    "doctor": {"align", "checkpoints", "conditions", "editor", "engine", "guides", "photos"},
    "client": set(),
    "__main__": {"cli"},
    "cli": {
        *("align", "conditions", "photos", "pixels", "checkpoints", "models", "training", "data", "evaluation"),
        *(
            "editing",
            "engine",
            "guides",
            "backends",
            "editor",
            "session",
            "sessions",
            "serve",
            "words",
            "directions",
            "batch",
            "doctor",
            "finding",
            "generation",
            "inversion",
        ),
    },
}
HEAVY = {"torch", "numpy", "cv2", "PIL", "rich", "scipy", "safetensors", "kornia", "accelerate", "huggingface_hub"}
# Words that told the authors something and a reader nothing; the field has terms for all of them.
PRIVATE_WORDS = {
    *("heed", "heeds", "heeded", "exam", "examination", "gauge", "bench", "choosing", "making"),
    *("said", "own", "job"),
}


STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def walked(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(path)))


def imports(path: Path, *, top_level_only: bool = False) -> Iterator[str]:
    """Dotted names that a file imports; those under TYPE_CHECKING do not count, since they never run."""
    nodes: list[ast.AST] = list(tree(path).body)
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
        inner = (one for one in ast.iter_child_nodes(node) if isinstance(one, STATEMENTS))
        nodes.extend(inner)


def roots(path: Path, *, top_level_only: bool = False) -> set[str]:
    return {name.split(".")[0] for name in imports(path, top_level_only=top_level_only)}


def within(folder: str) -> list[Path]:
    return [path for path in MODULES if folder in path.relative_to(SOURCE).parts]


def dotted(path: Path) -> str:
    parts = ("mien", *path.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_imports_follow_the_arrows() -> None:
    homes = {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in MODULES}
    wrong = []
    for path in MODULES:
        home = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        allowed = COMMON if home in COMMON | {"__init__"} else ALLOWED[home] | COMMON | {home}
        used = {parts[1] for parts in (i.split(".") for i in imports(path)) if parts[0] == "mien" and len(parts) > 1}
        wrong += [f"{dotted(path)} imports {other}" for other in sorted((used & homes) - allowed)]
    assert not wrong
    assert set(ALLOWED) | COMMON | {"__init__"} >= homes, "every folder has its line in ALLOWED"


def test_no_modules_import_each_other_in_a_circle() -> None:
    known = {dotted(path) for path in MODULES}
    graph = {dotted(path): known & set(imports(path, top_level_only=True)) - {dotted(path)} for path in MODULES}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_pixels_are_scaled_in_one_place() -> None:
    scaling = re.compile(r"127\.5|/ ?255\.0? ?\* ?2")
    others = [path for path in MODULES if path != SOURCE / "pixels.py"]
    assert not [dotted(path) for path in others if scaling.search(path.read_text("utf-8"))], "use mien.pixels"


def test_only_importers_may_relax_strictness() -> None:
    for path in set(MODULES) - set(within("foreign")):
        for node in walked(path):
            if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id == "zip"):
                relaxed = [k for k in node.keywords if k.arg == "strict" and ast.unparse(k.value) == "False"]
                assert not relaxed, f"{path}:{node.lineno}: strict=False belongs into checkpoints/foreign"


def test_models_touch_no_files() -> None:
    forbidden = {"open", "torch.load", "torch.save", "torch.hub.load", "torch.jit.load"}
    for path in within("models"):
        assert not roots(path) & {"pathlib", "os", "safetensors", "huggingface_hub", "json"}, path
        assert not {ast.unparse(n.func) for n in walked(path) if isinstance(n, ast.Call)} & forbidden, path


def test_what_is_light_stays_light() -> None:
    assert not [path for path in within("photos") if "torch" in roots(path)]
    assert not [path for path in within("cli") if roots(path, top_level_only=True) & HEAVY]
    heavy = sorted(HEAVY - {"rich"})  # Typer brings Rich along
    code = f"import mien.errors, mien.cli.app\nimport sys\nprint(sorted(set({heavy!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_files_and_functions_stay_small() -> None:
    long = [f"{path}: {lines(path)} lines" for path in MODULES if lines(path) > MOST_LINES]
    for path in MODULES:
        for node in walked(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                start = node.body[1].lineno if ast.get_docstring(node) and len(node.body) > 1 else node.lineno
                if (node.end_lineno or start) - start > LONGEST_FUNCTION:
                    long.append(f"{path}:{node.lineno}: {node.name}")
    assert not long


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_names_are_terms_of_the_field() -> None:
    named = {(path, path.stem) for path in MODULES}
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    named |= {(path, node.arg) for path in MODULES for node in walked(path) if isinstance(node, ast.arg)}
    named |= {(path, node.name) for path in MODULES for node in walked(path) if isinstance(node, definitions)}
    words = ((path, name, re.findall(r"[A-Z]?[a-z]+", name)) for path, name in named)
    private = [f"{path}: {name}" for path, name, parts in words if {part.lower() for part in parts} & PRIVATE_WORDS]
    assert not private, "say it in the field's own terms"
    assert not {path.stem for path in MODULES} & {*HEAVY, "onnx"}, "a module that is called like a package"


def test_public_names_resolve() -> None:
    import mien

    for public in mien.__all__:
        assert getattr(mien, public) is not None
    with pytest.raises(AttributeError):
        _ = mien.nonsense


def test_programs_in_files_run_in_one_place() -> None:
    """TorchScript and pickles run code: one function loads each, and asks whether the file is trusted."""
    others = [
        path for part in (SOURCE, *(ROOT / name for name in ("recipes", "benchmarks"))) for path in part.rglob("*.py")
    ]
    calls = [
        f"{path}:{node.lineno}"
        for path in others
        for node in walked(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("load", "loads")
        and ast.unparse(node.func) in {"torch.jit.load", "pickle.load", "pickle.loads"}
    ]
    assert [call.split(":")[0] for call in calls] == [str(SOURCE / "checkpoints" / "judges.py")], calls
