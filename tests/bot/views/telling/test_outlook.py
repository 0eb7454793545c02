"""How the dry run reads: few are named with the hour on their clock, of many their teams; and it always fits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.views.asked import answers
from bot.views.telling import outlook
from data.records.delegation import Delegation
from tests.bot.views.examples import a_retirement, announced, overloaded, texts
from tests.payloads import check_message
from workflows.decisions.hearings import Hearing

AT = datetime(2027, 3, 29, 8, tzinfo=UTC)


def hearing(place: str = "UT1", **about: object) -> Hearing:
    said = {"at": AT, "place": place, "notice": "dm", "zone": "Europe/Lisbon", **about}
    return Hearing(**said)  # type: ignore[arg-type]


def escalated(place: str, told_as: str, milestone: str = "migrate@2027-05-23") -> Hearing:
    body = {"milestone": milestone, "level": "1", "as": told_as, "consumer_ids": "a\nb"}
    zone = "" if place.startswith(("C", "#")) else "Asia/Kolkata"
    return hearing(place, notice="escalation", body=body, zone=zone)


def test_each_occasion_is_a_line_and_everybody_is_named_with_the_hour_on_their_clock() -> None:
    told = [
        hearing(),
        hearing("UT2", zone="Pacific/Auckland"),
        hearing(notice="reminder", body={"milestone": "migrate-30d@2027-05-23"}),
        hearing(notice="reminder", body={"milestone": "migrate-0d@2027-05-23"}),
        hearing(notice="reminder", body={"milestone": "snoozed@2027-05-23"}),
        hearing(notice="reminder", body={"milestone": "moved@2027-05-23"}),
        escalated("UBOSS", "manager", "acknowledge@2027-03-29"),
        hearing(notice="brownout told", body={"number": "2", "what": "ahead"}),
        escalated("CGOV", "nobody"),
        escalated("#ml", "exhausted"),
    ]
    assert outlook.lines(told, announced()) == [
        outlook.HEAD,
        "• *Asked to answer*: <@UT1> Mon 2027-03-29 09:00 WEST, <@UT2> Mon 2027-03-29 21:00 NZDT",
        "• *Reminded 30 days before 2027-05-23*: <@UT1> Mon 2027-03-29 09:00 WEST",
        "• *Reminded on 2027-05-23*: <@UT1> Mon 2027-03-29 09:00 WEST",
        "• *Reminded, as they asked*: <@UT1> Mon 2027-03-29 09:00 WEST",
        "• *Told of the dates that moved*: <@UT1> Mon 2027-03-29 09:00 WEST",
        "• *Not acknowledged in time, told the manager of their owners*: <@UBOSS> Mon 2027-03-29 13:30 IST",
        "• *Told that brownout 2 is near*: <@UT1> Mon 2027-03-29 09:00 WEST",
        "• *Not migrated in time, where nobody else can be told*: <#CGOV> Mon 2027-03-29 10:00 CEST",
        "• *Not migrated in time, at last*: #ml Mon 2027-03-29 10:00 CEST",
    ]


def test_before_the_vote_is_decided_it_is_told_only_as_what_follows_approval_and_what_becomes_of_it_otherwise() -> (
    None
):
    head, _, otherwise = outlook.lines([hearing()], a_retirement())
    assert head == outlook.UNDECIDED
    assert otherwise == "*If approvals are missing*, it expires on Wed 2027-03-31"


def test_whoever_has_it_in_somebodys_place_is_named_with_whose_it_is() -> None:
    told = [
        hearing("UT2", body={"slack_id": "UT1", "read_by": "UT2"}),
        hearing("UT3", body={"slack_id": "UT3"}),
    ]
    until = Delegation(person="UT1", to="UT2", last_on=date(2027, 4, 2))
    assert outlook.lines(told, announced(), {"UT1": until}) == [
        outlook.HEAD,
        "Answers of <@UT1> go to <@UT2> until *Fri 2027-04-02*",
        "• *Asked to answer*: <@UT2> for <@UT1> Mon 2027-03-29 09:00 WEST, <@UT3> Mon 2027-03-29 09:00 WEST",
    ]
    first, *_ = outlook.table(told, announced()).splitlines()[1:]
    assert first.endswith(",UT2,team-1,Asked to answer,,UT1")


def test_whose_clock_is_assumed_is_said() -> None:
    told = [hearing(is_assumed=True), hearing("UT2")]
    (*_, last) = outlook.lines(told, announced())
    assert (
        last
        == "Slack has not told yet on whose clock <@UT1> will hear: taken is the catalog's or the policy's"
    )
    zones = [row.split(",")[2] for row in outlook.table(told, announced()).splitlines()[1:]]
    assert zones == ["Europe/Lisbon (assumed)", "Europe/Lisbon"]


def test_nothing_is_said_where_nobody_will_be_told_anything() -> None:
    assert outlook.lines([], announced()) == []
    assert answers.plan(announced(), []) == answers.plan(announced())


def test_of_many_the_teams_are_told_and_the_days() -> None:
    told = [hearing("UT1", at=AT + timedelta(days=day)) for day in range(6)]
    told += [hearing(f"UBOSS{number}") for number in range(6)]
    _, line, rest = outlook.lines(told, announced())
    team = announced().obligations[1].consumer.owners.team_name
    assert line == (
        f"• *Asked to answer*: 12 people of 2 teams: {team} (6) 2027-03-29 to 2027-04-03, others (6) 2027-03-29"
    )
    assert rest == "Everybody by name: `emeritus plan RET-1 --ahead`"


def test_five_hundred_consumers_with_names_of_any_kind_fit() -> None:
    state = overloaded()
    people = [f"UT{number}" for number in range(40)]
    milestones = [f"migrate-{days}d@2027-05-23" for days in range(30)]
    told = [
        hearing(person, notice="reminder", body={"milestone": one}) for one in milestones for person in people
    ]
    for plan in (state, announced()):
        shown = answers.plan(plan, told)
        check_message(shown)
        said = "\n".join(texts(shown["blocks"]))
        assert outlook.head(plan) in said
        assert "`emeritus plan RET-1 --ahead`" in said
