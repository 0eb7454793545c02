"""Giving files of an archive to whoever may read it: recorded first, then handed over to them alone.

Links are kept nowhere: they are made for one answer, and thrown away where the record does not take it. A bot that dies
between the two leaves a record of files that nobody was given, never the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from data.archive.results import StoredFile
from data.records.decision import Outcome
from data.records.retirement import Retirement
from workflows.artifact_store import ArtifactStore, Links
from workflows.bringing_back import gone_paths
from workflows.commands import GiveFiles
from workflows.decisions.granting import archive_to_read
from workflows.engine import Engine
from workflows.rules.keeping.granting import latest_of, links_until, readable_by

SHORTEST = timedelta(seconds=1)
FILES_A_PAGE = 6
"""As many links as a message of Slack holds: one signed for a session has up to 1,800 characters."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """One page of the files.

    where        the archive is, for whoever operates it
    until        they may read it
    links        to each of these files; `links_until`: when these are over, None where there can be none
    """

    files: Sequence[StoredFile]
    page: int
    pages: int
    where: str
    until: datetime
    links: Mapping[str, str] = field(default_factory=dict, repr=False)
    links_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Giving:
    """`at`: where archives are; `links`: what makes links, None for a directory."""

    engine: Engine
    archive: ArtifactStore
    links: Links | None = None
    at: str = ""

    def readable(self, retirement_id: str, person: str) -> Retirement | None:
        """A retirement whose archive this person was ever let read, whatever else they may know of it."""
        found = self.engine.retirement(retirement_id)
        return found if found is not None and latest_of(found, person) is not None else None

    def files(self, key: str, state: Retirement, person: str, page: int) -> Given | str:
        """A page of them; a page beyond the last one is the last one. Or what the decision refused it with.

        Raises `Refused` for whoever may not read it, and as `ArtifactStore.files` and `Links` do.
        """
        now = self.engine.world.now()
        # S3 counts whole seconds: in the last one no link could end with the grant.
        grant = readable_by(state, person, now + SHORTEST if self.links else now)
        archived = archive_to_read(state)
        every = self.archive.files(archived)
        gone = gone_paths(state, every)
        left = [one for one in every if one.path not in gone]
        pages = max(1, -(-len(left) // FILES_A_PAGE))
        page = min(max(page, 1), pages)
        shown = left[(page - 1) * FILES_A_PAGE : page * FILES_A_PAGE]
        paths = tuple(one.path for one in shown)
        links: Mapping[str, str] = {}
        until = None
        if self.links is not None:
            assert state.policy is not None
            until = links_until(state.policy, grant, now)
            links = self.links(archived, paths, now, int((until - now).total_seconds()))
        receipt = self.engine.execute(key, state.id, GiveFiles(by=person, paths=tuple(links)))
        if receipt.outcome is Outcome.REFUSED:
            return receipt.reply
        return Given(
            files=shown,
            page=page,
            pages=pages,
            where="/".join(filter(None, (self.at, archived.location))),
            until=grant.until,
            links=links,
            links_until=until,
        )
