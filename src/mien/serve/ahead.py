"""What the next edit of a face will need is found while its user looks at the result of the last one."""

from __future__ import annotations

from contextlib import suppress

from mien.align.crop import crop_face
from mien.editing.context import EditContext
from mien.editing.outcome import SIDE
from mien.errors import MienError
from mien.serve.drafts import reduced_photo
from mien.serve.faults import ApiError
from mien.serve.store import Stored
from mien.serve.work import Task, WorkQueue


def look_ahead(queue: WorkQueue, stored: Stored, face: int) -> None:
    """Has faces and regions of a session's present photo found, unless there is other work.

    Args:
        queue: of the server.
        stored: the session.
        face: that was edited.
    """
    if queue.sizes == (0, 0):
        with suppress(ApiError):  # the server is about to stop
            queue.submit(Task(lambda: _look(stored, face)))


def _look(stored: Stored, face: int) -> None:
    with suppress(MienError, OSError):  # the session may be gone by now
        if not 0 <= face < len(stored.faces):
            return
        photo, quad = stored.session.result(), stored.faces[face].quad
        context = EditContext(stored.editor, stored.session.cache)
        if (small := stored.known.get("small")) is not None:  # of a large photo a draft is what somebody waits for
            context.faces(reduced_photo(stored, stored.session.tree.head, small[0][1]))
            return
        context.faces(photo)
        context.of(photo, quad).parsed()
        context.classes(crop_face(photo, quad, SIDE).pixels)
