"""The passages of README that are drawn from the tables that run; `cog --check README.md` keeps them true."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

import click

from bot import manifest, settings, usage
from bot.cli import cli
from data import policy
from workflows.rules import lifecycle

BAR = "\\|"
"""A bar inside a cell of a Markdown table."""


def diagram() -> str:
    return f"```mermaid\n{lifecycle.diagram()}\n```"


def states() -> str:
    rows = [(state.value, row.attach, row.serve, row.meaning) for state, row in lifecycle.PERMITS.items()]
    return _table(("state", "new consumers may attach", "existing ones are served", "meaning"), rows)


def slash_commands() -> str:
    rows = [(f"`{usage.usage(word)}`", row.says, row.who) for word, row in usage.COMMANDS.items()]
    return _table(("command", "what it does", "who may"), rows)


def command_line() -> str:
    """Every command with its arguments; groups by their subcommands."""
    rows = []
    for name, command in sorted(cli.commands.items()):
        subcommands = command.commands.items() if isinstance(command, click.Group) else ((("", command)),)
        for word, found in subcommands:
            context = click.Context(found, info_name=f"emeritus {name} {word}".strip())
            pieces = " ".join(found.collect_usage_pieces(context)).replace("[OPTIONS]", "").strip()
            options = [opt.opts[0] for opt in found.params if isinstance(opt, click.Option)]
            asked = " ".join(
                (f"emeritus {name} {word}".strip(), pieces, *(f"[{option}]" for option in options))
            )
            rows.append((f"`{' '.join(asked.split())}`", found.get_short_help_str(120)))
    return _table(("command", "what it does"), rows)


def variables() -> str:
    rows = [(f"`{row.name}`", row.says, row.default) for row in settings.VARIABLES]
    return _table(("variable", "what it says", "default"), rows)


def policy_keys() -> str:
    """Every key with its shipped value; the file itself has the source of each."""
    shipped = tomllib.loads(policy.DEFAULT.read_text(encoding="utf-8"))
    rows = [
        (f"`[{section}] {key}`", f"`{shipped[section][key]}`")
        for section, keys in policy.FIELDS.items()
        for key in keys
    ]
    rows += [
        (f"`[tiers.{tier}] notice_days`", f"`{row['notice_days']}`") for tier, row in shipped["tiers"].items()
    ]
    rows += [(f"`[roles.NAME] {key}`", "") for key in policy.ROLE]
    return _table(("key", "shipped value"), rows)


def scopes() -> str:
    return _table(("scope", "for"), [(f"`{scope}`", why) for scope, why in manifest.SCOPES.items()])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', BAR) for cell in line)} |" for line in lines)
