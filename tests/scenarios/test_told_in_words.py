"""One announcement, in the words of everybody who is told of it: each once, in Slack, as people read it there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.importers.measures import read_measures
from data.records.progress import StepKind
from data.records.retirement import State
from tests.scenarios.town import BRUNO, GRACE, INES, POLICY, TOM, WREN, Town, key_of, words

FACTS = """\
*What* churn-v1 retires (RET-1)
*When* service ends on Mon 2026-05-04
*Why* replaced — "churn-v2 is better on every segment"
*Successor* churn-v2
*Action* Acknowledge that you have read this. Move to churn-v2, then press Migrated."""


ASK = f"\n*How to move* the catalog names no migration guide\n*Ask* <@{TOM}>"


def told(town: Town, person: str) -> list[str]:
    """What the announcement says above the rows of what they answer for, a section each."""
    blocks = town.announcement(person)["blocks"]
    sections = [one["text"]["text"] for one in blocks if one["type"] == "section"]
    return [one for one in sections if not one.startswith(":white_circle:")]


def test_who_runs_a_pipeline_is_told_of_it_as_a_data_engineer(town: Town):
    town.announce()
    assert told(town, BRUNO) == [
        (
            f"{FACTS}\n*Tables and jobs of yours* job restock-planner{ASK}\n"
            "*Yours* 1 of 1 consumer still to move"
        )
    ]


def test_who_has_a_job_and_a_dashboard_is_told_of_both_in_one_message(town: Town):
    town.announce()
    assert told(town, INES) == [
        (
            f"{FACTS}\n*Tables and jobs of yours* job monday-report{ASK}\n"
            "*Yours* 2 of 2 consumers still to move"
        ),
        (
            "*What your users see* nothing new of churn-v1 after Mon 2026-05-04 in dashboard retention-dashboard, "
            "unless that has moved by then"
        ),
    ]


def test_who_has_a_service_and_a_job_is_told_which_endpoints_go_dark_as_well(town: Town):
    (file := town.folder / "m.csv").write_text("model,measure,value,on\nchurn-v1,drift,0.31,2026-02-27\n")
    catalog = town.bot.house.catalog
    catalog.import_(read_measures([file], known=catalog.known()), format="measures", now=town.now())
    town.announce()
    assert told(town, GRACE) == [
        (
            f"{FACTS}\n*Endpoints that go dark* churn-v1-prod\n*Versions* none in the catalog\n"
            f"*Measured* PSI 0.31 (2026-02-27){ASK}\n"
            "*Yours* 2 of 2 consumers still to move"
        ),
        "*Tables and jobs of yours* job win-back-mailer",
    ]


def test_a_reminder_is_told_in_the_same_words(town: Town):
    town.announce()
    town.pass_time(days=27)
    said = words(town.posted(BRUNO, f"RET-1/remind/migrate-30d@2026-04-27/{BRUNO}"))
    facts = FACTS.replace("then press Migrated", "then press Show all and Migrated")
    assert f"{facts}\n*Tables and jobs of yours* job restock-planner" in said


SUPPORT, NADIA = "C01STOREFRONT", "U01NADIAHADDAD"
ADDRESSED = f"""{POLICY}
[audiences.support]
channels = ["{SUPPORT}"]
people = ["{NADIA}", "{BRUNO}"]
[audiences.product-owners]
groups = ["letters"]
people = ["{NADIA}"]
"""


@pytest.fixture
def addressed(tmp_path: Path) -> Iterator[Town]:
    """Support hears in its channel, Nadia of both; what is the letters team's is told as to product owners."""
    with Town(tmp_path, policy=ADDRESSED, serves=False) as running:
        yield running


def informed(town: Town, place: str) -> list[dict[str, Any]]:
    return [one for one in town.slack.messages(place) if "/informed-" in key_of(one)]


def sections(message: dict[str, Any]) -> list[str]:
    return [one["text"]["text"] for one in message["blocks"]]


EVERYTHING = (
    "dashboard retention-dashboard, job monday-report, job restock-planner, job win-back-mailer, account-page, "
    "cancel-flow, save-offer-service"
)


