"""What an edit says of itself: sharpness, seam, reach, regions; and what happens where a figure is bad."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mien import Editor
from mien.compose.difference import delta_e
from mien.conditions.parser import FaceParser
from mien.editing.identity import Identity
from mien.editing.outcome import Outcome, measure, places
from mien.errors import OutcomeError
from mien.guides.guide import Doubt, Guide
from mien.guides.regions import region_matte
from mien.types import Face, Photo


@pytest.fixture(scope="module")
def plain() -> Editor:
    return Editor.from_pretrained("opencv:telea")


def test_color_differences_are_those_of_the_paper() -> None:
    """Pairs 1, 7, 10, 13, 17, 20, 25 and 31 of Sharma et al. (2005), table 1."""
    pairs = [
        ((50.0000, 2.6772, -79.7751), (50.0000, 0.0000, -82.7485), 2.0425),
        ((50.0000, 0.0000, 0.0000), (50.0000, -1.0000, 2.0000), 2.3669),
        ((50.0000, 2.4900, -0.0010), (50.0000, -2.4900, 0.0010), 7.1792),
        ((50.0000, -0.0010, 2.4900), (50.0000, 0.0009, -2.4900), 4.8045),
        ((50.0000, 2.5000, 0.0000), (73.0000, 25.0000, -18.0000), 27.1492),
        ((50.0000, 2.5000, 0.0000), (58.0000, 24.0000, 15.0000), 19.4535),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ]
    one, other = (np.array([pair[k] for pair in pairs]) for k in (0, 1))
    np.testing.assert_allclose(delta_e(one, other), [pair[2] for pair in pairs], atol=1e-4)


def area(face: Face, photo: Photo) -> np.ndarray:
    """(H, W), the middle of the face."""
    x, y = face.quad.mean(0).astype(int)
    mask = np.zeros((photo.height, photo.width), np.bool_)
    mask[y - 30 : y + 30, x - 30 : x + 30] = True
    return mask


def test_blur_noise_and_color_are_told(portrait: Photo, face: Face) -> None:
    mask = area(face, portrait)

    def outcome(pixels: np.ndarray) -> Outcome:
        mixed = np.where(mask[..., None], pixels.clip(0, 255), portrait.pixels).astype(np.uint8)
        return measure(portrait, Photo(mixed), mask, face.quad, None)

    same = outcome(portrait.pixels)
    assert not same.complaints and same.seam == 0 and 0.5 < (same.sharpness or 0) < 1.5
    soft = outcome(cv2.GaussianBlur(portrait.pixels, (0, 0), 2))
    assert (soft.sharpness or 1) < 0.7 and "softer" in soft.complaints[0]
    rough = outcome(portrait.pixels + np.random.default_rng(0).normal(0, 12, portrait.pixels.shape))
    assert (rough.sharpness or 0) > 1.2 * (same.sharpness or 1) and (rough.noise or 0) > 1.5 * (same.noise or 1)
    assert any("grainier" in words for words in rough.complaints)
    tinted = outcome(portrait.pixels + np.array([90.0, 0, 0]))
    assert (tinted.seam or 0) > 10 and any("seam" in words for words in tinted.complaints)


def test_an_edit_measures_itself_for_its_receipt(plain: Editor, portrait: Photo, tmp_path: Path) -> None:
    result = plain(portrait, dye={"lips": "#2040c0"})
    outcome = result.faces[0].outcome
    assert outcome is not None and outcome.magnification == 1 and outcome.unreached == 0 and outcome.identity is None
    assert outcome.changed["lower_lip"]["share"] > 0.5 and "left_eye" not in outcome.changed
    receipt = result.save(tmp_path / "lips.png").as_dict()
    assert json.loads(json.dumps(receipt))["outcome"][0]["changed"]["lower_lip"]["delta_e"] > 5


def test_what_an_edit_itself_doubts_is_a_complaint(
    plain: Editor, portrait: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mien.guides.move as move

    def doubted(guide: Guide, **changes: Any) -> Guide:
        notes = (Doubt("may look pasted"), "a hint", Doubt("may look pasted"))
        return replace(guide, **{**changes, "notes": notes} if "notes" in changes else changes)

    monkeypatch.setattr(move, "replace", doubted)
    face = plain(portrait, reshape={"smile": 0.5}).faces[0]
    assert face.outcome is not None and face.outcome.complaints[-1] == "may look pasted"
    assert face.notes.count("may look pasted") == face.notes.count("a hint") == 1
    told = face.outcome.as_dict()
    assert "may look pasted" in told["complaints"] and "doubts" not in told and json.dumps(told)
    with pytest.raises(OutcomeError, match="may look pasted"):
        plain(portrait, reshape={"smile": 0.5}, strict=True)


@pytest.mark.parametrize(
    ("noise", "words"), [(0.3, "less grain"), (0.67, ""), (1.0, ""), (1.46, ""), (2.0, "grainier"), (None, "")]
)
def test_noise_beyond_that_of_good_edits_is_a_complaint(noise: float | None, words: str) -> None:
    told = Outcome(1.0, noise=noise).complaints
    assert words in told[0] if words else not told


def test_painted_small_is_said(editor: Editor, portrait: Photo) -> None:
    large = Photo(cv2.resize(portrait.pixels, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC))
    result = editor(large, mask="nose", mode="look", frame="photo")
    outcome = result.faces[0].outcome
    assert outcome is not None and outcome.magnification > 4
    assert any("it will look soft" in note for note in result.faces[0].notes)
    with pytest.raises(OutcomeError, match="nothing was written"):
        editor(large, mask="nose", mode="look", strict=True)


def test_what_goes_on_beyond_all_that_was_looked_at_is_told(plain: Editor, portrait: Photo) -> None:
    dyed = {"all": "#804020"}  # which is known in the crop alone, where everything goes on
    result = plain(portrait, dye=dyed, skin_tone=True)
    outcome = result.faces[0].outcome
    assert outcome is not None and 0.1 < (outcome.unreached or 0) < 0.9
    assert any("could not be reached" in note for note in result.faces[0].notes)
    with pytest.raises(OutcomeError, match="could not be reached; nothing was written"):
        plain(portrait, dye=dyed, skin_tone=True, strict=True)
    several = plain(portrait, dye={"all-face": "#804020", "lips+all": "tan"}, skin_tone=True)
    assert several.faces[0].outcome is not None and several.faces[0].outcome.unreached is None
    for region in ("clothes", "background", "person"):  # which are looked for in all of the photo
        found = plain(portrait, dye={region: "#804020"}, skin_tone=True).faces[0].outcome
        assert found is not None and found.unreached == 0
    cut = plain(portrait, dye={"clothes": "#804020"}, mask="foreground").faces[0].outcome
    assert cut is not None and (cut.unreached or 0) > 0.1


def test_identity_is_a_figure_of_every_edit_where_a_network_tells_it(portrait: Photo, tmp_path: Path) -> None:
    editor = Editor.from_pretrained("opencv:telea")
    editor.identity = Identity("toy", lambda one: one.mean((2, 3)))
    result = editor(portrait, dye={"skin": "#402010"}, skin_tone=True)
    told = result.save(tmp_path / "dark.png").as_dict()["outcome"][0]["identity"]
    assert 0 < told < 1 and told == editor.identity.kept(result)


def test_neck_and_ears_are_dyed_with_the_face(plain: Editor, portrait: Photo, face: Face) -> None:
    neck = region_matte(portrait, face, "neck", FaceParser.bundled()) > 0.9
    result = plain(portrait, dye={"skin": "#804020"}, skin_tone=True)
    changed = np.abs(result.photo.pixels.astype(int) - portrait.pixels).max(2) > 8
    assert neck.sum() > 100 and changed[neck].mean() > 0.9
    assert any("neck and ears" in note for note in result.faces[0].notes)
    alone = plain(portrait, dye={"skin": "#804020", "neck": "#804020"}, skin_tone=True)
    assert not any("neck and ears" in note for note in alone.faces[0].notes)


def test_healed_places_are_counted_and_what_is_not_measured_is_told(face: Face, portrait: Photo) -> None:
    area = np.zeros((portrait.height, portrait.width), np.bool_)
    area[:3, :4] = area[8:9, 1:7] = True
    outcome = replace(measure(portrait, portrait, area, face.quad, None), healed=places(area))
    assert outcome.outside == 1 and outcome.sharpness is outcome.noise is None and not outcome.complaints
    assert outcome.remarks[0] == "2 places healed" and "not measured" in outcome.remarks[1]
    assert outcome.as_dict()["healed"] == {"count": 2, "boxes": [[0, 0, 4, 3], [1, 8, 7, 9]]}
    assert not Outcome(1.0).remarks and "healed" not in Outcome(1.0).as_dict()
