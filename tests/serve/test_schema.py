"""Requests made out of the description in OpenAPI: whatever it allows is answered as it says. Needs schemathesis."""

from __future__ import annotations

import json
import re
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from mien.client import RemoteSession
from tests.serve.conftest import Running

SHORT = settings(
    max_examples=4,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
LEAKS = re.compile(r"/(tmp|work|home|root|usr|var|private)/|site-packages|Traceback|\.py\b")
SKIPPED = {"/api/sessions/{number}/tasks/{task}/events", "/api/generate"}  # an endless stream; a face for each request


@pytest.fixture(scope="module")
def operations(server: Running) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schemathesis = pytest.importorskip("schemathesis", reason="needs pip install schemathesis")
    for kind in ("application/zip", "image/*"):

        @schemathesis.serializer(kind)
        def as_it_is(context: Any, value: Any) -> bytes:
            return value if isinstance(value, bytes) else json.dumps(value).encode()

    _, told = server.ask_json("GET", "/api/openapi.json")
    schema = schemathesis.openapi.from_dict(told)
    return [one.ok() for one in schema.get_all_operations()]


class Asker:
    """Asks one endpoint for whatever its description allows, and notes what is wrong with the answers."""

    def __init__(self, server: Running, opened: RemoteSession) -> None:
        self.server, self.opened = server, opened
        self.wrong, self.asked = list[str](), 0

    def __call__(self, operation: Any) -> None:
        known = set(map(str, operation.definition.raw["responses"]))

        @SHORT
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            self.look(operation, case, known)

        ask()

    def look(self, operation: Any, case: Any, known: set[str]) -> None:
        self.asked += 1
        if "number" in (case.path_parameters or {}):
            case.path_parameters["number"] = self.opened.id
            case.headers = {**(case.headers or {}), "X-Mien-Key": self.opened.key}
        answer = case.call(base_url=self.server.url)
        status = answer.status_code
        what = f"{status} {case.method} {case.formatted_path[:100]} {str(case.body)[:200]}"
        if status >= 500 or not {str(status), f"{status // 100}XX"} & known:
            self.wrong.append(what)
        if status < 400:
            operation.validate_response(answer)
        elif LEAKS.search(answer.text) or not isinstance(json.loads(answer.text), dict):
            self.wrong.append(f"{what} tells {answer.text[:200]}")


def test_every_endpoint_answers_as_it_is_described(
    server: Running, opened: RemoteSession, operations: list[Any]
) -> None:
    ask = Asker(server, opened)
    for operation in operations:
        deletes_session = (operation.method.upper(), operation.path) == ("DELETE", "/api/sessions/{number}")
        if operation.path not in SKIPPED and not deletes_session:
            ask(operation)
    assert not ask.wrong, ask.wrong[:5]
    assert ask.asked > 110 and opened.tree["steps"] == []
