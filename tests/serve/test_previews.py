"""What a browser makes of the data for previews is close to the real edit; layers and labels lie where they should."""

from __future__ import annotations

import base64
import json
from typing import Any

import cv2
import numpy as np

from mien.client import RemoteSession
from mien.serve.answers import EditAnswer, SessionAnswer, TreeFacts
from tests.serve.conftest import as_png, pixels_of


def warped(photo: np.ndarray, told: dict[str, Any], field: np.ndarray) -> np.ndarray:
    """The preview of docs/api.md: each pixel p shows the photo's at p + field(p)."""
    x0, y0, x1, y1 = told["box"]
    height, width = photo.shape[:2]
    offsets = cv2.resize(field.astype(np.float32), (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    whole = np.zeros((height, width, 2), np.float32)
    whole[y0:y1, x0:x1] = offsets
    ys, xs = np.mgrid[:height, :width].astype(np.float32)
    return np.asarray(cv2.remap(photo, xs + whole[..., 0], ys + whole[..., 1], cv2.INTER_LINEAR))


def numbers(text: str, kind: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), kind).reshape(shape)


def closer(preview: np.ndarray, real: np.ndarray, photo: np.ndarray) -> float:
    """How much of the change a preview misses: 0 nothing, 1 all."""
    difference = np.abs(preview.astype(float) - real).mean()
    return float(difference / np.abs(photo.astype(float) - real).mean())


def test_moves_and_drags(session: RemoteSession) -> None:
    photo = pixels_of(session.picture())
    told = json.loads(session.get("faces/0/field", columns=48, attributes="nose-width"))
    size = told["rows"], told["columns"]
    field = numbers(told["attributes"]["nose-width"], "<i2", *size, 2) * told["scale"]
    session.edit(reshape={"nose-width": -1.5})
    assert closer(warped(photo, told, -1.5 * field), pixels_of(session.picture()), photo) < 0.4

    session.undo()
    (nose_x, nose_y), sigma = session.faces[0]["landmarks"][4], told["drag"]["sigma"]
    pull = np.array([0.0, -0.06 * told["unit"]])
    session.edit(drag=[[nose_x, nose_y, nose_x + pull[0], nose_y + pull[1]]])
    weight = numbers(told["weight"], np.uint8, *size) / 255
    x0, y0, x1, y1 = told["box"]
    xs = x0 + (np.arange(size[1]) + 0.5) * (x1 - x0) / size[1]
    ys = y0 + (np.arange(size[0]) + 0.5) * (y1 - y0) / size[0]
    away = (xs[None] - nose_x - pull[0]) ** 2 + (ys[:, None] - nose_y - pull[1]) ** 2
    field = -pull * (weight * np.exp(-away / (2 * sigma**2)))[..., None]
    assert closer(warped(photo, told, field), pixels_of(session.picture()), photo) < 0.6


def test_dyes(session: RemoteSession) -> None:
    photo = pixels_of(session.picture())
    matte = pixels_of(session.get("faces/0/matte", region="hair")).astype(float)[..., None] / 255
    table = np.frombuffer(session.get("faces/0/dye", region="hair", color="auburn"), np.uint8).reshape(17, 17, 17, 3)
    nearest = np.rint(photo / 255 * 16).astype(int)
    dyed = table[nearest[..., 2], nearest[..., 1], nearest[..., 0]]  # red is fastest
    session.edit(dye={"hair": "auburn"})
    assert closer(photo + matte * (dyed - photo.astype(float)), pixels_of(session.picture()), photo) < 0.55


def test_labels_masks_and_layers_lie_over_the_photo(opened: RemoteSession) -> None:
    width, height = opened.photo["width"], opened.photo["height"]
    labels = pixels_of(opened.get("faces/0/labels"))
    assert labels.shape == (height, width)
    nose_x, nose_y = (round(v) for v in opened.faces[0]["landmarks"][4])
    assert labels[nose_y, nose_x] == 10
    mask = pixels_of(opened.get("faces/0/mask", region="nose"))
    assert mask[nose_y, nose_x] == 255 and np.mean((mask > 127) == (labels == 10)) > 0.99
    small = pixels_of(opened.get("faces/0/labels", width=120))
    assert small.shape == (round(height * 120 / width), 120) and small[nose_y // 2, nose_x // 2] == 10
    told = json.loads(opened.get("faces/0/layers", side=128))
    assert set(told["layers"]) == {"image", "sketch", "semantic", "color", "labels"}
    crop = pixels_of(opened.get("faces/0/layers/labels", side=128))
    x, y = np.linalg.solve(np.array(told["matrix"])[:, :2], np.array([nose_x, nose_y]) - np.array(told["matrix"])[:, 2])
    assert crop[int(y), int(x)] == 10
    shapes = {name: pixels_of(opened.get(f"faces/0/layers/{name}", side=64)).shape for name in told["layers"]}
    assert shapes == {
        **dict.fromkeys(("sketch", "labels"), (64, 64)),
        **dict.fromkeys(("image", "semantic"), (64, 64, 3)),
        "color": (64, 64, 4),
    }


def test_extracted_layers_may_be_sent_back(session: RemoteSession) -> None:
    for name, frame in (("sketch", "photo"), ("semantic", "photo"), ("color", "crop")):
        layer = session.get(f"faces/0/layers/{name}", side=256, frame=frame)
        edit = session.edit(mask="mouth", mode="look", keep=False, **{name: layer})
        assert edit.step is None and "edited at 128 px" in edit.operations[0]


def test_answers_are_as_they_are_described(session: RemoteSession) -> None:
    edit = session.edit(reshape={"nose-width": -1})
    shown = EditAnswer.model_validate(edit.facts)
    assert shown.model_dump(by_alias=True, exclude_none=True).keys() >= edit.facts.keys() - {"outcome"}
    TreeFacts.model_validate(session.tree)
    facts = session.client.json("GET", f"/api/sessions/{session.id}", headers={"X-Mien-Key": session.key})
    assert len(SessionAnswer.model_validate(facts).faces[0].landmarks) == 478


def test_a_photo_without_a_face_opens_too(session: RemoteSession) -> None:
    rng = np.random.default_rng(0)
    wall = session.client.open(as_png(rng.integers(90, 110, (96, 128, 3)).astype(np.uint8)), "wall.png")
    assert wall.faces == [] and pixels_of(wall.get("steps/0/thumbnail")).shape[2] == 3
