"""What does a call say, and in which of its fields? When it was, what it called, and who called.

Logs in JSON call their fields as they like: those that proxies and gateways use by themselves are known here, and
`--field ROLE=NAME` says the rest. CloudTrail has events, not fields: cloudtrail.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from data.credentials import may_be_credential
from data.errors import Invalid, Problem
from data.importers.call_lines import Fields, plain
from data.importers.call_names import Caller, told
from data.importers.call_targets import ANY_HOST, normal

ROLES: Mapping[str, tuple[str, ...]] = {
    "time": (
        *("start_time", "time", "timestamp", "time_local", "time_iso8601", "startutc", "requesttime"),
        *("ts", "eventtime", "msec", "started_at", "at", "date", "datetime"),
    ),
    "endpoint": ("endpoint", "endpoint_name", "endpointname", "model_id", "modelid", "upstream_cluster"),
    "path": (
        *("x_envoy_original_path", "path", "request_path", "requestpath", "uri", "request_uri", "url"),
        *("url_path", "request", "request_line", "resourcepath", "httprequest_requesturl"),
    ),
    "host": (
        *("authority", "host", "http_host", "request_host", "requesthost", "request_headers_host"),
        *("domainname", "server_name"),
    ),
    "client": (
        *("x_client_id", "client_id", "clientid", "x_caller", "caller", "consumer", "consumer_username"),
        *("api_key_id", "apikeyid", "identity_apikeyid", "client_name", "downstream_peer_uri_san", "client"),
    ),
    "role": ("role_arn", "iam_role", "userarn", "identity_userarn"),
    "user": ("user", "remote_user", "auth_user", "authenticated_user", "username", "identity_user", "sub"),
    "agent": (
        *("user_agent", "useragent", "http_user_agent", "agent", "request_user_agent"),
        *("request_headers_user_agent", "identity_useragent", "httprequest_useragent"),
    ),
    "address": (
        *("x_forwarded_for", "http_x_forwarded_for", "remote_addr", "remote_ip", "client_ip", "clientip"),
        *("request_remote_ip", "downstream_remote_address", "downstream_direct_remote_address"),
        *(
            "clientaddr",
            "clienthost",
            "sourceip",
            "identity_sourceip",
            "httprequest_remoteip",
            "ip",
            "address",
        ),
    ),
}
"""Role -> names of fields, the first that says something counts. Sources: the documentation of Envoy, nginx, Traefik,

