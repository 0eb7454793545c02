"""What of an archive goes for good: one person asks, another types the model's name; nothing goes before its day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from data import events
from data.errors import NotFound, Refused
from data.records.decision import Effect, EffectKind
from data.records.facts import Facts
from data.records.keeping import Prune
from data.records.retirement import Retirement, State
from workflows.commands import AskPrune, ConfirmPrune, DropPrune, RecordPruned
from workflows.decisions.decided import RetirementDecision, decided, folded, nothing
from workflows.rules.keeping import pruning
from workflows.rules.keeping.retention import Term
from workflows.rules.lifecycle import ENDED
from workflows.rules.permissions import check
from workflows.rules.voting.barring import check_is_colleague
from workflows.rules.voting.proving import check_proof
from workflows.rules.voting.two_people import check_apart, check_named
from workflows.rules.wording import counted, named, typed


def ask(state: Retirement, command: AskPrune, facts: Facts, now: datetime) -> RetirementDecision:
    """The thread asks a second person; nothing is removed yet."""
    check("ask prune", command.by, state, facts, doing="ask to prune")
    check_is_colleague(facts, "What you ask to prune")
    if state.state not in ENDED or state.state is State.PRUNED:
        raise Refused(
            f"Nothing of {state.id} can be pruned: it is {state.state}",
            reasons=["something goes only of what has ended, and is not all gone"],
            next_step=f"See where it stands: /retire show {state.id}",
        )
    if state.prune is not None:
        raise Refused(
            f"{named(state.prune.classes)} of {state.id} are to be pruned already",
            reasons=[f"<@{state.prune.asked_by}> asked for it on {state.prune.asked_at:%Y-%m-%d}"],
            next_step="Confirm that in the thread, or take it back there",
        )
    meant = _meant(state, command.what, now)
    if facts.kept_with:
        raise Refused(
            f"Nothing of {state.id} may go yet",
            reasons=list(facts.kept_with.values()),
            next_step=f"/retire retention {next(iter(facts.kept_with))} says what is kept until when",
        )
    event = events.PruneAsked(
        at=now,
        by=command.by,
        classes=tuple(term.kept.of for term in meant),
        rules={term.kept.of: term.rule.id for term in meant if term.rule},
        why=command.why,
        entitled=pruning.entitled(state, facts),
        overrides={term.kept.of: said for term in meant if (said := pruning.overridden(state, term, now))},
    )
    reply = f"{_amount(meant)} of {state.id} go once somebody else confirms it."
    against = [f"{of}: {said}" for of, said in event.overrides.items()]
    stays = [
        f"{term.kept.of} stays: {why}"
        for term in pruning.left(state)
        if command.what == pruning.EVERYTHING and (why := _by_name(state, term, now))
    ]
    return decided(state, event, reply=" ".join([reply, *(f"{one}." for one in (*against, *stays))]))


def confirm(state: Retirement, command: ConfirmPrune, facts: Facts, now: datetime) -> RetirementDecision:
    """By the second person, who types the model's name. What keeps it is looked at once more."""
    check("confirm prune", command.by, state, facts, doing="confirm what is to be pruned of")
    asked = _asked(state, command.number)
    if asked.confirmed_by:
        return nothing(f"<@{asked.confirmed_by}> confirmed it already.")
    if command.by == asked.asked_by:
        raise Refused(
            "It takes two people, and you asked for it",
            next_step=f"Ask a second one; /retire show {state.id} names the coordinator and owners",
        )
    third = f"Ask a third one; /retire show {state.id} names the coordinator and owners"
    if command.by not in pruning.entitled(state, facts):
        raise Refused(
            "It takes two people who decide for themselves",
            reasons=["a delegate is none of them"],
            next_step=third,
        )
    check_apart(command.by, [asked.asked_by], facts.delegations, did="asked for", next_step=third)
    check_named(state, command.model, does="retired")
    check_is_colleague(facts, "What you confirm")
    if asked.asked_by not in pruning.entitled(state, facts) or asked.asked_by in facts.no_colleagues:
        return _dropped(
            state, asked, f"<@{asked.asked_by}>, who asked for it, has no say in it any more", now
        )
    if kept := _kept(state, asked, now, facts.kept_with):
        return _dropped(state, asked, kept, now)
    event = events.PruneConfirmed(
        at=now,
        by=command.by,
        number=asked.number,
        entitled=pruning.entitled(state, facts),
        proof=check_proof(facts),
    )
    effect = Effect(
        key=f"{state.id}/prune/{asked.number}", kind=EffectKind.PRUNE, body={"number": str(asked.number)}
    )
    return decided(state, event, effects=(effect,), reply=f"{named(asked.classes)} of {state.id} go now.")


