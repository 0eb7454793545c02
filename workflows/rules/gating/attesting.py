"""What has to be attested before a model is switched off, and is it, by a name that counts now?"""

from __future__ import annotations

import hashlib
from datetime import datetime

from msgspec.structs import replace

from data import events
from data.records.attestations import Attestation, Statement
from data.records.progress import Progress, StepKind
from data.records.retirement import Retirement
from workflows.rules.gating.gates import Gate
from workflows.rules.voting import weighing
from workflows.rules.wording import group_named, one_of

GATE = "attestation/"


def text_digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def required(state: Retirement) -> tuple[Attestation, ...]:
    """By the policy it was proposed under, in its order. An unknown tier needs all there are."""
    return weighing.attestations(state)


def statements(state: Retirement, name: str) -> tuple[Statement, ...]:
    """Under this attestation, the latest last."""
    return tuple(one for one in state.attested if one.name == name)


def stands(state: Retirement, wanted: Attestation, at: datetime) -> Statement | None:
    """The statement that counts then, if one does."""
    *_, latest = (None, *statements(state, wanted.name))
    if latest is None or at >= latest.expires_at or latest.text_digest != text_digest(wanted.text):
        return None
    return latest


def missing(state: Retirement, at: datetime) -> tuple[Attestation, ...]:
    """What nobody's name stands under then."""
    return tuple(one for one in required(state) if stands(state, one, at) is None)


def is_asked(state: Retirement) -> bool:
    """Are people asked for it now? From when the archive is proven until nothing serves any more."""
    is_over = state.progress(StepKind.DISABLE).progress is Progress.DONE
    return state.is_migrating and state.drilled_at is not None and not is_over


def gates(state: Retirement, now: datetime) -> list[Gate]:
    """What keeps it from being switched off: each says who may attest, and how."""
    return [Gate(f"{GATE}{one.name}", _why(state, one)) for one in missing(state, now)]


def _why(state: Retirement, wanted: Attestation) -> str:
    *_, latest = (None, *statements(state, wanted.name))
    how = f"{who(wanted)} may: /retire attest {state.id} {wanted.name} EVIDENCE"
    if latest is None:
        return f"nobody has attested {wanted.name}; {how}"
    return f"what was attested of {wanted.name} counted until {latest.expires_at:%Y-%m-%d}; {how}"


def who(wanted: Attestation) -> str:
    """Whose name it needs, in words: people are named where who asks can see them."""
    named = [f"role {role}" for role in wanted.roles]
    named += [
        "an owner of the model" if one == "model.owner" else f"a member of {group_named(one)}"
        for one in wanted.groups
    ]
    return one_of([*named, *(["whom the policy names"] if wanted.people else [])])


def after(state: Retirement, event: events.Attested) -> Retirement:
    """The retirement once somebody's name stands under it."""
    said = Statement(
        name=event.name,
        by=event.by,
        at=event.at,
        text_digest=event.text_digest,
        evidence=event.evidence,
        expires_at=event.expires_at,
    )
    return replace(state, attested=(*state.attested, said))
