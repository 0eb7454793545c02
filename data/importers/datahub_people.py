"""Groups and people DataHub describes, and whom the urn of an owner means.

One whose name or e-mail address another source has is that one, and the report says so; which that is, is asked of the
catalog as it stands (data/catalog/same_people.py). Whoever is not active any more is not introduced: what they owned is
seen to have nobody.
Source: docs.datahub.com/docs/generated/metamodel/entities/corpuser and corpgroup
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from data.catalog.same_people import DATAHUB
from data.importers.datahub_documents import Thing, Urn, urn_of
from data.importers.draft import Draft
from data.importers.fields import Fields
from data.records.catalog import ACCOUNT, Group, Person

KINDS: dict[str, type[Group | Person]] = {"corpgroup": Group, "corpuser": Person}
_INFO = {"corpgroup": "corpgroupinfo", "corpuser": "corpuserinfo"}
_MEMBERSHIPS = {"groupmembership": "groups", "nativegroupmembership": "nativeGroups"}
ASPECTS = frozenset((*_INFO.values(), *_MEMBERSHIPS, "corpusereditableinfo", "corpuserkey", "corpgroupkey"))


class People:
    """Introduces them; afterwards `owner` finds them, and those of other sources, by urn."""

    def __init__(self, things: Iterable[Thing], draft: Draft) -> None:
        self._draft = draft
        described = [thing for thing in things if thing.urn.kind in KINDS]
        here = [thing for thing in described if not self._is_gone(thing)]
        self._infos = {thing.urn.id: thing.fields(_INFO[thing.urn.kind], draft) for thing in here}
        self._emails = {thing.urn.id: self._email(thing) for thing in here if thing.urn.kind == "corpuser"}
        self._ids = {thing.urn.id for thing in here}
        self._members: dict[str, dict[str, None]] = defaultdict(dict)
        self._parents: dict[str, str] = {}
        for thing in here:
            self._relate(thing)
        for thing in here:
            self._tell_joined(thing)
        for thing in here:
            draft.introduce(self._introduced(thing), thing.path)

    def owner(self, text: str) -> str:
        """What names the owner who is meant; a text that means nobody, or several, stays as it is written."""
        urn = urn_of(text)
        return (self._id(urn) if urn else "") or text

    def names(self, text: str) -> tuple[str, ...]:
        """What may mean the same owner once another catalog has them."""
        urn = urn_of(text)
        if (found := self.owner(text)) != text or urn is None or urn.kind not in KINDS:
            return (found,)
        return (text, f"{'group' if KINDS[urn.kind] is Group else 'user'}:{urn.name}")

    def _is_gone(self, thing: Thing) -> bool:
        is_inactive = thing.value("corpuserinfo", "active") is False
        why = thing.removed or ("is not active any more; has left" if is_inactive else "")
        for where in thing.documents if why else ():
            self._draft.skip(where, thing.urn.text, why)
        return bool(why)

    def _email(self, thing: Thing) -> str:
        found = self._infos[thing.urn.id].text("email")
        return found or thing.fields("corpusereditableinfo", self._draft).text("email")

    def _tell_joined(self, thing: Thing) -> None:
        """Who another source has them as by now."""
        names = {"e-mail address": self._emails.get(thing.urn.id, ""), "name": thing.urn.name}
        for how, name in names.items():
            fits = self._called(thing.urn, name, elsewhere=True)
            if len(fits) == 1:
                as_there = "; members and names as declared there"
                self._draft.note(thing.where, thing.urn.text, f"joined to {fits[0]} by its {how}{as_there}")
            elif fits:
                could = f"could be {' or '.join(fits)}; kept as one of its own"
                self._draft.note(thing.where, thing.urn.text, could)
            if fits:
                return

    def _called(self, urn: Urn, name: str, *, elsewhere: bool = False) -> Sequence[str]:
        found = self._draft.known.called(name, KINDS[urn.kind]) if name else ()
        return [one for one in found if not one.startswith((*DATAHUB, ACCOUNT))] if elsewhere else found

    def _id(self, urn: Urn) -> str:
        """Of whom an urn means; empty where that is nobody, or could be several."""
        if urn.kind not in KINDS:
            return ""
        if urn.id in self._ids:
            return urn.id
        fits = self._called(urn, urn.text) or self._called(urn, urn.name, elsewhere=True)
        return fits[0] if len(fits) == 1 else ""

    def _relate(self, thing: Thing) -> None:
        if thing.urn.kind == "corpuser":
            for aspect, name in _MEMBERSHIPS.items():
                for group in thing.fields(aspect, self._draft).texts(name):
                    self._members[group.lower()].setdefault(thing.urn.id)
            return
        info = self._infos[thing.urn.id]
        for text in info.texts("members"):
            urn = urn_of(text)
            if urn is None or urn.kind != "corpuser":
                self._draft.note(thing.where, thing.urn.text, f'member "{text[:80]}": no urn of a person')
            else:  # also somebody nobody describes: who left is seen to have left
                self._members[thing.urn.id].setdefault(self._id(urn) or urn.id)
        for child in info.texts("groups"):
            self._parents.setdefault(child.lower(), thing.urn.id)

    def _introduced(self, thing: Thing) -> Group | Person:
        info = self._infos[thing.urn.id]
        title = info.text("displayName")
        if thing.urn.kind == "corpgroup":
            parent_id = self._parents.get(thing.urn.id, "")
            return Group(
                id=thing.urn.id,
                name=thing.urn.name,
                title="" if title == thing.urn.name else title,
                parent_id="" if parent_id == thing.urn.id else parent_id,
                member_ids=tuple(self._members.get(thing.urn.id, ())),
            )
        return Person(
            id=thing.urn.id,
            name=title or info.text("fullName") or thing.urn.name,
            manager_id=self._manager(thing, info),
            email=self._emails[thing.urn.id],
        )

    def _manager(self, thing: Thing, info: Fields) -> str:
        text = info.text("managerUrn")
        urn = urn_of(text)
        manager_id = self._id(urn) if urn and urn.kind == "corpuser" else ""
        if text and (not manager_id or manager_id == thing.urn.id):
            why = "nobody manages themselves" if manager_id else "nobody describes them"
            self._draft.note(
                thing.where, thing.urn.text, f"manager {text[:80]}: {why}; kept without a manager"
            )
            return ""
        return manager_id
