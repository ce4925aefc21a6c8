"""Every command that the documents and the help texts show is one that the command line understands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from mien.cli.app import app

ROOT = Path(__file__).parent.parent.parent
HISTORY = {ROOT / "docs" / "log.md", *ROOT.glob("docs/tables/*.md")}  # what was run in its time
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("src/mien/bundled/*/README.md")} - HISTORY)
IN_PROSE = re.compile(r"`((?:torchrun [^`]*-m )?mien [^`]+)`", re.DOTALL)
INDENTED = re.compile(r"^(?: {4}|\t)((?:torchrun .*-m )?mien .*)$", re.MULTILINE)
FENCED = re.compile(r"^```(?:sh|console|bash)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
AT_ONCE = {"-h", "--help", "--version", "--debug", "--install-completion", "--show-completion"}
LINE = re.compile(r"^\$? ?((?:torchrun .*-m )?mien .*)$", re.MULTILINE)


def commands_of(text: str) -> Iterator[str]:
    joined = text.replace("\\\n", " ")
    for block in FENCED.findall(joined):
        yield from LINE.findall(block)
    yield from INDENTED.findall(joined)
    yield from IN_PROSE.findall(joined)


def arguments_of(command: str) -> list[str]:
    """What the shell would pass; comments, pipes and what follows are left out. Parts in brackets count as given."""
    bare = re.split(r"\s(?:[|>&]|2>|&&)|;\s", command)[0]
    words = shlex.split(re.sub(r"[\n\[\]]|…|\.\.\.", " ", bare), comments=True)
    return [word for word in words[words.index("mien") + 1 :] if word not in AT_ONCE]


@pytest.fixture(scope="module")
def parser() -> Any:
    """The command line whose verbs do nothing."""
    root = typer.main.get_command(app)
    stack: list[Any] = [root]
    while stack:
        command = stack.pop()
        stack += getattr(command, "commands", {}).values()
        if not hasattr(command, "commands"):
            command.callback = lambda **given: None
    return root


def refused(parser: Any, command: str) -> str | None:
    """Why a command is refused; None where it is understood. A shortened one may lack what it needs, nothing else."""
    try:
        parser.main(arguments_of(command), prog_name="mien", standalone_mode=False)
    except Exception as error:
        lacking = type(error).__name__ in ("MissingParameter", "NoArgsIsHelpError") or "requires an arg" in str(error)
        return None if lacking else f"{command}: {error}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_documented_commands_are_understood(page: Path, parser: Any) -> None:
    wrong = [reason for command in commands_of(page.read_text("utf-8")) if (reason := refused(parser, command))]
    assert not wrong, "\n".join(wrong)


def test_commands_in_help_texts_are_understood(parser: Any) -> None:
    stack, texts = [parser], []
    while stack:
        command = stack.pop()
        stack += getattr(command, "commands", {}).values()
        texts += [command.help or "", command.epilog or "", *(getattr(p, "help", None) or "" for p in command.params)]
    shown = [command for text in texts for command in re.findall(r"'(mien [^']+)'", text)]
    assert shown
    wrong = [reason for command in shown if (reason := refused(parser, command))]
    assert not wrong, "\n".join(wrong)


def test_the_check_itself_finds_mistakes(parser: Any) -> None:
    text = (
        "```sh\nmien faces a.jpg --nonsense  # c\n```\n\n    mien edit\n\nand `mien nothing at all` or `mien session`\n"
    )
    found = list(commands_of(text))
    assert len(found) == 4
    assert [bool(refused(parser, command)) for command in found] == [True, False, True, False]
    for understood in ("mien faces a.jpg --json | head", "mien mask a.jpg", "mien faces [--box] …", "mien --help"):
        assert refused(parser, understood) is None
