"""Two people in Slack type the name of what nobody brings back afterwards."""

from __future__ import annotations

from pathlib import Path

from data.records.retirement import State
from tests.scenarios.asking import ask, offered
from tests.scenarios.home import open_home
from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, MINA, POLICY, TOM, Town, buttons, words

BY_TWO = f"{POLICY}\n[tiers.3]\nclosed_by_two = true\n"


def test_a_retirement_is_closed_once_two_people_typed_its_name(tmp_path: Path) -> None:
    (factor := tmp_path / "factor").write_text('#!/bin/sh\necho "key of $EMERITUS_PERSON"\n')
    factor.chmod(0o700)
    with Town(tmp_path, policy=BY_TWO, second_factor=factor) as town:
        town.announce()
        town.everybody_moves()
        town.pass_time(days=55)
        assert town.retirement().state is State.DISABLED
        asked = town.posted(GOVERNANCE, "RET-1/announcement-1/closing")
        assert "It is closed only once *two people* typed its name" in words(asked)
        assert "Yours to confirm (1)" in open_home(town, MINA)
        assert "2 more people have to confirm by its name" in ask(town, MINA, "who still has to confirm?")
        assert ("closing.confirm", "RET-1") in offered(town, MINA)
        town.opens(TOM, lambda: town.press(TOM, asked, "closing.confirm"))
        wrong = town.submit(TOM, {"closing.name": "churn"})
        assert '"churn" is not what RET-1 retires' in str(wrong)
        assert town.submit(TOM, {"closing.name": "churn-v1"}) == {}
        assert (
            f":lock: <@{TOM}> confirms by its name that it may be closed, proved as key of {TOM}"
            in town.thread()
        )
        confirms = f":lock: <@{TOM}> confirms by its name that it may be closed"
        assert confirms in ask(town, MINA, "who has confirmed churn-v1?")
        town.pass_time(days=40)
        assert town.retirement().state is State.DISABLED
        assert "1 more person has to confirm by its name" in town.command(ADA, "show RET-1")
        assert "You may not confirm the end of RET-1" in town.command(BRUNO, "confirm RET-1 churn-v1")
        assert "You confirm the end of RET-1" in town.command(MINA, "confirm RET-1 churn-v1")
        town.pass_time(hours=1)
        assert town.retirement().state is State.ARCHIVED
        assert buttons(town.posted(GOVERNANCE, "RET-1/announcement-1/closing")) == []
