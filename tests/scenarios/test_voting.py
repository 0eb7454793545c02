"""A round of votes: who counts, what changes a vote, what voids it, and how the round ends."""

from __future__ import annotations

from pathlib import Path

from data.records.progress import StepKind
from data.records.retirement import State
from data.records.rounds import Choice
from tests.data.catalogs import a_document
from tests.scenarios.town import (
    ADA,
    ELENA,
    GOVERNANCE,
    GRACE,
    MINA,
    POLICY,
    PRIYA,
    SAM,
    TOM,
    Town,
    buttons,
    words,
)

REJECTING = "vote.reject_submit"


def votes(town: Town) -> dict[str, Choice]:
    return {ballot.voter_id: ballot.choice for ballot in town.retirement().round.ballots}


def test_a_vote_can_change_until_the_round_closes(town: Town):
    town.propose()
    town.approve(MINA)
    assert "*platform* 1 of 1" in words(town.card())
    town.press(MINA, town.card(), "vote.abstain")
    assert "*platform* 0 of 1" in words(town.card())
    assert "waiting for <@U01JOLINDQVIST>" in words(town.card())
    town.reject(MINA, "the load test is missing")
    assert votes(town) == {MINA: Choice.REJECT}
    town.approve()
    assert votes(town) == dict.fromkeys((ADA, MINA, PRIYA, SAM), Choice.APPROVE)
    assert town.retirement().state is State.PROPOSED, "the review period is not over"
    town.pass_time(days=15)
    assert town.retirement().state is State.MIGRATING


def test_the_same_vote_again_changes_nothing_and_says_so(town: Town):
    town.propose()
    town.approve(MINA)
    version = town.retirement().version
    town.approve(MINA)
    assert "Your vote stands: approve as platform" in town.told(MINA)
    assert town.retirement().version == version


def test_whoever_is_in_no_role_is_refused_privately_with_the_roles(town: Town):
    town.propose()
    town.approve(ELENA)
    assert "the voting roles are owner, platform, product, security" in town.told(ELENA)
    assert not votes(town)


def test_whoever_may_not_vote_is_told_so_instead_of_being_asked_why_they_reject(town: Town):
    town.propose()
    for person, why in ((ELENA, "the voting roles are"), (TOM, "Your vote does not count")):
        town.press(person, town.card(), "vote.reject")
        assert why in town.told(person)
        assert person not in town.slack.views or town.slack.views[person].content["callback_id"] != REJECTING
    assert not votes(town)


def test_a_late_or_stale_reject_is_answered_before_anything_is_typed(town: Town):
    town.propose()
    town.slack.fail_next("chat.update", "rate_limited", times=9, retry_after=1800)
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    assert town.submit(TOM, {"proposal.target": "2026-06-01"}) == {}
    town.press(MINA, town.card(), "vote.reject")
    assert "The plan changed after this card was drawn" in town.told(MINA)
    town.command(TOM, "cancel RET-1 not now")
    town.press(MINA, town.card(), "vote.reject")
    assert "There is no vote open on RET-1: it is withdrawn" in town.told(MINA)
    assert MINA not in town.slack.views


def test_a_round_that_ends_while_somebody_types_leaves_them_their_words(town: Town):
    town.propose()
    town.opens(PRIYA, lambda: town.press(PRIYA, town.card(), "vote.reject"))
    town.command(TOM, "cancel RET-1 not now")
    errors = town.submit(PRIYA, {"vote.comment": "the help pages name it"})
    assert "There is no vote open on RET-1" in errors["vote.comment"]
    assert PRIYA in town.slack.views


def test_what_follows_a_modal_is_said_where_it_was_opened(town: Town):
    town.propose()
    town.reject(PRIYA, "the load test is missing")
    (told,) = [one for one in town.slack.ephemerals if one["ephemeral_to"] == PRIYA]
    assert "Your vote on RET-1 counts: reject" in words(told)
    assert town.slack.messages(PRIYA) == [], "not in a direct message"


def test_a_rejection_says_why_in_a_modal_and_withholds_without_a_veto(town: Town):
    town.propose()
    town.opens(PRIYA, lambda: town.press(PRIYA, town.card(), "vote.reject"))
    assert not votes(town), "nothing counts before the comment"
    assert list(town.submit(PRIYA, {"vote.comment": "   "})) == ["vote.comment"]
    assert town.submit(PRIYA, {"vote.comment": "the help pages name it"}) == {}
    town.approve(ADA, MINA, SAM)
    town.pass_time(days=15)
    assert town.retirement().state is State.PROPOSED
    assert "the help pages name it" in words(town.card())


def test_a_veto_rejects_at_once_and_locks_the_card(town: Town):
    town.propose()
    town.approve(ADA, MINA, PRIYA)
    town.reject(SAM, "gift cards are fraud bait")
    assert town.retirement().state is State.REJECTED
    assert buttons(town.card()) == []
    assert "Rejected by a veto" in words(town.card())
    assert "gift cards are fraud bait" in words(town.card())
    assert "*Rejected* by a veto of security" in town.thread()


