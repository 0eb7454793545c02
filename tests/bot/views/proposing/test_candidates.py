"""Are candidates told in order, each with its reasons and their sources, in as much room as there is?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands.machine import as_text
from bot.views import limits
from bot.views.proposing import candidates
from data.catalog.catalog import Catalog
from data.catalog.snapshot import Snapshot
from data.records.catalog import Entity, Kind
from data.records.policy import Criterion
from data.sqlite.store import SqliteStore
from tests.data.catalogs import NoRetirements
from workflows.considering import Ranking
from workflows.rules.choosing.candidates import Candidate, Finding, Verdict

PLACE = "/srv/all/m.yaml:2"
HOSTILE = "<!channel> *churn* `"


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[Snapshot]:
    """A catalog without teams."""
    store = SqliteStore(tmp_path / "emeritus.db", NoRetirements())
    yield Catalog(store).snapshot()
    store.close()


def a_candidate(name: str = "churn", *, value: str = "0 calls a day", source: str = "csv") -> Candidate:
    return Candidate(
        model=Entity(id=f"model:{name}", kind=Kind.MODEL, name=name),
        findings=(
            Finding(criterion=Criterion.CALLS, verdict=Verdict.FOR, value=value, source=source, as_of="2026-03-01"),
            Finding(criterion=Criterion.SUPPORT, verdict=Verdict.UNKNOWN, value="no registry tells of it"),
            Finding(criterion=Criterion.SUCCESSOR, verdict=Verdict.AGAINST, value="none is named", source=PLACE),
        ),
    )  # fmt: skip


def a_ranking(*found: Candidate, leaving: int = 0, unused: int = 0, unremarkable: int = 0) -> Ranking:
    return Ranking(
        as_of=datetime(2026, 3, 2, tzinfo=UTC),
        candidates=found,
        leaving=leaving,
        unused=unused,
        unremarkable=unremarkable,
    )


def test_each_is_told_with_every_criterion_its_source_and_day_and_who_is_left_out(nobody: Snapshot):
    assert candidates.lines(a_ranking(a_candidate(), leaving=1, unused=2, unremarkable=3), nobody) == [
        ("1 candidate. Left out: 1 model retiring already, or retired; 2 models hosted by providers and used by nobody "
        "here; 3 models with nothing that speaks for it."),
        "1. churn (model:churn), nobody answers for it: 1 of 3 criteria speaks for it",
        "   + calls: 0 calls a day (csv, as of 2026-03-01)",
        "   ? support: no registry tells of it",
        "   - successor: none is named (all/m.yaml:2, no day told)",
        "Next: /retire propose MODEL, in Slack",
    ]  # fmt: skip


def test_slack_is_told_the_first_ones_and_how_to_go_on(nobody: Snapshot):
    shown = candidates.answer(a_ranking(*(a_candidate(f"churn {at}") for at in range(40))), nobody)
    blocks = [
        block["text"]["text"] if "text" in block else block["elements"][0]["text"]
        for block in shown["blocks"]
    ]
    assert blocks[0] == "*40 candidates for retirement*. No model is left out."
    assert blocks[1].startswith("*1. churn 0* (nobody answers for it): 1 of 3 criteria speaks for it\n")
    assert len(blocks) == 2 + candidates.SHOWN_AT_MOST
    assert "32 more: `emeritus candidates` prints all of them." in blocks[-1]
    assert blocks[-1].endswith(
        'Next: give "churn 0" an owner in the catalog, then `/retire propose "churn 0"`.'
    )
    assert "    :white_check_mark: calls: 0 calls a day (csv, as of 2026-03-01)\n" in blocks[1]


def test_words_of_catalogs_mention_nobody_and_fit(nobody: Snapshot):
    many = [a_candidate(f"{HOSTILE}{at}", value=HOSTILE * 400, source=HOSTILE * 400) for at in range(20)]
    shown = candidates.answer(a_ranking(*many), nobody)
    texts = [block["text"]["text"] for block in shown["blocks"] if "text" in block]
    assert all("<!channel>" not in text and len(text) <= limits.SECTION_MAX for text in texts)
    assert sum(map(len, texts)) <= limits.BLOCK_TEXT_MAX
    assert len(texts) > 1


def test_where_nothing_speaks_for_any_the_way_on_is_told(nobody: Snapshot):
    shown = candidates.answer(a_ranking(unremarkable=3), nobody)
    assert "Nothing speaks for retiring a model by the policy's criteria." in shown["text"]
    assert "/retire impact" in str(shown["blocks"])


def test_machines_get_every_key(nobody: Snapshot):
    text = as_text(candidates.data(a_ranking(a_candidate(), leaving=1), nobody))
    assert '"left_out"' in text
    assert '"criterion": "support"' in text
    assert '"as_of": ""' in text