Caddy, Kong, API Gateway and Google Cloud on their access logs.
"""
WHO = ("client", "role", "user", "agent")
"""Roles that say who calls, and in which credentials stand where a log takes them for names."""
TEXT_MAX = 1_000
"""Of what a field says: as much as any name has, so that what is kept for later lines stays small."""
_REQUEST = re.compile(r"[A-Za-z]+ (\S+)(?: HTTP/[\d.]+)?")
_NO_NAME = re.compile(r"[\d\W]*|[A-Z]+|HTTP/[\d.]+|true|false|null|.{101,}", re.DOTALL)
"""What says a number, a method or a protocol: nobody is called so."""
_SECONDS = re.compile(r"([T :]\d\d:\d\d):\d\d(?:[.,]\d+)?")
_MILLISECONDS = 1e11  # of seconds, the year 5138


class Call(NamedTuple):
    """One call. `targets`: what it may be known by in the catalog, the most exact first; `day` in UTC.

    unread   fields that might say who called, where none that we know does
    """

    day: str
    targets: tuple[str, ...]
    caller: Caller
    unread: tuple[str, ...] = ()


class FieldNames:
    """Which field says what, by what people said and by what is known."""

    def __init__(self, chosen: Sequence[str] = ()) -> None:
        """`chosen`: "ROLE=NAME". Raises `Invalid` with all that are none."""
        roles = dict(ROLES)
        problems = []
        for one in chosen:
            role, _, name = one.partition("=")
            if role not in ROLES or not plain(name):
                accepted = f"ROLE=NAME, where ROLE is one of {', '.join(ROLES)}"
                problems.append(Problem(field="--field", value=f'"{one[:80]}"', accepted=accepted))
                continue
            own = roles[role] if roles[role] != ROLES[role] else ()
            roles[role] = (*own, plain(name))
        if problems:
            raise Invalid(problems)
        self._roles = {role: (*names, *ROLES[role]) for role, names in roles.items()}
        self._read = {name for names in self._roles.values() for name in names}
        # A log has few kinds of lines, and very many of each.
        self._there = lru_cache(maxsize=256)(self._names_among)

    def call(self, fields: Fields) -> Call | None:
        """None where it says not when it was, or nothing that could have been called."""
        there = self._there(tuple(fields))
        said = {role: next(_said(names, fields), "") for role, names in there.items()}
        passed_over = False
        for role in WHO:
            if may_be_credential(said[role]):
                first = said[role]
                others = (text for text in _said(there[role], fields) if not may_be_credential(text))
                said[role] = next(others, first)
                passed_over |= said[role] is not first
        day = day_of(said["time"])
        # What is asked for behind the address may be anything, and anybody's.
        endpoint, path = (said[role].partition("?")[0] for role in ("endpoint", "path"))
        targets = _targets(endpoint, said["host"], path)
        if not day or not targets:
            return None
        caller = told(
            client=said["client"],
            role=said["role"],
            user=said["user"],
            agent=said["agent"],
            address=said["address"],
            had_credential=passed_over,
        )
        is_named = caller.client or caller.role or caller.user or caller.agent
        return Call(day, targets, caller, () if is_named else self._unread(fields))

    def _unread(self, fields: Fields) -> tuple[str, ...]:
        """In the order of their names, so that the same line twice says the same."""
        others = sorted(name for name in fields if name not in self._read)
        return tuple(name for name in others if not _NO_NAME.fullmatch(fields[name]))

    def _names_among(self, fields: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        return {role: tuple(name for name in names if name in fields) for role, names in self._roles.items()}


def _said(names: Sequence[str], fields: Fields) -> Iterator[str]:
    """What stands in those of these fields in which anything does."""
    return (text[:TEXT_MAX] for name in names if (text := fields[name]) not in ("", "-"))


@lru_cache(maxsize=8192)
def _targets(endpoint: str, host: str, path: str) -> tuple[str, ...]:
    """As the catalog may write them: without scheme, query or a slash at the end, whatever the case."""
    if found := _REQUEST.fullmatch(path):
        path = found[1]
    _, scheme, rest = path.partition("://")
    if scheme:  # as a proxy is asked: "GET http://models/v1"
        host, path = rest.partition("/")[0], f"/{rest.partition('/')[2]}"
    host = host.rpartition("@")[2].casefold().strip("/")  # who asks a proxy may have to say a password
    endpoint, path = endpoint.casefold(), _plain(path.casefold())
    hosts = (host, host.rpartition(":")[0])  # an alias may leave the port out
    found_by = [_plain(endpoint) if endpoint.startswith("/") else endpoint]
    found_by += [f"{one}{path}" for one in hosts if one and path]
    path = path if path.startswith("/") else ""
    found_by += [path, *hosts]
    if not host:
        # A log of one server has no reason to say which it is.
        found_by += [f"{ANY_HOST}{one}" for one in (*found_by[:1], path) if one.startswith("/")]
    return tuple(dict.fromkeys(filter(None, found_by)))


def _plain(path: str) -> str:
    return normal(path.partition("#")[0]).rstrip("/")


def day_of(text: str) -> str:
    """The day of an instant, in UTC, as an ISO date; empty where it is none. Without a zone it is UTC."""
    return _day_of(_SECONDS.sub(r"\1:00", text, count=1))


@lru_cache(maxsize=65_536)
def _day_of(text: str) -> str:
    found = _instant(text.strip())
    if found is None:
        return ""
    if found.tzinfo is not None:
        try:
            found = found.astimezone(UTC)
        except OverflowError:
            return ""
    return found.date().isoformat()


def _instant(text: str) -> datetime | None:
    if text[:1].isdecimal():
        try:
            seconds = float(text)
            return datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS else seconds, UTC)
        except (ValueError, OverflowError, OSError):
            pass
    for written in ("%d/%b/%Y:%H:%M:%S %z", "%d/%b/%Y:%H:%M:%S.%f", "%d/%b/%Y:%H:%M:%S"):
        try:
            return datetime.strptime(text, written)  # noqa: DTZ007 - without a zone it is taken as UTC
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
