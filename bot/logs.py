"""What may stand in a log? Never tokens, nor who people are, nor what they wrote."""

from __future__ import annotations

import logging
import re
import sys
from types import TracebackType

from data.tracing import traced

# What must never reach a log: tokens, response_urls (whoever has one may write), ids and addresses of people.
_PRIVATE = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|https?://\S+/(?:commands|actions|response)/\S+"
    r"|\b[UW][A-Z0-9]{4,}\b|\S+@\S+\.\S+"
)

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def redacted(text: str) -> str:
    return _PRIVATE.sub("[hidden]", text)


class Redacting(logging.Filter):
    """For loggers of libraries, which log whole payloads when something surprises them."""

    def filter(self, record: logging.LogRecord) -> bool:
        message, error = record.getMessage(), record.exc_info[1] if record.exc_info else None
        if error is not None and str(error):
            message = message.replace(str(error), type(error).__name__)
        record.msg, record.args = redacted(message)[:500], None
        return True


class Private(logging.Formatter):
    """For what any part of the process logs, tracebacks included: the last look before it is written."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have written down the whole of it
        return redacted(super().format(record))

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - logging's name
        return traced(ei[1]) if ei[1] else ""


def log_privately() -> None:
    """Everything worth a warning goes to stderr, once and redacted: stdout belongs to what --json prints."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Private("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
