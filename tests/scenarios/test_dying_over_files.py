"""The bot dies at each boundary while a shared file is imported: it is imported once and told once, all the same."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from data.events import Imported, Revised
from tests.scenarios.mortal import Mortal
from tests.scenarios.test_proposing_files import exported
from tests.scenarios.town import TOM, words

IMPORTS = "C01GROWTHML"
EDGES = "from,to,from_kind\n{},churn-v1,consumer\n"
BOUNDARIES = (
    "claimed",
    "before commit",
    "after commit",
    "settled",
    "file imported",
    "settled",
    "before post",
    "after post",
    "settled",
)


@pytest.mark.parametrize("dies_at", range(1, len(BOUNDARIES) + 1))
def test_whenever_the_bot_dies_the_file_is_imported_and_told_once(tmp_path: Path, dies_at: int) -> None:
    with Mortal(tmp_path, serves=False, import_channel=IMPORTS) as town:
        town.slack.share(TOM, IMPORTS, "edges.csv", EDGES.format("tuesday-mailer"))
        town.settle()
        town.passed.clear()
        town.dies_at = dies_at
        file = town.slack.share(TOM, IMPORTS, "edges.csv", EDGES.format("friday-mailer"))
        assert file.told.ok
        with suppress(Exception):  # whatever a record says that is gone
            town.settle()
        assert tuple(town.passed[:dies_at]) == BOUNDARIES[:dies_at]
        town.restart()
        town.pass_time(minutes=10)

        events = [stored.event for stored in town.bot.store.events("catalog")]
        imported = [one for one in events if isinstance(one, Imported) and one.by == TOM]
        _, report = [one for one in town.slack.messages(IMPORTS) if one["user"] == "UBOT"]
        assert len(imported) == 2
        assert report["thread_ts"] == file.shares[IMPORTS][0]
        assert "catalog is now at version 3: 2 new, 0 changed, 1 unseen, 0 withdrawn" in words(report)
        assert "unseen csv:tuesday-mailer: declared before" in words(report)
        assert town.bot.store.troubles() == ()
        assert town.bot.store.verify().bad == ""


@pytest.mark.parametrize("dies_at", [5, 6, 7], ids=["before it is proposed", "after", "before it is told"])
def test_whenever_the_bot_dies_a_plans_file_is_proposed_and_told_once(tmp_path: Path, dies_at: int) -> None:
    with Mortal(tmp_path, serves=False, import_channel=IMPORTS) as town:
        assert town.propose() == {}
        toml = exported(town).replace('reason = "replaced"', 'reason = "cost"')
        town.passed.clear()
        town.dies_at = dies_at
        town.slack.share(TOM, IMPORTS, "plan.toml", toml)
        with suppress(Exception):  # as above
            town.settle()
        decided = ("before commit", "after commit")
        way = ("claimed", *decided, "settled", *decided, "file imported")
        assert tuple(town.passed[:dies_at]) == way[:dies_at]
        town.restart()
        town.pass_time(minutes=10)

        happened = [stored.event for stored in town.bot.store.events("RET-1")]
        assert len([one for one in happened if isinstance(one, Revised)]) == 1
        (told,) = [one for one in town.slack.messages(IMPORTS) if one["user"] == "UBOT"]
        assert words(told).startswith(":white_check_mark: *plan.toml* was proposed as it is")
