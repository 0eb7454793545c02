"""Groups and Users of a Backstage source: who belongs to which team, and how to reach them in Slack."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from data.importers.declaration import PREFIX, Account, Declaration
from data.importers.refs import Found, Index, id_of, parse
from data.importers.slack_ids import CHANNEL_ID, USER_ID
from data.importers.yaml_lines import Node
from data.records.catalog import Group, Person
from data.zones import is_zone


def groups_of(things: Sequence[Declaration], index: Index, account: Account) -> tuple[Group, ...]:
    """Teams with their members: whom the group lists, then who says memberOf; also people nobody declares."""
    members: dict[str, dict[str, None]] = {}
    parents: dict[str, str] = {}
    groups = [thing for thing in things if thing.kind == "group"]
    for thing in groups:
        members[thing.id] = dict.fromkeys(_member_ids(thing, index, account))
        for child in thing.spec.get("children").items:
            if child_id := _resolved(thing, child, "group", index, account, what="spec.children"):
                parents.setdefault(child_id, thing.id)
    for thing in things:
        if thing.kind == "user":
            for item in thing.spec.get("memberOf").items:
                group_id = _resolved(thing, item, "group", index, account, what="spec.memberOf")
                if group_id in members:
                    members[group_id].setdefault(thing.id)
                elif group_id:
                    account.note(
                        thing,
                        item.line,
                        "spec.memberOf",
                        f"{group_id} is declared elsewhere; import both together",
                    )
    return tuple(
        Group(
            id=thing.id,
            name=thing.name,
            title=thing.title,
            parent_id=_resolved(thing, thing.spec.get("parent"), "group", index, account, what="spec.parent")
            or parents.get(thing.id, ""),
            member_ids=tuple(members[thing.id]),
            channel_id=_slack(thing, "slack-channel", CHANNEL_ID, account, "like C01ABC2DEF3"),
        )
        for thing in groups
    )


def people_of(
    things: Sequence[Declaration], index: Index, account: Account, taken: Mapping[str, str]
) -> tuple[Person, ...]:
    """People, each with a Slack id of their own; `taken` are those of others, unless they are declared here, too."""
    people: list[Person] = []
    here = {thing.id for thing in things}
    taken = {slack_id: other for slack_id, other in taken.items() if other not in here}
    for thing in things:
        slack_id = _slack(thing, "slack-id", USER_ID, account, "like U01ABC2DEF3")
        if slack_id and (other := taken.setdefault(slack_id, thing.id)) != thing.id:
            line = thing.annotation("slack-id").line
            account.note(
                thing, line, f"{PREFIX}slack-id {slack_id}", f"is {other}'s already; kept without a Slack id"
            )
            slack_id = ""
        people.append(
            Person(
                id=thing.id,
                name=thing.title or thing.name,
                slack_id=slack_id,
                manager_id=_manager(thing, index, account),
                zone=_zone(thing, account),
                email=thing.spec.get("profile").get("email").text,
            )
        )
    return tuple(people)


def _member_ids(thing: Declaration, index: Index, account: Account) -> list[str]:
    member_ids: list[str] = []
    left: list[str] = []
    for item in thing.spec.get("members").items:
        found = index.find(item.text, kinds=("user",), namespace=thing.namespace)
        ref = parse(item.text)
        if isinstance(found, Found):
            if found.note:
                account.note(thing, item.line, f"spec.members {item.shown}", found.note)
            member_ids.append(found.id)
        elif ref is None:
            account.note(thing, item.line, f"spec.members {item.shown}", found.why)
        else:
            member_ids.append(id_of(ref.kind or "user", ref.namespace or thing.namespace, ref.name))
            left.append(ref.name)
    if left:
        account.note(
            thing, thing.spec.get("members").line, "spec.members", f"nobody declares {', '.join(left)}"
        )
    return member_ids


def _resolved(thing: Declaration, item: Node, kind: str, index: Index, account: Account, *, what: str) -> str:
    if item.value is None:
        return ""
    found = index.find(item.text, kinds=(kind,), namespace=thing.namespace)
    note = found.note if isinstance(found, Found) else found.why
    if note:
        account.note(thing, item.line, f"{what} {item.shown}", note)
    return found.id if isinstance(found, Found) else ""


def _manager(thing: Declaration, index: Index, account: Account) -> str:
    manager = thing.annotation("manager")
    manager_id = _resolved(thing, manager, "user", index, account, what=f"{PREFIX}manager")
    if manager_id == thing.id:
        account.note(
            thing, manager.line, f"{PREFIX}manager", "nobody manages themselves; kept without a manager"
        )
        return ""
    return manager_id


def _slack(thing: Declaration, name: str, form: re.Pattern[str], account: Account, example: str) -> str:
    # Ids go into messages unescaped, as mentions: what does not look like one is never kept as one.
    stated = thing.annotation(name)
    if stated.is_stated and not form.fullmatch(stated.text):
        account.note(
            thing, stated.line, f"{PREFIX}{name} {stated.shown}", f"not a Slack id {example}; ignored"
        )
        return ""
    return stated.text


def _zone(thing: Declaration, account: Account) -> str:
    stated = thing.annotation("zone")
    if stated.is_stated and not is_zone(stated.text):
        account.note(thing, stated.line, f"{PREFIX}zone {stated.shown}", "not an IANA time zone; kept as UTC")
        return "UTC"
    return stated.text or "UTC"
