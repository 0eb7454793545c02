"""Commands about the log that all entries are sealed in."""

from __future__ import annotations

from workflows.commands.command import Command


class UseSigningKey(Command, frozen=True, kw_only=True, tag="use signing key"):
    """Sign the heads of the log called `name` with this key from now on. `key`: the public one."""

    name: str
    key: str
