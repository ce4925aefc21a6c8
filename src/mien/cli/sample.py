"""``mien sample``: pictures out of a generator, as a grid or as a film between two of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.console import progress, stderr

if TYPE_CHECKING:
    from mien.engine.faces import FaceMaker
    from mien.types import Float32, UInt8

BATCH = 8
FILMS = (".mp4", ".webp", ".gif")


def sample(
    seeds: Annotated[str, typer.Option(help="Pictures of the grid: 0-15, or 3,7,20-23.")] = "0-15",
    grid: Annotated[Path | None, typer.Option(help="Write the pictures as one, row by row.")] = None,
    columns: Annotated[int | None, typer.Option(min=1, help="Pictures per row of the grid.")] = None,
    psi: Annotated[float, typer.Option(min=0, max=2, help="Truncation: 1 for full variety, less for safer.")] = 0.7,
    cutoff: Annotated[
        int | None, typer.Option(min=0, help="Truncate only this many codes, the coarsest first.")
    ] = None,
    modes: Annotated[int, typer.Option(min=1, help="Truncate towards the nearest of this many cluster centres.")] = 1,
    interpolate: Annotated[
        tuple[int, int] | None, typer.Option(metavar="A B", help="Two seeds to move between.")
    ] = None,
    frames: Annotated[int, typer.Option(min=2, help="Pictures of the film.")] = 60,
    fps: Annotated[float, typer.Option(min=1, max=120, help="Pictures per second.")] = 30.0,
    video: Annotated[
        Path | None, typer.Option(help="Write the film: .mp4, or .webp or .gif that play by themselves.")
    ] = None,
    code: Annotated[
        list[Path] | None, typer.Option(help="File of 'mien invert', in place of --seeds; repeatable.")
    ] = None,
    attribute: Annotated[
        list[str] | None, typer.Option(help="Of the faces of --code, such as smile=1.5; repeatable.")
    ] = None,
    sketch: Annotated[
        Path | None, typer.Option(help="A drawing of a face, finished or not: its shape, in the style of each seed.")
    ] = None,
    networks: Annotated[
        Path | None,
        typer.Option(help="Run of 'mien train strokes' for --sketch, of 'mien train features' for --attribute."),
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="Folder, bundled name or Hugging Face id; the bundled generator if not given.")
    ] = None,
) -> None:
    """Make pictures; the same seed always gives the same one."""
    from mien.checkpoints.hub import find_folder
    from mien.errors import ConfigError, SaveError
    from mien.files import check_targets
    from mien.photos.write import target_container

    if (interpolate is None) != (video is None):
        raise ConfigError("A film needs both: give --interpolate A B and --video FILE.")
    if grid is None and video is None:
        raise ConfigError("There is nothing to write; give --grid FILE, or --interpolate A B --video FILE.")
    wanted = parse_seeds(seeds)
    if grid is not None:
        target_container(grid)
    if video is not None and video.suffix.lower() not in FILMS:
        raise SaveError(f"{video.name} is no kind of film that is known here; name it .mp4, .webp or .gif.")
    check_targets([grid, video], [*(code or ()), *([] if sketch is None else [sketch])])
    if sketch is not None:
        _draw_sketch(sketch, wanted, code or [], weights, networks, grid, columns)
        return
    if code or attribute:
        _draw_codes(code or [], attribute or [], weights, networks, grid, columns)
        return
    folder = None if weights is None else find_folder(weights)
    from mien.engine.faces import BUNDLED_GENERATOR, load_maker

    maker = load_maker(folder or BUNDLED_GENERATOR, modes)
    if grid is not None:
        _write_grid(maker, maker.codes(wanted, psi, cutoff, modes), grid, columns)
    if interpolate is not None and video is not None:
        _write_film(maker, maker.codes(interpolate, psi, cutoff, modes), frames, fps, video)


def _draw_codes(
    codes: list[Path],
    attributes: list[str],
    weights: str | None,
    networks: Path | None,
    grid: Path | None,
    columns: int | None,
) -> None:
    """The faces of code files, after some attributes."""
    from mien.checkpoints.codes import read_facts
    from mien.conditions.attributes import parse_attributes
    from mien.errors import ConfigError

    if not codes or grid is None:
        raise ConfigError("Attributes and codes belong together; give --code FILE and --grid FILE.")
    asked = parse_attributes(",".join(attributes)) if attributes else {}
    for one in codes:
        read_facts(one)
    from mien.inversion.photo import CodeReader

    reader = CodeReader(weights, () if networks is None else (networks,))
    _save_grid([reader.picture(one, asked) for one in codes], grid, columns)


def _draw_sketch(
    sketch: Path,
    seeds: list[int],
    codes: list[Path],
    weights: str | None,
    networks: Path | None,
    grid: Path | None,
    columns: int | None,
) -> None:
    """The face of a drawing, in the style of each seed, or of each code file."""
    from mien.checkpoints.codes import check_belongs, load_codes
    from mien.conditions.drawings import read_drawing
    from mien.errors import ConfigError
    from mien.inversion.base import Means
    from mien.inversion.drawing import Drawing

    if grid is None:
        raise ConfigError("A drawing becomes pictures of a grid; give --grid FILE.")
    strokes = read_drawing(sketch)
    means = Means.load(weights or "portrait-editor", networks=() if networks is None else (networks,))
    drawing = Drawing(means)
    found = [(one, load_codes(one)) for one in codes]
    for path, inverted in found:
        check_belongs(inverted, means.generator, path)
    styles = [inverted.codes for _, inverted in found] or [drawing.style(seed) for seed in seeds]
    _save_grid([drawing.picture(strokes, style) for style in styles], grid, columns)


def parse_seeds(text: str) -> list[int]:
    """ "0-15", "3,7" or "3,20-23" -> the numbers.

    Raises:
        ConfigError: it is none of these, or names no or far too many seeds.
    """
    from mien.errors import ConfigError

    seeds: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,18})(?:-(\d{1,18}))?\s*", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if last < first or last - first >= 4096:
            raise ConfigError(f"'{text}' names no seeds; write them as 0-15, or 3,7,20-23 (at most 4096).")
        seeds += range(first, last + 1)
    return seeds


def _pictures(maker: FaceMaker, codes: Float32) -> Iterator[UInt8]:
    """(N, L, C) -> N pictures (S, S, 3), one after the other."""
    with progress() as bar:
        task = bar.add_task("pictures", total=len(codes))
        for start in range(0, len(codes), BATCH):
            batch = maker.pictures(codes[start : start + BATCH])
            yield from batch
            bar.advance(task, len(batch))


def _write_grid(maker: FaceMaker, codes: Float32, path: Path, columns: int | None) -> None:
    _save_grid(list(_pictures(maker, codes)), path, columns)


def _save_grid(pictures: list[UInt8], path: Path, columns: int | None) -> None:
    import numpy as np

    from mien.data.sheets import contact_sheet
    from mien.photos.write import save_photo
    from mien.types import Photo

    save_photo(Photo(contact_sheet(np.stack(pictures), columns)), path)
    stderr().print(f"Saved {path}: {len(pictures)} pictures.", highlight=False, soft_wrap=True)


def _write_film(maker: FaceMaker, ends: Float32, frames: int, fps: float, path: Path) -> None:
    import numpy as np

    first, last = ends
    position = np.linspace(0, 1, frames, dtype=np.float32)[:, None, None]
    pictures = _pictures(maker, first + position * (last - first))
    write = _write_mp4 if path.suffix.lower() == ".mp4" else _write_animation
    write(pictures, fps, path)
    stderr().print(f"Saved {path}: {frames} pictures, {frames / fps:.1f} s.", highlight=False, soft_wrap=True)


def _write_mp4(pictures: Iterable[UInt8], fps: float, path: Path) -> None:
    import cv2

    from mien.errors import SaveError
    from mien.files import atomic_path

    with atomic_path(path) as temporary:
        named = temporary.with_suffix(".mp4")  # OpenCV goes by the ending
        writer = None
        try:
            for picture in pictures:
                if writer is None:
                    size = (picture.shape[1], picture.shape[0])
                    writer = cv2.VideoWriter(str(named), cv2.VideoWriter.fourcc(*"mp4v"), fps, size)
                    if not writer.isOpened():
                        raise SaveError(f"{path.name} cannot be written: OpenCV has no MP4 here; name it .webp.")
                writer.write(picture[..., ::-1])
            if writer is not None:
                writer.release()
                named.replace(temporary)
        finally:
            named.unlink(missing_ok=True)


def _write_animation(pictures: Iterable[UInt8], fps: float, path: Path) -> None:
    from PIL import Image

    from mien.files import atomic_path

    first, *others = (Image.fromarray(picture) for picture in pictures)
    with atomic_path(path) as temporary:
        kind = path.suffix[1:].upper()
        first.save(temporary, kind, save_all=True, append_images=others, duration=round(1000 / fps), loop=0)
