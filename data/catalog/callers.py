"""Who was seen calling, and nobody declares: an unknown consumer, until somebody says whose it is.

It is a consumer like any other, marked, so that nothing that depends on a model is ever left out. As soon as a
catalog declares something by the very name it was seen as, by id or alias, the two are one: what was seen of the
unknown one is what is seen of that. A name that several things have joins none of them, and what only a file shared
in Slack tells of joins none either: whoever shares a name would answer for whoever others saw calling by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from data.catalog.called import is_shared
from data.records.catalog import SEEN, Entity, Kind

NAME_MAX = 120
"""As much of a name as is shown of it: ids go into buttons."""


def unknown(seen_as: str, seen_in: str) -> Entity:
    """The unknown consumer that was seen as this; the same name has the same id, whatever its case."""
    return Entity(
        id=f"{SEEN}{_plain(seen_as.casefold())}",
        kind=Kind.CONSUMER,
        name=_plain(seen_as),
        declared_in=seen_in,
        seen_as=seen_as[:1000].encode("utf-8", "replace").decode(),
    )


def _plain(name: str) -> str:
    """A name that may stand in references, buttons and logs; what had to be bent is told apart by its digest."""
    fit = "".join(sign if sign.isprintable() and sign not in "#|" else "?" for sign in name)
    if fit == name and len(name) <= NAME_MAX:
        return name
    digest = hashlib.sha256(name.casefold().encode("utf-8", "surrogatepass")).hexdigest()
    return f"{fit[:NAME_MAX]}~{digest[:8]}"


def names_of(entity: Entity) -> Iterator[str]:
    """What a thing is called on purpose, folded: its id and its aliases. Of a CSV the name is the id."""
    yield entity.id.casefold()
    yield from (alias.casefold() for alias in entity.aliases)
    if entity.id.startswith("csv:"):
        yield entity.id.removeprefix("csv:")


def declared_by(entities: Iterable[Entity], callers: Iterable[Entity]) -> dict[str, str]:
    """Caller -> the one thing of these that is called what it was seen as; those that several are called are none."""
    wanted = {one.seen_as.casefold(): one.id for one in callers if not one.declared_as}
    fits: dict[str, set[str]] = {}
    for entity in entities if wanted else ():
        if not entity.seen_as and not is_shared(entity):
            for name in wanted.keys() & set(names_of(entity)):
                fits.setdefault(wanted[name], set()).add(entity.id)
    return {caller_id: found.pop() for caller_id, found in fits.items() if len(found) == 1}
