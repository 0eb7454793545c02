"""How does an event somebody recorded years ago read today? The stored bytes stay; only the reading changes.

An event's version stands in its name: "escalated", then "escalated/2". What a name once meant never changes:
another meaning gets the next version, and a step here that turns the one before into it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Tree = dict[str, Any]


def _told_about_all(event: Tree) -> Tree:
    """Everyone who was told heard about every consumer."""
    told = dict.fromkeys(event["to"], event["consumer_ids"])
    return {**event, "event": "escalated/2", "to": told}


def _told_as_silence(event: Tree) -> Tree:
    """What had been handed back was told as what nobody answered for."""
    return {**event, "event": "escalated/3"}


def _told_at_once(event: Tree) -> Tree:
    """However short owners had had it, everybody above them was told."""
    return {**event, "event": "escalated/4"}


def _told_by_levels(event: Tree) -> Tree:
    """Those above owners first, then the channel: no policy had a tree, and everybody was told by their own date."""
    return {**event, "event": "escalated/5"}


def _moved_every_date(event: Tree) -> Tree:
    return {**event, "event": "amended/2", "answer_by": "moves"}


def _answered_by_the_first_date(event: Tree) -> Tree:
    """Whoever took over had the date of those before, however late it was."""
    return {**event, "event": "owners changed/2"}


def _asked_teams_only(event: Tree) -> Tree:
    """New people of a team had the date of those before; a team inherited the request for time of the one before."""
    return {**event, "event": "owners changed/3", "asks": "teams"}


def _asked_those_who_owed(event: Tree) -> Tree:
    """A caller that nobody had claimed was not asked to move when it was declared."""
    return {**event, "event": "caller declared/2", "asks": "owing"}


def _as_it_was(event: Tree) -> Tree:
    """Nothing was voted on but a plan and calling it off, and no policy had days for more."""
    return {**event, "event": f"{event['event']}/2"}


def _without_tree(event: Tree) -> Tree:
    """No policy had an escalation tree."""
    return {**event, "event": "proposed/3"}


def _approved_by_all(event: Tree) -> Tree:
    """No role was taken to consent by silence."""
    return {**event, "event": "approved/2"}


def _answered_for_themselves(event: Tree) -> Tree:
    """Nobody stood in for anybody."""
    return {**event, "event": f"{event['event']}/2"}


def _called_so_as_it_stands(event: Tree) -> Tree:
    """What people called a playbook was hashed as it stands, and cannot be erased."""
    return {**event, "event": f"{event['event']}/2", "name": {"prose": event["name"]}}


def _followed_so_as_it_stands(event: Tree) -> Tree:
    """The same of the one that a proposal follows."""
    called = {"like_name": {"prose": event["like_name"]}} if "like_name" in event else {}
    return {**event, "event": "proposed/4", **called}


UPCASTS: dict[str, Callable[[Tree], Tree]] = {
    "approved": _approved_by_all,
    "announced": _answered_for_themselves,
    "amended": _moved_every_date,
    "cancellation proposed": _as_it_was,
    "caller declared": _asked_those_who_owed,
    "duty changed": _answered_for_themselves,
    "escalated": _told_about_all,
    "escalated/2": _told_as_silence,
    "escalated/3": _told_at_once,
    "escalated/4": _told_by_levels,
    "proposed": _as_it_was,
    "proposed/2": _without_tree,
    "proposed/3": _followed_so_as_it_stands,
    "playbook made": _called_so_as_it_stands,
    "playbook taken back": _called_so_as_it_stands,
    "revised": _as_it_was,
    "owners changed": _answered_by_the_first_date,
    "owners changed/2": _asked_teams_only,
    "snoozed": _answered_for_themselves,
}


def upcast(event: Tree) -> Tree:
    """The event in its present version, one step at a time."""
    while step := UPCASTS.get(event["event"]):
        event = step(event)
    return event
