"""A dataclass as options of a verb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from mien.cli.option_groups import grouped


@dataclass(frozen=True)
class Paint:
    color: Annotated[str, typer.Option(help="Which.")] = "red"
    coats: Annotated[list[int] | None, typer.Option("--coat", min=1)] = None


app = typer.Typer()


@app.command()
@grouped
def wall(
    name: Annotated[str, typer.Argument()], *, before: bool = False, paint: Paint, after: Annotated[float, ...] = 0.5
) -> None:
    """Paint a wall."""
    print(name, before, paint, after)


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code, result.output
    return result.output


def test_fields_are_options_with_their_types_and_defaults() -> None:
    assert run("north") == f"north False {Paint()} 0.5\n"
    said = run("north", "--coat", "2", "--color", "blue", "--before", "--coat", "3", "--after", "1")
    assert said == f"north True {Paint('blue', [2, 3])} 1.0\n"
    run("north", "--coat", "0", code=2)
    run("north", "--paint", "blue", code=2)


def test_help_lists_them_where_the_group_stands() -> None:
    words = run("--help")
    assert "Paint a wall." in words and "Which." in words
    places = [words.index(option) for option in ("--before", "--color", "--coat", "--after")]
    assert places == sorted(places)
