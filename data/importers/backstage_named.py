"""What a Backstage source refers to and does not declare is kept by name: whoever declares it may be imported later.

What a name means is asked as somebody looks (data/catalog/joins.py): what has it as its id or alias; of a name without
a kind, failing that, the one thing that has it as its name. Nothing is made a model by being named.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from data.catalog.called import BACKSTAGE_KINDS, NAMED_IN_BACKSTAGE
from data.importers.declaration import Declaration
from data.importers.draft import why_not_named
from data.importers.refs import id_of, parse
from data.records.catalog import NO_OWNER, Entity, Kind

_PEOPLE = ("group", "user")


@dataclass(slots=True)
class Named:
    """here      ids of what this source declares
    standing  ids of what was kept by name before: it stays so, or edges would move that mean the same
    """

    here: Collection[str]
    standing: Collection[str] = ()
    entities: dict[str, Entity] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def end(self, name: str, by: Declaration, line: int) -> str:
        """The id of what stands for a name."""
        one = f"{NAMED_IN_BACKSTAGE}{name.casefold()}"
        entity = Entity(
            id=one,
            kind=Kind.CONSUMER,
            name=name.rpartition("/")[2] or name,
            owner_note=NO_OWNER,
            declared_in=by.at(line),
        )
        self.entities.setdefault(one, entity)
        self.files.setdefault(one, str(by.path))
        return one

    def meant(self, found_id: str, name: str, by: Declaration, line: int) -> str:
        """The id of what was found; by a name, where others may call something else so tomorrow."""
        if found_id in self.here or not (name or f"{NAMED_IN_BACKSTAGE}{found_id}" in self.standing):
            return found_id
        return self.end(name or found_id, by, line)


def name_of(text: str, kinds: tuple[str, ...], namespace: str) -> str:
    """As what a reference is kept that nobody can tell now; empty where it can name nothing but what is here.

    kinds   that may be meant; more than one where anything may, also from elsewhere
    """
    ref = parse(text)
    is_any = len(kinds) > 1
    kind = ref.kind.lower() or ("" if is_any else kinds[0]) if ref else ""
    if ref and kind in BACKSTAGE_KINDS:
        name = id_of(kind, ref.namespace or namespace, ref.name)
    else:
        name = text.strip() if is_any and kind not in _PEOPLE else ""
    return "" if why_not_named(name) else name
