"""Settings as options of the command line: marked where they are declared, collected and applied here.

A dataclass marks its fields with :func:`option`, and fields that are dataclasses themselves with :func:`nested`; the
verbs of ``mien train`` are made from that. Nothing heavy is imported, so that a wrong value is named at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from mien.errors import ConfigError

KEY = "mien"


@dataclass(frozen=True)
class Option:
    """How a setting is given.

    Attributes:
        help: a sentence.
        name: without the dashes; empty for the field's.
        kind: of the value; None for that of the default, or a path where there is none.
        least, most: of a number.
        choices: by what is typed; None for any.
        read: makes the value from what is typed; of a choice, when everything else has been checked.
        typed: what is typed for the default, where ``read`` makes it.
        file: a path must exist.
    """

    help: str
    name: str = ""
    kind: type | None = None
    least: float | None = None
    most: float | None = None
    choices: Mapping[str, Any] | tuple[str, ...] | None = None
    read: Callable[[str], Any] | None = None
    typed: str | None = None
    file: bool = True


def option(default: Any = MISSING, help: str = "", *, kw_only: bool = False, **more: Any) -> Any:
    """A field with a default that is an option; more: see :class:`Option`."""
    return field(default=default, kw_only=kw_only, metadata={KEY: Option(help, **more)})


def nested(what: Any, **names: str) -> Any:
    """A field that is a dataclass: its options are options of the whole.

    Args:
        what: the class, or a default.
        names: options by the name of the field, where only these are options, or have other names than elsewhere; one
            name at several places sets all of them.
    """
    if isinstance(what, type):
        return field(metadata={KEY: (what, names)})
    return field(default=what, metadata={KEY: (type(what), names)})


@dataclass(frozen=True)
class Found:
    """An option of a dataclass, or of one inside.

    Attributes:
        option: see there.
        default: the value; MISSING where one must be given.
        paths: of the fields that it sets.
    """

    option: Option
    default: Any
    paths: tuple[tuple[str, ...], ...]

    @property
    def kind(self) -> type:
        """Of what is typed."""
        if self.option.choices is not None or self.option.read is not None:
            return str
        return self.option.kind or (Path if self.default in (None, MISSING) else type(self.default))

    @property
    def typed(self) -> Any:
        """The default as it would be typed; MISSING or None where there is none."""
        if isinstance(self.option.choices, Mapping):
            return next(name for name, value in self.option.choices.items() if value == self.default)
        return self.default if self.option.typed is None else self.option.typed

    def value(self, name: str, given: Any) -> Any:
        """What is typed, checked.

        Raises:
            ConfigError: it is none of the choices, out of range, or there is no such file.
        """
        o = self.option
        if o.choices is not None:
            if given not in o.choices:
                raise ConfigError(f"There is no {name} {given!r}; choose one of {', '.join(o.choices)}.")
            return o.choices[given] if isinstance(o.choices, Mapping) else given
        if o.read is not None:
            return o.read(given)
        if o.least is not None and given < o.least:
            raise ConfigError(f"--{name} is {given}; give {o.least} or more.")
        if o.most is not None and given > o.most:
            raise ConfigError(f"--{name} is {given}; give {o.most} or less.")
        if self.kind is Path and o.file and not given.exists():
            raise ConfigError(f"{given} does not exist; give the right path as --{name}.")
        return tuple(given) if isinstance(self.default, tuple) else given


def options(what: type, **inside: type) -> dict[str, Found]:
    """All options of a dataclass by their names; ``inside`` replaces classes of nested fields."""
    found: dict[str, Found] = {}
    for name, one in _walk(what, None, (), {}, inside):
        before = found.get(name)
        found[name] = one if before is None else replace(before, paths=before.paths + one.paths)
    return found


def _walk(
    what: type, default: Any, path: tuple[str, ...], names: Mapping[str, str], inside: Mapping[str, type]
) -> Iterator[tuple[str, Found]]:
    for f in fields(what):
        mark, value = f.metadata.get(KEY), f.default if default is None else getattr(default, f.name)
        if isinstance(mark, tuple):
            yield from _walk(
                inside.get(f.name, mark[0]), None if value is MISSING else value, (*path, f.name), mark[1], {}
            )
        elif mark is not None and (not names or f.name in names):
            name = names.get(f.name) or mark.name or f.name.replace("_", "-")
            yield name, Found(mark, value, ((*path, f.name),))


def build(what: type, given: Mapping[str, Any], **inside: type) -> Any:
    """A dataclass from options by their names, those that are None aside.

    Raises:
        ConfigError: a value is impossible; of several, the first is named.
    """
    found = options(what, **inside)
    told = sorted((name for name, value in given.items() if value is not None), key=lambda n: found[n].kind is Path)
    values = {name: found[name].value(name, given[name]) for name in told}
    for name in told:
        read, choices = found[name].option.read, found[name].option.choices
        values[name] = values[name] if read is None or choices is None else read(values[name])
    placed = {path: value for name, value in values.items() for path in found[name].paths}
    return _made(what, None, (), placed, inside)


def _made(
    what: type, default: Any, path: tuple[str, ...], placed: Mapping[tuple[str, ...], Any], inside: Mapping[str, type]
) -> Any:
    changes = {}
    for f in fields(what):
        here, mark = (*path, f.name), f.metadata.get(KEY)
        if isinstance(mark, tuple):
            value = f.default if default is None else getattr(default, f.name)
            changes[f.name] = _made(inside.get(f.name, mark[0]), None if value is MISSING else value, here, placed, {})
        elif here in placed:
            changes[f.name] = placed[here]
    return what(**changes) if default is None else replace(default, **changes)


def seconds(text: str) -> float:
    """ "2h", "1h30m", "90m", "540s" or "540" -> seconds.

    Raises:
        ConfigError: it is none of these.
    """
    match = re.fullmatch(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?:in)?)?(?:(\d+(?:\.\d+)?)s?)?", text.strip())
    if match is None or not any(match.groups()):
        raise ConfigError(f"{text!r} is no length of time; write it as 2h, 90m or 540s.")
    hours, minutes, rest = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest
