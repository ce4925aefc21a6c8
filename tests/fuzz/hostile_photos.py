"""Reads mutated photo files and reports what happened; run by test_hostile_photos.py in a process of its own.

    python hostile_photos.py FOLDER COUNT SEED

Every mutated file is read as a user's would be; what can be read is cropped, pasted and saved. Prints one JSON
document.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import struct
import sys
import traceback
import warnings
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import picture_files as files

from mien.align.crop import crop_face, square_quad
from mien.align.paste import paste_face
from mien.errors import MienError
from mien.photos.read import read_photo
from mien.photos.receipt import save_with_receipt

MAGICS = (
    b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBPVP8L", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08",
    b"BM\x40\0\0\0", b"\0\0\0\x18ftypheic", b"\0\0\0\x18ftypavif", b"GIF89a", b"%PDF-1.4", b"\0\0\0\0",
)  # fmt: skip
SIDES = (0, 1, 7_000, 12_000, 16_383, 32_767, 65_500, 1_000_000, 0x7FFFFFFF, 0xFFFFFFFF)


def truncated(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def bits_flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 4, 30))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def head_flipped(data: bytes, rng: random.Random) -> bytes:
    """Bits flipped among the metadata, where they hurt most."""
    return bits_flipped(data[:200], rng) + data[200:]


def wrong_header(data: bytes, rng: random.Random) -> bytes:
    magic = rng.choice(MAGICS)
    return magic + data[len(magic) :]


def spliced(data: bytes, rng: random.Random) -> bytes:
    """A piece removed, repeated, or replaced by zeros."""
    start = rng.randrange(len(data))
    stop = min(len(data), start + rng.choice((1, 8, 100)))
    return data[:start] + rng.choice((b"", data[start:stop] * 3, bytes(stop - start))) + data[stop:]


def giant(data: bytes, rng: random.Random) -> bytes:
    """Absurd dimensions in the right place, with checksums put right."""
    width, height = rng.choice(SIDES), rng.choice(SIDES)
    if data.startswith(b"\x89PNG"):
        header = b"IHDR" + struct.pack(">II", width, height) + data[24:29]
        return data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]
    if data.startswith(b"\xff\xd8"):
        at = next(i for i in range(len(data)) if data[i : i + 2] in (b"\xff\xc0", b"\xff\xc2"))
        return data[: at + 5] + struct.pack(">HH", height & 0xFFFF, width & 0xFFFF) + data[at + 9 :]
    if data.startswith(b"RIFF"):
        return data[:20] + rng.randbytes(10) + data[30:]
    if data.startswith(b"BM"):
        return data[:18] + struct.pack("<II", width, height) + data[26:]
    if data[4:8] == b"ftyp":
        at = data.index(b"ispe") + 8
        return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]
    order = "<" if data.startswith(b"II") else ">"
    changed = bytearray(data)
    first = struct.unpack_from(order + "I", data, 4)[0]
    for at in range(first + 2, min(first + 200, len(data) - 12), 12):
        if struct.unpack_from(order + "H", data, at)[0] in (256, 257, 273, 277, 278, 279, 322, 323):
            struct.pack_into(order + "HII", changed, at + 2, 4, 1, rng.choice((width, height)))
    return bytes(changed)


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    truncated, bits_flipped, head_flipped, wrong_header, spliced, giant,
)  # fmt: skip


def use(path: Path, out: Path) -> None:
    """What a user does with a photo that could be read."""
    photo = read_photo(path)
    if photo.width * photo.height > 1_000_000:
        return
    crop = crop_face(photo, square_quad(photo.width / 2, photo.height / 2, min(photo.width, photo.height)), 16)
    mask = np.zeros((photo.height, photo.width), bool)
    mask[: photo.height // 2] = True
    after = paste_face(photo, crop.pixels, crop.matrix, mask)
    assert save_with_receipt(photo, after, mask, out).preserved, "the receipt must hold"


def main(folder: Path, count: int, seed: int) -> dict[str, object]:
    warnings.simplefilter("error")
    samples = list(files.samples().values())
    rng = random.Random(seed)
    outcomes, surprises, leftovers = Counter[str](), [], []
    for number in range(count):
        sample, mutate = samples[number % len(samples)], MUTATIONS[rng.randrange(len(MUTATIONS))]
        inbox, outbox = folder / f"in{number}", folder / f"out{number}"
        inbox.mkdir(parents=True)
        outbox.mkdir()
        path = inbox / f"photo{sample.suffix if rng.random() < 0.9 else ''}"
        path.write_bytes(mutate(sample.data, rng))
        try:
            use(path, outbox / "after.png")
            outcomes["read"] += 1
        except MienError as error:
            outcomes[type(error).__name__] += 1
            leftovers += [str(p) for p in outbox.iterdir()]
        except BaseException:
            surprises.append(f"{mutate.__name__} of {sample.suffix}: {traceback.format_exc()}")
        leftovers += [str(p) for p in inbox.iterdir() if p != path]
        shutil.rmtree(inbox)
        shutil.rmtree(outbox)
    return {"outcomes": outcomes, "surprises": surprises, "leftovers": leftovers, "peak_mb": _peak() / 1000}


def _peak() -> float:
    """Most memory that this program took, in kB.

    What ``getrusage`` says on Linux includes the program that started this one, up to the moment of the exec.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        fields = dict(line.split(":", 1) for line in status.read_text(encoding="ascii", errors="replace").splitlines())
        return float(fields["VmHWM"].split()[0])
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
