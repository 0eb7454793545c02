"""What serves a model beside the plan that retires it: in the thread, on the card, and for who asks how it stands."""

from __future__ import annotations

from collections.abc import Iterable

from bot.views import limits
from bot.views.blocks import mention, safe
from bot.views.graph.impact import short_id
from data import events
from data.records.catalog import Kind
from data.records.parts import Part
from data.records.plan import Subject
from data.records.retirement import Retirement
from workflows.rules.plans import parts as rules
from workflows.rules.voting.weighing import told
from workflows.rules.wording import counted

NAMES_ROOM, NAMES_AT_ONCE = 500, 5


def line(event: events.PartsChanged, retirement: Retirement) -> str:
    """Whoever decides is mentioned: nobody else has to act yet."""
    model = safe(retirement.plan.subject.model_name) if retirement.plan else retirement.id
    said = []
    if endpoints := [one for one in event.added if one.kind is Kind.ENDPOINT]:
        verb = "serves" if len(endpoints) == 1 else "serve"
        do = safe(rules.remedies(retirement.id, event.switched_off), limits.REASON_MAX)
        said.append(
            f"{_names(endpoints)} {verb} {model} by the catalog, and the plan does not have it: "
            f"announcement, switch-off and close wait. {mention(event.told)}, {do}"
        )
    if versions := [one for one in event.added if one.kind is Kind.VERSION]:
        said.append(f"{_names(versions)}, by the catalog, is a version of {model}")
    if asked := [one for one in event.added if one.consumer_id]:
        said.append(f"{_names(asked)} was voted on as a consumer, and is asked to move all the same")
    if event.gone:
        said.append(f"{_names(event.gone)} belongs to {model} no more by the catalog")
    return f":electric_plug: {'. '.join(said)}"


def weighed(event: events.Weighed, retirement: Retirement) -> str:
    """Who acts on it is told by what waits for it."""
    subject = retirement.plan.subject if retirement.plan else None
    model = safe(subject.model_name) if subject else retirement.id
    said = (
        f":scales: By the catalog *{model}* is {safe(told(event), limits.REASON_MAX).removesuffix(',')} now"
    )
    if subject is None or (subject.tier, subject.regulated) == (event.tier, event.regulated):
        return f"{said}, as it was voted on"
    voted = safe(told(subject), limits.REASON_MAX).removesuffix(",")
    return f"{said}, and was voted on as {voted}: what either asks for by the policy holds from now on"


def beside(retirement: Retirement) -> list[str]:
    """One line for the endpoints that hold the next stage; none where there are none."""
    found = rules.unanswered(retirement)
    head = f":electric_plug: *{counted(len(found), 'endpoint')} beside the plan*"
    return [f"{head}: {_names(found)}; {safe(rules.remedy(retirement), limits.REASON_MAX)}"] if found else []


def spared(subject: Subject) -> str:
    """What else serves the model and goes on, as people voted."""
    names = [safe(short_id(one)) for one in subject.spared]
    few = limits.joined(names, NAMES_ROOM, between=", ", at_most=NAMES_AT_ONCE)
    return f"\n*Leaves alone* {few}" if names else ""


def _names(found: Iterable[Part]) -> str:
    names = [f"*{safe(one.name)}*" for one in found]
    return limits.joined(names, NAMES_ROOM, between=", ", at_most=NAMES_AT_ONCE)
