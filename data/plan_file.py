"""A plan as a file of TOML, key by key as its record has it: what is written and read again is the same plan.

Beside `[plan]`, which is what people vote on and what its digest covers, stand the words that are not hashed, and the
retirement whose plan it is. The file has no digest of its own: whoever changes it would have to know it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from data.errors import Invalid
from data.policies.checks import day
from data.records.base import Record
from data.records.plan import Plan
from data.records.progress import OF_EVERY_PLAN, StepKind
from data.toml_tables import Tables, tables_of, text_of

RETIREMENT = re.compile(r"RET-[1-9][0-9]{0,8}")
PLAN = "plan"
WORKED_OUT = "digest"
"""Of a plan, and of nothing else in it."""


class PlanFile(Record, frozen=True, kw_only=True):
    """`retirement`: whose plan it is to become, RET-7; empty for a new one. `why` and `interim`: as in its form."""

    retirement: str = ""
    why: str
    interim: str = ""
    plan: Plan


def is_plan(name: str) -> bool:
    """By what the file is called: no catalog is read from such a file."""
    return name.lower().endswith(".toml")


def written(file: PlanFile) -> str:
    """The file. Raises nothing: every plan on record can be written."""
    tables = msgspec.to_builtins(file, builtin_types=(datetime,))
    tables["plan"].pop(WORKED_OUT, None)
    return "\n".join(_tables("", tables)) + "\n"


def read_plan(path: Path) -> PlanFile:
    """What the file says. Raises `Invalid` with all that is wrong with it."""
    toml = text_of(path, otherwise="name a file that emeritus plan export wrote")
    return parsed(toml, source=path.name)


def parsed(toml: str, *, source: str) -> PlanFile:
    """The plan of this text, without a digest. Raises `Invalid` with all problems."""
    given = tables_of(toml, source, holds="plan")
    reading = Tables(source)
    _check(reading, given, inspect.type_info(PlanFile), "", "")
    if not reading.problems:
        _check_sense(reading, given)
    if reading.problems:
        raise Invalid(reading.problems)
    for step in given["plan"]["steps"]:
        # As plans have it: by another offset it is the same instant.
        for one in (step, *step.get("windows", ())):
            one |= {key: at.astimezone(UTC) for key, at in one.items() if isinstance(at, datetime)}
    return msgspec.convert(given, PlanFile)


def _tables(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    """Values of a table first: in TOML, what stands behind the head of another is that one's."""
    inner = {key: value for key, value in table.items() if _is_table(value) or _are_tables(value)}
    yield from (f"{key} = {_value(value)}" for key, value in table.items() if key not in inner)
    for key, value in inner.items():
        path = f"{name}.{key}" if name else key
        for head, one in [(f"[{path}]", value)] if _is_table(value) else [(f"[[{path}]]", x) for x in value]:
            yield from ("", head)
            yield from _tables(path, one)


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _are_tables(value: object) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, dict) for one in value)


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        within = [_value(one) for one in value]
        if len(within) < 2:
            return f"[{', '.join(within)}]"
        # A line for each: what changed is read line by line where such files are kept.
        return "\n".join(["[", *(f"    {one}," for one in within), "]"])
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    # A string of JSON is one of TOML, but for DEL, which JSON has as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _check(reading: Tables, value: Any, kind: inspect.Type, where: str, key: str) -> None:
    """Refuses everything in it that is not of this kind."""
    path = ".".join(filter(None, (where, key)))
    match kind:
        case inspect.StructType():
            _check_table(reading, value, kind, path)
        case inspect.VarTupleType(item_type=item):
            if not isinstance(value, list):
                reading.refuse(where, key, value, "a list")
                return
            for number, one in enumerate(value):
                _check(reading, one, item, where, f"{key}[{number}]")
        case inspect.TupleType(item_types=items):
            if not isinstance(value, list) or len(value) != len(items):
                reading.refuse(where, key, value, f"a list of {len(items)}")
                return
            for number, (one, item) in enumerate(zip(value, items, strict=True)):
                _check(reading, one, item, where, f"{key}[{number}]")
        case inspect.UnionType(types=types):
            # TOML has no null: what may be None is left out instead.
            _check(
                reading,
                value,
                next(one for one in types if not isinstance(one, inspect.NoneType)),
                where,
                key,
            )
        case _:
            if accepted := _why_not(value, kind):
                reading.refuse(where, key, value, accepted)


