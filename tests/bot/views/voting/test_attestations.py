"""What has to be attested, as the thread asks for it, as its form shows it, and where each one stands."""

from __future__ import annotations

from msgspec.structs import replace

from bot.views.asked import standing
from bot.views.voting import attestations
from data.records.attestations import Attestation, Statement
from data.records.base import Prose
from data.records.retirement import Retirement, State
from tests.bot.views.examples import NASTY, NOW, a_policy, announced, days, texts
from tests.fakes.slack.workspace import is_loud, mentions
from tests.payloads import check_message, check_view
from workflows.rules.gating.attesting import text_digest

WANTED = Attestation(
    name="retention", text="It is kept.", groups=("model.owner", "legal"), tiers=(1,), valid_days=90
)


def attesting(*statements: Statement, wanted: Attestation = WANTED, **changes: object) -> Retirement:
    policy = replace(a_policy(), attestations=(wanted,))
    return replace(announced(), attested=statements, **{"policy": policy, "drilled_at": NOW, **changes})


def a_statement(wanted: Attestation = WANTED, **changes: object) -> Statement:
    said = Statement(
        name=wanted.name,
        by="UANN",
        at=NOW,
        text_digest=text_digest(wanted.text),
        evidence=Prose(prose="CHG-1"),
        expires_at=days(90),
    )
    return replace(said, **changes)


def test_a_request_says_the_words_who_may_and_has_a_button() -> None:
    said = attestations.request(attesting(), "retention", 0, ("UANN", "UBEA"))
    check_message(said)
    assert said["text"] == (
        ':memo: Before *churn-v1* is switched off, *retention* has to be attested — "It is kept."\n'
        "an owner of the model or a member of legal may: <@UANN> <@UBEA>."
    )
    (pressed,) = said["blocks"][-1]["elements"]
    assert (pressed["action_id"], pressed["value"]) == ("attestation.give", "RET-1|retention")


def test_a_user_group_of_slack_is_called_one() -> None:
    wanted = replace(WANTED, groups=("slack:S0614TZR7", "legal"))
    said = attestations.request(attesting(wanted=wanted), "retention", 0, ("UANN",))
    assert "a member of the Slack user group S0614TZR7 or a member of legal may: <@UANN>" in said["text"]


def test_once_it_is_attested_the_request_says_by_whom_and_has_no_button() -> None:
    said = attestations.request(attesting(a_statement()), "retention", 0, ())
    assert said == {
        "text": ':white_check_mark: *retention* is attested by <@UANN> until 2027-05-30 — "CHG-1"'
    }


def test_what_is_asked_for_again_says_whose_word_counts_no_more() -> None:
    said = attestations.request(attesting(a_statement()), "retention", 1, ("UBEA",))
    assert said["text"].endswith("may: <@UBEA>. What <@UANN> attested counts no more.")


def test_a_request_that_does_not_hold_now_has_no_button() -> None:
    said = attestations.request(attesting(state=State.CANCELLED), "retention", 0, ())
    assert said == {"text": ":double_vertical_bar: Not asked now: *retention*, as it is cancelled."}


def test_how_it_stands_is_shown_to_whoever_asks() -> None:
    other = replace(WANTED, name="privacy")
    state = attesting(a_statement())
    assert state.policy is not None
    both = replace(state, policy=replace(state.policy, attestations=(WANTED, other)))
    rows = attestations.lines(both, {"privacy": ("UBEA",)}, NOW)
    shown = texts(standing.show(both, attested=rows)["blocks"])
    assert (
        '*Attestations*\n:white_check_mark: *retention* is attested by <@UANN> until 2027-05-30 — "CHG-1"\n'
        ":white_circle: *privacy* nobody yet; an owner of the model or a member of legal may: <@UBEA>: "
        "`/retire attest RET-1 privacy EVIDENCE`"
    ) in shown


def test_what_counts_no_more_is_shown_with_its_last_day() -> None:
    (row,) = attestations.lines(attesting(a_statement()), {}, days(90))
    assert row.startswith(":white_circle: *retention* counted until 2027-05-30; ")
    assert "*nobody who can be reached*" in row


def test_hostile_words_in_a_policy_mention_nobody() -> None:
    nasty = replace(WANTED, text=NASTY, groups=(NASTY,))
    state = attesting(a_statement(nasty, evidence=Prose(prose=NASTY)), wanted=nasty)
    for number in (0, 1):
        said = attestations.request(state, "retention", number, ("UBEA",))
        check_message(said)
        assert not is_loud(said["text"], said.get("blocks", []))
        assert "UEVIL" not in mentions(said["text"], said.get("blocks", []))
    check_view(attestations.form(state, nasty))
