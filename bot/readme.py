"""The passages of README.md files that are drawn from the tables that run; `cog --check` keeps them true."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from typing import Any

import click

from bot import manifest
from bot.cli import cli
from bot.demo import run as demo
from bot.serving import metrics
from bot.typed import usage
from bot.typed.table import COMMANDS
from bot.variables import VARIABLES
from bot.views.telling import digest as views
from data.policies import attestations as policy_attestations
from data.policies import checks as policy_checks
from data.policies import fields as policy_fields
from data.policies import notice_texts, policy
from data.policies import retention as policy_retention
from data.policies import tables as policy_tables
from workflows.adapters.fsspec_archive.schemes import OTHER, SCHEMES
from workflows.questions.table import ROWS
from workflows.rules import lifecycle
from workflows.rules.hindsight import measures

BAR = "\\|"
"""A bar inside a cell of a Markdown table."""


def diagram() -> str:
    return f"```mermaid\n{lifecycle.diagram()}\n```"


def states() -> str:
    rows = [(state.value, row.attach, row.serve, row.meaning) for state, row in lifecycle.PERMITS.items()]
    return _table(("state", "new consumers may attach", "existing ones are served", "meaning"), rows)


def slash_commands() -> str:
    rows = [(f"`{usage.usage(word)}`", row.says, row.who) for word, row in COMMANDS.items()]
    return _table(("command", "what it does", "who may"), rows)


def command_line() -> str:
    """Every command with its arguments; groups by their subcommands."""
    rows = []
    for name, command in sorted(cli.commands.items()):
        subcommands = command.commands.items() if isinstance(command, click.Group) else ((("", command)),)
        for word, found in subcommands:
            # The demo's options are a command's of its own, so that the other commands need none of its parts.
            found = demo.command if found is cli.commands["demo"] else found  # noqa: PLW2901
            context = click.Context(found, info_name=f"emeritus {name} {word}".strip())
            pieces = " ".join(found.collect_usage_pieces(context)).replace("[OPTIONS]", "").strip()
            asked = " ".join((f"emeritus {name} {word}".strip(), pieces, *_options(found)))
            rows.append((f"`{' '.join(asked.split())}`", found.get_short_help_str(120)))
    return _table(("command", "what it does"), rows)


def _options(command: click.Command) -> list[str]:
    """Each with the name of its value, where it takes one."""
    context = click.Context(command)
    options = [option for option in command.params if isinstance(option, click.Option)]
    values = ["" if option.is_flag else f" {option.make_metavar(context)}" for option in options]
    return [f"[{option.opts[0]}{value}]" for option, value in zip(options, values, strict=True)]


def variables() -> str:
    rows = [
        (", ".join(f"`{name}`" for name in (row.name, *row.with_it)), row.says, row.default)
        for row in VARIABLES
    ]
    return _table(("variable", "what it says", "default"), rows)


def schemes() -> str:
    """Stores of other clouds, each with all its addresses."""
    kinds = dict.fromkeys(SCHEMES.values())
    rows = [
        (
            kind.store,
            ", ".join(f"`{name}://`" for name, one in SCHEMES.items() if one == kind) or "all others",
            f"`{kind.install}`" if kind is not OTHER else kind.install,
            ", ".join(f"no {one}" for one in kind.lacks),
        )
        for kind in (*kinds, OTHER)
    ]
    return _table(("store", "addresses", "its driver", "lacks"), rows)


def policy_keys() -> str:
    """Every key with its meaning and its shipped value; the file itself has the source of each."""
    shipped = tomllib.loads(policy.DEFAULT.read_text(encoding="utf-8"))
    rows = [("`name`", "what the policy is called; the name of its file where it is left out", "`default`")]
    rows += [
        (f"`[{section}] {key}`", known.says, f"`{_toml(shipped[section][key])}`")
        for section, keys in policy_fields.FIELDS.items()
        for key, known in keys.items()
    ]
    rows += [
        (f"`[tiers.{tier}] {key}`", known.says, f"`{shipped['tiers'][tier][key]}`")
        for tier in policy_checks.TIERS
        for key, known in policy_tables.TIER.items()
    ]
    rows += [
        (f"`[audiences.NAME] {key}`", known.says, "nobody") for key, known in policy_tables.AUDIENCE.items()
    ]
    for key, known in policy_tables.ROLE.items():
        by_role = [f"{role} `{_toml(said[key])}`" for role, said in shipped["roles"].items() if key in said]
        rows.append((f"`[roles.NAME] {key}`", known.says, ", ".join(by_role) or "nobody"))
    for key, known in policy_retention.RETENTION.items():
        by_class = [
            f"{one} `{_toml(said[key])}`" for one, said in shipped["retention"].items() if key in said
        ]
        rows.append((f"`[retention.CLASS] {key}`", known.says, ", ".join(by_class)))
    for key, known in policy_attestations.ATTESTATION.items():
        by_name = [
            f"{one} `{_toml(said[key])}`" for one, said in shipped["attestations"].items() if key in said
        ]
        in_file = "in [the file](default.toml)" if key == "text" else ", ".join(by_name) or "nobody"
        rows.append((f"`[attestations.NAME] {key}`", known.says, in_file))
    return _table(("key", "what it says", "shipped value"), rows)


def placeholders() -> str:
    """What may stand in the texts of notices."""
    rows = [
        (
            f"`{{{name}}}`",
            f"{one.says}{'; always there' if name in notice_texts.FACTS else ''}",
            f"`{one.example}`",
        )
        for name, one in notice_texts.PLACEHOLDERS.items()
    ]
    return _table(("placeholder", "what it says", "such as"), rows)


def _toml(value: Any) -> str:
    if value == "":
        return '""'
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return f"[{', '.join(_inline(one) for one in value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value).replace("'", '"')


def _inline(table: dict[str, Any]) -> str:
    return f"{{ {', '.join(f'{key} = {json.dumps(value)}' for key, value in table.items())} }}"


def measured() -> str:
    """Every metric with its labels."""
    rows = [(f"`{row.name}`{_labels(row.labels)}", row.says, row.watch) for row in metrics.ROWS]
    return _table(("metric", "what it says", "wake somebody at"), rows)


def digest() -> str:
    """What the weekly digest says, and what each of its numbers counts."""
    rows = [*views.SAYS.items(), *((str(metric), says) for metric, says in measures.DEFINITIONS.items())]
    return _table(("the digest says", "which is"), rows)


def questions() -> str:
    """What people may ask in their own words, and what an answer tells."""
    return _table(("you ask", "it tells"), [(row.example, row.says) for row in ROWS])


def _labels(names: tuple[str, ...]) -> str:
    return f" by {' and '.join(f'`{name}`' for name in names)}" if names else ""


def scopes() -> str:
    return _table(("scope", "for"), [(f"`{scope}`", why) for scope, why in manifest.SCOPES.items()])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', BAR) for cell in line)} |" for line in lines)
