"""What a user asks for, for one face: layers in any form and frame, and numbers.

The fields of :class:`Request` are the only spelling of what may be said: an editor's keyword arguments, the options of
the command line (which take their help from here), the recipes of sessions, and receipts. Importing this module costs
nothing: no NumPy, no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from mien.errors import ConfigError

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from mien.conditions.types import Conditions
    from mien.types import AlignedFace, Face, PictureLike

Mode = Literal["auto", "look", "pixels", "heal", "fill", "difference"]
"""How a mask is filled: painted ("look"), with pixels that are there, borrowed, dyed or healed ("pixels"), whichever of
the two is possible, pixels first ("auto"), with what surrounds it ("heal"), or as the face's other half and other faces
look there ("fill"). "difference" carries over what attributes change in the generator's picture of the face."""

Frame = Literal["auto", "photo", "crop"]
"""Where layers were drawn: over the photo, over the square face crop, or whichever their size says."""

LAYERS = ("mask", "sketch", "semantic", "color", "guide", "exemplar")
"""Names of the fields that hold pictures."""


@dataclass(frozen=True, eq=False, repr=False)
class Request:
    """All that may be said about one face; what is left out, or None, says nothing.

    Attributes:
        mask: where it may change: a region ("hair", "eyes+brows"), a picture, or an array that is bool, in [0, 1], or
            uint8. Its size says whether it lies over the photo or over the crop.
        sketch: a drawing, an SVG file, or a bool array, True on lines; "self": the photo's own lines.
        semantic: a map in a known palette, or an array of labels in the order of :mod:`mien.conditions.labels`; "self":
            the photo's own.
        color: RGB or RGBA, only what is painted counts; "self": the mean colors of the photo's regions; or one color
            for all of the mask: "#703020", a name that CSS knows, or (red, green, blue) in [0, 255].
        guide: pixels that are to be there, such as a rough paste: RGBA, as sure as it is opaque. They are the result;
            with a mask, what they leave open of it is painted around them, or healed in mode "pixels".
        harmonise: whether the guide takes on the photo's colors along its outline, and a soft edge.
        exemplar: any photo with a face, of which the largest is taken; an :class:`AlignedFace`; or "self": the person's
            own look.
        part: of the exemplar's face, whose pixels are borrowed instead of its look: "eyes", "nose+brows", "hair",
            "teeth" (an open smile), "lower_face" (a beard off). Without an exemplar, from the album or the bundled
            bank of nobody's faces; ``seed`` is the rank of the face: 0 fits best.
        album: a folder with photos, best of the same person, from which a part may be borrowed.
        reshape: strength by attribute ("smile", "nose-width"), in standard deviations: the photo's own pixels move.
        drag: points of the face that are pulled, (from x, from y, to x, to y) in photo pixels.
        dye: color by region ("hair", "lips", "irises"): a name, "#hex", (red, green, blue), "@swatch.png", or
            "other.jpg:hair", which is the mean color of that person's hair; "own": borrowed hair takes on the color
            of the person's.
        skin_tone: whether the tone of skin may be dyed.
        mode: see :data:`Mode`.
        attributes: strength by name. Without an exemplar they change the person's own look.
        text: what the face shall look like, in words: made into moves and dyes (see :mod:`mien.words`), or, in mode
            "look" and where words are not understood, painted after a CLIP if the editor has one. Without a mask it
            changes what the words speak of.
        degrees: what a text was read as, instead of reading it: degree in [-2, 2] or color by attribute, see
            :mod:`mien.editing.degrees`.
        layers: conditions of the crop that the above are added to, or replace one by one; or a folder of layers in
            which something was painted, see :mod:`mien.editing.layer_folder`.
        seed: 0 is the plain result; every other number is a variant of it.
        strength: in [0, 1]: how far to go from the photo to the edit.
        face: "largest", "left", "right", a number, a point "x,y", "like:anna.jpg" where the editor has a network that
            tells people apart, "aligned" where the photo is an aligned crop already, a
            :class:`mien.types.Face` that was found before, or the (4, 2) quad of a crop. By default where the layers
            were cut out, or else the largest.
        frame: of all layers that are pictures.
        protect: regions and "teeth" that are cut out of the mask, separated by commas.
        strict: a result that measures badly is refused, see :mod:`mien.editing.outcome`.
        keep_identity: least similarity of the face to what it was, in [-1, 1]: the strength is lowered until a network
            of the user's finds it, see :mod:`mien.editing.identity`.
        weights: how much a modality counts against the others where they contradict each other, by name ("image",
            "sketch", "semantic", "color", and "guide", whose confidence it multiplies): 1 is neutral, 0 takes it away.
        weight_maps: the same as pictures, black is 0 and white 1, or arrays of any numbers of at least 0.

    Raises:
        ConfigError, LayerError: a number, a name or a text that can never be one, whatever the photo.
    """

    mask: PictureLike | None = field(
        default=None, metadata={"help": "What may change: a region (hair, eyes+brows) or a picture."}
    )
    sketch: PictureLike | None = field(
        default=None, metadata={"help": "Where lines run: a drawing, SVG, or 'self' (as they are)."}
    )
    semantic: PictureLike | None = field(default=None, metadata={"help": "What lies where: a semantic map, or 'self'."})
    color: PictureLike | tuple[int, int, int] | None = field(
        default=None, metadata={"help": "Colors: a picture, one color (#703020, sienna), or 'self'."}
    )
    guide: PictureLike | None = field(
        default=None, metadata={"help": "Pixels that are to be there: a rough paste, RGBA, over the photo or crop."}
    )
    harmonise: bool = field(
        default=False, metadata={"help": "Let the guide take on the photo's colors at its edge.", "type": bool}
    )
    exemplar: PictureLike | AlignedFace | None = field(
        default=None, metadata={"help": "Whose look to borrow: a photo of a face, or 'self'."}
    )
    part: str = field(
        default="", metadata={"help": "Borrow the exemplar's pixels for this part: eyes, mouth, nose+brows."}
    )
    album: str | None = field(
        default=None,
        metadata={"help": "Photos, best of the same person, to borrow parts from.", "type": Path},
    )
    reshape: Mapping[str, float] = field(
        default_factory=dict,
        metadata={"help": "Move the photo's pixels: smile=1, nose-width=-1; repeatable.", "option": "reshape"},
    )
    drag: tuple[tuple[float, float, float, float], ...] = field(
        default=(),
        metadata={"help": "Pull a point of the face: 'x,y:x,y' in photo pixels; repeatable.", "option": "drag"},
    )
    dye: Mapping[str, str | tuple[int, int, int]] = field(
        default_factory=dict,
        metadata={"help": "Color by region: hair=auburn, lips=#a02040; repeatable.", "option": "dye"},
    )
    skin_tone: bool = field(
        default=False, metadata={"help": "Let skin be dyed: its tone is kept otherwise.", "type": bool}
    )
    mode: Mode = field(
        default="auto",
        metadata={
            "help": "pixels: move, borrow, dye; look: paint; heal: around; fill: other faces; auto: pixels first."
        },
    )
    attributes: Mapping[str, float] = field(
        default_factory=dict, metadata={"help": "Such as smile=1.5; repeatable.", "option": "attribute"}
    )
    text: str | None = field(default=None, metadata={"help": "What to change, in words: 'grey hair, a slight smile'."})
    degrees: Mapping[str, float | str] = field(
        default_factory=dict,
        metadata={"help": "What words were read as: smile=0.5, hair-color=red; repeatable.", "option": "degree"},
    )
    layers: Conditions | str | Path | None = field(
        default=None, metadata={"help": "A folder of 'mien conditions' that you painted in.", "type": Path}
    )
    seed: int = field(
        default=0, metadata={"help": "0 is the plain result, others are variants.", "type": int, "min": 0}
    )
    strength: float = field(
        default=1.0,
        metadata={"help": "How far to go from the photo to the edit.", "type": float, "min": 0, "max": 1},
    )
    face: str | int | Face | NDArray[Any] | None = field(
        default=None, metadata={"help": "Which face: a number, largest, left, right, aligned, x,y, or like:anna.jpg."}
    )
    frame: Frame = field(
        default="auto", metadata={"help": "Layers lie over the photo or the crop; auto: by their size."}
    )
    protect: str = field(
        default="", metadata={"help": "Leave these as they are: glasses,earrings,teeth or any region."}
    )
    strict: bool = field(
        default=False, metadata={"help": "Refuse a result that measures badly: nothing is written.", "type": bool}
    )
    keep_identity: float | None = field(
        default=None,
        metadata={"help": "Lower the strength until the face is this like: 0.8.", "type": float, "min": -1, "max": 1},
    )
    weights: Mapping[str, float] = field(
        default_factory=dict, metadata={"help": "How much a layer counts: sketch=2; repeatable.", "option": "weight"}
    )
    weight_maps: Mapping[str, PictureLike] = field(
        default_factory=dict,
        metadata={"help": "The same, painted: color=map.png; repeatable.", "option": "weight_map"},
    )

    def __post_init__(self) -> None:
        from mien.conditions.attributes import validate_attributes
        from mien.conditions.text import validate_text

        for one in fields(self):
            if getattr(self, one.name) is None and one.default_factory is not MISSING:
                object.__setattr__(self, one.name, one.default_factory())
            elif getattr(self, one.name) is None:
                object.__setattr__(self, one.name, one.default)
        colors = {region: tuple(one) if isinstance(one, list) else one for region, one in self.dye.items()}
        object.__setattr__(self, "dye", colors)
        if self.album is not None:
            object.__setattr__(self, "album", str(self.album))
        if self.text is not None:
            validate_text(self.text)
        validate_attributes(self.attributes)
        if not is_number(self.seed, 0, 2**32 - 1, whole=True):
            raise ConfigError(f"The seed is {self.seed!r}; give a whole number from 0 to 4294967295.")
        if not is_number(self.strength, 0, 1):
            raise ConfigError(f"The strength is {self.strength!r}; give a number from 0 (the photo) to 1 (the edit).")
        if self.keep_identity is not None and not is_number(self.keep_identity, -1, 1):
            raise ConfigError(f"keep_identity is {self.keep_identity!r}; give a number up to 1, such as 0.8.")
        for name in ("skin_tone", "harmonise"):
            if not isinstance(getattr(self, name), bool):
                raise ConfigError(f"{name} is {getattr(self, name)!r}; give True or False.")
        if self.mode not in get_args(Mode):
            raise ConfigError(f"'{self.mode}' is no mode; choose {', '.join(get_args(Mode))}.")
        if self.frame not in get_args(Frame):
            raise ConfigError(f"'{self.frame}' is no frame; choose auto, photo or crop.")

    @property
    def moves_pixels(self) -> bool:
        """Whether pixels that are there are moved, borrowed, dyed, healed or laid over the photo."""
        asked = self.part or self.reshape or self.drag or self.dye or self.mode in ("heal", "fill", "difference")
        return bool(self.guide is not None or asked)

    @property
    def lends(self) -> bool:
        """Whether a part is borrowed, or made after other faces, and nobody says whose."""
        return (bool(self.part) or self.mode == "fill") and self.exemplar is None

    @property
    def paints(self) -> bool:
        """Whether something is painted: always where pixels are not merely moved."""
        return self.draws or not self.moves_pixels

    @property
    def draws(self) -> bool:
        """Whether anything is asked for that only painting can do."""
        drawn = (self.sketch, self.semantic, self.color, None if self.part else self.exemplar, self.layers)
        said = self.text or self.degrees or (self.attributes and self.mode != "difference")
        return bool(said) or any(one is not None for one in drawn)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Request:
        """From the fields; None says nothing.

        Raises:
            ConfigError: a field that is none.
        """
        known = [one.name for one in fields(cls)]
        unknown = [name for name in values if name not in known]
        if unknown:
            raise ConfigError(f"'{unknown[0]}' is no input of an edit; choose from {', '.join(known)}.")
        return cls(**values)

    @classmethod
    def of(cls, asked: Request | Conditions | Mapping[str, Any]) -> Request:
        """A request, its fields, or the crop's layers alone; errors as in :meth:`from_dict`."""
        if isinstance(asked, Request):
            return asked
        return cls.from_dict(asked) if isinstance(asked, Mapping) else cls(layers=asked)

    @classmethod
    def merged(cls, request: Request | None, values: Mapping[str, Any], generator: torch.Generator | None) -> Request:
        """A request with more fields, and the seed drawn from a generator if there is one; errors as above."""
        if generator is not None and values.get("seed") is not None:
            raise ConfigError("Seed and generator both say where chance comes from; give one of them.")
        if generator is not None:
            values = {**values, "seed": generator_seed(generator)}
        return cls.from_dict({**(request.to_dict() if request else {}), **values})

    def to_dict(self) -> dict[str, Any]:
        """What says something, by field, in the order of the fields, as it was given."""
        values = {one.name: (getattr(self, one.name), one.default) for one in fields(self)}
        return {
            name: value
            for name, (value, default) in values.items()
            if value is not None
            and not (isinstance(value, Mapping | tuple) and not value)
            and not (isinstance(value, str | Real) and value == default)
        }

    def describe(self) -> str:
        """In a few words: ``mask hair, color c.png, smile +1.5, seed 2``."""
        from mien.editing.description import describe

        return describe(self)

    def __repr__(self) -> str:
        return f"Request({self.describe() or 'nothing'})"


def generator_seed(generator: torch.Generator) -> int:
    """A seed that is drawn from a generator, which moves on."""
    import torch

    return int(torch.randint(0, 2**32, (), generator=generator, device=generator.device))


def is_number(value: Any, low: float, high: float, *, whole: bool = False) -> bool:
    """Whether something is a number in [low, high], Python's or NumPy's; truth values and NaN are none."""
    kind: Any = Integral if whole else Real
    return isinstance(value, kind) and not isinstance(value, bool) and bool(low <= value <= high)
