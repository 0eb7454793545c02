"""The sample company as bots in tests find it: its catalog, its people and its channels.

Its files are read, and its record is written, once in each process: that takes longer than most tests.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from data.catalog.catalog import Catalog
from data.importers.backstage import read_backstage
from data.importers.report import Reading
from data.sqlite.store import SqliteStore
from tests.fakes.slack import Channel, User
from workflows.machine import RetirementMachine

COMPANY = Path(__file__).parents[1] / "data" / "samples" / "company"


@cache
def reading() -> Reading:
    """What an import of its catalog reads, into a record that knew nothing before."""
    return read_backstage([COMPANY])


def lay_down(path: Path, *, now: datetime, also: Path | None = None) -> None:
    """The record of a company that imported its catalog then, and did nothing else; one that is there stays.

    also   a file of another catalog, imported with it
    """
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(_record(now, also))


def users() -> list[User]:
    """Its people in a Slack of their own: what becomes of one there is seen nowhere else."""
    return [User(id=user["id"], name=user["name"], tz=user["tz"]) for user in _workspace()["users"]]


def channels() -> list[Channel]:
    """Its channels in the same Slack, with the bot in each."""
    return [
        Channel(id=channel["id"], name=channel["name"], members=[*channel["members"], "UBOT"])
        for channel in _workspace()["channels"]
    ]


@cache
def _record(now: datetime, also: Path | None) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "emeritus.db"
        store = SqliteStore(path, RetirementMachine())
        read = read_backstage([COMPANY, also]) if also else reading()
        Catalog(store).import_(read, format="backstage", now=now)
        store.close()
        return path.read_bytes()


@cache
def _workspace() -> dict[str, Any]:
    workspace: dict[str, Any] = yaml.safe_load((COMPANY / "slack.yaml").read_text())
    return workspace
