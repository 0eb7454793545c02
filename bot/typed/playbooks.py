"""Which playbook does somebody mean, of those they may know of?"""

from __future__ import annotations

from bot.ids import SLASH_COMMAND
from bot.payloads import RETIREMENT_ID, meant_id
from bot.typed.command_parts import Part
from bot.typed.lookup import retirement
from bot.typed.usage import Typed
from data.closest import closest
from data.errors import NotFound, Refused
from data.records.retirement import Retirement
from workflows.machine import retirement_of
from workflows.rules.lifecycle import CLOSED
from workflows.sight import Sight

EVERY = f"{SLASH_COMMAND} playbooks for all there are"


def proposed(sight: Sight, request: Typed) -> tuple[str, Retirement | None]:
    """The model somebody proposes, and the playbook to follow; a model may be called "A like B", too."""
    name, like = request[Part.MAYBE_MODEL], request[Part.LIKE]
    if not like:
        return name, None
    whole = f"{name} like {like}"
    return (whole, None) if sight.there.called.by(whole) else (name, playbook(sight, like))


def playbook(sight: Sight, text: str) -> Retirement:
    """The one of this name or number. Raises `NotFound`, or `Refused` where it is none, or several have the name."""
    if meant := meant_id(text):
        found = retirement(sight, meant)
        if not found.playbook:
            is_closed = found.state in CLOSED
            how = f"{SLASH_COMMAND} playbook {meant} NAME to make it one, or " if is_closed else ""
            raise Refused(f"{meant} is no playbook", next_step=f"Run {how}{EVERY}")
        return found
    every = [one for one in sight.retirements() if one.playbook]
    same = [one for one in every if one.playbook == text.lower()]
    if len(same) > 1:
        raise Refused(
            f'"{text[:80]}" is the name of {len(same)} playbooks',
            reasons=[one.id for one in same],
            next_step="Say which by its RET number",
        )
    if not same:
        near = closest(text, (one.playbook for one in every))
        raise NotFound("playbook", text[:80], closest=near, next_step=f"Run {EVERY}")
    return same[0]


def followed(sight: Sight, retirement_id: str) -> Retirement | None:
    """The playbook of this number, which a button or a form of ours carries; None where it is none any more."""
    if not RETIREMENT_ID.fullmatch(retirement_id):
        return None
    found = retirement_of(retirement_id, sight.state(retirement_id))
    return found if found is not None and found.playbook else None
