"""Which face is meant, and which editor edits it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mien.backends.base import CropEditor
    from mien.editing.request import Request
    from mien.editor import Editor
    from mien.sessions.step import FaceEditor
    from mien.types import Photo

EditorName = Annotated[
    str,
    typer.Option("--editor", "--backend", help="Folder, bundled name, kind (mm2latent) or Hugging Face id."),
]
ClipName = Annotated[str | None, typer.Option(help="CLIP for --text: a folder, a file, or a Hugging Face id.")]
Patience = Annotated[
    int, typer.Option(min=0, help="End the descent after the CLIP when so many steps did not help; 0: all 100 steps.")
]
TrustCode = Annotated[
    bool,
    typer.Option("--trust-code", help="Run networks that are TorchScript programs: only if you trust their makers."),
]
IdentityFile = Annotated[
    Path | None,
    typer.Option(
        help="Network that tells people apart, for --keep-identity, --face like:anna.jpg, identity in --json."
    ),
]
Device = Annotated[str, typer.Option(help="Where to compute: cpu, cuda, mps.")]


@dataclass(frozen=True)
class Networks:
    """What makes the edits; see :func:`mien.cli.option_groups.grouped`."""

    editor: EditorName = "bundled"
    clip: ClipName = None
    patience: Patience = 0
    identity_network: IdentityFile = None
    trust_code: TrustCode = False
    device: Device = "cpu"

    def check(self, request: Request, photo: Photo, *, elsewhere: bool = False) -> None:
        """Finds what is wrong about an edit before any network is loaded; errors as of an editor.

        Args:
            request: what is asked for.
            photo: that is edited.
            elsewhere: layers lie over another photo, and will be moved to this one: their sizes say nothing.
        """
        from mien.backends import describe_backend
        from mien.editing.validation import check_request

        check_model(self.identity_network, "--identity-network")
        check_named(request.keep_identity is not None, request.face, self.identity_network)
        if not elsewhere:
            check_request(request, photo, describe_backend(self.editor, with_clip=self.clip is not None))

    def load(self) -> Editor:
        """The editor.

        Raises:
            CheckpointError, ConfigError: there is no such editor, no such CLIP, or no such device.
        """
        from mien.editor import Editor
        from mien.errors import ConfigError

        if self.patience and self.clip is None:
            raise ConfigError("--patience ends the descent after a CLIP; give one with --clip.")
        made = Editor.from_pretrained(
            self.editor,
            device=self.device,
            clip=self.clip,
            identity=self.identity_network,
            trust_code=self.trust_code,
        )
        if self.patience:
            end_early(made.backend, self.patience)
        return made


def end_early(backend: CropEditor, patience: int) -> None:
    """Lets what paints after a CLIP end its descent when so many steps did not help."""
    from mien.backends.facemug import Facemug
    from mien.editing.text_optimisation import Descent

    if isinstance(backend, Facemug):
        backend.codes.descent = Descent(patience=patience)


def check_named(kept: bool, face: Any, network: Path | None) -> None:
    """Raises ConfigError where identity matters and nothing can tell it."""
    from mien.editing.likeness import NO_IDENTITY, liked
    from mien.errors import ConfigError

    if network is None and (kept or liked(face) is not None):
        raise ConfigError(f"{'Keeping identity' if kept else f'Looking for {face}'} needs {NO_IDENTITY}.")


def chosen_face(face: str | None, box: str | None, photo: Photo, editor: FaceEditor) -> Any:
    """What an editor understands as a face: what ``--face`` says, or the face in ``--box``; None if neither is given.

    Raises:
        ConfigError: both are given.
        FaceError: the box is none, or holds no face.
    """
    from mien.errors import ConfigError

    if face is not None and box is not None:
        raise ConfigError("--face and --box both say where the face is; give one of them.")
    return face if box is None else editor.finder.at_box(photo, parse_box(box))


def check_face(text: str | None) -> None:
    """Refuses what names no face in any photo, before the photo is looked at.

    Raises:
        FaceSelectionError: neither a number, nor such a word, nor a point.
    """
    from mien.editing.likeness import liked
    from mien.errors import FaceSelectionError

    if text is None or text in ("largest", "left", "right", "aligned") or text.isdecimal() or liked(text):
        return
    try:
        _, _ = (float(part) for part in text.split(","))
    except ValueError:
        raise FaceSelectionError(
            f"'{text}' names no face; give a number, largest, left, right, or a point x,y."
        ) from None


def check_model(path: Path | None, option: str) -> None:
    """Refuses a network that is not there, before the others are loaded.

    Raises:
        UnknownCheckpointError: it is neither a folder nor an ordinary file.
    """
    from mien.errors import UnknownCheckpointError

    if path is not None and not path.is_dir() and not path.is_file():
        raise UnknownCheckpointError(f"{path} is neither a folder nor an ordinary file; check what {option} names.")


def parse_box(text: str) -> tuple[float, float, float, float]:
    """``left,top,right,bottom``.

    Raises:
        FaceSelectionError: it is something else.
    """
    from mien.errors import FaceSelectionError

    try:
        x0, y0, x1, y1 = (float(part) for part in text.split(","))
    except ValueError:
        raise FaceSelectionError(f"'{text}' is not a box; give --box left,top,right,bottom in pixels.") from None
    return x0, y0, x1, y1
