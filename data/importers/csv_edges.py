"""A CSV of edges, the way in for everything that has no format of its own: `from` depends on `to`.

What another source declares is meant by its id, an alias or its exact name; whatever nobody declares is a thing of
its own, as the CSV that was read last has it. A row with a day or a number of calls tells of calls that were seen;
one without states a dependency. A row that is not there any more takes nothing back: a list may be partial.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.catalog.called import BACKSTAGE_KINDS
from data.importers.csv_tables import Columns, Row
from data.importers.days import day_in
from data.importers.draft import Draft, why_not_named
from data.importers.known import Known
from data.importers.refs import Found, Missing, id_of, parse
from data.importers.report import Reading
from data.importers.sources import whole_files
from data.records.catalog import Entity, Group, Kind, Person, Sighting

NEEDED = ("from", "to")
OPTIONAL = ("type", "from_kind", "to_kind", "from_owner", "to_owner", "last_seen", "calls_per_day")
FORMAT = Columns(NEEDED, OPTIONAL).format("CSV of edges")
CSV = "csv:"
"""What ids begin with that stand for a name."""
CALLS_MAX = 10**12
"""Ten million a second: with more, sums would be no numbers any more."""
KINDS = {
    **{str(kind): kind for kind in Kind if kind is not Kind.VERSION},
    "deployment": Kind.ENDPOINT,
    "service": Kind.CONSUMER,
    "job": Kind.PIPELINE,
}


@dataclass(slots=True)
class _Name:
    """A name as it stands in all rows: how it is written first, on which side, and what is said of it."""

    text: str
    where: str
    path: Path
    is_dependent: bool = False
    kinds: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)

    @property
    def owner(self) -> str:
        return self.owners[0] if self.owners else ""


def read_csv(paths: Sequence[Path], *, known: Iterable[Entity | Group | Person] = ()) -> Reading:
    """Read files, and directories for *.csv, as one source. `known` is what other sources declared.

    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    files = whole_files(paths, FORMAT)
    known = tuple(known)
    draft = Draft(Known(known))
    rows = [(row, f"{file.shown}:{row.line}", file.path) for file in files for row in file.content]
    draft.read(len(files))
    kept = [placed for placed in rows if _is_edge(*placed[:2], draft)]
    ids = _things(kept, {one.id: one for one in known if isinstance(one, Entity)}, draft)
    for row, where, path in kept:
        _add(row, where, path, ids, draft)
    return draft.reading(files, paths)


def _is_edge(row: Row, where: str, draft: Draft) -> bool:
    """Whether both ends can be told; nothing is declared for the sake of a row that is skipped."""
    what = _what(row)
    why = "; ".join(filter(None, (_why_no_end(row, side) for side in NEEDED)))
    if not why and row["from"].casefold() == row["to"].casefold():
        why = "depends on itself"
    if why:
        draft.skip_edge(where, what, why)
    return not why


def _why_no_end(row: Row, side: str) -> str:
    return why_not_named(row[side]) if row[side] else f"{side} is empty"


def _things(
    rows: Sequence[tuple[Row, str, Path]], known: Mapping[str, Entity], draft: Draft
) -> dict[str, str]:
    """Each name, by how it is written without case -> its id: of what has it as its id, or of what stands for the name.
    What that is now is told, and asked of the catalog whenever somebody looks (data/catalog/joins.py)."""
    names: dict[str, _Name] = {}
    for row, where, path in rows:
        for side in NEEDED:
            name = names.setdefault(row[side].casefold(), _Name(row[side], where, path))
            name.is_dependent |= side == "from"
            name.kinds += [kind] if (kind := row[f"{side}_kind"].lower()) else []
            name.owners += [owner] if (owner := row[f"{side}_owner"]) else []
    ids: dict[str, str] = {}
    for folded, name in names.items():
        found = draft.known.find(name.text)
        is_it = isinstance(found, Found) and found.id in (_own(name.text), folded)
        ids[folded] = found.id if isinstance(found, Found) and is_it else _declared(name, found, draft)
        before = known.get(found.id) if isinstance(found, Found) else None
        is_named_here = before is not None and (before.id.startswith(CSV) or before.is_kind_guessed)
        if before is not None and not (is_it and is_named_here):
            _tell_unused(name, before, draft, is_it=is_it)
            continue
        _tell_other_owners(name, draft)
        if before is not None:
            _described_anew(name, before, draft)
    return ids


def _tell_other_owners(name: _Name, draft: Draft) -> None:
    owners = list(dict.fromkeys(name.owners))
    if len({draft.known.owner(one) for one in owners}) > 1:
        draft.note(name.where, name.text, f"owned by {' and '.join(owners)}; the first counts")


def _described_anew(name: _Name, before: Entity, draft: Draft) -> None:
    """What another CSV told of is as this one has it, where this one says otherwise; what it leaves out stays."""
    kinds = _kinds(name, draft)
    kind = kinds[0] if kinds else before.kind
    # Who was said to own a thing of one kind was not said to own one of another.
    told = before.owners_told if kind is before.kind else ()
    why_not = draft.known.owner(name.owner)[1] if name.owner else ""
    if why_not:
        draft.note(name.where, name.text, f"{why_not}. What was read before stays until there is one")
    owners = tuple(dict.fromkeys((*name.owners[:1], *(told if why_not or not name.owner else ()))))
    is_stated = bool(kinds) and before.is_kind_guessed
    if is_stated or kind is not before.kind or _meant(owners, draft) != _meant(told, draft) or why_not:
        owner = next((one for one in owners if draft.known.owner(one)[0]), "")
        is_guessed = before.is_kind_guessed and not kinds
        entity = Entity(
            id=before.id, kind=kind, name=before.name, declared_in=name.where, is_kind_guessed=is_guessed
        )
        draft.declare(entity, name.path, owner=owner, owners=owners)


