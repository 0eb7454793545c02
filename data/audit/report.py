"""The report of a bundle: one page for people, drawn from its facts, without a script and without a look elsewhere.

Every piece of text is escaped in `_safe`, nowhere else. Whoever checks a bundle draws it once more and compares, so a
report that was published never changes; another one gets another format (bundle.py).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from data.log.checkpoints import Head

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1d1c1d}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
th,td{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:break-word}
code,td dd{overflow-wrap:anywhere}
th{background:#f4f4f4}dl{margin:0;padding-left:1rem}dt{font-weight:600}dd{margin:0 0 .2rem 1rem;overflow-wrap:anywhere}
ol,ul{margin:0}.words{white-space:pre-wrap}
"""
# Nothing is loaded and nothing runs, also where a browser is talked into trying.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report(facts: Mapping[str, Any], head: Head, keys: Sequence[str]) -> bytes:
    name = facts["retirement"]
    plan = facts["plan"]
    model = _at(plan, "subject", "model_name") or name
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{_safe(f"{name}: {model}")}</title>',
        f'<meta http-equiv="Content-Security-Policy" content="{_safe(_POLICY)}">',
        f"<style>{_STYLE}</style></head><body>",
        f"<h1>{_safe(name)}: how {_safe(model)} was retired</h1>",
        (
            f"<p>Drawn from {len(facts['entries'])} entries of the record, each of which is in the log "
            f"<code>{_safe(head.origin)}</code> as its checkpoint of {head.size} entries has it. Entries are numbered "
            "as in the list at the end, and as the files in <code>entries/</code>. People are named by their ids in "
            "Slack. Check the bundle with <code>emeritus audit verify</code>, or as README.txt says.</p>"
        ),
        _section("Why", _table(facts["reasons"], ("entry", "at", "by", "why"))),
        _section("The plan in force", _plan(plan)),
        _section("Votes", _table([_ballot(one) for one in facts["votes"]], _BALLOT)),
        _section("What was decided and done", _table(facts["outcomes"], ("entry", "event", "at", "by"))),
        _section(
            "Attestations",
            _table(facts["attestations"], ("entry", "at", "by", "name", "evidence", "expires_at")),
        ),
        _section(
            "The archive", _table([_rest(one) for one in facts["archive"]], ("entry", "event", "at", "what"))
        ),
        _section("The log", _log(head, keys)),
        _section(
            "Every entry",
            _table([_rest(one) for one in facts["entries"]], ("entry", "leaf", "event", "at", "by", "what")),
        ),
        "</body></html>",
    ]
    return ("\n".join(parts) + "\n").encode()


# By number: what Python calls printable changes with its version, and a report does not.
_CONTROLS = re.compile(
    "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ud800-\\udfff]"
)

_BALLOT = ("entry", "at", "by", "round", "role", "choice", "comment", "plan_digest")
_HEAD = ("entry", "leaf", "event", "at", "by")


def _plan(plan: Mapping[str, Any]) -> str:
    """What people read first; then all of it."""
    if not plan:
        return "<p>None.</p>"
    subject = plan.get("subject", {})
    first = {**{key: subject.get(key, "") for key in ("model_name", "tier", "regulated")}, **plan}
    columns = ("entry", "model_name", "tier", "regulated", "reason", "successor_name", "digest")
    others = {key: value for key, value in plan.items() if key not in ("entry", "steps")}
    return (
        f"{_table([first], columns)}\n{_table(plan.get('steps', []), ('kind', 'due_at'))}\n{_value(others)}"
    )


def _ballot(voted: Mapping[str, Any]) -> dict[str, Any]:
    return {**voted, **voted.get("ballot", {}), "round": voted.get("round_number", "")}


def _rest(event: Mapping[str, Any]) -> dict[str, Any]:
    """What it says besides when, by whom and which."""
    what = {key: value for key, value in event.items() if key not in _HEAD}
    return {**{key: event[key] for key in _HEAD if key in event}, "what": what}


def _log(head: Head, keys: Sequence[str]) -> str:
    rows = {
        "log": head.origin,
        "entries": head.size,
        "root": head.root.hex(),
        "keys, the last in use": list(keys),
    }
    return _value(rows)


def _section(title: str, content: str) -> str:
    return f"<h2>{_safe(title)}</h2>\n{content}"


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    if not rows:
        return "<p>None.</p>"
    head = "".join(f"<th>{_safe(column.replace('_', ' '))}</th>" for column in columns)
    cells = ("".join(f"<td>{_value(row.get(column, ''))}</td>" for column in columns) for row in rows)
    body = "\n".join(f"<tr>{cell}</tr>" for cell in cells)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _value(value: Any) -> str:
    """Whatever an entry can hold: text, a number, a list, an object, or a person's words."""
    if isinstance(value, Mapping):
        if set(value) == {"prose"}:
            return f'<span class="words">{_safe(value["prose"])}</span>'
        return f"<dl>{''.join(_described(value))}</dl>" if value else ""
    if isinstance(value, list):
        return f"<ul>{''.join(f'<li>{_value(one)}</li>' for one in value)}</ul>" if value else ""
    text = _safe(str(value))
    return f"<code>{text}</code>" if text.startswith("sha256:") else text


def _described(value: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(value):
        yield f"<dt>{_safe(key.replace('_', ' '))}</dt><dd>{_value(value[key])}</dd>"


def _at(tree: Any, *way: str) -> str:
    for key in way:
        tree = tree.get(key, {}) if isinstance(tree, Mapping) else {}
    return tree if isinstance(tree, str) else ""


def _safe(text: str) -> str:
    """As HTML shows it; what controls a terminal or turns the direction of writing is shown as what it is."""
    return html.escape(_CONTROLS.sub(lambda sign: ascii(sign[0])[1:-1], text), quote=True)
