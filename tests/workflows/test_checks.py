"""Which checks a consumer has, and who may have an address asked."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from data.records.catalog import Entity, Kind
from data.records.checks import Check, CheckAddress, OwnChecks
from tests.workflows.test_observing import ENTITIES, a_snapshot
from workflows.checks import Checks, digest_of

WEB = "component:default/web"
OWN = Check(name="scoring", command=("./score.sh",), is_own=True)
CATALOGS = CheckAddress(name="scoring", url="https://ci.example.com/score")
FEATURES = CheckAddress(name="features", url="https://ci.example.com/features")


def web(*checks: CheckAddress, **more: Any) -> Entity:
    return Entity(id=WEB, kind=Kind.CONSUMER, name="web", checks=checks, **more)


def asked(address: CheckAddress) -> Check:
    return Check(name=address.name, url=address.url)


@pytest.mark.parametrize(
    ("own", "entity", "checks"),
    [
        pytest.param((), web(), (), id="none"),
        pytest.param((), web(CATALOGS, FEATURES), (asked(CATALOGS), asked(FEATURES)), id="its catalog's"),
        pytest.param((OWN,), web(), (OWN,), id="the operator's"),
        pytest.param(
            (OWN,), web(CATALOGS, FEATURES), (OWN, asked(FEATURES)), id="the operator's comes first"
        ),
        pytest.param(
            (), web(CATALOGS, declared_in="slack:C1/x.yaml:1"), (), id="nobody's by sharing a file in Slack"
        ),
    ],
)
def test_a_consumer_has_the_checks_of_the_operators_file_and_of_its_catalog(own, entity, checks):
    found = Checks(own=OwnChecks(checks={WEB: own} if own else {}))
    there = a_snapshot(entities=(*ENTITIES, entity))
    assert found.of(there, WEB) == checks
    assert found.of(there, "component:default/nowhere") == ()
    declared = found.declared(there, (WEB, "component:default/nowhere"))
    assert {one.name: one.digest for one in declared.get(WEB, ())} == {
        one.name: digest_of(one) for one in checks
    }


def test_of_a_consumer_that_two_sources_tell_of_all_checks_are_run():
    other, taken = Check(name="scoring", command=("./rows.sh",), is_own=True), asked(FEATURES)
    in_file = {"csv:web": (other, OWN), WEB: (OWN, replace(taken, is_own=True))}
    there = a_snapshot(
        entities=(
            *ENTITIES,
            web(CheckAddress(name="scoring-2", url="https://ci.example.com/two"), FEATURES),
            Entity(id="csv:web", kind=Kind.CONSUMER, name="web", aliases=(WEB,)),
        )
    )
    found = Checks(own=OwnChecks(checks=in_file)).of(there, WEB)
    assert [(one.name, one.command or one.url) for one in found] == [
        ("scoring", ("./score.sh",)),
        ("features", "https://ci.example.com/features"),
        ("scoring-3", ("./rows.sh",)),
        ("scoring-2", "https://ci.example.com/two"),
    ]


CSV_WEB = Entity(id="csv:web", kind=Kind.CONSUMER, name="web", aliases=(WEB,))
TWO = CheckAddress(name="scoring", url="https://ci.example.com/two")


@pytest.mark.parametrize(
    ("own", "other", "checks"),
    [
        pytest.param({}, (TWO,), [("scoring", CATALOGS.url), ("scoring-2", TWO.url)], id="of two catalogs"),
        pytest.param({}, (CATALOGS,), [("scoring", CATALOGS.url)], id="the same of two catalogs"),
        pytest.param(
            {"csv:web": (OWN,)},
            (),
            [("scoring", OWN.command), ("scoring-2", CATALOGS.url)],
            id="the operator's of the other id",
        ),
        pytest.param(
            {"csv:web": (OWN,)},
            (TWO,),
            [("scoring", OWN.command), ("scoring-2", CATALOGS.url)],
            id="the operator's for that of the other id alone",
        ),
    ],
)
def test_no_check_hides_another_of_its_name_that_another_source_tells_of(own, other, checks):
    there = a_snapshot(entities=(*ENTITIES, web(CATALOGS), replace(CSV_WEB, checks=other)))
    found = Checks(own=OwnChecks(checks=own)).of(there, WEB)
    assert [(one.name, one.command or one.url) for one in found] == checks


def test_another_address_or_command_is_another_check():
    every = {
        digest_of(one) for one in (OWN, asked(CATALOGS), Check(name="scoring", command=("./score.sh", "-v")))
    }
    assert len(every) == 3
