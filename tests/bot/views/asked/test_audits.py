"""What whoever asks for the evidence of a retirement is told: who, when, why, and what proves it."""

from __future__ import annotations

from bot.views.asked.audits import evidence
from tests.bot.views.examples import texts
from tests.builders import a_dark
from tests.payloads import check_message

NOTE = "The audit bundle of RET-1 comes into its thread"


def test_it_says_who_approved_when_why_on_what_evidence_and_where_it_is_now() -> None:
    story = a_dark()
    said = evidence(story.state, story.happened, NOTE)

    check_message(said)
    words = "\n".join(texts(said))
    for line in (
        'proposed to retire *churn (RET-1)*; service ends 2027-02-17 — "a better one serves"',
        "2027-01-04 :white_check_mark: <@UOWEN> voted *approve* as owner",
        "2027-01-18 :white_check_mark: *Approved*: every role has its approvals on plan",
        "2027-01-27 :package: Archived 3 files, 1,204 bytes as `sha256:aa`",
        "2027-01-28 :test_tube: Restore drill passed: 3 files, 1,204 bytes read back and compared",
        "*Artifacts* 3 files, 1,204 bytes at churn as `sha256:aa`",
        NOTE,
    ):
        assert line in words


def test_of_very_much_it_says_how_much_is_left_to_the_bundle() -> None:
    story = a_dark()
    said = evidence(story.state, story.happened * 200, NOTE)

    check_message(said)
    assert "more: the bundle has all of it" in "\n".join(texts(said))
