"""Which Slack account is somebody's? The one their catalog names, or else the one that is found by what they share.

By their id in a list of accounts (data/importers/accounts.py), then by their e-mail address: in such a list, or with
a person of another catalog. What fits two accounts fits none, and whose an account is by their own catalog keeps it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping
from typing import NamedTuple

from data.records.catalog import ACCOUNT, Person


class Account(NamedTuple):
    """`how` it was found, where not in the person's own catalog; `why_not`, where there is none."""

    slack_id: str = ""
    how: str = ""
    why_not: str = ""


NONE = Account(why_not="has no Slack id")


class Accounts:
    def __init__(self, people: Mapping[str, Person], unseen: Container[str]) -> None:
        self._own: dict[str, Person] = {}
        self._listed: dict[str, str] = {}
        self._lists: dict[str, Person] = {}
        self._by_email: dict[str, set[str]] = defaultdict(set)
        self._of: dict[str, Account] = {}
        for one in people.values():
            if not one.slack_id or one.id in unseen:
                continue
            if one.id.startswith(ACCOUNT):
                self._listed[one.id.removeprefix(ACCOUNT)] = one.slack_id
                self._lists[one.slack_id] = one
            else:
                self._own.setdefault(one.slack_id, one)
                self._by_email[one.email.casefold()].add(one.slack_id)
        self._by_email.pop("", None)
        self._people = people
        self._unseen = unseen
        self._holders: dict[str, Person] | None = None

    def of(self, person: Person) -> Account:
        """The account of one of the people."""
        if person.slack_id:
            return Account(person.slack_id)
        found = self._of.get(person.id)
        if found is None:
            found = self._of[person.id] = self._found(person)
        return found

    def listed(self, slack_id: str) -> Person | None:
        """What a list of accounts says of this one."""
        return self._lists.get(slack_id)

    def holder(self, slack_id: str) -> Person | None:
        """Whose this account is; somebody of a catalog before an account that only a list tells of."""
        if self._holders is None:
            self._holders = {}
            for one in sorted(self._people.values(), key=self._rank):
                self._holders.setdefault(self.of(one).slack_id, one)
            self._holders.pop("", None)
        return self._holders.get(slack_id)

    def _rank(self, one: Person) -> tuple[bool, ...]:
        """Catalogs count before lists, who is there before who left, what is said before what is found."""
        return one.id.startswith(ACCOUNT), one.id in self._unseen, not one.slack_id

    def _found(self, person: Person) -> Account:
        email = person.email.casefold()
        if slack_id := self._listed.get(person.id):
            return self._unless_held(slack_id, person, "is reached by their id in a list of accounts")
        slack_ids = {self._listed[email]} if email in self._listed else self._by_email.get(email, set())
        if len(slack_ids) > 1:
            return Account(
                why_not=f"has the e-mail address of {' and '.join(sorted(slack_ids))}, and no Slack id"
            )
        for slack_id in slack_ids:
            return self._unless_held(slack_id, person, "is reached by their e-mail address")
        return NONE

    def _unless_held(self, slack_id: str, person: Person, how: str) -> Account:
        holder = self._own.get(slack_id)
        if holder is None or (holder.email and holder.email.casefold() == person.email.casefold()):
            return Account(slack_id, how)
        return Account(why_not=f"would be {slack_id}, which is {holder.id}'s by their own catalog")
