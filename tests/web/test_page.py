"""The page in Chromium: what a newcomer does in the first minutes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.web
FOREHEAD, MOUTH_CORNER, CHIN = 10, 61, 152


def far(a: list[int], b: list[int]) -> int:
    return max(abs(x - y) for x, y in zip(a, b, strict=True))


def test_three_clicks_dye_hair_and_can_be_undone_and_branched(shown: Any) -> None:
    page = shown.page
    shown.open_sample(3)  # click 1
    hair = (FOREHEAD, 0.0, -0.35)
    before = shown.color(*hair)
    x, y = shown.point(*hair)
    page.mouse.move(x, y)
    page.wait_for_selector(".tag >> text=Hair")
    page.mouse.click(x, y)  # click 2
    page.hover("[data-color=platinum]")
    shown.settled("s.state.region === 'hair'")
    page.click("[data-color=platinum]")  # click 3
    shown.head(1)
    dyed = shown.color(*hair)
    assert far(before, dyed) > 15
    assert page.get_attribute("[data-receipt]", "data-receipt") == "0"
    page.keyboard.press("Control+z")
    shown.head(0)
    assert far(before, shown.color(*hair)) <= 1
    page.keyboard.press("Control+Shift+z")
    shown.head(1)
    assert far(dyed, shown.color(*hair)) <= 1
    page.keyboard.press("Control+z")
    shown.head(0)
    page.click(".chip >> text=Lips")
    page.click("[data-color=crimson]")  # a branch of the photo
    shown.head(2)
    page.click("[data-color=coral]")  # another color replaces it
    shown.head(3)
    shown.settled("s.stepOf(3).recipe?.dye?.lips === 'coral' && s.stepOf(3).parent === 0")
    assert far(before, shown.color(*hair)) <= 1
    page.click("[data-task=shape]")
    page.locator(".slider input").first.focus()
    page.keyboard.press("ArrowRight")
    shown.head(4)
    page.click("[data-step='3']")
    shown.head(3)
    page.click("text=Change this step")
    page.click("[data-color=berry]")
    shown.settled("s.state.tree.steps.some((one) => one.replaces === 4 && one.number === s.state.tree.head)")
    page.locator("button.branches").first.click()
    page.locator(".siblings [data-step='1']").click()
    shown.head(1)


def test_a_mouth_corner_is_dragged_live_and_for_real(shown: Any) -> None:
    page = shown.page
    shown.open_sample(1)
    page.click("[data-task=shape]")
    shown.settled("(await import('/js/preview/preview.js')).fieldNow()")
    x, y = shown.point(MOUTH_CORNER)
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(1, 9):
        page.mouse.move(x - i, y - i)
    live = "performance.getEntriesByName('mien:warp').length"
    assert page.evaluate(live) > 0
    assert shown.state("s.trial.shape.drag.length") == 1
    page.mouse.up()
    shown.head(1)
    assert shown.state("s.result.changed.some((one) => /lip|mouth/.test(one.class))")
    page.locator(".slider input").first.focus()
    page.keyboard.press("ArrowRight")
    shown.head(2)  # the slider joins the drag in one step upon the photo
    shown.settled("s.stepOf(2).parent === 0 && s.stepOf(2).recipe.drag && s.stepOf(2).recipe.reshape.smile > 0")


def test_a_look_is_a_slider_and_two_are_one_step(shown: Any) -> None:
    page = shown.page
    shown.open_sample(1)
    page.click("[data-task=shape]")

    def press(name: str) -> None:
        page.locator(f".slider:has(label > span[title='{name}']) input").focus()
        page.keyboard.press("End")

    press("Blush")
    shown.head(1)
    assert shown.state("s.tree.steps.at(-1).recipe.attributes.blush") == 1
    assert shown.state("!s.tree.steps.at(-1).recipe.mode"), "pixels, not paint"
    press("Eye make-up")
    shown.head(2)
    shown.settled("s.stepOf(2).parent === 0 && s.stepOf(2).recipe.attributes.blush === 1")


def test_a_spot_is_painted_and_healed_and_the_download_is_exact_elsewhere(shown: Any, tmp_path: Path) -> None:
    page = shown.page
    shown.open_sample(1)
    session = shown.state("s.session")
    address = f"{page.url}api/sessions/{session['id']}/photo?step=0&key={session['key']}"
    with urlopen(address) as answer:
        original = answer.read()
    page.click("[data-task=heal]")
    x, y = shown.point(FOREHEAD, 0, 0.2)
    shown.stroke([(x, y), (x + 6, y + 3), (x + 12, y + 3)])
    shown.head(1)
    shown.settled("!s.state.busy && s.stepOf(1).box")
    assert page.get_attribute("[data-receipt]", "data-receipt") == "0"
    page.keyboard.press("Control+s")
    page.select_option("dialog select", "png")
    with page.expect_download() as waiting:
        page.click("dialog .primary")
    target = tmp_path / "saved.png"
    waiting.value.save_as(target)
    was, now = (np.asarray(Image.open(file).convert("RGB"), int) for file in (BytesIO(original), target))
    x0, y0, x1, y1 = shown.state("s.tree.steps.find((one) => one.number === 1).box")
    changed = np.abs(was - now).max(2)
    assert changed[y0:y1, x0:x1].any()
    changed[y0:y1, x0:x1] = 0
    assert not changed.any()


def test_strokes_are_undone_one_by_one_and_survive_a_reload(shown: Any) -> None:
    page = shown.page
    shown.open_sample(0)
    page.click("[data-task=paint]")
    page.evaluate("import('/js/state.js').then((s) => s.keepSettings({automatic: false}))")
    pixels = """import('/js/layers.js').then((l) => {
        const m = l.existing('mask');
        return m ? l.alphaOf(m).filter(Boolean).length : 0;
    })"""
    x, y = shown.point(CHIN, 0, -0.3)
    counts = [0]
    for i in range(2):
        shown.stroke([(x, y + 40 * i), (x + 30, y + 40 * i), (x + 60, y + 40 * i)])
        counts.append(page.evaluate(pixels))
    assert counts[0] < counts[1] < counts[2]
    page.keyboard.press("Control+z")
    assert page.evaluate(pixels) == counts[1]
    page.keyboard.press("e")
    shown.stroke([(x, y), (x + 30, y), (x + 60, y)])
    assert page.evaluate(pixels) < counts[1] / 4
    page.keyboard.press("Control+z")
    assert page.evaluate(pixels) == counts[1]
    shown.settled("(await (await import('/vendor/idb-keyval.js')).keys()).some((key) => /mask$/.test(key))")
    shown.settled("(await import('/js/session.js')).allSaved()")
    page.reload()
    page.wait_for_selector(".stage")
    drawn = "((l) => l.existing('mask') && l.alphaOf(l.existing('mask')).some(Boolean))"
    shown.settled(f"{drawn}(await import('/js/layers.js'))")  # a layer is there before its pixels are
    assert page.evaluate(pixels) == counts[1]


def test_no_findings_of_axe(browser: Any, address: str, axe: str) -> None:
    with browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector(".sample")
        page.evaluate(axe)
        assert findings(page) == []
        page.locator(".sample").first.click()
        page.wait_for_selector(".thumbnail", timeout=40_000)
        for scheme, task in (
            ("dark", "color"),
            ("light", "shape"),
            ("light", "paint"),
            ("dark", "heal"),
            ("dark", "part"),
        ):
            page.emulate_media(color_scheme=scheme)
            page.click(f"[data-task={task}]")
            assert findings(page) == [], (scheme, task)
        page.click("text=Show four")
        page.wait_for_selector(".candidate", timeout=40_000)
        assert findings(page) == []
        page.click(".candidates .primary")
        page.wait_for_selector("[data-receipt]", timeout=40_000)
        page.click("text=Change this step")
        page.click("text=Compare" if page.query_selector("text=Compare") else "[aria-label=Compare]")
        page.click(".result summary")
        page.click("[data-task=words]")
        page.fill("textarea", "a helicopter")
        page.click(".panel-body .primary")
        page.wait_for_selector(".message.bad", timeout=40_000)
        page.set_viewport_size({"width": 900, "height": 700})
        assert findings(page) == []
        for key, words in (("?", "Keys"), ("Control+s", "Save the photo")):
            page.keyboard.press("Escape")
            page.locator(".stage").focus()
            page.keyboard.press(key)
            page.wait_for_selector(f"dialog >> text={words}")
            assert findings(page) == []


def findings(page: Any) -> list[str]:
    found: list[str] = page.evaluate("axe.run().then((r) => r.violations.map((v) => `${v.id}: ${v.nodes[0].html}`))")
    return found
