"""A file that may be cut off must not take back what it said: by the beginning of a name that somebody has, too.

Such a name is read like any other (`churn-v1` of `churn-v1-prod`), and only what the same document said before tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from data.catalog.called import is_named_only
from data.catalog.stored import decoded
from data.errors import Invalid, Problem
from data.importers.report import End, Reading
from data.importers.text import cut_within
from data.records.catalog import Entity, Group, Person
from data.sql.among import rows_among
from data.sql.connection import Connection

_TABLES = ("entity", "team", "person")


def check_ends(conn: Connection, reading: Reading) -> None:
    """Raises `Invalid` where a file ends within what may be the beginning of what it said before; else nothing."""
    problems = [problem for end in reading.ends for problem in _problems(conn, reading, end)]
    if problems:
        raise Invalid(problems)


def _problems(conn: Connection, reading: Reading, end: End) -> Iterator[Problem]:
    before, now = _told(conn, reading, end.thing_id)
    gone = {one.casefold() for one in before - now}
    if any(one.startswith(end.meant) and one not in end.meant for one in gone):
        yield cut_within(end.file, end.line, end.text)


def _told(conn: Connection, reading: Reading, thing_id: str) -> tuple[set[str], set[str]]:
    """All texts that a document's record and edges held, and those they hold now."""
    before, now = set[str](), set[str]()
    records: tuple[Entity | Group | Person, ...] = (*reading.entities, *reading.groups, *reading.people)
    for record in (one for one in records if one.id == thing_id):
        now |= set(_texts(msgspec.to_builtins(record)))
        for table in _TABLES:
            rows = conn.execute(f"SELECT record FROM {table} WHERE id = ?", (thing_id,))  # noqa: S608
            before |= {text for (told,) in rows for text in _texts(msgspec.json.decode(told))}
    teams = conn.execute("SELECT team_id FROM member WHERE person_id = ?", (thing_id,))
    before |= {str(team_id) for (team_id,) in teams}
    now |= {team.id for team in reading.groups if thing_id in team.member_ids}
    edges = conn.execute(
        "SELECT from_id, to_id FROM edge WHERE declared_by = ? AND withdrawn_at IS NULL", (thing_id,)
    )
    ends = {str(end) for edge in edges for end in edge}
    stays = {
        end
        for edge, by in zip(reading.dependencies, reading.declared_by, strict=True)
        if by == thing_id
        for end in (edge.from_id, edge.to_id)
    }
    return before | _names(conn, ends - stays), now | stays


def _names(conn: Connection, ids: set[str]) -> set[str]:
    """By whichever of them it may have been meant."""
    found = rows_among(conn, "SELECT record FROM entity WHERE", "id", ids)
    things = [decoded(record, Entity) for (record,) in found]
    tails = {one.partition(":")[2] for one in ids if is_named_only(one)}
    return ids | tails | {name for one in things for name in (one.name, *one.aliases)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
