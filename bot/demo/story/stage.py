"""Who plays in the demo's story, what the acts hand on to each other, and where its people look."""

from __future__ import annotations

import http.client
import re
from datetime import date
from urllib.parse import urlsplit

from bot.demo.company import DAY_SECONDS, Company, names
from bot.demo.hands import Form, Hands, Message, MissingError, line, saying
from bot.demo.page import Page
from bot.ids import Action

COUNCIL = "C01MODELRETIREMENTS"
TOM, ADA, MINA, PRIYA, SAM = "U01TOMBIRCH", "U01ADAOKAFOR", "U01MINAPARK", "U01PRIYARAMAN", "U01SAMODUYA"
GRACE, LUCA, ELENA, KENJI = "U01GRACEWHITLOCK", "U01LUCAFERRI", "U01ELENAROSSI", "U01KENJISATO"
INES, BRUNO, WREN, VERA = "U01INESCOSTA", "U01BRUNOALVES", "U01WRENTAYLOR", "U01VERALUND"
OWNERS = (GRACE, LUCA, ELENA, KENJI, INES, BRUNO, WREN)
MODEL, SUCCESSOR, OLD, NEW = "churn-v1", "churn-v2", "churn-v1-prod", "churn-v2-prod"
MOVING = {
    GRACE: ("Letters", "save-offer-service", "win-back-mailer"),
    ELENA: ("Storefront", "cancel-flow", "account-page"),
    INES: ("Insights", "retention-dashboard", "monday-report"),
}
SILENT = "restock-planner"
WHY = "Churn v2 reads the weather; v1 is blind to it"
DOUBT = "Has anybody told the letters team?"
LATE = "The dashboard has a board meeting before it has a successor"
WAIVER = "Logistics plans by hand until the new planner is there; Bruno said so on the phone"

LATER_DAYS = 30  # longer than any period of the demo's policy
MORE_DAYS = 3
CALL_SECONDS = 5.0
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Stage(Hands):
    """The channel, the company behind it, and what has been seen so far."""

    form: Form
    target: date
    card_ts = ""
    request_ts = ""

    def __init__(self, page: Page, company: Company) -> None:
        later_seconds = LATER_DAYS * DAY_SECONDS / company.world.speed
        super().__init__(page, channel=COUNCIL, names=names(), later_seconds=later_seconds)
        self.company = company
        self.teams: dict[str, str] = {}
        self.addresses = {ref: company.endpoints.address(ref) for ref in (OLD, NEW)}

    def card(self) -> Message:
        return self.at(self.card_ts)

    def card_says(self, *expected: str) -> Message:
        return self.soon(f'"{expected[0]}" on the card', lambda _: saying([self.card()], *expected))

    def votes(self, who: str, choice: Action) -> Message:
        return self.answer(who, lambda: self.press(who, self.card(), choice), "a vote")

    def team(self, team: str) -> Message:
        return self.at(self.teams[team])

    def direct(self, owner: str) -> Message:
        """The one message with all that somebody answers for."""
        return self.soon(
            f"The direct message to {self.names[owner]}",
            lambda page: saying(page.direct_messages(owner), "*Yours*"),
        )

    def thread(self, *expected: str, later: bool = False) -> Message:
        wait = self.late if later else self.soon
        what = f'"{expected[0]}" in the thread'
        return wait(what, lambda _: saying(self.posted(thread_ts=self.card_ts), *expected))

    def both(self, owner: str, team: str, *expected: str) -> None:
        """In the team's message and in the owner's."""
        what = f'"{" ".join(expected)}"'
        self.late(f"{what} in the thread", lambda _: line(self.team(team), *expected))
        self.late(f"{what} in the direct message", lambda _: line(self.direct(owner), *expected))

    def called(self, endpoint: str) -> int | None:
        """The status of a call to where the endpoint was when the story began; None when nobody is there."""
        target = urlsplit(self.addresses[endpoint])
        connection = http.client.HTTPConnection(target.netloc, timeout=CALL_SECONDS)
        try:
            connection.request("POST", target.path, "{}", {"X-Caller": "demo"})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def last_day(text: str, what: str) -> date:
    """The last date a text names."""
    found = DAY.findall(text)
    if not found:
        raise MissingError(f"There is no date in {what}")
    return date.fromisoformat(found[-1])
