"""Whether a file is a picture at all: told before anything is loaded that could decode it."""

from __future__ import annotations

from pathlib import Path

from mien.errors import PhotoTooLargeError, UnreadablePhotoError, UnsupportedPhotoError
from mien.photos.containers import RAW_SUFFIXES, Container, other_format, promised_format, sniff

MAX_PIXELS = 120_000_000
"""Default limit, for 8-bit RGB; whatever needs more memory per pixel may have fewer of them in proportion."""

RGB_BYTES = 7
"""Of memory per pixel while an 8-bit RGB picture is decoded: four in Pillow, three in our array."""

_HEAD = 64


def check_photo(path: str | Path) -> None:
    """Refuses what is no picture by its first bytes; NumPy is not loaded for that.

    Raises:
        UnreadablePhotoError, UnsupportedPhotoError, PhotoTooLargeError: as of :func:`mien.photos.read.read_photo`.
    """
    _opened(Path(path), MAX_PIXELS, whole=False)


def contents(path: Path, max_pixels: int) -> tuple[bytes, Container]:
    """All bytes of a file, and what kind of picture it is; arguments and errors as of the reader."""
    return _opened(path, max_pixels, whole=True)


def _opened(path: Path, max_pixels: int, whole: bool) -> tuple[bytes, Container]:
    try:
        if path.is_dir():
            raise UnreadablePhotoError(f"{path} is a folder; give one photo.")
        if not path.is_file():  # also devices and pipes, which might never end
            raise UnreadablePhotoError(f"{path} does not exist or is no ordinary file; check the name.")
        size = path.stat().st_size
        with path.open("rb") as file:
            container = _identify(path, file.read(_HEAD))
            if size > max_pixels * RGB_BYTES:
                raise PhotoTooLargeError(f"{path} has {size / 1e6:.0f} MB, too many for one photo; reduce it first.")
            file.seek(0)
            return file.read() if whole else b"", container
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or error
        raise UnreadablePhotoError(f"{path} cannot be opened ({reason}); check its name and permissions.") from error


def _identify(path: Path, head: bytes) -> Container:
    """The container, by content."""
    if not head:
        raise UnreadablePhotoError(f"{path} is empty; fetch or export it again.")
    if path.suffix.lower() in RAW_SUFFIXES:
        raise UnsupportedPhotoError(f"{path} is an undeveloped camera file; export it as TIFF or JPEG first.")
    container, promised = sniff(head), promised_format(path)
    if container is None:
        known = other_format(head)
        if known is not None:
            raise UnsupportedPhotoError(f"{path} is a {known} file; export it as PNG, JPEG or TIFF first.")
        raise UnreadablePhotoError(f"{path} is not a picture in a format that mien reads; export it as PNG or JPEG.")
    if promised not in (None, container.name):
        name = path.with_suffix(container.suffixes[0]).name
        raise UnreadablePhotoError(f"{path} is a {container.name} file, not {promised}; rename it to {name}.")
    return container
