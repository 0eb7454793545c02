"""What people do: each retirement has a story its people want it to take, told with a will of their own.

They know what Slack shows them and nothing else: they press the buttons under messages (now and then on an old
look), type commands and fill in modals. Whatever was not acknowledged they do again later.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.ids import Action
from tests.simulation import company
from tests.simulation.company import PLATFORM, SECURITY, STRANGER
from tests.simulation.hands import ENDED, Act, hash_of, is_paused
from tests.simulation.leave import Leave
from tests.simulation.owners import Owners
from tests.simulation.slack import Shown, buttons

if TYPE_CHECKING:
    from tests.simulation.town import Town

WISHES = {"archived": 46, "withdrawn": 6, "rejected": 7, "expired": 7, "cancelled": 12, "rolled back": 22}


class Story(Owners):
    """The people around one retirement. `is_over` once they have seen it end, and nothing of theirs stands."""

    def __init__(self, town: Town, number: int, wish: str = "") -> None:
        super().__init__(town, number)
        rand = town.rand
        self.wish = wish or rand.choices(list(WISHES), list(WISHES.values()))[0]
        self.is_over = False
        self.newcomers = 0
        self.deployed: list[str] = []
        self.callers: list[str] = []
        self._whims = rand.randint(0, 4) if town.weather.whims else 0
        fates = (
            self._leave,
            self._lose_host,
            lambda: town.mishaps.owners_change(self),
            lambda: town.mishaps.model_is_deployed(self),
            lambda: town.mishaps.calls_are_seen(self),
            lambda: town.mishaps.catalogs_meet(self),
            lambda: town.mishaps.catalogs_meet(self),
        )
        self._fates: list[Act] = [fate for fate in fates if rand.random() < 2 * town.weather.whims]
        self._is_missed = rand.random() < town.weather.whims
        self._days_between = rand.uniform(0.3, 1.5)
        self._leave_of_owners = Leave(self)

    def go_on(self) -> float:
        """Do one thing, if there is one to do; in how many days to look again."""
        rand = self.town.rand
        if self.state() in ENDED and not self.town.witness.is_open(self.number):
            self.is_over = True
            return 0.0
        if self._fates and self.state() in ("migrating", "disabled") and rand.random() < 0.3:
            self._fates.pop(rand.randrange(len(self._fates)))()
        if self.state() in ("approved", "migrating") and self.is_patient():
            self._leave_of_owners.may_begin()
        acts = self._wanted()
        if self._whims and self.is_patient() and rand.random() < self.town.weather.whims:
            self._whims -= 1
            acts = self._whim() or acts
        if not acts:
            return rand.expovariate(1 / 4)
        rand.choice(acts)()
        if len(acts) > 1 and rand.random() < 0.5:
            return rand.expovariate(1 / 0.005)
        return rand.expovariate(1 / self._days_between)

    def _wanted(self) -> list[Act]:
        card = self.card()
        if card is None:
            return [self._propose] if self._may_ask("propose", days=2) else []
        match self.state():
            case "proposed":
                return self._while_proposed(card)
            case "approved" | "migrating":
                return self._while_running(card)
            case "disabled":
                return self._while_dark(card)
        return []

    def _while_proposed(self, card: Shown) -> list[Act]:
        if self.wish == "withdrawn":
            return self._once("cancel", lambda: self._type("cancel", "not now after all"))
        if self.wish == "rejected":
            return self._ballots(card, SECURITY[:1], choice="reject")
        if self.wish == "expired":
            # The others are never asked.
            return self._ballots(card, (self.colleague,))
        return self._ballots(card, (self.colleague, PLATFORM[0], SECURITY[0]))

    def _while_running(self, card: Shown) -> list[Act]:
        if is_paused(card.look):
            return self._once("resume", lambda: self._type("resume", by=self.coordinator), days=3)
        # Whoever asked to cancel has no vote on it.
        other = self.colleague if self.coordinator == self.proposer else self.proposer
        voting = self._ballots(card, (other, PLATFORM[0], SECURITY[0]))
        has_vote = any(action == Action.VOTE_APPROVE for action, _ in buttons(card.look))
        on_card = str(card.look["blocks"])
        on_time = self._on_more_time(card) if "MORE TIME" in on_card or "GOING ON" in on_card else []
        if has_vote and "CANCELLING" in str(card.look["blocks"]):
            # A vote on cancelling: those who want it vote for it, the others let security stop it.
            if self.wish == "cancelled":
                return voting
            return self._ballots(card, SECURITY[:1], choice="reject") + self._duties()
        if self.wish == "cancelled" and self.state() == "migrating":
            return self._once("cancel", lambda: self._type("cancel", "we need it after all"), days=3)
        acts = self._duties() + self._by_hand() + self._strangers() + on_time
        acts += self._beside_the_plan(card)
        if "no vote overruled it" in on_card and not self.is_patient() and self._edit_button(card):
            acts += self._once("revise", self._revise, days=3)
        if (self.newcomers or self.callers) and "appeared after the vote" in str(card.look):
            if self._edit_button(card):
                acts += self._once("revise", self._revise, days=3)
            if not self.is_patient():
                # Half of it may be dark already, and then the only way is back.
                acts += self._once("restore", lambda: self._type("restore", "we cannot go on"), days=3)
        return acts

    def _on_more_time(self, card: Shown) -> list[Act]:
        """Some are granted, some stopped by security, some forgotten; in the end nobody waits any more."""
        ballot = next((value for action, value in buttons(card.look) if action == Action.VOTE_APPROVE), "")
        will = hash_of(ballot) % 3 if self.is_patient() else 1
        if will == 0:
            return self._ballots(card, (self.colleague, PLATFORM[0], SECURITY[0]))
        return self._ballots(card, SECURITY[:1], choice="reject") if will == 1 else []

    def _while_dark(self, card: Shown) -> list[Act]:
        if is_paused(card.look):
            return self._once("resume", lambda: self._type("resume", by=self.coordinator), days=3)
        if self._is_missed:
            self._is_missed = False
            self.town.mishaps.calls_are_seen(self)
        if self.wish == "rolled back":
            back = self._once("restore", lambda: self._type("restore", "the successor fails"), days=3)
            return back + self._by_hand() + self._vouching()
        return self._by_hand() + self._beside_the_plan(card)

    def _beside_the_plan(self, card: Shown) -> list[Act]:
        """Endpoints that were added since: some are put to a new vote, the others the coordinator vouches for."""
        if "beside the plan" not in str(card.look["blocks"]):
            return []
        if self.number % 2 and self.is_patient() and self._edit_button(card):
            return self._once("revise", self._revise, days=3)
        return [act for one in self.deployed for act in self._waiving(one)]

    def _duties(self) -> list[Act]:
        """Owners answer in their direct messages; what nobody owns the coordinator waives."""
        acts: list[Act] = []
        for which in company.consumers(self.number):
            consumer = company.consumer_id(self.number, which)
            owners = self.town.witness.owners[consumer]
            people = sorted(owners - self.town.workspace.left)
            if people and consumer not in self._not_mine:
                for person in people:
                    acts += self._duty(person, consumer)
            elif self.state() == "migrating":
                acts += self._waiving(consumer)
                acts += [
                    act for person in people if self.is_patient() for act in self._whose(person, consumer)
                ]
        if (self.number in company.MANUAL_MODELS or self.deployed) and self.state() == "migrating":
            # What only people can switch off has no meter either.
            acts += self._waiving("traffic")
        acts += self._vouching()
        for caller in self.callers:
            is_back = caller in self._not_mine
            acts += self._waiving(caller) if is_back else self._duty(self.proposer, caller)
        for serial in range(self.newcomers):
            acts += self._duty(self.proposer, f"component:default/late-{self.number}-{serial}")
        return acts

    def _vouching(self) -> list[Act]:
        """For endpoints that are gone: without a word the step is held, and a restore never ends."""
        lost = [ref for ref, _ in company.endpoint_refs(self.number) if self.town.machines.machine(ref).gone]
        return [act for ref in lost for act in self._waiving(ref)]

    def _waiving(self, what: str) -> list[Act]:
        return self._once(f"waive {what}", lambda: self._type(f"waive {what}", "ours to bear"), days=12)

    def _strangers(self) -> list[Act]:
        """Callers nobody declares: some are the proposer's, the others the coordinator vouches for."""
        acts: list[Act] = []
        for message in self._thread("/callers/"):
            for action, value in buttons(message.look):
                caller = value.partition("|")[2]
                if action == Action.CALLER_CLAIM and hash_of(value) % 2 and self.is_patient():
                    acts += self._once(
                        f"claim {caller}", partial(self._press, self.proposer, message, action, value), days=3
                    )
                elif action == Action.CALLER_CLAIM:
                    acts += self._waiving(caller)
        return acts

    def _by_hand(self) -> list[Act]:
        acts: list[Act] = []
        for message in self._thread("/manual/"):
            for action, value in buttons(message.look):
                if action == Action.MANUAL_REPORT:
                    acts.append(partial(self._report, message, value))
                elif action == Action.MANUAL_CHECK:
                    # Whoever reported it may not; who that was, they know and we do not.
                    other = self.town.rand.choice((self.proposer, self.colleague))
                    acts.append(partial(self._press, other, message, action, value))
        return acts

    def _whim(self) -> list[Act]:
        """Something no story needs."""
        rand, card, state = self.town.rand, self.card(), self.state()
        if card is None:
            return []
        ballot = next((v for a, v in buttons(card.look) if a == Action.VOTE_APPROVE), "")
        acts: list[Act] = []
        if ballot:
            who = rand.choice((STRANGER, self.proposer, PLATFORM[1], self.colleague, SECURITY[1]))
            action = rand.choice((Action.VOTE_APPROVE, Action.VOTE_ABSTAIN))
            acts.append(lambda: self._vote(who, card, action, ballot))
            acts.append(lambda: self._reject(PLATFORM[1], card, ballot))
            old = [v for look in card.looks[:-1] for a, v in buttons(look) if a == Action.VOTE_APPROVE]
            if old and old[0] != ballot:
                acts += [lambda: self._vote(self.colleague, card, Action.VOTE_APPROVE, old[0])] * 3
        if state == "proposed" and self._edit_button(card) and not self._has_revised:
            acts.append(self._revise)
        if state in ("approved", "migrating", "disabled") and not is_paused(card.look):
            acts.append(lambda: self._type("pause", "holidays"))
            acts.append(lambda: self._type("disable", by=self.coordinator))
            acts.append(lambda: self._type("archive", by=self.coordinator))
        if state == "migrating" and not ballot:
            acts.append(lambda: self._type("cancel", "should we?"))
            acts.append(self._hand_over)
            acts.append(lambda: self._type("restore", "something fails"))
            acts.append(self._call_once_more)
        acts.append(lambda: self._type("pause", "for fun", by=STRANGER))
        return acts
