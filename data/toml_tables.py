"""What does a TOML file of ours say? All that is wrong with its tables is told at once."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from data.errors import Invalid, Problem
from data.printable import SECRET, is_secret, shortened, without_secrets
from data.toml_checks import Check

DEPTH_MAX = 16  # a step in a branch in a branch of [[escalation.steps]] is; [roles.NAME] groups is four deep
SHOWN_MAX = 200


class Checked(Protocol):
    """A key that a table may have."""

    @property
    def check(self) -> Check: ...


class Tables:
    """One file while it is read: what is wrong with it so far."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self._refused: set[tuple[str, str]] = set()

    def refuse(self, where: str, key: str, value: Any, accepted: str) -> None:
        self._refused.add((where, key) if where else (key.strip("[]"), ""))
        field = " ".join(part for part in (self.source, f"[{where}]" if where else "", key) if part)
        shown = "" if value is None else f"= {_shown(_repeatable(value, key))}"
        self.problems.append(Problem(field=field, value=shown, accepted=accepted))

    def judging(self) -> Callable[..., bool]:
        """Can keys be judged together: was none of them refused until now? "rounds.review_days", or "roles" for all."""
        refused = frozenset(self._refused)
        return lambda *keys: not any(_is_of(one, table, name) for one in keys for table, name in refused)

    def unfit(self) -> frozenset[str]:
        """Tables in which something was refused until now, such as "roles.owner"."""
        return frozenset(one for table, name in self._refused for one in (table, f"{table}.{name}"))

    def table(self, where: str, value: Any, keys: Mapping[str, Checked]) -> dict[str, Any]:
        """The keys of a table that are known and fine."""
        if not isinstance(value, dict):
            self.refuse("", where, value, f"a table, [{where}]")
            return {}
        fine = {}
        for key, found in value.items():
            known = keys.get(key)
            accepted = known.check(found) if known else f"unknown; known here: {', '.join(keys)}"
            if accepted:
                self.refuse(where, key, found, accepted)
            else:
                fine[key] = found
        return fine


def _is_of(key: str, table: str, name: str) -> bool:
    """Is what was refused of this key, whichever table of its kind that is in?"""
    of, _, wanted = key.partition(".")
    return of == table.partition(".")[0] and ("" in (wanted, name) or wanted == name)


def text_of(path: Path, *, otherwise: str) -> str:
    """What the file says. Raises `Invalid`; `otherwise` is what to do instead."""
    try:
        return path.read_text(encoding="utf-8-sig")  # some editors write a mark before the text
    except (OSError, UnicodeDecodeError) as error:
        why = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error.strerror or error)
        accepted = f"cannot be read ({why}); {otherwise}"
        raise Invalid([Problem(field=str(path), value="", accepted=accepted)]) from error


def tables_of(toml: str, source: str, *, holds: str = "policy") -> dict[str, Any]:
    """The text as TOML. Raises `Invalid` for what is none, or is nested deeper than anything of ours."""
    why, deep = "", f"nested too deeply: no {holds} has more than {DEPTH_MAX} levels"
    try:
        tables = tomllib.loads(toml)
    except RecursionError:  # a TOML file may be valid and yet deeper than its reader
        why = deep
    except ValueError as error:  # TOMLDecodeError, or a number of more digits than Python reads
        why = f"not TOML: {error}"
        if "overwrite" in why:
            why += "; a key or a table is there twice: leave one"
    if not why and _is_deeper(tables, DEPTH_MAX):
        why = deep
    if why:
        raise Invalid([Problem(field=source, value="", accepted=why)])
    return tables


def _is_deeper(value: Any, levels: int) -> bool:
    """Level by level and not by recursion, for which deep is too deep."""
    level = [value]
    for _ in range(levels):
        level = [inner for item in level for inner in _inside(item)]
    return bool(level)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _repeatable(value: Any, key: str) -> Any:
    """The value without secrets, of whatever is in it; who is refused looks for the place, and knows the value."""
    if isinstance(value, dict):
        return {name: _repeatable(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_repeatable(inner, key) for inner in value]
    if not isinstance(value, str):
        return value
    return SECRET if is_secret(key) else without_secrets(value)


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except ValueError:  # a number of more digits than Python writes
        return "..."
    return shortened(text, SHOWN_MAX)
