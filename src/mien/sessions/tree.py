"""The tree of edits: which node grew out of which, where one stands, and how far one can go on.

Convention:
    Nodes are numbered from 0, in the order in which they were made; 0 is the photo as it came. ``head`` is where one
    stands. ``tip`` is the end of the line that undo and redo walk: undo goes from head towards 0, redo towards tip.
    A new edit makes a new tip; what redo would have reached stays in the tree, for :meth:`Tree.checkout`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from mien.errors import SessionError
from mien.sessions.recipe import is_readable, with_current_names

ORIGINAL = 0

Corner = tuple[float, float]


@dataclass(frozen=True)
class Node:
    """One edit.

    Attributes:
        number: its own.
        parent: the node that was edited.
        recipe: what was asked for, ready for JSON; see :mod:`mien.sessions.recipe`.
        quad: (4, 2) corners of the face's crop, photo pixels; see :mod:`mien.align.crop`.
        patch: name of the stored picture that holds the changed part.
        place: (x, y) of its top-left pixel in the photo.
        operations: what the editor did, in words.
        note: the user's own words.
        editor: name of the editor that made it.
        replaces: number of the edit in the place of which it was made; 0 for a new one.
        snapshot: name of the stored file that holds all that has changed since the original; empty if there is none.
    """

    number: int
    parent: int
    recipe: Mapping[str, Any]
    quad: Sequence[Sequence[float]]
    patch: str
    place: tuple[int, int]
    operations: tuple[str, ...] = ()
    note: str = ""
    editor: str = ""
    replaces: int = 0
    snapshot: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Tree:
    """All edits of one photo.

    Attributes:
        nodes: all but the original: ``nodes[k - 1]`` is node k.
        head, tip: see above.
    """

    nodes: tuple[Node, ...] = ()
    head: int = ORIGINAL
    tip: int = ORIGINAL

    def node(self, number: int) -> Node:
        """The edit of that number.

        Raises:
            SessionError: there is no such edit.
        """
        if not 1 <= number <= len(self.nodes):
            known = f"choose 1 to {len(self.nodes)}" if self.nodes else "nothing has been edited yet"
            raise SessionError(f"There is no edit {number}; {known}.")
        return self.nodes[number - 1]

    def line(self, number: int) -> list[Node]:
        """The edits from the original to a node, that one included.

        Raises:
            SessionError: there is no such node.
        """
        found: list[Node] = []
        while number != ORIGINAL:
            found.append(self.node(number))
            number = found[-1].parent
        return found[::-1]

    def children(self, number: int) -> list[int]:
        """The edits that grew out of a node, oldest first."""
        return [node.number for node in self.nodes if node.parent == number]

    def now(self, number: int) -> Node:
        """What has become of an edit on the line that led here: itself, or what was made in its place.

        Raises:
            SessionError: neither led here.
        """
        self.node(number)
        for node in reversed(self.line(self.head)):
            former = node.number
            while former > number:
                former = self.node(former).replaces
            if former == number:
                return node
        raise SessionError(f"Edit {number} did not lead to edit {self.head}; check out one that it led to.")

    def undone(self, steps: int = 1) -> Tree:
        """Towards the original.

        Raises:
            SessionError: there are not that many steps.
        """
        line = [ORIGINAL, *(node.number for node in self.line(self.head))]
        return replace(self, head=_nth(line[::-1], steps, "undo"))

    def redone(self, steps: int = 1) -> Tree:
        """Towards the tip.

        Raises:
            SessionError: there are not that many steps.
        """
        ahead = [node.number for node in self.line(self.tip)[len(self.line(self.head)) :]]
        return replace(self, head=_nth([self.head, *ahead], steps, "redo"))

    def at(self, number: int) -> Tree:
        """Stands at any node. On the present line the tip stays; elsewhere it is the end of the youngest line there.

        Raises:
            SessionError: there is no such node.
        """
        self.line(number)
        tip = self.tip
        if number != ORIGINAL and number not in {node.number for node in self.line(tip)}:
            tip = number
            while younger := self.children(tip):
                tip = younger[-1]
        return replace(self, head=number, tip=tip)

    def grown(self, nodes: Sequence[Node]) -> Tree:
        """With new nodes, standing at the last of them."""
        last = nodes[-1].number
        return Tree((*self.nodes, *nodes), last, last)

    def record(self, action: str, nodes: Sequence[Node] = ()) -> dict[str, Any]:
        """The journal's line for an action that led here and made ``nodes``."""
        made = [node.as_dict() for node in nodes]
        return {"action": action, **({"nodes": made} if made else {}), "head": self.head, "tip": self.tip}

    def after(self, record: Mapping[str, Any]) -> Tree:
        """The inverse of :meth:`record`: one line of the journal later.

        Raises:
            SessionError: the line does not follow from those before it.
        """
        try:
            made = [_node(values) for values in record.get("nodes", ())]
            tree = Tree((*self.nodes, *made), record["head"], record["tip"])
            for k, node in enumerate(made, len(self.nodes) + 1):
                if node.number != k or not 0 <= node.parent < k or not 0 <= node.replaces < k:
                    raise ValueError("numbers")
            tree._check_head()
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            raise SessionError(
                f"The journal is damaged ({str(error)[:80]}); restore it from a copy of the session."
            ) from error
        return tree

    def _check_head(self) -> None:
        """Parents are older than their children, so the way from the tip passes the head or runs past it."""
        number = self.tip
        if {type(self.head), type(number)} != {int} or not 0 <= self.head <= number <= len(self.nodes):
            raise ValueError("numbers")
        while number > self.head:
            number = self.nodes[number - 1].parent
        if number != self.head:
            raise ValueError("numbers")


