"""The editor: a photo and what a user says about its faces go in, the edited photo comes out.

    editor = Editor.from_pretrained()
    editor("photo.jpg", mask="hair", color="blue.png").save("photo-edited.png")

Legend: S side of the crop that is edited, L W+ codes, C length of a code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mien.align.finder import FaceFinder
from mien.checkpoints.clip import Clip, load_clip
from mien.checkpoints.editor import DEFAULT, load_editor
from mien.checkpoints.hub import find_folder
from mien.conditions.modalities.text import validate_text
from mien.conditions.parser import FaceParser
from mien.conditions.pictures import as_photo, name_of
from mien.conditions.resample import picture_at
from mien.conditions.types import Conditions
from mien.editing.cache import EditCache
from mien.editing.crop_frame import CropFrame
from mien.editing.directions import load_directions
from mien.editing.layer_folder import Repainted, read_repainted
from mien.editing.layers import ParsedCrop, Tools, conditions_of
from mien.editing.painting import Painting
from mien.editing.pipeline import Job, prepare, run, tools_for
from mien.editing.request import LAYERS, Frame, Request, is_number, request_of
from mien.editing.result import CropEdit, EditResult
from mien.editing.self_layers import refuse_own
from mien.editing.target import Place, place_of
from mien.editing.timing import Stopwatch
from mien.editing.weights import weights_of
from mien.errors import ConfigError, LayerError, UnknownCheckpointError
from mien.models.editing import EditorNetworks
from mien.types import AlignedFace, Float32, Photo, PictureLike, UInt8

NEEDED = ("generator", "encoder", "painter")
"""Networks without which there is no edit; without the warping network exemplars keep their own pose."""

MOST_VARIANTS = 64


class Editor:
    """Networks, and how to use them. Build it once and use it for many photos.

    Args:
        networks: all of them; they are put into evaluation mode and moved to the device.
        trained: which of them are, see :data:`mien.checkpoints.editor.PARTS`.
        directions: (L, C) by the name of the attribute.
        name: of the editor, for receipts.
        device: where the networks run: "cpu", "cuda", "mps".
        clip: understands words, on the same device; None to do without them.

    Attributes:
        size: S, pixels.
        clip: the same.
        attributes: names of the attributes that it knows.

    Raises:
        UnknownCheckpointError: it is not trained far enough.
    """

    def __init__(
        self,
        networks: EditorNetworks,
        trained: Sequence[str],
        directions: Mapping[str, Tensor] | None = None,
        *,
        name: str = "an editor",
        device: str = "cpu",
        clip: Clip | None = None,
    ) -> None:
        missing = [part for part in NEEDED if part not in trained]
        if missing:
            raise UnknownCheckpointError(f"{name} lacks its {' and '.join(missing)}; train these, or choose another.")
        networks.eval().requires_grad_(False).to(device=_device(device), memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.size = networks.config.resolution
        self.attributes = tuple(sorted(directions or {}))
        self.name, self.clip = name, clip
        self._painting = Painting(networks, "warping" in trained, directions or {}, clip)

    @classmethod
    def from_pretrained(
        cls,
        name: str | Path = "bundled",
        *,
        device: str = "cpu",
        revision: str | None = None,
        clip: str | Path | None = None,
    ) -> Editor:
        """From a folder that training wrote, a bundled name, or an id of the Hugging Face Hub.

        Args:
            name: "bundled" is the one that comes with mien.
            device: see the class.
            revision: branch, tag or commit on the hub.
            clip: what understands ``text=``: see :func:`mien.checkpoints.clip.load_clip`.

        Raises:
            CheckpointError: there is none, it is damaged, or it is not trained far enough to edit.
            ConfigError: ``clip`` needs a package that is not installed.
        """
        _device(device)  # before anything is fetched
        folder = find_folder(DEFAULT if name == "bundled" else name, revision)
        networks, trained = load_editor(folder)
        generator = networks.config.generator
        directions = load_directions(folder, generator.codes, generator.w_dim)
        words = None if clip is None else load_clip(clip, device)
        return cls(networks, trained, directions, name=folder.name, device=device, clip=words)

    @cached_property
    def finder(self) -> FaceFinder:
        """Finds faces; loaded when first needed."""
        return FaceFinder.bundled()

    @cached_property
    def parser(self) -> FaceParser:
        """Finds regions; loaded when first needed."""
        return FaceParser.bundled()

    def __call__(
        self,
        photo: PictureLike,
        *,
        mask: Any = None,
        sketch: Any = None,
        semantic: Any = None,
        color: Any = None,
        exemplar: Any = None,
        attributes: Mapping[str, float] | None = None,
        text: str | None = None,
        seed: int = 0,
        strength: float = 1.0,
        n: int = 1,
        face: Any = None,
        weights: Mapping[str, float] | None = None,
        weight_maps: Mapping[str, Any] | None = None,
        protect: str = "",
        frame: Frame = "auto",
        layers: Conditions | Path | str | None = None,
        cache: EditCache | None = None,
    ) -> EditResult:
        """Edits one face. Most arguments are those of :class:`mien.editing.request.Request`; besides:

        Args:
            photo: a :class:`mien.types.Photo`, a file, (H, W, 3) or (H, W) uint8 or uint16, or a Pillow image.
            n: so many variants, with the seeds ``seed``, ``seed + 1``, ...; see :attr:`EditResult.variants`.
            face: "largest", a number, a point "x,y", "aligned" where the photo is an aligned crop already, a
                :class:`mien.types.Face` that was found before, or the (4, 2) quad of a crop. By default where the
                layers were cut out, or else the largest.
            layers: conditions of the crop, or a folder of layers in which something was painted, see
                :mod:`mien.editing.layer_folder`.
            cache: keeps what the next edit of this photo needs again.

        Raises:
            PhotoError, FaceError, LayerError, ConfigError: one sentence that names the input and the remedy.
        """
        numbers: dict[str, Any] = {"attributes": attributes, "weights": weights, "weight_maps": weight_maps}
        given = {name: value for name, value in numbers.items() if value is not None}
        drawn = (mask, sketch, semantic, color, exemplar)
        request = Request(*drawn, **given, text=text, seed=seed, strength=strength, protect=protect, frame=frame)
        if not is_number(n, 1, MOST_VARIANTS, whole=True):
            raise ConfigError(f"{n!r} variants cannot be made; ask for 1 to {MOST_VARIANTS}.")
        cache, watch = cache or EditCache(), Stopwatch()
        picture = as_photo(photo)
        painted = self._layers(picture, layers, {name: getattr(request, name) for name in LAYERS}, watch)
        request = replace(request, layers=painted.conditions)
        which = painted.quad if face is None else face
        place = self._place(picture, "largest" if which is None else which, cache, watch, name_of(photo, "photo"))
        job = self._prepare(picture, place, request, cache, watch)
        job = replace(job, notes=(*painted.notes, *job.notes))
        results: list[EditResult] = []
        for number in range(n):
            variant = replace(job, request=replace(request, seed=request.seed + number))
            edited, done = run(picture, variant, self._painting, self.name, cache, watch)
            results.append(EditResult(edited, picture, (done,), watch.lap()))
        return replace(results[0], others=tuple(results[1:]))

    def edit_faces(
        self,
        photo: Any,
        faces: Mapping[Any, Request | Conditions | Mapping[str, Any]],
        *,
        cache: EditCache | None = None,
    ) -> EditResult:
        """Edits several faces, each with its own inputs, in one call; later edits see the earlier ones.

        Args:
            photo: as in a call.
            faces: by face (as in a call), what is asked for: a request, its fields as a mapping, or the crop's layers.
            cache: as in a call.

        Raises:
            As a call.
        """
        cache, watch = cache or EditCache(), Stopwatch()
        original = as_photo(photo)
        if not faces:
            raise ConfigError("No face is named; give at least one, such as {'largest': {'mask': 'hair'}}.")
        named = {which: request_of(asked) for which, asked in faces.items()}
        places = {which: self._place(original, which, cache, watch, name_of(photo, "photo")) for which in named}
        edited, done = original, []
        for which, request in named.items():
            job = self._prepare(edited, places[which], request, cache, watch)
            edited, one = run(edited, job, self._painting, self.name, cache, watch)
            done.append(one)
        return EditResult(edited, original, tuple(done), watch.lap())

    def batch(self, jobs: Iterable[Mapping[str, Any]], *, cache: EditCache | None = None) -> list[EditResult]:
        """Many edits, one after the other, each given as the arguments of a call, ``photo`` among them.

        No result depends on the company it was made in.
        """
        shared = cache or EditCache()
        return [self(**{"cache": shared, **job}) for job in jobs]

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
            seed, strength: see :class:`mien.editing.request.Request`.
            weights: (4, 1, 1) or (4, S, S) float32 of image, sketch, semantics and colour; see
                :meth:`mien.models.editing.Aggregation.forward`.
            cache: keeps what the next edit of this crop needs again.

        Raises:
            LayerError: the crop has another size, or the mask is missing or empty.
            ConfigError: an unknown attribute, or a text and no CLIP.
        """
        if image.shape != (self.size, self.size, 3) or image.dtype != np.uint8:
            raise LayerError(f"The crop is {image.shape} {image.dtype}; this editor takes {self.size} x {self.size}.")
        at_size = self._fitting(conditions)
        if at_size.mask is None or not at_size.mask.any():
            raise LayerError("The mask is missing or empty; say where the face may change.")
        watch = Stopwatch()
        painted = self._painting.edit(image, at_size, seed, strength, weights, cache or EditCache(), watch)
        return CropEdit(painted.over(image, at_size.mask), painted.shares, watch.lap())

    def generate(
        self,
        *,
        seed: int = 0,
        sketch: Any = None,
        semantic: Any = None,
        color: Any = None,
        exemplar: Any = None,
        attributes: Mapping[str, float] | None = None,
        text: str | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> Photo:
        """A face without a photo: out of layers of the crop's frame, an exemplar, attributes, words; or the seed alone.

        Returns:
            (S, S) pixels, 8 bits, sRGB.

        Raises:
            As a call.
        """
        layers = {"sketch": sketch, "semantic": semantic, "color": color, "exemplar": exemplar}
        refuse_own(layers)
        request = Request(**layers, attributes=attributes or {}, text=text, seed=seed, frame="crop")
        blank = AlignedFace(np.zeros((self.size, self.size, 3), np.uint8), np.eye(2, 3), (self.size, self.size))
        frame = CropFrame.of(blank, "crop", "the face")
        conditions = conditions_of(request, blank, frame, Tools(lambda: self.finder, _no_regions))
        painted = self._painting.generate(conditions, int(seed), weights_of(weights or {}, {}, frame))
        return Photo(np.rint(painted).astype(np.uint8))

    def _layers(self, photo: Photo, layers: Any, inputs: Mapping[str, Any], watch: Stopwatch) -> Repainted:
        if layers is None or isinstance(layers, Conditions):
            return Repainted(layers or Conditions(), None)
        with watch("layers"):
            return read_repainted(Path(layers), photo, lambda: self.parser, inputs)

    def _place(self, photo: Photo, which: Any, cache: EditCache, watch: Stopwatch, name: str) -> Place:
        with watch("find"):
            return place_of(photo, which, lambda: self.finder, cache, name)

    def _prepare(self, photo: Photo, place: Place, request: Request, cache: EditCache, watch: Stopwatch) -> Job:
        with watch("layers"):
            tools = tools_for(photo, place, lambda: self.finder, lambda: self.parser, cache)
            return prepare(photo, place, request, self.size, tools)

    def _fitting(self, conditions: Conditions) -> Conditions:
        """At S, the exemplar too."""
        c = conditions.replaced(text=validate_text(conditions.text or "")).at(self.size)
        return c if c.exemplar is None else c.replaced(exemplar=picture_at(c.exemplar, self.size))


def _no_regions() -> ParsedCrop:
    raise LayerError("There is no photo to find a region in; give layers.")


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(f"Nothing can run on '{name}' here; choose cpu, or a device that is there.") from error
    return device
