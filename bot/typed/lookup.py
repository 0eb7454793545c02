"""Which retirement is meant? An id, or a model's exact name; nothing changes on a guess, and always how to go on."""

from __future__ import annotations

import re

from bot.ids import SLASH_COMMAND
from bot.payloads import RETIREMENT_ID, meant_id
from bot.typed.table import COMMANDS
from bot.typed.usage import usage
from bot.views.limits import option_value
from data.catalog.catalog import Catalog
from data.catalog.snapshot import Snapshot
from data.closest import closest
from data.errors import NotFound, Refused
from data.records.base import Record
from data.records.catalog import Entity
from data.records.plan import Subject
from data.records.retirement import Retirement
from data.store import Streams
from workflows.engine import all_retirements
from workflows.machine import retirement_of
from workflows.rules.lifecycle import CLOSED, LIVING
from workflows.rules.wording import typed

SHOWN_AT_MOST = 8
OF_CLOSED = ("playbook",)
"""Commands that change something about a retirement that was closed."""
TOO_LONG = re.compile(r"RET-[0-9]{10,}")
"""An id no retirement has: it is met with those there are, and not with models of a similar name."""


class Onward(Record, frozen=True, kw_only=True):
    """How to go on from where somebody asks: these are commands there."""

    list: str
    list_all: str
    show: str
    impact: str
    propose: str = ""


IN_SLACK = Onward(
    list=f"{SLASH_COMMAND} list",
    list_all=f"{SLASH_COMMAND} list all",
    show=f"{SLASH_COMMAND} show",
    impact=f"{SLASH_COMMAND} impact",
    propose=f"{SLASH_COMMAND} propose",
)
# Nobody proposes from a shell: it does not say who asks.
IN_SHELL = Onward(
    list="emeritus list", list_all="emeritus list --all", show="emeritus plan", impact="emeritus impact"
)


def retirement(store: Streams, retirement_id: str, *, onward: Onward = IN_SLACK) -> Retirement:
    """Raises `NotFound`."""
    is_id = RETIREMENT_ID.fullmatch(retirement_id)
    found = retirement_of(retirement_id, store.state(retirement_id)) if is_id else None
    if found is None:
        every = tuple(one.id for one in all_retirements(store))
        near = closest(retirement_id, every) or every[-3:]
        step = f"{onward.show} {near[0]}, or {onward.list_all} for every one" if near else _begin(onward)
        raise NotFound("retirement", retirement_id[:80], closest=near, next_step=f"Run {step}")
    return found


def retirements(store: Streams, *, ended: bool = True) -> list[Retirement]:
    """All there are, oldest first."""
    return [one for one in all_retirements(store) if ended or one.state in LIVING]


def named(store: Streams, there: Snapshot, text: str, *, word: str, onward: Onward = IN_SLACK) -> Retirement:
    """The retirement with this id, or the one of the model that its plan, or any catalog now, calls so.

    word   the command it is for. One that only reads takes a model's last ended retirement where none is under
           way, and an id that is written otherwise; one that changes something suggests that id
    Raises `Refused` with the candidates when several match, or when it is not being retired; `NotFound`.
    """
    reads = COMMANDS[word].keeps == "no"
    if RETIREMENT_ID.fullmatch(text.upper()) or TOO_LONG.fullmatch(text.upper()):
        return retirement(store, text.upper(), onward=onward)
    every = retirements(store)
    models = there.called.by(text)
    ids = {text, *(one for model in models for one in there.ids_of(model.id))}
    same = [one for one in every if _name(one) == text or _model_id(one) in ids]
    same = same or [one for one in every if _name(one).casefold() == text.casefold()]
    closed = [one for one in same if one.state in CLOSED] if word in OF_CLOSED else []
    matching = closed or [one for one in same if one.state in LIVING] or (same[-1:] if reads else [])
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise Refused(
            f'"{text[:80]}" has {len(matching)} retirements{"" if closed else " under way"}',
            reasons=[f"{one.id} is {one.state} ({_model_id(one)})" for one in matching],
            next_step="Say which by its RET number",
        )
    if models:
        raise Refused(
            f'"{text}" is not being retired' + (f" ({same[-1].id} is {same[-1].state})" if same else ""),
            next_step=f"Run {onward.propose} {text} to begin"
            if onward.propose
            else f"Run {onward.list_all} for what is or was",
        )
    if meant := meant_id(text):
        found = retirement(store, meant, onward=onward)
        if reads:
            return found
        step = f"Run {usage(word, about=meant)}"
        raise NotFound("retirement", text[:80], closest=[meant], next_step=step)
    other = f"{onward.impact} for every model" if reads else _begin(onward)
    raise NotFound(
        "model or retirement",
        text[:80],
        closest=there.called.near(text),
        next_step=f"Run {onward.list} for what is being retired{f', or {other}' if onward.propose else ''}",
    )


