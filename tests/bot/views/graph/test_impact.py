"""How a consumer depends on a model is shown all the way, for a person and for a machine."""

from __future__ import annotations

from bot.views.graph.impact import consumer_line, full_lines, way
from tests.bot.views.examples import an_impact

MODEL = "resource:default/churn-v1"
ENDPOINT = "component:default/churn-v1-prod"


def test_a_way_over_an_endpoint_goes_on_to_the_model_it_serves() -> None:
    over = an_impact(0, path=("component:default/report", "component:default/board", ENDPOINT), distance=2)
    assert consumer_line(over, MODEL).endswith("consumer-000 via board → churn-v1-prod → churn-v1")
    whole = ("component:default/report", "component:default/board", ENDPOINT, MODEL)
    assert way(over, MODEL) == whole


def test_whoever_depends_on_the_model_itself_needs_no_way() -> None:
    assert consumer_line(an_impact(0), MODEL) == "    • consumer-000"


def test_a_team_that_is_cut_is_named_again() -> None:
    crowd = [an_impact(number, teams=1) for number in range(4)]
    assert full_lines(crowd, ["who owns it?"], MODEL, start=2, stop=5) == [
        "*team-0* (4, continued)",
        "    • consumer-002",
        "    • consumer-003",
        ":grey_question: who owns it?",
    ]