def test_a_late_click_on_a_card_that_was_not_redrawn_is_answered_privately(town: Town):
    town.propose()
    town.slack.fail_next("chat.update", "rate_limited", retry_after=1800)
    town.reject(SAM, "no")
    assert town.retirement().state is State.REJECTED
    town.approve(MINA)
    assert "There is no vote open on RET-1: it is rejected" in town.told(MINA)
    town.pass_time(hours=1)
    assert buttons(town.card()) == []


def test_a_stale_click_does_not_count_for_a_plan_nobody_has_seen(town: Town):
    town.propose()
    town.slack.fail_next("chat.update", "rate_limited", retry_after=1800)
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    assert town.submit(TOM, {"proposal.target": "2026-06-01"}) == {}
    town.approve(MINA)
    assert "The plan changed after this card was drawn" in town.told(MINA)
    assert not votes(town)


def test_another_plan_voids_the_votes_and_says_so(town: Town):
    town.propose()
    town.approve(ADA, MINA, PRIYA)
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    assert list(town.submit(TOM, {"proposal.target": "2026-03-09"})) == ["proposal.target"]
    assert len(votes(town)) == 3, "a plan that is refused voids nothing"
    assert town.submit(TOM, {"proposal.target": "2026-06-01"}) == {}
    assert not votes(town)
    assert "changed the plan: every earlier vote is void, a new round is open" in town.thread()
    assert "*platform* 0 of 1" in words(town.card())
    town.approve(SAM)
    town.pass_time(days=15)
    assert town.retirement().state is State.PROPOSED, "four approvals, but not of this plan"
    town.approve(ADA, MINA, PRIYA)
    assert town.retirement().state is State.MIGRATING


def test_only_coordinator_and_proposer_may_change_the_plan(town: Town):
    town.propose()
    town.press(MINA, town.card(), "proposal.revise")
    assert "You may not revise RET-1" in town.told(MINA)
    assert MINA not in town.slack.views, "nothing to fill in for nothing"
    assert "2026-05-04 *disable*" in words(town.card())


SHARED = f"""
name = "shared"
[channels]
governance = "{GOVERNANCE}"
[roles.builders]
people = ["{MINA}", "{PRIYA}"]
[roles.platform]
people = ["{MINA}"]
"""
"""Two roles, and only Mina may fill the second."""


def test_enough_people_who_agree_are_enough_whoever_votes_first(tmp_path: Path):
    with Town(tmp_path, policy=SHARED, serves=False) as town:
        town.propose()
        town.approve(MINA)
        assert "*builders* 1 of 1" in words(town.card())
        assert f"*platform* 0 of 1 - waiting for <@{PRIYA}>" in words(town.card())
        town.approve(PRIYA)
        assert "Your vote on RET-1 counts: approve as builders" in town.told(PRIYA)
        assert (
            f"*builders* 1 of 1\n    :white_check_mark: <@{PRIYA}> approves, 2026-03-02 08:00 UTC"
            in words(town.card())
        )
        assert f"*platform* 1 of 1\n    :white_check_mark: <@{MINA}> approves, 2026-03-02 08:00 UTC" in words(
            town.card()
        )
        assert "so that it counts, an earlier approval now stands as platform" in town.thread()
        town.pass_time(days=15)
        assert town.retirement().state is State.MIGRATING


def test_a_vote_that_one_person_would_have_to_cast_twice_is_not_opened(tmp_path: Path):
    # Of a group, only the catalog says that nobody is in it; without one the policy itself is refused.
    policy = SHARED.replace(f'"{MINA}", "{PRIYA}"]', f'"{MINA}"]\ngroups = ["a-team-of-nobody"]')
    with Town(tmp_path, policy=policy, serves=False) as town:
        told = town.propose()["proposal.model"]
        assert told.startswith(
            "No vote can be held: builders and platform together need 2 different people and "
            "only 1 can vote in any of them. "
        )
        assert not town.bot.store.streams("RET-")


def test_a_role_that_only_guests_and_accounts_that_are_off_could_fill_is_told_at_the_proposal(tmp_path: Path):
    with Town(tmp_path, policy=SHARED, serves=False) as town:
        town.slack.ws.users[MINA].deleted = True
        told = town.propose()["proposal.model"]
        said = f"platform needs 1 and 0 can vote ({MINA}; by Slack @Mina Park is deactivated)"
        assert told.startswith(f"No vote can be held: {said}")
        town.slack.ws.users[MINA].deleted = False
        assert town.submit(TOM, {}) == {}


def test_a_round_expires_and_says_which_approvals_were_missing(town: Town):
    town.propose()
    town.approve(ADA, PRIYA)
    town.pass_time(days=31)
    assert town.retirement().state is State.EXPIRED
    assert "approvals missing: 1 of platform, 1 of security" in town.thread()
    assert buttons(town.card()) == []


