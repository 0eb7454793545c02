"""What sources tell of a model that is described in its archive: names with values, bounded, as one reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from data.importers.fields import Fields, word_of
from data.printable import shortened
from data.records.artifacts import VALUE_MAX, VALUES_MAX, ArtifactClass, Reference


def valued(
    of: ArtifactClass,
    what: str,
    pairs: Mapping[str, str],
    tell: Callable[[str], None],
    *,
    where: str = "",
    version: str = "",
    on: str = "",
) -> tuple[Reference, ...]:
    """None where there is nothing; `tell` hears where there is more than is kept."""
    if not pairs:
        return ()
    if len(pairs) > VALUES_MAX:
        tell(f"{len(pairs):,} {what}; the first {VALUES_MAX:,} by name are described in an archive")
    values = tuple((name, shortened(value, VALUE_MAX)) for name, value in sorted(pairs.items()))
    return (Reference(of=of, what=what, where=where, version=version, on=on, values=values[:VALUES_MAX]),)


def named_values(told: Fields, key: str) -> dict[str, str]:
    """Of a list of objects with a `name` and a `value`."""
    found = {one.text("name"): word_of(one.value("value")) for one in told.items(key)}
    return {name: value for name, value in found.items() if name}
