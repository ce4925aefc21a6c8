"""What looks at faces for an editor: two networks, and what they found in the last photos."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from mien.align.finder import FaceFinder
from mien.conditions.parser import FaceParser
from mien.editing.cache import EditCache
from mien.editing.context import EditContext
from mien.editing.timing import Stopwatch


class Looking:
    """Base of :class:`mien.editor.Editor`; a :class:`mien.editing.context.FaceNetworks`."""

    _place: str

    @cached_property
    def finder(self) -> FaceFinder:
        """Finds faces; loaded when first needed."""
        return FaceFinder.bundled().to(self._place)

    @cached_property
    def parser(self) -> FaceParser:
        """Finds regions; loaded when first needed."""
        return FaceParser.bundled().to(self._place)

    @cached_property
    def _looked(self) -> EditCache:
        """What was found by looking at the last photos."""
        return EditCache()

    def _context(self, cache: EditCache | None, callback: Callable[[str, float], object] | None = None) -> EditContext:
        """Of one call, which a user may have given a cache."""
        return EditContext(self, EditCache(wider=self._looked) if cache is None else cache, Stopwatch(callback))
