"""Events of OpenLineage, read one by one: which job, when, what it read and wrote, and what is said of each.

Source: openlineage.io/docs/spec/object-model, openlineage.io/spec/2-0-2/OpenLineage.json and the facets there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.errors import Problem
from data.importers.draft import Draft, why_not_named
from data.importers.fields import Fields, shown
from data.importers.json_lines import Item, Text
from data.importers.sources import File, Format
from data.records.catalog import Kind

Items = tuple[Item, ...]


@dataclass(slots=True, frozen=True)
class Mention:
    """A job or dataset as an event names it. `key` is how other sources call it: NAMESPACE/NAME."""

    kind: Kind
    namespace: str
    name: str
    facets: Fields

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def id(self) -> str:
        return id_of(self.kind, self.key)


@dataclass(slots=True, frozen=True)
class Event:
    """`day` is empty where the time is none. An event of a dataset alone has no job."""

    where: str
    path: Path
    day: str
    job: Mention | None
    inputs: tuple[Mention, ...]
    outputs: tuple[Mention, ...]
    alone: tuple[Mention, ...]


def id_of(kind: Kind, key: str) -> str:
    return f"openlineage:{'job' if kind is Kind.PIPELINE else 'dataset'}:{key}".lower()


def events_of(file: File[Items], draft: Draft) -> Iterator[Event]:
    """Every event that tells something; every other one is skipped with the reason."""
    for item in file.content:
        where = f"{file.shown}:{item.line}"
        draft.read()
        fields = Fields(item.value, lambda path, said, where=where: draft.note(where, path, said))  # type: ignore[misc]
        event = _event(fields, where, file.path, draft)
        if isinstance(event, str):
            draft.skip(where, _shown(fields), event)
        else:
            yield event


def _event(fields: Fields, where: str, path: Path, draft: Draft) -> Event | str:
    job = _mention(fields.fields("job"), Kind.PIPELINE)
    alone = (
        _mention(fields.fields("dataset"), Kind.DATASET)
        if "dataset" in fields and "job" not in fields
        else None
    )
    if isinstance(job, str) and not isinstance(alone, Mention):
        return alone or f"job: {job}"
    if not (time := fields.text("eventTime")):
        return "has no eventTime"
    if isinstance(job, Mention) and job.facets.fields("jobType").text("jobType").upper() == "TEST":
        return "a test is no consumer of what it checks"
    what = job.key if isinstance(job, Mention) else _shown(fields)
    return Event(
        where=where,
        path=path,
        day=_day(time, where, what, draft),
        job=job if isinstance(job, Mention) else None,
        inputs=tuple(_datasets(fields, "inputs", where, what, draft)),
        outputs=tuple(_datasets(fields, "outputs", where, what, draft)),
        alone=(alone,) if isinstance(alone, Mention) else (),
    )


def _datasets(fields: Fields, side: str, where: str, what: str, draft: Draft) -> Iterator[Mention]:
    for one in fields.items(side):
        mention = _mention(one, Kind.DATASET)
        if isinstance(mention, Mention):
            yield mention
        else:
            draft.skip_edge(where, f"{what} {side}", mention)


def _mention(fields: Fields, kind: Kind) -> Mention | str:
    """What is named, or why nothing is."""
    namespace, name = fields.text("namespace"), fields.text("name")
    if not namespace or not name:
        return "no namespace and name"
    return why_not_named(f"{namespace}/{name}") or Mention(kind, namespace, name, fields.fields("facets"))


def _shown(fields: Fields) -> str:
    of = fields.fields("dataset" if "dataset" in fields else "job")
    return f"event of {of.text('namespace')[:80] or '(nobody)'}/{of.text('name')[:80]}"


def _day(text: str, where: str, what: str, draft: Draft) -> str:
    """In UTC, so that days of all zones have one order."""
    try:
        time = datetime.fromisoformat(text)
        return (time.astimezone(UTC) if time.tzinfo else time).date().isoformat()
    except (ValueError, OverflowError):
        draft.note(where, what, f'eventTime "{text[:40]}" is no time; kept without a day')
        return ""


def _parsed(content: bytes, shown: str) -> Items:
    items = Text(content, shown).items()
    if (
        len(items) == 1
        and isinstance(items[0].value, dict)
        and isinstance(items[0].value.get("events"), list)
    ):
        # As Marquez answers for its events.
        return tuple(Item(items[0].line, value) for value in items[0].value["events"])
    return items


def _wrong(items: Items, name: str, is_named: bool) -> Sequence[Problem]:
    """A directory may hold other JSON; what was named is to hold events."""
    if is_named and not any(isinstance(item.value, dict) and _SIGNS & item.value.keys() for item in items):
        accepted = "holds no event of OpenLineage: nothing with a job or a dataset"
        return [Problem(field=f"{name}:1", value="", accepted=accepted)]
    accepted = "an event is an object"
    return [
        Problem(field=f"{name}:{item.line}", value=shown(item.value), accepted=accepted)
        for item in items
        if not isinstance(item.value, dict)
    ]


_SIGNS = {"job", "dataset"}
FORMAT = Format(
    holds="OpenLineage events", suffixes=(".json", ".ndjson", ".jsonl"), parsed=_parsed, wrong=_wrong
)
