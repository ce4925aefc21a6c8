"""What is answered, for OpenAPI and for readers; docs/api.md tells what each field means."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

Box = tuple[int, int, int, int]
Point = tuple[float, float]


class Fault(BaseModel):
    """Of an error."""

    code: str
    message: str
    field: str | None = None


class FaultAnswer(BaseModel):
    """Every error."""

    error: Fault


class Health(BaseModel):
    """The server's state."""

    status: str
    version: str
    editor: str
    queue: dict[str, int]


class PhotoFacts(BaseModel):
    """Of the photo as it came."""

    name: str
    format: str
    width: int
    height: int
    bits: int
    gray: bool
    alpha: bool
    notes: list[str]


class FaceFacts(BaseModel):
    """Of one face, in photo pixels."""

    number: int
    box: tuple[float, float, float, float]
    score: float
    quad: list[Point]
    landmarks: list[Point]
    pose: dict[str, float]
    mouth_openness: float
    eye_openness: tuple[float, float]
    unit: float


class StepFacts(BaseModel):
    """One edit of the tree."""

    number: int
    parent: int
    replaces: int
    note: str
    words: str
    operations: list[str]
    box: Box | None
    face: int
    recipe: dict[str, Any]
    quad: list[Point]


class TreeFacts(BaseModel):
    """All edits."""

    head: int
    tip: int
    steps: list[StepFacts]


class SessionAnswer(BaseModel):
    """A session; ``key`` only when it is made."""

    id: str
    key: str | None = None
    expires: str
    photo: PhotoFacts
    faces: list[FaceFacts]
    tree: TreeFacts


class UploadAnswer(BaseModel):
    """A picture that can be named in edits."""

    id: str
    width: int
    height: int


class PatchFacts(BaseModel):
    """What changed, as a picture."""

    box: Box
    place: tuple[int, int]
    width: int
    height: int
    png: str = Field(description="base64 of a PNG with alpha")
    url: str | None = None


class ReceiptFacts(BaseModel):
    """What happened outside the mask."""

    changed_outside: int
    max_difference_outside: int
    mask_pixels: int
    mask_fraction: float


class Changed(BaseModel):
    """What changed visibly in one class of the face."""

    class_: str = Field(alias="class")
    share: float
    delta_e: float


class Candidate(BaseModel):
    """One result."""

    seed: int
    patch: PatchFacts
    receipt: ReceiptFacts
    operations: list[str]
    notes: list[str]
    outcome: dict[str, Any] | None
    changed: list[Changed]


class EditAnswer(Candidate):
    """One edit."""

    step: int | None
    parent: int
    head: int
    face: int
    timings: dict[str, float]
    queued_ms: float
    candidates: list[Candidate]


class HeadAnswer(BaseModel):
    """Where the session stands now, and what differs on the screen."""

    head: int
    tip: int
    box: Box | None


class TaskAnswer(BaseModel):
    """A task that was begun."""

    task: str
    events: str


class TaskState(BaseModel):
    """A task."""

    task: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    position: int
    progress: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    error: Fault | None = None


class FoundFace(BaseModel):
    """A face that fits a sentence more or less."""

    photo: int
    name: str
    face: int
    box: tuple[float, float, float, float]
    score: float
    wishes: dict[str, float]


class FoundAnswer(BaseModel):
    """Faces of some photos, the best first."""

    wishes: list[dict[str, Any]]
    not_understood: list[str]
    notes: list[str]
    photos: int
    hits: list[FoundFace]


class FieldAnswer(BaseModel):
    """Displacements for a preview."""

    box: Box
    columns: int
    rows: int
    unit: float
    scale: float
    weight: str
    attributes: dict[str, str]
    drag: dict[str, float]
