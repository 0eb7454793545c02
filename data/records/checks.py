"""What is run to see that a consumer works without the model: which checks there are, and how each of them ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from data.records.base import Record

CHECKS = "checks:"
"""How what is waived begins, where somebody takes responsibility for a consumer without its checks."""


NAME_MAX = 40
NAME = rf"[a-z][a-z0-9-]{{0,{NAME_MAX - 1}}}"
"""What a check may be called: ingestion, features, scoring, analytics, or whatever else it looks at."""


class CheckAddress(Record, frozen=True, kw_only=True):
    """A check as a catalog declares it: an address that is asked."""

    name: str
    url: str


class Check(Record, frozen=True, kw_only=True):
    """One of them, as it is run: an address that is asked, or a command.

    command   only ever from the operator's own file: whoever writes a catalog runs nothing on this machine
    is_own    whether it is from there: an address then need not be among those that catalogs may name
    """

    name: str
    url: str = ""
    command: tuple[str, ...] = ()
    timeout_seconds: int = 300
    is_own: bool = False


class OwnChecks(Record, frozen=True, kw_only=True):
    """What the operator's own file says.

    hosts     that checks declared in a catalog may ask, "ci.example.com" or "ci.example.com:8443"
    checks    id of a consumer -> its checks, besides those in its catalog, and before one of its name under that id
    file      its path; commands are run in its directory
    """

    hosts: tuple[str, ...] = ()
    checks: Mapping[str, tuple[Check, ...]] = {}
    file: str = ""


class Declared(Record, frozen=True, kw_only=True):
    """That there is such a check, without what it asks or runs, which may be nobody's business: only its digest."""

    name: str
    digest: str


class CheckSeen(Record, frozen=True, kw_only=True):
    """That a consumer had this check at some time since it was asked to move, as it was declared last."""

    consumer_id: str
    name: str
    digest: str


class CheckEnd(StrEnum):
    """How a check stands. All but `PASSED` hold the switch-off."""

    RUNNING = "under way"
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_RUN = "could not run"


class CheckWanted(Record, frozen=True, kw_only=True):
    consumer_id: str
    name: str


class CheckRun(Record, frozen=True, kw_only=True):
    """How the latest run of a check stands.

    run         version of the retirement in which it was begun; its work and its log are named after it
    begun_at    when; `at`: when it came to stand as it does
    declared    digest of what was run, as it was declared then
    why         what it ended with, in a few words: "exit code 1"
    log_digest  of its log as it was kept, which is in the thread
    """

    consumer_id: str
    name: str
    run: int
    end: CheckEnd
    begun_at: datetime
    at: datetime
    declared: str = ""
    why: str = ""
    seconds: int = 0
    log_digest: str = ""
