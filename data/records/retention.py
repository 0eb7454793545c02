"""For how long what is archived is kept: rules of a policy, by what it is, from an event of its retirement."""

from __future__ import annotations

from enum import StrEnum

from data.records.base import Record

EVERYTHING_ELSE = "default"
"""The rule of what has none of its own."""


class StartsFrom(StrEnum):
    """What a rule counts from: the day the archive was made, the model went dark, or its retirement was closed."""

    ARCHIVED = "archived"
    DISABLED = "disabled"
    CLOSED = "closed"


class Storage(StrEnum):
    """How soon it can be read, which is what stores charge by: at once; at once, at a fee; within a day."""

    STANDARD = "standard"
    INFREQUENT = "infrequent"
    COLD = "cold"


class Rate(Record, frozen=True, kw_only=True):
    """What one storage class costs: by GB, of 2^30 bytes, and month, for so many days at least; and its wait."""

    usd_per_gb_month: float
    billed_days_min: int = 0
    restore_hours: int = 0


class Prices(Record, frozen=True, kw_only=True):
    """What keeping is expected to cost. No retirement keeps it: prices change, and plans stay what was voted on."""

    priced_by: str
    priced_on: str
    standard_usd_per_gb_month: float
    infrequent_usd_per_gb_month: float
    infrequent_billed_days_min: int
    cold_usd_per_gb_month: float
    cold_billed_days_min: int
    cold_restore_hours: int

    def rate(self, storage: Storage) -> Rate:
        match storage:
            case Storage.STANDARD:
                return Rate(usd_per_gb_month=self.standard_usd_per_gb_month)
            case Storage.INFREQUENT:
                return Rate(
                    usd_per_gb_month=self.infrequent_usd_per_gb_month,
                    billed_days_min=self.infrequent_billed_days_min,
                )
            case Storage.COLD:
                return Rate(
                    usd_per_gb_month=self.cold_usd_per_gb_month,
                    billed_days_min=self.cold_billed_days_min,
                    restore_hours=self.cold_restore_hours,
                )


class Retention(Record, frozen=True, kw_only=True):
    """One rule.

    of             a class of artifacts, as the archive has it: "weights"; or `EVERYTHING_ELSE`
    keep_days_min  nobody removes it before
    keep_days_max  it is due to go then; 0: never
    """

    of: str
    starts_from: StartsFrom
    keep_days_min: int
    keep_days_max: int = 0
    storage: Storage = Storage.STANDARD

    @property
    def id(self) -> str:
        """As a policy file has it."""
        return f"retention.{self.of}"
