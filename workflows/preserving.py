"""What stands beside the payload of a model's archive: labels, what the catalog knows, and what became of its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from data.archive import bom, crate, knowledge, premis
from data.archive.keeping import Keeping
from data.archive.package import Package
from data.archive.pieces import BUNDLE_FILE, GIT, pieces, references_of
from data.archive.results import SIGNATURE_FILE, Artifact, Bag, Sign, StoredFile, Wrapping
from data.catalog.snapshot import Snapshot
from data.records.archived import Kept
from data.records.artifacts import ArtifactClass
from data.records.retirement import Retirement
from data.records.waivers import ARCHIVE
from workflows.rules.gating import completeness
from workflows.rules.keeping import retention
from workflows.rules.keeping.retention import Term, locked_until
from workflows.rules.voting import weighing
from workflows.veiling import ids_without_names


def planned(state: Retirement) -> tuple[Artifact, ...]:
    """What the plan says to archive, under the policy it was voted on with."""
    assert state.plan is not None
    only_described = state.policy.archive_described if state.policy is not None else ()
    return pieces(state.plan.subject, only_described)


def keeping_of(state: Retirement, term: Term) -> Keeping:
    """How a store is to keep one class, as far as the record knows now."""
    if term.rule is None:
        return Keeping(held=bool(state.holds))
    return Keeping(until=locked_until(state, term), held=bool(state.holds), storage=term.rule.storage)


def locks(state: Retirement) -> dict[str, Keeping]:
    """The same for every class there may be, before anything is archived."""
    if state.policy is None or not state.policy.retention:
        return {"": Keeping(held=True)} if state.holds else {}
    kept = (Kept(of=of, files=0, bytes=0) for of in ArtifactClass)
    return {one.of: keeping_of(state, retention.term(state, one)) for one in kept}


def not_had(artifacts: Sequence[Artifact], stored: Sequence[StoredFile]) -> tuple[str, ...]:
    """Sources of commits whose repository could not be had (workflows/adapters/git_sources.py)."""
    there = {one.path for one in stored}
    commits = (one for one in artifacts if one.source.startswith(GIT))
    return tuple(one.source for one in commits if f"{one.path}/{BUNDLE_FILE}" not in there)


def wrapping(
    state: Retirement, there: Snapshot, now: Callable[[], datetime], sign: Sign | None = None
) -> Wrapping:
    """Restricted models have no names in it but where the model is restricted itself: whoever may read an archive

    may not know of them.
    """
    plan = state.plan
    assert plan is not None
    subject = plan.subject
    only_described = state.policy.archive_described if state.policy is not None else ()
    references = references_of(subject, only_described)

    def describe(bag: Bag) -> Mapping[str, bytes]:
        at = now()
        beside = knowledge.known(there, subject.model_id, ids_without_names(there, subject.model_id), at)
        package = Package(
            bag=bag,
            artifacts=planned(state),
            subject=replace(subject, references=references),
            retirement_id=state.id,
            plan_digest=plan.digest,
            at=at,
            beside=beside,
            measured=knowledge.measured(there, subject.model_id),
        )
        return {
            **beside,
            crate.CRATE_FILE: crate.crate(package),
            bom.BOM_FILE: bom.bom(package),
            premis.PREMIS_FILE: premis.premis(package),
            **({SIGNATURE_FILE: sign(bag, subject.model_id)} if sign else {}),
        }

    wanted = {ArtifactClass.WEIGHTS, *(weighing.archives(state) if state.policy else ())}
    info = {
        "Internal-Sender-Identifier": state.id,
        "Internal-Sender-Description": f"Retired model {subject.model_id}",
        "Emeritus-Plan-Digest": plan.digest,
    }
    return Wrapping(
        info=info,
        describe=describe,
        keeping=locks(state),
        without=frozenset(completeness.waived(state)),
        waive=f"/retire waive {state.id} {ARCHIVE}",
        required=wanted,
        retirement_id=state.id,
    )
