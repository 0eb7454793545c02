"""Before a model is switched off, people put their names to what the policy wants attested."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from data import events
from data.errors import EmeritusError
from data.records.base import Prose
from data.records.decision import EffectKind
from data.records.delegation import Account
from data.records.progress import Progress, StepKind
from data.records.retirement import State
from tests.builders import (
    ARCHIVE_AT,
    CARL,
    DISABLE_AT,
    DRILL_AT,
    MIGRATE_AT,
    OWEN,
    PAT,
    SELMA,
    WHY,
    Story,
    a_migrated,
    a_policy,
    a_running_retirement,
    a_subject,
    an_approved,
    an_attestation,
    days,
    revising,
)
from workflows import commands as cmd
from workflows.rules.gating import attesting

PRIVACY = an_attestation(name="privacy", text="Nobody can be told from it.", groups=(), roles=("security",))
POLICY = a_policy(attestations=(an_attestation(), PRIVACY))
EVIDENCE = Prose(prose="https://wiki.example.com/retention/churn")


def signing(name: str = "retention", by: str = OWEN, **changes: Any) -> cmd.Attest:
    return cmd.Attest(by=by, name=name, evidence=changes.get("evidence", EVIDENCE))


def refusal(story: Story, command: cmd.Command, **facts: Any) -> str:
    before = story.state
    with pytest.raises(EmeritusError) as refused:
        story.does(command, **facts)
    assert story.state == before
    return str(refused.value)


def test_only_a_members_name_stands_under_anything():
    story = a_migrated(policy=POLICY)
    said = refusal(story, signing(), account=Account.GUEST)
    assert said.startswith("What you attest does not count: by Slack this account is a guest")


def asked(story: Story) -> list[str]:
    return [key for key, one in story.effects.items() if one.body.get("notice") == "attestation"]


def proven(**facts: Any) -> Story:
    """Its archive is: people are asked to attest."""
    return a_running_retirement(**facts).until(ARCHIVE_AT).works().until(DRILL_AT).works()


def test_nobody_attests_what_is_in_an_archive_before_that_is_proven():
    assert refusal(a_running_retirement(policy=POLICY).until(ARCHIVE_AT).works(), signing()) == (
        "retention of RET-1 is not attested yet: its archive is not proven: nobody can say what is in it. "
        "It is on 2027-01-28, and you are asked then; /retire archive RET-1 makes it now"
    )


def test_a_name_is_on_the_record_with_the_text_the_evidence_and_until_when_it_counts():
    story = proven(policy=POLICY)
    decision = story.does(signing())
    (event,) = story.of(events.Attested)
    assert event == events.Attested(
        at=DRILL_AT,
        by=OWEN,
        name="retention",
        text_digest=attesting.text_digest("What has to be kept is kept."),
        evidence=EVIDENCE,
        expires_at=DRILL_AT + days(90),
        entitled=(PAT, OWEN),
    )
    assert decision.reply == "You attest retention of RET-1; it counts until 2027-04-28."


def test_nothing_is_switched_off_before_every_attestation_has_its_name():
    story = a_migrated(policy=POLICY).until(DISABLE_AT)
    held = story.state.progress(StepKind.DISABLE)
    assert held.held_by == (
        "nobody has attested retention; an owner of the model may: /retire attest RET-1 retention EVIDENCE",
        "nobody has attested privacy; role security may: /retire attest RET-1 privacy EVIDENCE",
    )
    story.does(signing())
    story.does(signing("privacy", by=SELMA))
    story.until(DISABLE_AT).works()
    assert story.state.state is State.DISABLED


def test_whoever_attests_last_has_the_held_step_looked_at_at_once():
    story = a_migrated(policy=POLICY).until(DISABLE_AT)
    story.does(signing())
    assert story.timers["step/disable"].due_at == DISABLE_AT
    assert story.until(DISABLE_AT).state.progress(StepKind.DISABLE).gates == ("attestation/privacy",)


def test_the_thread_asks_once_the_archive_is_proven():
    story = a_running_retirement(policy=POLICY).until(DRILL_AT - timedelta(minutes=1)).works()
    assert asked(story) == []
    story.until(DRILL_AT).works()
    assert asked(story) == [
        "RET-1/announcement-1/attestation/retention/0",
        "RET-1/announcement-1/attestation/privacy/0",
    ]


def test_what_counts_no_more_is_asked_for_again_before_it_counts():
    short = a_policy(attestations=(an_attestation(valid_days=3),))
    story = a_migrated(policy=short)
    story.does(signing())
    story.until(MIGRATE_AT + days(3))
    assert "RET-1/announcement-1/attestation/retention/1" in asked(story)
    story.until(DISABLE_AT)
    (why,) = story.state.progress(StepKind.DISABLE).held_by
    assert why == (
        "what was attested of retention counted until 2027-02-13; "
        "an owner of the model may: /retire attest RET-1 retention EVIDENCE"
    )
    story.does(signing(by=PAT))
    assert story.until(DISABLE_AT).works().state.state is State.DISABLED


def test_what_counts_no_more_after_the_switch_off_is_asked_of_nobody():
    story = a_migrated(policy=a_policy(attestations=(an_attestation(valid_days=9),)))
    story.does(signing())
    story.until(DISABLE_AT).works().until(DISABLE_AT + days(9))
    assert "RET-1/announcement-1/attestation/retention/1" not in story.effects


def test_a_name_stands_under_the_text_it_was_given_to_only():
    state = a_running_retirement(policy=POLICY).state
    other = an_attestation(text="Nothing has to be kept.")
    story = proven(policy=POLICY)
    story.does(signing())
    assert attesting.stands(story.state, an_attestation(), story.now)
    assert attesting.stands(story.state, other, story.now) is None
    assert attesting.stands(state, an_attestation(), story.now) is None


@pytest.mark.parametrize(("tier", "names"), [(1, ["a"]), (2, ["a", "b"]), (3, []), (0, ["a", "b"])])
def test_a_policy_says_for_which_tiers_and_an_unknown_one_needs_them_all(tier, names):
    policy = a_policy(
        attestations=(an_attestation(name="a", tiers=(1, 2)), an_attestation(name="b", tiers=(2,)))
    )
    state = an_approved(policy=a_policy(attestations=policy.attestations)).state
    plan = state.plan
    assert plan is not None
    changed = a_subject(tier=tier)
    assert [
        one.name for one in attesting.required(replace(state, plan=replace(plan, subject=changed)))
    ] == names


def test_a_new_plan_for_the_same_artifacts_keeps_the_names_and_one_for_others_does_not():
    story = proven(policy=POLICY)
    story.does(signing())
    story.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    assert len(story.state.attested) == 1
    other = a_subject(artifacts=("s3://models/other",))
    story.does(revising(target_on=(DISABLE_AT + days(40)).date()), subject=other)
    assert story.state.attested == ()


def test_a_plan_that_is_announced_again_asks_for_what_nobody_has_attested():
    story = a_running_retirement(policy=POLICY)
    story.until(ARCHIVE_AT).works().until(DRILL_AT).works()
    story.does(signing())
    story.does(revising(target_on=(DISABLE_AT + days(60)).date()))
    story.votes(OWEN, "UPLATO", SELMA).until(story.now + days(20))
    assert story.state.announced == 2
    assert "RET-1/announcement-2/attestation/privacy/0" in story.effects
    assert "RET-1/announcement-2/attestation/retention/1" not in [
        key for key in asked(story) if story.effects[key].kind is EffectKind.POST
    ]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        pytest.param(
            signing(by=CARL),
            "You may not attest retention of RET-1: this is for an owner of the model, by their own name. "
            "Ask one of them: <@UPAT>, <@UOWEN>",
            id="a stranger",
        ),
        pytest.param(
            signing("fairness"),
            'No attestation of RET-1 is called "fairness"; closest: retention, privacy. '
            "Its policy asks for retention, privacy",
            id="another name",
        ),
        pytest.param(
            signing(evidence=Prose()),
            "An attestation of retention counts only with evidence. "
            "Say where it can be seen: an address, or in words",
            id="no evidence",
        ),
    ],
)
def test_who_may_not_or_says_nothing_is_told_what_to_do(command: cmd.Attest, why: str):
    assert refusal(proven(policy=POLICY), command) == why


def test_where_nobody_may_the_refusal_says_what_to_mend():
    assert refusal(proven(policy=POLICY), signing(), attesters={}) == (
        "You may not attest retention of RET-1: this is for an owner of the model, by their own name. "
        "Nobody is: have the catalog's group filled, or the policy's, with people who have a Slack id"
    )


def test_nothing_is_attested_before_the_announcement_or_once_it_goes_dark():
    assert refusal(an_approved(policy=POLICY), signing()) == (
        "retention of RET-1 is not attested now: it is approved. "
        "It is between the announcement and the switch-off: /retire show RET-1"
    )
    story = a_migrated(policy=a_policy(attestations=(an_attestation(),)))
    story.does(signing())
    story.until(DISABLE_AT).proves()
    assert story.state.progress(StepKind.DISABLE).progress is Progress.RUNNING
    assert "its endpoints are being switched off" in refusal(story, signing())


def test_a_retirement_whose_policy_asks_for_none_says_so():
    assert refusal(a_running_retirement(), signing()) == (
        'No attestation of RET-1 is called "retention"; nothing has a similar name. '
        "Its policy asks for none at its tier"
    )


def test_a_pause_tells_requests_that_wait_how_it_stands():
    story = a_migrated(policy=POLICY)
    story.does(cmd.Pause(by=PAT, why=WHY))
    assert "RET-1/announcement-1/attestation/retention/0/edit" in story.effects
