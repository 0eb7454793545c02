"""A log that has credentials where names should be: none of them is kept, and the report counts the calls."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from data.importers.call_fields import FieldNames
from data.importers.calls import read_calls
from data.importers.report import Reading
from data.records.catalog import Entity, Kind
from tests.data.importers.test_calls import BILLING, KNOWN, NOW, an_event

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP"
RANDOM = "aB3xK9mQ2wE7rT5yU1iO8pL4"
BY_ID = Entity(id="component:default/by-id", kind=Kind.CONSUMER, name="by-id", aliases=(RANDOM,))


def read(folder: Path, *calls: dict[str, object], known: tuple[Entity, ...] = KNOWN) -> Reading:
    lines = [json.dumps({"time": "2026-03-02", "endpoint": "churn-prod", **one}) for one in calls]
    (file := folder / "access.log").write_text("\n".join(lines))
    return read_calls([file], known=known, now=NOW, fields=FieldNames())


def told(reading: Reading) -> list[str]:
    return [str(note) for note in reading.notes]


def note(calls: str) -> str:
    return (
        f"caller {calls}: say who calls by what looks like a credential, which is not kept: the next field that names "
        "somebody counts. Have the log leave it out"
    )


@pytest.mark.parametrize(
    ("says", "kept"),
    [
        ({"client_id": f"Bearer {JWT}", "user_agent": "scorer/2"}, "scorer"),
        ({"client_id": f"Bearer {JWT}", "consumer": "pricing", "user_agent": "scorer/2"}, "pricing"),
        ({"client_id": RANDOM, "consumer": "pricing"}, "pricing"),
        ({"client_id": RANDOM, "user_agent": "curl/8", "remote_addr": "10.1.2.3"}, "curl from 10.1.2.0/24"),
        ({"role_arn": f"Bearer {JWT}", "user": "alice"}, "alice"),
        ({"user": f"Bearer {JWT}"}, "a caller without a name"),
        ({"user": RANDOM, "remote_addr": "10.1.2.3"}, "10.1.2.0/24"),
        ({"user_agent": f"{JWT}/1"}, "a caller without a name"),
        ({"user_agent": RANDOM, "user": "alice"}, "alice"),
        ({"client_id": f"Bearer {JWT}"}, "a caller without a name"),
        ({"client_id": "client_secret=hunter2", "user": "alice"}, "alice"),
        ({"client_id": "bob:Tr0ub4dor&3", "user_agent": "scorer/2"}, "scorer"),
        ({"client_id": "Ym9iOlRyMHViNGRvciYz", "user_agent": "scorer/2"}, "scorer"),
        ({"client_id": "https://hooks.slack.com/services/T1/B1/abc", "user_agent": "scorer/2"}, "scorer"),
    ],
    ids=str,
)
def test_no_credential_is_kept_as_the_name_of_a_caller(
    tmp_path: Path, says: dict[str, object], kept: str
) -> None:
    reading = read(tmp_path, says)
    assert [one.seen_as for one in reading.entities] == [kept]
    assert told(reading) == [note("1 call")]
    stored = msgspec.json.encode(reading).decode()
    assert (JWT[:20] in stored, RANDOM in stored) == (False, False)


def test_who_is_declared_under_another_field_of_the_call_is_found(tmp_path: Path) -> None:
    reading = read(tmp_path, *2 * [{"client_id": f"Bearer {JWT}", "user_agent": "billing/9"}])
    assert [one.from_id for one in reading.sightings] == [BILLING.id]
    assert told(reading)[0] == note("2 calls")


def test_an_id_that_a_catalog_declares_is_a_name_however_random_it_looks(tmp_path: Path) -> None:
    reading = read(tmp_path, {"client_id": RANDOM}, known=(*KNOWN, BY_ID))
    assert [one.from_id for one in reading.sightings] == [BY_ID.id]
    assert told(reading) == [f'caller "{RANDOM}": joined to {BY_ID.id} by its alias']


def test_events_of_cloudtrail_keep_none_either(tmp_path: Path) -> None:
    who = {"type": "IAMUser", "userName": f"Bearer {JWT}"}
    reading = read(
        tmp_path, an_event(userIdentity=who, userAgent=f"Bearer {JWT}", sourceIPAddress="10.1.2.3")
    )
    assert [one.seen_as for one in reading.entities] == ["10.1.2.0/24"]
    assert told(reading) == [note("1 call")]


def test_what_was_called_that_nobody_declares_is_told_without_one(tmp_path: Path) -> None:
    reading = read(tmp_path, {"endpoint": f"/v1/{JWT}/x"}, {"endpoint": "churn-prod"})
    (skipped,) = [str(one) for one in reading.skipped]
    assert skipped.startswith("calls of an address with a credential in it (1)")


@pytest.mark.parametrize(
    ("says", "kept"),
    [
        ("https://jobs.example.com/nightly?run=4711&for=ada", "https://jobs.example.com/nightly"),
        ("jobs.example.com/nightly#4711", "jobs.example.com/nightly"),
        ("https://x/cb?sig=abc", "https://x/cb"),
        ("who?", "who?"),
    ],
)
def test_of_an_address_as_a_name_nothing_is_kept_that_is_asked_behind_it(
    tmp_path: Path, says: str, kept: str
) -> None:
    reading = read(tmp_path, {"client_id": says})
    assert [one.seen_as for one in reading.entities] == [kept]


@pytest.mark.parametrize("path", ["/v9/x;jsessionid=4711", "/v9/x?sig=4711", "/v9/x#4711"])
@pytest.mark.parametrize("field", ["path", "endpoint"])
def test_what_was_called_is_told_without_what_is_said_beside_it(
    tmp_path: Path, field: str, path: str
) -> None:
    reading = read(tmp_path, {"endpoint": "", field: path}, {"endpoint": "churn-prod"})
    assert [str(one).partition(":")[0] for one in reading.skipped] == ["calls of /v9/x (1)"]
