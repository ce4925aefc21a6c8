"""Ways into the page and around it: two faces, fingers, the camera, large photos, other languages."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mien.guides.bank import BUNDLED as BANK
from tests.web.conftest import Shown

pytestmark = pytest.mark.web
LIPS, FOREHEAD = 13, 151


@pytest.fixture
def german(browser: Any, address: str) -> Any:
    with browser.new_context(viewport={"width": 1100, "height": 800}, locale="de-DE", accept_downloads=True) as context:
        page = context.new_page()
        found = Shown(page)
        page.goto(address)
        page.wait_for_selector(".sample")
        yield found
        assert not found.faults


def pair(side: int, tmp_path: Path) -> Path:
    """Two people of nobody beside each other."""
    people = [Image.open(BANK / f"{name}.webp").convert("RGB").resize((side, side)) for name in ("2118", "2125")]
    both = Image.new("RGB", (2 * side, side))
    for k, one in enumerate(people):
        both.paste(one, (k * side, 0))
    both.save(tmp_path / "pair.png")
    return tmp_path / "pair.png"


def test_two_faces_are_edited_apart_and_taken_home(german: Shown, tmp_path: Path) -> None:
    page, path = german.page, pair(300, tmp_path)
    page.set_input_files("#file", path)
    page.wait_for_selector(".face")
    german.settled("m.known(0) && s.state.session.faces.length === 2")
    page.click("[data-task=heal]")
    x, y = german.point(FOREHEAD)
    german.stroke([(x, y), (x + 3, y), (x + 6, y)])
    german.head(1)
    assert page.inner_text(".operation") == "In der Maske ausgebessert"
    page.click(".face >> nth=1")
    page.click("[data-task=color]")
    page.click(".chip >> text=Lippen")
    page.click("[data-color=crimson]")
    german.head(2)
    german.settled("s.state.face === 1 && s.stepOf(2).parent === 1 && s.stepOf(2).face === 1")
    assert page.inner_text(".operation") == "Lippen gefärbt: karmesin"
    page.keyboard.press("Control+s")
    with page.expect_download() as waiting:
        page.click("dialog .primary")
    waiting.value.save_as(tmp_path / "saved.png")
    was, now = (np.asarray(Image.open(file).convert("RGB"), int) for file in (path, tmp_path / "saved.png"))
    differs = (was != now).any(2)
    assert differs[:, :300].any() and differs[:, 300:].any() and differs.mean() < 0.1


def test_fingers_zoom_pan_and_paint(browser: Any, address: str) -> None:
    with browser.new_context(viewport={"width": 900, "height": 700}, has_touch=True, locale="en-GB") as context:
        page = context.new_page()
        shown = Shown(page)
        page.goto(address)
        page.wait_for_selector(".sample")
        shown.open_sample(1)
        page.click("[data-task=paint]")
        page.evaluate("import('/js/state.js').then((s) => s.keepSettings({automatic: false}))")
        touch = context.new_cdp_session(page)

        def fingers(kind: str, *points: tuple[float, float]) -> None:
            told = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(points)]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

        x, y = shown.point(LIPS)
        where = "import('/js/view.js').then(({view: v}) => [v.scale, v.x, v.y])"
        painted = "import('/js/layers.js').then((l) => l.existing('mask') && !l.existing('mask').empty)"
        before = page.evaluate(where)
        fingers("touchStart", (x - 30, y), (x + 30, y))
        for step in range(1, 6):
            fingers("touchMove", (x - 30 - 6 * step, y + 4 * step), (x + 30 + 6 * step, y + 4 * step))
        fingers("touchEnd")
        scale, _, top = page.evaluate(where)
        assert scale == pytest.approx(2 * before[0], rel=0.05), "the fingers went twice as far apart"
        assert shown.point(LIPS) == pytest.approx((x, y + 20), abs=3), "what lay between them stays there"
        assert not page.evaluate(painted), "two fingers paint nothing"
        fingers("touchStart", (x, y))
        for step in range(1, 6):
            fingers("touchMove", (x + 8 * step, y))
        fingers("touchEnd")
        assert page.evaluate(painted) and page.evaluate(where)[2] == top
        assert not shown.faults


def test_the_camera_opens_a_photo(shown: Shown) -> None:
    page = shown.page
    page.click("[data-camera]")
    page.click("dialog .primary:not([disabled])")
    page.wait_for_selector(".stage")
    shown.settled("m.known(0)")
    assert shown.state("s.session.photo.name") == "camera.png"
    assert page.is_disabled("[data-task=color]"), "there is no face in the test picture"
    assert page.evaluate("document.querySelectorAll('video').length") == 0


def test_of_a_large_photo_a_draft_is_seen_first(shown: Shown, tmp_path: Path) -> None:
    page = shown.page
    picture = Image.open(BANK / "2125.webp").convert("RGB")
    file = BytesIO()
    picture.resize((2000, 2000 * picture.height // picture.width)).save(file, "JPEG")
    (tmp_path / "large.jpg").write_bytes(file.getvalue())
    page.set_input_files("#file", tmp_path / "large.jpg")
    page.wait_for_selector(".stage")
    shown.settled("m.known(0)")
    page.click("[data-task=heal]")
    x, y = shown.point(FOREHEAD)
    shown.stroke([(x, y), (x + 6, y), (x + 12, y)])
    shown.head(1)
    told = page.evaluate("['draft', 'edit'].map((one) => performance.getEntriesByName(`mien:${one}`).length)")
    assert told == [1, 1]
    assert page.get_attribute("[data-receipt]", "data-receipt") == "0"


def test_every_layer_is_painted_and_a_part_is_borrowed(shown: Shown) -> None:
    page = shown.page
    shown.open_sample(1)
    page.click("[data-task=paint]")
    x, y = shown.point(LIPS)
    page.click("[data-layer=mask]")
    page.evaluate("import('/js/state.js').then((s) => s.keepSettings({automatic: false}))")
    shown.stroke([(x - 30, y), (x, y), (x + 30, y)])
    page.evaluate("import('/js/state.js').then((s) => s.keepSettings({automatic: true}))")
    for number, (layer, ink) in enumerate(
        (("sketch", ""), ("semantic", "Upper lip"), ("color", "#a02040"), ("guide", "#a02040")), 1
    ):
        page.click(f"[data-layer={layer}]")
        if ink.startswith("#"):
            page.evaluate(f"import('/js/state.js').then((s) => s.update({{ink: '{ink}'}}))")
        elif ink:
            page.click(f".class >> text={ink}")
        shown.stroke([(x - 20, y - 2), (x, y - 4 + number), (x + 20, y - 2)])
        shown.settled(f"!s.state.busy && s.stepOf(s.state.tree.head)?.recipe.{layer}?.upload")
        assert page.get_attribute("[data-receipt]", "data-receipt") == "0"
        assert shown.state("s.problem") == ""
        colors = shown.state("s.tree.steps.find((one) => one.number === s.tree.head).recipe.color")
        assert (colors == "self") == (layer in ("sketch", "semantic")), "what is not painted is the photo's"
    page.click("[data-task=part]")
    page.click(".chip >> text=Nose")
    page.click(".panel-body .primary")
    shown.settled("!s.state.busy && s.stepOf(s.state.tree.head)?.recipe.part === 'nose'")
    assert page.get_attribute("[data-receipt]", "data-receipt") == "0"


def test_the_keyboard_alone_is_enough(shown: Shown) -> None:
    page = shown.page

    def reach(selector: str) -> None:
        """Tab, until something that fits has the focus."""
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} cannot be reached by Tab")

    reach(".sample")
    page.keyboard.press("Enter")
    page.wait_for_selector(".stage")
    shown.settled("m.known(0)")
    reach("[data-task=shape]")
    page.keyboard.press("Enter")
    reach(".slider input")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    shown.head(1)
    shown.settled("s.stepOf(1).recipe.reshape.smile > 0.1")
    assert shown.state("s.tree.steps.length") == 1, "three keys are one step"
    page.keyboard.press("Control+z")
    shown.head(0)


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_photos_are_dropped_and_pasted(shown: Shown, kind: str) -> None:
    shown.page.evaluate(
        """async (kind) => {
            const blob = await (await fetch('/api/samples/2118')).blob();
            const held = new DataTransfer();
            held.items.add(new File([blob], 'given.webp', {type: 'image/webp'}));
            const event = kind === 'drop' ? new DragEvent('drop', {dataTransfer: held, bubbles: true, cancelable: true})
                : new ClipboardEvent('paste', {clipboardData: held, bubbles: true});
            document.body.dispatchEvent(event);
        }""",
        kind,
    )
    shown.page.wait_for_selector(".stage")
    assert shown.state("s.session.photo.name") == "given.webp"
