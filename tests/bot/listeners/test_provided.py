"""Whoever asks about a model that a provider hosts, or proposes to retire it, hears until when it is served."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from data import events
from data.importers.deprecations import read_deprecations
from tests.bot.listeners.desk import CHURN, NOW, TOM, Desk

ENDS = (
    "acme/chat-1: its provider switches it off on 2026-10-23 (modeldeprecations.dev, last verified 2026-02-03"
)
LATE = "acme/chat-1 is switched off by its provider on 2026-10-23, before the last day of service, 2026-12-01"
HOSTILE = "https://docs.acme.example/<!channel>"


@pytest.fixture
def hosted(desk: Desk, tmp_path: Path) -> Desk:
    """Another catalog's model is what a provider hosts as chat-1."""
    catalog = desk.bot.house.catalog
    (company := tmp_path / "own").mkdir()
    (company / "registry.yaml").write_text(
        "provider: acme\nmodel: chat-1\naliases: [churn]\nshutdown_on: 2026-10-23\nstatus: deprecated\n"
        f"sources: [{{url: '{HOSTILE}'}}]\nlast_verified: 2026-02-03\n"
    )
    known = [replace(one, aliases=("acme/chat-1",)) if one.id == CHURN else one for one in catalog.known()]
    reading = read_deprecations([company], known=known)
    catalog.import_(reading, format="deprecations", now=NOW)
    return desk


@pytest.mark.parametrize("word", ["impact", "who"])
def test_who_asks_about_a_model_hears_when_its_provider_ends_it(hosted: Desk, word: str):
    hosted.type(f"{word} churn-v1")
    hosted.told()
    shown = str(hosted.slack.ephemerals[-1]["blocks"])
    assert ENDS in shown
    assert "<!channel>" not in shown


def test_a_plan_that_is_too_late_says_so_where_it_is_proposed_and_shown(hosted: Desk):
    hosted.propose()
    hosted.type("show churn-v1")
    hosted.told()
    shown = str(hosted.slack.ephemerals[-1]["blocks"])
    assert LATE in shown
    assert ENDS in shown
    proposed = hosted.bot.store.events("RET-1")[0].event
    assert isinstance(proposed, events.Proposed)
    assert proposed.impact_notes[0].startswith(LATE)


def test_the_form_says_it_before_anybody_chooses_a_day(hosted: Desk):
    hosted.type("propose churn-v1", user=TOM)
    assert ENDS in str(hosted.modal().content["blocks"])


def test_whoever_asks_what_to_retire_next_is_sent_to_a_model_that_somebody_may_propose(hosted: Desk):
    hosted.type("candidates")
    hosted.told()
    blocks = hosted.slack.ephemerals[-1]["blocks"]
    assert ":heavy_minus_sign: support: its provider switches it off on 2026-10-23, in 235 days" in str(
        blocks
    )
    assert "*1. churn-v1* (Growth ML): 2 of 9 criteria speak for it" in str(blocks)
    assert "Next: `/retire propose churn-v1`, or another one of them." in blocks[-1]["elements"][0]["text"]
