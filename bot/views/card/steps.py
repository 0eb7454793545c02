"""How does the dated plan look: one line per step, with how far it has come and what holds it."""

from __future__ import annotations

from bot.ids import SLASH_COMMAND
from bot.views import limits
from bot.views.blocks import day, mention, moment, safe, weekday
from data.records.plan import Step
from data.records.progress import Progress, StepKind, StepProgress
from data.records.retirement import Retirement
from workflows.rules.consumers import checking
from workflows.rules.gating import by_hand
from workflows.rules.lifecycle import CALLED_OFF
from workflows.rules.plans.brownouts import lasting

MEANING = {
    StepKind.ANNOUNCE: "every consumer's owners are told",
    StepKind.ARCHIVE: "artifacts are copied and sealed; nothing stops",
    StepKind.DRILL: "the copy is restored to prove it",
    StepKind.MIGRATE: "last day to move to the successor",
    StepKind.BROWNOUT: "calls are refused for a while, and one press ends it",
    StepKind.DISABLE: "endpoints stop; configuration and weights are kept",
    StepKind.CLOSE: "the way back ends; the archive stays",
}
MARKS = {
    Progress.PENDING: ":white_circle:",
    Progress.HELD: ":warning:",
    Progress.RUNNING: ":hourglass_flowing_sand:",
    Progress.DONE: ":white_check_mark:",
}


def zone_of(retirement: Retirement) -> str:
    return retirement.policy.zone if retirement.policy else "UTC"


def short(digest: str) -> str:
    """Enough of a digest to compare by eye: its first 12 hex digits."""
    return safe(digest.removeprefix("sha256:"), 13)[:12] or "none"


def paused(retirement: Retirement) -> str:
    """Since when nothing runs, and what that does to the dates; empty when it goes on."""
    if retirement.paused_at is None:
        return ""
    since = moment(retirement.paused_at, zone_of(retirement))
    return (
        f":double_vertical_bar: *Paused* since {since} by {mention(retirement.paused_by)}: no step runs, and "
        "nobody is asked, reminded or escalated to. "
        "When it is resumed, the dates ahead move later by the days of all its pauses together, a begun one in full"
    )


def delayed(retirement: Retirement) -> list[str]:
    """Each endpoint that is being switched and does not get there, and why."""
    shown = []
    for one in retirement.delays:
        how = ":hourglass: {} is being switched off, and may be off already"
        if one.action == "restore":
            how = ":rotating_light: {} is not back yet, and tried again"
        name = f"*{safe(retirement.endpoint_name(one.endpoint_id))}*"
        shown.append(f"{how.format(name)}: {safe(one.reason, limits.PROSE_MAX)}")
    return shown


def windows(retirement: Retirement, step: Step) -> list[str]:
    """When each brownout begins, how long it lasts, and what became of it."""
    zone, seen = zone_of(retirement), {one.number: one for one in retirement.brownouts}
    shown = []
    for number, one in enumerate(step.windows, start=1):
        became = f", *{seen[number].state}*" if number in seen else ""
        why = f": {safe(seen[number].why, 200)}" if number in seen and seen[number].why else ""
        shown.append(f"{moment(one.starts_at, zone)} for {lasting(one)}{became}{why}")
    owed = {one.consumer.consumer_id: one.consumer.name for one in retirement.obligations}
    spared = [safe(owed.get(one, one)) for one in retirement.exempt] if shown else []
    return [*shown, f"exempt: {limits.joined(spared, 500, between=', ')}"] if spared else shown


def lines(retirement: Retirement, *, reasons_at_most: int | None = 5) -> list[str]:
    """One line per step of the plan, and under a held one what holds it: a few reasons, or with None all."""
    if retirement.plan is None:
        return []
    shown = []
    for step in retirement.plan.steps:
        come = retirement.progress(step.kind)
        if retirement.state in CALLED_OFF and come.progress is not Progress.DONE:
            # Whatever it was about to do, it never will.
            come = StepProgress(kind=step.kind)
        done_on = ""
        if come.progress is Progress.DONE and come.at is not None:
            done_on = f", done {day(come.at, zone_of(retirement))}"
        elif come.progress is not Progress.PENDING:
            done_on = f", *{come.progress}*"
        shown.append(
            f"{MARKS[come.progress]} {weekday(step.due_at, zone_of(retirement))} *{step.kind}*{done_on}"
            f" - {MEANING[step.kind]}"
        )
        shown += [f"      • {one}" for one in windows(retirement, step)]
        if step.kind is StepKind.DISABLE and retirement.plan.brownouts_lack:
            shown.append(f"      • before it {safe(retirement.plan.brownouts_lack, limits.REASON_MAX)}")
        if step.kind is StepKind.DISABLE and (waits := checking.awaited(retirement)):
            shown.append(f"      • {waits}")
        if step.kind is StepKind.DISABLE:
            shown += [f"      • {safe(one.why, limits.REASON_MAX)}" for one in by_hand.waiting(retirement)]
        if come.progress is Progress.HELD:
            reasons = [f"      • {safe(reason, limits.REASON_MAX)}" for reason in come.held_by]
            if reasons_at_most is not None:
                rest = f": `{SLASH_COMMAND} show {retirement.id}`"
                reasons = [limits.joined(reasons, 1_200, at_most=reasons_at_most, rest=rest)]
            shown += reasons
    return [line for line in shown if line]
