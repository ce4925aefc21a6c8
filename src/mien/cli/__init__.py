"""The command line: one file per verb, each parses, calls, prints.

Exit codes: 0 done; 1 unexpected or unclassified; 2 wrong options; the others are those of :mod:`mien.errors`.
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
    except MienError as error:
        if debug:
            raise
        print(f"mien: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("mien: interrupted.", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # `mien faces ... | head` is not an error
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if debug:
            raise
        print(f"mien: unexpected {type(error).__name__}: {error} (add --debug for the traceback).", file=sys.stderr)
        sys.exit(1)
