"""A CSV that says who has which Slack account, for people whose catalog does not: `who,slack_id`.

It may also say in which `country` they have holidays, and when they are on leave: `away_from` and `away_until`.

`who` is an e-mail address, or the id by which a catalog declares somebody. An account is a person of its own kind,
`account:WHO`: the catalog's person stays as it is, and is reached by it (data/catalog/directory.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from data.importers.csv_tables import Columns, Row
from data.importers.draft import Draft
from data.importers.known import Known
from data.importers.report import Reading
from data.importers.slack_ids import USER_ID
from data.importers.sources import whole_files
from data.public_holidays import ACCEPTED, is_known
from data.records.catalog import ACCOUNT, Entity, Group, Person

FORMAT = Columns(("who", "slack_id"), ("country", "away_from", "away_until")).format("CSV of Slack accounts")
WHO_MAX = 254  # as long as an e-mail address may be: RFC 5321


def read_accounts(
    paths: Sequence[Path],
    *,
    known: Iterable[Entity | Group | Person] = (),
    taken: Mapping[str, str] | None = None,
) -> Reading:
    """Read files, and directories for *.csv, as one source.

    taken   Slack id -> who has it by another source

    Raises `Invalid` naming file and line; then nothing counts as read.
    """
    files = whole_files(paths, FORMAT)
    # What lists told before is what this one tells anew: only catalogs count before it.
    people = {one.id: one for one in known if isinstance(one, Person) and not one.id.startswith(ACCOUNT)}
    draft = Draft(Known())
    told: dict[str, str] = {}
    holders: dict[str, str] = {}
    for file in files:
        for row in file.content:
            draft.read()
            where, who = f"{file.shown}:{row.line}", row["who"].casefold()
            if why := _why_not(row, told, holders):
                draft.skip(where, row["who"] or "(nobody)", why)
                continue
            told[who], holders[row["slack_id"]] = where, row["who"]
            for note in _odd(row, people, taken or {}):
                draft.note(where, row["who"], note)
            email = row["who"] if "@" in who else ""
            draft.introduce(
                Person(
                    id=f"{ACCOUNT}{who}",
                    name=row["who"],
                    slack_id=row["slack_id"],
                    email=email,
                    country=row["country"],
                    away_from=row["away_from"],
                    away_until=row["away_until"],
                ),
                file.path,
            )
    return draft.reading(files, paths)


def _why_not(row: Row, told: Mapping[str, str], holders: Mapping[str, str]) -> str:
    who, slack_id = row["who"], row["slack_id"]
    if not who or len(who) > WHO_MAX or not who.isprintable() or ("@" not in who and ":" not in who):
        return "who is an e-mail address, or a person's id such as user:default/ada"
    if not USER_ID.fullmatch(slack_id):
        return f'"{slack_id[:40]}" is not a Slack id like U01ABC2DEF3'
    if (first := told.get(who.casefold())) is not None:
        return f"stands in {first} already"
    if (other := holders.get(slack_id)) is not None:
        return f"{slack_id} is {other}'s already"
    return _why_no_hours(row)


def _why_no_hours(row: Row) -> str:
    if row["country"] and not is_known(row["country"]):
        return f'country "{row["country"][:40]}" is none whose public holidays are known: {ACCEPTED}'
    first, last = row["away_from"], row["away_until"]
    if not first and not last:
        return ""
    try:
        if date.fromisoformat(first) <= date.fromisoformat(last):
            return ""
    except ValueError:
        pass
    return (
        f'"{first[:40]}" and "{last[:40]}" are not the first and the last day of a leave, such as 2026-07-01; '
        "or leave both out"
    )


def _odd(row: Row, people: Mapping[str, Person], taken: Mapping[str, str]) -> Iterable[str]:
    """What makes an account of no use, for as long as catalogs say what they say."""
    who, slack_id = row["who"].casefold(), row["slack_id"]
    meant = [one for one in people.values() if who in (one.id, one.email.casefold())]
    if not meant:
        yield "nobody in the catalog has this id or e-mail address yet; kept"
    for one in meant:
        if one.slack_id and one.slack_id != slack_id:
            yield f"{one.id} has the Slack id {one.slack_id} by its own catalog, which counts"
    own = {f"{ACCOUNT}{who}", *(one.id for one in meant)}
    if (other := taken.get(slack_id)) is not None and other not in own:
        yield f"{slack_id} is {other}'s by another source, which counts"
