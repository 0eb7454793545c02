"""Whoever wants to retire a model is led there in the thread, step by step, to the one form that proposes."""

from __future__ import annotations

from typing import Any

from data.records.plan import Reason
from tests.data.catalogs import a_document
from tests.scenarios.asking import answers, ask, offered
from tests.scenarios.town import ADA, BRUNO, GRACE, MINA, TOM, Town, words

CHURN, CHURN_2 = "resource:default/churn-v1", "resource:default/churn-v2"


def choose(town: Town, person: str, value: str) -> str:
    """Choose in the menu of the last answer; what the next one says."""
    shown = answers(town, person)
    last = shown[-1]
    assert town.slack.select_in_message(person, last["channel"], last["ts"], "guide.choose", value).ok
    town.settle()
    assert len(answers(town, person)) == len(shown) + 1
    return words(answers(town, person)[-1])


def menu(town: Town, person: str) -> list[str]:
    """What the menu of the last answer offers."""
    blocks: list[dict[str, Any]] = answers(town, person)[-1]["blocks"]
    (select,) = [
        one
        for block in blocks
        if block["type"] == "actions"
        for one in block["elements"]
        if one["type"] == "static_select"
    ]
    return [one["value"] for one in select["options"]]


def open_form(town: Town, person: str) -> dict[str, Any]:
    view = town.opens(person, lambda: town.press(person, answers(town, person)[-1], "question.propose"))
    return view.content


def chosen(view: dict[str, Any]) -> dict[str, str]:
    """What a form shows as filled in: action id -> value."""
    found = {}
    for block in view["blocks"]:
        element = block.get("element", {})
        if "initial_option" in element:
            found[element["action_id"]] = element["initial_option"]["value"]
        if "initial_value" in element:
            found[element["action_id"]] = element["initial_value"]
        if "initial_date" in element:
            found[element["action_id"]] = element["initial_date"]
    return found


def test_a_proposal_is_led_to_in_three_steps_and_made_in_the_form(town: Town) -> None:
    said = ask(town, TOM, "help me retire churn-v1")
    assert "*Retire churn-v1*, step 1 of 3: why?" in said
    assert "*Switches off* churn-v1-prod" in said
    assert "*Hits* 7 consumers of 4 teams" in said
    assert "*Notice* 30 days (tier 3): service ends on Wed 2026-04-15 at the earliest" in said
    assert "*Needs approvals* 1 of owner, 1 of platform, 1 of product, 1 of security" in said
    assert menu(town, TOM) == [str(one) for one in Reason]

    said = choose(town, TOM, "replaced")
    assert "*Retire churn-v1*, replaced. Step 2 of 3: what replaces it?" in said
    assert menu(town, TOM)[0] == CHURN_2, "which the catalog names"
    assert "none" not in menu(town, TOM), "what is replaced needs a successor"

    town.restart()
    said = choose(town, TOM, CHURN_2)
    assert "replaced, followed by churn-v2. Step 3 of 3" in said
    assert town.bot.house.store.streams("RET-") == (), "nothing is proposed by being led there"

    assert chosen(open_form(town, TOM)) == {
        "proposal.model": CHURN,
        "proposal.successor": CHURN_2,
        "proposal.reason": "replaced",
        "proposal.target": "2026-04-15",
    }
    assert town.submit(TOM, {"proposal.why": "churn-v2 is better on every segment"}) == {}
    plan = town.retirement().plan
    assert plan is not None
    assert (plan.subject.model_id, plan.successor_id, plan.reason) == (CHURN, CHURN_2, Reason.REPLACED)
    first, *rest = answers(town, TOM)
    assert {one["thread_ts"] for one in rest} == {first["thread_ts"]}


def test_a_reason_other_than_replaced_needs_no_successor(town: Town) -> None:
    ask(town, TOM, "retire churn-v1")
    choose(town, TOM, "cost")
    assert menu(town, TOM)[:2] == ["none", CHURN_2]
    assert "cost, without a successor. Step 3 of 3" in choose(town, TOM, "none")
    assert "proposal.successor" not in chosen(open_form(town, TOM))


def test_what_the_menus_ask_may_be_typed_in_the_thread_and_taken_back(town: Town) -> None:
    said = ask(town, TOM, "help me retire churn-v1")
    assert "A menu above may be used again to change it" in said
    assert "Leave it, and nothing was proposed." in said
    thread = answers(town, TOM)[-1]["thread_ts"]
    assert "*Retire churn-v1*, cost. Step 2 of 3" in ask(town, TOM, "cost", thread=thread)
    assert "cost, without a successor. Step 3 of 3" in ask(town, TOM, "no successor", thread=thread)
    assert "cost, followed by churn-v2" in ask(town, TOM, "no, churn-v2", thread=thread)
    assert "*Nothing was proposed*" in ask(town, TOM, "never mind", thread=thread)
    assert "I did not understand that" in ask(town, TOM, "cost", thread=thread)
    assert town.bot.house.store.streams("RET-") == ()


