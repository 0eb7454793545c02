"""One line of an access log, in whichever format it is written: the fields it has, by name.

The common and combined formats (with a host before them, or quoted fields behind them), the text Envoy and Istio
write by default, that of Application Load Balancers, HAProxy's HTTP log behind whatever syslog puts before it, and
objects of JSON.
Sources: httpd.apache.org/docs/2.4/logs.html, envoyproxy.io/docs/envoy/latest/configuration/observability/access_log,
docs.haproxy.org/2.8/configuration.html#8.2.3,
docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

Fields = Mapping[str, str]
"""Names as `plain` has them."""

_WORDS = r'(?:[^"\\]|\\.)*'
_COMMON = re.compile(
    # A name may have blanks, and an address may be that of each proxy. Where "-" is next, it is no host that begins the
    # line, unless enough follows for a line with a host and without an address.
    r"(?:(?P<host>[^\s,]+) (?!- (?!- \S+ \[)))?(?P<address>\S+(?:, \S+){0,16}) \S+ (?P<user>[^\[]{1,256}?)"
    rf' \[(?P<time>[^\]]+)\] "(?P<request>{_WORDS})"'
    rf' (?:\d{{3}}|-) (?:\d+|-)(?: "{_WORDS}" "(?P<agent>{_WORDS})")?(?P<rest>.*)'
)
_ENVOY = re.compile(
    rf'\[(?P<time>\d{{4}}-[^\]]+)\] "(?P<request>{_WORDS})" \d+ \S+ (?:\S+ \S+ "{_WORDS}" )?\d+ \d+ \d+ \S+'
    rf' "(?P<address>{_WORDS})" "(?P<agent>{_WORDS})" "{_WORDS}" "(?P<host>{_WORDS})" "{_WORDS}"(?P<rest>.*)'
)
_BALANCER = re.compile(
    r"(?:https?|h2|grpcs|wss?) (?P<time>\d{4}-\S+) \S+ (?P<address>\S+) \S+ -?[\d.]+ -?[\d.]+ -?[\d.]+"
    r" \S+ \S+ \S+ \S+"
    rf' "(?P<request>{_WORDS})" "(?P<agent>{_WORDS})"(?P<rest>.*)'
)
_HAPROXY = re.compile(
    r"(?<![0-9a-fA-F.:])(?P<address>[0-9a-fA-F.:]+):\d+ \[(?P<time>\d\d/\w{3}/\d{4}:[^\]]{1,40})\]"
    r" \S+ (?P<endpoint>[^\s/]+)/\S+"
    r" [-+\d/]+ -?\d+ \+?\d+ \S+ \S+ \S{4} [\d/+]+ [\d/]+ (?:\{(?P<captured>[^}]{0,4000})\} )?(?:\{[^}]{0,4000}\} )?"
    rf'"(?P<request>{_WORDS})"?'
)
_QUOTED = re.compile(rf'"({_WORDS})(?:"|\\?\Z)')  # also one that is never closed, so that it is read once
_JSON = msgspec.json.Decoder()
DEPTH_MAX, KEY_MAX = 4, 200


def fields_of(line: str) -> Fields | None:
    """The fields of a line of text; None where it is in none of these formats."""
    found = (_ENVOY if line.startswith("[") else _COMMON).match(line) or _BALANCER.match(line)
    if found is None and (found := _HAPROXY.search(line)) is None:
        return None
    fields = {name: text for name, text in found.groupdict().items() if text and text != "-"}
    for number, text in enumerate(_QUOTED.findall(fields.pop("rest", "")), 1):
        fields[f"extra_{number}"] = text
    for number, text in enumerate(fields.pop("captured", "").split("|"), 1):
        fields[f"capture_{number}"] = text
    return fields


def object_of(line: str) -> Any:
    """The value a line of JSON holds; None where it cannot be read."""
    try:
        return _JSON.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None


def fields_in(value: Mapping[str, Any]) -> Fields:
    """The texts and numbers of an object, those of objects in it behind their name: "request_headers_host"."""
    return dict(_leaves(value, "", 1))


def _leaves(value: Mapping[str, Any], above: str, depth: int) -> Iterator[tuple[str, str]]:
    for name, inner in value.items():
        if len(name) > KEY_MAX:
            continue
        here = f"{above}{plain(str(name))}"
        one = inner[0] if isinstance(inner, list) and inner else inner
        if isinstance(one, str):
            yield here, one
        elif isinstance(one, int | float) and not isinstance(one, bool):
            yield here, str(one)
        elif isinstance(one, dict) and depth < DEPTH_MAX:
            yield from _leaves(one, f"{here}_", depth + 1)


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A field's name whatever its spelling: ":authority", "User-Agent" and "user_agent" differ in signs only."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
