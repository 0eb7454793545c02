"""What people wrote in an entry of the record goes for good, and Slack shows it no more where it can be drawn anew.

Proofs hold: what is hashed is a salted commitment. What left the record before stays where it is: bundles, backups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from data.catalog.snapshot import Snapshot
from data.errors import Invalid, Problem, Refused
from data.events import EMERITUS, Erased, Reviewed
from data.records.base import Record
from data.records.decision import Effect, EffectKind, Outcome
from data.records.facts import Facts
from data.records.retirement import Retirement
from data.sql.record import SqlStore
from data.store import Kept, StoredEvent
from workflows.commands import Erase, encoded
from workflows.decisions import digests
from workflows.decisions.erasing import check_entry, check_holds
from workflows.effects import answering
from workflows.rules.telling import messages
from workflows.written import words

SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,}")
BECAUSE_MAX = 200
FILES = frozenset({"ahead", "audit", "dependants", "digest chart", "picture"})
"""Notices that are files, which nothing draws anew. Of these a bundle alone has what people wrote."""
FIXED = (
    "ids, names of things as catalogs had them, and of callers as logs had them, are hashed as they stand "
    "and cannot be erased"
)


class Erasure(Record, frozen=True, kw_only=True):
    """What is gone, and what is left to do by hand.

    redrawn   messages in Slack that are edited
    bundles   files with the words in them that stay in threads
    digests   of the governance channel that may quote it: what they told of their week is not told anew
    """

    texts: int
    redrawn: int
    bundles: int
    digests: int


def erase(
    store: SqlStore,
    state: Retirement,
    entry: int,
    *,
    by: str,
    because: str,
    there: Snapshot,
    now: datetime,
    in_spite_of: tuple[int, ...] = (),
    containing: str = "",
) -> Erasure:
    """Safe to repeat until it is done. Raises `NotFound` for no such entry, `Refused` where nobody wrote anything.

    there         the catalog: who answers for it is known to it, or to the record
    in_spite_of   the numbers of legal holds that are on it
    containing    only the words in which this stands, however it is capitalized; empty for all
    """
    entries = store.events(state.id)
    check_answers(by, because, is_known=_is_known(by, entries, there))
    check_entry(state, entry)
    check_holds(state, in_spite_of)
    stored = entries[entry - 1]
    there_is = words(store, state.id).get(entry, ())
    texts = _with(containing, there_is) if containing else _to_erase(there_is, entries, entry)
    if not texts:
        about = f' that has "{containing}" in it' if containing else ""
        raise Refused(
            f"Nobody wrote anything in entry {entry} of {state.id}{about}, or it is erased already",
            reasons=[FIXED],
            next_step=f"emeritus erase {state.id} lists what people wrote, by entry",
        )
    command = encoded(
        Erase(by=EMERITUS, answers=by, entry=entry, texts=texts, because=because, in_spite_of=in_spite_of)
    )
    receipt = store.transact(
        f"erase/{state.id}/{entry}/{state.version}", state.id, command, Facts(observed_at=now), now
    )
    if receipt.outcome is Outcome.REFUSED:
        raise Refused(receipt.reply, next_step=f"Run emeritus list --all to see how {state.id} stands")
    store.erase(state.id, entry, containing)
    shown = store.kept(f"{state.id}/")
    others = {answering.STREAM: [*_answers(store, state.id, stored.event.at)]}
    quoting = 0
    if isinstance(stored.event, Reviewed):
        others |= _quoted_elsewhere(store, state.id)
        told = _posted_since(store, f"{digests.STREAM}/", stored.event.at)
        quoting = sum("review" in one.effect.body and one.effect.body["notice"] == "digest" for one in told)
    edits = {state.id: [*_drawn_anew(shown)], **others}
    for stream, of_stream in edits.items():
        store.want(stream, of_stream, now)
    return Erasure(
        texts=texts,
        redrawn=sum(map(len, edits.values())),
        bundles=sum(one.is_done and one.effect.body.get("notice") == "audit" for one in shown),
        digests=quoting,
    )


def _answers(store: SqlStore, retirement_id: str, since: datetime) -> Iterator[Effect]:
    """Answers may be about much else, as it was then: they are not given anew, and say that they are gone."""
    for one in _posted_since(store, f"{answering.NOTICE}/", since):
        told = one.found.get(answering.TELLS)
        if told is None or retirement_id in told.split():
            yield messages.edit(one.effect.key, answering.GONE, channel=one.found["channel"])


def _quoted_elsewhere(store: SqlStore, retirement_id: str) -> dict[str, list[Effect]]:
    """What people learned of a retirement is told in the threads of others, and where the policy is to be reviewed."""
    told = {
        stream: [
            one for one in store.kept(f"{stream}/lesson/") if one.effect.body.get("other") == retirement_id
        ]
        for stream in store.streams("RET-")
    }
    told[digests.STREAM] = [*store.kept("policy/review/")]
    return {stream: edits for stream, shown in told.items() if (edits := [*_drawn_anew(shown)])}


def _posted_since(store: SqlStore, prefix: str, since: datetime) -> Iterator[Kept]:
    """What was in Slack before it was written cannot quote it."""
    for one in store.kept(prefix):
        if one.effect.kind is EffectKind.POST and "ts" in one.found and one.turn_at >= since:
            yield one


def _with(containing: str, texts: Sequence[str | None]) -> int:
    sought = containing.casefold()
    return sum(text is not None and sought in text.casefold() for text in texts)


def _to_erase(texts: Sequence[str | None], entries: Sequence[StoredEvent], entry: int) -> int:
    """How many texts it has, with those that are gone though no entry says so."""
    told = sum(
        one.event.texts for one in entries if isinstance(one.event, Erased) and one.event.entry == entry
    )
    return max(sum(text is not None for text in texts), len(texts) - told)


def _is_known(by: str, entries: Iterable[StoredEvent], there: Snapshot) -> bool:
    return there.person_by_slack(by) is not None or any(by == one.event.by for one in entries)


def check_answers(by: str, because: str, *, is_known: bool = True) -> None:
    """Whoever does what only a shell can, says in whose name and why. Raises `Invalid`."""
    found = []
    if not SLACK_ID.fullmatch(by) or not is_known:
        accepted = "the Slack id of a person in the catalog, or on the record of this retirement"
        found.append(Problem(field="by", value=by, accepted=accepted))
    if not because.strip() or len(because) > BECAUSE_MAX:
        accepted = f"1 to {BECAUSE_MAX} characters that name nobody, such as the number of a request"
        found.append(Problem(field="because", value="", accepted=accepted))
    if found:
        raise Invalid(found)


def _drawn_anew(shown: Sequence[Kept]) -> Iterator[Effect]:
    """An edit of every message, as it was drawn last. Lines that were told in one message are edited as one."""
    edited = {one.effect.key: one.effect for one in shown if one.effect.kind is EffectKind.EDIT}
    together: dict[str, list[Effect]] = {}
    for one in shown:
        body = one.effect.body
        if one.effect.kind is not EffectKind.POST or body["notice"] in FILES or "ts" not in one.found:
            continue
        if body["notice"] == "lines":
            together.setdefault(one.found["ts"], []).append(one.effect)
        else:
            yield edited.get(f"{one.effect.key}/edit") or _edit(one.effect)
    for lines in together.values():
        lines.sort(key=lambda effect: int(effect.body["first"]))
        yield _edit(lines[0], last=max((line.body["last"] for line in lines), key=int))


def _edit(posted: Effect, **changed: str) -> Effect:
    drawn = messages.edit(posted.key, posted.body["notice"])
    return replace(drawn, body={**posted.body, **drawn.body, **changed})
