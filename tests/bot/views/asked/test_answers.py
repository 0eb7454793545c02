"""What commands answer: the state, the list, the plan, the impact, help and refusals."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.ids import Action
from bot.typed.helped import helped
from bot.typed.table import COMMANDS
from bot.views.asked import answers, helping, standing
from bot.views.card import manual
from data.errors import Refused
from data.records.artifacts import ArtifactClass, Classed, Reference
from data.records.base import Prose
from data.records.catalog import EndpointKind
from data.records.plan import Endpoint
from data.records.progress import Progress, StepKind, StepProgress
from data.records.retirement import Duty, Retirement, State
from data.records.switches import ManualCheck
from data.records.waivers import Waiver
from tests.bot.views.examples import (
    NOW,
    a_retirement,
    an_entity,
    an_impact,
    announced,
    buttons,
    overloaded,
    texts,
)
from tests.builders import a_policy
from tests.fakes.slack.workspace import is_loud
from tests.payloads import check_message, check_view

ENDPOINT = "api:default/churn-v1"


def test_show_says_how_it_stands_and_who_holds_it_up() -> None:
    state = announced()
    done = replace(state.obligations[0], duty=Duty.MIGRATED)
    shown = standing.show(replace(state, obligations=(done, *state.obligations[1:])))
    check_message(shown)
    assert shown["text"] == ":truck: *RET-1* churn-v1 - *migrating*"
    assert "owners of the model *nobody who can be reached*, of its endpoints" in texts(shown)[1]
    (consumers,) = [text for text in texts(shown) if text.startswith("*Consumers*")]
    assert "3 obligations: 2 open, 1 migrated" in consumers
    assert "*consumer-001*" in consumers
    assert "*consumer-000*" not in consumers


def test_show_names_everybody_a_refusal_sends_people_to() -> None:
    shown = standing.show(a_retirement(), owners=("UOWN", "UTWO"), endpoint_owners=("UEND",))
    check_message(shown)
    head = texts(shown["blocks"])[0].splitlines()[1]
    assert head == "Coordinator <@UPAT>; owners of the model <@UOWN> <@UTWO>, of its endpoints <@UEND>"


def test_show_lists_every_reason_that_holds_a_step() -> None:
    reasons = tuple(f"endpoint-{number:02d} does not answer" for number in range(40))
    held = StepProgress(kind=StepKind.DISABLE, progress=Progress.HELD, held_by=reasons)
    shown = standing.show(a_retirement(steps=(held,)))
    check_message(shown)
    said = "\n".join(texts(shown["blocks"]))
    assert all(reason in said for reason in reasons)


def many_reasons(count: int) -> list[str]:
    why = "does not answer: nobody can say whether it is called (Connection refused by 10.0.0.7:8443)"
    return [f"resource:default/endpoint-{number:02d} {why}" for number in range(count)]


def test_show_takes_the_room_there_is_for_what_holds_a_step() -> None:
    held = StepProgress(kind=StepKind.DISABLE, progress=Progress.HELD, held_by=tuple(many_reasons(60)))
    shown = standing.show(a_retirement(steps=(held,)))
    check_message(shown)
    said = "\n".join(texts(shown["blocks"]))
    assert all(reason in said for reason in many_reasons(60))


def test_what_show_has_no_room_for_is_counted_with_the_way_to_it() -> None:
    held = StepProgress(kind=StepKind.DISABLE, progress=Progress.HELD, held_by=tuple(many_reasons(200)))
    shown = standing.show(announced(consumers=60, steps=(held,)))
    check_message(shown)
    rows = "\n".join(texts(shown["blocks"])).splitlines()
    (left,) = [row for row in rows if "`emeritus plan RET-1` prints all" in row]
    listed = [row for row in rows if row.removeprefix("      • ") in many_reasons(200)]
    # The step after the held one is left out, too.
    assert left.startswith(f"+{201 - len(listed):,} more; the thread lists more of them")


def refused(count: int) -> str:
    step = "/retire show RET-1 shows where it stands"
    return Refused("Cannot disable churn-v1", reasons=many_reasons(count), next_step=step).told()


def test_a_refusal_with_few_reasons_is_a_sentence() -> None:
    assert refused(1) == (
        f"Cannot disable churn-v1: {many_reasons(1)[0]}. /retire show RET-1 shows where it stands"
    )


def test_a_refusal_with_many_reasons_has_a_line_for_each() -> None:
    shown = answers.refusal(refused(40))
    check_message(shown)
    said = "\n".join(texts(shown["blocks"]))
    assert said.splitlines() == [
        ":no_entry: Cannot disable churn-v1:",
        *(f"• {reason}" for reason in many_reasons(40)),
        "/retire show RET-1 shows where it stands",
    ]


def test_a_refusal_with_very_many_reasons_says_how_many_more_and_keeps_the_next_step() -> None:
    shown = answers.refusal(refused(200))
    check_message(shown)
    for said in (shown["text"], "\n".join(texts(shown["blocks"]))):
        head, *listed, more, step = said.splitlines()
        assert head == ":no_entry: Cannot disable churn-v1:"
        assert listed == [f"• {reason}" for reason in many_reasons(len(listed))]
        assert more == f"+{200 - len(listed)} more"
        assert step == "/retire show RET-1 shows where it stands"


def test_the_list_says_what_comes_next() -> None:
    shown = answers.listing([a_retirement(), a_retirement(id="RET-2", state=State.ARCHIVED, steps=())])
    check_message(shown)
    (rows,) = texts(shown["blocks"])
    assert rows.splitlines() == [
        ":ballot_box_with_ballot: *RET-1* churn-v1 - *proposed*; next: announce on Mon 2027-03-15",
        ":classical_building: *RET-2* churn-v1 - *archived*",
    ]


def test_a_list_of_more_than_a_page_says_how_it_goes_on() -> None:
    every = [a_retirement(id=f"RET-{number}") for number in range(1, 121)]
    pages = [answers.listing(every, page=page, is_all=True) for page in (1, 2, 3, 9)]
    listed = []
    for shown in pages:
        check_message(shown)
        assert shown["text"] == "120 retirements"
        *rows, foot = "\n".join(texts(shown["blocks"])).splitlines()
        listed.append((len(rows), foot))
    assert listed == [
        (50, "Page 1 of 3: `/retire list all 2` goes on"),
        (50, "Page 2 of 3: `/retire list all 3` goes on"),
        (20, "Page 3 of 3: `/retire list all 1` begins anew"),
        (20, "Page 3 of 3: `/retire list all 1` begins anew"),
    ]


def test_a_page_holds_fifty_whatever_their_models_are_called() -> None:
    crowd = [overloaded(id=f"RET-{999_999_900 + number}", paused_at=NOW) for number in range(50)]
    shown = answers.listing(crowd)
    check_message(shown)
    assert len("\n".join(texts(shown["blocks"])).splitlines()) == 50


def test_an_empty_list_says_how_to_begin() -> None:
    assert "/retire propose" in answers.listing([])["text"]


def test_the_plan_shows_dates_digest_and_whose_approval_it_needs() -> None:
    state = a_retirement()
    assert state.plan is not None
    said = "\n".join(texts(answers.plan(state)))
    for fact in ("2027-05-30 *disable*", state.plan.digest, "1 of owner, 2 of risk", "churn-v1 (manual"):
        assert fact in said


def test_the_plan_and_show_say_since_when_it_is_paused_and_that_the_dates_move() -> None:
    state = announced(paused_at=NOW, paused_by="UPAT")
    for shown in (answers.plan(state), standing.show(state)):
        check_message(shown)
        rows = "\n".join(texts(shown["blocks"])).splitlines()
        assert (
            ":double_vertical_bar: *Paused* since 2027-03-01 10:00 CET by <@UPAT>: no step runs, and "
            "nobody is asked, reminded or escalated to. "
            "When it is resumed, the dates ahead move later by the days of all its pauses together, a begun one in full"
        ) in rows
    assert "*Paused*" not in "\n".join(texts(answers.plan(announced())))


def test_a_plan_that_is_held_by_much_says_where_all_of_it_is() -> None:
    held = StepProgress(kind=StepKind.DISABLE, progress=Progress.HELD, held_by=tuple(many_reasons(40)))
    said = "\n".join(texts(answers.plan(a_retirement(steps=(held,)))["blocks"]))
    assert "\n+35 more: `/retire show RET-1`\n" in said


def with_endpoints(count: int) -> Retirement:
    state = a_retirement()
    assert state.plan is not None
    every = tuple(
        Endpoint(id=f"api:x/{number}", name=f"churn-v1-{number:03d}", kind=EndpointKind.LOCAL, ref="")
        for number in range(count)
    )
    subject = replace(state.plan.subject, endpoints=every, artifacts=tuple(one.id for one in every))
    return replace(state, plan=replace(state.plan, subject=subject))


def test_the_plan_shows_all_endpoints_that_fit_and_says_where_the_rest_is() -> None:
    for count, left in ((100, ""), (400, "; `emeritus plan RET-1 --json` prints all")):
        shown = answers.plan(with_endpoints(count))
        check_message(shown)
        (row,) = [text for text in texts(shown["blocks"]) if text.startswith("*Switches off*")]
        listed = row.count("churn-v1-")
        assert listed >= 100
        more = f", +{count - listed} more{left}" if left else ""
        assert row.endswith(f"churn-v1-{listed - 1:03d} (local){more}")


def test_the_plan_shows_what_is_archived_and_under_which_name_an_endpoint_is_switched_off() -> None:
    state = a_retirement()
    assert state.plan is not None
    disguised = Endpoint(id="component:default/toy", name="toy", kind=EndpointKind.LOCAL, ref="fraud-prod")
    subject = replace(state.plan.subject, endpoints=(disguised,), artifacts=("/etc/shadow", "s3://<!here>"))
    said = "\n".join(texts(answers.plan(replace(state, plan=replace(state.plan, subject=subject)))))
    assert "*Switches off* toy (local, fraud-prod)" in said
    assert "*Archives* /etc/shadow, s3://&lt;!here&gt;" in said


def test_the_plan_and_how_it_stands_say_what_is_missing_in_the_archive_and_who_goes_without() -> None:
    state = a_retirement()
    assert state.plan is not None
    page = Reference(of=ArtifactClass.DASHBOARD, what="link", where="https://grafana/<d>")
    subject = replace(
        state.plan.subject,
        artifacts=("s3://m/w", "s3://m/card"),
        classes=(Classed(uri="s3://m/card", of=ArtifactClass.CARD),),
        references=(page,),
    )
    wanted = (ArtifactClass.CODE, ArtifactClass.DATA, ArtifactClass.DASHBOARD)
    state = replace(
        state,
        plan=replace(state.plan, subject=subject),
        policy=a_policy(archive_classes=wanted),
        waivers=(Waiver(what="archive:data", by="UPAT", at=NOW, reason=Prose(prose="it is <public>")),),
    )
    said = "\n".join(texts(answers.plan(state)))
    assert "*Archives* s3://m/w, s3://m/card (card)" in said
    assert "*Describes in it* link https://grafana/&lt;d&gt; (dashboard)" in said
    for shown in (said, "\n".join(texts(standing.show(state)))):
        assert (
            "*No exported snapshot* of https://grafana/&lt;d&gt;: its archive only says where that is"
            in shown
        )
        assert "*Missing in the archive* code: the policy asks for them" in shown
        assert '*The archive goes without*\ndata, <@UPAT> — "it is &lt;public&gt;"' in shown


def test_the_impact_is_told_over_sections_without_losing_a_line() -> None:
    crowd = [an_impact(number, teams=5) for number in range(300)]
    shown = answers.impact(an_entity("churn-v1"), crowd, ["api:x is declared by nobody"])
    check_message(shown)
    said = "\n".join(texts(shown["blocks"]))
    assert all(impact.name in said for impact in crowd)
    assert "api:x is declared by nobody" in said


@pytest.mark.parametrize("number", [1_100, answers.ROOM_MAX, answers.ROOM_MAX + 1, 5_000])
def test_those_of_very_many_that_are_not_written_are_counted_to_the_last(number: int) -> None:
    """A line for each of them, for each of their teams and for each note."""
    crowd = [replace(an_impact(one, teams=40), name="x") for one in range(number)]
    said = texts(answers.impact(an_entity("churn-v1"), crowd, ["y is declared by nobody"])["blocks"])
    listed = "\n".join(said[1:]).splitlines()
    more = int(listed.pop().partition(" ")[0].replace(",", ""))
    teams = min(40, number)
    by_distance = 1
    assert len(listed) - by_distance + more == number + teams + 1


def test_an_impact_beyond_three_sections_is_counted() -> None:
    state = overloaded()
    shown = answers.impact(an_entity("churn-v1"), state.impact, state.impact_notes)
    check_message(shown)
    assert texts(shown["blocks"])[-1].endswith(" more; `emeritus impact churn-v1` prints all")
    told = answers.impact(an_entity("churn-v1"), state.impact, (), told_in=["RET-7"])
    assert texts(told["blocks"])[-1].endswith("prints all, and so does the thread of RET-7")


def test_models_beyond_three_sections_are_counted_and_found_by_a_part_of_their_name() -> None:
    shown = answers.models([an_entity(f"model-{number:03d}") for number in range(800)])
    check_message(shown)
    rows = "\n".join(texts(shown["blocks"])).splitlines()
    listed = [row for row in rows if row.startswith("• model-")]
    assert len(listed) > 600
    assert rows[-1] == f"+{800 - len(listed)} more: type a part of its name, `/retire impact PART`"


def test_models_of_one_name_are_told_apart_by_their_ids() -> None:
    twins = [an_entity("twin", id=f"resource:{place}/twin") for place in ("eu", "us")]
    other = an_entity("churn-v1", title="Churn <!here>")
    rows = texts(answers.models([*twins, other])["blocks"])[-1].splitlines()
    assert rows == [
        "• twin (resource:eu/twin)",
        "• twin (resource:us/twin)",
        "• churn-v1 (Churn &lt;!here&gt;)",
    ]


def test_without_any_model_it_is_said_how_one_gets_in() -> None:
    assert "emeritus import backstage PATH" in answers.models([])["text"]


def test_help_lists_every_command_as_it_is_typed_and_says_where_the_buttons_are() -> None:
    shown = helping.help_text(helped())
    check_message(shown)
    said = "\n".join(texts(shown))
    assert [word for word in COMMANDS if f"`/retire {word}" not in said] == []
    assert "50 at a time; `all` adds those that ended" in said
    assert "Everything else is a button" in said


def test_help_leaves_out_nothing_however_many_commands_there_are() -> None:
    lines = [f"`/retire number-{number}` {'does what it says ' * 5}" for number in range(80)]
    shown = helping.help_text({"All": lines})
    check_message(shown)
    assert [line for line in lines if line not in "\n".join(texts(shown))] == []


def test_a_refusal_keeps_the_people_it_names_and_calls_no_channel() -> None:
    shown = answers.refusal("Ask <@UANN>, not <!channel>")
    check_message(shown)
    assert shown["text"] == ":no_entry: Ask <@UANN>, not &lt;!channel&gt;"
    check_message(answers.said("x" * 9_000))


def test_answers_about_mischievous_names_can_be_posted() -> None:
    state = overloaded(state=State.MIGRATING)
    for shown in (standing.show(state), answers.listing([state] * 200), answers.plan(state)):
        check_message(shown)
        assert not is_loud(shown["text"], shown["blocks"])


def test_an_endpoint_switched_by_hand_is_asked_for_then_checked_then_done() -> None:
    running = (StepProgress(kind=StepKind.DISABLE, progress=Progress.RUNNING),)
    due = announced(steps=running, drilled_at=NOW)
    asked = manual.message(due, ENDPOINT, "disable")
    reported = ManualCheck(
        endpoint_id=ENDPOINT, action="disable", confirmed_by="UANN", evidence=Prose(prose="CHG-1")
    )
    told = manual.message(replace(due, manual=(reported,)), ENDPOINT, "disable")
    checked = replace(reported, checked_by="UBOB")
    done = manual.message(replace(due, manual=(checked,)), ENDPOINT, "disable")
    for shown in (asked, told, done):
        check_message(shown)
    about = f"RET-1|{ENDPOINT}|disable"
    assert buttons(asked) == [(Action.MANUAL_REPORT, about)]
    assert buttons(told) == [(Action.MANUAL_CHECK, about), (Action.MANUAL_CONTRADICT, about)]
    assert buttons(done) == []
    assert done["text"] == ':white_check_mark: *churn-v1* is disabled: <@UANN>, checked by <@UBOB> — "CHG-1"'
    back = replace(due, manual=(checked,), restoring="UPAT")
    assert buttons(manual.message(back, ENDPOINT, "restore"))
    refused = texts(manual.message(a_retirement(), ENDPOINT, "disable"))[0]
    assert "is not to be disabled" in refused
    check_view(manual.report_modal("RET-1", ENDPOINT, "n" * 300, "restore"))
