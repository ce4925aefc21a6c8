"""The command line: one file per verb, each parses, calls, prints.

Exit codes: 0 done; 1 unexpected or unclassified; 2 wrong options; the others are those of :mod:`mien.errors`; 130 is
Ctrl-C. ``--debug``, or MIEN_DEBUG=1 in the environment, shows the traceback instead of the sentence.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Entry point of ``mien``: runs the verb and turns errors into one sentence and an exit code."""
    from mien.cli.app import app
    from mien.errors import MienError

    # --debug is accepted anywhere on the line, before or behind the verb: that is where people add it.
    debug = "--debug" in sys.argv[1:] or bool(os.environ.get("MIEN_DEBUG"))
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        app(arguments, prog_name="mien")
    except Exception as error:
        if debug:
            raise
        code = error.exit_code if isinstance(error, MienError) else 1
        text = str(error)
        if not isinstance(error, MienError):
            text = f"unexpected {type(error).__name__}: {error} (add --debug for the traceback)."
        print("mien:", " ".join(text.split()), file=sys.stderr)  # one line, whatever a file is called
        sys.exit(code)
