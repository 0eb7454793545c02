"""What people say of a stage that is over."""

from __future__ import annotations

from typing import Literal

from data.records.base import Prose
from data.records.reviews import Stage
from workflows.commands.command import Command


class Review(Command, frozen=True, kw_only=True, tag="review"):
    """Each person has one review of each stage: said again, it is changed."""

    stage: Stage
    went_well: Prose = Prose()
    hurt: Prose = Prose()
    change: Prose = Prose()
    for_policy: Literal["yes", "no"] = "no"
