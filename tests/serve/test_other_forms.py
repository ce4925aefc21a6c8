"""Endpoints in the form of other programs: which side of a mask may change, and that their clients are content."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import Any

import numpy as np
import openai
import pytest

from tests.serve.conftest import Running, as_png, pixels_of


@pytest.fixture(scope="module")
def place(opened: Any) -> tuple[slice, slice]:
    """A part of the face."""
    x, y = (round(v) for v in np.mean(opened.faces[0]["quad"], 0))
    return np.s_[y - 10 : y + 10, x - 10 : x + 10]


@pytest.fixture(scope="module")
def white_inside(opened: Any, place: tuple[slice, slice]) -> np.ndarray:
    mask = np.zeros((opened.photo["height"], opened.photo["width"]), np.uint8)
    mask[place] = 255
    return mask


@pytest.fixture
def sdk(server: Running) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key="ignored", max_retries=0)


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def named(data: bytes, name: str = "photo.png") -> BytesIO:
    file = BytesIO(data)
    file.name = name
    return file


def changed(before: bytes, after: bytes) -> np.ndarray:
    return np.asarray((pixels_of(before)[..., :3] != pixels_of(after)[..., :3]).any(2))


def test_openai_transparent_may_change(sdk: openai.OpenAI, portrait_png: bytes, white_inside: np.ndarray) -> None:
    alpha = 255 - white_inside
    mask = as_png(np.dstack([np.zeros((*alpha.shape, 3), np.uint8), alpha]))
    wish = json.dumps({"color": "#3050c0", "mode": "look"})
    answer = sdk.images.edit(
        image=named(portrait_png), mask=named(mask, "mask.png"), prompt=" ", model="mien", extra_body={"mien": wish}
    )
    assert answer.data and answer.data[0].b64_json and answer.output_format == "png"
    differs = changed(portrait_png, base64.b64decode(answer.data[0].b64_json))
    assert differs.any() and not differs[white_inside == 0].any()


def test_openai_words_choose_the_region_where_there_is_no_mask(sdk: openai.OpenAI, portrait_png: bytes) -> None:
    answer = sdk.images.edit(image=named(portrait_png), prompt="a slight smile", response_format="url")
    assert answer.data and answer.data[0].url
    from urllib.request import urlopen

    with urlopen(answer.data[0].url) as file:
        assert changed(portrait_png, file.read()).any()
    assert [model.id for model in sdk.models.list()] == ["mien"]


def test_openai_errors_and_streams(sdk: openai.OpenAI, portrait_png: bytes, white_inside: np.ndarray) -> None:
    with pytest.raises(openai.BadRequestError, match="transparency"):
        sdk.images.edit(image=named(portrait_png), mask=named(as_png(white_inside), "m.png"), prompt="a smile")
    with pytest.raises(openai.BadRequestError, match="helicopter"):
        sdk.images.edit(image=named(portrait_png), prompt="a helicopter")
    events = list(sdk.images.edit(image=named(portrait_png), prompt="a slight smile", stream=True))
    assert [event.type for event in events] == ["image_edit.completed"]


@pytest.mark.parametrize("invert", [0, 1])
def test_a1111_white_may_change_unless_inverted(
    server: Running, portrait_png: bytes, white_inside: np.ndarray, invert: int
) -> None:
    mask = 255 - white_inside if invert else white_inside
    body = {
        "init_images": ["data:image/png;base64," + text(portrait_png)],
        "mask": text(as_png(mask)),
        "inpainting_mask_invert": invert,
        "sampler_name": "Euler a",
        "cfg_scale": 7,
        "something_new": {"deep": [1]},
        "alwayson_scripts": {"mien": {"args": [{"color": "#3050c0", "mode": "look"}]}},
    }
    status, answer = server.ask_json("POST", "/sdapi/v1/img2img", body)
    assert status == 200 and json.loads(answer["info"])["all_seeds"] == [0]
    differs = changed(portrait_png, base64.b64decode(answer["images"][0]))
    assert differs.any() and not differs[white_inside == 0].any()


@pytest.mark.parametrize(
    "path", ["sd-models", "samplers", "schedulers", "upscalers", "sd-vae", "loras", "options", "progress"]
)
def test_a1111_probes(server: Running, path: str) -> None:
    status, answer = server.ask_json("GET", f"/sdapi/v1/{path}")
    assert status == 200 and isinstance(answer, list | dict)


def test_a1111_errors_and_the_rest(server: Running) -> None:
    status, answer = server.ask_json("POST", "/sdapi/v1/img2img", {"init_images": ["???"]})
    assert status == 400 and set(answer) == {"error", "detail", "body", "errors"}
    for path, body in (("options", {"a": 1}), ("interrupt", {}), ("png-info", {"image": ""})):
        assert server.ask_json("POST", f"/sdapi/v1/{path}", body)[0] == 200


def test_iopaint_lighter_than_127_vanishes(server: Running, portrait_png: bytes, white_inside: np.ndarray) -> None:
    mask = np.where(white_inside > 0, 128, 127).astype(np.uint8)
    data = json.dumps({"image": text(portrait_png), "mask": text(as_png(mask)), "ldm_steps": 20}).encode()
    status, headers, answer = server.ask("POST", "/api/v1/inpaint", data, Content_Type="application/json")
    assert status == 200 and headers["content-type"] == "image/png" and headers["x-seed"] == "0"
    differs = changed(portrait_png, answer)
    assert differs.any() and not differs[white_inside == 0].any()


def test_iopaint_works_without_a_face_and_refuses_other_sizes(server: Running) -> None:
    rng = np.random.default_rng(0)
    wall = rng.integers(90, 110, (96, 128, 3)).astype(np.uint8)
    wall[40:50, 60:70] = 255
    mask = np.zeros((96, 128), np.uint8)
    mask[38:52, 58:72] = 255
    data = json.dumps({"image": text(as_png(wall)), "mask": text(as_png(mask))}).encode()
    status, _, answer = server.ask("POST", "/api/v1/inpaint", data, Content_Type="application/json")
    assert status == 200 and pixels_of(answer)[45, 65, 0] < 130
    status, told = server.ask_json(
        "POST", "/api/v1/inpaint", {"image": text(as_png(wall)), "mask": text(as_png(mask[:50]))}
    )
    assert status == 400 and "one of its size" in told["detail"]


@pytest.mark.parametrize("path", ["server-config", "model", "samplers"])
def test_iopaint_probes(server: Running, path: str) -> None:
    assert server.ask_json("GET", f"/api/v1/{path}")[0] == 200
