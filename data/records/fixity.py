"""How archives are checked over the years: as one archive stands, and the daily round over all of them."""

from __future__ import annotations

from datetime import datetime

from data.records.base import Record


class Audit(Record, frozen=True, kw_only=True):
    """How far an archive was checked since it was made.

    at        when it was last found as it should be, or not
    began_at  when the reading that is under way began; None while none is
    upto      the last file that was read in it
    whole_at  since when every file was read and held; None until they were
    unread    files in cold storage, that are only known to be there
    trouble   what is wrong with it; empty where nothing is
    noticed   what is not as it was left although every byte is, as far as that was told
    """

    at: datetime
    began_at: datetime | None = None
    upto: str = ""
    whole_at: datetime | None = None
    unread: int = 0
    trouble: str = ""
    noticed: tuple[str, ...] = ()


class FixityPlan(Record, frozen=True, kw_only=True):
    """What a round does. `store`: a digest of where archives are and how they are locked and encrypted there."""

    store: str
    gib_per_day: int
    every_days: int


class Rounds(Record, frozen=True, kw_only=True):
    """The daily rounds: the state of the `fixity` stream.

    at       when the last one ended; `looked`: at how many archives
    bad      retirement -> what is wrong with its archive
    unknown  retirement -> why nobody could tell
    whole_since   since when every file of every archive is known to hold; None while one was never read
    canary   what the bucket does not refuse any more; None before it was tried, and where there is no bucket
    """

    version: int = 0
    plan: FixityPlan | None = None
    at: datetime | None = None
    looked: int = 0
    bad: dict[str, str] = {}
    unknown: dict[str, str] = {}
    canary: tuple[str, ...] | None = None
    whole_since: datetime | None = None
