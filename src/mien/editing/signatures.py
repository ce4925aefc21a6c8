"""The fields of a request among the arguments of calls that take them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from inspect import Parameter, signature
from typing import Any

from mien.editing.request import Request


def show_fields(call: Callable[..., Any]) -> None:
    """Lets help and development tools see the fields of a request among the keyword arguments of a call."""
    plain = [one for one in signature(call).parameters.values() if one.kind != Parameter.VAR_KEYWORD]
    added = [Parameter(one.name, Parameter.KEYWORD_ONLY, default=None, annotation=one.type) for one in fields(Request)]
    call.__signature__ = signature(call).replace(parameters=[*plain, *added])  # type: ignore[attr-defined]
