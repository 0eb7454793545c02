"""In which words is somebody told of a retirement? The texts of its policy, with what the record says in place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from bot.views import limits
from bot.views.blocks import link, marked, mention, quoted, safe, weekday
from bot.views.card.proposal import name_of
from bot.views.card.steps import zone_of
from bot.views.consumers.duties import TO_MOVE
from bot.views.graph import successor
from data.catalog.moving import guide_of
from data.catalog.snapshot import Snapshot
from data.policies.notice_texts import NOTHING_MORE, PLACEHOLDERS, PLAIN, filled
from data.records.catalog import Kind
from data.records.notices import Audience
from data.records.plan import Plan
from data.records.progress import StepKind
from data.records.retirement import Obligation, Retirement, State
from workflows.rules.choosing.measured import latest
from workflows.rules.lifecycle import CALLED_OFF, CLOSED
from workflows.rules.people.addressees import by_audience
from workflows.rules.people.due import UNANSWERED
from workflows.rules.plans import gap
from workflows.rules.wording import counted

CALLED = {Kind.DATASET: "table ", Kind.PIPELINE: "job ", Kind.DASHBOARD: "dashboard "}
"""How what depends on the model is called; all else by its name alone."""
PART_MAX = 60  # of one name in a list
MEANWHILE_MAX = 200  # of an interim plan: the card has all of it
MORE_MAX = 2_000  # of what further audiences hear besides: ten consumers stand in the same message


def five_facts(retirement: Retirement, owed: Sequence[Obligation] = (), *, action: str = "") -> str:
    """What, when, why, successor, action: what everybody who depends on the model must know.

    owed     what it is about; else all that depends on it
    action   what this reader can do, ready to be shown; else what an owner must do
    """
    return _text(
        retirement,
        Audience.GOVERNANCE,
        _facts(retirement, owed or retirement.obligations, action) | _known(retirement, None),
    )


def told(
    retirement: Retirement,
    to: str,
    owed: Sequence[Obligation],
    *,
    action: str = "",
    press: str = "Migrated",
    was: date | None = None,
    there: Snapshot | None = None,
) -> list[str]:
    """The same in the words for a person or a channel with these consumers, a section each.

    press   where the message says that it has moved
    was     the last day they had been told of, where it is another one now
    there   the catalog: it goes on telling of versions and measures, so the record keeps none of them
    Who belongs to several audiences hears the most technical text whole, and of the others what it does not say.
    """
    known = _known(retirement, there)
    instead = f" instead of {was:%a %Y-%m-%d}" if was else ""
    asked = _asked(retirement, owed, press)
    first, *others = (
        _text(retirement, audience, _facts(retirement, its, action or asked, instead) | known)
        for audience, its in by_audience(retirement, to, owed).items()
    )
    said = set(first.split("\n"))
    more = [line for line in dict.fromkeys("\n".join(others).split("\n")) if line and line not in said]
    return [first, limits.joined(more, MORE_MAX)] if more else [first]


def _text(retirement: Retirement, audience: Audience, facts: dict[str, str]) -> str:
    texts = retirement.policy.texts if retirement.policy else ()
    own = next((text for text in texts if text.audience is audience), None)
    if own is None:
        return filled(marked(PLAIN), facts)
    return filled(marked(own.closed if retirement.state in CLOSED else own.under_way), facts)


def _facts(
    retirement: Retirement, owed: Collection[Obligation], action: str, instead: str = ""
) -> dict[str, str]:
    """What stands in each place, ready to be shown. `instead`: of which last day."""
    plan = retirement.plan
    if plan is None:
        return dict.fromkeys(PLACEHOLDERS, f"{retirement.id} has no plan")
    model = safe(name_of(retirement))
    ask = action or _asked(retirement, owed, "Migrated")
    last_day = weekday(_ends_at(retirement, plan), zone_of(retirement))
    when = f"service ends on {last_day}{instead}"
    if retirement.state is State.PROPOSED:
        when = "another plan is being voted on, and its dates are told once it is approved"
        ask, last_day = "None until then", "a day that is being voted on"
    elif retirement.state not in TO_MOVE:
        is_off = retirement.state not in CALLED_OFF
        when, ask = f"service ended on {last_day}" if is_off else "service goes on", NOTHING_MORE
    coordinator = mention(retirement.coordinator_id)
    is_over = retirement.state in CLOSED
    return {
        "what": f"{model} {'is retired' if is_over else 'retires'} ({retirement.id})",
        "when": when,
        "why": f"{plan.reason}{quoted(retirement.why)}",
        "successor": successor.told(retirement, plan) or "none",
        "action": ask,
        "model": model,
        "retirement": retirement.id,
        "last_day": last_day,
        "things": _named("things", [_called(one) for one in owed]),
        "endpoints": _named("endpoints", [safe(one.name, PART_MAX) for one in plan.subject.endpoints]),
        "archive": _archive(retirement, coordinator),
        "contact": coordinator,
    }


def _asked(retirement: Retirement, owed: Collection[Obligation], press: str) -> str:
    """What owners must do of these: what they have answered is not asked again."""
    plan = retirement.plan
    if plan is None or (owed and all(one.is_settled for one in owed)):
        return "None any more: all of yours are settled."
    after = successor.name(plan)
    move = f"Move to {after}" if after else "Stop calling it"
    if retirement.interim and gap.planned_days(retirement, plan):
        meanwhile = f'Until {plan.successor_from}: "{safe(retirement.interim, MEANWHILE_MAX)}"'
        move = f"{meanwhile}. Then move to {after}"
    is_read = owed and all(one.duty not in UNANSWERED for one in owed)
    read = "" if is_read else "Acknowledge that you have read this. "
    return f"{read}{move}, then press {press}."


def _known(retirement: Retirement, there: Snapshot | None) -> dict[str, str]:
    """What only the catalog says."""
    plan = retirement.plan
    model = there.find(plan.subject.model_id) if there is not None and plan is not None else None
    versions = there.versions_of(model.id) if there is not None and model is not None else ()
    endpoints = there.endpoints_of(model.id) if there is not None and model is not None else ()
    measured = latest(model, (*versions, *endpoints)) if model is not None else ()
    after = there.find(plan.successor_id) if there is not None and plan is not None else None
    guide = guide_of(model, after)
    return {
        "guide": link(guide, "the migration guide") if guide else "the catalog names no migration guide",
        "versions": _named("versions", [safe(one.name, PART_MAX) for one in versions], "none in the catalog"),
        "metrics": _named("metrics", [safe(one, 110) for one in measured], "nothing is known"),
    }


def _ends_at(retirement: Retirement, plan: Plan) -> datetime:
    """When it goes dark, or did."""
    is_dark = retirement.state in (State.DISABLED, *CLOSED)
    done_at = retirement.progress(StepKind.DISABLE).at if is_dark else None
    return done_at or plan.step(StepKind.DISABLE).due_at


def _called(owed: Obligation) -> str:
    return f"{CALLED.get(owed.consumer.kind, '')}{safe(owed.consumer.name, PART_MAX)}"


def _named(place: str, names: Sequence[str], otherwise: str = "none") -> str:
    return limits.joined(names, PLACEHOLDERS[place].chars_max, between=", ") or otherwise


def _archive(retirement: Retirement, coordinator: str) -> str:
    kept = retirement.archived
    if kept is None:
        return f"nothing was archived: ask {coordinator}"
    files = counted(kept.files, "file")
    return f"{files}, sealed as {safe(kept.preservation_id)} at {safe(kept.location)}: ask {coordinator} to read them"
