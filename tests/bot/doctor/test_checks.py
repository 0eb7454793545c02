"""What `emeritus doctor` says of checks of consumers: whether they could be run; none of them is."""

from __future__ import annotations

import pytest

from bot.doctor.checks import examine_checks
from data.records.catalog import Entity, Kind
from data.records.checks import Check, CheckAddress, OwnChecks
from tests.workflows.test_observing import ENTITIES, a_snapshot

WEB = Entity(
    id="component:default/web",
    kind=Kind.CONSUMER,
    name="web",
    checks=(CheckAddress(name="scoring", url="https://ci.example.com/score"),),
)
OWN = Check(name="scoring", command=("true",), is_own=True)


@pytest.mark.parametrize(
    ("own", "entities", "said"),
    [
        pytest.param(OwnChecks(), (), [], id="none"),
        pytest.param(
            OwnChecks(hosts=("ci.example.com",), checks={"component:default/web": (OWN, OWN)}),
            (WEB,),
            ["ok  checks: 2 checks of your own, 1 in catalogs"],
            id="all is well",
        ),
        pytest.param(
            OwnChecks(hosts=("other.example.com",), checks={"component:default/wed": (OWN,)}),
            (WEB,),
            [
                (
                    'BAD checks: EMERITUS_CHECKS: nothing in the catalog has the id "component:default/wed". Correct '
                    "it; closest: component:default/web"
                ),
                (
                    "BAD checks: catalogs have hosts asked that are not allowed (ci.example.com): those checks cannot "
                    'run. Add them to hosts in the file EMERITUS_CHECKS names: hosts = ["ci.example.com"]'
                ),
                "ok  checks: 1 check of your own, 1 in catalogs",
            ],
            id="neither can be run",
        ),
        pytest.param(
            OwnChecks(
                checks={"component:default/web": (Check(name="s", command=("./nope.sh",), is_own=True),)},
                hosts=("ci.example.com",),
                file="/srv/emeritus/checks.toml",
            ),
            (WEB,),
            [
                (
                    "BAD checks: EMERITUS_CHECKS: ./nope.sh: no program that can be run, in /srv/emeritus or "
                    "/usr/local/bin:/usr/bin:/bin. Correct its path, or make it executable"
                ),
                "ok  checks: 1 check of your own, 1 in catalogs",
            ],
            id="no such program",
        ),
    ],
)
def test_what_could_not_be_run_is_told_with_what_to_mend(own, entities, said):
    assert [str(one) for one in examine_checks(own, a_snapshot(entities=(*ENTITIES, *entities)))] == said
