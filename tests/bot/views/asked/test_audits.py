"""What whoever asks for the evidence of a retirement is told: who, when, why, and what proves it."""

from __future__ import annotations

from bot.views.asked.audits import evidence
from data.events import EMERITUS
from tests.bot.views.examples import texts
from tests.builders import LEX, OWEN, PAT, WHY, a_dark, paused, resumed
from tests.payloads import check_message
from tests.workflows.decisions.test_pruning import a_closed, asking, confirming
from workflows import commands as cmd

NOTE = "The audit bundle of RET-1 comes into its thread"


def test_it_says_who_approved_when_why_on_what_evidence_and_where_it_is_now() -> None:
    story = a_dark()
    said = evidence(story.state, story.happened, NOTE)

    check_message(said)
    words = "\n".join(texts(said))
    for line in (
        'proposed to retire *churn (RET-1)*; service ends Wed 2027-02-17 — "a better one serves"',
        "2027-01-04 :white_check_mark: <@UOWEN> voted *approve* as owner",
        "2027-01-18 :white_check_mark: *Approved*: every role has its approvals on plan",
        "2027-01-27 :package: Archived 3 files, 1,204 bytes as `sha256:aa`",
        "2027-01-28 :test_tube: Restore drill passed: 3 files, 1,204 bytes read back and compared",
        "*Artifacts* 3 files, 1,204 bytes at churn as `sha256:aa`",
        NOTE,
    ):
        assert line in words


def test_it_says_what_was_held_released_pruned_and_erased_and_what_is_left() -> None:
    story = a_closed()
    story.does(cmd.PlaceHold(by=OWEN, why=WHY))
    story.does(cmd.ReleaseHold(by=LEX, number=1, why=WHY))
    story.does(asking(what="weights"))
    number = story.state.version
    story.does(confirming(story))
    story.does(cmd.RecordPruned(by=EMERITUS, number=number, gone={"weights": (1, 1184, "sha256:bb")}))
    story.does(cmd.Erase(by=EMERITUS, answers=PAT, entry=1, texts=1, because="request 12"))

    words = "\n".join(texts(evidence(story.state, story.happened, NOTE)))
    for line in (
        f"<@{OWEN}> placed legal hold 1",
        f"<@{LEX}> released legal hold 1",
        f"<@{PAT}> asks that *weights* of its archive goes for good (retention.default)",
        f"<@{OWEN}> confirms by its name that it goes",
        "Gone from the archive: *weights*, 1 file, 1,184 bytes; its tombstone is `sha256:bb`",
        f"<@{PAT}> answers for it \u2014 request 12",
        "*Artifacts* 2 files, 20 bytes at churn as `sha256:aa`; *weights* has gone for good",
    ):
        assert line in words


def test_it_says_who_stopped_and_restored_it() -> None:
    story = resumed(paused(a_dark(), 1))
    story.does(cmd.Restore(by=PAT, why=WHY))
    words = "\n".join(texts(evidence(story.state, story.happened, NOTE)))
    for line in ("paused it: no step runs", "resumed it", f"<@{PAT}> brings the service back"):
        assert line in words


def test_of_very_much_it_says_how_much_is_left_to_the_bundle() -> None:
    story = a_dark()
    said = evidence(story.state, story.happened * 200, NOTE)

    check_message(said)
    assert "more: the bundle has all of it" in "\n".join(texts(said))
