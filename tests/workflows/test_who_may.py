"""Every command sent by every kind of person, through the machine: the table of who may is what really decides."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from data.errors import EmeritusError
from tests.builders import BILL, a_running_retirement
from tests.workflows.rules.test_permissions import EXTRA, MAY, WEARERS
from tests.workflows.test_machine import COMMANDS, MACHINE, OF_NO_RETIREMENT, a_command
from workflows import commands as cmd
from workflows.rules.permissions import Hat

STORY = a_running_retirement()
PEOPLE = {**WEARERS, Hat.CONSUMER_OWNER: BILL}  # who answers for the consumer that the commands are about
STATE = replace(STORY.state, coordinator_id="UCORA")


def answer(kind: type[cmd.Command], person: str) -> str:
    """What stands against it; empty when it is done."""
    stream = OF_NO_RETIREMENT.get(kind, "RET-1")
    opens = kind is cmd.Propose or kind in OF_NO_RETIREMENT
    try:
        MACHINE.decide(
            stream,
            None if opens else msgspec.json.encode(STATE),
            cmd.encoded(a_command(kind, person)),
            STORY.facts,
            STORY.now,
        )
    except EmeritusError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("hat", WEARERS)
@pytest.mark.parametrize(
    "kind", [kind for kind in COMMANDS if kind is not cmd.Cast], ids=lambda kind: kind.__name__
)
def test_a_command_is_heard_from_those_the_table_names_and_from_nobody_else(kind, hat):
    extra = EXTRA.get(hat, "")
    may = set(MAY[kind.__struct_config__.tag].split()) & {hat.name.lower(), extra}

    said = answer(kind, PEOPLE[hat])

    assert said.startswith("You may not") is not bool(may), said
