"""The editor: a photo and what a user says about its faces go in, the edited photo comes out.

    editor = Editor.from_pretrained()
    editor("photo.jpg", mask="hair", color="#703020").save("photo-edited.png")

Legend: S side of the crop that is edited, N modalities that have a weight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from mien.backends import load_backend
from mien.backends.base import CropEditor, FaceGenerator
from mien.backends.devices import Placed, device_of
from mien.backends.published import Published
from mien.conditions.resample import picture_at
from mien.conditions.text import validate_text
from mien.conditions.types import Conditions
from mien.editing.asked import Asked
from mien.editing.cache import EditCache
from mien.editing.context import EditContext
from mien.editing.identity import Identity
from mien.editing.in_turn import edit_in_turn
from mien.editing.looking import Looking
from mien.editing.pipeline import edit_photos, without_photo
from mien.editing.request import Request
from mien.editing.result import CropEdit, CropOptions, EditResult, EditResults
from mien.editing.signatures import show_fields
from mien.errors import ConfigError, LayerError
from mien.types import Float32, Photo, PictureLike, UInt8

if TYPE_CHECKING:
    import torch


class Editor(Placed, Looking, Published):
    """What paints crops, and how photos get there and back. Build it once and use it for many photos.

    Args:
        backend: paints.
        device: where all networks run: "cpu", "cuda", "mps".
        identity: tells people apart, see :mod:`mien.editing.identity`.

    Attributes:
        backend, identity: the same.
        device, dtype: where the networks are, and the precision that the backend computes in, as torch's objects.

    Raises:
        ConfigError: nothing can run on the device.
    """

    def __init__(
        self, backend: CropEditor, *, device: str | torch.device = "cpu", identity: Identity | None = None
    ) -> None:
        self.identity, self.backend = identity, backend
        self.to(device)

    @classmethod
    def from_pretrained(
        cls,
        name: str | Path = "bundled",
        *,
        device: str | torch.device = "cpu",
        revision: str | None = None,
        clip: str | Path | None = None,
        identity: str | Path | None = None,
        trust_code: bool = False,
    ) -> Editor:
        """From a folder that training or :meth:`save_pretrained` wrote, a name, or an id of the Hugging Face Hub.

        Args:
            name: "bundled" is the one that comes with mien, "opencv:telea" and "opencv:navier-stokes" need no weights.
            device: see the class.
            revision: branch, tag or commit on the hub.
            clip: what reads ``text=``: see :func:`mien.checkpoints.clip.load_clip`.
            identity: file of a network that tells people apart, for ``keep_identity=`` and ``face="like:anna.jpg"``.
            trust_code: whether ``identity`` may be a TorchScript program.

        Raises:
            CheckpointError: there is none, it is damaged, or it is not trained far enough to edit.
            ConfigError: nothing can run on the device, or ``clip`` needs a package that is not installed.
        """
        where = device_of(device)  # before anything is fetched
        told = None if identity is None else Identity.load(identity, where, trust_code=trust_code)
        return cls(load_backend(name, where, revision=revision, clip=clip), device=where, identity=told)

    def save_pretrained(self, folder: str | Path) -> None:
        """Writes a folder that :meth:`from_pretrained` reads; raises SaveError where it cannot."""
        self.backend.save(Path(folder))

    def to(self, device: str | torch.device | torch.dtype | None = None, dtype: torch.dtype | None = None) -> Editor:
        """Moves all networks to a device, and makes the backend compute in another precision; the same editor.

        Args:
            device: None, or a dtype alone, keeps it.
            dtype: float32, bfloat16 or float16; None keeps it. Finder and parser always compute in float32.

        Raises:
            ConfigError: there is no such device, or the backend cannot compute so.
        """
        place: Any = device
        if type(place).__name__ == "dtype":  # torch's, which may not be there
            place, dtype = None, place
        where = self._place if place is None else device_of(place)
        self.backend.to(where, dtype)
        for name in ("finder", "parser"):
            if name in self.__dict__:
                self.__dict__[name] = self.__dict__[name].to(where)
        self._place, self._precision = where, dtype or self._precision
        return self

    @property
    def name(self) -> str:
        """For receipts."""
        return self.backend.name

    @property
    def size(self) -> int:
        """S, pixels."""
        return self.backend.size

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the attributes that it knows."""
        return self.backend.attributes

    def __repr__(self) -> str:
        knows = ", ".join(sorted(self.backend.supports())) or "the mask alone"
        return f"Editor({self.name}, {self.size} px, {self._place}, {self.precision}, reads {knows})"

    @overload
    def __call__(self, photo: PictureLike, request: Request | None = None, **inputs: Any) -> EditResult: ...

    @overload
    def __call__(self, photo: list[Any], request: Request | None = None, **inputs: Any) -> EditResults: ...

    def __call__(
        self,
        photo: PictureLike | list[Any],
        request: Request | None = None,
        *,
        n: int = 1,
        generator: torch.Generator | None = None,
        callback: Callable[[str, float], object] | None = None,
        cache: EditCache | None = None,
        **inputs: Any,
    ) -> EditResult | EditResults:
        """Edits one face of a photo, or of each of several photos.

        Args:
            photo: a :class:`mien.types.Photo`, a file, an array, a tensor or a Pillow image; or a list of them.
            request: what is asked for.
            n: so many variants, with the seeds ``seed``, ``seed + 1``, ...; see :attr:`EditResult.variants`.
            generator: the seed is drawn from it.
            callback: called after each stage with its name and the milliseconds that it took.
            cache: keeps what the next edit of this photo needs again; without one, only its faces and regions are.
            **inputs: the fields of :class:`mien.editing.request.Request`, in addition to ``request``.

        Returns:
            The result, or a list of results where a list was given.

        Raises:
            PhotoError, FaceError, LayerError, ConfigError: one sentence that names the input and the remedy.
        """
        asked = Request.merged(request, inputs, generator)
        photos: list[Any] = photo if isinstance(photo, list) else [photo]
        context = self._context(cache, callback)
        results = edit_photos(self.backend, [Asked(one, asked, n) for one in photos], context)
        return EditResults(results) if isinstance(photo, list) else results[0]

    def batch(self, edits: Iterable[Mapping[str, Any]], *, cache: EditCache | None = None) -> EditResults:
        """Different edits at once, each given as the arguments of a call: ``photo``, ``n`` and fields of a request.

        Crops go through the networks together. A result differs by one level of 255 at most from that edit alone.
        """
        return EditResults(edit_photos(self.backend, [*map(Asked.of, edits)], self._context(cache)))

    def edit_faces(
        self,
        photo: PictureLike,
        faces: Mapping[Any, Request | Conditions | Mapping[str, Any]],
        *,
        cache: EditCache | None = None,
    ) -> EditResult:
        """Edits several faces, each with its own inputs, in one call; later edits see the earlier ones.

        Args:
            photo: as in a call.
            faces: by face (as in a request), what is asked for: a request, its fields, or the crop's layers.
            cache: as in a call.

        Raises:
            As a call.
        """
        if not faces:
            raise ConfigError("No face is named; give at least one, such as {'largest': {'mask': 'hair'}}.")
        requests = [(which, Request.of(asked)) for which, asked in faces.items()]
        return edit_in_turn(self.backend, photo, requests, self._context(cache))

    def edit_in_turn(
        self,
        photo: PictureLike,
        edits: Sequence[Request | Mapping[str, Any]],
        *,
        callback: Callable[[str, float], object] | None = None,
        cache: EditCache | None = None,
    ) -> EditResult:
        """Several edits, one after the other, each of the face that it names in the photo as it came.

        Args:
            photo, callback, cache: as in a call.
            edits: requests, or their fields.

        Raises:
            As a call.
        """
        requests = [Request.of(asked) for asked in edits]
        named = [(one.face, one) for one in requests]
        return edit_in_turn(self.backend, photo, named, self._context(cache, callback), anew=True)

    def edit_crop(
        self,
        image: UInt8,
        conditions: Conditions,
        *,
        seed: int = 0,
        strength: float = 1.0,
        weights: Float32 | None = None,
        cache: EditCache | None = None,
    ) -> CropEdit:
        """Edits an aligned crop.

        Args:
            image: (S, S, 3) uint8 sRGB.
            conditions: of any side; the mask is needed.
            seed, strength, weights: see :class:`mien.backends.base.CropOptions`.
            cache: keeps what the next edit of this crop needs again.

        Returns:
            The crop with the edit faded in by the mask.

        Raises:
            LayerError: the crop has another size, or the mask is missing or empty.
            ConfigError: an unknown attribute, or a text and nothing that reads it.
        """
        if image.shape != (self.size, self.size, 3) or image.dtype != np.uint8:
            raise LayerError(f"The crop is {image.shape} {image.dtype}; this editor takes {self.size} x {self.size}.")
        at_size = conditions.replaced(text=validate_text(conditions.text or "")).at(self.size)
        if at_size.exemplar is not None:
            at_size = at_size.replaced(exemplar=picture_at(at_size.exemplar, self.size))
        if at_size.mask is None or not at_size.mask.any():
            raise LayerError("The mask is missing or empty; say where the face may change.")
        context, options = self._context(cache), CropOptions(seed, strength, weights)
        (painted,) = self.backend.edit([image], [at_size], [options], context)
        return CropEdit(painted.over(image, at_size.mask), painted.shares, context.watch.lap())

    def generate(
        self, request: Request | None = None, *, generator: torch.Generator | None = None, **inputs: Any
    ) -> Photo:
        """A face without a photo: out of layers of the crop's frame, an exemplar, attributes, words; or the seed alone.

        Args:
            request, generator, **inputs: as in a call, but for what needs a photo.

        Returns:
            (S, S) pixels, 8 bits, sRGB.

        Raises:
            As a call.
        """
        if not isinstance(self.backend, FaceGenerator):
            raise ConfigError(f"{self.name} makes no faces without a photo; choose another editor.")
        asked = Request.merged(request, inputs, generator)
        conditions, weights = without_photo(asked, self.backend, EditContext(self))
        painted = self.backend.generate(conditions, int(asked.seed), weights, EditContext(self))
        return Photo(np.rint(painted).astype(np.uint8))


show_fields(Editor.__call__)
show_fields(Editor.generate)
