"""Slack as a person sees it: the emulator's page, worked by its labels and buttons, one person at a time.

Nothing here knows the bot. Every wait ends with what it waits for, or with what the page showed instead.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
)
PATIENCE_SECONDS = 20.0


def chromium(search_path: str | None = None) -> str:
    """The system's browser. Fails the test that needs it: one that passes without looking proves nothing."""
    found = (shutil.which(name, path=search_path) for name in BROWSERS)
    if browser := next(filter(None, found), None):
        return browser
    pytest.fail(
        f"This test needs a browser, and PATH has none of {', '.join(BROWSERS)}. "
        "Get one with: apt-get install chromium",
        pytrace=False,
    )


class SlackPage:
    """The page, and the directory that gets a picture of each stage."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self._page, self._pictures = page, pictures
        self._taken = 0
        self.channel = page.locator(".main")
        self.thread = page.locator(".thread-pane")
        self.modal = page.locator(".modal")

    def open(self, url: str) -> None:
        self._page.goto(url)
        expect(self._page.get_by_text("ui live")).to_be_visible()

    def act_as(self, name: str) -> None:
        self._page.get_by_label("Act as").select_option(label=name)

    def go_to(self, name: str) -> None:
        """A channel, or the direct messages of the one who is acting, by the name in the sidebar."""
        item = self._page.locator(".sidebar-item").filter(
            has_text=re.compile(rf"^#?\s*{re.escape(name)}\s*$")
        )
        item.click()
        expect(self._page.locator(".channel-title")).to_contain_text(name)

    def go_home(self, app: str) -> None:
        """The Home tab of an app, of the one who is acting."""
        self._page.locator(".sidebar-item").filter(has_text=re.compile(rf"🏠\s*{re.escape(app)}")).click()
        expect(self.channel).to_contain_text(f"{app} — Home")

    def say(self, text: str) -> None:
        self.channel.locator(".composer-input").fill(text)
        self.channel.locator(".composer-send").click()

    def say_to(self, before: str, name: str, after: str) -> None:
        """A command that names a person, who is chosen from what the page offers after an @."""
        written = self.channel.locator(".composer-input")
        written.fill(f"{before} @{name.split(maxsplit=1)[0]}")
        self.channel.locator(".mention-option").filter(has_text=name).click()
        written.press_sequentially(after)
        self.channel.locator(".composer-send").click()

    def open_thread(self, message: Locator) -> None:
        message.locator(".thread-summary").click()
        expect(self.thread).to_be_visible()

    def close_modal(self) -> None:
        self.modal.locator(".modal-x").click()
        expect(self.modal).to_have_count(0)

    def field(self, label: str) -> Locator:
        """The input of the open modal under this label."""
        named = self._page.locator(".bk-label").get_by_text(label, exact=True)
        return self.modal.locator(".bk-input").filter(has=named).locator("select, input, textarea")

    def picture(self, name: str, shown: Locator | None = None) -> None:
        """Of all that is on screen; with `shown` that one scrolled into view first."""
        if shown is not None:
            shown.scroll_into_view_if_needed()
        self._taken += 1
        self._page.mouse.move(0, 0)  # what hovers over a message is no part of it
        self._page.screenshot(path=self._pictures / f"{self._taken:02}-{name}.png")


def messages(place: Locator, *, header: str = "", text: str = "") -> Locator:
    """The messages of a channel or thread with this header block, or with this text anywhere in them."""
    found = place.locator(".msg")
    if header:
        found = found.filter(has=place.page.locator(".bk-header").get_by_text(header))
    return found.filter(has_text=text) if text else found


def button(place: Locator, label: str) -> Locator:
    return place.get_by_role("button", name=label, exact=True)


def row(message: Locator, name: str) -> Locator:
    """The section of one consumer in a message or a modal."""
    named = message.page.locator("strong").get_by_text(name, exact=True)
    return message.locator(".bk-section").filter(has=named)


def row_button(message: Locator, name: str, label: str) -> Locator:
    """The button right below the section of one consumer."""
    return button(row(message, name).locator("xpath=following-sibling::*[1]"), label)
