"""Would the archive have all that the policy asks of it? What its catalog names no artifact of is missing.

Weights have to be copied; of every other class a reference is enough. Lineage is never missing: Emeritus writes what
its own catalog has of it beside every archive (data/archive/knowledge.py).
"""

from __future__ import annotations

from data.records.artifacts import ArtifactClass, class_of
from data.records.plan import Subject
from data.records.policy import Policy
from data.records.retirement import Retirement
from data.records.waivers import ARCHIVE, Waiver
from workflows.rules.gating.gates import Gate
from workflows.rules.voting import weighing
from workflows.rules.wording import named

SNAPSHOT = "emeritus.dev/artifacts names one, dashboard=PATH"
ITS_OWN = frozenset((ArtifactClass.LINEAGE,))


def present(subject: Subject) -> frozenset[ArtifactClass]:
    """Of which classes the plan names something."""
    copied = {class_of(uri, subject.classes) for uri in subject.artifacts}
    told = {one.of for one in subject.references} - {ArtifactClass.WEIGHTS}
    return ITS_OWN | copied | told


def missing(subject: Subject, policy: Policy) -> tuple[ArtifactClass, ...]:
    """What the policy asks for at its tier and the plan names nothing of, whoever goes without it."""
    there = present(subject)
    return tuple(one for one in policy.archives(subject.tier) if one not in there)


def lacking(state: Retirement) -> tuple[ArtifactClass, ...]:
    """The same of a retirement, by the tier its model has by now as well."""
    assert state.plan is not None
    there = present(state.plan.subject)
    return tuple(one for one in weighing.archives(state) if one not in there)


def unexported(subject: Subject, policy: Policy) -> tuple[str, ...]:
    """Dashboards of which nothing was exported: where they were is all that anybody will have of them.

    A finding, and no gate: what a dashboard shows is not always to be had as a file. Which file is of which dashboard
    nobody says, so one of any is taken for those of all.
    """
    copied = {class_of(uri, subject.classes) for uri in subject.artifacts}
    if ArtifactClass.DASHBOARD in (*copied, *policy.archive_described):
        return ()
    dashboards = (one for one in subject.references if one.of is ArtifactClass.DASHBOARD)
    return tuple(dict.fromkeys(one.name or one.where for one in dashboards))


def waived(state: Retirement) -> dict[str, Waiver]:
    """Class -> who goes without it, and why."""
    return {one.what.removeprefix(ARCHIVE): one for one in state.waivers if one.what.startswith(ARCHIVE)}


def left(state: Retirement) -> tuple[ArtifactClass, ...]:
    """What is missing and nobody goes without."""
    if state.plan is None or state.policy is None:
        return ()
    without = waived(state)
    return tuple(one for one in lacking(state) if one not in without)


def gates(state: Retirement) -> list[Gate]:
    assert state.plan is not None
    those = left(state)
    if not those:
        return []
    names, subject = named([*those]), state.plan.subject
    remedy = (
        f"name them in the catalog, emeritus.dev/artifacts: {those[0]}=PATH, import, then press Edit plan on the card "
        f"for a new vote, or go without by name, /retire waive {state.id} {ARCHIVE}{those[0]} REASON"
    )
    why = (
        f"the catalog names no {names} of {subject.model_name}, and the policy wants that archived: {remedy}"
    )
    return [Gate(f"missing/{','.join(those)}", why)]


def note(subject: Subject, policy: Policy) -> tuple[str, ...]:
    """What people read of it before they vote."""
    said = []
    if those := missing(subject, policy):
        lacks = f"the catalog names no {named([*those])} of {subject.model_name}"
        said.append(f"{lacks}, and the policy wants that archived: the archive step will wait")
    if dashboards := unexported(subject, policy):
        lacks = f"the catalog names no exported snapshot of {_dashboards(dashboards)} of {subject.model_name}"
        said.append(f"{lacks}: its archive will only say where that was, until {SNAPSHOT}")
    return tuple(said)


def _dashboards(names: tuple[str, ...]) -> str:
    return f"the dashboard{'' if len(names) == 1 else 's'} {named([*names])}"