def test_without_a_model_one_of_ones_own_is_chosen(town: Town) -> None:
    assert "*Which of your models?*" in ask(town, ADA, "help me retire a model")
    assert CHURN in menu(town, ADA)
    assert "step 1 of 3" in choose(town, ADA, CHURN)
    town.opens(
        ADA,
        lambda: (
            ask(town, ADA, "propose a retirement"),
            town.press(ADA, answers(town, ADA)[-1], "home.propose"),
        ),
    )


def test_who_may_not_propose_it_is_told_who_may_and_offered_nothing(town: Town) -> None:
    said = ask(town, BRUNO, "help me retire churn-v1")
    assert "You may not propose churn-v1" in said
    assert f"<@{TOM}>" in said
    assert offered(town, BRUNO) == []
    assert "*There is no model you may propose to retire*" in ask(town, MINA, "help me retire a model")


def test_what_is_being_retired_already_is_said_before_anything_is_chosen(town: Town) -> None:
    town.propose()
    said = ask(town, TOM, "help me retire churn-v1")
    assert ":no_entry: being retired already: churn-v1-prod by RET-1" in said
    assert offered(town, TOM) == []


def test_a_successor_that_goes_itself_is_refused_and_another_is_chosen(town: Town) -> None:
    assert town.propose("churn_nightly", by=ADA, target="2026-09-01") == {}
    ask(town, TOM, "help me retire churn-v1")
    choose(town, TOM, "replaced")
    said = choose(town, TOM, "resource:default/churn_nightly")
    assert ":no_entry: churn_nightly is being retired itself (RET-1): choose one that stays" in said
    assert "followed by churn-v2" in choose(town, TOM, CHURN_2)


def test_who_lost_the_model_meanwhile_cannot_go_on(town: Town) -> None:
    ask(town, TOM, "help me retire churn-v1")
    town.learns(a_document("Resource", "kettle", "type: ai-model, owner: letters"))
    ask(town, GRACE, "help me retire kettle")
    town.learns(a_document("Resource", "kettle", "type: ai-model, owner: logistics"))
    assert "You may not propose kettle" in choose(town, GRACE, "cost")


def test_a_menu_of_another_version_is_refused_with_how_to_go_on(town: Town) -> None:
    select = {
        "type": "static_select",
        "action_id": "guide.choose",
        "placeholder": {"type": "plain_text", "text": "Choose"},
        "options": [{"text": {"type": "plain_text", "text": "One"}, "value": "one"}],
    }
    blocks = [{"type": "actions", "block_id": "colour|resource:default/churn-v1", "elements": [select]}]
    ask(town, TOM, "help")
    client = town.bot.house.client
    posted = client.chat_postMessage(channel="D01TOMBIRCH", text="older", blocks=blocks)
    town.slack.select_in_message(TOM, "D01TOMBIRCH", posted["ts"], "guide.choose", "one")
    assert "This menu is not one I know any more" in town.told(TOM)


def test_a_successor_that_is_not_there_any_more_is_never_taken_for_none(town: Town) -> None:
    ask(town, TOM, "help me retire churn-v1")
    choose(town, TOM, "cost")
    shown = answers(town, TOM)[-1]
    (block,) = [one for one in shown["blocks"] if one["block_id"].startswith("successor|")]
    block["elements"][0]["options"][0]["value"] = "resource:default/gone"
    client = town.bot.house.client
    posted = client.chat_postMessage(channel="D01TOMBIRCH", text="older", blocks=[block])
    town.slack.select_in_message(TOM, "D01TOMBIRCH", posted["ts"], "guide.choose", "resource:default/gone")
    assert "This menu is not one I know any more" in town.told(TOM)
    assert answers(town, TOM)[-1]["ts"] == shown["ts"]


def test_a_successor_that_is_no_model_any_more_is_not_left_out_of_the_form_without_a_word(town: Town) -> None:
    town.learns(a_document("Resource", "kettle", "type: ai-model, owner: letters"))
    ask(town, TOM, "help me retire churn-v1")
    choose(town, TOM, "replaced")
    assert "followed by kettle" in choose(town, TOM, "resource:default/kettle")
    town.learns(a_document("Resource", "kettle", "type: dataset, owner: letters"))
    town.press(TOM, answers(town, TOM)[-1], "question.propose")
    assert (
        "What was to follow churn-v1 is no model of the catalog any more. Ask me again: Help me retire churn-v1"
    ) in town.told(TOM)
    assert town.slack.views == {}


def test_a_button_of_another_version_opens_no_form(town: Town) -> None:
    button = {
        "type": "button",
        "action_id": "question.propose",
        "text": {"type": "plain_text", "text": "Open"},
        "value": "resource:default/churn-v1",
    }
    ask(town, TOM, "help")
    client = town.bot.house.client
    blocks = [{"type": "actions", "elements": [button]}]
    posted = client.chat_postMessage(channel="D01TOMBIRCH", text="older", blocks=blocks)
    town.slack.click(TOM, "D01TOMBIRCH", posted["ts"], "question.propose")
    assert "Run /retire propose to open the form" in town.told(TOM)
    assert town.slack.views == {}
