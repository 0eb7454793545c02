"""Flags over HTTP, as every OpenFeature SDK asks for them: the OpenFeature Remote Evaluation Protocol, 0.3.

Source: github.com/open-feature/protocol, service/openapi.yaml
"""

from __future__ import annotations

import hmac
import json
import logging
import re
import sqlite3
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import msgspec

from bot.serving.tags import has, tag_of
from bot.serving.wsgi import Wsgi
from data.errors import Corrupt
from workflows.adapters.flags.endpoints import PATH
from workflows.adapters.flags.service import FlagService

log = logging.getLogger(__name__)

THREADS = 8
BODY_BYTES_MAX = 64 * 1024
"""A context has some attributes of a caller, of which one is read."""
KEY_CHARACTERS_MAX = 1_000
_BEARER = re.compile(r"Bearer +(?P<token>\S+)", re.IGNORECASE)

Start = Callable[..., Any]


class Unfit(Exception):
    """What was asked cannot be evaluated: why, by the protocol's code."""

    def __init__(self, code: str, details: str) -> None:
        super().__init__(details)
        self.code, self.details = code, details


def ofrep(service: FlagService, token: str = "") -> Wsgi:
    """A WSGI application. Without a token whoever reaches it may ask."""

    def answer(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not _may_ask(environ.get("HTTP_AUTHORIZATION", ""), token):
            details = "the header Authorization has to be: Bearer, and what EMERITUS_FLAGS_TOKEN says"
            more = ("WWW-Authenticate", "Bearer")
            return _said(start_response, HTTPStatus.UNAUTHORIZED, {"errorDetails": details}, more)
        if path != PATH and not path.startswith(f"{PATH}/"):
            details = f"there are {PATH} and {PATH}/KEY"
            return _said(start_response, HTTPStatus.NOT_FOUND, {"errorDetails": details})
        if environ.get("REQUEST_METHOD") != "POST":
            details = "flags are evaluated by POST"
            more = ("Allow", "POST")
            return _said(start_response, HTTPStatus.METHOD_NOT_ALLOWED, {"errorDetails": details}, more)
        key = _text(path[len(PATH) + 1 :])
        named = {"key": key} if key else {}
        try:
            consumer = _consumer(environ["wsgi.input"].read(BODY_BYTES_MAX + 1))
            return (
                _one(service, key, consumer, start_response)
                if key
                else _all(service, consumer, environ, start_response)
            )
        except Unfit as unfit:
            body = {**named, "errorCode": unfit.code, "errorDetails": unfit.details}
            return _said(start_response, HTTPStatus.BAD_REQUEST, body)
        except (Corrupt, sqlite3.Error) as error:
            log.warning("a flag cannot be evaluated: %s", error)
            details = "it could not be read, or not be logged, so nothing is answered; the bot's log says why"
            body = {**named, "errorCode": "GENERAL", "errorDetails": details}
            return _said(start_response, HTTPStatus.INTERNAL_SERVER_ERROR, body)

    return answer


def _may_ask(sent: str, token: str) -> bool:
    if not token:
        return True
    found = _BEARER.fullmatch(sent)
    return found is not None and hmac.compare_digest(found["token"].encode("latin-1"), token.encode())


def _one(service: FlagService, key: str, consumer: str, start_response: Start) -> Iterable[bytes]:
    told = service.evaluate(key, consumer) if len(key) <= KEY_CHARACTERS_MAX else None
    if told is None:
        details = "no such flag: the catalog has no endpoint of kind flags that is called so"
        body = {"key": key, "errorCode": "FLAG_NOT_FOUND", "errorDetails": details}
        return _said(start_response, HTTPStatus.NOT_FOUND, body)
    return _sent(start_response, HTTPStatus.OK, msgspec.json.encode(told))


def _all(
    service: FlagService, consumer: str, environ: dict[str, Any], start_response: Start
) -> Iterable[bytes]:
    body = msgspec.json.encode({"flags": list(service.evaluate_all(consumer))})
    tag = tag_of(body)
    if has(environ, tag):
        start_response("304 Not Modified", [("ETag", tag)])
        return []
    return _sent(start_response, HTTPStatus.OK, body, ("ETag", tag))


def _consumer(body: bytes) -> str:
    """Who asks. Raises `Unfit`."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unfit("PARSE_ERROR", "the body is not JSON") from error
    context = asked.get("context", {}) if isinstance(asked, dict) else None
    if not isinstance(context, dict):
        raise Unfit("INVALID_CONTEXT", 'the body has to be an object, and so has its "context"')
    consumer = context.get("targetingKey", "")
    if not isinstance(consumer, str):
        raise Unfit("INVALID_CONTEXT", "targetingKey has to be text: the name of the service that asks")
    if not consumer.strip():
        raise Unfit("TARGETING_KEY_MISSING", "targetingKey has to name the service that asks")
    return consumer


def _text(raw: str) -> str:
    """A path as WSGI has it, decoded already, byte by byte: PEP 3333."""
    return raw.encode("latin-1").decode(errors="replace")


def _said(
    start_response: Start, status: HTTPStatus, body: dict[str, str], *more: tuple[str, str]
) -> Iterable[bytes]:
    return _sent(start_response, status, json.dumps(body, ensure_ascii=False).encode(), *more)


def _sent(start_response: Start, status: HTTPStatus, body: bytes, *more: tuple[str, str]) -> Iterable[bytes]:
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-cache"),
        *more,
    ]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]
