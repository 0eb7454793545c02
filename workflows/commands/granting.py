"""Commands about who may read an archive for a while."""

from __future__ import annotations

from data.records.base import Prose
from workflows.commands.command import Command


class GrantRead(Command, frozen=True, kw_only=True, tag="grant read"):
    """`to` may read the archive for so many hours from now on."""

    to: str
    hours: int
    why: Prose


class RevokeRead(Command, frozen=True, kw_only=True, tag="revoke read"):
    to: str
    why: Prose


class EndRead(Command, frozen=True, kw_only=True, tag="end read"):
    """Its time is over. `number`: of the grant."""

    number: int


class GiveFiles(Command, frozen=True, kw_only=True, tag="give files"):
    """Somebody who may read it asks for links to these; `paths`: below data/, none where there are no links."""

    paths: tuple[str, ...] = ()
