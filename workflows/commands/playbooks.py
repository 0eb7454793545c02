"""What people say of a closed retirement as an example for others."""

from __future__ import annotations

from workflows.commands.command import Command


class NamePlaybook(Command, frozen=True, kw_only=True, tag="name playbook"):
    """Others may be proposed like it, under this name; an empty one takes that back."""

    name: str
