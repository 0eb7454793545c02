"""Who may read an archive for a while, for all who may know; and the files, for one person alone."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from bot.ids import SLASH_COMMAND, Action
from bot.views import limits
from bot.views.blocks import (
    Payload,
    actions,
    button,
    context,
    link,
    mention,
    message,
    moment,
    quoted,
    safe,
    said,
    section,
)
from bot.views.card.steps import zone_of
from data.archive.results import StoredFile
from data.events.granting import ArchiveRead, OnGrants, ReadEnded, ReadGranted, ReadRevoked
from data.records.retirement import Retirement
from workflows.artifact_store import COLD_WAIT
from workflows.giving import Given
from workflows.rules.keeping.granting import in_force, links_live
from workflows.rules.restriction import is_restricted
from workflows.rules.wording import counted

LINK_MAX = 1_900
"""Six of them fit into a message, with what stands beside them; a longer one is told as such."""
PATH_MAX = 200


def line(event: OnGrants, retirement: Retirement) -> str:
    """The event in the card's thread."""
    by, zone = mention(event.by), zone_of(retirement)
    match event:
        case ReadGranted():
            proof = f", proved as {safe(event.proof, 200)}" if event.proof else ""
            until = moment(event.until, zone)
            return (
                f":key: {by} lets {mention(event.to)} read its archive until {until}{proof}{said(event.why)}"
            )
        case ReadRevoked():
            if event.by == event.to:
                return f":key: {by} gave back that they may read its archive{said(event.why)}"
            return f":key: {by} revoked that {mention(event.to)} may read its archive{said(event.why)}"
        case ReadEnded():
            return f":key: The time of {mention(event.to)} is over: they may not read its archive any more"
        case ArchiveRead():
            if event.links_until is None:
                return f":key: {by} asked for files of its archive, and was given no links"
            names = limits.joined([safe(one, PATH_MAX) for one in event.paths], 1_500, between=", ")
            files = counted(len(event.paths), "file")
            until = moment(event.links_until, zone)
            return f":key: {by} was given links to {files} of its archive, until {until}: {names}"
        case _:
            assert_never(event)


def begun(retirement: Retirement, event: ReadGranted) -> Payload:
    """To whoever may read it from now on."""
    until, live = moment(event.until, zone_of(retirement)), links_live(retirement.policy)
    text = (
        f":key: {mention(event.by)} lets you read the archive of {_called(retirement)} until *{until}*"
        f"{quoted(event.why)}\n`{SLASH_COMMAND} files {retirement.id}` gives you links to its files, to you alone; "
        f"each works for {live} at most. Which ones you get is on record, and shown in the thread of the retirement."
    )
    return message(text, [section(text), actions(_files(retirement, 1, "Files"))])


def over(retirement: Retirement, event: ReadEnded | ReadRevoked, to: str) -> Payload:
    """To whoever could read it, and to whoever let them."""
    what = f"the archive of {_called(retirement)}"
    whom = "You" if to == event.to else mention(event.to)
    if isinstance(event, ReadEnded):
        return message(f":key: {whom} may not read {what} any more: the time is over.")
    why = f"{mention(event.by)} revoked it{quoted(event.why)}"
    links = f" A link given before works for {links_live(retirement.policy)} at most."
    return message(f":key: {whom} may not read {what} any more: {why}.{links}")


def in_one_section(retirement: Retirement, now: datetime | None) -> list[str]:
    """Everybody who may read the archive now, until when, by whom and why; nothing where nobody may."""
    zone = zone_of(retirement)
    granted = (
        [one for one in retirement.grants if one.ended_at is None]
        if now is None
        else in_force(retirement, now)
    )
    rows = []
    for one in granted:
        used = (
            f"; asked for files {counted(one.used, 'time')}, last {moment(one.used_at, zone)}"
            if one.used_at
            else ""
        )
        rows.append(
            f":key: {mention(one.to)} may *read the archive* until {moment(one.until, zone)}, let by "
            f"{mention(one.by)}{quoted(one.why, 300)}{used}"
        )
    return [limits.joined(rows, limits.SECTION_MAX - 500)] if rows else []


def files(retirement: Retirement, given: Given) -> Payload:
    """One page of the files: the only place where a link to one ever stands."""
    zone = zone_of(retirement)
    head = f":key: *Archive of {retirement.id}*: you may read it until {moment(given.until, zone)}"
    if given.links_until is None:
        how = (
            "It lies in a directory of the machine that Emeritus runs on, so there are no links, and no record keeps "
            "anybody there from a file: its permissions do. Whoever operates it finds it at "
            f"`{safe(given.where, 1_000)}`, and `emeritus archive fetch {retirement.id} FOLDER` copies it with every "
            "digest checked."
        )
    else:
        how = (
            f"These links are over at {moment(given.links_until, zone)}. Whoever has one reads that file until then: "
            "pass none on."
        )
    if retirement.audit is not None and retirement.audit.trouble:
        how += (
            f"\n:boom: *The archive is damaged*: {safe(retirement.audit.trouble, 1_000)}\n"
            "Compare the SHA-256 of each file with the one that stands beside it."
        )
    rows = [section(_file(one, given)) for one in given.files]
    pages = f"Page {given.page} of {given.pages}, by name. That you asked is on record."
    onward = [actions(_files(retirement, given.page + 1, "Next page"))] if given.page < given.pages else []
    return message(head, [section(f"{head}\n{how}"), *rows, context(pages), *onward])


def _file(one: StoredFile, given: Given) -> str:
    name, size = safe(one.path, PATH_MAX), f"{counted(one.bytes, 'byte')}, `{safe(one.artifact_id, 80)}`"
    # As Slack wants addresses in text: docs.slack.dev/messaging/formatting-message-text, Escaping text.
    url = given.links.get(one.path, "").replace("&", "&amp;")
    if not url and given.links_until is None:
        return f"• {name}, {size}"
    if not url:
        return f"• {name}, {size}: asked back from cold storage, which takes {COLD_WAIT}; ask again then"
    if len(url) > LINK_MAX:
        return f"• {name}, {size}: its link is too long for Slack, have it fetched with the archive"
    return f"• {link(url, one.path)}, {size}"


def _files(retirement: Retirement, page: int, words: str) -> Payload:
    return button(words, Action.GRANT_FILES, f"{retirement.id}|{page}")


def _called(retirement: Retirement) -> str:
    """By its id alone where not everybody may know of the model: this goes to whoever may read its archive only."""
    plan = retirement.plan
    if plan is None or is_restricted(retirement):
        return f"*{retirement.id}*"
    return f"*{safe(plan.subject.model_name)}* ({retirement.id})"
