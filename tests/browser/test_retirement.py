"""A retirement begun, voted on, answered and delegated in a browser, by people who only see what Slack shows them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from bot.demo.company import Company
from tests.browser.slack_page import SlackPage, button, chromium, messages, row, row_button

CHANNEL = "model-retirements"
WHY = "Churn v2 reads the weather; v1 is blind to it"
DOUBT = "Has anybody told the letters team?"
VOTERS = {"owner": "Ada Okafor", "platform": "Mina Park", "product": "Priya Raman", "security": "Sam Oduya"}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NOTICE = timedelta(days=30)  # more than asked, so that no step is due while people click


@pytest.mark.browser
def test_a_retirement_is_proposed_voted_acknowledged_and_put_off_in_a_browser(
    slack: SlackPage, company: Company
) -> None:
    target = propose(slack, company)
    card = messages(slack.channel, header="Retire churn-v1")
    expect(card).to_contain_text("Proposed by @Tom Birch")
    expect(card).to_contain_text(WHY)
    expect(card).to_contain_text(f"{target} disable")
    expect(card).to_contain_text("Logistics (1): restock-planner")
    slack.picture("proposed", card)

    outsider_is_told_why_not(slack, card)
    vote(slack, card)
    vote_closes(slack, card)

    acknowledge_in_the_thread(slack, card)
    acknowledge_in_a_direct_message(slack, card)
    see_all(slack, card)
    snooze(slack)
    take_over(slack)
    delegate_and_decline(slack, target)
    subscribe(slack)
    turn_the_pages_of_home(slack)


def propose(slack: SlackPage, company: Company) -> date:
    slack.act_as("Tom Birch")
    slack.go_to(CHANNEL)
    slack.say("/retire propose")
    slack.field("Model").select_option(label="churn-v1")
    slack.field("Successor").select_option(label="churn-v2")
    slack.field("Reason").select_option(label="replaced")
    slack.field("Why, in a sentence").fill(WHY)
    tomorrow = company.world.now().date() + timedelta(days=1)
    slack.field("Last day of service").fill(tomorrow.isoformat())
    slack.picture("form")
    button(slack.modal, "Put to the vote").click()

    # The emulator shows the errors of all fields together, each behind its field's id.
    refusal = slack.modal.locator(".modal-error")
    expect(refusal).to_contain_text("proposal.target: tier 3 needs 24 days of notice")
    expect(slack.field("Why, in a sentence")).to_have_value(WHY)
    slack.picture("form-refused")

    (earliest,) = DAY.findall(refusal.inner_text())
    target = date.fromisoformat(earliest) + NOTICE
    slack.field("Last day of service").fill(target.isoformat())
    button(slack.modal, "Put to the vote").click()
    expect(slack.modal).to_have_count(0)
    return target


def outsider_is_told_why_not(slack: SlackPage, card: Locator) -> None:
    slack.act_as("Grace Whitlock")
    button(card, "Approve").click()
    told = messages(slack.channel, text="You may not vote here")
    expect(told).to_contain_text("only visible to you")
    expect(card).not_to_contain_text("Grace Whitlock")
    slack.picture("outsider", told)


def vote(slack: SlackPage, card: Locator) -> None:
    for role in VOTERS:
        expect(card).to_contain_text(f"{role} 0 of 1")
    slack.act_as("Priya Raman")
    button(card, "Reject").click()
    slack.field("What would have to change?").fill(DOUBT)
    slack.picture("reject")
    button(slack.modal, "Reject").click()
    expect(card).to_contain_text("@Priya Raman rejects")
    expect(card).to_contain_text(DOUBT)
    for role, name in VOTERS.items():
        expect(button(card, "Approve"), "the card stays open until every role has voted").to_be_visible()
        slack.act_as(name)
        button(card, "Approve").click()
        expect(card).to_contain_text(f"{role} 1 of 1")
        expect(card).to_contain_text(f"@{name} approves")
    expect(card).not_to_contain_text(DOUBT)
    slack.picture("voted", card)


def vote_closes(slack: SlackPage, card: Locator) -> None:
    """The review period ends; the announcement follows within a day of the calendar."""
    expect(button(card, "Approve")).to_have_count(0)
    expect(card.locator(".bk-header")).to_have_text("Retire churn-v1 · RET-1 · migrating")
    expect(card).to_contain_text("Announced: consumers are moving")
    for choice in ("Approve", "Reject", "Abstain"):
        expect(button(card, choice), "a locked card takes no vote").to_have_count(0)
    slack.picture("locked", card)


def acknowledge_in_the_thread(slack: SlackPage, card: Locator) -> None:
    """Elena answers in the thread, and sees it in her direct message."""
    slack.act_as("Elena Rossi")
    slack.open_thread(card)
    drawn = messages(slack.thread, text="Who depends on churn-v1").locator("img")
    expect(drawn).to_have_attribute("alt", re.compile("Successor: churn-v2.*cancel-flow"))
    expect(drawn).to_have_js_property("complete", True)
    assert drawn.evaluate("image => image.naturalWidth") == 2400
    slack.picture("neighbourhood", drawn)
    team = messages(slack.thread, text="Storefront @Elena Rossi @Kenji Sato")
    row_button(team, "cancel-flow", "Acknowledge").click()
    expect(row(team, "cancel-flow")).to_contain_text("acknowledged (@Elena Rossi)")
    expect(row_button(team, "cancel-flow", "Acknowledge")).to_have_count(0)
    expect(row(team, "account-page")).to_contain_text("open")
    slack.picture("thread", row(team, "cancel-flow"))

    own = direct_message(slack, "Elena Rossi")
    expect(row(own, "cancel-flow")).to_contain_text("acknowledged (@Elena Rossi)")
    slack.picture("direct-after-thread", own)


def acknowledge_in_a_direct_message(slack: SlackPage, card: Locator) -> None:
    """Luca answers in his direct message; his team's message in the thread and Grace's own say so."""
    slack.act_as("Luca Ferri")
    own = direct_message(slack, "Luca Ferri")
    row_button(own, "win-back-mailer", "Acknowledge").click()
    expect(row(own, "win-back-mailer")).to_contain_text("acknowledged (@Luca Ferri)")
    expect(row(own, "save-offer-service")).to_contain_text("open")
    slack.picture("direct", own)

    grace = direct_message(slack, "Grace Whitlock")
    expect(row(grace, "win-back-mailer")).to_contain_text("acknowledged (@Luca Ferri)")
    slack.go_to(CHANNEL)
    slack.open_thread(card)
    team = messages(slack.thread, text="Letters @Grace Whitlock @Luca Ferri")
    expect(row(team, "win-back-mailer")).to_contain_text("acknowledged (@Luca Ferri)")
    slack.picture("thread-after-direct", row(team, "win-back-mailer"))


def see_all(slack: SlackPage, card: Locator) -> None:
    """Inês has more consumers than her message shows; Acknowledge all answers for those on every page.

    The emulator passes no button on that is pressed inside a modal: the page is turned in a strict Slack.
    """
    slack.act_as("Inês Costa")
    own = direct_message(slack, "Inês Costa")
    expect(own).to_contain_text("+14 more")
    slack.picture("direct-with-many", own)
    button(own, "Show all").click()
    expect(slack.modal).to_contain_text("Page 1 of 2")
    expect(button(slack.modal, "Next page")).to_be_visible()
    expect(button(slack.modal, "Acknowledge")).to_have_count(20)
    slack.picture("all")
    slack.close_modal()

    button(own, "Acknowledge all").click()
    expect(button(own, "Acknowledge all")).to_have_count(0)
    slack.go_to(CHANNEL)
    expect(card).to_contain_text("29 obligations: 3 open, 26 acknowledged")
    slack.picture("acknowledged", card)


def snooze(slack: SlackPage) -> None:
    """Bruno has read it, wants to be reminded later, and is told when that is."""
    slack.act_as("Bruno Alves")
    own = direct_message(slack, "Bruno Alves")
    button(own, "Acknowledge all").click()  # or on a slow machine the day to do so may have come
    expect(button(own, "Acknowledge all")).to_have_count(0)
    button(own, "Snooze").click()
    told = messages(slack.channel, text="You are reminded of RET-1 again on")
    expect(told).to_contain_text("unless you have answered by then")
    slack.picture("snoozed", told)


def take_over(slack: SlackPage) -> None:
    """Luca makes what Grace was asked with him his own; she is told, and how to take it back."""
    slack.act_as("Luca Ferri")
    slack.go_to(CHANNEL)
    slack.say("/retire take RET-1 save-offer-service")
    told = messages(slack.channel, text="save-offer-service is yours now")
    expect(told).to_contain_text("Whoever had it is told")
    slack.act_as("Grace Whitlock")
    slack.go_to("Grace Whitlock")
    lost = messages(slack.channel, text="@Luca Ferri took over save-offer-service")
    expect(lost).to_contain_text("/retire take RET-1 save-offer-service takes it back")
    slack.picture("taken", lost)


def delegate_and_decline(slack: SlackPage, until: date) -> None:
    """Kenji has Elena answer for him, who would rather not."""
    slack.act_as("Kenji Sato")
    slack.go_to(CHANNEL)
    slack.say_to("/retire delegate", "Elena Rossi", f"until {until}")
    slack.picture("delegated", messages(slack.channel, text="Elena Rossi").last)
    slack.say("/retire delegate")
    shown = messages(slack.channel, text="Answers of @Kenji Sato go to @Elena Rossi")
    expect(shown).to_contain_text(f"until {until:%a %Y-%m-%d}")

    slack.act_as("Elena Rossi")
    slack.go_to("Elena Rossi")
    begun = messages(slack.channel, text="you to answer for them")
    expect(begun).to_contain_text(
        f"@Kenji Sato asks you to answer for them, up to and including {until:%a %Y-%m-%d}"
    )
    slack.picture("asked-to-answer", begun)
    button(begun, "Decline").click()
    expect(messages(slack.channel, text="You do not answer for @Kenji Sato any more")).to_be_visible()
    expect(begun).to_contain_text("That is over")
    expect(button(begun, "Decline")).to_have_count(0)
    slack.picture("declined")

    slack.act_as("Kenji Sato")
    slack.go_to("Kenji Sato")
    over = messages(slack.channel, text="What is asked of you comes to you again")
    expect(over).to_contain_text("@Elena Rossi does not answer for you any more")
    slack.picture("told-of-it", over)


def subscribe(slack: SlackPage) -> None:
    slack.act_as("Inês Costa")
    slack.go_to(CHANNEL)
    slack.say("/retire subscribe")
    told = messages(slack.channel, text="You have the digest each Monday at 09:00 (Europe/Lisbon)")
    expect(told).to_contain_text("only visible to you")
    slack.picture("subscribed", told)
    slack.say("/retire help")
    helped = messages(slack.channel, text="Everything else is a button")
    expect(helped).to_contain_text("/retire handover RET-n|MODEL @PERSON")
    slack.picture("help", helped)


def turn_the_pages_of_home(slack: SlackPage) -> None:
    """Inês answers for more than Home begins with, and finds the last of it on another page."""
    slack.act_as("Inês Costa")
    slack.go_home("emeritus")
    slack.picture("home-with-many")
    button(slack.channel, "Show all 24").click()
    expect(slack.channel).to_contain_text("Page 1 of 2")
    button(slack.channel, "Next page").click()
    expect(slack.channel).to_contain_text("Page 2 of 2")
    expect(button(slack.channel, "Next page")).to_have_count(0)
    slack.picture("home-last-page")
    button(slack.channel, "Back").click()
    expect(slack.channel).not_to_contain_text("Page 2 of 2")


def direct_message(slack: SlackPage, name: str) -> Locator:
    """The one message with all that somebody answers for."""
    slack.go_to(name)
    return messages(slack.channel, header="churn-v1 retires")


def test_without_a_browser_the_test_fails_and_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="Get one with: apt-get install chromium"):
        chromium(search_path=str(tmp_path))


def test_any_of_the_usual_browsers_will_do(tmp_path: Path) -> None:
    browser = tmp_path / "google-chrome"
    browser.touch(mode=0o755)
    assert chromium(search_path=str(tmp_path)) == str(browser)
