"""Records of any type with chance's choice of everything, and the worst in every text that somebody may have written.

What a field is called says what its text is: ids are of few things, so that what one record names another one has.
"""

from __future__ import annotations

import dataclasses
import re
import types
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from random import Random
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import replace

from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.records.base import Prose
from data.records.catalog import Entity, Group, Person
from data.records.plan import Step
from data.records.progress import StepKind
from data.records.retirement import Obligation, Retirement, State
from tests.bot.views.examples import NOW, a_retirement
from workflows.rules.voting.roles import Weighed

WORST = "<!channel> <@UEVIL> <https://evil.example|here> `rm` \u202e\u2028\u2029\n*x* & " + "n" * 236

THINGS = ("component:default/a", "component:default/b", "resource:default/m")
EVIL_ID = f"component:default/{WORST}"
CONSUMERS = (THINGS[0], THINGS[1], EVIL_ID)
PEOPLE = ("U1", "U2", "U3")
TEXTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"zone", ("Europe/Berlin",)),
    (r"late|figures?", ("said by us",)),
    (r"told_as", (f"manager:1:{WORST}",)),
    (r"params|support|one", (WORST,)),
    (r"milestone", ("migrate-7d@2027-05-23", "migrate@2027-05-23", "disable-1d")),
    (r"(.*_)?digest|amends", ("sha256:" + "ab" * 32, WORST)),
    (r"role|.*roles?|missing|members|reseated", ("owner", "risk", WORST)),
    (r"(team|group)s?(_id)?|groups", ("group:default/edge", "group:default/core", f"group:default/{WORST}")),
    (r"retirement(_id)?|stream|like", ("RET-1", "RET-2")),
    (
        (
            r"by|to|for|asked|people|person|who|whom|slack_ids?|reader|delegate|manager_id|persons?|told"
            r"|.*_(by|for)|(proposer|coordinator|voter|person|slack|owner)_ids?|leads|voters|attesters|left|unreached"
        ),
        PEOPLE,
    ),
    (r"url|address|link", ("https://a.example/x", WORST)),
    (r"channel|place|target", ("C1", "U1", WORST)),
    (r"priced_on|successor_from|day|was|last_seen|first_seen", ("2027-05-01",)),
    (r"calls_per_day|parts?|more|count", ("1",)),
    (r"action|done", ("disable", "restore", WORST)),
    (
        r"id|ids|.*_ids?|ref|what|consumer|path|declared_as|waivers|declared|reads_as|wishes|extended|owners|ids",
        (*THINGS, *THINGS, EVIL_ID, "archive:" + WORST),
    ),
)
"""Of a field of this name: these. All others are written by somebody."""


TYPED = {
    "more": "3",
    "count": "3",
    "people": "U1",
    "who": WORST,
    "asks": "how it stands",
    "earlier_at": NOW.isoformat(),
    "taken_at": NOW.isoformat(),
    "stamped_at": NOW.isoformat(),
    "until": NOW.date().isoformat(),
    "last_day": "2027-05-23",
    "since": NOW.isoformat(),
    **dict.fromkeys(("to", "person", "reader", "delegate", "slack_id"), "U1"),
    "by": "U2",
    "channel": "U3",
}


class Params(dict[str, str]):
    """What a message carries: all that is not named is the worst."""

    def __missing__(self, name: str) -> str:
        return WORST


FEW = 6
ONE = ("number", "objected", "announced", "wishes")
"""So that what one record numbers another one has."""
OURS: dict[tuple[str, str], Any] = {
    ("Measure", "said"): "3 days",
    ("Found", "others"): (("dataset", WORST),),
    ("Answer", "reached"): (("dataset", WORST),),
    ("NoticeText", "under_way"): "{what}",
    ("NoticeText", "closed"): "{what}",
}
"""What none of the people writes whom this is about: we, a policy or a kind do."""
FREE = (
    "params",
    "support",
    "one",
    "name",
    "why",
    "words",
    "typed",
    "text",
    "what",
    "model_name",
    "where",
    "team",
    "names",
)
"""What a function is given as it was written."""


