"""What other sources declared already, and which of it a name means: by exact id, alias or name, never by likeness.

Letters count whatever their case. A name that fits several things fits none: people are told which to choose from.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from data.closest import Names
from data.importers.refs import Found, Missing, id_of, parse
from data.records.catalog import ACCOUNT, NO_OWNER, Entity, Group, Person

_OWNERS: dict[str, type[Group | Person]] = {"group": Group, "team": Group, "user": Person}


class Known:
    def __init__(self, things: Iterable[Entity | Group | Person] = ()) -> None:
        self._by_id: dict[str, str] = {}
        self._by_alias: dict[str, list[str]] = defaultdict(list)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._owners: dict[str, list[Group | Person]] = defaultdict(list)
        self._owner_names: list[str] = []
        self._asked: dict[str, tuple[str, str]] = {}
        self._alike: Names | None = None
        for thing in things:
            self.add(thing)

    def add(self, thing: Entity | Group | Person) -> None:
        if isinstance(thing, Entity):
            self._add_entity(thing)
        else:
            self._add_owner(thing)

    def _add_entity(self, entity: Entity) -> None:
        if entity.seen_as:
            return  # nobody declared it, so nobody means it
        self._by_id.setdefault(entity.id.casefold(), entity.id)
        self._by_name[entity.name.casefold()].append(entity.id)
        if "/" in (tail := entity.id.partition(":")[2]):  # "default/checkout" names it as well
            self._by_name[tail.casefold()].append(entity.id)
        for alias in entity.aliases:
            self._by_alias[alias.casefold()].append(entity.id)

    def _add_owner(self, owner: Group | Person) -> None:
        self._asked.clear()
        self._alike = None
        short = re.split("[/:]", owner.id)[-1]
        self._owner_names.append(short)
        email = owner.email if isinstance(owner, Person) else ""
        for name in dict.fromkeys(text.casefold() for text in (owner.id, short, owner.name, email) if text):
            self._owners[name].append(owner)

    def find(self, text: str, *, is_by_name: bool = True) -> Found | Missing | None:
        """The thing that `text` names; None where nobody declared one, `Missing` where several would do.

        is_by_name   false where only what is called so on purpose counts: by its id or an alias
        """
        wanted = text.strip().casefold()
        if (found := self._by_id.get(wanted)) is not None:
            return Found(id=found)
        ref = parse(text)
        if ref is not None and ref.kind:
            found = self._by_id.get(id_of(ref.kind, ref.namespace, ref.name).casefold())
            if found is not None:
                return Found(id=found)
        for names, how in ((self._by_alias, "alias"), (self._by_name, "name"))[: 1 + is_by_name]:
            fits = sorted(set(names.get(wanted, ())))
            if len(fits) > 1:
                return Missing(why=f"could be {' or '.join(fits)}; write the id", tried=tuple(fits))
            if fits:
                return Found(id=fits[0], note=f"joined to {fits[0]} by its {how}")
        return None

    def owner(self, text: str) -> tuple[str, str]:
        """A group or person, and what is odd about the owner; nobody is guessed: then the id is empty."""
        wanted = text.strip()
        if wanted not in self._asked:  # thousands of things may name the same owner who is not there
            self._asked[wanted] = self._owner(wanted)
        return self._asked[wanted]

    def called(self, text: str, kind: type[Group | Person]) -> tuple[str, ...]:
        """The ids of all groups, or of all people, who have this id, name or e-mail address."""
        named = self._owners.get(text.strip().casefold(), ())
        found = sorted({one.id for one in named if isinstance(one, kind)})
        # A Slack account is somebody's; it stands for them only where no catalog has them.
        return tuple([one for one in found if not one.startswith(ACCOUNT)] or found)

    def owners(self, text: str) -> tuple[str, ...]:
        """The ids of all who are meant; of a person and a team of one name the team, as in Backstage."""
        if fits := self.called(text, Group) or self.called(text, Person):
            return fits
        kind, _, name = text.partition(":")
        return self.called(name, _OWNERS[kind]) if kind in _OWNERS else ()

    def _owner(self, wanted: str) -> tuple[str, str]:
        if not wanted:
            return "", NO_OWNER
        fits = self.owners(wanted)
        if len(fits) == 1:
            return fits[0], ""
        if fits:
            return "", f'owner "{wanted}": could be {" or ".join(fits)}; write the id'
        return "", self.nobody(wanted)

    def nobody(self, wanted: str) -> str:
        """That nobody is called so, with who is called much like it."""
        if self._alike is None:
            self._alike = Names(self._owner_names)
        alike = self._alike.closest(re.split("[/:]", wanted)[-1], cutoff=0.6)
        hint = f'closest is "{alike}"' if alike else "nothing has a similar name"
        return f'owner "{wanted}": no such group or person; {hint}'
