"""For how long is what is archived kept, by the policy? All that is wrong with it is reported at once.

Rules are laid over the shipped ones, class by class: one left out would let something go that the law wants kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.policies.keys import Key
from data.records.artifacts import ArtifactClass
from data.records.retention import EVERYTHING_ELSE, Retention, StartsFrom, Storage
from data.toml_checks import whole, word_of
from data.toml_tables import Tables

CLASSES = (EVERYTHING_ELSE, *ArtifactClass)
DAYS_MAX = 36_500

RETENTION: Mapping[str, Key] = {
    "from": Key(
        says="what its days count from: `archived`, the day it was copied; `disabled`, when the model went dark; "
        "`closed`, when its retirement ended",
        check=word_of(tuple(StartsFrom)),
    ),
    "keep_days_min": Key(says="nobody removes it before", check=whole(0, DAYS_MAX, "days")),
    "keep_days_max": Key(
        says="it is due to go then, as personal data is; the weekly digest says so once; 0 for never",
        check=whole(0, DAYS_MAX, "days"),
    ),
    "storage": Key(
        says="where a store has several: `standard`; `infrequent`, which costs a fee to read; `cold`, which takes "
        "hours to",
        check=word_of(tuple(Storage)),
    ),
}


def retention_of(reading: Tables, given: Any, under: Mapping[str, Any]) -> tuple[Retention, ...]:
    """The rule of everything else first, then those of classes in the order of the files."""
    if not isinstance(given, dict):
        reading.refuse("", "retention", given, "a table for each class, e.g. [retention.weights]")
        return ()
    said = {name: dict(table) for name, table in under.items()}
    for name, table in given.items():
        if name not in CLASSES:
            accepted = f"{EVERYTHING_ELSE}, or a class of artifacts: {', '.join(ArtifactClass)}"
            reading.refuse("retention", name, None, accepted)
        said[name] = said.get(name, {}) | reading.table(f"retention.{name}", table, RETENTION)
    return tuple(_rule(reading, name, said[EVERYTHING_ELSE] | table) for name, table in said.items())


def _rule(reading: Tables, name: str, said: Mapping[str, Any]) -> Retention:
    least, most = said["keep_days_min"], said["keep_days_max"]
    if most and most < least:
        accepted = f"0, or at least keep_days_min, {least}: what may not go yet cannot be due to"
        reading.refuse(f"retention.{name}", "keep_days_max", most, accepted)
    return Retention(
        of=name,
        starts_from=StartsFrom(said["from"]),
        keep_days_min=least,
        keep_days_max=most,
        storage=Storage(said["storage"]),
    )