def test_support_is_told_in_its_channel_what_it_may_answer(addressed: Town):
    addressed.announce()
    (told,) = informed(addressed, SUPPORT)
    head, text = sections(told)
    assert head == "churn-v1 retires"
    assert text.split("\n\n")[1:] == [
        (
            "Whoever asks may be answered:\n> We are replacing the model behind this feature, which ends on "
            "Mon 2026-05-04. Nothing is asked of you. Should something look different from before, tell us what "
            "and when, and we look into it."
        ),
        f"*Pass on to* <@{TOM}> what this does not answer",
    ]
    assert "*Action* None of yours: whoever asks you may be told this." in text
    noticed = text.partition("*What customers may notice it in* ")[2].partition("\n")[0]
    assert sorted(noticed.split(", ")) == sorted(EVERYTHING.split(", "))


def test_who_is_of_two_audiences_gets_one_message_and_an_owner_the_one_they_answer_in(addressed: Town):
    addressed.announce()
    (told,) = informed(addressed, NADIA)
    assert [one.partition("*What your users see*")[1] for one in sections(told)] == [
        "",
        "*What your users see*",
        "",
    ]
    assert "Whoever asks may be answered" in sections(told)[2]
    assert informed(addressed, BRUNO) == []
    assert "Whoever asks may be answered" in words(addressed.announcement(BRUNO))


def test_a_team_that_the_policy_names_is_told_in_those_words_whatever_it_owns(addressed: Town):
    addressed.announce()
    said = words(addressed.announcement(GRACE))
    assert "*What your users see*" in said
    assert "churn-v1-prod" not in said
    assert "*Tables and jobs" not in said


def test_a_moved_date_is_told_again_to_all_who_were_told_the_old_one(addressed: Town):
    addressed.announce()
    addressed.command(TOM, "pause RET-1 a freeze")
    addressed.pass_time(days=5)
    addressed.command(TOM, "resume RET-1")
    for place in (SUPPORT, NADIA):
        assert [sections(one)[0] for one in informed(addressed, place)] == [
            "churn-v1 retires",
            "churn-v1 retires on another day",
        ]
    last_day = addressed.retirement().plan.step(StepKind.DISABLE).due_at.date()
    assert str(last_day) > "2026-05-04"
    told = words(informed(addressed, SUPPORT)[-1])
    assert f"service ends on {last_day:%a %Y-%m-%d} instead of Mon 2026-05-04" in told
    assert f"which ends on {last_day:%a %Y-%m-%d}" in told
    (reminded,) = [one for one in addressed.slack.messages(BRUNO) if "/moved-" in key_of(one)]
    assert "Dates of churn-v1 moved. *" in words(reminded)
    assert f"service ends on {last_day:%a %Y-%m-%d} instead of Mon 2026-05-04" in words(reminded)


def test_what_is_called_off_is_told_to_all_who_heard_of_it(addressed: Town):
    addressed.announce()
    addressed.command(TOM, "cancel RET-1 we keep it")
    addressed.approve()
    assert sections(informed(addressed, SUPPORT)[-1])[0] == "churn-v1 stays"
    assert len(informed(addressed, NADIA)) == 2


def test_once_it_is_closed_everybody_is_told_once_what_stays_and_whom_to_ask_for_it(tmp_path: Path):
    with Town(tmp_path, policy=ADDRESSED) as town:
        town.announce()
        town.pass_time(days=29)
        town.everybody_moves()
        foretold = {one.place for one in town.bot.house.ahead(town.retirement())}
        assert "*Told what stays of it, if nothing holds up its end*: " in town.command(TOM, "plan RET-1")
        town.pass_time(days=55)
        assert town.retirement().state is State.ARCHIVED
        heard = (BRUNO, INES, GRACE, WREN, SUPPORT, NADIA)
        assert foretold >= {one for one in heard if informed(town, one)} >= {BRUNO, SUPPORT}
        for owner in (BRUNO, INES, GRACE, WREN):
            (told,) = informed(town, owner)
            assert sections(told)[0] == "churn-v1 is retired"
            assert "*Action* None any more" in words(told)
        kept = town.retirement().archived
        assert f"sealed as {kept.preservation_id} at {kept.location}: ask <@{TOM}>" in words(
            informed(town, WREN)[0]
        )
        assert kept.preservation_id not in words(informed(town, GRACE)[0])
        assert "was replaced on Mon 2026-05-04" in words(informed(town, SUPPORT)[-1])
