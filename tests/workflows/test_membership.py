"""Who may vote, attest or shorten a notice by teams of the catalog and user groups of Slack together."""

from __future__ import annotations

from msgspec.structs import replace

from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.records.attestations import Attestation
from data.records.catalog import Group, Person
from data.records.policy import Review, Role
from tests.builders import a_policy, facts_for
from workflows.membership import attesters, glass_breakers, holders, members, reviewers, with_keepers

ADA = Person(id="user:default/ada", name="Ada", slack_id="UADA")
TEAM = Group(id="group:default/risk", name="risk", member_ids=(ADA.id,))
CATALOG = Snapshot.of(Stored(1, {}, {}, {}, {TEAM.id: TEAM}, {ADA.id: ADA}, {}))
THERE = CATALOG.beside({"slack:S0RISK": ("UNEW", "UADA")})
GROUPS = ("risk", "slack:S0RISK", "slack:S0GONE")
POLICY = a_policy(
    roles=(Role(name="risk", groups=GROUPS, people=("UPAT",)),),
    attestations=(Attestation(name="privacy", text="None.", groups=GROUPS, tiers=(1,), valid_days=90),),
    break_glass_groups=GROUPS,
    holds_groups=GROUPS,
)


def test_members_of_a_user_group_count_as_those_of_a_team_each_once() -> None:
    assert members(THERE, POLICY, ()) == {"risk": ("UPAT", "UADA", "UNEW")}
    assert attesters(THERE, POLICY, ()) == {"privacy": ("UADA", "UNEW")}
    assert glass_breakers(THERE, POLICY, ()) == ("UADA", "UNEW")
    assert holders(THERE, POLICY, ()) == ("UADA", "UNEW")
    voted = facts_for(policy=replace(POLICY, holds_groups=(), holds_people=("UGONE",)))
    assert with_keepers(voted, THERE, POLICY).holders == ("UADA", "UNEW"), (
        "a hold outlives whoever was voted on"
    )
    assert reviewers(THERE, Review(review_groups=GROUPS)) == ("UADA", "UNEW")


def test_a_user_group_of_which_nothing_is_known_has_nobody_in_it() -> None:
    assert members(CATALOG, POLICY, ()) == {"risk": ("UPAT", "UADA")}


def test_they_stay_beside_the_catalog_as_others_see_it_and_as_it_changes() -> None:
    assert THERE.without(()).user_groups == THERE.user_groups
    assert THERE.after((), Stored(2, {}, {}, {}, {}, {}, {})).user_groups == THERE.user_groups
