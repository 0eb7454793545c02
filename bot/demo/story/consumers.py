"""Are all who depend on the model told, and do their answers count wherever they give them?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.demo.hands import MissingError, containing, line, picked, saying, typed
from bot.demo.story.stage import (
    ADA,
    BRUNO,
    ELENA,
    GRACE,
    INES,
    LATE,
    LUCA,
    MINA,
    MODEL,
    MORE_DAYS,
    MOVING,
    OLD,
    OWNERS,
    PRIYA,
    SAM,
    SILENT,
    TOM,
    VERA,
    WAIVER,
    WREN,
    Stage,
    last_day,
)
from bot.ids import Action, Callback


def teams_told(stage: Stage) -> str:
    for team in ("Letters", "Storefront", "Insights", "Logistics"):
        stage.teams[team] = str(stage.thread(f" of {team} must move", later=True)["ts"])
    return ", ".join(stage.teams)


def owners_told(stage: Stage) -> str:
    for owner in OWNERS:
        stage.direct(owner)
    return f"{len(OWNERS)} people"


def too_early(stage: Stage) -> str:
    told = stage.asked(TOM, f"disable {MODEL}")
    unmet = (
        "the artifacts are not archived",
        "consumers are not migrated",
        f"disable is due on {stage.target}",
    )
    return containing(told, *unmet)


def thread_to_direct(stage: Stage) -> str:
    stage.press(GRACE, stage.team("Letters"), Action.DUTY_ACKNOWLEDGE, "save-offer-service")
    stage.both(GRACE, "Letters", "*save-offer-service*", ": acknowledged")
    return "save-offer-service, by Grace in the thread"


def direct_to_thread(stage: Stage) -> str:
    stage.press(LUCA, stage.direct(LUCA), Action.DUTY_ACKNOWLEDGE, "win-back-mailer")
    stage.both(LUCA, "Letters", "*win-back-mailer*", ": acknowledged")
    return "win-back-mailer, by Luca in his direct message"


def acknowledge_all(stage: Stage) -> str:
    stage.press(ELENA, stage.direct(ELENA), Action.DUTY_ACKNOWLEDGE_ALL)
    team, *consumers = MOVING[ELENA]
    for consumer in consumers:
        stage.both(ELENA, team, f"*{consumer}*", ": acknowledged")
    return " and ".join(consumers)


def more_time(stage: Stage) -> str:
    consumer = MOVING[INES][1]
    now = line(stage.direct(INES), f"*{consumer}*", "migrate by")
    until = last_day(now, "the direct message to Ines") + timedelta(days=MORE_DAYS)
    stage.press(INES, stage.direct(INES), Action.DUTY_MORE_TIME, consumer)
    stage.opened(Callback.EXTENSION_ASK)
    reason = typed(Action.EXTENSION_REASON, LATE)
    stage.submit(INES, {**picked(Action.EXTENSION_UNTIL, until), **reason})
    stage.request_ts = str(stage.thread(f"needs more time for *{consumer}*", "The card has the vote")["ts"])
    return f"{consumer} until {until}"


def granted(stage: Stage) -> str:
    stage.card_says("Votes on MORE TIME", f"<@{INES}> asks for it")
    for voter in (ADA, MINA, SAM, PRIYA):
        containing(stage.votes(voter, Action.VOTE_APPROVE), "counts: approve")
    stage.thread("All remaining dates moved later")
    stage.target += timedelta(days=MORE_DAYS)
    stage.card_says(f"{stage.target} *disable*")
    return f"last day of service is now {stage.target}"


def reading(stage: Stage) -> str:
    expected = {
        "list": (MODEL, "next: "),
        f"show {MODEL}": ("Coordinator", "7 obligations"),
        f"plan {MODEL}": ("*Digest*", f"{stage.target} *disable*"),
        f"impact {MODEL}": ("7 consumers", SILENT),
        "digest": ("How retirements go", "Logistics"),
        "shwo": ("closest: show",),
        "show churn-v9": (MODEL,),
    }
    for asked, answers in expected.items():
        containing(stage.asked(MINA, asked), *answers)
    return ", ".join(expected)


def archived_early(stage: Stage) -> str:
    stage.command(TOM, f"archive {MODEL}")
    stored = line(stage.thread(":package: Archived"), ":package:")
    if stage.called(OLD) != 200:
        raise MissingError(f"{OLD} does not answer any more")
    return stored


def migrated(stage: Stage) -> str:
    for owner, (_, *consumers) in MOVING.items():
        for consumer in consumers:
            stage.press(owner, stage.direct(owner), Action.DUTY_MIGRATED, consumer)
    for owner, (_, *consumers) in MOVING.items():
        for consumer in consumers:
            stage.thread(f"<@{owner}> migrated *{consumer}*")
    routes = stage.company.callers.routes()
    left = [consumer for consumer, endpoint in routes.items() if endpoint == OLD]
    if left != [SILENT]:
        raise MissingError(f"{', '.join(left) or 'nobody'} still calls {OLD}; it should be {SILENT}")
    return f"6 of 7 consumers; only {SILENT} still calls {OLD}"


def manager_told(stage: Stage) -> str:
    told = stage.late(
        "The escalation to Vera",
        lambda page: saying(page.direct_messages(VERA), ":rotating_light:", SILENT),
    )
    return containing(told, "not acknowledged in time")


def channel_told(stage: Stage) -> str:
    told = stage.late(
        "The escalation to the channel",
        lambda _: saying(stage.posted(), "the coordinator must act", SILENT),
    )
    return containing(told, "not acknowledged in time")


def reminded(stage: Stage) -> str:
    for owner in (BRUNO, WREN):
        stage.late(
            f"The reminder of {stage.names[owner]}",
            lambda page, owner=owner: saying(page.direct_messages(owner), ":alarm_clock:"),  # type: ignore[misc]
        )
    return "Bruno and Wren"


def waived(stage: Stage) -> str:
    told = stage.asked(TOM, f"waive {MODEL} {SILENT} {WAIVER}")
    stage.thread("takes responsibility", SILENT, "on the phone")
    return containing(told, "You waived")


SCENES: Mapping[str, Callable[[Stage], str]] = {
    "every owning team has a message in the thread": teams_told,
    "every owner has one direct message": owners_told,
    "switching off before its date is refused, with the date": too_early,
    "an answer in the thread is seen in the direct message": thread_to_direct,
    "an answer in the direct message is seen in the thread": direct_to_thread,
    "Acknowledge all answers for everything": acknowledge_all,
    "Need more time asks with a reason": more_time,
    "a vote grants it, and all dates move": granted,
    "reading commands answer, and help where they cannot": reading,
    "an early archive stops nothing": archived_early,
    "consumers migrate to the successor": migrated,
    "silence is escalated to the manager": manager_told,
    "and then to the governance channel": channel_told,
    "owners who are late are reminded": reminded,
    "the coordinator waives a consumer, with a reason": waived,
}
