"""What people do to a running retirement: pause, resume, cancel, hand over, and bring the service back."""

from __future__ import annotations

from datetime import timedelta

from data.records.progress import StepKind
from data.records.retirement import State
from tests.data.catalogs import a_document
from tests.fakes.slack import User
from tests.scenarios.town import (
    ADA,
    BRUNO,
    ELENA,
    GOVERNANCE,
    LOGISTICS,
    MINA,
    PRIYA,
    SAM,
    TOM,
    Town,
    buttons,
    words,
)
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.model_server import Calendar


def due(town: Town, kind: StepKind) -> str:
    return town.retirement().plan.step(kind).due_at.date().isoformat()


def dark(town: Town) -> None:
    """Switched off, as planned."""
    town.announce()
    town.everybody_moves()
    town.pass_time(days=49)
    assert town.retirement().state is State.DISABLED
    assert town.endpoints.describe("churn-v1-prod") == "disabled"


def test_restore_brings_the_endpoint_back_and_ends_as_rolled_back(town: Town):
    town.serve()
    dark(town)
    told = town.command(TOM, "restore RET-1 the new one offers tins to everybody")
    assert "Service of RET-1 is coming back" in told
    assert town.endpoints.describe("churn-v1-prod") == "serving"
    assert town.retirement().state is State.ROLLED_BACK
    assert "offers tins to everybody" in town.thread()
    assert "*churn-v1-prod* serves again" in town.thread()
    assert (town.folder / "archive" / town.retirement().archived.location).is_dir(), "the archive stays"
    town.pass_time(days=60)
    assert town.retirement().state is State.ROLLED_BACK
    assert town.propose(target="2026-09-01") == {}
    assert town.retirement("RET-2").state is State.PROPOSED, "it may be tried again"


def test_restore_is_refused_while_nothing_is_off_and_after_the_end(town: Town):
    town.serve()
    assert "is not being retired" in town.command(TOM, "restore churn-v1 please")
    dark_before = "RET-1 has nothing to restore: it is migrating"
    town.announce()
    assert dark_before in town.command(TOM, "restore RET-1 please")
    town.everybody_moves()
    town.pass_time(days=100)
    assert town.retirement().state is State.ARCHIVED
    assert "The dark window is over" in town.command(TOM, "restore RET-1 please")
    assert "may not restore" in town.command(BRUNO, "restore RET-1 please")


def test_a_pause_holds_every_date_and_resuming_moves_them(town: Town):
    town.serve()
    town.announce()
    assert "all dates wait" in town.command(TOM, "pause RET-1 year's end freeze")
    assert "*paused*" in words(town.card())
    town.pass_time(days=60)
    assert town.retirement().archived is None
    assert town.slack.messages(BRUNO)[-1]["metadata"]["event_payload"]["key"].endswith(f"/dm/{BRUNO}")
    assert "RET-1 is paused already" in town.command(TOM, "pause RET-1 again")
    assert "its dates moved by 61 days, a begun one in full" in town.command(TOM, "resume RET-1")
    assert due(town, StepKind.DISABLE) == "2026-07-04"
    assert "planned last day of service: Sat 2026-07-04" in town.thread()
    assert "/moved-" in town.keys(BRUNO)[-1]
    assert "RET-1 is not paused" in town.command(TOM, "resume RET-1")
    town.command(TOM, "pause RET-1 a moment")
    town.pass_time(hours=1)
    assert "its dates stay as they are" in town.command(TOM, "resume RET-1")
    assert due(town, StepKind.DISABLE) == "2026-07-04"
    town.everybody_moves()
    town.pass_time(days=60)
    assert town.retirement().state is State.DISABLED


def test_what_ends_while_it_is_paused_is_paused_no_more_and_cannot_be_resumed(town: Town):
    town.announce()
    town.command(TOM, "pause RET-1 budget review")
    town.pass_time(days=3)
    town.command(TOM, "cancel RET-1 it stays")
    town.approve()
    assert town.retirement().state is State.CANCELLED
    assert "paused" not in words(town.card())
    town.pass_time(days=30)
    assert "paused" not in town.command(TOM, "digest")
    events = len(town.bot.store.events("RET-1"))
    assert "RET-1 cannot be resumed: it is cancelled" in town.command(TOM, "resume RET-1")
    assert len(town.bot.store.events("RET-1")) == events


def test_a_proposal_is_taken_back_by_whoever_made_it(town: Town):
    town.propose()
    assert "may not cancel" in town.command(MINA, "cancel RET-1 I do not like it")
    assert "RET-1 is withdrawn" in town.command(TOM, "cancel RET-1 churn-v2 is not ready")
    assert town.retirement().state is State.WITHDRAWN
    assert buttons(town.card()) == []
    assert '"churn-v2 is not ready"' in town.thread()


def test_an_approved_retirement_is_cancelled_only_by_a_vote(town: Town):
    town.serve()
    town.announce()
    told = town.command(TOM, "cancel RET-1 churn-v2 was sold")
    assert "The vote on cancelling RET-1 is open on its card" in told
    assert town.retirement().state is State.MIGRATING
    assert "Votes on CANCELLING this retirement" in words(town.card())
    assert "is open already" in town.command(TOM, "cancel RET-1 really")
    town.approve(ADA, MINA, PRIYA)
    assert town.retirement().state is State.MIGRATING
    town.approve(SAM)
    assert town.retirement().state is State.CANCELLED
    assert "*Cancelled* by a vote: the model stays in service" in town.thread()
    assert "duty.migrated" not in buttons(town.announcement(BRUNO))
    town.pass_time(days=90)
    assert town.endpoints.describe("churn-v1-prod") == "serving"


