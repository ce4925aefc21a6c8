"""What may be sent: the bodies of ``/api``, checked before anything is done. Types here are what OpenAPI shows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat

from mien.conditions.text import LONGEST

MOST_WISHES, MOST_DRAGS = 64, 64


def _printable(text: str) -> str:
    if any(not character.isprintable() for character in text):
        raise ValueError("control characters are not allowed")
    return text


Word = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
Text = Annotated[str, Field(max_length=LONGEST)]
Number = Annotated[FiniteFloat, Field(ge=-1e4, le=1e4)]
Pixel = Annotated[FiniteFloat, Field(ge=-1e6, le=1e6)]
Level = Annotated[int, Field(ge=0, le=255)]
Color = Word | tuple[Level, Level, Level]


class Body(BaseModel):
    """Base of all: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Upload(Body):
    """A picture that was sent before."""

    upload: Annotated[str, Field(pattern=r"^[0-9a-f]{64}(\.[a-z0-9]{1,8})?$")]


Layer = Word | Upload


class Wishes(Body):
    """What is asked for: the fields of mien.Request that mean something over HTTP; see docs/editing.md."""

    mask: Layer | None = Field(None, description="White (or opaque) may change; or a region such as 'hair'.")
    sketch: Layer | None = Field(None, description="Black lines on white, or opaque lines; or 'self'.")
    semantic: Layer | None = Field(None, description="Colours of the classes; transparent says nothing; or 'self'.")
    color: Layer | tuple[Level, Level, Level] | None = Field(None, description="RGBA, opaque counts; or one colour.")
    guide: Upload | None = Field(None, description="RGBA: pixels that are to be there.")
    harmonise: bool | None = None
    exemplar: Layer | None = Field(None, description="A photo with a face; or 'self'.")
    part: Word | None = Field(None, description="Borrow the exemplar's pixels for this part.")
    reshape: Annotated[dict[Word, Number], Field(max_length=MOST_WISHES)] | None = None
    drag: Annotated[list[tuple[Pixel, Pixel, Pixel, Pixel]], Field(max_length=MOST_DRAGS)] | None = None
    dye: Annotated[dict[Word, Color], Field(max_length=MOST_WISHES)] | None = None
    skin_tone: bool | None = None
    mode: Literal["auto", "look", "pixels", "heal", "fill", "difference"] | None = None
    attributes: Annotated[dict[Word, Number], Field(max_length=MOST_WISHES)] | None = None
    text: Text | None = None
    degrees: Annotated[dict[Word, Number | Word], Field(max_length=MOST_WISHES)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] | None = None
    strength: Annotated[FiniteFloat, Field(ge=0, le=1)] | None = None
    frame: Literal["auto", "photo", "crop"] | None = None
    protect: Word | None = None
    strict: bool | None = None
    keep_identity: Annotated[FiniteFloat, Field(ge=-1, le=1)] | None = None
    weights: Annotated[dict[Word, Annotated[FiniteFloat, Field(ge=0, le=1e3)]], Field(max_length=16)] | None = None
    weight_maps: Annotated[dict[Word, Upload], Field(max_length=16)] | None = None

    def wished(self) -> dict[str, Any]:
        """What was sent, None included, by field of a request; ``Upload`` as its id in a dictionary."""
        return self.model_dump(include=set(Wishes.model_fields) & self.model_fields_set)


class EditBody(Wishes):
    """One edit."""

    face: Annotated[int, Field(ge=0, le=999)] | None = Field(None, description="Number of the face; default 0.")
    from_: Annotated[int, Field(ge=0, le=10**6)] | None = Field(None, alias="from", description="Step to edit.")
    keep: bool = Field(True, description="False: a trial, nothing enters the tree.")
    n: Annotated[int, Field(ge=1, le=64)] = Field(1, description="Candidates; more than one is always a trial.")
    stream: Annotated[Word, Field(max_length=64)] = Field("", description="A newer edit of it cancels older ones.")
    note: Annotated[str, Field(max_length=500)] = ""
    preview_width: Annotated[int, Field(ge=16, le=32768)] | None = None
    draft: bool = Field(False, description="A trial made of the photo at preview_width: quick, and rougher.")
    wait: bool = Field(True, description="False: answer 202 at once.")


class HeadBody(Body):
    """Where to go in the tree; one of the three."""

    undo: Annotated[int, Field(ge=1, le=10**6)] | None = None
    redo: Annotated[int, Field(ge=1, le=10**6)] | None = None
    to: Annotated[int, Field(ge=0, le=10**6)] | None = None


class ReadBody(Body):
    """A sentence."""

    text: Text


class GenerateBody(Body):
    """A face without a photo."""

    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0
    attributes: Annotated[dict[Word, Number], Field(max_length=MOST_WISHES)] = Field(default_factory=dict)
    text: Text = ""
    format: Literal["png", "json"] = "png"
    codes: bool = Field(False, description="The mapping network makes the face; JSON has its codes as a file.")
