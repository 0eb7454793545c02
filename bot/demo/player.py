"""Does a whole retirement work, as its users would play it? Everybody acts and looks through Slack only.

People are played one after the other, because the emulator has one stack of modals for all. Checked outside
of Slack is only what Slack cannot show: that a process is gone, and that callers moved.
"""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.demo.company import DAY_SECONDS, Company, Say, names
from bot.demo.hands import (
    Form,
    Hands,
    Message,
    MissingError,
    containing,
    having,
    heading,
    line,
    picked,
    saying,
    typed,
)
from bot.demo.page import Page
from bot.demo.steps import Step
from bot.ids import Action, Callback
from data.errors import EmeritusError

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


class Player:
    """Plays the story; `steps` fill as it goes. A step that fails ends it: what follows would only wait."""

    def __init__(self, page: Page, company: Company, say: Say) -> None:
        self._company, self._say = company, say
        later_seconds = LATER_DAYS * DAY_SECONDS / company.world.speed
        self._hands = Hands(page, channel=COUNCIL, names=names(), later_seconds=later_seconds)
        self._addresses = {ref: company.endpoints.address(ref) for ref in (OLD, NEW)}
        self._teams: dict[str, str] = {}
        self._card_ts = ""
        self.steps: list[Step] = []

    def play(self) -> None:
        story, began = self.story(), time.monotonic()
        for name, act in story.items():
            try:
                step = Step(name=name, ok=True, detail=act())
            except (EmeritusError, MissingError) as error:
                step = Step(name=name, ok=False, detail=str(error))
            self.steps.append(step)
            self._say(f"{time.monotonic() - began:12.1f} s  {'ok     ' if step.ok else 'MISSING'}  {name}")
            if not step.ok:
                break
        unseen = [*story][len(self.steps) :]
        self.steps += [Step(name=name, ok=False, detail="not reached") for name in unseen]

    def story(self) -> dict[str, Callable[[], str]]:
        """Step -> the act that shows it, in the order played."""
        return {
            "the form refuses a date without notice, on its field": self.form_refuses,
            "a proposal is one card, its thread has the impact in full": self.proposed,
            "who may not vote is told so privately": self.outsider_votes,
            "the four roles vote, and one of them thinks again": self.roles_vote,
            "the vote closes and locks the card": self.card_locked,
            "every owning team has a message in the thread": self.teams_told,
            "every owner has one direct message": self.owners_told,
            "switching off before its date is refused, with the date": self.too_early,
            "an answer in the thread is seen in the direct message": self.thread_to_direct,
            "an answer in the direct message is seen in the thread": self.direct_to_thread,
            "Acknowledge all answers for everything": self.acknowledge_all,
            "Need more time asks with a reason": self.more_time,
            "the coordinator grants it, and all dates move": self.granted,
            "reading commands answer, and help where they cannot": self.reading,
            "an early archive stops nothing": self.archived_early,
            "consumers migrate to the successor": self.migrated,
            "silence is escalated to the manager": self.manager_told,
            "and then to the governance channel": self.channel_told,
            "owners who are late are reminded": self.reminded,
            "the coordinator waives a consumer, with a reason": self.waived,
            "both places show that everything is settled": self.settled,
            "the copy is proven by a restore drill": self.drilled,
            "nobody calls any more, so the endpoint is switched off": self.disabled,
            "the endpoint's process is gone": self.process_gone,
            "the weekly digest is posted": self.digest_posted,
            "the retirement ends as archived": self.ended,
        }

    # Proposal and vote

    def form_refuses(self) -> str:
        self._hands.command(TOM, f"propose {MODEL}")
        form = self._hands.opened(Callback.PROPOSAL_SUBMIT)
        self._form = form
        tomorrow = self._company.world.now().date() + timedelta(days=1)
        errors = self._hands.page.submit_view(TOM, _filled(form, tomorrow))
        refusal = errors.get(str(Action.PROPOSAL_TARGET), "")
        self._target = _last_day(refusal, f"the refusal of {tomorrow}, which was {errors or 'none'}")
        return refusal

    def proposed(self) -> str:
        # A day in hand: the calendar has gone on since the form was refused.
        self._target += timedelta(days=1)
        self._hands.submit(TOM, _filled(self._form, self._target))
        card = self._hands.soon("The card", lambda _: having(self._hands.posted(), Action.VOTE_APPROVE))
        self._card_ts = str(card["ts"])
        self._thread("Impact in full", SILENT)
        return f"{heading(card)}, last day of service {self._target}"

    def outsider_votes(self) -> str:
        told = self._votes(GRACE, Action.VOTE_APPROVE)
        return containing(told, "You may not vote here")

    def roles_vote(self) -> str:
        for voter in (ADA, MINA, SAM):
            containing(self._votes(voter, Action.VOTE_APPROVE), "counts: approve")
        self._hands.press(PRIYA, self._card(), Action.VOTE_REJECT)
        self._hands.opened(Callback.VOTE_REJECT)
        self._hands.submit(PRIYA, typed(Action.VOTE_COMMENT, DOUBT))
        self._card_says(f"<@{PRIYA}> rejects", DOUBT)
        containing(self._votes(PRIYA, Action.VOTE_APPROVE), "counts: approve")
        self._card_says(*(f"*{role}* 1 of 1" for role in ("owner", "platform", "product", "security")))
        return "Priya rejected, then approved; 1 of 1 in every role"

    def card_locked(self) -> str:
        self._thread("*Approved*", later=True)
        locked = self._hands.soon(
            "The locked card",
            lambda _: None if having([self._card()], Action.VOTE_APPROVE) else self._card(),
        )
        return heading(locked)

    # Consumers

    def teams_told(self) -> str:
        for team in ("Letters", "Storefront", "Insights", "Logistics"):
            self._teams[team] = str(self._thread(f" of {team} must move", later=True)["ts"])
        return ", ".join(self._teams)

    def owners_told(self) -> str:
        for owner in OWNERS:
            self._direct(owner)
        return f"{len(OWNERS)} people"

    def too_early(self) -> str:
        told = self._hands.asked(TOM, f"disable {MODEL}")
        unmet = (
            "the artifacts are not archived",
            "consumers are not migrated",
            f"disable is due on {self._target}",
        )
        return containing(told, *unmet)

    def thread_to_direct(self) -> str:
        self._hands.press(GRACE, self._team("Letters"), Action.DUTY_ACKNOWLEDGE, "save-offer-service")
        self._both(GRACE, "Letters", "*save-offer-service*", ": acknowledged")
        return "save-offer-service, by Grace in the thread"

    def direct_to_thread(self) -> str:
        self._hands.press(LUCA, self._direct(LUCA), Action.DUTY_ACKNOWLEDGE, "win-back-mailer")
        self._both(LUCA, "Letters", "*win-back-mailer*", ": acknowledged")
        return "win-back-mailer, by Luca in his direct message"

    def acknowledge_all(self) -> str:
        self._hands.press(ELENA, self._direct(ELENA), Action.DUTY_ACKNOWLEDGE_ALL)
        team, *consumers = MOVING[ELENA]
        for consumer in consumers:
            self._both(ELENA, team, f"*{consumer}*", ": acknowledged")
        return " and ".join(consumers)

    def more_time(self) -> str:
        consumer = MOVING[INES][1]
        now = line(self._direct(INES), f"*{consumer}*", "migrate by")
        until = _last_day(now, "the direct message to Ines") + timedelta(days=MORE_DAYS)
        self._hands.press(INES, self._direct(INES), Action.DUTY_MORE_TIME, consumer)
        self._hands.opened(Callback.EXTENSION_ASK)
        reason = typed(Action.EXTENSION_REASON, LATE)
        self._hands.submit(INES, {**picked(Action.EXTENSION_UNTIL, until), **reason})
        self._request_ts = str(self._thread(f"needs more time for *{consumer}*", "Granting moves")["ts"])
        return f"{consumer} until {until}"

    def granted(self) -> str:
        self._hands.press(TOM, self._hands.at(self._request_ts), Action.EXTENSION_GRANT)
        self._thread("All remaining dates moved later")
        self._target += timedelta(days=MORE_DAYS)
        self._card_says(f"{self._target} *disable*")
        return f"last day of service is now {self._target}"

    def reading(self) -> str:
        expected = {
            "list": (MODEL, "next: "),
            f"show {MODEL}": ("Coordinator", "7 obligations"),
            f"plan {MODEL}": ("*Digest*", f"{self._target} *disable*"),
            f"impact {MODEL}": ("7 consumers", SILENT),
            "digest": ("Due in the next 7 days", "Logistics"),
            "shwo": ("closest: show",),
            "show churn-v9": (MODEL,),
        }
        for asked, answers in expected.items():
            containing(self._hands.asked(MINA, asked), *answers)
        return ", ".join(expected)

    def archived_early(self) -> str:
        self._hands.command(TOM, f"archive {MODEL}")
        stored = line(self._thread(":package: Archived"), ":package:")
        if self._called(OLD) != 200:
            raise MissingError(f"{OLD} does not answer any more")
        return stored

    def migrated(self) -> str:
        for owner, (_, *consumers) in MOVING.items():
            for consumer in consumers:
                self._hands.press(owner, self._direct(owner), Action.DUTY_MIGRATED, consumer)
        for owner, (_, *consumers) in MOVING.items():
            for consumer in consumers:
                self._thread(f"<@{owner}> migrated *{consumer}*")
        routes = self._company.callers.routes()
        left = [consumer for consumer, endpoint in routes.items() if endpoint == OLD]
        if left != [SILENT]:
            raise MissingError(f"{', '.join(left) or 'nobody'} still calls {OLD}; it should be {SILENT}")
        return f"6 of 7 consumers; only {SILENT} still calls {OLD}"

    def manager_told(self) -> str:
        told = self._hands.late(
            "The escalation to Vera",
            lambda page: saying(page.direct_messages(VERA), ":rotating_light:", SILENT),
        )
        return containing(told, "not acknowledged in time")

    def channel_told(self) -> str:
        told = self._hands.late(
            "The escalation to the channel",
            lambda _: saying(self._hands.posted(), "the coordinator must act", SILENT),
        )
        return containing(told, "not acknowledged in time")

    def reminded(self) -> str:
        for owner in (BRUNO, WREN):
            self._hands.late(
                f"The reminder of {self._hands.names[owner]}",
                lambda page, owner=owner: saying(page.direct_messages(owner), ":alarm_clock:"),  # type: ignore[misc]
            )
        return "Bruno and Wren"

    def waived(self) -> str:
        told = self._hands.asked(TOM, f"waive {MODEL} {SILENT} {WAIVER}")
        self._thread("takes responsibility", SILENT, "on the phone")
        return containing(told, "You waived")

    # The end

    def settled(self) -> str:
        for owner, (team, *consumers) in MOVING.items():
            for consumer in consumers:
                self._both(owner, team, f"*{consumer}*", ": migrated")
        self._both(BRUNO, "Logistics", f"*{SILENT}*", ": waived")
        return "6 migrated, 1 waived"

    def drilled(self) -> str:
        return line(self._thread(":test_tube:", later=True), ":test_tube:")

    def disabled(self) -> str:
        evidence = self._thread("Step *disable* begins", "0 calls in", later=True)
        self._thread(":new_moon: *Dark*", later=True)
        return line(evidence, "0 calls in").strip(" •")

    def process_gone(self) -> str:
        if (status := self._called(OLD)) is not None:
            raise MissingError(f"{OLD} still answers POST /predict with {status}")
        if (status := self._called(NEW)) != 200:
            raise MissingError(f"{NEW} should answer POST /predict, and says {status}")
        return f"POST to {OLD} fails, {NEW} answers"

    def digest_posted(self) -> str:
        told = self._hands.late("The weekly digest", lambda _: saying(self._hands.posted(), "Weekly digest:"))
        return str(told["text"])

    def ended(self) -> str:
        self._thread(":classical_building: *Archived*", later=True)
        return heading(self._card_says("Archived: the retirement is complete"))

    # What they look at

    def _card(self) -> Message:
        return self._hands.at(self._card_ts)

    def _card_says(self, *expected: str) -> Message:
        return self._hands.soon(f'"{expected[0]}" on the card', lambda _: saying([self._card()], *expected))

    def _votes(self, who: str, choice: Action) -> Message:
        return self._hands.answer(who, lambda: self._hands.press(who, self._card(), choice), "a vote")

    def _team(self, team: str) -> Message:
        return self._hands.at(self._teams[team])

    def _direct(self, owner: str) -> Message:
        """The one message with all that somebody answers for."""
        return self._hands.soon(
            f"The direct message to {self._hands.names[owner]}",
            lambda page: saying(page.direct_messages(owner), "*Yours*"),
        )

    def _thread(self, *expected: str, later: bool = False) -> Message:
        wait = self._hands.late if later else self._hands.soon
        what = f'"{expected[0]}" in the thread'
        return wait(what, lambda _: saying(self._hands.posted(thread_ts=self._card_ts), *expected))

    def _both(self, owner: str, team: str, *expected: str) -> None:
        """In the team's message and in the owner's."""
        what = f'"{" ".join(expected)}"'
        self._hands.late(f"{what} in the thread", lambda _: line(self._team(team), *expected))
        self._hands.late(f"{what} in the direct message", lambda _: line(self._direct(owner), *expected))

    def _called(self, endpoint: str) -> int | None:
        """The status of a call to where the endpoint was when the story began; None when nobody is there."""
        target = urlsplit(self._addresses[endpoint])
        connection = http.client.HTTPConnection(target.netloc, timeout=CALL_SECONDS)
        try:
            connection.request("POST", target.path, "{}", {"X-Caller": "demo"})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def _filled(form: Form, target_on: date) -> dict[str, Any]:
    return {
        **form.initial,
        **form.chosen(Action.PROPOSAL_SUCCESSOR, SUCCESSOR),
        **form.chosen(Action.PROPOSAL_REASON, "replaced"),
        **typed(Action.PROPOSAL_WHY, WHY),
        **picked(Action.PROPOSAL_TARGET, target_on),
    }


def _last_day(text: str, what: str) -> date:
    """The last date a text names."""
    found = DAY.findall(text)
    if not found:
        raise MissingError(f"There is no date in {what}")
    return date.fromisoformat(found[-1])
