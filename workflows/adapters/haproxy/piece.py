"""The piece of HAProxy's configuration for one endpoint: enough to run, and to be merged into an operator's own."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from data.records.traffic import SLOWER_THAN, Arm
from workflows.adapters.caller_names import ANONYMOUS, HEADER, via_of
from workflows.adapters.engines.engine import Engine
from workflows.adapters.haproxy.counters import (
    CALLERS,
    CALLS,
    COUNTERS,
    ERRORS,
    FIRST,
    KEPT_DAYS,
    KEY_BYTES,
    REFUSED_AT,
    REQUESTS,
    SLOWER,
    TIMEOUTS,
)
from workflows.adapters.haproxy.endpoints import map_of, table_of
from workflows.adapters.haproxy.entries import EXEMPT, HEADERS, LANE, MILLION, REFUSAL, encoded
from workflows.adapters.traffic_proxy.said import RETRY_SECONDS_MAX

HEAD = """\
# To merge into your HAProxy's configuration: the socket, the frontend (or its rules into yours, first of all) and the
# backends. It is a whole configuration, too: haproxy -f FILE runs it.
global
  stats socket {admin} mode 600 level admin

defaults
  mode http
  retries 1
  timeout connect 5s
  timeout client 60s
  timeout server 60s
"""
JSON = "content-type application/json"


def piece(engine: Engine, listen: str) -> str:
    """`listen`: HOST:PORT."""
    rules = "\n".join(f"  {rule}" for rule in _rules(engine))
    backends = {Arm.OLD: engine.old} | ({Arm.NEW: engine.new} if engine.new else {})
    servers = "\n".join(_backend(engine, arm, address) for arm, address in backends.items())
    kept = f"gpc({COUNTERS}),{REQUESTS}"
    table = f"type string len {KEY_BYTES} size {CALLERS} expire {KEPT_DAYS}d store {kept}"
    return (
        f"{HEAD.format(admin=engine.admin)}\nfrontend {engine.slug}\n  bind {listen}\n{rules}\n\n{servers}\n"
        f"backend {table_of(engine)}\n  stick-table {table}\n"
    )


def _rules(engine: Engine) -> Iterator[str]:
    def found(key: str) -> str:
        return f"str({key}),map_str({map_of(engine)})"

    def of_caller(prefix: str) -> str:
        return f"str({prefix}),concat(,txn.caller),map_str({map_of(engine)})"

    def set_(name: str, value: str, condition: str = "") -> str:
        return f"http-request set-var(txn.{name}) {value}{condition and f' if {condition}'}"

    yield set_("caller", f"req.fhdr({HEADER.lower()}),url_enc")
    yield set_("caller", f"str({encoded(ANONYMOUS)})", "!{ var(txn.caller) -m len gt 0 }")
    yield f"http-request track-sc0 var(txn.caller) table {table_of(engine)}"
    yield set_("begun", "date(0,us)")
    for key, header in HEADERS.items():
        yield set_(_var(key), found(key))
        arm = f" {{ var(txn.arm) -m str {key[-3:]} }}" if key.startswith("actual") else ""
        arm = arm or (" { var(txn.arm) -m found }" if key == "requested" else "")
        value = f'"%[var(txn.{_var(key)})]" if {{ var(txn.{_var(key)}) -m found }}{arm}'
        yield f"http-after-response set-header {header} {value}"
    yield set_("closed", found("closed"))
    yield f'http-request return status 410 {JSON} lf-string "%[var(txn.closed)]" if {{ var(txn.closed) -m found }}'
    yield set_("lane", of_caller(LANE))
    yield set_("refusal", of_caller(REFUSAL))
    refused = f"http-request sc-inc-gpc({REFUSED_AT},0) if"
    blocked = "{ var(txn.lane) -m str blocked }"
    yield f"{refused} {blocked}"
    yield f'http-request return status 403 {JSON} lf-string "%[var(txn.refusal)]" if {blocked}'
    yield set_("now", "date(0,ms)")
    for key in ("begins", "ends", "brownout"):
        yield set_(key, f"{found(key)},add(0)")
    yield set_("begins_in", "var(txn.begins),sub(txn.now)")
    yield set_("left", "var(txn.ends),sub(txn.now)")
    yield set_("outage", found("outage"))
    yield set_("exempt", of_caller(EXEMPT))
    yield set_("drawn", f"rand({MILLION}),sub(txn.brownout)")
    yield set_("retry", "var(txn.left),add(999),div(1000)")
    yield set_("retry", f"int({RETRY_SECONDS_MAX})", f"{{ var(txn.retry) -m int gt {RETRY_SECONDS_MAX} }}")
    out = (
        "{ var(txn.begins_in) -m int le 0 } { var(txn.left) -m int gt 0 } { var(txn.drawn) -m int lt 0 } "
        "!{ var(txn.exempt) -m found }"
    )
    yield f"{refused} {out}"
    told = 'hdr Retry-After "%[var(txn.retry)]" lf-string "%[var(txn.outage)]"'
    yield f"http-request return status 503 {JSON} {told} if {out}"
    yield set_("new", f"{found('new')},add(0)")
    yield set_("drawn", f"rand({MILLION}),sub(txn.new)")
    yield set_("arm", f"str({Arm.OLD})")
    if engine.new:
        yield set_("arm", f"str({Arm.NEW})", "{ var(txn.drawn) -m int lt 0 }")
        yield set_("arm", "var(txn.lane)", "{ var(txn.lane) -m found }")
    yield f'http-request add-header Via "1.1 {via_of(engine.ref)}"'
    yield from _counting()
    if engine.new:
        yield f"use_backend {engine.slug}-{Arm.NEW} if {{ var(txn.arm) -m str {Arm.NEW} }}"
    yield f"default_backend {engine.slug}-{Arm.OLD}"


def _counting() -> Iterator[str]:
    """By arm, of whom one was given."""
    for arm, first in FIRST.items():
        by = f"{{ var(txn.arm) -m str {arm} }}"
        yield f"http-request sc-inc-gpc({first + CALLS},0) if {by}"
        yield f"http-after-response sc-inc-gpc({first + ERRORS},0) if {by} {{ status ge 500 }}"
        yield f"http-after-response sc-inc-gpc({first + TIMEOUTS},0) if {by} {{ status 504 }}"
    yield "http-after-response set-var(txn.us) date(0,us),sub(txn.begun)"
    for arm, first in FIRST.items():
        for number, bound in enumerate(SLOWER_THAN):
            is_slower = f"{{ var(txn.us) -m int gt {round(float(bound) * 1_000_000)} }}"
            by = f"{{ var(txn.arm) -m str {arm} }}"
            yield f"http-after-response sc-inc-gpc({first + SLOWER + number},0) if {by} {is_slower}"


def _var(key: str) -> str:
    """Names of variables have no dashes."""
    return key.replace("-", "_")


def _backend(engine: Engine, arm: Arm, address: str) -> str:
    """One server alone, so that nobody stands in for one that fails."""
    url = urlsplit(address)
    assert url.hostname
    port = url.port or (443 if url.scheme == "https" else 80)
    secure = f" ssl verify required ca-file @system-ca sni str({url.hostname})"
    server = f"server {arm} {url.hostname}:{port}{secure if url.scheme == 'https' else ''}"
    return f"backend {engine.slug}-{arm}\n  {server}\n"