def test_whoever_was_to_move_is_told_that_it_was_called_off(town: Town):
    town.announce()
    town.command(TOM, "cancel RET-1 churn-v2 was sold")
    town.approve(ADA, MINA, PRIYA, SAM)
    told = words(town.posted(BRUNO, f"RET-1/called-off-1/{BRUNO}"))
    assert "churn-v1 does not retire" in told
    assert "Cancelled by a vote" in told
    for message in (town.announcement(BRUNO), town.posted(GOVERNANCE, LOGISTICS)):
        assert "does not retire" in words(message)
        assert "service ends on" not in words(message)
        assert "migrate by" not in words(message)
        assert "duty.migrated" not in buttons(message)


def test_whoever_was_to_move_is_told_that_service_was_brought_back(town: Town):
    town.serve()
    dark(town)
    town.command(TOM, "restore RET-1 the tills need it")
    assert town.retirement().state is State.ROLLED_BACK
    assert "Rolled back: service was restored" in words(town.posted(BRUNO, f"RET-1/called-off-1/{BRUNO}"))


def test_while_another_plan_is_voted_on_owners_are_told_no_dates_of_it(town: Town):
    town.announce()
    town.learns(
        a_document(
            "Component", "late", "type: service, owner: letters, dependsOn: ['component:churn-v1-prod']"
        )
    )
    town.pass_time(days=30)
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    assert town.submit(TOM, {"proposal.target": "2026-07-06"}) == {}
    asked = words(town.announcement(BRUNO))
    assert "another plan is being voted on" in asked
    assert "2026-07-06" not in asked
    assert "migrate by" not in asked
    town.reject(SAM, "not again")
    assert "churn-v1 does not retire" in words(town.posted(BRUNO, f"RET-1/called-off-1/{BRUNO}"))


def test_a_vote_on_cancelling_that_is_not_won_lets_the_retirement_go_on(town: Town):
    town.announce()
    town.command(TOM, "cancel RET-1 second thoughts")
    town.reject(SAM, "it leaks")
    assert town.retirement().state is State.MIGRATING
    assert "the retirement goes on" in town.thread()
    assert due(town, StepKind.DISABLE) == "2026-05-04"


def test_cancelling_after_it_went_dark_points_to_restore(town: Town):
    town.serve()
    dark(town)
    assert "/retire restore RET-1" in town.command(TOM, "cancel RET-1 oh no")


def test_handing_over_moves_the_coordinators_duties(town: Town):
    town.announce()
    assert "may not hand over" in town.command(ADA, "handover RET-1 @ada")
    assert "type @ and choose the name" in town.command(TOM, "handover RET-1 somebody")
    ada = next(user.name for user in town.slack.ws.users.values() if user.id == ADA)
    assert "RET-1 is handed over" in town.command(TOM, f"handover RET-1 @{ada}")
    assert "coordinator <@U01ADAOKAFOR>" in words(town.card())
    assert "the coordinator" in town.command(TOM, "waive RET-1 restock-planner mine no more")
    town.command(ADA, "waive RET-1 restock-planner mine now")
    assert len(town.retirement().waivers) == 1


def test_only_people_the_catalog_knows_can_coordinate(town: Town):
    town.slack.ws.users["U01HENRYLAU"] = User(id="U01HENRYLAU", name="henry.lau", tz="UTC")
    town.announce()
    names = {user.id: user.name for user in town.slack.ws.users.values()}
    for nobody in ("UBOT", "U01HENRYLAU"):
        told = town.command(TOM, f"handover RET-1 @{names[nobody]}")
        assert f"<@{nobody}> cannot coordinate RET-1" in told
        assert "Name a colleague the catalog knows" in told
    assert town.retirement().coordinator_id == TOM


def test_what_fails_in_a_way_nobody_thought_of_is_told_to_whoever_asked_for_it(town: Town):
    town.announce()
    town.endpoints = Unplugged(
        town.folder / "endpoints", calendar=Calendar(origin=town.now(), epoch=0.0, speed=1.0)
    )
    town.restart()
    version, before = town.retirement().version, len(town.slack.ephemerals)
    assert town.slack.command(TOM, GOVERNANCE, "/retire", "waive RET-1 traffic nobody can tell").ok
    town.pass_time(hours=1)
    (told,) = [words(one) for one in town.slack.ephemerals[before:]]
    assert told.startswith(
        ":no_entry: This could not be done, and nothing was changed. "
        "Tell whoever runs Emeritus: the log says why"
    )
    assert "ZeroDivision" not in told
    assert town.retirement().version == version


class Unplugged(LocalEndpoints):
    """Breaks like a library with a bug, not like a service that is away."""

    def describe(self, ref: str) -> str:
        raise ZeroDivisionError(ref)


def test_even_a_short_pause_moves_the_dates_by_a_whole_day_and_keeps_what_lies_between_them(town: Town):
    town.announce()
    town.command(TOM, "pause RET-1 lunch")
    town.pass_time(hours=1)
    town.command(TOM, "resume RET-1")
    assert town.retirement().plan.step(StepKind.CLOSE).due_at - town.retirement().plan.step(
        StepKind.DISABLE
    ).due_at == timedelta(days=30)
    assert due(town, StepKind.DISABLE) == "2026-05-05", (
        "whole days, rounded up, so that steps keep their hour"
    )
    assert "You may not" in town.command(ELENA, "pause RET-1 me too")
