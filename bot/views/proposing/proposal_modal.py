"""The modal that opens or revises a proposal. It checks nothing: the rules do, and name its fields."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from bot.ids import Action, Callback
from bot.views import blocks, limits
from bot.views.blocks import Payload, field, option, plain, prose_field, safe, section
from bot.views.hindsight import playbooks
from bot.views.proposing import provided
from data.catalog.serving import server_of
from data.records.catalog import Entity
from data.records.plan import Reason
from data.records.retirement import Retirement
from workflows.playbooks import Example
from workflows.rules.plans.parts import unanswered


def endpoints_block(model_id: str) -> str:
    """The block id of the endpoints of this model.

    Slack keeps what was ticked in a block of the same id; the old model's ticks must not outlive it.
    """
    return f"{Action.PROPOSAL_ENDPOINTS}.{hashlib.sha256(model_id.encode()).hexdigest()[:12]}"


def entity_option(entity: Entity) -> Payload:
    return option(entity.name, entity.id)


def options(entities: Sequence[Entity]) -> list[Payload]:
    """What a search answers: as many as Slack shows."""
    return [entity_option(entity) for entity in entities[: limits.OPTIONS_MAX]]


def _select(
    action: Action, search: Action, entities: Sequence[Entity], chosen: Entity | None, placeholder: str
) -> Payload:
    """A plain select up to what Slack allows, above it one that searches."""
    hint = {"placeholder": plain(placeholder, limits.PLACEHOLDER_MAX)}
    first = {"initial_option": entity_option(chosen)} if chosen else {}
    if len(entities) > limits.OPTIONS_MAX:
        return {"type": "external_select", "action_id": str(search), "min_query_length": 1, **hint, **first}
    known = [*entities] if chosen is None or chosen in entities else [chosen, *entities][: limits.OPTIONS_MAX]
    return {"type": "static_select", "action_id": str(action), "options": options(known), **hint, **first}


def _endpoints(endpoints: Sequence[Entity], ticked: Sequence[str] | None) -> Payload:
    shown = options(endpoints)
    wanted = None if ticked is None else {limits.option_value(one) for one in ticked}
    initial = [one for one in shown if wanted is None or one["value"] in wanted]
    kind = "checkboxes" if len(shown) <= limits.CHECKBOXES_MAX else "multi_static_select"
    element: Payload = {"type": kind, "action_id": str(Action.PROPOSAL_ENDPOINTS), "options": shown}
    if initial:
        element["initial_options"] = initial
    return element


def _reason(reason: Reason | None) -> Payload:
    every = {one: option(one, one) for one in Reason}
    element: Payload = {
        "type": "static_select",
        "action_id": str(Action.PROPOSAL_REASON),
        "options": list(every.values()),
        "placeholder": plain("Choose a reason", limits.PLACEHOLDER_MAX),
    }
    return {**element, "initial_option": every[reason]} if reason else element


def _subject_blocks(
    models: Sequence[Entity], model: Entity | None, endpoints: Sequence[Entity], ticked: Sequence[str] | None
) -> list[Payload]:
    if not models and model is None:
        return [section("The catalog has no model. Run `emeritus import backstage PATH`, then try again.")]
    select = _select(
        Action.PROPOSAL_MODEL, Action.PROPOSAL_MODEL_SEARCH, models, model, "Choose a model, or type its name"
    )
    shown = [field("Model", select, block_id=select["action_id"], live=True)]
    return [*shown, *_endpoint_blocks(model, endpoints, ticked)]


def _endpoint_blocks(
    model: Entity | None, endpoints: Sequence[Entity], ticked: Sequence[str] | None
) -> list[Payload]:
    if model is None:
        return []
    if not endpoints:
        return [
            section(f"*{safe(model.name)}* has no endpoint in the catalog: there is nothing to switch off.")
        ]
    if len(endpoints) > limits.OPTIONS_MAX:
        return [
            section(
                f"All {len(endpoints):,} endpoints of *{safe(model.name)}* retire: too many to choose from."
            )
        ]
    element = _endpoints(endpoints, ticked)
    return [
        field(
            "Versions and deployments",
            element,
            block_id=endpoints_block(model.id),
            hint="Only what is ticked retires; everything else of this model is left alone.",
            optional=True,
        )
    ]


def interim_field(written: str) -> Payload:
    return prose_field(
        "Interim plan",
        Action.PROPOSAL_INTERIM,
        placeholder="What consumers do until the successor can be called",
        initial=written,
        hint="Needed where the last day of service is before the first day of the successor.",
        chars_min=0,
    )


def modal(
    *,
    models: Sequence[Entity],
    model: Entity | None,
    endpoints: Sequence[Entity],
    successors: Sequence[Entity],
    today: date,
    retirement: Retirement | None = None,
    target_on: date | None = None,
    endpoint_ids: Sequence[str] | None = None,
    successor_id: str = "",
    successor_from: date | None = None,
    reason: Reason | None = None,
    why: str = "",
    interim: str = "",
    support: Sequence[str] = (),
    example: Example | None = None,
) -> Payload:
    """Propose, or with `retirement` revise: then the model stays, and what is not given comes from the plan.

    What serves beside the plan is ticked as well, as a new vote is where it belongs, and so is the part that is left to
    the model of a server that others share since.
    `endpoint_ids`: the ticked ones; None means all. `support`: until when its provider serves it.
    `example`: the playbook it is filled in like. `private_metadata`: retirement (empty if new), that of the playbook.
    """
    plan = retirement.plan if retirement else None
    successor_id = successor_id or (plan.successor_id if plan else "")
    chosen = next((one for one in successors if one.id == successor_id), None)
    is_in_catalog = chosen is not None and bool(chosen.serves_from)
    if retirement and plan:
        if endpoint_ids is None:
            beside = (part.id for part in unanswered(retirement))
            wanted = {*(one.id for one in plan.subject.endpoints), *beside}
            wholes = {*wanted, *map(server_of, wanted)}
            endpoint_ids = [one.id for one in endpoints if one.id in wholes or server_of(one.id) in wanted]
        reason = reason or plan.reason
        why, interim = why or str(retirement.why), interim or str(retirement.interim)
        if plan.successor_from and not is_in_catalog and successor_id == plan.successor_id:
            successor_from = successor_from or date.fromisoformat(plan.successor_from)
    target: Payload = {"type": "datepicker", "action_id": str(Action.PROPOSAL_TARGET)}
    if target_on:
        target["initial_date"] = target_on.isoformat()
    if retirement and model:
        voided = "Every vote cast so far is void once you submit."
        subject = [section(f"*{safe(model.name)}* · {retirement.id}. {voided}")]
        subject += _endpoint_blocks(model, endpoints, endpoint_ids)
    else:
        subject = _subject_blocks(models, model, endpoints, endpoint_ids)
    subject += [section(one) for one in provided.in_one_section(support)]
    successor: list[Payload] = []
    if successors:
        select = _select(
            Action.PROPOSAL_SUCCESSOR,
            Action.PROPOSAL_SUCCESSOR_SEARCH,
            successors,
            chosen,
            "What replaces it",
        )
        hint = 'Needed when the reason is "replaced".'
        first_day: Payload = {"type": "datepicker", "action_id": str(Action.PROPOSAL_SUCCESSOR_FROM)}
        if successor_from:
            first_day["initial_date"] = successor_from.isoformat()
        successor = [
            field("Successor", select, block_id=select["action_id"], hint=hint, optional=True),
            field(
                "First day of the successor",
                first_day,
                block_id=str(Action.PROPOSAL_SUCCESSOR_FROM),
                hint="Only where it cannot be called yet, and the catalog does not say from when on.",
                optional=True,
            ),
        ]
    return blocks.modal(
        "Revise the plan" if retirement else "Retire a model",
        Callback.PROPOSAL_REVISED if retirement else Callback.PROPOSAL_SUBMIT,
        [
            *([playbooks.followed(example)] if example else []),
            *subject,
            *successor,
            field("Reason", _reason(reason), block_id=str(Action.PROPOSAL_REASON)),
            prose_field(
                "Why, in a sentence",
                Action.PROPOSAL_WHY,
                placeholder="Consumers read this first",
                initial=why,
            ),
            *([interim_field(interim)] if successors else []),
            field(
                "Last day of service",
                target,
                block_id=str(Action.PROPOSAL_TARGET),
                hint=f"Endpoints stop on this day. Today is {today.isoformat()}; the policy sets the notice.",
            ),
        ],
        metadata={
            "retirement": retirement.id if retirement else "",
            **({"like": example.retirement.id} if example else {}),
        },
        submit="Put to the vote",
    )
