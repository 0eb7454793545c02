"""What of an archive is to go for good: the request in the thread, the form that takes the name, and its end."""

from __future__ import annotations

from bot.ids import SLASH_COMMAND, Action, Callback
from bot.views import blocks, limits
from bot.views.blocks import Payload, actions, button, mention, modal, quoted, safe, said, section
from bot.views.card.proposal import name_of
from data import events
from data.records.keeping import Prune
from data.records.retirement import Retirement
from workflows.rules.keeping import pruning
from workflows.rules.keeping.retention import terms
from workflows.rules.wording import counted, named

Event = (
    events.PruneAsked
    | events.PruneConfirmed
    | events.PruneDropped
    | events.ClassPruned
    | events.ArchivePruned
)


def line(event: Event) -> str:
    """The event in the card's thread."""
    by = mention(event.by)
    match event:
        case events.PruneAsked():
            rules = ", ".join(dict.fromkeys(event.rules.values()))
            what = f":headstone: {by} asks that {_bold(event.classes)} of its archive goes for good ({safe(rules)})"
            against = [f":warning: {safe(of)}: {safe(why, 500)}" for of, why in event.overrides.items()]
            return limits.joined([f"{what}{said(event.why)}", *against], limits.SECTION_MAX)
        case events.PruneConfirmed():
            proof = f", proved as {safe(event.proof, 200)}" if event.proof else ""
            return f":headstone: {by} confirms by its name that it goes{proof}"
        case events.PruneDropped():
            if event.because:
                return f":headstone: Nothing goes: {safe(event.because, 1_000)}"
            return f":headstone: {by} took it back: nothing goes"
        case events.ClassPruned():
            what = f"*{safe(event.of)}*, {counted(event.files, 'file')}, {counted(event.bytes, 'byte')}"
            return f":headstone: Gone from the archive: {what}; its tombstone is `{safe(event.tombstone)}`"
        case events.ArchivePruned():
            return ":headstone: *Pruned*: nothing is left of its archive but the manifest and the tombstones"


def request(retirement: Retirement, number: int) -> Payload:
    """Asked for with its buttons until a second person confirms it, or it is taken back."""
    name = safe(name_of(retirement))
    asked = retirement.prune
    if (asked is None or asked.number != number) and (gone := _gone(retirement, number)):
        return blocks.message(f":headstone: {_bold(gone)} of the archive of *{name}*: gone for good.")
    if asked is None or asked.number != number:
        return blocks.message(f":headstone: Not asked any more: what was to be pruned of *{name}*.")
    if asked.confirmed_by:
        both = f"{mention(asked.asked_by)} and {mention(asked.confirmed_by)}"
        return blocks.message(f":headstone: {_bold(asked.classes)} of *{name}*: {both} let it go.")
    text = (
        f":headstone: {mention(asked.asked_by)} asks that {_bold(asked.classes)} of the archive of *{name}* goes for "
        f"good{quoted(asked.why)}\n{_amount(retirement, asked)} Nobody brings it back: a "
        f"*second person* types its model's name, or takes it back. `{SLASH_COMMAND} retention {retirement.id}` has "
        f"the rules."
    )
    value = f"{retirement.id}|{number}"
    return blocks.message(
        text,
        [
            section(text),
            *_against(retirement, asked),
            actions(
                button("Confirm", Action.PRUNE_CONFIRM, value, style="danger"),
                button("Keep it", Action.PRUNE_DROP, value),
            ),
        ],
    )


def to_confirm(retirement: Retirement, asked: Prune) -> list[Payload]:
    """The same on the Home of somebody who may be the second."""
    request_of = request(retirement, asked.number)["blocks"]
    return [section(f"*{retirement.id}* {request_of[0]['text']['text']}"), *request_of[1:]]


def form(retirement: Retirement, number: int) -> Payload:
    """`private_metadata`: retirement, number."""
    name = name_of(retirement)
    asked = retirement.prune
    classes = asked.classes if asked else ()
    text = f"{_bold(classes)} of the archive of *{safe(name)}* goes for good, and nobody brings it back."
    against = _against(retirement, asked) if asked else []
    return modal(
        "Prune",
        Callback.PRUNE_CONFIRM,
        [section(text), *against, blocks.name_field("Type its model's name", Action.PRUNE_NAME, name)],
        metadata={"retirement": retirement.id, "number": str(number)},
        submit="Confirm",
    )


def _gone(retirement: Retirement, number: int) -> tuple[str, ...]:
    """What went by this request."""
    return tuple(one.of for one in retirement.pruned if one.number == number)


def _against(retirement: Retirement, asked: Prune) -> list[Payload]:
    """Each minimum that would not be waited for."""
    rows = [
        f":warning: *{safe(term.kept.of)}*: {safe(said, 500)}"
        for term in terms(retirement)
        if term.kept.of in asked.classes and (said := pruning.overridden(retirement, term, asked.asked_at))
    ]
    return [section(limits.joined(rows, limits.SECTION_MAX))] if rows else []


def _amount(retirement: Retirement, asked: Prune) -> str:
    meant = [term.kept for term in terms(retirement) if term.kept.of in asked.classes]
    files = counted(sum(one.files for one in meant), "file")
    return f"That is {files}, {counted(sum(one.bytes for one in meant), 'byte')}."


def _bold(classes: tuple[str, ...]) -> str:
    return f"*{safe(named(classes), 300)}*"
