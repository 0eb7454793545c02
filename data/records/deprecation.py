"""What a catalog is to say of a model that retires: since when its end is announced, and that it came or was lifted."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from data.records.base import Record


class CatalogKind(StrEnum):
    """The catalogs that can be told. Two of them by a file, which somebody else takes there.

    `PROXY` and `FLAGS` are none: what stands in front of an endpoint, ours or not, or is asked before, tells callers.
    """

    MLFLOW = "mlflow"
    SAGEMAKER = "sagemaker"
    BACKSTAGE = "backstage"
    DATAHUB = "datahub"
    PROXY = "proxy"
    FLAGS = "flags"


class Lifecycle(StrEnum):
    """Values are the words that are written. `IN_SERVICE` is written nowhere: it lifts what was."""

    IN_SERVICE = "in service"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


class Part(StrEnum):
    """What of a retirement a listing is. A version retires with its model."""

    MODEL = "model"
    VERSION = "version"
    ENDPOINT = "endpoint"


class Listing(Record, frozen=True, kw_only=True):
    """One thing as one catalog lists it.

    called   what that catalog itself calls it: a name, a urn, a reference, an ARN
    source   the file or address it was imported from
    is_kept  said only where this retirement has said it before
    """

    part: Part
    called: str
    lifecycle: Lifecycle
    source: str = ""
    is_kept: bool = False


class Deprecation(Record, frozen=True, kw_only=True):
    """All that one catalog is to say because of one retirement.

    lifecycle   of what retires; a listing that does not retire any more has its own
    last_day    of service
    since, until  when it was announced, and when service ends
    successor   what follows the model, as that catalog calls it; by its name where it is not listed there
    is_listed   whether that catalog lists the successor
    is_whole    whether the model retires, too: one that serves elsewhere stays, and only endpoints are deprecated
    """

    retirement_id: str
    model_name: str
    lifecycle: Lifecycle
    last_day: date
    since: datetime
    until: datetime
    successor: str = ""
    is_listed: bool = False
    is_whole: bool = True
    listings: tuple[Listing, ...] = ()

    @property
    def is_new(self) -> bool:
        """Is there anything to say, be it for the first time?"""
        return any(not one.is_kept and one.lifecycle is not Lifecycle.IN_SERVICE for one in self.listings)
