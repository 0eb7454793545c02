"""Who answers for a model, why we think so, and what is missing: nobody is ever guessed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.views import limits
from bot.views.blocks import Payload, mentions, message, safe, section
from bot.views.graph.impact import short_id
from bot.views.proposing import provided
from data.records.catalog import Impacted, Responsible
from workflows.rules.wording import counted

NOBODY = "nobody who can be reached"
MENTIONS_MAX = 600  # characters of one line


class _Said(NamedTuple):
    """What is said of one thing, as it stands in the catalog: not ready for Slack."""

    what: str
    who: str
    missing: tuple[str, ...]
    why: tuple[str, ...] = ()


def _said(one: Responsible) -> _Said:
    thing, owners = one.thing, one.owners
    place = "/".join(thing.declared_in.split("/")[-2:]) or "its catalog"
    if not owners.team_id:
        return _Said(
            f"{one.part} {thing.name}", f"nobody, going by {place}", (*owners.notes, *one.doubts), one.why
        )
    bent = (thing.owner_note,) if thing.owner_note else ()
    who = f"{owners.team_name} ({short_id(owners.team_id)}), going by {place}"
    return _Said(f"{one.part} {thing.name}", who, (*bent, *owners.notes, *one.doubts), one.why)


def _ours(found: Sequence[Responsible]) -> list[Responsible]:
    """Without what a registry of providers tells of: that nobody here owns its words is no gap."""
    return [one for one in found if not (one.part == "version" and one.thing.support)]


def lines(found: Sequence[Responsible], consumers: Sequence[Impacted]) -> list[str]:
    """The model and what belongs to it, each with whoever answers for it; then who cannot be asked."""
    shown: list[str] = []
    for one in _ours(found):
        said = _said(one)
        shown.append(f"{said.what}: {said.who}: {', '.join(one.owners.slack_ids) or NOBODY}")
        shown += [f"  because {why}" for why in said.why]
        shown += [f"  note: {note}" for note in said.missing]
    head, unasked = _unasked(consumers)
    return [*shown, head, *(f"  {one}" for one in unasked)]


def answer(
    found: Sequence[Responsible],
    consumers: Sequence[Impacted],
    support: Sequence[str] = (),
    delegated: Sequence[str] = (),
) -> Payload:
    """The same, for the one person who asked in Slack: they see names, and nobody is notified.

    delegated   who answers for one of them now, a line each
    """
    model = found[0]
    team = model.owners.team_name or model.owners.team_id
    head = (
        f"*{safe(model.thing.name)}*: {f'{safe(team)} answers for it' if team else 'nobody answers for it'}"
    )
    rows: list[str] = []
    for one in _ours(found):
        said = _said(one)
        people = mentions(one.owners.slack_ids, at_most=None, limit=MENTIONS_MAX) or f"*{NOBODY}*"
        rows.append(f"• *{safe(said.what)}*: {safe(said.who, limits.PROSE_MAX)}: {people}")
        rows += [f"    because {safe(why, limits.PROSE_MAX)}" for why in said.why]
        rows += [f"    :grey_question: {safe(note, limits.PROSE_MAX)}" for note in said.missing]
    rows += [f":handshake: {one}" for one in delegated]
    told, unasked = _unasked(consumers)
    rows += [told, *(f"    • {safe(one, limits.PROSE_MAX)}" for one in unasked), *provided.lines(support)]
    rest = f"; `emeritus who {safe(model.thing.name)}` prints all"
    return message(head, [section(head), *map(section, limits.spread(rows, at_most=3, rest=rest))])


def _unasked(consumers: Sequence[Impacted]) -> tuple[str, list[str]]:
    """A sentence on the consumers, and a line for each that has nobody who can be asked."""
    without = [one for one in consumers if not one.owners.slack_ids]
    if not consumers:
        return "No known consumer", []
    if not without:
        return f"Somebody can be asked for each of {counted(len(consumers), 'consumer')}", []
    head = f"Nobody can be asked for {len(without):,} of {counted(len(consumers), 'consumer')}"
    return head, [f"{one.name}: {'; '.join(one.owners.notes) or 'no owner'}" for one in without]
