"""The sample company in a strict Slack, with the whole bot on real SQLite; time passes when the test says so.

What people do there is in town.py.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec.structs import replace

from bot.ids import FILE_SHARED, HOME_OPENED, MESSAGE_IM
from bot.imports_file import Wanted
from bot.keeping import open_record
from bot.manifest import SCOPES, scopes
from bot.running import Bot
from bot.slack.messenger import web_client
from bot.views.uploads import FILES
from bot.wiring import CalendarWorld, Edges, assemble
from data.archive.results import Sign
from data.importers.backstage import read_backstage
from data.log.keys import Signer
from data.metrics import UNCOUNTED, Metrics
from data.policies.policy import digest_of, parsed
from data.records.catalog import EndpointKind
from data.records.checks import OwnChecks
from data.records.deprecation import CatalogKind
from data.records.hours import Windows
from data.records.policy import NO_REVIEW, Policy, Review
from tests import canary, sample_company
from tests.fakes.slack import Channel, SlackFake, User, into_bolt
from tests.quick_files import QUICK_FILES
from tests.sample_company import COMPANY
from tests.written import judge
from workflows.adapters.artifact_sources import ArtifactSources
from workflows.adapters.check_runs import CheckRuns
from workflows.adapters.flags.endpoints import FlagEndpoints
from workflows.adapters.local_directory import LocalDirectory
from workflows.adapters.local_endpoint import LocalEndpoints
from workflows.adapters.log_anchors import DirectoryAnchors
from workflows.adapters.model_server import Calendar
from workflows.adapters.second_factor import SecondFactorProgram
from workflows.adapters.second_place import SecondPlace
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints
from workflows.adapters.traffic_proxy.plane import ProxyPlane
from workflows.anchor_store import Stamper
from workflows.artifact_store import ArtifactStore, Links
from workflows.checks import Checks
from workflows.ports import CatalogWriter, Wording

GOVERNANCE = "C01MODELRETIREMENTS"
POLICY = f"""
name = "town"
[channels]
governance = "{GOVERNANCE}"
[disable]
zero_traffic_days = 5
"""
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def _second(archive: ArtifactStore, place: Path | ArtifactStore | None) -> SecondPlace | None:
    copy = LocalDirectory(place) if isinstance(place, Path) else place
    return SecondPlace(archive, copy, "there") if copy else None


def _at_once(toml: str) -> Policy:
    """What is approved is announced at the end of the review, unless a test says otherwise: its dates begin there."""
    policy = parsed(toml, source="town.toml")
    if "cool_off_hours" in toml:
        return policy
    at_once = replace(policy, cool_off_hours=0)
    return replace(at_once, digest=digest_of(at_once))


class Place:
    """One bot in one workspace. `pass_time` lets days go by, stopping at everything that falls due."""

    def __init__(
        self,
        folder: Path,
        *,
        policy: str = POLICY,
        archive: ArtifactStore | None = None,
        links: Links | None = None,
        writers: Mapping[CatalogKind, CatalogWriter] | None = None,
        serves: bool = True,
        draws: bool = False,
        metrics: Metrics = UNCOUNTED,
        import_channel: str = "",
        windows: Windows | None = None,
        wording: Wording | None = None,
        review: Review = NO_REVIEW,
        checks: OwnChecks | None = None,
        second_factor: Path | None = None,
        unrefused: Callable[[datetime], tuple[str, ...]] | None = None,
        sign: Sign | None = None,
        signer: Signer | None = None,
        stamper: Stamper | None = None,
        second: Path | ArtifactStore | None = None,
        rooms: Iterable[Channel] = (),
        may_know: Iterable[str] = (),
        people: Iterable[User] = (),
        **slack: Any,
    ) -> None:
        """`serves`: with the model servers' processes. `draws`: with real pictures. `slack`: what else the fake does.

        wording          who understands questions that fit no wording of ours
        checks           what the operator's own file says; second_factor: their program for that
        review           when the policy is to be looked through again
        links            what makes links to files of the archive
        sign             who signs what is archived
        signer           signs heads of the log; stamper: stamps them
        second           where a second copy of each archive is kept
        unrefused        what the archive's bucket is found to do though it is locked
        windows          when people are written to; at any hour without
        rooms            channels besides the company's own; people: who is in its Slack and in no catalog
        may_know         people and channels that the name of the restricted model may reach, besides its owners
        import_channel   whose files are imported, with the scope and the event that takes
        """
        if import_channel:
            slack = {
                "scopes": scopes(takes_files=True),
                "events": [HOME_OPENED, MESSAGE_IM, FILE_SHARED],
                **slack,
            }
        self.may_know = {canary.QUINN, canary.RHEA, *may_know}
        self.overheard = canary.Overheard()
        self.import_channel = import_channel
        self.serves = serves
        self.draws = draws
        self.metrics = metrics
        self.folder = folder
        self.writers = writers or {}
        self.archive, self.links = archive or LocalDirectory(folder / "archive"), links
        self.seconds = START.timestamp()
        self.windows = windows
        self.wording = wording
        self.review = review
        self.checks = checks or OwnChecks()
        self.second_factor = SecondFactorProgram(program=second_factor) if second_factor else None
        self.unrefused, self.second, self.sign = unrefused, second, sign
        self.signer, self.stamper = signer, stamper
        self.policy = _at_once(policy)
        self.slack = SlackFake(
            [*sample_company.users(), *canary.users(), *people],
            [*sample_company.channels(), *rooms],
            now=self.clock,
            **{"scopes": SCOPES, "events": [HOME_OPENED, MESSAGE_IM], **slack},
        )
        self.endpoints = LocalEndpoints(
            folder / "endpoints",
            calendar=Calendar(origin=START - timedelta(days=60), epoch=time.time(), speed=1.0),
        )
        self.proxies = ProxyEndpoints(folder / "proxies")
        self.flags = FlagEndpoints(folder / "flags")
        self.bot: Bot

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self.darken)
            self.slack.start()
            undo.callback(self.slack.stop)
            undo.enter_context(self.overheard)
            if self.serves:
                self.serve()
            sample_company.lay_down(self.folder / "emeritus.db", now=self.now(), also=canary.CATALOG)
            self.open()
            undo.callback(self.close)
            self.bot.house.catalog.snapshot()  # as `Bot.start` does before anybody can press
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()
        if error is None:
            judge(self.slack.calls)
            found = canary.leaks(self.slack, self.may_know)
            assert found == [], found
            assert [line for line in self.overheard.lines if canary.is_heard(line)] == []

    def serve(self) -> None:
        """Start the model servers, for stories that come to look at them."""
        for model in ("churn-v1", "churn-v2"):
            self.endpoints.start(f"{model}-prod", COMPANY / "artifacts" / model / "weights.json")

    def darken(self) -> None:
        """End the model servers there are by now."""
        self.endpoints.stop_all()

    def close(self) -> None:
        """The bot ends."""
        self.bot.store.close()

    def restart(self) -> None:
        """The bot ends and begins again."""
        self.close()
        self.open()

    def ours(self) -> dict[EndpointKind, LocalEndpoints | ProxyEndpoints | FlagEndpoints]:
        """What drives and counts each kind of endpoint."""
        return {
            EndpointKind.LOCAL: self.endpoints,
            EndpointKind.PROXY: self.proxies,
            EndpointKind.FLAGS: self.flags,
        }

    def open(self) -> None:
        """Put the bot together on what is on disk, as after a restart."""
        self.bot = assemble(
            store=open_record(self.folder / "emeritus.db", metrics=self.metrics),
            policy=self.policy,
            edges=Edges(
                archive=self.archive,
                controls=self.ours(),
                meters=self.ours(),
                planes={EndpointKind.PROXY: ProxyPlane(self.proxies), EndpointKind.FLAGS: self.flags},
                writers=self.writers,
                wording=self.wording,
                checks=Checks(own=self.checks, runner=CheckRuns(own=self.checks)),
                second_factor=self.second_factor,
                sources=ArtifactSources(),
                links=self.links,
                archives_at=str(self.folder / "archive"),
                canary=self.unrefused,
                sign=self.sign,
                anchors=DirectoryAnchors(self.folder / "archive"),
                stamper=self.stamper,
                second=_second(self.archive, self.second),
            ),
            client=web_client(self.slack.bot_token, self.slack.api_url, self.metrics),
            signing_secret=self.slack.signing_secret,
            world=self.world(),
            wall=self.clock,
            files=FILES if self.draws else QUICK_FILES,
            metrics=self.metrics,
            imports=Wanted(channel=self.import_channel),
            windows=self.windows,
            review=self.review,
            signer=self.signer,
        )
        self.slack.attach(into_bolt(self.bot.app))

    def world(self) -> CalendarWorld:
        return CalendarWorld(Calendar(), wall=self.clock)

    def clock(self) -> float:
        """The time, which never stands still: two things are never at the same instant."""
        self.seconds += 0.000_002
        return self.seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def learns(self, *documents: str) -> None:
        """Import these catalog documents, in a file of their own."""
        file = self.folder / "catalog-info.yaml"
        file.write_text("---\n".join(documents))
        catalog = self.bot.house.catalog
        reading = read_backstage([file], known=catalog.known())
        catalog.import_(reading, format="backstage", now=self.now())

    def restart_servers(self) -> None:
        """The model servers end and begin again, today."""
        self.darken()
        today = Calendar(origin=self.now(), epoch=time.time(), speed=1.0)
        self.endpoints = LocalEndpoints(self.folder / "endpoints", calendar=today)
        for name in ("churn-v1-prod", "churn-v2-prod"):
            self.endpoints.restore(name)
        self.restart()

    def call(self, ref: str, *, caller: str) -> None:
        """Somebody really calls the model server, today."""
        self.restart_servers()
        features = json.dumps({}).encode()
        asked = urllib.request.Request(
            self.endpoints.address(ref), data=features, headers={"X-Caller": caller}
        )
        with urllib.request.urlopen(asked, timeout=5) as answer:
            assert answer.status == 200

    def settle(self) -> None:
        """Work off what is due, and what waits a minute or less for a rate limit."""
        self.bot.dispatcher.until_idle()
        while (due := self.bot.dispatcher.next_due()) and due <= self.now() + timedelta(minutes=1):
            self.seconds = max(self.seconds, due.timestamp())
            self.bot.dispatcher.until_idle()

    def pass_time(self, **duration: float) -> None:
        """Let time go by, stopping at everything that falls due."""
        until = self.now() + timedelta(**duration)
        self.settle()
        while (due := self.bot.dispatcher.next_due()) and due <= until:
            self.seconds = max(self.seconds, due.timestamp())
            self.settle()
        self.seconds = max(self.seconds, until.timestamp())
        self.settle()
