"""The command that says by its model's name that a retirement may be closed."""

from __future__ import annotations

from workflows.commands.command import Command


class ConfirmClose(Command, frozen=True, kw_only=True, tag="confirm close"):
    """`model`: its name, as typed, without what nobody sees and comes along where it is copied."""

    model: str
