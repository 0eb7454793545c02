"""The form that proposes or revises a retirement: open it, redraw it for another model, search, submit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace
from slack_bolt import Ack, App

from bot import payloads, screens
from bot.house import House, Payload
from bot.ids import SLASH_COMMAND, Action, Callback
from bot.inbox import submit
from bot.typed.lookup import chosen, retirement
from bot.typed.lookup import model as named_model
from bot.typed.playbooks import followed
from bot.views import limits
from bot.views.proposing import proposal_modal
from data.catalog.hosting import hosted_parts
from data.catalog.snapshot import Snapshot
from data.errors import Invalid, Problem, Refused, Stale
from data.records.base import NO_PROSE, Prose, Record
from data.records.catalog import Entity
from data.records.plan import Reason
from data.records.progress import StepKind
from data.records.retirement import Retirement
from workflows.audiences import is_marked
from workflows.commands import Propose, Revise
from workflows.playbooks import example
from workflows.rules.choosing import support
from workflows.rules.hindsight.playbooks import Draft, draft
from workflows.rules.hours import day_of
from workflows.rules.plans.plan import earliest_target


def open_form(
    house: House,
    ack: Callable[..., object],
    body: Mapping[str, Any],
    *,
    model_name: str,
    like: Retirement | None = None,
    **filled: Any,
) -> None:
    """`/retire propose [model]`. Raises `NotFound` or `Refused` unless there is a model this person may propose.

    like     the playbook it is filled in like
    filled   what the form shows as chosen already
    """
    by = payloads.user_id(body)
    sight = house.sight(by)
    model = named_model(sight, sight.there, model_name, word="propose") if model_name else None
    if model is not None:
        house.check_opening(by, model, None)
    elif sight.there.models() and not owned(sight.there, by):
        raise Refused(
            "There is no model you may propose to retire",
            reasons=["this is for a model's owners, and the catalog has none of yours"],
            next_step=f"{SLASH_COMMAND} impact lists all models, and {SLASH_COMMAND} propose MODEL says whom to ask "
            "about one",
        )
    ack()
    if like is not None:
        filled = {**msgspec.structs.asdict(_draft(house, like, model)), **filled}
    screens.opened(house.client, body, _form(house, sight.there, model, by=by, like=like, **filled))


def owned(there: Snapshot, person: str, query: str = "") -> list[Entity]:
    """The models this person owns, by name: the ones they may propose."""
    return [model for model in there.models(query) if person in there.owners_of(model).slack_ids]


def register(app: App, house: House) -> None:
    def seen(body: Mapping[str, Any]) -> Snapshot:
        """The catalog as whoever looks at the form sees it."""
        return house.sight(payloads.user_id(body)).there

    @app.action(Action.PROPOSAL_MODEL)
    @app.action(Action.PROPOSAL_MODEL_SEARCH)
    def choose_model(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        there = seen(body)
        model = chosen(there, payloads.action_value(body))
        like = followed(house.sight(payloads.user_id(body)), payloads.metadata(body).get("like", ""))
        target_on = _day(payloads.entered(body, Action.PROPOSAL_TARGET))
        if like is not None and model is not None and target_on is not None:
            # It was filled in before anybody knew how much notice this model needs.
            earliest_on = earliest_target(proposed_at=house.now(), subject=model, policy=house.policy)
            target_on = max(target_on, earliest_on)
        shown = _form(
            house,
            there,
            model,
            by=payloads.user_id(body),
            successor_id=_id_of(_successor(there, body)),
            reason=_reason(payloads.entered(body, Action.PROPOSAL_REASON)),
            successor_from=_day(payloads.entered(body, Action.PROPOSAL_SUCCESSOR_FROM)),
            why=payloads.entered(body, Action.PROPOSAL_WHY),
            interim=payloads.entered(body, Action.PROPOSAL_INTERIM),
            target_on=target_on,
            like=like,
        )
        screens.changed(house.client, body, shown)

    @app.action(Action.PLAYBOOK_USE)
    def use(ack: Ack, body: dict[str, Any]) -> None:
        (retirement_id,) = payloads.parts(body, 1)
        like = followed(house.sight(payloads.user_id(body)), retirement_id)
        if like is None:
            raise Stale(
                f"{retirement_id} is no playbook any more. Run {SLASH_COMMAND} playbooks for all there are"
            )
        open_form(house, ack, body, model_name="", like=like)

    @app.options(Action.PROPOSAL_MODEL_SEARCH)
    def search_own(ack: Ack, body: dict[str, Any]) -> None:
        ack(options=proposal_modal.options(owned(seen(body), payloads.user_id(body), payloads.query(body))))

    @app.options(Action.PROPOSAL_SUCCESSOR_SEARCH)
    def search(ack: Ack, body: dict[str, Any]) -> None:
        ack(options=proposal_modal.options(seen(body).models(payloads.query(body))[: limits.OPTIONS_MAX]))

    @app.view(Callback.PROPOSAL_SUBMIT)
    def propose(ack: Ack, body: dict[str, Any]) -> None:
        value = payloads.entered(body, Action.PROPOSAL_MODEL, Action.PROPOSAL_MODEL_SEARCH)
        there = seen(body)
        model = chosen(there, value)
        problems = (
            [] if model else [Problem(field="model", value="", accepted="choose a model from the list")]
        )
        filled = _filled(there, body, model, problems)
        assert model is not None
        like = payloads.metadata(body).get("like", "")
        wish = Propose(
            by=payloads.user_id(body), model_id=model.id, like=like, **msgspec.structs.asdict(filled)
        )
        submit(house, ack, body, None, wish)

    @app.action(Action.PROPOSAL_REVISE)
    def open_revision(ack: Ack, body: dict[str, Any]) -> None:
        (retirement_id,) = payloads.parts(body, 1)
        state = retirement(house.sight(payloads.user_id(body)), retirement_id)
        assert state.plan is not None, "a retirement begins with its plan"
        there = seen(body)
        model = there.entity(state.plan.subject.model_id)
        house.check_opening(payloads.user_id(body), model, state)
        ack()
        last_day = day_of(state.plan.step(StepKind.DISABLE).due_at, state.policy or house.policy)
        screens.opened(
            house.client,
            body,
            _form(house, there, model, by=state.proposer_id, retirement=state, target_on=last_day),
        )

    @app.view(Callback.PROPOSAL_REVISED)
    def revise(ack: Ack, body: dict[str, Any]) -> None:
        state = retirement(house.sight(payloads.user_id(body)), payloads.carried(body, "retirement"))
        assert state.plan is not None, "a retirement begins with its plan"
        there = seen(body)
        filled = _filled(there, body, there.entity(state.plan.subject.model_id), [])
        wish = Revise(by=payloads.user_id(body), **msgspec.structs.asdict(filled))
        submit(house, ack, body, state, wish)


class Filled(Record, frozen=True, kw_only=True):
    """What the form says beside the model: the fields `Propose` and `Revise` share."""

    endpoint_ids: tuple[str, ...]
    successor_id: str
    successor_from: date | None
    reason: Reason
    why: Prose
    interim: Prose
    target_on: date


def _filled(
    there: Snapshot, body: Mapping[str, Any], model: Entity | None, problems: list[Problem]
) -> Filled:
    """The form as the person left it. Raises `Invalid` with all that is missing, `problems` first."""
    endpoint_ids: tuple[str, ...] = ()
    ticked = payloads.ticked(body, Action.PROPOSAL_ENDPOINTS)
    if ticked is not None and model is not None:
        shown = {limits.option_value(one.id): one.id for one in there.endpoints_of(model.id)}
        endpoint_ids = tuple(shown[value] for value in ticked if value in shown)
        if not endpoint_ids:  # none is not all: a command without endpoints would take every one
            problems.append(Problem(field="endpoints", value="", accepted="choose at least one endpoint"))
    reason = _reason(payloads.entered(body, Action.PROPOSAL_REASON))
    if reason is None:
        problems.append(Problem(field="reason", value="", accepted="choose a reason"))
    target_on = _day(payloads.entered(body, Action.PROPOSAL_TARGET))
    if target_on is None:
        problems.append(Problem(field="target", value="", accepted="choose a date"))
    if problems or reason is None or target_on is None:
        raise Invalid(problems)
    interim = payloads.entered(body, Action.PROPOSAL_INTERIM)
    return Filled(
        endpoint_ids=endpoint_ids,
        successor_id=_id_of(_successor(there, body)),
        successor_from=_day(payloads.entered(body, Action.PROPOSAL_SUCCESSOR_FROM)),
        reason=reason,
        why=Prose(prose=payloads.entered(body, Action.PROPOSAL_WHY)),
        interim=Prose(prose=interim) if interim else NO_PROSE,
        target_on=target_on,
    )


def _form(
    house: House,
    there: Snapshot,
    model: Entity | None,
    *,
    by: str,
    retirement: Retirement | None = None,
    like: Retirement | None = None,
    **typed: Any,
) -> Payload:
    models = there.models()
    policy = retirement.policy if retirement and retirement.policy else house.policy
    today = day_of(house.now(), policy)
    hosted = hosted_parts(there, model.id) if model else ()
    return proposal_modal.modal(
        models=owned(there, by),
        model=model,
        endpoints=there.endpoints_of(model.id) if model else (),
        successors=[other for other in models if model is None or other.id != model.id],
        today=today,
        retirement=retirement,
        support=support.told(hosted, today),
        example=example(house.store, like, house.now(), is_for_few=_is_for_few(house, like))
        if like
        else None,
        **typed,
    )


def _draft(house: House, like: Retirement, model: Entity | None) -> Draft:
    """Nothing people wrote of a restricted one is filled in where it may come to be read by everybody."""
    filled = draft(like, subject=model, policy=house.policy, now=house.now())
    return replace(filled, why="") if _is_for_few(house, like) else filled


def _is_for_few(house: House, like: Retirement) -> bool:
    return is_marked(like, house.catalog.snapshot())


def _successor(there: Snapshot, body: Mapping[str, Any]) -> Entity | None:
    value = payloads.entered(body, Action.PROPOSAL_SUCCESSOR, Action.PROPOSAL_SUCCESSOR_SEARCH)
    return chosen(there, value)


def _id_of(entity: Entity | None) -> str:
    return entity.id if entity else ""


def _reason(value: str) -> Reason | None:
    return next((one for one in Reason if one == value), None)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
