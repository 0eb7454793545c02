"""Which keys may a policy have about what keeping an archive costs? No retirement keeps them."""

from __future__ import annotations

from collections.abc import Mapping

from data.policies.checks import day
from data.policies.keys import Key
from data.toml_checks import number, text, whole

PRICES: Mapping[str, Key] = {
    "priced_by": Key(
        says="whose prices these are, as an estimate names them",
        field="priced_by",
        check=text(r"[^\n]{1,120}", "a text of 1 to 120 characters"),
    ),
    "priced_on": Key(
        says='of which day they are, `"2026-01-31"`; empty where nobody knows', field="priced_on", check=day
    ),
    "standard_usd_per_gb_month": Key(
        says="what a GB in `standard` costs a month",
        field="standard_usd_per_gb_month",
        check=number(0, 1000, "US dollars"),
    ),
    "infrequent_usd_per_gb_month": Key(
        says="the same of `infrequent`",
        field="infrequent_usd_per_gb_month",
        check=number(0, 1000, "US dollars"),
    ),
    "infrequent_billed_days_min": Key(
        says="it is paid for so long at least, whenever it goes",
        field="infrequent_billed_days_min",
        check=whole(0, 3650, "days"),
    ),
    "cold_usd_per_gb_month": Key(
        says="the same of `cold`", field="cold_usd_per_gb_month", check=number(0, 1000, "US dollars")
    ),
    "cold_billed_days_min": Key(
        says="it is paid for so long at least, whenever it goes",
        field="cold_billed_days_min",
        check=whole(0, 3650, "days"),
    ),
    "cold_restore_hours": Key(
        says="how long it takes until it can be read",
        field="cold_restore_hours",
        check=whole(0, 720, "hours"),
    ),
}