def drop(state: Retirement, command: DropPrune, facts: Facts, now: datetime) -> RetirementDecision:
    """Whoever could confirm it may take it back, as long as nobody has confirmed."""
    check("drop prune", command.by, state, facts, doing="take back what is to be pruned of")
    asked = _asked(state, command.number)
    if asked.confirmed_by:
        raise Refused(
            f"It was confirmed by <@{asked.confirmed_by}>, and goes now",
            next_step=f"A legal hold keeps what is left: /retire hold {state.id} REASON",
        )
    event = events.PruneDropped(at=now, by=command.by, number=asked.number)
    return decided(state, event, reply=f"Nothing of {state.id} goes.")


def record(state: Retirement, command: RecordPruned, facts: Facts, now: datetime) -> RetirementDecision:
    """What went is on the record class by class; with the last class the whole archive has.

    A retirement that was called off is no more than that, whatever is left of its archive: its model serves.
    """
    check("record pruned", command.by, state, facts)
    if state.prune is None or state.prune.number != command.number:
        return nothing()
    happened: list[events.RetirementEvent] = [
        events.ClassPruned(
            at=now, by=command.by, number=command.number, of=of, files=files, bytes=size, tombstone=tombstone
        )
        for of, (files, size, tombstone) in command.gone.items()
    ]
    after = folded(state, happened)
    if command.trouble and after.prune is not None:
        happened.append(
            events.PruneDropped(at=now, by=command.by, number=command.number, because=command.trouble)
        )
    if not pruning.left(after) and state.state is State.ARCHIVED:
        happened.append(events.ArchivePruned(at=now, by=command.by))
    return decided(state, *happened)


def still_kept(state: Retirement, every: Iterable[Retirement], now: datetime) -> str:
    """Why what was confirmed may not go after all, at the moment it is to; empty where it may."""
    if state.prune is None:
        return "nobody asks for it any more"
    return _kept(state, state.prune, now, pruning.kept_with(state, every, now))


def _dropped(state: Retirement, asked: Prune, because: str, now: datetime) -> RetirementDecision:
    event = events.PruneDropped(at=now, by=events.EMERITUS, number=asked.number, because=because)
    return decided(state, event, reply=f"Nothing of {state.id} goes: {because}.")


def _asked(state: Retirement, number: int) -> Prune:
    if state.prune is None or state.prune.number != number:
        raise Refused(
            f"That is not asked any more of {state.id}",
            next_step=f"See where it stands: /retire show {state.id}",
        )
    return state.prune


def _kept(state: Retirement, asked: Prune, now: datetime, others: Mapping[str, str]) -> str:
    found = [
        f"{term.kept.of}: {why}"
        for term in pruning.left(state)
        if term.kept.of in asked.classes and (why := pruning.kept_because(state, term, now))
    ]
    return "; ".join([*found, *others.values()])


def _meant(state: Retirement, what: str, now: datetime) -> Sequence[Term]:
    """The classes that are meant, all of which may go. Raises `Refused` with what keeps each.

    What a regulation still keeps goes by its own name only: nobody lets it go by the way.
    """
    there = pruning.left(state)
    kept = {term.kept.of: pruning.kept_because(state, term, now) for term in there}
    if what == pruning.EVERYTHING:
        kept |= {term.kept.of: kept[term.kept.of] or _by_name(state, term, now) for term in there}
    if what == pruning.EVERYTHING and not all(kept.values()):
        return [term for term in there if not kept[term.kept.of]]
    chosen = [term for term in there if what in (term.kept.of, pruning.EVERYTHING)]
    if not chosen:
        if gone := [one for one in state.pruned if what in (one.of, pruning.EVERYTHING)]:
            raise Refused(
                f"{what} of {state.id} is gone since {gone[-1].at:%Y-%m-%d}",
                next_step=f"/retire retention {state.id} has its tombstone",
            )
        raise NotFound("class of artifacts", what, closest=list(kept))
    if why := [f"{term.kept.of}: {kept[term.kept.of]}" for term in chosen if kept[term.kept.of]]:
        what_stays = f"Nothing of {state.id}" if what == pruning.EVERYTHING else f"Nothing of {what}"
        raise Refused(
            f"{what_stays} may go yet",
            reasons=why,
            next_step=f"/retire retention {state.id} says what is kept until when",
        )
    return chosen


def _by_name(state: Retirement, term: Term, now: datetime) -> str:
    """Why "all" does not mean it; empty where it does."""
    overridden = pruning.overridden(state, term, now)
    return (
        f"{overridden}: /retire prune {state.id} {typed(term.kept.of)} REASON decides that"
        if overridden
        else ""
    )


def _amount(meant: Sequence[Term]) -> str:
    files = sum(term.kept.files for term in meant)
    return f"{named([term.kept.of for term in meant])} ({counted(files, 'file')})"
