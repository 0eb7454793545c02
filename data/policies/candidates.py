"""Which keys may a policy have about what is worth retiring next? No retirement keeps them."""

from __future__ import annotations

from collections.abc import Mapping

from data.policies.keys import Key
from data.records.policy import Criterion
from data.toml_checks import number, text, whole, words

CANDIDATES: Mapping[str, Key] = {
    "criteria": Key(
        says="what speaks for retiring a model, the most telling first; what is left out is not looked at",
        field="looks_at",
        check=words(f"{'|'.join(Criterion)}", f"a list of any of {', '.join(Criterion)}, each once"),
    ),
    "calls_per_day_max": Key(
        says="`calls`: at most so many a day, over the days of `idle_days`",
        field="calls_per_day_max",
        check=whole(0, 1_000_000_000, "calls"),
    ),
    "idle_days": Key(says="`idle`: not called for so long", field="idle_days", check=whole(1, 3650, "days")),
    "support_days": Key(
        says="`support`: its provider switches it off within these",
        field="support_days",
        check=whole(0, 3650, "days"),
    ),
    "decay_share_max": Key(
        says="`decay`: worse by more than this than when it was accepted; 0.05 is 5 %",
        field="decay_share_max",
        check=number(0, 1, "shares of 1"),
    ),
    "drift_psi_max": Key(
        says="`drift`: what it is fed differs by more than this from what it was made with",
        field="drift_psi_max",
        check=number(0, 1_000_000, "PSI"),
    ),
    "cost_per_month_max": Key(
        says="`cost`: it costs more than this a month",
        field="cost_per_month_max",
        check=number(0, 1_000_000_000_000, "money"),
    ),
    "cost_currency": Key(
        says='the currency of that limit, `"EUR"`; empty for the one that all costs are told in: where there are '
        "several, none counts",
        field="cost_currency",
        check=text("(?:[A-Z]{3})?", 'three letters like "EUR", or "" for the one of all costs'),
    ),
    "measured_days": Key(
        says="what was measured longer ago is told, and does not count",
        field="measured_days",
        check=whole(1, 3650, "days"),
    ),
}
