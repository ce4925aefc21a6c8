"""The command line: one file per verb, each parses, calls, prints.

Exit codes: 0 done; 1 unexpected or unclassified; 2 wrong options; the others are those of :mod:`mien.errors`; 130 is
Ctrl-C. ``--debug``, or MIEN_DEBUG=1 in the environment, shows the traceback instead of the sentence.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress

GENERAL = {"--engine": True, "--c2pa": True, "--commercial-only": False}
"""Options of the whole program, and whether each has a value."""


def main() -> None:
    """Entry point of ``mien``: runs the verb and turns errors into one sentence and an exit code."""
    # --debug is accepted anywhere on the line, before or behind the verb: that is where people add it.
    debug = "--debug" in sys.argv[1:] or bool(os.environ.get("MIEN_DEBUG"))
    arguments = _general_first([argument for argument in sys.argv[1:] if argument != "--debug"])
    try:
        for stream in (sys.stdout, sys.stderr):  # a console that lacks a character must not lose the result
            if stream is not None:
                stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        from mien.cli.app import application

        verb = next((argument for argument in _after_general(arguments) if not argument.startswith("-")), None)
        code = application(verb)(arguments, prog_name="mien", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except Exception as error:
        if debug:
            raise
        code = _explain(error)
    except KeyboardInterrupt:
        code = 130
    sys.exit(code or 0)


def _general_first(arguments: list[str]) -> list[str]:
    """Options of the whole program are accepted anywhere, too."""
    general: list[str] = []
    rest = list(arguments)
    for place in range(len(arguments) - 1, -1, -1):
        name, equals, _ = arguments[place].partition("=")
        if name in GENERAL:
            end = place + 1 + (GENERAL[name] and not equals)
            general = rest[place:end] + general
            del rest[place:end]
    return general + rest


def _after_general(arguments: list[str]) -> list[str]:
    """Arguments without those of the whole program, which come first."""
    while arguments and (head := arguments[0].partition("="))[0] in GENERAL:
        arguments = arguments[1 + (GENERAL[head[0]] and not head[1]) :]
    return arguments


def _explain(error: Exception) -> int:
    """Says what went wrong, in one line on stderr; returns the exit code."""
    from mien.errors import ConfigError, MienError, SaveError
    from mien.packages import NEEDS_TORCH

    if _interrupted(error):
        return 130
    code, text = 1, f"unexpected {type(error).__name__}: {error} (add --debug for the traceback)."
    if isinstance(error, MienError):
        code, text = error.exit_code, str(error)
    elif hasattr(error, "format_message"):  # wrong options, of Typer's
        if type(error).__name__ == "NoArgsIsHelpError":
            error.show()  # type: ignore[attr-defined]
            return 2
        context = getattr(error, "ctx", None)
        where = context.command_path if context else "mien"
        code, text = 2, f"{error.format_message().strip().rstrip('.')}; see '{where} --help'."
    elif isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == "torch":
        code, text = ConfigError.exit_code, NEEDS_TORCH.format("This verb")
    elif isinstance(error, OSError) and error.filename is None and error.errno in (errno.ENOSPC, errno.EIO):
        code, text = SaveError.exit_code, f"Cannot print all of the result: {error.strerror}; make room."
        with suppress(OSError):  # what is still waiting to be printed goes nowhere
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with suppress(OSError):
        print("mien:", " ".join(text.split()), file=sys.stderr)  # one line, whatever a file is called
    return code


def _interrupted(error: BaseException | None) -> bool:
    """Whether an error began as Ctrl-C: modules that are being loaded, or a question, turn it into another one."""
    return error is not None and (
        isinstance(error, KeyboardInterrupt)
        or type(error).__name__ == "Abort"  # Typer's: a question that was left without an answer
        or _interrupted(error.__cause__ or error.__context__)
    )
