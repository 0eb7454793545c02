"""What may stand in a log? Where, when, about which retirement; never tokens, nor who people are, nor what they wrote.

Our own lines are sentences of ours, redacted. What a library says is never repeated: in a surprise most of them
quote whole payloads, and at their lower levels always. The place where it was said stands for it.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from data.printable import printable
from data.records.base import Record
from data.subject import subject
from data.tracing import traced

FORMS = ("text", "json")
LEVELS = ("warning", "info", "debug")

# Tokens, response_urls (whoever has one may write), links to archives (whoever has one may read), triggers, ids and
# addresses of people.
_PRIVATE = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|https?://\S+/(?:commands|actions|response)/\S+"
    r"|https?://\S+[?&]X-Amz-\S+"
    r"|\b\d{6,}\.\d{6,}\.[0-9a-f]{8,}\b|\b[UW][A-Z0-9]{4,}\b|\S+@\S+\.\S+"
)
_HIDDEN = "[hidden]"
_SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
_OURS = ("emeritus", "bot", "workflows", "data")
_LENT = ("emeritus.bolt", "emeritus.socket")  # ours, but libraries write to them
_RETIREMENT = re.compile(r"\bRET-[1-9][0-9]{0,8}\b")
_NUMBER_OF_SYSTEM = re.compile(r"\[Errno (\d+)\]")


class Line(Record, frozen=True, kw_only=True):
    """One thing that was logged, with nothing in it that must not be kept.

    trace   kinds of errors and places in the code, outermost first; empty without an error
    """

    at: datetime
    level: str
    logger: str
    retirement: str
    message: str
    trace: str


def redacted(text: str) -> str:
    return _PRIVATE.sub(_HIDDEN, text)


def secrets_of(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Values that must not appear, whatever they look like."""
    try:
        password = urlsplit(environ.get("EMERITUS_STORE", "")).password or ""
    except ValueError:
        password = ""
    return tuple(filter(None, (*(environ.get(name, "") for name in _SECRETS), password)))


class Private(logging.Formatter):
    """The last look before anything is written, whoever said it. One line each, as JSON or for people."""

    def __init__(self, form: str = "text", secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._is_json = form == "json"
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        line = self.line(record)
        if self._is_json:
            shown = {
                **{name: getattr(line, name) for name in line.__struct_fields__},
                "at": _instant(line.at),
            }
            return json.dumps({name: value for name, value in shown.items() if value}, ensure_ascii=False)
        about = f"{line.retirement} " if line.retirement and line.retirement not in line.message else ""
        text = f"{_instant(line.at)} {line.level} {line.logger}: {about}{line.message}"
        return f"{text}\n{line.trace}" if line.trace else text

    def line(self, record: logging.LogRecord) -> Line:
        error = record.exc_info[1] if record.exc_info else None
        words = record.getMessage() if is_ours(record) else _place(record)
        message, *more = self._hidden(words).split("\n")
        trace = [*more, *(self._hidden(traced(error)).split("\n") if error else ())]
        named = _RETIREMENT.search(subject()) or _RETIREMENT.search(message)
        return Line(
            at=datetime.fromtimestamp(record.created, UTC),
            level=record.levelname.lower(),
            logger=record.name,
            retirement=named[0] if named else "",
            message=message,
            trace="\n".join(trace),
        )

    def _hidden(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return redacted(text)


def is_ours(record: logging.LogRecord) -> bool:
    """Said by our code, not by a library that was lent one of our loggers."""
    return record.name.partition(".")[0] in _OURS and record.name not in _LENT


def worth_keeping(record: logging.LogRecord) -> bool:
    """What libraries say below a warning is about their own workings, and only its words would tell."""
    return is_ours(record) or record.levelno >= logging.WARNING


def log_privately(environ: Mapping[str, str]) -> None:
    """Everything worth keeping goes to stderr, once and redacted: stdout belongs to what --json prints."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Private(environ.get("EMERITUS_LOG", "text"), secrets_of(environ)))
    handler.addFilter(worth_keeping)
    level = environ.get("EMERITUS_LOG_LEVEL", "")
    logging.basicConfig(level=level.upper() if level in LEVELS else logging.WARNING, handlers=[handler])


def unheard() -> logging.Logger:
    """For a library that raises what it logs, to a caller of ours who tells it: said twice, it reads as two faults."""
    logger = logging.getLogger("emeritus.unheard")
    logger.setLevel(logging.CRITICAL + 1)
    return logger


def sayer(environ: Mapping[str, str], say: Callable[[str], None]) -> Callable[[str], None]:
    """How a bot says that it comes and goes: as a line like all others where a machine reads them."""
    if environ.get("EMERITUS_LOG") != "json":
        return say
    form = Private("json", secrets_of(environ))

    def as_line(text: str) -> None:
        say(form.format(logging.LogRecord("emeritus", logging.INFO, "", 0, printable(text), (), None)))

    return as_line


def _place(record: logging.LogRecord) -> str:
    """Where a library said something, and the system's own word for what failed, if it named that."""
    found = _NUMBER_OF_SYSTEM.search(record.getMessage())
    number = int(found[1]) if found else 0
    why = f" ({os.strerror(number)})" if number in errno.errorcode else ""
    return f"a library said something in {record.funcName}, {record.filename}:{record.lineno}{why}"


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
