"""Where `emeritus` starts: the command line takes a moment to load, and Ctrl-C in it is no fault to show."""

from __future__ import annotations

import sys

INTERRUPTED = 130  # as shells have it: 128 and the number of the signal


def main() -> None:
    try:
        from bot.cli import main as run  # noqa: PLC0415 - this is the moment
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    run()
