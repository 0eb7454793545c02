"""A question in a browser: somebody asks in a direct message, opens what an answer rests on, and is led to the form."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from bot.demo.company import Company
from tests.browser.slack_page import SlackPage, button, messages
from tests.browser.test_retirement import CHANNEL, WHY, propose

MINA, ADA = "U01MINAPARK", "U01ADAOKAFOR"


@pytest.mark.browser
def test_emeritus_is_asked_in_a_direct_message_in_a_browser(slack: SlackPage, company: Company) -> None:
    propose(slack, company)
    for person in (MINA, ADA):  # the emulator's page shows a direct message once there is one
        company.bot.house.client.conversations_open(users=person)

    slack.act_as("Mina Park")
    slack.go_to("Mina Park")
    answer = ask(slack, "What blocks churn-v1?")
    expect(answer).to_contain_text("what blocks it")
    expect(answer).to_contain_text("platform waits for @Mina Park")
    expect(answer.get_by_role("link", name="RET-1 entry 1").first).to_be_visible()
    slack.picture("asked-what-blocks", answer)
    button(answer, "Approve").click()
    slack.go_to(CHANNEL)
    expect(messages(slack.channel, header="Retire churn-v1")).to_contain_text("@Mina Park approves")

    slack.go_to("Mina Park")
    answer = ask(slack, "Why is churn-v1 retired, and where is it now?")
    expect(answer).to_contain_text(WHY)
    expect(answer).to_contain_text("a plan is being voted on")
    slack.picture("asked-why", answer)

    misspelt(slack)
    led_to_the_form(slack)


def misspelt(slack: SlackPage) -> None:
    """Nothing is assumed: what is meant is pressed."""
    answer = ask(slack, "who has not answered about chrun-v1?")
    expect(answer).to_contain_text("Did you mean one of these?")
    button(answer, "churn-v1").click()
    expect(messages(slack.thread, text="Who has not answered").last).to_contain_text("security waits for")
    slack.picture("asked-misspelt")


def led_to_the_form(slack: SlackPage) -> None:
    """Ada, who owns it, is asked why and what follows; the form then has it all."""
    slack.act_as("Ada Okafor")
    slack.go_to("Ada Okafor")
    answer = ask(slack, "Help me retire churn_nightly")
    expect(answer).to_contain_text("Retire churn_nightly, step 1 of 3: why?")
    slack.picture("guided-why", answer)
    answer.get_by_role("combobox").select_option(label="replaced")
    second = messages(slack.thread, text="Step 2 of 3").last
    second.get_by_role("combobox").select_option(label="churn-v2")
    third = messages(slack.thread, text="Step 3 of 3").last
    expect(third).to_contain_text("replaced, followed by churn-v2")
    slack.picture("guided-to-the-form", third)
    button(third, "Open the form").click()
    expect(slack.field("Why, in a sentence")).to_be_visible()
    slack.picture("guided-form")
    slack.close_modal()


def ask(slack: SlackPage, question: str) -> Locator:
    """Write to it; its answer, in the thread below."""
    slack.say(question)
    asked = messages(slack.channel, text=question).last
    slack.open_thread(asked)
    answer = messages(slack.thread).last
    expect(answer).to_contain_text(re.compile("From .* as of"))
    expect(answer.locator(".bk-section").first).to_be_visible()
    expect(answer, "this Slack has no feedback on agents").not_to_contain_text("context_actions")
    return answer
