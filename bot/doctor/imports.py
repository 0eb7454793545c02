"""Are the catalogs of EMERITUS_IMPORTS read? What a bot knows of them, and what its next run would find.

Files are read as the next run reads them, and nothing is changed. Others are not asked: an address is as it should be,
or the settings were refused. Access logs may be of any size: whether they can be opened is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.doctor.finding import Finding
from bot.formats import BY_NAME, CALLS, KnownThings
from bot.imports_file import Wanted
from data.errors import EmeritusError
from data.importers.call_files import openable
from data.importers.left_out import without
from data.importers.sources import Source
from data.records.catalog import Entity, Group, Person
from data.records.imports import Imports, Scheduled
from workflows.rules.wording import counted, named


class NothingKnown:
    """A catalog before its first import."""

    def known(self) -> tuple[Entity | Group | Person, ...]:
        return ()

    def as_told(self) -> tuple[Entity, ...]:
        return ()

    def known_outside(
        self,
        format: str,  # noqa: A002, ARG002 - the word of the commands
        sources: Sequence[Source],  # noqa: ARG002 - there is nothing to leave out
    ) -> tuple[Entity | Group | Person, ...]:
        return ()

    def slack_ids_outside(self, sources: Sequence[Source]) -> dict[str, str]:  # noqa: ARG002 - as above
        return {}


def examine_imports(wanted: Wanted, known: Imports, catalog: KnownThings) -> Iterator[Finding]:
    """A line for each, with what there is to mend first."""
    for one in wanted.scheduled:
        what, told = f"import {one.name}", f"{one.format} every {counted(one.every_hours, 'hour')}"
        wrong, there = _looked_at(one, wanted.exclude.get(one.name, ()), catalog)
        failing = known.failure(one.name)
        if wrong and failing is None:
            found = f"{told}: its next run would change nothing: {wrong}"
            yield Finding(
                what=what, ok=False, found=found, fix="Mend its source, or correct EMERITUS_IMPORTS"
            )
        elif known.named(one.name) != one:
            fix = "Start emeritus serve again with this EMERITUS_IMPORTS"
            yield Finding(what=what, ok=False, found=f"{told}: no bot reads it yet; {there}", fix=fix)
        elif failing is not None:
            found = f"{told}: failing since {failing.since:%Y-%m-%d %H:%M} UTC: {failing.why}"
            fix = f"Mend its source; emeritus import {one.format} tells at once whether it can be read"
            if not wrong:
                found, fix = f"{found}. By now {there}", "If that is right, its next run mends it"
            yield Finding(what=what, ok=False, found=found, fix=fix)
        else:
            yield Finding(what=what, ok=True, found=f"{told}; {there}")


def _looked_at(one: Scheduled, globs: Sequence[str], catalog: KnownThings) -> tuple[str, str]:
    """What is wrong with its sources, and else what its next run would do, as a clause."""
    asks = BY_NAME[one.format].asks if one.format != CALLS else None
    asked = [source for source in one.sources if asks is not None and asks.is_one(source)]
    paths = tuple(without(Path(source), globs) for source in one.sources if source not in asked)
    said = []
    try:
        if paths and one.format == CALLS:
            said.append(f"reads {counted(openable(paths), 'log')}")
        elif paths:
            reading = BY_NAME[one.format].reader(catalog, paths)
            kept = f"{counted(reading.documents.kept, 'document')} and {counted(reading.edges.kept, 'edge')}"
            skipped = reading.documents.skipped + reading.edges.skipped
            said.append(f"keeps {kept}" + (f", skips {skipped:,}" if skipped else ""))
    except EmeritusError as error:
        first, *others = str(error).split("\n")
        return f"{first} (+{len(others):,} more)" if others else first, ""
    if asked:
        said.append(f"asks {named(asked)}, not asked now")
    return "", f"its next run {' and '.join(said)}"
