"""The card: drawn from the state, votable while its round is open, locked after; and the modal before it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from bot.ids import Action, Callback
from bot.views.card import proposal
from bot.views.proposing import proposal_modal
from bot.views.voting import votes
from data.records.archived import Archived
from data.records.base import Prose
from data.records.catalog import Kind
from data.records.plan import Reason
from data.records.policy import OnExpiry
from data.records.progress import Progress, StepKind, StepProgress
from data.records.retirement import Duty, Objection, State
from data.records.rounds import Choice, Purpose
from tests.bot.views.examples import (
    NOW,
    a_ballot,
    a_policy,
    a_retirement,
    a_round,
    an_entity,
    an_impact,
    an_obligation,
    announced,
    buttons,
    overloaded,
    texts,
)
from tests.fakes.slack.workspace import is_loud, mentions
from tests.payloads import check_message, check_view

TODAY = date(2027, 3, 1)


def words(payload: dict[str, Any]) -> str:
    return "\n".join(texts(payload))


def test_an_open_round_can_be_voted_in_and_its_plan_edited() -> None:
    state = a_retirement()
    card = proposal.card(state)
    check_message(card)
    assert state.plan is not None
    ballot = f"RET-1|{state.plan.digest}|1"
    assert buttons(card) == [
        (Action.VOTE_APPROVE, ballot),
        (Action.VOTE_REJECT, ballot),
        (Action.VOTE_ABSTAIN, ballot),
        (Action.PROPOSAL_REVISE, "RET-1"),
    ]


def test_the_card_says_who_what_why_when_and_who_is_hit() -> None:
    said = words(proposal.card(a_retirement()))
    for fact in (
        "Proposed by <@UPAT> on 2027-03-01",
        "*What* churn-v1 (tier 1), endpoints: churn-v1",
        "*Successor* churn-v2",
        '*Why* replaced — "churn-v2 is better"',
        "2027-05-30 *disable*",
        "*Impact* 3 consumers of 2 teams, 3 directly",
        "• *team-0* (2): consumer-000, consumer-002",
        "*risk* 0 of 2 - waiting for <@URISK> <@URIK>",
        "*owner* 0 of 1 - waiting for <@UOWN>",
        "policy default abababababab",
    ):
        assert fact in said


def test_the_tally_names_everybody_who_voted_and_what_they_said() -> None:
    state = a_retirement()
    assert state.plan is not None
    cast = (
        a_ballot(state.plan, "UOWN", "owner"),
        a_ballot(state.plan, "URISK", "risk", Choice.REJECT, "no test in our region"),
        replace(a_ballot(state.plan, "URIK", "risk"), plan_digest="sha256:old"),
    )
    said = words(proposal.card(replace(state, round=a_round(*cast))))
    # In the policy's zone, which is Berlin's.
    at = "2027-03-01 10:00 CET"
    assert f":white_check_mark: *owner* 1 of 1\n    :white_check_mark: <@UOWN> approves, {at}\n" in said
    assert f':x: <@URISK> rejects, {at} *with a veto* — "no test in our region"' in said
    assert f"<@URIK> approves, {at} (an older plan: not counted)" in said
    assert "nobody is left to vote" in said


def test_the_card_waits_for_nobody_who_is_barred() -> None:
    round_ = replace(
        a_round(), opened_by="UOLD", members={"owner": ("UOLD", "UPAT", "UOWN"), "risk": ("UPAT",)}
    )
    said = words(proposal.card(a_retirement(round=round_)))
    assert "*owner* 0 of 1 - waiting for <@UOWN>\n" in said, "neither the reviser nor the first proposer"
    assert "*risk* 0 of 2 - *nobody is left to vote*" in said


def test_the_card_shows_the_seat_each_ballot_fills_and_waits_for_whoever_lets_another_move_up() -> None:
    state = a_retirement()
    assert state.plan is not None
    both = replace(a_ballot(state.plan, "UBOTH", "owner"), eligible_roles=("owner", "risk"))
    round_ = replace(a_round(both), members={"owner": ("UBOTH", "UOWN"), "risk": ("UBOTH",)})
    said = words(proposal.card(replace(state, round=round_)))
    assert "*risk* 0 of 2 - waiting for <@UOWN>" in said
    moved = round_.with_ballot(a_ballot(state.plan, "UOWN", "owner"), {"UBOTH": "risk"})
    said = words(proposal.card(replace(state, round=moved)))
    assert "*owner* 1 of 1\n    :white_check_mark: <@UOWN> approves" in said
    assert "*risk* 1 of 2 - *nobody is left to vote*\n    :white_check_mark: <@UBOTH> approves" in said


@pytest.mark.parametrize("state", [one for one in State if one not in (State.ACTIVE, State.PROPOSED)])
def test_on_a_decided_card_nobody_votes_and_it_says_how_it_ended(state: State) -> None:
    """What may still be changed can be: a refusal of a step that is not due yet sends people to Edit plan."""
    card = proposal.card(a_retirement(state=state))
    check_message(card)
    may_change = state in (State.APPROVED, State.MIGRATING, State.BROWNOUT)
    assert buttons(card) == ([(Action.PROPOSAL_REVISE, "RET-1")] if may_change else [])
    assert proposal.OUTCOMES[state] in words(card)


def test_a_round_on_cancelling_shows_the_buttons_again_under_its_own_heading() -> None:
    card = proposal.card(announced(round=a_round(purpose=Purpose.CANCEL)))
    assert [action for action, _ in buttons(card)] == [
        Action.VOTE_APPROVE,
        Action.VOTE_REJECT,
        Action.VOTE_ABSTAIN,
    ]
    assert buttons(card)[0][1].endswith("|1")
    assert "*Votes on CANCELLING this retirement*" in words(card)


def test_a_held_step_shows_its_reasons() -> None:
    held = StepProgress(
        kind=StepKind.DISABLE, progress=Progress.HELD, held_by=("2 consumers are not migrated",), at=NOW
    )
    card = proposal.card(announced(steps=(held,)))
    assert "*disable*, *held*" in words(card)
    assert "• 2 consumers are not migrated" in words(card)


def test_what_has_ended_is_held_by_nothing() -> None:
    held = StepProgress(kind=StepKind.DISABLE, progress=Progress.HELD, held_by=("it is rolled back",), at=NOW)
    card = proposal.card(replace(announced(steps=(held,)), state=State.ROLLED_BACK))
    assert "held" not in words(card)
    assert "it is rolled back" not in words(card)


def test_a_plan_is_not_edited_once_switching_off_has_begun() -> None:
    held = StepProgress(kind=StepKind.DISABLE, progress=Progress.HELD, held_by=("somebody calls",), at=NOW)
    state = announced(steps=(held,))
    assert buttons(proposal.card(replace(state, disabled_ids=(state.plan.subject.endpoints[0].id,)))) == []


def test_later_stages_show_progress_obligations_pause_and_archive() -> None:
    state = announced(
        steps=(StepProgress(kind=StepKind.ANNOUNCE, progress=Progress.DONE, at=NOW),),
        paused_at=NOW,
        paused_by="UPAT",
        archived=Archived(location="/a", preservation_id="em:1234", manifest_digest="x", files=1, bytes=1),
    )
    migrated = replace(state.obligations[0], duty=Duty.MIGRATED)
    said = words(proposal.card(replace(state, obligations=(migrated, *state.obligations[1:]))))
    assert ":white_check_mark: Mon 2027-03-15 *announce*, done 2027-03-01" in said
    assert "3 obligations: 2 open, 1 migrated" in said
    assert "*Paused* by <@UPAT>" in said
    assert "archive em:1234" in said


@pytest.mark.parametrize("state", list(State))
def test_the_card_of_five_hundred_consumers_with_long_names_can_be_posted_and_updated(state: State) -> None:
    card = proposal.card(overloaded(state=state))
    check_message(card)
    assert not is_loud(card["text"], card["blocks"])
    assert "UEVIL" not in mentions(card["text"], card["blocks"])
    assert "+36 more" in words(card)


def a_form(**changes: Any) -> dict[str, Any]:
    model = an_entity("churn-v1")
    known: dict[str, Any] = {
        "models": [model, an_entity("churn-v2")],
        "model": model,
        "endpoints": [an_entity("churn-eu", Kind.ENDPOINT), an_entity("churn-us", Kind.ENDPOINT)],
        "successors": [an_entity("churn-v2")],
        "today": TODAY,
    }
    view = proposal_modal.modal(**{**known, **changes})
    check_view(view)
    return view


def element(view: dict[str, Any], action: Action) -> dict[str, Any]:
    inputs = [block["element"] for block in view["blocks"] if block["type"] == "input"]
    return next(one for one in inputs if one["action_id"] == action)


def test_all_endpoints_are_ticked_until_somebody_unticks_them() -> None:
    ticked = element(a_form(), Action.PROPOSAL_ENDPOINTS)
    assert ticked["type"] == "checkboxes"
    assert [one["value"] for one in ticked["initial_options"]] == [
        "resource:default/churn-eu",
        "resource:default/churn-us",
    ]
    kept = element(a_form(endpoint_ids=["resource:default/churn-us"]), Action.PROPOSAL_ENDPOINTS)
    assert [one["value"] for one in kept["initial_options"]] == ["resource:default/churn-us"]


def test_choosing_a_model_is_told_at_once_and_its_endpoints_get_a_block_of_their_own() -> None:
    view = a_form()
    chooser = next(block for block in view["blocks"] if block.get("block_id") == Action.PROPOSAL_MODEL)
    assert chooser["dispatch_action"] is True
    ids = [block["block_id"] for block in view["blocks"]]
    assert proposal_modal.endpoints_block("resource:default/churn-v1") in ids
    assert set(ids) - {proposal_modal.endpoints_block("resource:default/churn-v1")} <= set(Action)


@pytest.mark.parametrize(
    ("number", "kind"), [(10, "checkboxes"), (11, "multi_static_select"), (100, "multi_static_select")]
)
def test_more_endpoints_than_checkboxes_become_a_list(number: int, kind: str) -> None:
    many = [an_entity(f"e{one}", Kind.ENDPOINT) for one in range(number)]
    assert element(a_form(endpoints=many), Action.PROPOSAL_ENDPOINTS)["type"] == kind


def test_more_endpoints_than_any_list_takes_retire_together() -> None:
    view = a_form(endpoints=[an_entity(f"e{one}", Kind.ENDPOINT) for one in range(101)])
    assert "All 101 endpoints" in words(view)


def test_more_than_a_hundred_models_are_searched() -> None:
    many = [an_entity(f"m{one}") for one in range(101)]
    view = a_form(models=many, model=many[-1], successors=many[:-1])
    assert element(view, Action.PROPOSAL_MODEL_SEARCH)["initial_option"]["value"] == "resource:default/m100"
    assert element(view, Action.PROPOSAL_SUCCESSOR)["type"] == "static_select"
    assert len(proposal_modal.options(many)) == 100


def test_an_empty_catalog_and_a_model_without_endpoints_say_so() -> None:
    empty = a_form(models=[], model=None, endpoints=[], successors=[])
    assert "The catalog has no model" in words(empty)
    assert "there is nothing to switch off" in words(a_form(endpoints=[]))


def test_revising_starts_from_the_plan_and_keeps_the_model() -> None:
    state = a_retirement()
    ends = [
        an_entity("churn-v1", Kind.ENDPOINT, id="api:default/churn-v1"),
        an_entity("other", Kind.ENDPOINT),
    ]
    view = a_form(retirement=state, endpoints=ends, target_on=date(2027, 6, 1))
    assert view["callback_id"] == Callback.PROPOSAL_REVISED
    assert view["private_metadata"] == '{"retirement":"RET-1"}'
    ticked = element(view, Action.PROPOSAL_ENDPOINTS)["initial_options"]
    assert [one["value"] for one in ticked] == ["api:default/churn-v1"]
    assert element(view, Action.PROPOSAL_REASON)["initial_option"]["value"] == Reason.REPLACED
    assert element(view, Action.PROPOSAL_WHY)["initial_value"] == "churn-v2 is better"
    assert element(view, Action.PROPOSAL_SUCCESSOR)["initial_option"]["value"] == "resource:default/churn-v2"
    assert element(view, Action.PROPOSAL_TARGET)["initial_date"] == "2027-06-01"
    assert "Every vote cast so far is void" in words(view)


def test_long_names_fit_the_modal() -> None:
    long = an_entity("n" * 300)
    a_form(models=[long], model=long, endpoints=[an_entity("e" * 300, Kind.ENDPOINT)], successors=[long])


@pytest.mark.parametrize(
    ("on_expiry", "said"),
    [
        (OnExpiry.EXPIRE, "; otherwise it expires on Wed 2027-03-31. "),
        (
            OnExpiry.ESCALATE,
            "; otherwise on Wed 2027-03-31 whoever is still to vote is told, and who leads them, ",
        ),
        (OnExpiry.APPROVE, "silence counts as consent, if somebody approved and nobody rejected"),
    ],
)
def test_the_card_says_what_comes_of_a_vote_that_nobody_decides(on_expiry: OnExpiry, said: str) -> None:
    state = a_retirement(policy=replace(a_policy(), on_expiry=on_expiry))
    assert state.plan is not None
    of_lesser_tier = replace(state.plan, subject=replace(state.plan.subject, tier=2))
    state = replace(state, plan=of_lesser_tier)
    assert said in words(proposal.card(state))


@pytest.mark.parametrize(("chars", "asked"), [(0, (None, True)), (1, (None, False)), (20, (20, False))])
def test_the_form_to_reject_asks_for_as_much_as_the_policy(
    chars: int, asked: tuple[int | None, bool]
) -> None:
    state = a_retirement(policy=replace(a_policy(), reject_comment_chars=chars))
    view = votes.reject_modal(state, "sha256:aa", 1)
    check_view(view)
    (comment,) = [block for block in view["blocks"] if block["type"] == "input"]
    assert (comment["element"].get("min_length"), comment.get("optional")) == asked


def test_the_card_of_an_approved_plan_says_until_when_approvals_can_be_taken_back_and_how_long_they_keep() -> (
    None
):
    policy = replace(a_policy(), cool_off_hours=24, approval_days=90)
    state = a_retirement(state=State.APPROVED, policy=policy, approved_at=NOW)
    assert state.plan is not None
    assert state.round is not None
    round_ = state.round.with_ballot(a_ballot(state.plan, "UOWN", "owner"))
    card = proposal.card(replace(state, round=round_, approved_digest=state.plan.digest))
    check_message(card)
    assert (Action.VOTE_ABSTAIN, f"RET-1|{state.plan.digest}|1") in buttons(card)
    assert "whoever approved may take it back until then" in words(card)
    assert "If it is not announced by Sun 2027-05-30, it is voted on anew." in words(card)


def test_the_vote_on_a_plan_drawn_up_anew_shows_what_owners_said_of_the_one_before() -> None:
    objection = Objection(
        number=3, reason=Prose(prose="An audit runs on it"), before=Duty.OPEN, plan_digest="d"
    )
    owed = tuple(
        an_obligation(an_impact(number), Duty.OBJECTS, objection=objection, changed_by=f"UT{number}")
        for number in range(7)
    )
    state = a_retirement(obligations=owed)
    shown = words(proposal.card(state))
    assert "<@UT0> objects for *consumer-000*" in shown
    assert "An audit runs on it" in shown
    assert "and 2 more, in `/retire show RET-1`" in shown
    assert "objects for" not in words(proposal.card(announced(obligations=owed)))