def _check_table(reading: Tables, value: Any, kind: inspect.StructType, path: str) -> None:
    if not isinstance(value, dict):
        reading.refuse("", path, value, f"a table, [{path}]")
        return
    ours = WORKED_OUT if kind.cls is Plan else ""
    known = {one.encode_name: one for one in kind.fields if one.encode_name != ours}
    for key, one in value.items():
        if key in known:
            _check(reading, one, known[key].type, path, key)
        elif key == ours:
            reading.refuse(path, key, None, "leave it out: it is worked out from all the rest")
        else:
            reading.refuse(path, key, None, f"unknown; known here: {', '.join(known)}")
    for name, field in known.items():
        if field.required and name not in value:
            reading.refuse(path, name, None, "is missing, and has to be said")


def _why_not(value: Any, kind: inspect.Type) -> str:
    match kind:
        case inspect.StrType():
            return "" if isinstance(value, str) else "a text"
        case inspect.IntType():
            return "" if type(value) is int and 0 <= value < 2**31 else "a whole number from 0 on"
        case inspect.EnumType(cls=cls):
            return (
                "" if value in [one.value for one in cls] else f"one of {', '.join(one.value for one in cls)}"
            )
        case inspect.DateTimeType():
            is_instant = isinstance(value, datetime) and value.tzinfo is not None
            return "" if is_instant else "a date and time with its offset, 2027-03-01T09:00:00Z"
    raise AssertionError(f"no plan has a {kind}")


def _check_sense(reading: Tables, given: Mapping[str, Any]) -> None:
    retirement, first_day = given.get("retirement", ""), given["plan"].get("successor_from", "")
    if retirement and not RETIREMENT.fullmatch(retirement):
        reading.refuse(
            "", "retirement", retirement, "whose plan it becomes, such as RET-7; empty for a new one"
        )
    if accepted := day(first_day):
        reading.refuse("plan", "successor_from", first_day, accepted)
    _check_steps(reading, given["plan"]["steps"])


def _check_steps(reading: Tables, steps: list[dict[str, Any]]) -> None:
    kinds = [one["kind"] for one in steps]
    if kinds not in ([*OF_EVERY_PLAN], [*StepKind]):
        accepted = f"{', '.join(StepKind)}, each once, in this order; {StepKind.BROWNOUT} may be left out"
        reading.refuse("plan", "steps", kinds, accepted)
    for before, one in pairwise(steps):
        if one["due_at"] < before["due_at"]:
            accepted = f"not before {before['kind']}, {before['due_at'].isoformat()}"
            reading.refuse(f"plan.steps {one['kind']}", "due_at", one["due_at"].isoformat(), accepted)
    for number, step in enumerate(steps):
        ends_by = steps[number + 1]["due_at"] if number + 1 < len(steps) else None
        _check_windows(reading, step, ends_by)


def _check_windows(reading: Tables, step: dict[str, Any], ends_by: datetime | None) -> None:
    """Those of brownouts, and of nothing else, one after the other between its day and the switch-off."""
    where, windows = f"plan.steps {step['kind']}", step.get("windows", [])
    if (step["kind"] == StepKind.BROWNOUT) != bool(windows):
        accepted = "one at least" if not windows else f"only {StepKind.BROWNOUT} has them: leave them out"
        reading.refuse(where, "windows", None, accepted)
        return
    if windows and windows[0]["starts_at"] != step["due_at"]:
        accepted = f"when the first begins, {windows[0]['starts_at'].isoformat()}"
        reading.refuse(where, "due_at", step["due_at"].isoformat(), accepted)
    for number, (one, then) in enumerate(pairwise((*windows, None))):
        key, until = f"windows[{number}]", then["starts_at"] if then else ends_by
        if one["ends_at"] <= one["starts_at"]:
            accepted = f"after it begins, {one['starts_at'].isoformat()}"
            reading.refuse(where, f"{key} ends_at", one["ends_at"].isoformat(), accepted)
        elif until is not None and one["ends_at"] > until:
            accepted = f"before what follows it, {until.isoformat()}"
            reading.refuse(where, f"{key} ends_at", one["ends_at"].isoformat(), accepted)
