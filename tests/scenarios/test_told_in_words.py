"""One announcement, in the words of everybody who is told of it: each once, in Slack, as people read it there."""

from __future__ import annotations

from tests.scenarios.town import BRUNO, GRACE, INES, Town, words

FACTS = """\
*What* churn-v1 retires (RET-1)
*When* service ends on 2026-05-04
*Why* replaced — "churn-v2 is better on every segment"
*Successor* churn-v2
*Action* Acknowledge that you have read this. Move to churn-v2, then press Migrated."""


def told(town: Town, person: str) -> list[str]:
    """What the announcement says above the rows of what they answer for, a section each."""
    blocks = town.announcement(person)["blocks"]
    sections = [one["text"]["text"] for one in blocks if one["type"] == "section"]
    return [one for one in sections if not one.startswith(":white_circle:")]


def test_who_runs_a_pipeline_is_told_of_it_as_a_data_engineer(town: Town):
    town.announce()
    assert told(town, BRUNO) == [
        (
            f"{FACTS}\n*Tables and jobs of yours* job restock-planner\n*Ask* <@U01TOMBIRCH>\n"
            "*Yours* 1 of 1 consumer still to move"
        )
    ]


def test_who_has_a_job_and_a_dashboard_is_told_of_both_in_one_message(town: Town):
    town.announce()
    assert told(town, INES) == [
        (
            f"{FACTS}\n*Tables and jobs of yours* job monday-report\n*Ask* <@U01TOMBIRCH>\n"
            "*Yours* 2 of 2 consumers still to move"
        ),
        (
            "*What your users see* nothing new of churn-v1 after 2026-05-04 in dashboard retention-dashboard, "
            "unless that has moved by then"
        ),
    ]


def test_who_has_a_service_and_a_job_is_told_which_endpoints_go_dark_as_well(town: Town):
    town.announce()
    assert told(town, GRACE) == [
        (
            f"{FACTS}\n*Endpoints that go dark* churn-v1-prod\n*Ask* <@U01TOMBIRCH>\n"
            "*Yours* 2 of 2 consumers still to move"
        ),
        "*Tables and jobs of yours* job win-back-mailer",
    ]


def test_a_reminder_is_told_in_the_same_words(town: Town):
    town.announce()
    town.pass_time(days=27)
    said = words(town.posted(BRUNO, f"RET-1/remind/migrate-30d@2026-04-27/{BRUNO}"))
    assert f"{FACTS}\n*Tables and jobs of yours* job restock-planner" in said
