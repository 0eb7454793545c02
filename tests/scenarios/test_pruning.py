"""Years later: a legal hold keeps an archive, and once it is released two people let it go."""

from __future__ import annotations

import json
from pathlib import Path

from data.records.retirement import State
from tests.scenarios.town import (
    ADA,
    BRUNO,
    GOVERNANCE,
    MINA,
    POLICY,
    PRIYA,
    SAM,
    TOM,
    Town,
    buttons,
    words,
)

KEPT = f"""{POLICY}
[retention.default]
keep_days_min = 60
[holds]
people = ["{ADA}"]
"""


def test_an_archive_goes_when_its_days_are_over_no_hold_is_on_it_and_two_people_say_so(
    tmp_path: Path,
) -> None:
    with Town(tmp_path, policy=KEPT) as town:
        town.announce()
        town.everybody_moves()
        town.pass_time(days=95)
        assert town.retirement().state is State.ARCHIVED
        archived = town.retirement().archived
        assert archived is not None
        bag = town.archive.path(archived.location)
        assert "retention.default keeps it for 60 days, until" in town.command(TOM, "retention RET-1")
        assert "Nothing of RET-1 may go yet" in town.command(TOM, "prune RET-1 all its days are over")
        assert "Hold 1 of RET-1 keeps everything" in town.command(MINA, "hold RET-1 Case 21-114")
        assert ":scales: *Legal hold* 1" in words(town.card())
        town.pass_time(days=70)
        assert "a legal hold keeps it (1)" in town.command(TOM, "prune RET-1 all its days are over")
        assert "You may not release a legal hold" in town.command(MINA, "release RET-1 1 settled")
        assert "Hold 1 of RET-1 is released" in town.command(ADA, "release RET-1 1 settled")
        told = town.command(TOM, "retention RET-1")
        assert "*weights*" in told
        assert "*Keeping its archive costs* less than 0.01 USD, by its archive" in told
        assert "go once somebody else confirms it" in town.command(TOM, "prune RET-1 all its days are over")
        number = town.retirement().prune
        assert number is not None
        asked = town.posted(GOVERNANCE, f"RET-1/prune/{number.number}/request")
        town.opens(TOM, lambda: town.press(TOM, asked, "prune.confirm"))
        assert "It takes two people, and you asked for it" in str(
            town.submit(TOM, {"prune.name": "churn-v1"})
        )
        town.opens(MINA, lambda: town.press(MINA, asked, "prune.confirm"))
        assert '"churn" is not what RET-1 retired' in str(town.submit(MINA, {"prune.name": "churn"}))
        assert town.submit(MINA, {"prune.name": "churn-v1"}) == {}
        town.pass_time(hours=1)
        assert town.retirement().state is State.PRUNED
        assert [path for path in (bag / "data").rglob("*") if path.is_file()] == []
        stones = [json.loads(path.read_bytes()) for path in bag.parent.glob("*.tombstone-*")]
        gone = {one.of: one.files for one in town.retirement().pruned}
        assert "weights" in gone
        assert {one["class"]: len(one["files"]) for one in stones} == gone
        assert {one["rule"] for one in stones} == {"retention.default"}
        assert buttons(town.posted(GOVERNANCE, f"RET-1/prune/{number.number}/request")) == []
        assert "gone since" in town.command(BRUNO, "retention RET-1")
        assert "A retirement that is pruned" not in town.command(ADA, "hold RET-1 too late")


def test_the_archive_of_one_that_was_called_off_goes_and_that_of_the_next_is_left(tmp_path: Path) -> None:
    with Town(tmp_path, policy=KEPT) as town:
        town.announce()
        town.command(TOM, "archive RET-1")
        town.command(TOM, "cancel RET-1 not now")
        town.approve(ADA, MINA, PRIYA, SAM)
        town.propose(target="2026-08-03")
        town.approve(retirement_id="RET-2")
        town.pass_time(days=15)
        town.command(TOM, "archive RET-2")
        town.command(MINA, "hold RET-2 Case 21-114")
        town.pass_time(days=61)
        town.command(TOM, "prune RET-1 all its days are over")
        first, second = town.retirement("RET-1"), town.retirement("RET-2")
        assert first.prune is not None
        asked = town.posted(GOVERNANCE, f"RET-1/prune/{first.prune.number}/request")
        town.opens(MINA, lambda: town.press(MINA, asked, "prune.confirm"))
        town.submit(MINA, {"prune.name": "churn-v1"})
        town.pass_time(hours=1)
        assert first.archived is not None
        assert second.archived is not None
        assert not town.archive.exists(first.archived)
        assert town.archive.exists(second.archived)


def test_an_archive_that_cannot_be_kept_is_listed_until_it_can(tmp_path: Path) -> None:
    with Town(tmp_path, policy=KEPT) as town:
        town.announce()
        town.everybody_moves()
        town.pass_time(days=95)
        archived = town.retirement().archived
        assert archived is not None
        manifest = town.archive.path(archived.location) / "manifest-sha256.txt"
        manifest.rename(tmp_path / "aside")
        town.command(MINA, "hold RET-1 Case 21-114")
        assert "manifest-sha256.txt is missing" in town.command(TOM, "show RET-1")
        (tmp_path / "aside").rename(manifest)
        town.pass_time(hours=2)
        assert "manifest-sha256.txt is missing" not in town.command(TOM, "show RET-1")
