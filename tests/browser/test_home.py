"""Home in a browser: somebody votes there, sees what others do without touching it, answers, and snoozes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bot.demo.company import Company
from data.records.rounds import Choice
from tests.browser.slack_page import SlackPage, button, messages, row, row_button
from tests.browser.test_retirement import CHANNEL, WHY, propose
from workflows.commands import Cast


@pytest.mark.browser
def test_a_vote_and_an_answer_are_given_on_home_in_a_browser(slack: SlackPage, company: Company) -> None:
    slack.act_as("Inês Costa")
    slack.go_home("emeritus")
    expect(slack.channel).to_contain_text("Nothing waits for you.")
    expect(slack.channel).to_contain_text("Emeritus retires machine-learning models.")
    slack.picture("home-at-first")

    propose(slack, company)
    slack.act_as("Mina Park")
    slack.go_home("emeritus")
    expect(slack.channel.locator(".bk-header").first).to_have_text("Yours to vote (1)")
    expect(slack.channel).to_contain_text(WHY)
    slack.picture("home-vote")
    button(slack.channel, "Approve").click()
    expect(slack.channel).to_contain_text("Nothing waits for you.")
    slack.go_to(CHANNEL)
    card = messages(slack.channel, header="Retire churn-v1")
    expect(card).to_contain_text("@Mina Park approves")

    others_vote_while_tom_looks(slack, company)
    expect(slack.channel).to_contain_text("migrating", timeout=60_000)

    slack.act_as("Luca Ferri")
    slack.go_home("emeritus")
    expect(slack.channel.locator(".bk-header").first).to_have_text("Yours to answer (2)")
    row_button(slack.channel, "win-back-mailer", "Acknowledge").click()
    expect(row(slack.channel, "win-back-mailer")).to_contain_text("acknowledged (@Luca Ferri)")
    slack.picture("home-answered")
    button(slack.channel, "Acknowledge all").click()
    expect(button(slack.channel, "Acknowledge all")).to_have_count(0)
    button(slack.channel, "Snooze").click()
    expect(slack.channel).to_contain_text("You are reminded again on")
    slack.picture("home-snoozed")


def others_vote_while_tom_looks(slack: SlackPage, company: Company) -> None:
    """The page shows one person at a time, so the others press without it; his tab stays open meanwhile."""
    slack.act_as("Tom Birch")
    slack.go_home("emeritus")
    expect(slack.channel).to_contain_text("Approvals missing: 1 of owner, 1 of product, 1 of security")
    state = company.bot.engine.retirement("RET-1")
    assert state is not None
    assert state.plan is not None
    for voter in ("U01ADAOKAFOR", "U01PRIYARAMAN", "U01SAMODUYA"):
        vote = Cast(by=voter, choice=Choice.APPROVE, plan_digest=state.plan.digest, round_number=1)
        company.bot.engine.execute(f"vote/{voter}", "RET-1", vote)
    company.bot.house.wake()
    expect(slack.channel).not_to_contain_text("Approvals missing", timeout=30_000)
    slack.picture("home-followed")
