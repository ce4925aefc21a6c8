"""One HTML page without anything beside it: tables, and pictures inside the text."""

from __future__ import annotations

import base64
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from PIL import Image

from mien.files import atomic_path
from mien.types import UInt8

QUALITY = 90

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 84rem; padding: 0 1rem; color: #1c1c1c; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
code { background: #f0f0f0; padding: .1rem .3rem; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .3rem 0; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #e4e4e4; white-space: nowrap; }
th { border-bottom: 2px solid #b8b8b8; } th.text, td.text { text-align: left; }
td.good { background: #e2f3e2; } td.bad { background: #fae3e0; }
.row { display: flex; flex-wrap: wrap; gap: 6px; margin: .3rem 0 1rem; }
figure { margin: 0; display: table; }
figcaption { display: table-caption; caption-side: bottom; font-size: .75rem; overflow-wrap: anywhere; }
figure img { display: block; }
details { margin: .4rem 0; } summary { cursor: pointer; font-weight: 600; }
"""


def write_page(path: Path, title: str, body: Iterable[str]) -> None:
    """Writes the page, whole or not at all.

    Raises:
        SaveError: the folder cannot be written.
    """
    head = f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
    parts = [head, f"<style>{STYLE}</style></head><body>", f"<h1>{escape(title)}</h1>", *body, "</body></html>\n"]
    with atomic_path(path) as temporary:
        temporary.write_text("\n".join(parts), encoding="utf-8")


def heading(text: str, level: int = 2) -> str:
    """A heading."""
    return f"<h{level}>{escape(text)}</h{level}>"


def paragraph(text: str, *, code: bool = False) -> str:
    """Plain text, or a line of code."""
    inner = escape(text)
    return f"<p><code>{inner}</code></p>" if code else f"<p>{inner}</p>"


def folded(title: str, parts: Iterable[str], *, shown: bool = False) -> str:
    """Something that opens when its title is pressed."""
    opened = " open" if shown else ""
    return f"<details{opened}><summary>{escape(title)}</summary>{''.join(parts)}</details>"


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    texts: Collection[str],
    marks: Mapping[str, str] | None = None,
) -> str:
    """A table.

    Args:
        head: names of the columns.
        rows: cells.
        texts: names of the columns that hold text; the others hold numbers.
        marks: class ("good", "bad") of cells by their content.
    """
    marks = marks or {}

    def cells(tag: str, row: Sequence[str]) -> str:
        kinds = ["text" if name in texts else marks.get(cell, "") for name, cell in zip(head, row, strict=True)]
        return "".join(f'<{tag} class="{kind}">{escape(cell)}</{tag}>' for kind, cell in zip(kinds, row, strict=True))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{cells("th", head)}</tr></thead><tbody>{body}</tbody></table></div>'


def figures(pictures: Iterable[tuple[str, UInt8]]) -> str:
    """Pictures (H, W, 3) uint8 beside each other, each above its caption."""
    return f'<div class="row">{"".join(_figure(caption, pixels) for caption, pixels in pictures)}</div>'


def _figure(caption: str, pixels: UInt8) -> str:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=QUALITY, subsampling=0)
    source = base64.b64encode(stream.getvalue()).decode()
    height, width = pixels.shape[:2]
    image = f'<img width="{width}" height="{height}" alt="" src="data:image/jpeg;base64,{source}">'
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>"
