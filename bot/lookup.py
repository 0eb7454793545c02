"""Which retirement is meant? An id, or a model's exact name; never a guess, always how to go on."""

from __future__ import annotations

from bot.ids import SLASH_COMMAND
from bot.payloads import RETIREMENT_ID
from data.catalog import Catalog
from data.closest import closest
from data.errors import NotFound, Refused
from data.records.catalog import Entity
from data.records.retirement import Retirement
from data.store import Store
from workflows.engine import all_retirements
from workflows.machine import retirement_of
from workflows.rules.lifecycle import LIVING

BEGIN = f"{SLASH_COMMAND} propose to begin one"


def retirement(store: Store, retirement_id: str) -> Retirement:
    """Raises `NotFound`."""
    is_id = RETIREMENT_ID.fullmatch(retirement_id)
    found = retirement_of(retirement_id, store.state(retirement_id)) if is_id else None
    if found is None:
        every = store.streams("RET-")
        near = closest(retirement_id, every) or every[-3:]
        step = f"{SLASH_COMMAND} show {near[0]}, or {SLASH_COMMAND} list all for every one" if near else BEGIN
        raise NotFound("retirement", retirement_id[:80], closest=near, next_step=f"Run {step}")
    return found


def retirements(store: Store, *, ended: bool = True) -> list[Retirement]:
    """All there are, oldest first."""
    return [one for one in all_retirements(store) if ended or one.state in LIVING]


def named(store: Store, catalog: Catalog, text: str, *, ended: bool) -> Retirement:
    """The retirement with this id, or the one of the model with exactly this name.

    ended   whether a model's last ended retirement will do where none is under way (for reading)
    Raises `Refused` with the candidates when several match, or when it is not being retired; `NotFound`.
    """
    if RETIREMENT_ID.fullmatch(text.upper()):
        return retirement(store, text.upper())
    every = retirements(store)
    same = [one for one in every if text in (_name(one), _model_id(one))]
    same = same or [one for one in every if _name(one).casefold() == text.casefold()]
    matching = [one for one in same if one.state in LIVING] or (same[-1:] if ended else [])
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise Refused(
            f'"{text[:80]}" has {len(matching)} retirements under way',
            reasons=[f"{one.id} is {one.state} ({_model_id(one)})" for one in matching],
            next_step="Say which by its RET number",
        )
    names = {model.name for model in catalog.models()}
    if text in names:
        raise Refused(
            f'"{text}" is not being retired' + (f" ({same[-1].id} is {same[-1].state})" if same else ""),
            next_step=f"Run {SLASH_COMMAND} propose {text} to begin",
        )
    raise NotFound(
        "model or retirement",
        text[:80],
        closest=closest(text, sorted(names)),
        next_step=f"Run {SLASH_COMMAND} list for what is being retired, or {BEGIN}",
    )


def misnamed(store: Store, catalog: Catalog, text: str, *, ended: bool) -> str:
    """Why this names no retirement, in the words of `named`; empty when it names one."""
    try:
        named(store, catalog, text, ended=ended)
    except (NotFound, Refused) as error:
        return str(error)
    return ""


def model(catalog: Catalog, name: str, *, word: str) -> Entity:
    """The model somebody named after this command. Raises `NotFound` with the command to go on with."""
    try:
        return catalog.model(name)
    except NotFound as error:
        near = [f'"{one}"' if " " in one else one for one in error.closest]
        choose = f"{SLASH_COMMAND} propose to choose from all there are"
        step = f"{SLASH_COMMAND} {word} {near[0]}, or {choose}" if near else choose
        raise NotFound("model", name[:80], closest=error.closest, next_step=f"Run {step}") from error


def _name(one: Retirement) -> str:
    return one.plan.subject.model_name if one.plan else ""


def _model_id(one: Retirement) -> str:
    return one.plan.subject.model_id if one.plan else ""
