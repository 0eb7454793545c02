"""What access logs tell: which endpoint a call means, who calls, and what is kept of a caller nobody declares."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import Invalid
from data.importers.call_fields import FieldNames
from data.importers.call_targets import EACH_MAX
from data.importers.calls import UNKNOWN_MAX, read_calls
from data.importers.report import Reading
from data.records.catalog import EndpointKind, Entity, Kind

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
LIVE = Entity(
    id="component:default/churn-live",
    kind=Kind.ENDPOINT,
    name="churn-live",
    endpoint_kind=EndpointKind.SAGEMAKER,
    endpoint_ref="churn-prod",
    aliases=("https://models.example.com/v1/churn", "/kserve/churn/", "churn.svc.local", "churn_backend"),
)
BILLING = Entity(
    id="component:default/billing-etl",
    kind=Kind.CONSUMER,
    name="billing-etl",
    aliases=("billing", "arn:aws:iam::123456789012:role/billing", "10.7.0.9", "kim@example.com"),
)
KNOWN = (
    LIVE,
    BILLING,
    Entity(id="component:default/search", kind=Kind.CONSUMER, name="search"),
    Entity(id="csv:ledger", kind=Kind.CONSUMER, name="ledger"),
)
CALL = '{address} - {user} [{day}/Mar/2026:23:30:00 +0000] "POST /v1/churn?q=secret HTTP/1.1" 200 12 "-" "{agent}"'


def a_call(
    *, address: str = "192.0.2.7", user: str = "-", day: str = "02", agent: str = "billing/1.4 httpx/0.27"
) -> str:
    return "models.example.com " + CALL.format(address=address, user=user, day=day, agent=agent)


def read(path: Path, *lines: str, name: str = "access.log", fields: tuple[str, ...] = ()) -> Reading:
    (file := path / name).write_text("".join(f"{line}\n" for line in lines))
    return read_calls([file], known=KNOWN, now=NOW, fields=FieldNames(fields))


def seen(reading: Reading) -> list[str]:
    return [
        f"{one.from_id} -> {one.to_id} {one.first_seen}..{one.last_seen} {one.calls_per_day:g}"
        for one in reading.sightings
    ]


BY_BILLING = ["component:default/billing-etl -> component:default/churn-live 2026-03-02..2026-03-02 1"]
ENVOY = (
    '[2026-03-02T10:00:00.310Z] "POST /v1/churn HTTP/2" 200 - 0 154 6 5 "192.0.2.7" "billing/1.4"'
    ' "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "models.example.com" "tcp://10.0.2.1:80"'
)
HAPROXY = (
    "Mar  2 12:14:14 localhost haproxy[14389]: 10.7.0.9:33317 [02/Mar/2026:12:14:14.655] http-in"
    " churn_backend/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {{{captured}}} {{}}"
    ' "POST /anything HTTP/1.1"'
)
ENVOY_JSON = {
    "start_time": "2026-03-02T10:00:00.310Z",
    ":authority": "models.example.com:443",
    "x-envoy-original-path": "/v1/churn/",
    "user-agent": "python-requests/2.31",
    "x-client-id": "billing",
}
CADDY = {
    "ts": 1772445600.5,
    "request": {
        "remote_ip": "192.0.2.7",
        "host": "models.example.com",
        "uri": "/v1/churn",
        "headers": {"User-Agent": ["billing/2"]},
    },
}


ALB = (
    "h2 2026-03-02T22:23:00.186641Z app/lb/50dc6c495c0c9188 10.7.0.9:2817 10.0.0.1:80 0.000 -1 0.000 200 - 0 57"
    ' "POST https://models.example.com:443/v1/churn?q=secret HTTP/2.0" "billing/7" ECDHE-RSA-AES128 TLSv1.2 arn:aws:x'
    ' "Root=1-58337281" "models.example.com" "arn:aws:acm:x" 1 2026-03-02T22:22:48.364000Z "forward" "-" "-"'
)
KONG = {
    "started_at": 1772445600123,
    "client_ip": "192.0.2.7",
    "consumer": {"id": "1f", "username": "billing"},
    "request": {
        "uri": "/v1/churn?q=secret",
        "headers": {"host": "models.example.com", "user-agent": "curl/8"},
    },
}
GATEWAY = {
    "requestTime": "02/Mar/2026:10:00:00 +0000",
    "ip": "10.7.0.9",
    "caller": "-",
    "user": "-",
    "domainName": "models.example.com",
    "resourcePath": "/v1/churn",
}
GOOGLE = {
    "timestamp": "2026-03-02T10:00:00.123Z",
    "httpRequest": {
        "requestUrl": "https://models.example.com/v1/churn",
        "userAgent": "billing/2",
        "remoteIp": "192.0.2.7",
    },
}


def an_event(name: str = "InvokeEndpoint", **changes: object) -> dict[str, object]:
    issuer = {"type": "Role", "arn": "arn:aws:iam::123456789012:role/billing"}
    return {
        "eventTime": "2026-03-02T10:00:00Z",
        "eventSource": "sagemaker.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "Boto3/1.34",
        "recipientAccountId": "123456789012",
        "requestParameters": {"endpointName": "churn-prod"},
        "userIdentity": {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::123456789012:assumed-role/billing/kim@example.com",
            "sessionContext": {"sessionIssuer": issuer},
        },
        **changes,
    }


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(a_call(), id="combined, behind its host"),
        pytest.param(
            '192.0.2.7 - billing [02/Mar/2026:10:00:00 +0000] "POST https://models.example.com/v1/churn HTTP/1.1"'
            " 503 -",
            id="common, asked as a proxy",
        ),
        pytest.param(ENVOY, id="Envoy's text"),
        pytest.param(
            ENVOY.replace("200 - 0", '200 - via_upstream - "-" 0') + " outbound|80||churn", id="Istio's text"
        ),
        pytest.param(HAPROXY.format(captured="models|x"), id="HAProxy, by its backend and an address"),
        pytest.param(json.dumps(ENVOY_JSON), id="Envoy's JSON"),
        pytest.param(json.dumps(CADDY), id="JSON in objects, and seconds"),
        pytest.param(ALB, id="an Application Load Balancer's"),
        pytest.param(json.dumps(KONG), id="Kong's JSON, and milliseconds"),
        pytest.param(json.dumps(GATEWAY), id="API Gateway's JSON, by an address"),
        pytest.param(json.dumps(GOOGLE), id="Google Cloud's JSON"),
        pytest.param(json.dumps(an_event()), id="CloudTrail, a line each"),
    ],
)
def test_each_format_says_who_called_what_and_when(tmp_path: Path, line: str) -> None:
    reading = read(tmp_path, line)
    assert (seen(reading), reading.entities, reading.skipped) == (BY_BILLING, (), ())
    assert reading.sightings[0].seen_in.endswith("access.log:1")


def test_lines_of_several_formats_may_stand_in_one_file_packed_or_not(tmp_path: Path) -> None:
    text = "\n".join([ENVOY, a_call(), json.dumps(ENVOY_JSON), ""])
    (file := tmp_path / "access.log.2.gz").write_bytes(gzip.compress(text.encode()))
    reading = read_calls([tmp_path], known=KNOWN, now=NOW)
    assert seen(reading) == [BY_BILLING[0].removesuffix("1") + "3"]
    assert set(reading.files.values()) == {str(file)}


@pytest.mark.parametrize(
    "begins",
    [
        "192.0.2.7 - kim doe",
        "192.0.2.7 - CN=kim doe,O=acme",
        "192.0.2.7, 10.2.3.4 - -",
        "192.0.2.7, 10.2.3.4, 10.2.3.5 - kim",
        "- - -",
        "models.example.com 192.0.2.7 - kim doe",
        "models.example.com:443 192.0.2.7, 10.2.3.4 - -",
        "models.example.com - - kim",
        "models.example.com - - -",
        "2001:db8::1 - -",
    ],
)
def test_who_signed_in_may_have_blanks_and_an_address_may_be_a_list_of_proxies(
    tmp_path: Path, begins: str
) -> None:
    whole = f'{begins} [02/Mar/2026:23:30:00 +0000] "POST /v1/churn HTTP/1.1" 200 12 "-" "billing/1"'
    reading = read(tmp_path, whole)
    assert seen(reading) == BY_BILLING
    is_without_host = any("said without its host" in one.note for one in reading.notes)
    assert is_without_host is not begins.startswith("models")


@pytest.mark.parametrize("whole", [lambda events: {"Records": events}, list], ids=["Records", "a list"])
def test_a_document_of_cloudtrail_is_read_event_by_event(tmp_path: Path, whole) -> None:
    bedrock = {"eventSource": "bedrock.amazonaws.com", "requestParameters": {"modelId": "churn-prod"}}
    events = [an_event(), an_event("DescribeEndpoint"), an_event("InvokeModel", **bedrock)]
    (file := tmp_path / "trail.json").write_text(json.dumps(whole(events), indent=1))
    reading = read_calls([file], known=KNOWN, now=NOW)
    assert (seen(reading), reading.notes[0].note) == (
        [BY_BILLING[0].removesuffix("1") + "2"],
        "joined to component:default/billing-etl by its alias",
    )


def test_an_endpoint_of_the_same_name_in_another_account_is_another_one(tmp_path: Path) -> None:
    arn = "arn:aws:sagemaker:eu-west-1:999999999999:endpoint/churn-prod"
    live = Entity(id="component:default/other", kind=Kind.ENDPOINT, name="other", endpoint_ref=arn)
    (file := tmp_path / "trail.log").write_text(json.dumps(an_event()))
    assert read_calls([file], known=[live, BILLING], now=NOW).sightings == ()


@pytest.mark.parametrize(
    ("path", "is_meant"),
    [
        ("/kserve/churn/v2/infer", True),
        ("/kserve/churn", True),
        ("/kserve/churn-v2/infer", False),
        ("/v1/churn-v2", False),
        ("/v1/churn/more", False),
        ("https://models.example.com//v1/churn", True),
        ("https://models.example.com/v1//churn/", True),
        ("https://models.example.com/v1/%63hurn", True),
        ("https://models.example.com/v1/%43hurn", True),
        ("https://models.example.com/v1/other/../churn", True),
        ("https://models.example.com/v1/./churn", True),
        ("https://models.example.com/v1/churn/..", False),
        ("https://models.example.com/v1/churn/../other", False),
        ("https://models.example.com/v1/churn;jsessionid=secret", True),
        ("https://models.example.com/v1;a=secret/churn%3Bb=secret", True),
        ("/kserve/churn;a=secret/v2/infer", True),
        ("https://models.example.com/v1/other;jsessionid=secret", False),
        ("GET https://models.example.com//v1/%63hurn?key=secret HTTP/1.1", True),
        ("https://models.example.com/v1/%2563hurn", False),
        ("https://models.example.com/v1%2Fchurn", False),
        ("https://kim:secret@models.example.com/v1/churn", True),
        ("https://kim:secret@models.example.com/v1/other", False),
    ],
)
def test_an_alias_means_an_address_and_never_what_begins_like_it(
    tmp_path: Path, path: str, is_meant: bool
) -> None:
    reading = read(tmp_path, json.dumps({"time": "2026-03-02", "path": path, "caller": "billing"}))
    assert bool(reading.sightings) is is_meant
    assert len(reading.skipped) == (not is_meant)
    assert "secret" not in str(reading)


@pytest.mark.parametrize(
    ("says", "kept"),
    [
        ({"caller": "Nightly Job"}, "Nightly Job"),
        ({"role_arn": "arn:aws:sts::1:assumed-role/etl/kim@example.com"}, "arn:aws:iam::1:role/etl"),
        (
            {"user": "system:serviceaccount:ml:scorer", "user_agent": "x/1"},
            "system:serviceaccount:ml:scorer",
        ),
        (
            {"user": "alice", "user_agent": "scorer/2.1 (alice@example.com)", "remote_addr": "10.1.2.3"},
            "scorer",
        ),
        ({"user_agent": "Scorer/2.2"}, "Scorer"),
        ({"user": "alice", "user_agent": "curl/8", "remote_addr": "10.1.2.3"}, "curl from 10.1.2.0/24"),
        ({"caller": "alice@example.com", "user_agent": "scorer/2"}, "scorer"),
        ({"remote_addr": "[2001:db8:1:2::5]:443"}, "2001:db8:1::/48"),
        ({"x_forwarded_for": "10.1.2.3:5000, 10.9.9.9"}, "10.1.2.0/24"),
        ({"user": "alice"}, "alice"),
        ({"user_agent": "alice@example.com", "remote_addr": "10.1.2.3"}, "10.1.2.0/24"),
        ({"user_agent": "alice@example.com"}, "alice@example.com"),
        ({"caller": "unheard-of", "user_agent": "billing/9", "remote_addr": "10.7.0.9"}, "unheard-of"),
        ({}, "a caller without a name"),
    ],
    ids=str,
)
def test_of_a_caller_nobody_declares_the_least_is_kept_that_names_it(
    tmp_path: Path, says: dict[str, str], kept: str
) -> None:
    reading = read(tmp_path, json.dumps({"time": "2026-03-02", "endpoint": "churn-prod", **says}))
    (caller,) = reading.entities
    assert (caller.id, caller.kind, caller.seen_as) == (f"caller::{kept.casefold()}", Kind.CONSUMER, kept)
    assert seen(reading) == [f"{caller.id} -> {LIVE.id} 2026-03-02..2026-03-02 1"]


@pytest.mark.parametrize(
    "says",
    [
        {"user": "kim@example.com", "user_agent": "curl/8"},
        {"caller": "component:default/billing-etl", "user": "someone"},
        {"user": "someone", "user_agent": "billing/9"},
        {"remote_addr": "10.7.0.9:4711"},
    ],
    ids=str,
)
def test_any_name_of_a_call_finds_whoever_has_it_as_an_alias(tmp_path: Path, says: dict[str, str]) -> None:
    reading = read(tmp_path, json.dumps({"time": "2026-03-02", "endpoint": "churn-prod", **says}))
    assert (seen(reading), reading.entities) == (BY_BILLING, ())


def test_what_a_csv_declares_is_found_by_its_name(tmp_path: Path) -> None:
    reading = read(tmp_path, json.dumps({"time": "2026-03-02", "endpoint": "churn-prod", "caller": "Ledger"}))
    assert [one.from_id for one in reading.sightings] == ["csv:ledger"]


def test_a_caller_that_is_only_called_like_something_is_told(tmp_path: Path) -> None:
    reading = read(tmp_path, a_call(agent="search/3"))
    assert [str(note) for note in reading.notes] == [
        'caller "search": called like component:default/search; if it is the same, give that the alias "search"'
    ]
    assert reading.entities[0].seen_as == "search"


def test_fields_of_any_name_are_read_when_people_say_so(tmp_path: Path) -> None:
    line = {"when": "2026-03-02T10:00:00Z", "svc": {"target": "churn-prod"}, "app-key": "billing"}
    fields = ("time=when", "endpoint=svc.target", "client=app-key")
    assert seen(read(tmp_path, json.dumps(line), fields=fields)) == BY_BILLING
    assert seen(read(tmp_path, HAPROXY.format(captured="x|nightly"), fields=("client=capture.2",))) == [
        "caller::nightly -> component:default/churn-live 2026-03-02..2026-03-02 1"
    ]


def test_a_field_for_no_role_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        read(tmp_path, a_call(), fields=("who=x", "client="))
    assert [problem.value for problem in refused.value.problems] == ['"who=x"', '"client="']


def test_calls_a_day_are_those_over_all_days_the_logs_cover_and_days_are_those_of_utc(tmp_path: Path) -> None:
    late = a_call(day="03").replace("+0000", "-0200")
    reading = read(tmp_path, a_call(), a_call(), late, a_call(day="05", agent="other/1"))
    assert seen(reading) == [
        "component:default/billing-etl -> component:default/churn-live 2026-03-02..2026-03-04 0.75",
        "caller::other -> component:default/churn-live 2026-03-05..2026-03-05 0.25",
    ]


@pytest.mark.parametrize("year", ["0001", "0999", "1970"])
def test_a_clock_that_was_never_set_tells_of_no_call_and_thins_no_count(tmp_path: Path, year: str) -> None:
    reading = read(tmp_path, a_call(), a_call(user="late").replace("2026", year))
    assert seen(reading) == BY_BILLING
    assert [one.what for one in reading.notes if "cannot be read" in one.note] == ["1 of 2 lines"]


def test_lines_that_cannot_be_read_are_told_with_how_many_and_the_first_of_them(tmp_path: Path) -> None:
    future = a_call().replace("2026", "2031")
    reading = read(tmp_path, a_call(), "garbage", '{"time": "2026-03-02"', "", future, *["?"] * 9)
    assert seen(reading) == BY_BILLING
    (note, _) = reading.notes
    assert str(note).partition("access.log")[2] == (
        ":2 12 of 13 lines: cannot be read, and tell of no call here: 2, 3, 5, 6, 7, ..."
    )


CUT_OFF = "no line break ends it, so it may be cut off; it counts once one does"


@pytest.mark.parametrize(
    "at", [10, len(a_call()) - 12, len(a_call())], ids=["a third", "in a name", "at its end"]
)
def test_a_last_line_that_may_be_half_written_makes_up_no_caller_and_the_rest_counts(
    tmp_path: Path, at: int
) -> None:
    (file := tmp_path / "live.log").write_text(f"{a_call()}\n{a_call()[:at]}")
    reading = read_calls([file], known=KNOWN, now=NOW)
    assert (seen(reading), reading.entities) == (BY_BILLING, ())
    assert str(reading.notes[0]) == f"{file}:2 last line: {CUT_OFF}"


@pytest.mark.parametrize(
    ("says", "callers"),
    [
        ({"client": "billing"}, ["component:default/billing-etl"]),
        ({"client": "shipping"}, ["caller::shipping"]),
        ({"client": "192.0.2.7:4711"}, ["caller::192.0.2.0/24"]),
        ({"client": "10.7.0.9", "remote_addr": "192.0.2.7"}, ["caller::192.0.2.0/24"]),
        ({"client": "10.7.0.9"}, ["component:default/billing-etl"]),
    ],
)
def test_a_field_that_is_just_called_client_says_who_or_from_where(
    tmp_path: Path, says: dict[str, str], callers: list[str]
) -> None:
    reading = read(tmp_path, json.dumps({"time": "2026-03-02", "endpoint": "churn-prod", **says}))
    assert [one.from_id for one in reading.sightings] == callers


def test_where_no_known_field_says_who_calls_the_report_names_those_that_might(tmp_path: Path) -> None:
    line = {"time": "2026-03-02", "endpoint": "churn-prod", "app": "billing", "verb": "GET", "status": 200}
    lines = json.dumps(line), json.dumps({**line, "squad": "etl", "remote_addr": "192.0.2.7"})
    notes = [(one.what, one.note) for one in read(tmp_path, *lines).notes]
    said = "no field that we know says who calls. If one of these does, name it: app, squad; as "
    assert notes == [("2 calls", f"{said}--field client=app")]
    assert seen(read(tmp_path, json.dumps(line), fields=("client=app",))) == BY_BILLING
    known = read(tmp_path, json.dumps({**line, "caller": "billing"})).notes
    assert not [one for one in known if "no field that we know" in one.note]


def test_a_last_line_of_json_is_whole_where_it_can_be_read(tmp_path: Path) -> None:
    (file := tmp_path / "live.log").write_text(f"{json.dumps(ENVOY_JSON)}\n{json.dumps(CADDY)}")
    assert seen(read_calls([file], known=KNOWN, now=NOW)) == [BY_BILLING[0].removesuffix("1") + "2"]
    file.write_text(f"{json.dumps(ENVOY_JSON)}\n{json.dumps(CADDY)[:-1]}")
    reading = read_calls([file], known=KNOWN, now=NOW)
    assert (seen(reading), reading.notes[0].note) == (BY_BILLING, CUT_OFF)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("app.log", b"hello\nworld\n", "app.log:1: in no line is an access log"),
        ("empty.log", b"", "empty.log: holds no whole line"),
        ("one.log", a_call().encode(), "one.log: holds no whole line"),
        ("app.log", b"hello", "app.log:1: in no line is an access log"),
        ("a.log.gz", gzip.compress(a_call().encode() * 99)[:-20], "a.log.gz: not readable as gzip"),
        ("t.json", b'{"Records": [' + json.dumps(an_event()).encode() + b",", "t.json: not readable as JSON"),
    ],
)
def test_a_file_that_is_no_log_or_cut_off_is_refused_with_everything_beside_it(
    tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(content)
    if name not in ("empty.log", "one.log"):
        (tmp_path / "good.log").write_text(f"{a_call()}\n")
    with pytest.raises(Invalid) as refused:
        read_calls([tmp_path], known=KNOWN, now=NOW)
    assert told in str(refused.value)


def test_what_no_endpoint_is_called_by_is_counted_and_told(tmp_path: Path) -> None:
    health = json.dumps({"time": "2026-03-02", "path": "/healthz?token=secret"})
    reading = read(tmp_path, a_call(), health, health)
    assert [str(one) for one in reading.skipped] == [
        "calls of /healthz (2): no endpoint is called so: give the one that is meant an alias"
    ]


def test_a_call_that_may_mean_several_endpoints_is_one_of_each_and_the_report_says_so(tmp_path: Path) -> None:
    twin = Entity(id="component:default/twin", kind=Kind.ENDPOINT, name="twin", aliases=("churn.svc.local",))
    line = json.dumps({"time": "2026-03-02", "host": "churn.svc.local", "path": "/x", "caller": "billing"})
    (file := tmp_path / "a.log").write_text(f"{line}\n{line}\n")
    reading = read_calls([file], known=[*KNOWN, twin], now=NOW)
    told = BY_BILLING[0].removesuffix("1") + "2"
    assert seen(reading) == [told, told.replace(LIVE.id, twin.id)]
    (note,) = (str(one) for one in reading.notes if one.where == "calls")
    could_be = "could be component:default/churn-live or component:default/twin"
    counted = "counted for each of them, as nobody tells which: give each an alias of its own"
    assert (reading.skipped, note) == ((), f"calls of churn.svc.local/x (2): {could_be}; {counted}")


def test_a_name_that_very_many_endpoints_have_is_nobodys(tmp_path: Path) -> None:
    called = [
        Entity(id=f"arn:{at}", kind=Kind.ENDPOINT, name=f"e{at}", aliases=("gateway:80",))
        for at in range(EACH_MAX + 1)
    ]
    call = {"time": "2026-03-02", "host": "gateway:80", "path": "/x"}
    (file := tmp_path / "a.log").write_text(json.dumps(call))
    reading = read_calls([file], known=called[:-1], now=NOW)
    assert len(reading.sightings) == EACH_MAX
    assert "could be arn:0 or arn:1 or arn:10 or arn:11 or arn:12 (+45 more); counted" in str(
        reading.notes[0]
    )
    reading = read_calls([file], known=called, now=NOW)
    assert reading.sightings == ()
    why = (
        "51 endpoints and models are called so, too many to count it for each; give each an alias of its own"
    )
    assert [str(one) for one in reading.skipped] == [f"calls of gateway:80/x (1): {why}"]


@pytest.mark.parametrize(
    "alias", ["/v1/churn", "models.example.com/v1/churn/", "churn.svc.local/", "10.0.0.9"]
)
def test_no_address_comes_to_mean_what_was_shared_in_slack_where_others_have_it(
    tmp_path: Path, alias: str
) -> None:
    shared = Entity(
        id="resource:default/x", kind=Kind.MODEL, name="x", aliases=(alias,), declared_in="slack:C1/x.yaml:1"
    )
    said = {"time": "2026-03-02", "caller": "billing"}
    calls = [{**said, "path": "/v1/churn"}, {**said, "host": "churn.svc.local", "path": "/x"}]
    lines = (json.dumps(one) for one in (*calls, {**said, "host": "10.0.0.9", "path": "/x"}))
    (file := tmp_path / "a.log").write_text("\n".join(lines))
    reading = read_calls([file], known=[*KNOWN, shared], now=NOW)
    meant = {one.to_id: one.calls_per_day for one in reading.sightings}
    assert meant == {LIVE.id: 2, **({shared.id: 1} if alias == "10.0.0.9" else {})}


def without_host(folder: Path, path: str, *others: str) -> Reading:
    """A log of paths alone, where other endpoints have these aliases, too."""
    there = (
        Entity(id=f"component:default/e{at}", kind=Kind.ENDPOINT, name=f"e{at}", aliases=(alias,))
        for at, alias in enumerate(others)
    )
    line = json.dumps({"time": "2026-03-02", "path": path, "caller": "billing"})
    (file := folder / "a.log").write_text(line)
    return read_calls([file], known=[*KNOWN, *there], now=NOW)


@pytest.mark.parametrize("path", ["/v1/churn", "POST /v1/churn/?a=1 HTTP/1.1", "//v1/%63hurn"])
def test_a_log_that_names_no_host_means_the_one_endpoint_that_has_the_whole_path(
    tmp_path: Path, path: str
) -> None:
    reading = without_host(tmp_path, path)
    assert seen(reading) == BY_BILLING
    taken = "said without its host; taken for component:default/churn-live, which alone has that path"
    assert f"calls of /v1/churn (1): {taken}" in [str(one) for one in reading.notes]


@pytest.mark.parametrize(
    ("path", "alias", "meant"),
    [
        ("/v1/churn", "https://else.example.com/v1/churn", [LIVE.id, "component:default/e0"]),
        ("/v1/churn", "else:8080/v1/churn/", [LIVE.id, "component:default/e0"]),
        ("/v1/churn", "/v1/churn", ["component:default/e0"]),
        ("/v1", "x", []),
        ("/v1/churn/predict", "x", []),
        ("/churn", "models:/churn", []),
        ("/churn", "meta/churn", []),
        ("https://other.example.com/v1/churn", "x", []),
    ],
)
def test_a_path_alone_means_all_that_have_it_and_nothing_by_a_part_of_it(
    tmp_path: Path, path: str, alias: str, meant: list[str]
) -> None:
    reading = without_host(tmp_path, path, alias)
    assert [one.to_id for one in reading.sightings] == meant
    assert len(reading.skipped) == (not meant)


def test_a_name_is_told_once_however_it_is_spelt(tmp_path: Path) -> None:
    spelt = ("billing", "BILLING", "Billing ", "bIlLiNg")
    lines = (json.dumps({"time": "2026-03-02", "endpoint": "churn-prod", "caller": one}) for one in spelt)
    reading = read(tmp_path, *lines)
    assert [one.what for one in reading.notes] == ['"billing"']
    assert seen(reading) == [BY_BILLING[0].removesuffix("1") + "4"]


def test_whoever_makes_up_names_fills_no_catalog(tmp_path: Path) -> None:
    lines = [a_call(agent=f"scan{number}/1") for number in range(UNKNOWN_MAX + 7)]
    reading = read(tmp_path, *lines)
    assert len(reading.entities) == UNKNOWN_MAX + 1
    assert sum(one.calls_per_day or 0 for one in reading.sightings) == UNKNOWN_MAX + 7


def test_names_that_would_break_a_reference_are_bent_and_stay_apart(tmp_path: Path) -> None:
    says = [
        {"time": "2026-03-02", "endpoint": "churn-prod", "caller": name} for name in ("a|b", "a#b", "c" * 999)
    ]
    reading = read(tmp_path, *map(json.dumps, says))
    ids = [one.id for one in reading.entities]
    assert len(set(ids)) == 3
    assert not any("|" in one or "#" in one or len(one) > 150 for one in ids)


@pytest.mark.parametrize(
    "line",
    [
        "a" * 250_000,
        "1:" * 120_000,
        "10.0.0.1:1 [02/Mar/2026:" * 10_000,
        '1 - - [1] "GET / HTTP/1.1" 200 1 "-" "x" ' + '"\\' * 80_000,
        '"' * 250_000,
        " " * 120_000 + "[" * 120_000,
        "a, " * 80_000,
        "a " * 120_000,
        '[2026-03-02T10:00:00Z] "' + '\\"' * 120_000,
        '{"' + "k" * 240_000 + '": 1}',
        '{"a":' * 40_000,
    ],
    ids=[
        "hex",
        "colons",
        "almost HAProxy",
        "quotes",
        "only quotes",
        "blanks",
        "proxies",
        "words",
        "escapes",
        "a key",
        "nested",
    ],
)
def test_no_line_is_so_odd_that_reading_it_takes_long(tmp_path: Path, line: str) -> None:
    reading = read(tmp_path, a_call(), line)
    assert seen(reading) == BY_BILLING


@pytest.mark.parametrize(
    "event",
    [
        '{"a":' * 3_000 + "1" + "}" * 3_000,
        '{"a":' + "[" * 100_000 + "]" * 100_000 + "}",
        f"[{'1,' * 200_000}1]",
    ],
    ids=["objects", "lists", "parts"],
)
@pytest.mark.parametrize("around", ["[{}]", '{{"Records": [{}]}}'])
def test_an_event_without_end_stops_the_import_and_not_the_machine(
    tmp_path: Path, event: str, around: str
) -> None:
    (file := tmp_path / "trail.json").write_text(around.format(f'{json.dumps(an_event())}, {{"x": {event}}}'))
    with pytest.raises(Invalid, match=r"at most 64 levels and 131,072 parts each are read$"):
        read_calls([file], known=KNOWN, now=NOW)


def test_no_name_of_a_file_is_so_odd_that_looking_at_it_takes_long(tmp_path: Path) -> None:
    (tmp_path / f"app.log{'a' * 60}~").write_text("an editor's copy")
    (tmp_path / "app.log-2026_03.1.gz").write_bytes(gzip.compress(f"{a_call()}\n".encode()))
    assert seen(read_calls([tmp_path], known=KNOWN, now=NOW)) == BY_BILLING


def test_memory_stays_flat_however_long_a_line_or_a_log_is(tmp_path: Path) -> None:
    (file := tmp_path / "long.log").write_bytes(b"x" * (5 << 20) + b"\n" + a_call().encode() + b"\n")
    reading = read_calls([file], known=KNOWN, now=NOW)
    assert seen(reading) == BY_BILLING
    assert reading.sightings[0].seen_in.endswith("long.log:2")
