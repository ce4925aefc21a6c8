"""What an edit answers is what the session holds, and nothing outside of it differs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mien.client import Client, RemoteEdit, RemoteSession
from mien.errors import ServerError
from mien.guides.bank import BUNDLED as BANK
from mien.photos.read import read_photo
from mien.photos.write import save_photo
from mien.types import Photo
from tests.serve.conftest import Running, as_png, pixels_of


def pasted(before: np.ndarray, edit: RemoteEdit) -> np.ndarray:
    """What a page makes of an answer."""
    (x0, y0, x1, y1), data = edit.patch
    patch, after = pixels_of(data), before.copy()
    np.copyto(after[y0:y1, x0:x1], patch[..., :3], where=patch[..., 3:] > 0)
    return after


def test_a_page_that_pastes_the_patch_shows_what_the_session_holds(session: RemoteSession) -> None:
    photo = pixels_of(session.picture())
    edit = session.edit(reshape={"nose-width": -1.5})
    after = pixels_of(session.picture())
    assert edit.step == 1 and (after != photo).any()
    assert np.array_equal(pasted(photo, edit), after)
    assert edit.facts["receipt"]["changed_outside"] == 0


def test_a_reduced_patch_fits_the_reduced_photo_exactly(session: RemoteSession) -> None:
    before = pixels_of(session.picture(width=170))
    edit = session.edit(reshape={"nose-width": -1.5}, preview_width=170)
    after, patch = pixels_of(session.picture(width=170)), edit.facts["patch"]
    (x, y), shown = patch["place"], pixels_of(edit.patch[1])
    np.copyto(before[y : y + len(shown), x : x + shown.shape[1]], shown[..., :3], where=shown[..., 3:] > 0)
    assert np.array_equal(before, after)


def test_a_draft_is_made_of_what_the_screen_shows(session: RemoteSession) -> None:
    before = pixels_of(session.picture(width=200))
    mask = np.zeros(before.shape[:2], np.uint8)
    x, y = (round(v * 200 / session.photo["width"]) for v in np.mean(session.faces[0]["quad"], 0))
    mask[y - 8 : y + 8, x - 8 : x + 8] = 255
    wishes = {"mask": as_png(mask), "color": "#3050c0", "mode": "look", "preview_width": 200}
    edit = session.edit(**wishes, draft=True)
    shown, (left, top) = pixels_of(edit.patch[1]), edit.facts["patch"]["place"]
    part = before[top : top + len(shown), left : left + shown.shape[1]]
    assert edit.step is None and session.tree["steps"] == []
    assert (shown[..., :3] != part).any()
    assert not (shown[..., 3] > 0)[mask[top : top + len(shown), left : left + shown.shape[1]] == 0].any()
    assert session.edit(**wishes).step == 1


def test_white_may_change_and_black_stays(session: RemoteSession) -> None:
    photo = pixels_of(session.picture())
    mask = np.zeros(photo.shape[:2], np.uint8)
    x, y = (round(v) for v in np.mean(session.faces[0]["quad"], 0))
    mask[y - 12 : y + 12, x - 12 : x + 12] = 255
    session.edit(mask=as_png(mask), color="#3050c0", mode="look")
    changed = (pixels_of(session.picture()) != photo).any(2)
    assert changed.any() and not changed[mask == 0].any()


def test_a_mask_may_be_drawn_at_any_size_of_the_photos_shape(session: RemoteSession) -> None:
    photo = pixels_of(session.picture())
    small = np.zeros((photo.shape[0] // 2, photo.shape[1] // 2), np.uint8)
    x, y = (round(v / 2) for v in np.mean(session.faces[0]["quad"], 0))
    small[y - 6 : y + 6, x - 6 : x + 6] = 255
    session.edit(mask=as_png(small), color="#3050c0", mode="look")
    rows, columns = np.nonzero((pixels_of(session.picture()) != photo).any(2))
    assert abs(rows.mean() - 2 * y) < 3 and abs(columns.mean() - 2 * x) < 3
    with pytest.raises(ServerError, match="draw it over the photo"):
        session.edit(mask=as_png(small[:40]), color="#3050c0", mode="look")


def test_a_trial_leaves_no_trace_until_it_is_kept(session: RemoteSession) -> None:
    photo = session.picture()
    trial = session.edit(reshape={"nose-width": -1}, keep=False)
    assert trial.step is None and session.tree["steps"] == [] and session.picture() == photo
    kept = session.edit(reshape={"nose-width": -1})
    assert kept.facts["timings"] == {}, "it was not computed again"
    assert kept.patch == trial.patch and np.array_equal(pasted(pixels_of(photo), kept), pixels_of(session.picture()))


def test_candidates_differ_and_one_is_accepted_by_its_seed(session: RemoteSession) -> None:
    several = session.edit(mask="mouth", attributes={"smile": 1}, mode="look", n=2)
    first, second = several.facts["candidates"]
    assert (first["seed"], second["seed"]) == (0, 1) and first["patch"]["png"] != second["patch"]["png"]
    assert session.tree["steps"] == []
    kept = session.edit(mask="mouth", attributes={"smile": 1}, mode="look", seed=1)
    assert kept.facts["patch"]["png"] == second["patch"]["png"]


def test_the_tree_branches_moves_and_changes(session: RemoteSession) -> None:
    session.edit(reshape={"nose-width": -1}, note="narrow")
    one = session.picture()
    session.edit(reshape={"brow-height": 1})
    assert session.undo() == 1 and session.picture() == one
    assert session.redo() == 2
    branch = session.edit(**{"from": 1, "reshape": {"brow-height": -1}})
    assert (branch.step, branch.facts["parent"]) == (3, 1)
    changed = session.change(1, reshape={"nose-width": 1})
    steps = session.tree["steps"]
    assert changed.step == 5 and [one["replaces"] for one in steps] == [0, 0, 0, 1, 3]
    assert steps[0]["note"] == "narrow" and steps[0]["words"] == "nose-width -1"
    assert session.checkout(0) == 0


def test_steps_have_thumbnails_patches_and_drift(session: RemoteSession) -> None:
    edit = session.edit(reshape={"nose-width": -1})
    assert session.get("steps/1/patch") == edit.patch[1]
    assert pixels_of(session.get("steps/1/thumbnail", side=64)).shape == (64, 64, 3)
    (row,) = session.client.json("GET", f"/api/sessions/{session.id}/drift", headers={"X-Mien-Key": session.key})
    assert row["largest"] == 0 and row["face"]["SSIM"] < 1


def test_progress_is_told(session: RemoteSession) -> None:
    stages: list[str] = []
    edit = session.edit(reshape={"nose-width": -1}, callback=lambda stage, _: stages.append(stage))
    assert edit.step == 1 and "move" in stages


def test_an_edit_that_cannot_be_made_says_why_and_leaves_nothing(session: RemoteSession) -> None:
    for wishes, code in (
        ({"mask": "elbow", "color": "red"}, "layer"),
        ({"reshape": {"wings": 1}}, "config"),
        ({"text": "a helicopter"}, "config"),
        ({"face": 7, "dye": {"hair": "red"}}, "not_found"),
        ({"exemplar": {"upload": "0" * 64 + ".png"}, "part": "eyes"}, "not_found"),
    ):
        with pytest.raises(ServerError) as caught:
            session.edit(**wishes)
        assert caught.value.code in (code, "face"), (wishes, caught.value)
    assert session.tree["steps"] == []


@pytest.mark.parametrize("value", ["/etc/hostname", "../x.png", "@/etc/hostname", "/etc/hostname:hair", "like:/etc/x"])
def test_no_word_becomes_a_path(session: RemoteSession, value: str) -> None:
    for wishes in ({"mask": value}, {"exemplar": value, "part": "eyes"}, {"dye": {"hair": value}}, {"sketch": value}):
        with pytest.raises(ServerError) as caught:
            session.edit(**wishes)
        assert caught.value.status == 422


def test_files_come_home_whole(session: RemoteSession, portrait_png: bytes, tmp_path: Path) -> None:
    session.edit(reshape={"nose-width": -1})
    saved = pixels_of(session.save(tmp_path / "new.png").read_bytes())
    assert np.array_equal(saved, pixels_of(session.picture()))
    receipt = session.receipt()
    assert receipt["preserved"] and receipt["format"] == "PNG" and receipt["input"] == "nobody.png"
    assert not session.receipt(format="jpeg")["lossless"]
    again = session.client.open_project(session.save_project(tmp_path / "nobody.mien"))
    assert again.id != session.id and again.picture() == session.picture() and again.photo["name"] == "nobody.png"
    assert again.undo() == 0 and np.array_equal(pixels_of(again.picture()), pixels_of(portrait_png))


@pytest.mark.parametrize(("channels", "kind"), [(1, np.uint8), (3, np.uint16)])
def test_the_photos_depth_and_channels_stay(
    server: Running, portrait_png: bytes, tmp_path: Path, channels: int, kind: type
) -> None:
    pixels = pixels_of(portrait_png)[..., :channels].astype(kind) * (257 if kind is np.uint16 else 1)
    session = server.client.open(save_photo(Photo(pixels), tmp_path / "photo.png"))
    edit = session.edit(reshape={"nose-width": -1})
    receipt = session.receipt()
    assert receipt["preserved"] and receipt["bits"] == 8 * np.dtype(kind).itemsize
    assert np.array_equal(pasted(pixels_of(session.picture(step=0)), edit), pixels_of(session.picture()))
    assert read_photo(session.save(tmp_path / "new.png")).pixels.shape == pixels.shape


def test_a_recipe_applies_elsewhere(session: RemoteSession, server: Running) -> None:
    session.edit(reshape={"nose-width": -1})
    recipe = session.client.json(
        "GET", f"/api/sessions/{session.id}/recipe?format=json", headers={"X-Mien-Key": session.key}
    )
    assert recipe["format"] == "mien-recipe" and recipe["edits"][0]["reshape"] == {"nose-width": -1}
    status, _, data = server.ask(
        "POST",
        f"/api/sessions/{session.id}/replay",
        session.picture(step=0),
        Content_Type="image/png",
        X_Mien_Key=session.key,
    )
    told = json.loads(data)
    assert status == 201 and told["tree"]["head"] == 1 and told["photo"]["format"] == "PNG"
    for one in (session.id, told["id"]):
        assert {path.name for path in (server.settings.folder / one).iterdir()} == {"about.json", "session"}


def test_faces_are_found_by_words(server: Running, portrait_png: bytes, tmp_path: Path) -> None:
    (tmp_path / "other.webp").write_bytes((BANK / "2331.webp").read_bytes())
    red, other = server.client.find("red hair", portrait_png, tmp_path / "other.webp")
    assert (red["name"], red["photo"], other["photo"]) == ("other.webp", 1, 0) and red["score"] > other["score"]
    assert list(red["wishes"]) == ["hair-color red"] and len(red["box"]) == 4
    for text, photos, code in (("a helicopter", (portrait_png,), "config"), ("a smile", (), "validation")):
        with pytest.raises(ServerError) as caught:
            server.client.find(text, *photos)
        assert caught.value.code == code


def test_a_face_without_a_photo(server: Running) -> None:
    client: Client = server.client
    assert pixels_of(client.generate(seed=3)).shape == (128, 128, 3)
