"""The exception tree. Every message is one sentence that names the input and the remedy.

    MienError                     exit code 1
    ├── PhotoError                3   a file that is not a photo we can read
    │   ├── UnreadablePhotoError      missing, empty, truncated, a directory, mislabeled
    │   ├── UnsupportedPhotoError     animated, several pages, an unknown pixel layout
    │   └── PhotoTooLargeError        more pixels than the limit (decompression bombs)
    ├── FaceError                 4
    │   ├── NoFaceError               no face found in the photo
    │   └── FaceSelectionError        ``--face`` names a face that is not there
    ├── LayerError                5   a mask or condition that does not fit the photo, or cannot be read
    ├── CheckpointError           6
    │   ├── UnsafeCheckpointError     the file asks to execute code
    │   ├── UnknownCheckpointError    a layout we have no importer for
    │   └── CorruptCheckpointError    damaged, incomplete, or a checksum that does not match
    ├── SaveError                 7   the result could not be written
    ├── DataError                 8   a training or evaluation set that is unusable
    ├── ConfigError               9   settings that contradict each other
    ├── SessionError              10  an editing session that is damaged, busy, or has no such step
    ├── OutcomeError              11  a result that measures badly, where only good ones are wanted
    └── ServerError               12  a server's answer that is no result

Exit code 2 is Typer's own (wrong options); 130 means interrupted by Ctrl-C.
"""

from __future__ import annotations


class MienError(Exception):
    """Base of every error that mien raises on purpose."""

    exit_code: int = 1


class PhotoError(MienError):
    """A file that is not a photo we can read."""

    exit_code = 3


class UnreadablePhotoError(PhotoError):
    """Missing, empty, truncated, mislabeled, or a directory."""


class UnsupportedPhotoError(PhotoError):
    """Readable, but not one still picture: animated, several pages, an unknown pixel layout."""


class PhotoTooLargeError(PhotoError):
    """More pixels than the limit; guards against decompression bombs."""


class FaceError(MienError):
    """Something about the faces in a photo."""

    exit_code = 4


class NoFaceError(FaceError):
    """No face was found."""


class FaceSelectionError(FaceError):
    """The face asked for is not in the photo."""


class LayerError(MienError):
    """A mask or a condition that does not fit the photo, or cannot be read."""

    exit_code = 5


class CheckpointError(MienError):
    """Something about stored weights."""

    exit_code = 6


class UnsafeCheckpointError(CheckpointError):
    """The file asks to execute code; nothing in it was run."""


class UnknownCheckpointError(CheckpointError):
    """A layout that no importer knows."""


class CorruptCheckpointError(CheckpointError):
    """Damaged, incomplete, or a checksum that does not match."""


class SaveError(MienError):
    """The result could not be written; nothing was left behind."""

    exit_code = 7


class DataError(MienError):
    """A training or evaluation set that is unusable."""

    exit_code = 8


class ConfigError(MienError):
    """Settings that contradict each other."""

    exit_code = 9


class OutcomeError(MienError):
    """A result that measures badly, where only good ones are wanted; nothing was written."""

    exit_code = 11


class SessionError(MienError):
    """An editing session that is damaged, newer than this program, being edited elsewhere, or without that step."""

    exit_code = 10


class ServerError(MienError):
    """A server answered that it cannot do what was asked for, or did not answer at all.

    Args:
        message: one sentence.
        status: of HTTP; 0 where there was no answer.
        code: of the server's error, see docs/api.md.
        retry_after: seconds after which to try again.
    """

    exit_code = 12

    def __init__(self, message: str, status: int = 0, code: str = "", retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.status, self.code, self.retry_after = status, code, retry_after
