"""Graphs and modules are the same networks, and files that do not belong together are refused."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from skimage import data

from mien.align.crop import crop_face
from mien.align.finder import FaceFinder
from mien.backends.base import CropOptions
from mien.backends.later import PainterLater
from mien.checkpoints import store
from mien.checkpoints.hub import DEFAULT
from mien.checkpoints.store import BUNDLED, CONFIG, GRAPH, WEIGHTS
from mien.conditions.extract import conditions_of
from mien.conditions.parser import FaceParser
from mien.conditions.types import Conditions
from mien.editing.context import EditContext
from mien.editor import Editor
from mien.engine import PROVIDERS, accelerators, engine_of, load_detector, load_parser
from mien.engine.eager import ModuleNetwork
from mien.engine.faces import BUNDLED_GENERATOR, GraphFaces, ModuleFaces, gaussian, load_maker
from mien.engine.graph import GraphNetwork
from mien.engine.painting import PaintingGraphs
from mien.errors import ConfigError, CorruptCheckpointError
from mien.threads import available_threads
from mien.types import Photo
from recipes.graphs import EXPORTS, export, export_generator
from recipes.graphs_editor import export_editor


@pytest.fixture(scope="module")
def photo() -> Photo:
    return Photo(np.ascontiguousarray(data.astronaut()[:300, 80:380]))


def test_the_same_faces_and_labels_on_both_engines(photo: Photo) -> None:
    finders = [FaceFinder.bundled(engine) for engine in ("onnx", "torch")]
    assert isinstance(finders[0].detector, GraphNetwork) and isinstance(finders[1].detector, ModuleNetwork)
    (one,), (other,) = (finder.find(photo) for finder in finders)
    crop = crop_face(photo, one.quad, 256)
    to_256 = 256 / np.hypot(*(one.quad[3] - one.quad[0]))
    assert np.abs(one.landmarks - other.landmarks).max() * to_256 < 5e-4, "all look at the same crop"
    assert abs(one.score - other.score) < 1e-3
    graph, module = (FaceParser.bundled(engine) for engine in ("onnx", "torch"))
    assert np.abs(graph.logits(crop.pixels[None]) - module.logits(crop.pixels[None])).max() < 1e-3
    for side in (256, 400):
        pixels = crop_face(photo, one.quad, side).pixels
        assert (graph.parse_crop(pixels) == module.parse_crop(pixels)).mean() >= 0.9995
    assert finders[0].fingerprint != finders[1].fingerprint


def test_one_picture_of_a_batch_does_not_depend_on_the_others(photo: Photo) -> None:
    parser = FaceParser.bundled("onnx")
    crops = np.stack([photo.pixels[:128, :128], photo.pixels[40:168, 90:218]])
    np.testing.assert_allclose(parser.logits(crops)[1:], parser.logits(crops[1:]), atol=1e-4)


@pytest.mark.parametrize("kind", [*EXPORTS, BUNDLED_GENERATOR.name, DEFAULT])
def test_graphs_are_the_export_of_the_weights(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / kind
    shutil.copytree(BUNDLED / kind, folder)
    graphs = {path.name: path.read_bytes() for path in folder.glob("*.onnx")}
    for name in graphs:
        (folder / name).unlink()
    if kind in EXPORTS:
        export(folder, kind)
    elif kind == DEFAULT:
        export_editor(folder)
    else:
        export_generator(folder)
    made = {path.name: path.read_bytes() for path in folder.glob("*.onnx")}
    assert made == graphs, "run python -m recipes.graphs"
    assert json.loads((folder / CONFIG).read_text()) == json.loads((BUNDLED / kind / CONFIG).read_text())
    weights = (folder / WEIGHTS).stat().st_size
    assert sum(map(len, made.values())) < weights / 8, "no weights are in it"


def test_the_same_crops_are_painted_by_both_engines(photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIEN_ENGINE", "onnx")
    editor = Editor.from_pretrained()
    assert isinstance(editor.backend, PainterLater) and "module" not in editor.backend.__dict__
    (face,) = editor.finder.find(photo)
    crop = crop_face(photo, face.quad, editor.size).pixels
    mask = np.zeros(crop.shape[:2], np.float32)
    mask[40:100, 30:110] = 1
    layers = conditions_of(crop, editor.parser.parse_crop(crop)).replaced(mask=mask)
    other = layers.without("sketch", "color").replaced(exemplar=crop[:, ::-1].copy(), attributes={"smile": 1.0})
    weights = np.array([1, 3, 0, 1], np.float32).reshape(4, 1, 1)
    options = [CropOptions(), CropOptions(5, 0.6), CropOptions(2**33, 1.0, weights), CropOptions()]
    sure = np.where(mask > 0, np.uint8(200), np.uint8(0))[..., None]
    guided = Conditions(mask=mask, guide=np.concatenate([crop[:, ::-1], sure], 2))
    asked = ([crop] * 4, [layers, other, layers, guided], options)
    ways = [EditContext(editor), EditContext(editor)]
    graphs, modules = editor.backend.edit(*asked, ways[0]), editor.backend.module.edit(*asked, ways[1])
    for one, two in zip(graphs, modules, strict=True):
        np.testing.assert_allclose(one.pixels, two.pixels, atol=0.05)
        np.testing.assert_allclose(one.shares, two.shares, atol=1e-4)
    unguided = editor.backend.edit([crop], [guided.without("guide")], options[:1], EditContext(editor))[0]
    assert np.abs(unguided.pixels - graphs[3].pixels).max() > 10, "the bundled painter is told of guides"
    alone = editor.backend.edit([crop], [other], [options[1]], EditContext(editor))[0]
    np.testing.assert_allclose(alone.pixels, graphs[1].pixels, atol=0.05)
    for seed in (5, 2**40):
        nobody = [
            backend.generate(Conditions(), seed, None, ways[0]) for backend in (editor.backend, editor.backend.module)
        ]
        np.testing.assert_allclose(*nobody, atol=0.05)


def test_graphs_of_an_edit_are_loaded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda file, kind: hashed.append(file.name) or digest(file, kind))
    monkeypatch.setattr(store, "_VERIFIED", set())
    graphs = PaintingGraphs(BUNDLED / "portrait-editor")
    graphs.bank(np.zeros((1, *graphs.shape), np.float32), None)
    assert set(graphs._loaded) == {"bank"}, "a generated face needs no more"
    graphs.codes(np.zeros((1, 26, 128, 128), np.float32))
    assert set(graphs._loaded) == {"bank", "encoder", "features", "decoder"}
    assert hashed == [str(BUNDLED / "portrait-editor" / WEIGHTS)], "once for all graphs"


def test_the_same_faces_of_seeds_on_both_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIEN_ENGINE", raising=False)
    graph = load_maker(BUNDLED_GENERATOR)
    monkeypatch.setenv("MIEN_ENGINE", "torch")
    module = load_maker(BUNDLED_GENERATOR)
    assert isinstance(graph, GraphFaces) and isinstance(module, ModuleFaces)
    for psi, cutoff in ((0.7, None), (1.0, None), (0.4, 3)):
        codes = graph.codes([0, 7, 2**33 + 5], psi, cutoff)
        np.testing.assert_allclose(codes, module.codes([0, 7, 2**33 + 5], psi, cutoff), atol=1e-5)
    apart = np.abs(graph.pictures(codes).astype(int) - module.pictures(codes))
    assert apart.max() <= 1 and (apart > 0).mean() < 0.01
    for seed in (0, 12345, 2**40):
        drawn = torch.randn(64, generator=torch.Generator().manual_seed(seed)).numpy()
        np.testing.assert_allclose(gaussian(seed, 64), drawn, atol=1e-6)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _for_other_weights(folder: Path) -> None:
    config = json.loads((folder / CONFIG).read_text())
    config["graphs"][GRAPH]["weights"] = "0" * 64
    (folder / CONFIG).write_text(json.dumps(config))


def _unusable(folder: Path) -> None:
    (folder / GRAPH).write_bytes(b"no graph")
    config = json.loads((folder / CONFIG).read_text())
    config["graphs"][GRAPH]["sha256"] = "8a46cb4c4ebb2d0b5c0ecc6c3be3bf5d2a5e7bd0fcc3d4cb2ccfbe8ce9b0a2a7"
    (folder / CONFIG).write_text(json.dumps(config))


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda folder: _flip(folder / GRAPH), "does not match its checksum"),
        (lambda folder: _flip(folder / WEIGHTS), "does not match its checksum"),
        (_for_other_weights, "was made for other weights"),
        (_unusable, "does not match its checksum"),
    ],
)
def test_what_does_not_belong_together_is_refused(damage: object, told: str, tmp_path: Path) -> None:
    folder = tmp_path / "face-detector"
    shutil.copytree(BUNDLED / "face-detector", folder)
    damage(folder)  # type: ignore[operator]
    with pytest.raises(CorruptCheckpointError, match=told):
        load_detector(folder, "onnx")


def test_a_graph_that_cannot_be_run_is_refused(tmp_path: Path) -> None:
    from mien.engine.graph import open_session

    (tmp_path / GRAPH).write_bytes(b"no graph")
    with pytest.raises(CorruptCheckpointError, match="cannot be run"):
        open_session(tmp_path / GRAPH)


def test_the_engine_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIEN_ENGINE", raising=False)
    assert engine_of(BUNDLED / "face-parser") == "onnx"
    assert engine_of(tmp_path / "face-parser") == "torch", "graphs of others are not run unasked"
    assert isinstance(load_parser().to("meta"), ModuleNetwork), "elsewhere than on the CPU torch runs it"
    monkeypatch.setenv("MIEN_ENGINE", "torch")
    assert engine_of(BUNDLED / "face-parser") == "torch"
    monkeypatch.setenv("MIEN_ENGINE", "tensor")
    with pytest.raises(ConfigError, match="choose onnx, torch"):
        load_parser()
    shutil.copytree(BUNDLED / "face-parser", tmp_path / "face-parser", ignore=shutil.ignore_patterns(GRAPH))
    with pytest.raises(ConfigError, match="has no graph"):
        load_parser(tmp_path / "face-parser", "onnx")


def test_accelerators_are_named_and_refused_where_they_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(accelerators()) <= set(PROVIDERS)
    for name in set(PROVIDERS) - set(accelerators()):
        with pytest.raises(ConfigError, match=f"cannot use {name}"):
            load_detector(engine=f"onnx:{name}")
    monkeypatch.setitem(PROVIDERS, "cuda", "CPUExecutionProvider")  # type: ignore[index]
    monkeypatch.setenv("MIEN_ENGINE", "onnx:cuda")
    assert isinstance(load_maker(BUNDLED_GENERATOR), GraphFaces) and isinstance(load_detector(), GraphNetwork)


def test_threads_are_those_that_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3,2")
    assert available_threads() == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(5)), raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert available_threads() == 5


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_networks_run_in_a_forked_process(monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("no forks here")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    network = load_detector(engine="onnx")
    picture = np.zeros((1, 3, 64, 64), np.float32)
    expected = network(picture)[0]
    child = os.fork()
    if not child:
        os._exit(0 if np.allclose(network(picture)[0], expected) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert torch.from_numpy(expected).isfinite().all()
