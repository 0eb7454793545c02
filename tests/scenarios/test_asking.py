"""What people ask in a direct message is answered from the record, once, below the question, with what it rests on."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from bot.ids import Action
from bot.manifest import SCOPES
from bot.serving.metrics import PrometheusMetrics
from bot.views.blocks import feedback
from data.records.retirement import Duty, State
from tests.fakes.slack import Channel, User
from tests.scenarios.asking import answers, ask, offered, press
from tests.scenarios.test_attesting import ATTESTED
from tests.scenarios.test_delegating import delegated
from tests.scenarios.test_hours import OFFICE
from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, INES, MINA, PRIYA, SAM, TOM, Town, words

LINK = "https://example.slack.com/archives/C01MODELRETIREMENTS/p"
RESTOCK = "component:default/restock-planner"


def test_what_blocks_a_retirement_that_is_voted_on_is_told_with_who_has_not_voted_and_a_link(
    town: Town,
) -> None:
    town.propose()
    said = ask(town, MINA, "What blocks churn-v1?")
    assert "*RET-1* churn-v1 - *proposed*: what blocks it" in said
    assert "The vote on retiring it is open until 2026-04-01 08:00 UTC" in said
    assert f"*owner* waits for <@{ADA}>" in said
    assert f"(<{LINK}" in said
    assert "|RET-1 entry 1>)" in said


def test_who_may_vote_finds_the_vote_in_the_answer_and_it_counts(town: Town) -> None:
    town.propose()
    ask(town, MINA, "what blocks RET-1?")
    town.press(MINA, answers(town, MINA)[-1], "vote.approve")
    (ballot,) = town.retirement().round.ballots  # type: ignore[union-attr]
    assert ballot.voter_id == MINA
    ask(town, BRUNO, "what blocks RET-1?")
    assert offered(town, BRUNO) == [], "who has no vote is offered none"


def test_what_blocks_one_that_is_announced_are_its_consumers_each_with_who_is_asked(town: Town) -> None:
    town.announce()
    said = ask(town, BRUNO, "what is holding up churn-v1")
    assert "*restock-planner*: open - acknowledge by Mon 2026-03-23, migrate by *Mon 2026-04-27*" in said
    assert "RET-1 entry 7>)" in said, "the entry that announced it"
    town.press(BRUNO, answers(town, BRUNO)[-1], "duty.migrated", f"RET-1|{RESTOCK}|1")
    duty = town.retirement().obligation(RESTOCK)
    assert duty is not None
    assert duty.duty is Duty.MIGRATED
    assert "restock-planner" not in ask(town, BRUNO, "what is holding up churn-v1")


def test_a_step_that_is_held_is_told_with_its_reason_and_the_entry_that_says_so(town: Town) -> None:
    town.announce()
    town.everybody_moves()
    town.pass_time(days=80)
    said = ask(town, TOM, "what blocks churn-v1?")
    assert ":warning: *disable* was due on 2026-05-04, and is held" in said
    assert "churn-v1-prod is unknown where it should be served" in said
    assert "RET-1 entry 20>)" in said
    said = ask(town, TOM, "when is churn-v1 switched off?")
    assert ":warning: *disable* was due on 2026-05-04, and is held" in said
    assert "RET-1 entry 20>)" in said
    assert "*disable* was due" in ask(town, TOM, "what happens next week?")


def test_who_has_not_answered_is_told_of_all_that_is_under_way(town: Town) -> None:
    town.announce()
    said = ask(town, TOM, "Who has not answered?")
    assert "*cancel-flow*: open" in said
    town.answer(BRUNO, "restock-planner", "duty.acknowledge")
    said = ask(town, TOM, "who hasn't answered yet?")
    assert "*cancel-flow*: open" in said
    assert "restock-planner" not in said


def test_what_happens_next_week_is_told_by_day(town: Town) -> None:
    town.announce()
    said = ask(town, TOM, "what happens next week?")
    assert "What happens between 2026-03-23 and 2026-03-29" in said
    assert (
        "*Mon 2026-03-23* RET-1 churn-v1: Logistics has to acknowledge for 1 consumer (restock-planner)"
        in said
    )
    assert "step archive" not in said
    said = ask(town, TOM, "when is churn-v1 switched off?")
    assert "*Mon 2026-05-04* RET-1 churn-v1: step disable" in said
    assert "Nothing falls due between 2026-03-18 and 2026-03-18" in ask(town, TOM, "anything due tomorrow?")


def test_why_it_was_retired_and_where_it_is_are_told_with_every_decision(town: Town) -> None:
    town.announce()
    town.everybody_moves()
    town.pass_time(days=40)
    said = ask(town, BRUNO, "Why was churn-v1 retired and where is it now?")
    assert '*Why* replaced — "churn-v2 is better on every segment"' in said
    assert "*Now* :truck: *RET-1* churn-v1 - *migrating*" in said
    assert "*Artifacts* 5 files" in said
    assert "*Instead* churn-v2" in said
    assert f"2026-03-02 :scroll: <@{TOM}> proposed to retire *churn-v1 (RET-1)*" in said
    assert "2026-03-16 :white_check_mark: *Approved*" in said
    assert ":package: Archived 5 files" in said
    assert said.count(f"(<{LINK}") >= 4


def test_who_decided_what_and_why_is_told_by_name_each_with_its_entry(town: Town) -> None:
    town.propose()
    town.reject(PRIYA, "the tests are missing")
    town.approve(ADA, MINA)
    said = ask(town, BRUNO, "who approved RET-1?")
    for line in (
        f':x: <@{PRIYA}> voted *reject* as product — "the tests are missing"',
        f"<@{ADA}> voted *approve* as owner",
        f"<@{MINA}> voted *approve* as ",
    ):
        assert line in said
    assert said.count("RET-1 entry") >= 4


def test_one_that_was_called_off_is_still_told_of(town: Town) -> None:
    town.propose()
    town.command(TOM, "cancel RET-1 wrong model")
    assert "*withdrawn*" in ask(town, MINA, "what happened to churn-v1?")
    assert "Withdrawn before the vote closed" in ask(town, MINA, "what blocks churn-v1?")


def test_a_model_nobody_retires_is_said_to_be_one_and_more_can_be_asked_of_it(town: Town) -> None:
    assert "*churn-v1* is in the catalog, and nobody retires it" in ask(town, TOM, "what blocks churn-v1?")
    assert "*churn-v1*: 7 consumers of 4 teams" in press(
        town, TOM, "question.ask", "impact|ahead|resource:default/churn-v1"
    )
    said = ask(town, TOM, "who owns churn-v1?")
    assert "*churn-v1*: Growth ML answers for it" in said
    assert "From the catalog, version 1, as of 2026-03-02 08:00 GMT." in said


def test_what_is_under_way_and_what_waits_for_oneself_are_told_with_their_buttons(town: Town) -> None:
    assert "*Nothing is being retired*" in ask(town, TOM, "who has not answered?")
    assert "No model is being retired" in ask(town, TOM, "what is being retired?")
    town.announce()
    rests_on = f"|RET-1 entry {town.retirement().version}>)."
    said = ask(town, TOM, "what is being retired?")
    assert "*RET-1* churn-v1 - *migrating*" in said
    assert rests_on in said
    said = ask(town, BRUNO, "what waits for me?")
    assert "*Waits for you*: 1 to answer" in said
    assert rests_on in said
    assert "|RET-1 entry" not in ask(town, PRIYA, "what waits for me?"), "nothing does"
    fed = ask(town, TOM, "what did churn-v1 feed?")
    assert "From the catalog, version " in fed
    assert rests_on in fed
    assert ("duty.acknowledge", f"RET-1|{RESTOCK}|1") in offered(town, BRUNO)
    assert "*Nothing waits for you.*" in ask(town, SAM, "what waits for me?")


def test_without_a_name_the_only_one_under_way_is_meant_and_of_several_one_is_chosen(town: Town) -> None:
    town.propose()
    assert "*RET-1* churn-v1 - *proposed*: what blocks it" in ask(town, MINA, "what blocks it?")
    assert town.propose("churn_nightly", by=ADA, target="2026-09-01") == {}
    assert "*Which one?*" in ask(town, MINA, "what blocks it?")
    assert [value for _, value in offered(town, MINA)] == ["blocks|ahead|RET-1", "blocks|ahead|RET-2"]
    assert "*RET-2* churn_nightly" in press(town, MINA, "question.ask", "blocks|ahead|RET-2")


def test_in_a_thread_what_is_not_named_is_what_was_asked_about_there(town: Town) -> None:
    town.propose()
    assert town.propose("churn_nightly", by=ADA, target="2026-09-01") == {}
    ask(town, MINA, "who owns churn_nightly?")
    thread = answers(town, MINA)[-1]["thread_ts"]
    town.restart()
    assert "*RET-2* churn_nightly - *proposed*" in ask(town, MINA, "and what blocks it?", thread=thread)
    assert "*RET-2* churn_nightly: *Why*" in ask(town, MINA, "why?", thread=thread)
    assert "*Which one?*" in ask(town, MINA, "what blocks it?"), "in another thread nothing was named"


def test_it_is_what_was_asked_last_also_by_a_button_of_an_older_answer_and_a_retirement_with_its_model_is_one(
    town: Town,
) -> None:
    town.propose()
    assert town.propose("churn_nightly", by=ADA, target="2026-09-01") == {}
    ask(town, MINA, "what blocks it?")
    which = answers(town, MINA)[-1]
    ask(town, MINA, "what blocks churn_nightly?", thread=which["thread_ts"])
    town.press(MINA, which, "question.ask", "blocks|ahead|RET-1")
    assert "*RET-1* churn-v1: *Why*" in ask(town, MINA, "why?", thread=which["thread_ts"])
    assert "*RET-2* churn_nightly: *Why*" in ask(town, MINA, "why RET-2 churn_nightly?")


def test_a_model_is_asked_about_by_whatever_any_catalog_calls_it(town: Town) -> None:
    town.propose()
    for called in ("Churn v1", "resource:default/churn-v1", "CHURN-V1"):
        assert "*RET-1* churn-v1" in ask(town, MINA, f"what blocks {called}?")


def test_a_misspelt_name_is_asked_about_and_never_assumed(town: Town) -> None:
    town.propose()
    said = ask(town, MINA, "what blocks chrun-v1?")
    assert "*Nothing I may tell you of is called that.* Did you mean one of these?" in said
    assert "RET-1" not in said
    assert ("question.ask", "blocks|ahead|resource:default/churn-v1") in offered(town, MINA)
    assert "what blocks it" in press(town, MINA, "question.ask", "blocks|ahead|resource:default/churn-v1")
    assert "Names are matched exactly" in ask(town, MINA, "what blocks zebra-9?")


def test_what_is_not_understood_is_answered_with_what_can_be_asked(town: Town) -> None:
    said = ask(town, MINA, "book a flight to Lisbon")
    assert "*I did not understand that*, and guess nothing. You may ask:" in said
    assert "_What blocks MODEL?_" in said
    assert "*Nothing is being retired*" in press(town, MINA, "question.ask", "silent|ahead|")


def test_what_somebody_wants_done_is_not_done_but_told_how(town: Town) -> None:
    town.propose()
    said = ask(town, TOM, "cancel churn-v1, please")
    assert "*Nothing is changed by what you write to me.*" in said
    assert "`/retire cancel RET-n|MODEL REASON...`" in said
    assert town.retirement().state is State.PROPOSED


def test_an_answer_in_words_is_met_with_the_buttons_that_count(town: Town) -> None:
    town.announce()
    announcement = town.announcement(BRUNO)
    said = ask(town, BRUNO, "done, we have migrated", thread=announcement["ts"])
    assert "Only its buttons answer it" in said
    assert ("duty.migrated", f"RET-1|{RESTOCK}|1") in offered(town, BRUNO)
    duty = town.retirement().obligation(RESTOCK)
    assert duty is not None
    assert duty.duty is Duty.OPEN


def test_whom_neither_the_catalog_nor_the_record_knows_is_told_nothing_of_either(town: Town) -> None:
    town.propose()
    town.slack.ws.users["U09STRANGER"] = User(id="U09STRANGER", name="stranger")
    for text in (
        "what blocks churn-v1?",
        "what is being retired?",
        "what blocks chrun-v1?",
        "who owns churn-v1?",
    ):
        said = ask(town, "U09STRANGER", text)
        assert "*Emeritus does not know you yet*" in said
        assert "churn" not in said
        assert offered(town, "U09STRANGER") == []


def test_the_answer_stands_below_the_question_and_in_the_thread_it_was_asked_in(town: Town) -> None:
    ask(town, MINA, "help")
    asked, answer = town.slack.messages(MINA)[-2:]
    assert answer["thread_ts"] == asked["ts"]
    ask(town, MINA, "what is being retired?", thread=asked["ts"])
    assert answers(town, MINA)[-1]["thread_ts"] == asked["ts"]


def test_a_question_slack_tells_of_again_is_answered_once_also_after_a_restart(town: Town) -> None:
    told = town.slack.say(MINA, "what is being retired?")
    town.slack.redeliver(told, retry=1)
    town.restart()
    town.settle()
    assert len(answers(town, MINA)) == 1
    town.slack.redeliver(told, retry=2)
    town.settle()
    assert len(answers(town, MINA)) == 1


def test_a_question_is_kept_before_slack_hears_that_it_was_heard(town: Town) -> None:
    assert town.slack.say(MINA, "what is being retired?").ok
    town.restart()  # before anything was answered
    town.settle()
    assert len(answers(town, MINA)) == 1


def test_an_answer_slack_took_without_saying_so_is_not_given_twice(town: Town) -> None:
    town.slack.fail_next("chat.postMessage", "accepted_then_reset")
    assert town.slack.say(MINA, "what is being retired?").ok
    town.settle()
    town.pass_time(minutes=5)
    assert len(answers(town, MINA)) == 1


def test_nothing_of_what_somebody_wrote_is_kept(town: Town) -> None:
    ask(town, MINA, "Zaphod says churn-v1 must go, what blocks it?")
    assert [one.effect.body for one in town.bot.store.kept("answer/")] == [
        {
            "notice": "answer",
            "channel": "D01MINAPARK",
            "thread_ts": town.slack.messages(MINA)[0]["ts"],
            "person": MINA,
            "asks": "blocks",
            "about": "resource:default/churn-v1",
        }
    ]


@pytest.mark.parametrize(
    "event",
    [
        {"subtype": "message_changed", "message": {"user": MINA, "text": "help", "ts": "1.000001"}},
        {"subtype": "message_deleted", "deleted_ts": "1.000001"},
        {"subtype": "bot_message", "bot_id": "BOTHER", "text": "help"},
        {"user": "UBOT", "text": "help"},
        {"user": MINA, "text": "help", "bot_id": "BOTHER"},
        {"user": MINA, "text": "help", "channel": GOVERNANCE, "channel_type": "channel"},
        {"user": MINA, "text": "help", "channel": "G0GROUP", "channel_type": "mpim"},
        {"user": MINA, "text": "help", "ts": "odd"},
        {"user": None},
    ],
    ids=[
        "edited",
        "deleted",
        "posted by an app",
        "ours",
        "of an app",
        "in a channel",
        "of several",
        "odd",
        "empty",
    ],
)
def test_what_is_no_question_to_us_is_not_answered(town: Town, event) -> None:
    heard = {
        "type": "message",
        "channel": "D01MINAPARK",
        "channel_type": "im",
        "ts": "1772438400.000001",
        **event,
    }
    assert town.slack.event(heard).ok
    town.settle()
    assert answers(town, MINA) == []
    assert town.slack.messages(GOVERNANCE) == []


def test_an_answer_comes_at_any_hour_as_somebody_waits_for_it(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, windows=OFFICE) as town:
        town.pass_time(hours=14)  # 22:00 UTC
        assert "No model is being retired" in ask(town, INES, "what is being retired?")


def test_without_the_addresses_of_messages_the_entries_are_named_all_the_same(town: Town) -> None:
    town.propose()
    town.slack.fail_next("chat.getPermalink", "error:channel_not_found", times=9)
    said = ask(town, MINA, "what blocks churn-v1?")
    assert "(RET-1 entry 1)" in said


def test_where_the_record_does_not_answer_whoever_asks_is_told_to_ask_again(town: Town) -> None:
    town.bot.store.close()
    town.slack.say(MINA, "what is being retired?")
    town.slack.wait_for(lambda: "again in a minute" in words(town.slack.messages(MINA)))
    town.open()
    assert "No model is being retired" in ask(town, MINA, "what is being retired?")


def test_what_catalogs_and_people_wrote_notifies_nobody(town: Town) -> None:
    town.propose(**{"proposal.why": "<!channel> <@U01VERALUND> *bold* `code`"})
    for text in ("why is churn-v1 retired?", "what blocks <!channel>?", "what blocks `<@U01VERALUND>`"):
        ask(town, MINA, text)
    assert [one for one in town.slack.broadcasts if one["user"] != MINA] == []
    assert "U01VERALUND" not in [one for answer in answers(town, MINA) for one in answer["mentions"]]


def test_a_button_of_an_answer_that_is_pressed_elsewhere_asks_nothing(town: Town) -> None:
    """As when an answer was forwarded to a channel."""
    town.slack.ws.channels["C02TEAM"] = Channel(id="C02TEAM", name="team", members=[MINA, "UBOT"])
    ask(town, MINA, "book a flight")
    blocks = [one for one in answers(town, MINA)[-1]["blocks"] if one["type"] == "actions"][:1]
    posted = town.bot.house.client.chat_postMessage(channel="C02TEAM", text="forwarded", blocks=blocks)
    assert town.slack.click(MINA, "C02TEAM", posted["ts"], "question.ask").ok
    town.settle()
    assert len(answers(town, MINA)) == 1


def test_a_status_says_that_the_answer_comes_until_it_is_there(town: Town) -> None:
    ask(town, MINA, "help")
    shown = [call for call in town.slack.calls if call.method == "assistant.threads.setStatus"]
    assert [(call.args["status"], call.happened) for call in shown] == [("looks it up on the record", True)]
    assert town.slack.ws.statuses == {}


@pytest.mark.parametrize("why", ["missing_scope", "not_allowed_token_type", "internal_error"])
def test_where_slack_shows_no_status_the_answer_comes_all_the_same(town: Town, why: str) -> None:
    town.slack.fail_next("assistant.threads.setStatus", f"error:{why}")
    assert "You may ask" in ask(town, MINA, "help")


def test_a_slack_that_knows_no_agents_is_sent_no_feedback_on_one(town: Town) -> None:
    town.slack.fail_next("assistant.threads.setStatus", "error:unknown_method")
    assert "You may ask" in ask(town, MINA, "help")
    assert [one for one in answers(town, MINA)[-1]["blocks"] if one["type"] == "context_actions"] == []
    ask(town, MINA, "help")
    assert [one["type"] for one in answers(town, MINA)[-1]["blocks"]][-1] == "context_actions"


def test_an_app_that_was_installed_before_there_were_agents_answers_all_the_same(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, scopes=SCOPES.keys() - {"assistant:write"}) as town:
        assert "You may ask" in ask(town, MINA, "help")


@pytest.mark.parametrize("verdict", ["helped", "unhelpful"])
def test_whether_an_answer_helped_is_counted_without_a_word_of_anybody(tmp_path: Path, verdict: str) -> None:
    registry = CollectorRegistry()
    with Town(tmp_path, serves=False, metrics=PrometheusMetrics(registry)) as town:
        ask(town, MINA, "what is being retired?")
        town.press(MINA, answers(town, MINA)[-1], "answer.feedback", f"{verdict} list")
        town.slack.wait_for(lambda: town.slack.ephemerals)
        assert "Only that is counted, and none of your words are kept" in town.told(MINA)
    labels = {"question": "list", "verdict": verdict}
    assert registry.get_sample_value("emeritus_answers_judged_total", labels) == 1.0
    assert b"MINA" not in generate_latest(registry)


def test_feedback_of_another_version_counts_nothing(town: Town) -> None:
    ask(town, MINA, "help")
    blocks = [feedback(Action.ANSWER_FEEDBACK, "an older question")]
    posted = town.bot.house.client.chat_postMessage(channel="D01MINAPARK", text="older", blocks=blocks)
    assert town.slack.click(
        MINA, "D01MINAPARK", posted["ts"], "answer.feedback", "helped an older question"
    ).ok
    assert town.slack.ephemerals == []


def test_who_has_not_answered_names_whoever_answers_for_them_now(town: Town) -> None:
    town.announce()
    delegated(town, SAM)
    said = ask(town, TOM, "who has not answered?")
    assert (
        f"*retention-dashboard*: open - acknowledge by Mon 2026-03-23, migrate by *Mon 2026-04-27*; Insights: <@{SAM}>"
        in said
    )


def test_what_has_to_be_attested_blocks_it_and_who_attested_it_is_part_of_its_story(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, policy=ATTESTED) as town:
        town.announce()
        town.everybody_moves()
        town.pass_time(days=35)
        said = ask(town, TOM, "what blocks churn-v1?")
        assert ":memo: nobody has attested retention;" in said
        ask(town, SAM, "which attestations are missing for RET-1?")
        assert offered(town, SAM)[0] == ("attestation.give", "RET-1|privacy")
        town.command(ADA, "attest RET-1 retention https://wiki.larkspur.example/kept")
        assert "attested retention" not in ask(town, TOM, "what blocks churn-v1?")
        assert f":memo: <@{ADA}> attests retention until" in ask(town, TOM, "why is churn-v1 retired?")
