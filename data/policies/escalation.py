"""What escalation tree does this TOML describe? All that is wrong with it is told at once, each with its place.

A step is a table that does one thing: it notifies, waits, branches or repeats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from data.policies.checks import CHANNEL_NAME, TEAM_NAME
from data.policies.escalation_reach import unreachable
from data.records.escalation import (
    Branch,
    Deadline,
    Escalation,
    Notify,
    Repeat,
    TreeStep,
    WaitDays,
    WaitHours,
    When,
)
from data.toml_checks import Check, whole, word_of
from data.toml_tables import Tables

AGAIN = "again_days"
NOTIFIED_MAX = 20  # ours: who has not answered twenty messages does not answer the next one
DEEP_MAX = 4  # ours: nobody follows a branch of a branch of a branch of a branch
TIMES_MAX = 10
DAYS_MAX = 365
UNSETTLED = ("open", "acknowledged", "needs more time", "not mine")
PLACE = re.compile(
    r"owner|delegate|lead|manager|manager\([1-9]\)|coordinator|channel"
    rf"|channel:({CHANNEL_NAME})|group:{TEAM_NAME}"
)
PLACES = (
    "any of owner, delegate, lead, manager, manager(2), coordinator, channel, channel:#NAME, group:NAME, "
    'e.g. "manager" or ["lead", "coordinator"]'
)
STEP_FORMS = (
    'one of { notify = "manager" }, { wait_days = 3 }, { wait_hours = 8 }, { wait_until = "window" }, '
    "{ when = { tier = 1 }, then = [...], otherwise = [...] }, { repeat = 2, steps = [...] }"
)
LAST = ("channel", "coordinator")


def _all_of(check: Check, accepted: str) -> Check:
    """One value or a list of different ones, each of which is fine."""

    def checked(value: Any) -> str:
        listed = value if isinstance(value, list) else [value]
        is_fine = listed and not any(check(one) for one in listed)
        return "" if is_fine and all(listed.count(one) == 1 for one in listed) else accepted

    return checked


def _place(value: Any) -> str:
    return "" if isinstance(value, str) and PLACE.fullmatch(value) else PLACES


notify = _all_of(_place, PLACES)
_tier = _all_of(whole(1, 3, ""), "a tier or a list of tiers, 1 to 3, e.g. 1 or [1, 2]")
_state = _all_of(word_of(UNSETTLED), f"one of {', '.join(UNSETTLED)}, or a list of them")
_days_left = whole(0, DAYS_MAX, "days")
_deadline = word_of(tuple(Deadline))


class _Known:
    """A key of a table, as `Tables` asks for it."""

    def __init__(self, check: Check) -> None:
        self.check = check


WHEN = {
    "tier": _Known(_tier),
    "deadline": _Known(_deadline),
    "state": _Known(_state),
    "days_left_max": _Known(_days_left),
}


def tree_of(reading: Tables, steps: Any, on_exhausted: str, *, again_days: int) -> Escalation:
    """The tree, as far as it is fine; what is not is refused in `reading`."""
    before = len(reading.problems)
    found = _Reading(reading, again_days).steps(steps, "escalation.steps", deep=0)
    told = _notified(found)
    if told > NOTIFIED_MAX:
        accepted = f"at most {NOTIFIED_MAX} notifications, repeated ones included; these are {told}"
        reading.refuse("escalation", "steps", None, accepted)
    elif len(reading.problems) == before:
        for place in unreachable(found):
            reading.refuse(
                f"escalation.steps{place}",
                "",
                None,
                "never reached: what leads here rules it out; leave it out",
            )
    return Escalation(steps=found, on_exhausted=on_exhausted)


class _Reading:
    """Steps as they are read, into one list of problems."""

    def __init__(self, reading: Tables, again_days: int) -> None:
        self._reading, self._again_days = reading, again_days
        self._kinds: Mapping[str, Callable[[dict[str, Any], str, int], TreeStep | None]] = {
            "notify": self._notify,
            "wait_days": self._wait_days,
            "wait_hours": self._wait_hours,
            "wait_until": self._wait_until,
            "when": self._branch,
            "repeat": self._repeat,
        }

    def steps(self, given: Any, where: str, *, deep: int) -> tuple[TreeStep, ...]:
        if not isinstance(given, list):
            self._reading.refuse("", where, given, "a list of steps, [[escalation.steps]]")
            return ()
        if deep > DEEP_MAX:
            self._reading.refuse(where, "", None, f"at most {DEEP_MAX} branches or repeats in each other")
            return ()
        read = (self._step(one, f"{where}.{number}", deep) for number, one in enumerate(given, start=1))
        return tuple(step for step in read if step is not None)

    def _step(self, given: Any, where: str, deep: int) -> TreeStep | None:
        kinds = [kind for kind in self._kinds if isinstance(given, dict) and kind in given]
        if len(kinds) != 1:
            self._reading.refuse("", where, given, STEP_FORMS)
            return None
        (kind,) = kinds
        beside = {"when": {"then", "otherwise"}, "repeat": {"steps"}}.get(kind, set())
        for key in given.keys() - {kind} - beside:
            known = ", ".join((kind, *sorted(beside)))
            self._reading.refuse(where, key, given[key], f"unknown beside {kind}; known here: {known}")
        return self._kinds[kind](given, where, deep)

    def _fine(self, given: dict[str, Any], where: str, key: str, check: Check) -> bool:
        accepted = check(given[key])
        if accepted:
            self._reading.refuse(where, key, given[key], accepted)
        return not accepted

    def _notify(self, given: dict[str, Any], where: str, _deep: int) -> TreeStep | None:
        return Notify(to=_listed(given["notify"])) if self._fine(given, where, "notify", notify) else None

    def _wait_days(self, given: dict[str, Any], where: str, _deep: int) -> TreeStep | None:
        if given["wait_days"] == AGAIN:
            return WaitDays(days=self._again_days)
        whole_days = whole(1, DAYS_MAX, "days")

        def check(value: Any) -> str:
            accepted = whole_days(value)
            return f'{accepted}, or "{AGAIN}"' if accepted else ""

        is_fine = self._fine(given, where, "wait_days", check)
        return WaitDays(days=given["wait_days"]) if is_fine else None

    def _wait_hours(self, given: dict[str, Any], where: str, _deep: int) -> TreeStep | None:
        is_fine = self._fine(given, where, "wait_hours", whole(1, 80, "working hours"))
        return WaitHours(hours=given["wait_hours"]) if is_fine else None

    def _wait_until(self, given: dict[str, Any], where: str, _deep: int) -> TreeStep | None:
        is_fine = self._fine(given, where, "wait_until", word_of(("window",)))
        return WaitHours(hours=0) if is_fine else None

    def _branch(self, given: dict[str, Any], where: str, deep: int) -> TreeStep | None:
        said = self._reading.table(f"{where}.when", given["when"], WHEN)
        if given["when"] == {}:
            accepted = f"at least one of {', '.join(WHEN)}: without, nothing branches"
            self._reading.refuse(where, "when", {}, accepted)
        sides = {
            side: self.steps(given[side], f"{where}.{side}", deep=deep + 1)
            for side in ("then", "otherwise")
            if side in given
        }
        if not any(given.get(side) for side in ("then", "otherwise")):
            self._reading.refuse(
                where, "then", None, "nothing comes after this branch; give it steps, or leave it out"
            )
        return Branch(
            when=When(
                tiers=_listed(said.get("tier", ())),
                deadline=Deadline(said["deadline"]) if "deadline" in said else None,
                duties=_listed(said.get("state", ())),
                days_left_max=said.get("days_left_max"),
            ),
            then=sides.get("then", ()),
            otherwise=sides.get("otherwise", ()),
        )

    def _repeat(self, given: dict[str, Any], where: str, deep: int) -> TreeStep | None:
        bound = f"a whole number of times from 2 to {TIMES_MAX}: without a bound it never ends"
        is_bound = self._fine(
            given, where, "repeat", lambda value: bound if whole(2, TIMES_MAX, "")(value) else ""
        )
        inner = self.steps(given.get("steps", []), f"{where}.steps", deep=deep + 1)
        if not given.get("steps"):
            self._reading.refuse(where, "steps", None, "nothing is repeated; give it steps, or leave it out")
        elif inner and not _waits(inner):
            self._reading.refuse(
                where, "steps", None, "nothing waits in it, so all would be told at once; add a wait"
            )
        return Repeat(times=given["repeat"], steps=inner) if is_bound else None


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _notified(steps: Iterable[TreeStep]) -> int:
    """How many messages at most, one after the other, both sides of a branch counted."""
    total = 0
    for step in steps:
        match step:
            case Notify():
                total += 1
            case Branch(then=then, otherwise=otherwise):
                total += _notified(then) + _notified(otherwise)
            case Repeat(times=times, steps=inner):
                total += times * _notified(inner)
            case _:
                pass
    return total


def _waits(steps: Iterable[TreeStep]) -> bool:
    """Does something wait, whichever side is taken?"""
    return any(
        isinstance(step, WaitDays | WaitHours)
        or (isinstance(step, Branch) and _waits(step.then) and _waits(step.otherwise))
        or (isinstance(step, Repeat) and _waits(step.steps))
        for step in steps
    )


def said(tree: Escalation) -> dict[str, Any]:
    """What its TOML says: "steps.1" -> the step, and "on_exhausted"."""
    steps = {f"steps.{number}": _said(step) for number, step in enumerate(tree.steps, start=1)}
    return {**steps, "on_exhausted": tree.on_exhausted}


def _said(step: TreeStep) -> dict[str, Any]:
    match step:
        case Notify(to=to):
            return {"notify": list(to)}
        case WaitDays(days=days):
            return {"wait_days": days}
        case WaitHours(hours=hours):
            return {"wait_hours": hours} if hours else {"wait_until": "window"}
        case Repeat(times=times, steps=steps):
            return {"repeat": times, "steps": [_said(one) for one in steps]}
        case Branch(when=when, then=then, otherwise=otherwise):
            held = {
                "tier": list(when.tiers) or None,
                "deadline": when.deadline,
                "state": list(when.duties) or None,
                "days_left_max": when.days_left_max,
            }
            sides = {"then": then, "otherwise": otherwise}
            return {
                "when": {key: value for key, value in held.items() if value is not None},
                **{side: [_said(one) for one in steps] for side, steps in sides.items() if steps},
            }
