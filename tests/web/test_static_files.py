"""The page's files without a browser: size, languages, no foreign addresses, small modules."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import mien.serve

STATIC = Path(mien.serve.__file__).parent / "static"
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
MOST_BYTES, MOST_LINES = 150_000, 300


def test_the_page_is_below_150_kb() -> None:
    loaded = [path for path in STATIC.rglob("*") if path.suffix in (".js", ".css", ".html", ".svg")]
    assert sum(len(gzip.compress(path.read_bytes())) for path in loaded) < MOST_BYTES


def test_all_modules_are_asked_for_at_once() -> None:
    pages = [path.read_text("utf-8") for path in STATIC.glob("*.html")]
    linked = set().union(*(re.findall(r'(?:href|src)="((?:js|vendor)/[^"]+)"', page) for page in pages))
    there = {path.relative_to(STATIC).as_posix() for path in [*SCRIPTS, *(STATIC / "vendor").glob("*.js")]}
    assert linked == there


def test_modules_are_small_and_ask_nobody_else() -> None:
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        assert text.count("\n") < MOST_LINES, path.name
        assert "http://" not in text and "https://" not in text, path.name
        assert text.startswith("// "), f"{path.name}: say in the first line what it is for"


def test_every_word_is_in_three_languages() -> None:
    table = (STATIC / "js/words/table.js").read_text("utf-8")
    rows = re.findall(r"(\w+): \[('(?:[^'\\]|\\.)*'(?:, '(?:[^'\\]|\\.)*')*)\]", table)
    known = {key: len(re.findall(r"'(?:[^'\\]|\\.)*'", words)) for key, words in rows}
    assert set(known.values()) == {3}
    used = set().union(*(re.findall(r"\bt\('(\w+)'", path.read_text("utf-8")) for path in SCRIPTS))
    used |= set(re.findall(r'data-t="(\w+)"', (STATIC / "draw.html").read_text("utf-8")))
    assert not used - set(known)


def test_the_page_for_drawing_has_what_its_modules_look_for() -> None:
    page, main = ((STATIC / name).read_text("utf-8") for name in ("draw.html", "js/live/main.js"))
    named = re.findall(r"\[((?:'\w+', )+'\w+')\]\.map\(at\)", main)[0]
    wanted = {*re.findall(r"\bat\('(\w+)'\)", main), *re.findall(r"'(\w+)'", named)}
    assert {"paper", "face", "undo", "clear"} <= wanted <= set(re.findall(r'\bid="(\w+)"', page))
    for path in (STATIC / "js/live").glob("*.js"):
        for asked in re.findall(r"from '(\.[^']+)'", path.read_text("utf-8")):
            assert (path.parent / asked).is_file(), (path.name, asked)


def test_sentences_of_the_server_are_said_there_and_in_three_languages() -> None:
    rows = re.findall(r"^  \[(.*)\],$", (STATIC / "js/words/sentences.js").read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 60
    source = "".join(path.read_text("utf-8") for path in (STATIC.parent.parent).rglob("*.py"))
    source = re.sub(r'"\s*\n\s*f?"', "", source).replace('\\"', '"')
    for row in rows:
        words = [one or other for one, other in re.findall(r"'((?:[^'\\]|\\.)*)'|\"([^\"]*)\"", row)]
        assert len(words) == 3, row
        assert {*re.findall(r"{\d}", words[1]), *re.findall(r"{\d}", words[2])} <= {*re.findall(r"{\d}", words[0])}, row
        for part in re.split(r"{\d}", words[0]):
            assert part.strip() in source, (words[0], part)


def test_licences_of_what_is_vendored_are_there() -> None:
    text = (STATIC / "vendor/LICENSES.txt").read_text("utf-8")
    for path in (STATIC / "vendor").glob("*.js"):
        assert path.name in text
