"""No button is dead and no id unknown: what views draw, listeners hear and ids.py lists is one set."""

from __future__ import annotations

import re
from pathlib import Path

import bot
from bot.ids import Action, Callback

ROOT = Path(bot.__file__).parent

INPUTS = {  # read when their form is submitted; nobody hears of them before
    Action.PROPOSAL_ENDPOINTS,
    Action.PROPOSAL_SUCCESSOR,
    Action.PROPOSAL_REASON,
    Action.PROPOSAL_WHY,
    Action.PROPOSAL_TARGET,
    Action.EXTENSION_UNTIL,
    Action.EXTENSION_REASON,
    Action.MANUAL_EVIDENCE,
    Action.VOTE_COMMENT,
}
WINDOWS_WITHOUT_SUBMIT = {Callback.DUTIES}


def heard(kind: str, members: str) -> set[str]:
    """Names of ids in `@app.KIND(Members.NAME)` over all listeners."""
    sources = "\n".join(path.read_text() for path in (ROOT / "listeners").glob("*.py"))
    return set(re.findall(rf"@app\.{kind}\({members}\.(\w+)\)", sources))


def test_every_button_is_heard_and_nothing_else() -> None:
    buttons = {action.name for action in Action} - {action.name for action in INPUTS}

    assert heard("action", "Action") | heard("options", "Action") == buttons | {"PROPOSAL_SUCCESSOR_SEARCH"}


def test_every_window_that_can_be_submitted_is_heard() -> None:
    assert heard("view", "Callback") == {one.name for one in Callback if one not in WINDOWS_WITHOUT_SUBMIT}


def test_every_id_is_drawn_by_a_view() -> None:
    drawn = "\n".join(path.read_text() for path in (ROOT / "views").glob("*.py"))

    assert [one.name for one in Action if f"Action.{one.name}" not in drawn] == []
    assert [one.name for one in Callback if f"Callback.{one.name}" not in drawn] == []


def test_no_id_is_written_as_a_literal_elsewhere() -> None:
    ids = {str(one) for one in (*Action, *Callback)}
    found = [
        (path.name, literal)
        for path in ROOT.rglob("*.py")
        if path.name != "ids.py" and "demo" not in path.parts
        for literal in re.findall(r'"([a-z_]+\.[a-z_]+)"', path.read_text())
        if literal in ids
    ]

    assert found == []
