"""Somebody looks for what retired, and why: by words, by whose it was, by what it fed; erased words find nothing."""

from __future__ import annotations

from pathlib import Path

from data import events
from tests.scenarios.asking import ask
from tests.scenarios.test_reviewing import review
from tests.scenarios.town import BRUNO, TOM, VERA, Town


def test_what_retired_is_found_by_what_was_said_of_it_with_its_thread_and_its_archive(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False) as town:
        town.announce()
        town.everybody_moves()
        town.pass_time(days=45)
        assert review(town, TOM, hurt="the zeppelin dashboards broke") == {}

        found = town.command(VERA, "search zeppelin")
        assert '1 find for "zeppelin"' in found
        assert "RET-1> *churn-v1*, migrating" in found
        assert "a lesson: the zeppelin dashboards broke" in found
        assert "archive `churn-v1/" in found
        for asked in (
            "churn-v1",
            "better segment",
            "weights.json class:weights",
            "owner:growth 2026-03 churn",
            'owner:"Tom Birch"',
            "owner:tom-birch",
            "owner:@ada",
            f"owner:<@{TOM}>",
        ):
            assert "RET-1" in town.command(VERA, f"search {asked}"), asked
        assert "RET-1" not in town.command(VERA, "search churn-v1 until:2025")
        assert "*churn-v2*, which nobody retires" in town.command(BRUNO, "search churn-v2 state:active")
        assert "No models:" in town.command(VERA, "search feeds:churn-v1")
        assert "churn-v1 fed account-page (consumer)" in ask(town, VERA, "what did churn-v1 feed?")
        assert "retention-dashboard (dashboard)" in ask(town, VERA, "what came from churn-v1?")
        assert "Nothing is known that it came from" in ask(town, VERA, "what did churn-v1 come from?")
        assert "account-page came from churn" in ask(town, VERA, "what feeds account-page?")
        assert 'since: "soon"' in town.command(VERA, "search since:soon")

        (said,) = (
            one.version for one in town.bot.store.events("RET-1") if isinstance(one.event, events.Reviewed)
        )
        assert town.bot.store.erase("RET-1", said) > 0
        assert 'Nothing that you may see has "zeppelin" in it' in town.command(VERA, "search zeppelin")
