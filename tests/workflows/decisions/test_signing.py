"""Which key signs heads of the log: one at a time, and under one name for ever."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data import events
from data.errors import Refused
from data.events import EMERITUS
from data.records.decision import Decision
from data.records.log import LogKeys
from tests.builders import PAT, facts_for
from workflows import commands as cmd
from workflows.decisions import signing

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)
STANDING = LogKeys(version=1, name="a.example", keys=("a.example+1",))


def using(state: LogKeys, key: str, *, by: str = EMERITUS) -> Decision[events.SigningKeyUsed]:
    command = cmd.UseSigningKey(by=by, name=key.partition("+")[0], key=key)
    return signing.use_key(state, command, facts_for(), NOW)


def test_a_key_is_used_from_now_on_and_those_before_stay_on_record() -> None:
    (first,) = using(LogKeys(), "a.example+1").events
    assert signing.evolve(LogKeys(), first) == STANDING
    (second,) = using(STANDING, "a.example+2").events
    both = signing.evolve(STANDING, second)
    assert (both.keys, both.key) == (("a.example+1", "a.example+2"), "a.example+2")


def test_the_key_in_use_changes_nothing_and_an_earlier_one_may_come_back() -> None:
    both = LogKeys(version=2, name="a.example", keys=("a.example+1", "a.example+2"))
    assert using(both, "a.example+2") == Decision()
    assert using(both, "a.example+1").events


def test_a_log_keeps_its_name() -> None:
    with pytest.raises(
        Refused, match=r"The key is that of a log called b\.example, and this one is called a\.example"
    ):
        using(STANDING, "b.example+2")


def test_nobody_but_emeritus_says_which_key_it_is() -> None:
    with pytest.raises(Refused):
        using(LogKeys(), "a.example+1", by=PAT)