class Maker:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self._made: dict[tuple[Any, str], list[Any]] = {}

    def one_of(self, kind: Any, name: str, depth: int = 0) -> Any:
        """One of a few of this type and name: making each anew takes long."""
        made = self._made.setdefault((kind, name), [])
        if len(made) < FEW:
            made.append(self.record(kind, depth) if depth else self.made(kind, name))
            return made[-1]
        return self.chance.choice(made)

    def made(self, kind: Any, name: str = "", depth: int = 0) -> Any:  # noqa: PLR0911, PLR0912 - one case per kind
        """One of this type, as a field of this name."""
        origin, args, one_of = get_origin(kind), get_args(kind), self.chance.choice
        if kind is type(None) or kind is None:
            return None
        if kind is str or kind is Any or kind is object:
            return self.text(name)
        if kind is Prose:
            return Prose(prose=WORST)
        if kind is bool:
            return self.chance.random() < 0.5
        if kind is int:
            return 1 if name in ONE else one_of([0, 1, 1, 2, 3])
        if kind is float:
            return self.chance.random() * 9
        if kind is bytes:
            return b"1"
        if kind is datetime:
            return NOW + timedelta(days=self.chance.randrange(-40, 40))
        if kind is date:
            return (NOW + timedelta(days=self.chance.randrange(-40, 40))).date()
        if kind is timedelta:
            return timedelta(days=self.chance.randrange(40))
        if kind is Retirement:
            return self.retirement(depth)
        if kind is Weighed:
            return self.one_of(Entity, "", depth + 1)
        if kind is Snapshot:
            return self.snapshot()
        if origin is Literal:
            return one_of(args)
        if origin in (Union, types.UnionType):
            rest = [one for one in args if one is not type(None)]
            if len(rest) < len(args) and (depth > 8 or self.chance.random() < 0.25):
                return None
            return self.made(one_of(rest), name, depth)
        if origin in (tuple, list, set, frozenset, Sequence, Iterable, Collection):
            if origin is tuple and not (len(args) == 2 and args[1] is Ellipsis):
                return tuple(self.made(one, name, depth + 1) for one in args)
            many = [self.made(args[0], name, depth + 1) for _ in range(self.many(depth))]
            return many if origin is list else origin(many) if origin in (set, frozenset) else tuple(many)
        if origin in (dict, Mapping) and args == (str, str) and name in ("params", "said", "about"):
            return Params(TYPED)
        if origin in (dict, Mapping):
            return {
                self.made(args[0], name, depth + 1): self.made(args[1], name, depth + 1)
                for _ in range(self.many(depth))
            }
        if origin is Callable:
            return lambda *_: "ours"
        if isinstance(kind, type) and issubclass(kind, Enum):
            return one_of(list(kind))
        if isinstance(kind, type) and (
            issubclass(kind, msgspec.Struct) or dataclasses.is_dataclass(kind) or hasattr(kind, "_fields")
        ):
            return self.record(kind, depth) if not depth else self.one_of(kind, "", depth)
        raise TypeError(f"no idea how to make {kind} for {name}")

    def given(self, kind: Any, name: str, *, is_private: bool) -> Any:
        """What a function is given in a parameter of this name. Texts that it is given ready are ours."""
        if kind is str and is_private and name != "one":
            return self.chance.choice([one for one in _texts(name) if "<" not in one] or ["ours"])
        if kind is str:
            return self.chance.choice(_texts(name) or ((WORST,) if name in FREE else ("ours",)))
        if name == "reached":
            return self.chance.choice([(), OURS["Answer", "reached"]])
        if name == "params":
            return defaultdict(lambda: WORST)
        if kind in (Sequence[str], Iterable[str], Mapping[str, str]) and name not in FREE:
            made = self.made(kind, name)
            return (
                dict.fromkeys(made, "ours")
                if isinstance(made, dict)
                else tuple(name for name in made if "<" not in name)
            )
        return self.one_of(kind, name)

    def many(self, depth: int) -> int:
        return self.chance.choice([0, 1, 2, 3] if depth < 4 else [0, 1, 1])

    def text(self, name: str) -> str:
        if texts := _texts(name):
            return self.chance.choice(texts)
        return WORST if self.chance.random() < 0.9 else ""

    def record(self, kind: Any, depth: int) -> Any:
        return kind(
            **{
                name: OURS.get((kind.__name__, name)) or self.made(one, name, depth + 1)
                for name, one in _hints(kind).items()
            }
        )

    def retirement(self, depth: int) -> Retirement:
        """As one may stand: with a plan of all its steps, each consumer owed for once, and the rest at random."""
        found, base = self.record(Retirement, depth), a_retirement(name=WORST)
        assert base.plan is not None
        plan = found.plan or base.plan
        owed = [(self.one_of(Obligation, "", depth + 1), one) for one in CONSUMERS]
        return replace(
            found,
            id="RET-1",
            state=self.chance.choice(list(State)),
            plan=replace(plan, steps=tuple(Step(kind=one, due_at=self.made(datetime)) for one in StepKind)),
            policy=found.policy or base.policy,
            round=found.round or base.round,
            obligations=tuple(
                replace(duty, consumer=replace(duty.consumer, consumer_id=one)) for duty, one in owed
            ),
            proposed_at=NOW,
        )

    def snapshot(self) -> Snapshot:
        entities = {one: replace(self.record(Entity, 4), id=one) for one in THINGS}
        groups = {
            one: replace(self.record(Group, 4), id=one, member_ids=PEOPLE)
            for one in ("group:default/edge", "group:default/core")
        }
        people = {one: replace(self.record(Person, 4), id=one, slack_id=one) for one in PEOPLE}
        stated = {THINGS[0]: ((THINGS[2], WORST, WORST),), THINGS[1]: ((THINGS[0], WORST, WORST),)}
        return Snapshot.of(Stored(1, entities, stated, {}, groups, people, {}))


@cache
def _texts(name: str) -> tuple[str, ...]:
    return next((texts for pattern, texts in TEXTS if re.fullmatch(pattern, name)), ())


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return {name: one for name, one in get_type_hints(kind).items() if _is_field(kind, name)}


def _is_field(kind: Any, name: str) -> bool:
    if issubclass(kind, msgspec.Struct):
        return name in kind.__struct_fields__
    if dataclasses.is_dataclass(kind):
        return name in {one.name for one in dataclasses.fields(kind) if one.init}
    return name in kind._fields