def test_the_card_waits_for_those_who_may_vote_by_now(town: Town):
    town.propose()
    assert f"*security* 0 of 1 - waiting for <@{SAM}>" in words(town.card())
    town.learns(
        a_document("User", "sam-oduya", "memberOf: []", slack_id=SAM),
        a_document("Group", "security", "type: team, children: [], members: [elena-rossi]"),
        a_document("User", "elena-rossi", "memberOf: [security]", slack_id=ELENA),
    )
    town.settle()
    assert f"*security* 0 of 1 - waiting for <@{ELENA}>" in words(town.card())
    assert f"*security* 0 of 1 - waiting for <@{ELENA}>" in town.command(ADA, "show RET-1")
    assert "By their groups others may vote now: security" in town.thread()
    town.approve(ADA, MINA, PRIYA, ELENA)
    assert votes(town)[ELENA] is Choice.APPROVE


def test_a_voter_who_changes_groups_is_waited_for_where_only_they_can_vote_and_seated_there(town: Town):
    town.propose()
    town.approve(MINA)
    town.learns(
        a_document("User", "mina-park", "memberOf: [security]", slack_id=MINA),
        a_document("Group", "ml-platform", "type: team, children: [], members: [jo-lindqvist]"),
        a_document("Group", "security", "type: team, children: [], members: [mina-park]"),
        a_document("User", "sam-oduya", "memberOf: []", slack_id=SAM),
        a_document("User", "nadia-haddad", "memberOf: []"),
    )
    town.settle()
    assert f"*security* 0 of 1 - waiting for <@{MINA}>" in words(town.card())
    town.approve(MINA)
    assert "Your vote on RET-1 counts: approve as security." in town.told(MINA)
    assert "*security* 1 of 1" in words(town.card())
    assert "*platform* 0 of 1 - waiting for <@U01JOLINDQVIST>" in words(town.card())


def test_a_vote_that_was_taken_in_counts_although_the_bot_was_away_when_the_round_expired(town: Town):
    town.propose()
    town.approve(ADA, MINA, PRIYA)
    expires_at = town.retirement().round.expires_at.timestamp()
    town.seconds = expires_at - 120
    town.settle()
    card = town.card()
    assert town.slack.click(SAM, card["channel"], card["ts"], "vote.approve").ok
    town.close()
    town.seconds = expires_at + 60
    town.open()
    town.settle()
    assert votes(town)[SAM] is Choice.APPROVE
    assert town.retirement().state is not State.EXPIRED
    assert "Your vote on RET-1 counts: approve as security" in town.told(SAM)


def test_a_late_approval_moves_the_dates_so_that_nobody_loses_notice(town: Town):
    town.propose(target="2026-04-16")
    town.approve(ADA, MINA, PRIYA)
    town.pass_time(days=25)
    town.approve(SAM)
    retirement = town.retirement()
    announced_at = retirement.progress(StepKind.ANNOUNCE).at
    last_day = retirement.plan.step(StepKind.DISABLE).due_at
    assert retirement.state is State.MIGRATING
    assert (last_day.date() - announced_at.date()).days == 30
    assert "30 days of notice are owed" in town.thread()


def test_a_consumer_that_appeared_after_the_vote_waits_for_a_new_vote(town: Town):
    town.announce()
    town.learns(
        a_document(
            "Component", "late-comer", "type: service, owner: letters, dependsOn: ['resource:churn-v1']"
        )
    )
    town.pass_time(days=29)
    assert "1 consumer appeared after the vote (component:default/late-comer)" in town.thread()
    assert "*archive*, *held*" in words(town.card())
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    assert town.submit(TOM, {"proposal.target": "2026-06-15"}) == {}
    town.approve()
    town.pass_time(days=15)
    assert town.retirement().state is State.MIGRATING
    assert "late-comer" in [duty.consumer.name for duty in town.retirement().obligations]
    assert f"RET-1/announcement-2/dm/{GRACE}" in town.keys(GRACE)


def test_a_vote_nobody_decides_calls_who_is_missing_and_their_lead_and_goes_on_once(tmp_path: Path):
    with Town(
        tmp_path, policy=f'{POLICY}\n[rounds]\non_expiry = "escalate"\nprolong_days = 5\n', serves=False
    ) as town:
        town.propose()
        town.approve(ADA, MINA, PRIYA)
        town.pass_time(days=31)
        assert town.retirement().state is State.PROPOSED
        said = town.thread()
        assert "The vote would have expired, approvals missing. It is prolonged, once, until" in said
        assert f"1 of security: <@{SAM}>" in said
        assert "(lead: <@" in said
        town.approve(SAM)
        town.settle()
        assert town.retirement().state is State.MIGRATING


def test_who_approved_takes_it_back_on_the_card_before_anything_is_announced(tmp_path: Path):
    with Town(tmp_path, policy=f"{POLICY}\n[rounds]\ncool_off_hours = 72\n", serves=False) as town:
        town.propose(target="2026-06-15")
        town.approve()
        town.pass_time(days=15)
        assert town.retirement().state is State.APPROVED
        town.press(SAM, town.card(), "vote.abstain")
        assert "Your approval of RET-1 is taken back, and the vote is open again." in town.told(SAM)
        assert town.retirement().state is State.PROPOSED
        town.approve(SAM)
        town.pass_time(days=4)
        assert town.retirement().state is State.MIGRATING
