"""Misspelled words: the known word that is nearest to one."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def nearest(word: str, known: Iterable[str], small: Callable[[str], bool]) -> str | None:
    """The known word that was meant; None where no one is near enough.

    One letter may be missing, added, wrong, or exchanged with its neighbor; two in words of eight letters or more.
    The first letter is right.

    Args:
        word: in lower case.
        known: all words; the first of equally near ones is taken.
        small: whether a word is one of those that mean nothing: these must have the same letters, or one more or less.
    """
    if len(word) < 3:
        return None
    best: tuple[float, str] | None = None
    for one in known:
        if abs(len(one) - len(word)) > 2 or not _same_start(word, one):
            continue
        apart = distance(word, one)
        if len(word) == 3 and not _short_slip(word, one):
            continue
        if small(one) and sorted(word) != sorted(one) and len(word) == len(one):
            continue
        wrong = len(word) == len(one) and sorted(word) != sorted(one)
        cost = apart + (0.2 if small(one) else 0.0) + (0.1 if wrong else 0.0)
        if apart <= (1 if len(word) < 8 else 2) and (best is None or cost < best[0]):
            best = (cost, one)
    return best[1] if best else None


def _same_start(word: str, one: str) -> bool:
    return word[0] == one[0] or (word[:2] == one[1::-1] and word[2:] == one[2:])


def _short_slip(word: str, one: str) -> bool:
    """Three letters are corrected where they are no word at all, are in a wrong order, or lack a double letter."""
    vowels = set("aeiouy") & set(word)
    return not vowels or sorted(word) == sorted(one) or one == word + word[-1]


def distance(a: str, b: str) -> int:
    """Letters that are added, taken away, replaced or exchanged with their neighbor; anagrams that begin and end alike
    count as 1."""
    if a[0] == b[0] and a[-1] == b[-1] and len(a) > 4 and sorted(a) == sorted(b):
        return 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
