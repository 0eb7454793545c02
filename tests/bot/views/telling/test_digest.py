"""The weekly digest: at risk, due, changed, by team, and five numbers; the same for Slack and for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.views.limits import BLOCK_TEXT_MAX
from bot.views.telling import digest, news
from data import events
from data.events import EMERITUS
from data.records.archived import Kept
from data.records.base import Prose
from data.records.keeping import Hold
from data.records.plan import Plan
from data.records.progress import StepKind
from data.records.retention import Retention, StartsFrom
from data.records.retirement import Duty, Retirement, State
from data.records.reviews import Stage
from data.records.rounds import Choice
from tests.bot.views.examples import NOW, announced, days, overloaded
from tests.builders import (
    ANNOUNCED_AT,
    BELLA,
    BILL,
    BILLING,
    CARL,
    CRM,
    DISABLE_AT,
    LIVE,
    MIGRATE_AT,
    OWEN,
    PAT,
    PLATO,
    PROPOSED_AT,
    SELMA,
    WHY,
    Story,
    a_dark,
    a_migrated,
    a_policy,
    a_proposed,
    a_running_retirement,
    an_approved,
    casting,
    restoring,
    revising,
)
from tests.builders import days as lasting
from tests.fakes.slack.workspace import is_loud, mentions
from tests.payloads import check_message
from tests.workflows.decisions.test_brownouts import begun, moved
from tests.workflows.decisions.test_extensions import votes
from workflows import commands as cmd
from workflows.commands.brownouts import AbortBrownout
from workflows.histories import History
from workflows.rules.hindsight.measures import DEFINITIONS, Metric, measures
from workflows.rules.hindsight.outcomes import Outcome, outcome
from workflows.rules.lifecycle import ENDED, TRANSITIONS

NO = Prose(prose="no test in our region")
MOMENT = timedelta(seconds=1)


def a_history(story: Story, since: datetime) -> History:
    """What a store would read back."""
    before = [event for event in story.happened if event.at <= since]
    plans: list[Plan] = [
        event.plan for event in before if isinstance(event, events.Proposed | events.Revised | events.Amended)
    ]
    lately = tuple(story.happened[len(before) :])
    return History(retirement=story.state, plan=plans[-1] if plans else None, events=lately)


def digested(
    story: Story, *, since: datetime | None = None, now: datetime | None = None
) -> dict[str, list[str]]:
    now = now or story.now
    found = digest.sections([a_history(story, since or now - timedelta(days=7))], now=now)
    return {title: [str(line) for line in lines] for title, lines in found.items()}


def a_digest(
    histories: Sequence[History], *, now: datetime, outcomes: Sequence[Outcome] = ()
) -> digest.Digest:
    """Of the week before."""
    found = digest.sections(histories, now=now)
    return digest.Digest(found, measures(outcomes, now), since=now - timedelta(days=7), until=now)


def words(block: dict[str, Any]) -> str:
    text = block.get("text") or block["elements"][0]
    return str(text["text"])


def changed(story: Story, since: datetime) -> str:
    (line,) = digested(story, since=since)[digest.CHANGED]
    return line


def cancelled() -> Story:
    story = an_approved()
    story.does(cmd.Cancel(by=PAT, why=WHY))
    return _called_off(story)


def _called_off(story: Story) -> Story:
    for voter in (OWEN, PLATO, SELMA):
        story.does(casting(story.state, by=voter, round_number=2))
    return story


def rolled_back() -> Story:
    return restoring(a_dark()).works()


def withdrawn() -> Story:
    story = a_proposed()
    story.does(cmd.Cancel(by=PAT, why=WHY))
    return story


def pruned() -> Story:
    rule = Retention(of="default", starts_from=StartsFrom.CLOSED, keep_days_min=0)
    story = a_dark(policy=a_policy(retention=(rule,))).until(DISABLE_AT + lasting(30)).works()
    story.until(story.now + lasting(30)).does(cmd.AskPrune(by=PAT, what="all", why=WHY))
    assert story.state.prune is not None
    number = story.state.prune.number
    story.does(cmd.ConfirmPrune(by=OWEN, number=number, model="churn"))
    story.does(cmd.RecordPruned(by=EMERITUS, number=number, gone={"default": (3, 1204, "sha256:aa")}))
    return story


def test_classes_whose_days_are_over_are_told_once_and_how_they_are_let_go_or_what_keeps_them() -> None:
    rules = (
        Retention(of="weights", starts_from=StartsFrom.ARCHIVED, keep_days_min=1, keep_days_max=150),
        Retention(of="default", starts_from=StartsFrom.CLOSED, keep_days_min=20),
    )
    story = a_dark(policy=a_policy(retention=rules)).until(DISABLE_AT + lasting(30)).works()
    assert story.state.archived is not None
    kept = tuple(Kept(of=of, files=1, bytes=9) for of in ("weights", "metrics", "logs"))
    state = replace(story.state, archived=replace(story.state.archived, kept=kept))
    archived_at, closed_at = (state.progress(step).at for step in (StepKind.ARCHIVE, StepKind.CLOSE))
    assert archived_at is not None
    assert closed_at is not None

    def told(one: Retirement, days: int) -> list[str]:
        """In the week that ends so many days after it was closed."""
        now = closed_at + lasting(days)
        (line,) = digest.sections([History(retirement=one, since=now - lasting(7))], now=now)[
            digest.CHANGED
        ] or [""]
        return str(line).removeprefix("RET-1 churn is archived: ").split("; ") if line else []

    due_on = (archived_at + lasting(150) - closed_at).days + 1
    assert told(state, due_on) == ["weights of its archive due to go (/retire prune RET-1)"]
    assert told(state, 20) == ["metrics, logs of its archive free to go (/retire prune RET-1)"]
    assert [told(state, days) for days in (19, 27, due_on - 2, due_on + 7)] == [[]] * 4
    held = replace(state, holds=(Hold(number=1, by=PAT, why=WHY, at=closed_at),))
    assert told(held, 20) == ["metrics, logs of its archive free to go (kept by 1 legal hold)"]


ENDINGS: dict[State, tuple[Callable[[], Story], str]] = {
    State.WITHDRAWN: (withdrawn, "withdrawn"),
    State.REJECTED: (
        lambda: a_proposed().votes(SELMA, choice=Choice.REJECT, comment=NO),
        "rejected by a veto of security; 1 vote",
    ),
    State.EXPIRED: (
        lambda: a_proposed().votes(OWEN).until(PROPOSED_AT + lasting(30)),
        "expired, approvals missing: platform, security",
    ),
    State.CANCELLED: (cancelled, "vote on cancelling opened; cancelled by a vote; 3 votes"),
    State.ROLLED_BACK: (rolled_back, "service being restored; rolled back: service is restored"),
    State.ARCHIVED: (
        lambda: a_dark().until(DISABLE_AT + lasting(30)).works(),
        "archived: complete",
    ),
    State.PRUNED: (pruned, "default gone from the archive; pruned: nothing left of the archive"),
}


def test_every_way_a_retirement_can_end_is_tried() -> None:
    assert set(ENDINGS) == ENDED


@pytest.mark.parametrize("state", ENDINGS)
def test_every_ending_is_news_and_leaves_nothing_due(state: State) -> None:
    ending, said = ENDINGS[state]
    story = ending()
    assert story.state.state is state
    week = digested(story)
    (line,) = week[digest.CHANGED]
    assert line.startswith(f"RET-1 churn is {state}: ")
    assert line.endswith(said)
    assert week[digest.DUE] == week[digest.RISK] == week[digest.TEAMS] == []


def test_whatever_moves_a_retirement_on_is_told() -> None:
    moving = {event for _, event in TRANSITIONS}
    assert moving <= {type(event) for event in EVERYTHING if news.words(event, announced())}


stopped = begun(moved())
stopped.does(AbortBrownout(by=PAT, number=1))
EVERYTHING = [
    event
    for story in (
        *(ending() for ending, _ in ENDINGS.values()),
        a_running_retirement(),
        a_proposed(),
        stopped,
        an_approved(policy=a_policy(review_days=13, cool_off_hours=24)).votes(SELMA, choice=Choice.ABSTAIN),
    )
    for event in story.happened
] + [
    events.Revised(
        at=NOW,
        by=PAT,
        plan=a_proposed().state.plan,
        why=WHY,
        impact=(),
        impact_notes=(),
        round=a_proposed().state.round,  # type: ignore[arg-type]
    )
]


def test_a_proposal_and_its_votes_are_told() -> None:
    story = a_proposed().votes(OWEN, PLATO)
    assert changed(story, PROPOSED_AT - MOMENT) == "RET-1 churn is proposed: proposed; 2 votes"
    story.does(revising(target_on=(DISABLE_AT + lasting(9)).date()))
    assert "another plan, earlier votes void" in changed(story, PROPOSED_AT - MOMENT)


def test_an_approval_and_an_announcement_are_told() -> None:
    story = a_running_retirement()
    assert changed(story, ANNOUNCED_AT - MOMENT) == (
        "RET-1 churn is migrating: approved; announced to 2 consumers"
    )


def test_a_granted_extension_is_told_with_the_old_and_the_new_date() -> None:
    story = a_running_retirement()
    story.now = ANNOUNCED_AT + lasting(1)
    until = (MIGRATE_AT + lasting(10)).date()
    story.does(cmd.AskForTime(by=BILL, consumer_id=BILLING, until=until, reason=WHY))
    story.until(story.now)
    votes(story)
    assert changed(story, ANNOUNCED_AT) == (
        "RET-1 churn is migrating: vote on more time opened; more time by a vote; more time for billing-etl granted; "
        "last day of service moved from 2027-02-17 to 2027-02-27 (people voted for 10 more days that owners asked "
        "for); 3 votes; 1 answer (billing 1)"
    )


def test_a_date_that_moved_twice_is_told_from_each_date_to_the_next() -> None:
    story = a_running_retirement()
    for number in (1, 3):
        story.does(cmd.Pause(by=PAT, why=WHY), at=ANNOUNCED_AT + lasting(number))
        story.does(cmd.Resume(by=PAT), at=ANNOUNCED_AT + lasting(number + 1))
    assert changed(story, ANNOUNCED_AT + lasting(1)) == (
        "RET-1 churn is migrating: "
        "last day of service moved from 2027-02-17 to 2027-02-18 (the retirement was paused); resumed; "
        "paused; last day of service moved from 2027-02-18 to 2027-02-19 (the retirement was paused)"
    )


def test_once_it_is_dark_the_end_of_the_way_back_is_what_moves() -> None:
    story = a_dark()
    story.does(cmd.Pause(by=PAT, why=WHY), at=DISABLE_AT + lasting(1))
    story.does(cmd.Resume(by=PAT), at=DISABLE_AT + lasting(3))
    assert changed(story, DISABLE_AT) == (
        "RET-1 churn is disabled: paused; "
        "end of the way back moved from 2027-03-19 to 2027-03-21 (the retirement was paused); resumed"
    )


def test_answers_are_counted_by_team_and_what_the_coordinator_did_is_named() -> None:
    story = a_running_retirement()
    story.now = ANNOUNCED_AT + lasting(1)
    story.does(cmd.ChangeDuty(by=BILL, duty=Duty.ACKNOWLEDGED))
    story.does(cmd.ChangeDuty(by=BELLA, duty=Duty.MIGRATED))
    story.does(cmd.ChangeDuty(by=CARL, duty=Duty.NOT_MINE))
    story.does(cmd.Waive(by=PAT, what=CRM, reason=WHY))
    story.does(cmd.HandOver(by=PAT, to=OWEN), named_person=OWEN)
    assert changed(story, ANNOUNCED_AT) == (
        "RET-1 churn is migrating: crm-sync waived; handed over to another coordinator; "
        "3 answers (billing 2, crm 1)"
    )


def test_a_vote_on_cancelling_that_fails_is_told() -> None:
    story = an_approved()
    story.does(cmd.Cancel(by=PAT, why=WHY))
    story.does(cmd.CloseRound(by=EMERITUS, number=2), at=story.now + lasting(30))
    assert "vote on cancelling opened; not cancelled" in changed(story, ANNOUNCED_AT - MOMENT)


def test_steps_are_told_as_they_end_and_once_however_often_they_are_held() -> None:
    story = a_migrated()
    assert "archive made; restore drill passed; last day to migrate passed" in changed(story, ANNOUNCED_AT)
    dark = a_dark()
    assert "switched off" in changed(dark, DISABLE_AT - MOMENT)
    held = a_running_retirement().until(DISABLE_AT + lasting(3))
    assert changed(held, DISABLE_AT - MOMENT).count("disable held") == 1


def test_what_the_last_digest_told_and_what_the_next_will_tell_is_left_out() -> None:
    story = a_proposed().votes(OWEN)
    assert digested(story, since=PROPOSED_AT)[digest.CHANGED] == [], "told by the one before"
    story.does(casting(story.state, by=PLATO), at=PROPOSED_AT + lasting(2))
    week = digested(story, since=PROPOSED_AT - MOMENT, now=PROPOSED_AT + lasting(1))
    assert week[digest.CHANGED] == ["RET-1 churn is proposed: proposed; 1 vote"]


def test_due_are_the_ends_of_votes_the_steps_and_the_answers_of_each_team_by_their_days() -> None:
    assert digested(a_proposed(), now=ANNOUNCED_AT - lasting(7))[digest.DUE] == [
        "Mon 2027-01-18: RET-1 churn: the vote may close"
    ]
    assert digested(a_proposed(), now=PROPOSED_AT + lasting(29))[digest.DUE] == [
        "Wed 2027-02-03: RET-1 churn: the vote expires"
    ]
    story = a_running_retirement()
    story.does(cmd.ChangeDuty(by=CARL, duty=Duty.ACKNOWLEDGED))
    assert digested(story)[digest.DUE] == [
        "Mon 2027-01-25: RET-1 churn: billing has to acknowledge for 1 consumer (billing-etl)"
    ]
    assert digested(story, now=MIGRATE_AT - lasting(7))[digest.DUE] == [
        "Wed 2027-02-10: RET-1 churn: step migrate",
        "Wed 2027-02-10: RET-1 churn: billing has to migrate 1 consumer (billing-etl)",
        "Wed 2027-02-10: RET-1 churn: crm has to migrate 1 consumer (crm-sync)",
    ]
    story.does(cmd.Cancel(by=PAT, why=WHY))
    ends = story.now + lasting(30)
    assert (
        f"{ends:%a %Y-%m-%d}: RET-1 churn: the vote on cancelling expires"
        in digested(story, now=ends - lasting(1))[digest.DUE]
    )


def test_at_risk_are_missing_acknowledgements_and_those_who_have_not_moved_with_how_long_there_is() -> None:
    story = a_running_retirement()
    story.does(cmd.ChangeDuty(by=BILL, duty=Duty.NOT_MINE))
    story.does(cmd.ChangeDuty(by=CARL, duty=Duty.ACKNOWLEDGED))
    last = digested(story, now=ANNOUNCED_AT + lasting(7))
    to_answer = "billing has to acknowledge for 1 consumer (billing-etl)"
    assert (last[digest.RISK], last[digest.DUE][0]) == ([], f"Mon 2027-01-25: RET-1 churn: {to_answer}")
    late = digested(story, now=ANNOUNCED_AT + lasting(8))
    assert late[digest.RISK] == [
        (
            "RET-1 churn, last day 2027-02-17, in 22 days: "
            "billing had to acknowledge for 1 consumer (billing-etl) by 2027-01-25"
        )
    ]
    assert late[digest.TEAMS] == [
        "billing: 1 consumer to move, 1 overdue",
        "crm: 1 consumer to move",
    ]
    later = digested(story.until(MIGRATE_AT + lasting(1)))
    (line,) = later[digest.RISK]
    assert line.startswith("RET-1 churn, last day 2027-02-17, in 6 days: ")
    assert line.endswith("; 2 more: /retire show RET-1"), "the archive was never made either"
    assert later[digest.TEAMS] == [
        "billing: 1 consumer to move, 1 overdue",
        "crm: 1 consumer to move, 1 overdue",
    ]


def test_a_step_that_is_held_is_at_risk_with_what_holds_it() -> None:
    (line,) = digested(a_running_retirement().until(DISABLE_AT))[digest.RISK]
    assert line.startswith(
        "RET-1 churn, last day 2027-02-17, today: step archive due since 2027-01-27; "
        "step drill due since 2027-01-28, held: the artifacts are not archived; "
        "step disable due since 2027-02-17, held: "
    )
    assert line.endswith("; 4 more: /retire show RET-1")


def test_a_reason_that_is_far_too_long_is_cut_and_not_left_out() -> None:
    story = a_running_retirement().until(DISABLE_AT)
    long = tuple(f"{one} " + "and so on " * 60 for one in range(3))
    step = replace(story.state.progress(StepKind.DISABLE), held_by=long)
    others = tuple(one for one in story.state.steps if one.kind is not StepKind.DISABLE)
    story.state = replace(story.state, steps=(*others, step))
    (line,) = digested(story)[digest.RISK]
    assert "step disable due since 2027-02-17, held: 0 and so on and so on " in line
    assert line.endswith("and so…; 4 more: /retire show RET-1")


def test_a_step_that_has_just_begun_is_due_and_not_at_risk_until_a_day_has_passed() -> None:
    story = an_approved()
    assert digested(story)[digest.RISK] == []
    assert digested(story)[digest.DUE] == ["Mon 2027-01-18: RET-1 churn: step announce"]
    late = digested(story, now=ANNOUNCED_AT + lasting(1))
    assert late[digest.RISK] == [
        "RET-1 churn, last day 2027-02-17, in 29 days: step announce due since 2027-01-18"
    ]
    assert late[digest.DUE] == []


def test_who_has_moved_or_was_waived_is_never_overdue() -> None:
    story = a_running_retirement()
    story.does(cmd.ChangeDuty(by=BILL, duty=Duty.MIGRATED))
    story.does(cmd.Waive(by=PAT, what=CRM, reason=WHY))
    week = digested(story.until(MIGRATE_AT + lasting(1)))
    assert not [line for line in week[digest.RISK] if "had to" in line]
    assert week[digest.TEAMS] == [], "nobody is waited for"


@pytest.mark.parametrize("then", ["paused", "voted on anew"])
def test_while_its_dates_do_not_count_nothing_is_due_or_overdue(then: str) -> None:
    story = a_running_retirement()
    if then == "paused":
        story.does(cmd.Pause(by=PAT, why=WHY))
    else:
        story.does(revising(target_on=(DISABLE_AT + lasting(400)).date()))
    week = digested(story, now=DISABLE_AT + lasting(9))
    assert week[digest.DUE] == []
    assert "had to" not in "".join(week[digest.RISK])


def test_what_stands_still_is_told_every_week_until_it_goes_on() -> None:
    story = a_running_retirement()
    story.does(cmd.Pause(by=PAT, why=WHY))
    assert digested(story, now=DISABLE_AT)[digest.RISK] == [
        "RET-1 churn: paused since 2027-01-18, /retire resume RET-1 goes on"
    ]
    story = a_dark()
    assert digested(story)[digest.RISK] == []
    story.does(cmd.Restore(by=PAT, why=WHY))
    assert digested(story)[digest.RISK] == ["RET-1 churn: service is coming back, and waits for churn-live"]
    story.does(
        cmd.RecordDelayed(by=EMERITUS, endpoint_id=LIVE.id, action="restore", reason="its config is gone")
    )
    assert digested(story)[digest.RISK] == [
        "RET-1 churn: service is coming back, and waits for churn-live (its config is gone)"
    ]
    assert digested(story.works())[digest.RISK] == []


def test_missing_service_comes_first_and_then_what_goes_dark_soonest() -> None:
    def numbered(story: Story, number: int) -> History:
        return History(retirement=replace(story.state, id=f"RET-{number}"))

    soon, later = a_running_retirement(), a_running_retirement()
    later.does(cmd.Pause(by=PAT, why=WHY))
    later.does(cmd.Resume(by=PAT), at=later.now + lasting(5))
    paused, missing = a_running_retirement(), a_dark()
    paused.does(cmd.Pause(by=PAT, why=WHY))
    missing.does(cmd.Restore(by=PAT, why=WHY))
    told = [numbered(story, number) for number, story in enumerate((paused, later, soon, missing), start=1)]
    found = digest.sections(told, now=MIGRATE_AT + lasting(6))[digest.RISK]
    assert [line.about for line in found] == [f"RET-{number} churn" for number in (4, 3, 2, 1)]


def test_a_dark_window_in_which_nothing_happens_is_a_quiet_week() -> None:
    week = digested(a_dark(), since=DISABLE_AT + lasting(7), now=DISABLE_AT + lasting(14))
    assert not any(week.values())


def test_the_same_sections_are_text_in_a_terminal_and_blocks_in_slack() -> None:
    state = announced()
    state = replace(
        state, obligations=(replace(state.obligations[0], duty=Duty.MIGRATED), *state.obligations[1:])
    )
    begun = tuple(
        events.DutyChanged(at=days(83), by="UT0", consumer_id=owed.consumer.consumer_id, duty=Duty.MIGRATED)
        for owed in state.obligations[:1]
    )
    history = History(retirement=state, plan=state.plan, events=begun)
    found = a_digest([history], now=days(84), outcomes=[outcome("RET-1", a_dark().happened)])
    assert digest.text(found).splitlines() == [
        "At risk",
        (
            "  RET-1 churn-v1, last day 2027-05-30, in 6 days: step announce due since 2027-03-15; "
            "step archive due since 2027-04-30; step drill due since 2027-05-01; 5 more: /retire show RET-1"
        ),
        "",
        "Due in the next 7 days",
        "  Sun 2027-05-30: RET-1 churn-v1: step disable",
        "",
        "Changed",
        "  RET-1 churn-v1 is migrating: 1 answer (team-0 1)",
        "",
        "Whom they wait for",
        "  team-0: 1 consumer to move, 1 overdue, 1 settled",
        "  team-1: 1 consumer to move, 1 overdue",
        "",
        "How retirements go",
        "  Median cycle time: no data: no retirement was closed in the last 365 days",
        f"    {DEFINITIONS[Metric.CYCLE]}",
        "  Artifact accessibility: 100%, 1 of 1 archive, the oldest proof 96 days old",
        f"    {DEFINITIONS[Metric.ARCHIVES]}",
        "  User disruption: 0%, 0 of 1 retirement brought back",
        f"    {DEFINITIONS[Metric.DISRUPTION]}",
        "  Slip rate: 0%, 0 of 1 retirement",
        f"    {DEFINITIONS[Metric.SLIPS]}",
        "  Reviews written: 0%, 0 of 3 stages",
        f"    {DEFINITIONS[Metric.REVIEWS]}",
    ]
    shown = digest.message(found)
    check_message(shown)
    assert shown["text"] == (
        "Weekly digest: 1 at risk, 1 due by Mon 2027-05-31, 1 changed since Mon 2027-05-17."
    )
    said = [block["text"]["text"] for block in shown["blocks"]]
    assert said[0] == "Retirements this week"
    assert said[1] == "*1 at risk, 1 due by Mon 2027-05-31, 1 changed since Mon 2027-05-17.*"
    assert said[2].startswith(
        ":warning: *At risk*\n• *RET-1 churn-v1*, last day 2027-05-30, in 6 days: step announce"
    )
    assert said[3] == (":calendar: *Due in the next 7 days*\n• Sun 2027-05-30 *RET-1 churn-v1*: step disable")
    assert said[4] == ("*Changed since Mon 2027-05-17*\n• *RET-1 churn-v1* is migrating: 1 answer (team-0 1)")
    assert said[6].startswith(
        "*How retirements go*\n*Median cycle time:* no data: no retirement was closed in the last 365 days\n"
        f"_{DEFINITIONS[Metric.CYCLE]}_\n"
        "*Artifact accessibility:* 100%, 1 of 1 archive, the oldest proof 96 days old\n"
        f"_{DEFINITIONS[Metric.ARCHIVES]}_"
    )


def test_a_quiet_week_is_one_sentence_in_slack_and_four_nothings_in_the_terminal() -> None:
    quiet = a_digest([], now=days(84))
    shown = digest.message(quiet)
    check_message(shown)
    assert [words(block) for block in shown["blocks"]] == [
        "Retirements this week",
        "Nothing changed since Mon 2027-05-17, nothing is due, and nothing is at risk.",
        "This is said once: the next digest comes when there is something to tell.",
    ]
    assert digest.text(quiet).count("nothing\n") == 4


def test_whom_they_wait_for_alone_is_no_news() -> None:
    story = a_running_retirement()
    told = a_history(story, ANNOUNCED_AT)
    assert digest.sections([told], now=ANNOUNCED_AT - lasting(3))[digest.TEAMS]
    assert not digest.tells([replace(told, events=())], ANNOUNCED_AT - lasting(3))
    assert digest.tells([told], ANNOUNCED_AT), "it is due to be acknowledged within the week"


def test_a_thousand_retirements_fit_into_fifty_blocks_and_say_how_many_more_there_are() -> None:
    state = overloaded(state=State.MIGRATING)
    few = replace(state, obligations=state.obligations[:3])
    told = [
        History(
            retirement=replace(few, id=f"RET-{number}"),
            events=(events.StepFailed(at=days(83), by=EMERITUS, step=StepKind.DISABLE, reason="x"),),
        )
        for number in range(1, 1_001)
    ]
    once = outcome("RET-1", a_dark().happened)
    outcomes = [replace(once, retirement_id=one.retirement.id) for one in told]
    shown = digest.message(a_digest(told, now=days(84), outcomes=outcomes))
    check_message(shown)
    assert len(shown["blocks"]) <= 50
    text = "\n".join(words(block) for block in shown["blocks"])
    assert "1,000 at risk" in text
    assert "more: `/retire list`" in text
    assert len(text) < BLOCK_TEXT_MAX


def test_a_digest_of_hundreds_fits_and_calls_nobody() -> None:
    state = overloaded(state=State.MIGRATING)
    because = "<!channel> " * 50
    loud: list[Any] = [
        events.Rejected(at=days(83), by="UEVIL", round_number=1, role=because),
        events.StepHeld(at=days(83), by=EMERITUS, step=StepKind.DISABLE, reasons=(because,)),
        events.HandedOver(at=days(83), by="UEVIL", coordinator_id="UEVIL"),
        *(
            events.DutyChanged(
                at=days(83), by="UEVIL", consumer_id=owed.consumer.consumer_id, duty=Duty.MIGRATED
            )
            for owed in state.obligations
        ),
    ]
    told = History(retirement=state, plan=state.plan, events=tuple(loud))
    shown = digest.message(a_digest([told] * 3, now=days(84)))
    check_message(shown)
    assert not is_loud(shown["text"], shown["blocks"])
    assert mentions(shown["text"], shown["blocks"]) == []


def test_that_somebody_looked_back_on_a_stage_is_news_once_however_many_did() -> None:
    state = announced()
    said = tuple(
        events.Reviewed(at=days(83), by=by, stage=Stage.MIGRATION, hurt=Prose(prose="<!here>"))
        for by in ("U1", "U2")
    )
    found = digest.sections([History(retirement=state, plan=state.plan, events=said)], now=days(84))
    assert [str(line) for line in found[digest.CHANGED]] == [
        "RET-1 churn-v1 is migrating: migration looked back on"
    ]