def misnamed(store: Streams, catalog: Snapshot, text: str, *, word: str) -> str:
    """Why this names no retirement, in the words of `named`; empty when it names one."""
    try:
        named(store, catalog, text, word=word)
    except (NotFound, Refused) as error:
        return str(error)
    return ""


def model_in_shell(catalog: Catalog, name: str, *, ask: str = IN_SHELL.impact) -> Entity:
    """The model somebody asks about in a shell. Raises `NotFound` with the command to go on with."""
    try:
        return catalog.model(name)
    except NotFound as error:
        step = f"Run {ask} {typed(error.closest[0])}" if error.closest else _some(catalog)
        raise NotFound("model", name, closest=error.closest, next_step=step) from error


def thing_in_shell(catalog: Catalog, name: str) -> Entity:
    """The model somebody asks about in a shell, or else the one thing of another kind whose id or name that is.

    Raises `NotFound` with the command to go on with.
    """
    try:
        return model_in_shell(catalog, name)
    except NotFound:
        there = catalog.snapshot()
        things = (one for one in catalog.known() if isinstance(one, Entity) and name in (one.id, one.name))
        ids = {there.id_of(one.id) for one in things}
        if len(ids) != 1:
            raise
        return there.entity(ids.pop())


def model(store: Streams, catalog: Snapshot, name: str, *, word: str) -> Entity:
    """The model somebody named after this command, or by its retirement where the command only reads.

    Raises `NotFound` with the command to go on with.
    """
    try:
        return catalog.model(name)
    except NotFound as error:
        subject = _subject(store, catalog, name)
        if subject and COMMANDS[word].keeps == "no":
            return catalog.model(subject.model_id)
        closest = (subject.model_name,) if subject else error.closest
        near = [typed(one) for one in closest]
        every = f"{IN_SLACK.impact} to list all there are"
        choose = f"{IN_SLACK.propose} to choose one of yours, or {every}" if word == "propose" else every
        step = f"{SLASH_COMMAND} {word} {near[0]}, or {choose}" if near else choose
        raise NotFound("model", name[:80], closest=closest, next_step=f"Run {step}") from error


def models_with(catalog: Snapshot, part: str) -> tuple[Entity, ...]:
    """All models that have this in their name, all there are where it is empty; none where it is one's name."""
    try:
        return () if part and catalog.model(part) else catalog.models()
    except NotFound:
        return catalog.models(part)


def chosen(there: Snapshot, value: str) -> Entity | None:
    """The model an option stands for; an option's value is not always the id (limits.option_value)."""
    if not value:
        return None
    models = there.models()
    try:
        exact = there.entity(value)
    except NotFound:
        return next((one for one in models if option_value(one.id) == value), None)
    return exact if exact in models else None


def _subject(store: Streams, catalog: Snapshot, text: str) -> Subject | None:
    """What the retirement with this id is about, where the catalog has it."""
    found = retirement_of(meant, store.state(meant)) if (meant := meant_id(text)) else None
    subject = found.plan.subject if found is not None and found.plan is not None else None
    return subject if subject is not None and subject.model_id in catalog else None


def _some(catalog: Catalog) -> str:
    names = [one.name for one in catalog.models()]
    more = f" and {len(names) - SHOWN_AT_MOST} more" if len(names) > SHOWN_AT_MOST else ""
    return (
        f"There are {', '.join(names[:SHOWN_AT_MOST])}{more}"
        if names
        else "Run emeritus import backstage PATH"
    )


def _begin(onward: Onward) -> str:
    return f"{onward.propose} to begin one" if onward.propose else f"{onward.list} for what is being retired"


def _name(one: Retirement) -> str:
    return one.plan.subject.model_name if one.plan else ""


def _model_id(one: Retirement) -> str:
    return one.plan.subject.model_id if one.plan else ""
