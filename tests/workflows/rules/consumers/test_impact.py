"""How an impact is grouped and summed up."""

from __future__ import annotations

import pytest

from data.records.catalog import SEEN, Impacted, Owners
from workflows.rules.consumers.impact import by_team, summary, teams_in, unreachable

LETTERS = Owners(team_id="group:default/letters", called="Letters", slack_ids=("U1", "U2"))
STORE = Owners(team_id="group:default/store", called="Store", slack_ids=("U3",))
INSIGHTS = Owners(team_id="group:default/insights", called="Insights", slack_ids=("U3",))
GONE = "nobody called henry is in the catalog; they may have left"
HENRY = Owners(team_id="user:default/henry", called="henry", noted=(GONE,))
NOBODY = Owners(noted=("no owner",))


def an_impact(name: str, owners: Owners, distance: int = 1) -> Impacted:
    return Impacted(
        consumer_id=f"component:default/{name}", name=name, owners=owners, distance=distance, path=()
    )


def a_caller(name: str, owners: Owners) -> Impacted:
    return Impacted(consumer_id=f"{SEEN}{name}", name=name, owners=owners, distance=1, path=())


def test_teams_are_ordered_by_size_then_nearness_then_name_and_the_unowned_come_last():
    impact = [
        an_impact("a", NOBODY),
        an_impact("b", NOBODY),
        an_impact("c", NOBODY),
        an_impact("d", STORE, 2),
        an_impact("e", INSIGHTS),
        an_impact("g", LETTERS, 3),
        an_impact("f", LETTERS),
    ]
    teams = by_team(impact)
    assert [(team.team_name, [consumer.name for consumer in team.consumers]) for team in teams] == [
        ("Letters", ["f", "g"]),
        ("Insights", ["e"]),
        ("Store", ["d"]),
        ("", ["a", "b", "c"]),
    ]
    assert teams[0].slack_ids == ("U1", "U2")


@pytest.mark.parametrize(
    ("impact", "said"),
    [
        ([], "no consumers"),
        ([an_impact("a", STORE)], "1 consumer in 1 team, 1 of them direct"),
        (
            [an_impact("a", STORE, 2), an_impact("b", LETTERS, 3)],
            "2 consumers in 2 teams, none of them direct",
        ),
        (
            [an_impact("a", STORE), an_impact("b", STORE, 2), an_impact("c", HENRY)],
            "3 consumers in 2 teams, 2 of them direct; 1 has no reachable owner",
        ),
        (
            [an_impact("a", NOBODY), an_impact("b", HENRY)],
            "2 consumers in 1 team, 2 of them direct; 2 have no reachable owner",
        ),
        ([an_impact(str(n), STORE) for n in range(1200)], "1,200 consumers in 1 team, 1,200 of them direct"),
    ],
    ids=["none", "one", "indirect", "one-unreachable", "all-unreachable", "many"],
)
def test_the_summary_is_one_line(impact: list[Impacted], said: str):
    assert summary(impact) == said


def test_who_cannot_be_reached_is_named_with_the_reason():
    assert unreachable([an_impact("a", NOBODY), an_impact("b", STORE), an_impact("c", HENRY)]) == (
        "a: no owner",
        f"c: {GONE}",
    )


def test_teams_are_counted_as_they_are_grouped():
    impact = [
        an_impact("a", Owners(team_id="group:default/one")),
        an_impact("b", Owners()),
        an_impact("c", Owners(team_id="group:default/one")),
        a_caller("seen", Owners()),
        a_caller("claimed", Owners(team_id="group:default/two")),
    ]
    assert teams_in(impact) == len(by_team(impact)) == 4
    assert teams_in([]) == 0