def _node(values: Mapping[str, Any]) -> Node:
    """A node from JSON; what a later version may have added is left aside."""
    known = {name: values[name] for name in Node.__dataclass_fields__ if name in values}
    (x, y), operations = known["place"], tuple(known.get("operations", ()))
    corners = [(float(across), float(down)) for across, down in known["quad"]]
    if len(corners) != 4 or not _is_quad(*corners):
        raise ValueError("quad")
    recipe = with_current_names(known["recipe"])
    if _is_deep(recipe) or not is_readable(recipe):
        raise ValueError("recipe")
    node = Node(**{**known, "place": (int(x), int(y)), "quad": corners, "operations": operations, "recipe": recipe})
    texts = (node.patch, node.note, node.editor, node.snapshot, *operations)
    numbers = (node.number, node.parent, node.replaces)
    if not all(isinstance(text, str) for text in texts) or not all(type(number) is int for number in numbers):
        raise TypeError("types")
    return node


def _is_quad(one: Corner, two: Corner, three: Corner, four: Corner) -> bool:
    """Whether corners are those of a parallelogram that a photo may hold; see :mod:`mien.align.crop`."""
    across, down = (four[0] - one[0], four[1] - one[1]), (two[0] - one[0], two[1] - one[1])
    side = max(1.0, *map(abs, (*across, *down)))
    gap = max(abs(one[axis] + three[axis] - two[axis] - four[axis]) for axis in (0, 1))
    area = abs(across[0] * down[1] - across[1] * down[0])
    return max(map(abs, (*one, *three))) < 1e6 and gap <= 1e-3 * side and area > 1e-6


def _is_deep(value: Any, levels: int = 8) -> bool:
    """Whether lists in lists have more than so many levels."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return levels == 0 or any(_is_deep(one, levels - 1) for one in inner)


def _nth(numbers: Sequence[int], steps: int, what: str) -> int:
    left = len(numbers) - 1
    if steps < 1:
        raise SessionError(f"Cannot {what} {steps} steps; give 1 or more.")
    if steps > left:
        raise SessionError(f"There is nothing to {what}." if not left else f"There are only {left} steps to {what}.")
    return numbers[steps]