def _meant(owners: Iterable[str], draft: Draft) -> str:
    """The first of them who is there."""
    return next(filter(None, (draft.known.owner(one)[0] for one in owners)), "")


def _tell_unused(name: _Name, described: Entity, draft: Draft, *, is_it: bool) -> None:
    """Another source describes it: what is said otherwise here is said in vain. But an owner that is told of by a name
    counts where that source says none; by its id nothing is told here."""
    vain = [f'kind "{one}"' for one in dict.fromkeys(name.kinds) if KINDS.get(one) is not described.kind]
    owners = {draft.known.owner(one)[0]: one for one in name.owners} if is_it else {}
    vain += [f'owner "{text}"' for one, text in owners.items() if not one or one != described.owner_id]
    if vain:
        draft.note(
            name.where, name.text, f"{' and '.join(vain)} not used: {described.id} is described elsewhere"
        )


def _own(text: str) -> str:
    """The id that a name has here: one of Backstage's is written out, any other stands for what is called so."""
    ref = parse(text)
    is_ref = ref is not None and ref.kind.lower() in BACKSTAGE_KINDS
    return id_of(ref.kind, ref.namespace, ref.name) if ref and is_ref else f"{CSV}{text.casefold()}"


def _declared(name: _Name, found: Found | Missing | None, draft: Draft) -> str:
    own = _own(name.text)
    ref = None if own.startswith(CSV) else parse(name.text)
    if isinstance(found, Missing):
        draft.note(name.where, f'"{name.text}"', f"{found.why}; kept as one of its own")
    elif found is not None:
        draft.joined(found, where=name.where, what=f'"{name.text}"')
    entity = Entity(
        id=own,
        kind=_kind(name, found, draft),
        name=ref.name if ref else name.text,
        declared_in=name.where,
        is_kind_guessed=ref is not None and not any(one in KINDS for one in name.kinds),
    )
    draft.declare(entity, name.path, owner=name.owner)
    return own


def _kind(name: _Name, found: Found | Missing | None, draft: Draft) -> Kind:
    """As stated first. Who depends on something is a consumer, and what only others depend on a model."""
    kind = Kind.CONSUMER if name.is_dependent else Kind.MODEL
    if isinstance(found, Found):  # which says what it is; what is told otherwise here is told as that
        return next((KINDS[one] for one in name.kinds if one in KINDS), kind)
    kinds = _kinds(name, draft)
    if not kinds and found is None:
        draft.note(
            name.where, name.text, f"no kind given, and no other source declares it; taken as a {kind}"
        )
    return kinds[0] if kinds else kind


def _kinds(name: _Name, draft: Draft) -> list[Kind]:
    """All that are stated; what is none, and that there are several, is told."""
    stated = list(dict.fromkeys(name.kinds))
    kinds: list[Kind] = list(dict.fromkeys(KINDS[kind] for kind in stated if kind in KINDS))
    for strange in [kind for kind in stated if kind not in KINDS]:
        draft.note(name.where, f'kind "{strange}" of {name.text}', f"not one of {', '.join(KINDS)}; ignored")
    if len(kinds) > 1:
        draft.note(name.where, name.text, f"called {' and '.join(kinds)}; the first counts")
    return kinds


def _add(row: Row, where: str, path: Path, ids: dict[str, str], draft: Draft) -> None:
    what = _what(row)
    from_id, to_id = (ids[row[side].casefold()] for side in NEEDED)
    seen_on = _day(row["last_seen"], where, what, draft)
    calls = _calls(row["calls_per_day"], where, what, draft)
    sighting = Sighting(
        from_id=from_id,
        to_id=to_id,
        seen_in=where,
        first_seen=seen_on,
        last_seen=seen_on,
        calls_per_day=calls,
    )
    tells_calls = bool(seen_on) or calls is not None
    origin = row["type"].lower()
    if origin == "observed" or (origin != "declared" and tells_calls):
        draft.seen(sighting, what=what)
        return
    by = f"csv:{path}"
    draft.depends(from_id, to_id, where=where, what=what, by=by, calls=sighting if tells_calls else None)


def _what(row: Row) -> str:
    return f"{row['from'] or '(nobody)'} -> {row['to'] or '(nothing)'}"


def _day(text: str, where: str, what: str, draft: Draft) -> str:
    """An ISO day, or the day of an ISO instant; empty for anything else, and told."""
    if not text:
        return ""
    try:
        return day_in(text)
    except ValueError:
        draft.note(where, what, f'last_seen "{text[:40]}" is no day like 2026-03-02; kept without one')
        return ""


def _calls(text: str, where: str, what: str, draft: Draft) -> float | None:
    if not text:
        return None
    try:
        calls = float(text)
    except ValueError:
        calls = math.nan
    if not 0 <= calls <= CALLS_MAX:
        accepted = f"is no number from 0 to {CALLS_MAX:,}; kept as unknown"
        draft.note(where, what, f'calls_per_day "{text[:40]}" {accepted}')
        return None
    return calls
