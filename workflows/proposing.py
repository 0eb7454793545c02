"""What a decision on a plan has to know: what would retire, who has it already, whom it hits, and who takes over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from data.catalog.hosting import hosted_parts
from data.catalog.moving import guide_of
from data.catalog.snapshot import Snapshot
from data.errors import NotFound
from data.records.artifacts import Reference
from data.records.base import Prose
from data.records.catalog import Entity
from data.records.facts import Facts
from data.records.plan import Endpoint, Subject
from data.records.policy import Policy
from data.records.retirement import Retirement
from workflows import commands as cmd
from workflows import succession
from workflows.audiences import is_marked, seen
from workflows.erasable import by_name, erasable
from workflows.membership import members
from workflows.observing import stands_as
from workflows.rules.choosing import support
from workflows.rules.gating import completeness
from workflows.rules.hindsight.lessons import alike
from workflows.rules.lifecycle import is_living
from workflows.rules.plans.meeting import met
from workflows.rules.plans.plan import reserved
from workflows.rules.voting.roles import asked
from workflows.veiling import veiled


def facts(
    command: cmd.Propose | cmd.Revise,
    model_id: str,
    policy: Policy,
    there: Snapshot,
    *,
    every: Sequence[Retirement],
    now: datetime,
    retirement_id: str = "",
) -> Facts:
    """All of it from one version of the catalog. Raises `NotFound` and `Refused` for a model or endpoint nobody has.

    policy          the one in force; for a retirement under way, the one it was proposed under
    every           every retirement there is
    retirement_id   that of the one under way whose plan it is; it stands in its own way nowhere
    """
    known = seen(there, command.by)
    model = there.find(model_id) if retirement_id else None
    model = model or known.model(model_id)
    chosen = _chosen(model, command.endpoint_ids, there)
    chosen_ids = {endpoint.id for endpoint in chosen}
    impact = there.impact(model.id, chosen_ids or None)
    under_way = next((one for one in every if one.id == retirement_id), None)
    consumers = erasable(there, veiled(there, impact.consumers, model.id), by_name(under_way))
    owners = there.owners_of(model)
    after = succession.named(model, command.successor_id, there, every, known=known)
    subject = Subject(
        model_id=model.id,
        model_name=model.name,
        tier=model.tier,
        owners=owners.slack_ids,
        endpoints=tuple(
            Endpoint(id=found.id, name=found.name, kind=found.endpoint_kind, ref=found.endpoint_ref)
            for found in chosen
        ),
        artifacts=model.artifacts,
        classes=model.classes,
        references=_references(model, there),
        spared=tuple(one.id for one in there.endpoints_of(model.id) if one.id not in chosen_ids),
        restricted_to=model.restricted_to,
        regulated=model.regulated,
    )
    told_to_all = [one for one in every if not is_marked(one, there)]
    others = [one for one in every if is_living(one) and one.id != retirement_id]
    # One that retires what has no name here meets it as well; its thread alone is told.
    hit = (*consumers, *impact.consumers)
    meets = met(subject, command.successor_id, hit, others, partial(stands_as, there))
    return Facts(
        observed_at=now,
        catalog_version=impact.catalog_version,
        policy=policy,
        subject=subject,
        taken=_taken(subject, others, there),
        meets=meets,
        unseen_meets=tuple(one.id for one in others if one.id in meets and is_marked(one, there)),
        alike=() if retirement_id else alike(subject, command.reason, consumers, told_to_all),
        successor_name=after.name,
        successor_from=after.first_day,
        guide=guide_of(model, known.find(command.successor_id)),
        successor_trouble=_told_to_all(model, command.successor_id, known) or after.trouble,
        impact=consumers,
        impact_notes=(
            *support.too_late(hosted_parts(there, model.id), command.target_on),
            *support.not_for_long(hosted_parts(there, command.successor_id)),
            *(
                ()
                if model.tier
                else (f"{model.name} has no tier in the catalog; the strictest notice applies",)
            ),
            *(Prose(prose=f"{found.name}: {note}") for found in consumers for note in found.owners.notes),
            *filter(None, [after.note]),
            *completeness.note(subject, policy),
        ),
        members=members(there, asked(policy, subject), owners.slack_ids),
        owners=owners.slack_ids,
        endpoint_owners=there.owners_now(endpoint.id for endpoint in chosen),
    )


def _references(model: Entity, there: Snapshot) -> tuple[Reference, ...]:
    """Of its versions, too: some sources tell of these only."""
    own = (model, *there.versions_of(model.id))
    return tuple(dict.fromkeys(found for one in own for found in one.references))


def _chosen(model: Entity, endpoint_ids: Sequence[str], snapshot: Snapshot) -> tuple[Entity, ...]:
    """The endpoints named, all of them when none is. An id the model does not have is refused."""
    there = {endpoint.id: endpoint for endpoint in snapshot.endpoints_of(model.id)}
    for endpoint_id in endpoint_ids:
        if endpoint_id not in there:
            raise NotFound(f"endpoint of {model.name}", endpoint_id, closest=tuple(there)[:5])
    return tuple(there[endpoint_id] for endpoint_id in endpoint_ids) or tuple(there.values())


def _taken(subject: Subject, others: Iterable[Retirement], there: Snapshot) -> dict[str, str]:
    """What of it cannot be proposed, and which of the others under way has it already."""
    wanted = set(map(there.id_of, reserved(subject)))
    return {
        there.id_of(taken): other.id
        for other in others
        if other.plan is not None
        for taken in reserved(other.plan.subject)
        if there.id_of(taken) in wanted
    }


def _told_to_all(model: Entity, successor_id: str, there: Snapshot) -> str:
    """Why a successor few may know of cannot be named in a plan that everybody reads; empty where that is not so."""
    after = there.find(successor_id) if successor_id and model.restricted_to is None else None
    if after is None or after.restricted_to is None:
        return ""
    return f"{after.name} is restricted and {model.name} is not, and everybody reads its plan: choose another one"
