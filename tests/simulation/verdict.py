"""When everything has ended: is all there that people were told, voted and answered, each once?

Compared are what Slack shows, what the machines and the archive are, and the entries of the record.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from bot import payloads
from bot.ids import Action, Callback
from bot.views import limits
from bot.views.card import proposal, thread
from bot.views.consumers import callers, obligations
from data import events
from data.records.catalog import EndpointKind
from data.records.decision import Outcome
from data.records.retirement import Duty, Retirement, State
from data.records.rounds import Choice
from tests.simulation.company import GOVERNANCE, POLICY, first_named
from tests.simulation.faults import Violation
from tests.simulation.hands import state_of
from tests.simulation.history import History
from tests.simulation.respect import check_respect
from tests.simulation.slack import Shown
from tests.simulation.witness import Click, Witness
from workflows.machine import retirement_of
from workflows.rules.hours import next_digest_at
from workflows.rules.lifecycle import LIVING, TRANSITIONS
from workflows.rules.telling import messages

if TYPE_CHECKING:
    from tests.simulation.town import Town

CHOICES: dict[str, Choice] = {
    Action.VOTE_APPROVE: Choice.APPROVE,
    Action.VOTE_ABSTAIN: Choice.ABSTAIN,
    Callback.VOTE_REJECT: Choice.REJECT,
}
DUTIES: dict[str, Duty] = {
    Action.DUTY_ACKNOWLEDGE: Duty.ACKNOWLEDGED,
    Action.DUTY_MIGRATED: Duty.MIGRATED,
    Action.DUTY_NOT_MINE: Duty.NOT_MINE,
}


LINES = re.compile("/lines/|/catalog/")
SAID_TO_ALL = re.compile("/waived-|/reopened/|/called-off-")
"""What is the same whichever owner it is for: whoever answers for several of them reads it once."""
DIGEST = re.compile(r"digest/[\d-]+(/\d+)?")
"""What the thread is told besides messages that are asked for: everything that happened, and what catalogs say now."""


class Vote(NamedTuple):
    choice: Choice
    digest: str
    comment: str


class Verdict:
    def __init__(self, town: Town, witness: Witness) -> None:
        self._town, self.witness = town, witness

    def is_given(self) -> None:
        """Everything has ended and the outbox is empty."""
        self.witness.looks_around()
        store = self._town.process.store
        self._town.disk.let_others_in()
        verified = store.verify()
        if verified.bad:
            raise Violation(f"the record does not hold: {verified.bad}")
        if troubles := [one for one in store.troubles() if not self._has_left(one.key.removesuffix("/edit"))]:
            raise Violation(f"stopped for good: {troubles}")
        self._check_clicks()
        for stream, history in self.witness.histories.items():
            retirement = retirement_of(stream, store.state(stream))
            assert retirement is not None
            if retirement.state is not history.state:
                raise Violation(f"{stream} is {retirement.state}, its entries make it {history.state}")
            if history.state in LIVING:
                raise Violation(f"{stream} is {history.state} when everybody believes that all has ended")
            self._check_messages(history)
            self._check_thread(history, retirement)
            self._check_looks(history, retirement)
            self._check_votes(history)
            self._check_duties(history)
            if self._town.has_hours:
                check_respect(history, self._town.workspace)
        # A model whose first retirement came to nothing may have been retired after all.
        for history in {one.model_id: one for one in self.witness.histories.values()}.values():
            self._check_machines(history)
            self._check_catalog(history)
        self._check_digests()

    def _check_clicks(self) -> None:
        """Whatever was acknowledged was decided."""
        for click in self.witness.clicks.values():
            if click.is_acknowledged and self._town.process.store.receipt(click.key) is None:
                raise Violation(f"{click.person}'s {click.name} {click.value} was acknowledged, and lost")

    def _check_messages(self, history: History) -> None:
        prefix = f"{history.stream}/"
        expected = {key: channel for channel, key in history.expected}
        seen: set[tuple[str, str]] = set()
        stems: set[tuple[str, str]] = set()
        for (channel, called), shown in self._town.workspace.by_key.items():
            if not called.startswith(prefix) or LINES.search(called):
                continue
            stem, _, _ = called.rpartition("/")
            if SAID_TO_ALL.search(called) and (channel, stem) in stems:
                raise Violation(f"{channel} is told the same twice: {called}")
            stems.add((channel, stem))
            key = first_named(called)
            # What is told at the end asks nothing of anybody, and goes to whomever it is about.
            asks = "/informed-" not in key
            place = self._meant_for(expected.get(key, channel), channel, shown) if asks else channel
            if place.startswith("D") and (place, key) in seen:
                raise Violation(f"{key} was told in {channel} and to somebody else as well")
            seen.add((place, key))
        lost = {place for place in set(history.expected) - seen if not self._has_left(place[0])}
        if lost := {place for place in lost if not self._is_overtaken(place[1])}:
            raise Violation(f"never told: {sorted(lost)}")
        if surplus := {
            one for one in seen - set(history.expected) if not self._is_passed_on(history, one[1])
        }:
            raise Violation(f"told though nothing of it happened: {sorted(surplus)}")
        if twice := [key for key, number in history.expected.items() if number > 1]:
            raise Violation(f"decided twice: {twice}")

    def _meant_for(self, place: str, channel: str, shown: Shown) -> str:
        """The place of whom a message was for, if whoever got it was to get what is asked of them then."""
        if not place[:1] == channel[:1] == "D":
            return channel
        person, reader = place.removeprefix("D"), channel.removeprefix("D")
        is_right = self.witness.stand_ins.may_get(person, reader, shown.landed_at)
        return place if is_right else f"{channel}, who was not to get it"

    def _check_thread(self, history: History, retirement: Retirement) -> None:
        """Every entry is a line in the thread: each once, in order."""
        card = self._town.workspace.find(GOVERNANCE, f"{history.stream}/card")
        assert card is not None
        told = [
            shown.look["text"]
            for shown in self._town.workspace.thread(GOVERNANCE, card.ts)
            if "/lines/" in shown.key
        ]
        # A line that calls the coordinator calls whoever it was when it was told.
        coordinators = {
            history.proposer,
            *(event.coordinator_id for event in history.entries if isinstance(event, events.HandedOver)),
        }
        happened = [_calling(line, coordinators) for line in thread.told(history.entries, retirement)]
        # What is too long for one post is clipped; that it is there is all that can be said of it.
        seen = _calling("\n".join(told), coordinators)
        if seen == "\n".join(happened) or max(map(len, told)) >= limits.UPDATE_TEXT_MAX:
            return
        lost = [line for line in happened if line not in seen]
        raise Violation(
            f"the thread of {history.stream} is not what happened, each once and in order; "
            f"{len(happened)} lines, missing: {lost[:3] or 'none'}, told: {told}"
        )

    def _check_looks(self, history: History, retirement: Retirement) -> None:
        """What people see is how it stands: no edit was lost."""
        self._check_look(GOVERNANCE, f"{history.stream}/card", proposal.card(retirement))
        prefix = f"{history.stream}/announcement-{history.announced}"
        for channel, key in history.expected:
            if key.startswith(f"{prefix}/dm/"):
                if channel.removeprefix("D") in self.witness.stand_ins.changed():
                    # What they see depends on who answered for whom when it was drawn last.
                    continue
                self._check_look(channel, key, obligations.owner_dm(retirement, key.rpartition("/")[2]))
            elif key.startswith(f"{prefix}/team/"):
                team = key.removeprefix(f"{prefix}/team/")
                drawn = obligations.team_message(retirement, "" if team == "unowned" else team)
                self._check_look(channel, key, drawn)
        for channel, key in history.expected:
            if key.startswith(f"{history.stream}/callers/"):
                _, _, asked, part = key.split("/")
                self._check_look(channel, key, callers.question(retirement, int(asked), int(part)))
        card = self._town.workspace.find(GOVERNANCE, f"{history.stream}/card")
        assert card is not None
        self._check_path(card)

    def _check_look(self, channel: str, key: str, drawn: dict[str, Any]) -> None:
        shown = self._town.workspace.find(channel, key)
        if self._has_left(channel) or self._is_overtaken(key):
            # Slack takes nothing for them any more, and they look at nothing.
            return
        assert shown is not None
        if shown.look != {"blocks": [], **drawn}:
            raise Violation(f"{key} shows what is past: {shown.look['text']!r} instead of {drawn['text']!r}")

    def _is_passed_on(self, history: History, key: str) -> bool:
        """What an escalation would have told somebody who left is told to whoever is above them."""
        told, _, lost = key.partition("/for/")
        meant = f"{told.rpartition('/')[0]}/{lost}"
        is_expected = any(to == f"D{lost}" and one.startswith(meant) for to, one in history.expected)
        return "/escalate/" in told and is_expected and self._has_left(lost)

    def _is_overtaken(self, key: str) -> bool:
        """It waited for a morning, and by then nobody had to hear it any more."""
        return messages.OVERTAKEN in (self._town.process.store.found(key) or {})

    def _has_left(self, whose: str) -> bool:
        """A person's channel, or a key that ends with a person."""
        return whose.rpartition("/")[2].removeprefix("D") in self._town.workspace.left

    def _check_path(self, card: Shown) -> None:
        """The states its title went through follow from each other."""
        seen = [state_of(look) for look in card.looks]
        for before, after in pairwise(seen):
            if State(after) not in reachable(State(before)):
                raise Violation(f"{card.key} went from {before} to {after}")

    def _check_votes(self, history: History) -> None:
        """Whose vote was kept, stands; in the order kept, on the plan that was pressed; each once."""
        pressed, counted = self._pressed(history), self._counted(history)
        cancelling = {
            event.round.number for event in history.entries if isinstance(event, events.CancellationProposed)
        }
        for key in pressed.keys() | counted.keys():
            asked, stands = pressed.get(key, []), counted.get(key, [])
            if key[1] in cancelling:
                # The card of an amended plan may carry either digest.
                asked, stands = ([vote._replace(digest="") for vote in votes] for votes in (asked, stands))
            if asked != stands:
                raise Violation(
                    f"{history.stream} round {key[1]}: {key[0]} voted {asked}, recorded is {stands}"
                )

    def _pressed(self, history: History) -> dict[tuple[str, int], list[Vote]]:
        """Voter and round -> what was accepted of them, in the order it was kept; the same again is no news."""
        found: dict[tuple[str, int], list[Vote]] = {}
        for click in self.witness.kept_clicks.values():
            if click.name not in CHOICES or not self._is_done(click):
                continue
            carried = click.carried
            retirement, digest, number = (
                click.value
                if "actions" in click.body
                else (carried["retirement"], carried["plan_digest"], carried["round"])
            )
            vote = Vote(CHOICES[click.name], digest, payloads.entered(click.body, Action.VOTE_COMMENT))
            votes = found.setdefault((click.person, int(number)), []) if retirement == history.stream else []
            if not votes or votes[-1] != vote:
                votes.append(vote)
        return found

    def _counted(self, history: History) -> dict[tuple[str, int], list[Vote]]:
        found: dict[tuple[str, int], list[Vote]] = {}
        for event in history.entries:
            if isinstance(event, events.Voted):
                ballot = event.ballot
                vote = Vote(ballot.choice, ballot.plan_digest, str(ballot.comment))
                found.setdefault((event.by, event.round_number), []).append(vote)
        return found

    def _check_duties(self, history: History) -> None:
        """What an owner answered is there, and a request is there as often as it was made."""
        changed = Counter(
            (event.by, first_named(event.consumer_id), event.duty)
            for event in history.entries
            if isinstance(event, events.DutyChanged)
        )
        for click in self.witness.kept_clicks.values():
            if click.value[:1] != (history.stream,) or not self._is_done(click):
                continue
            if click.name == Callback.EXTENSION_ASK:
                asked = (click.person, first_named(click.carried["consumer"]), Duty.NEEDS_TIME)
                changed[asked] -= 1
                if changed[asked] < 0:
                    raise Violation(f"{history.stream}: {click.person} asked for time, and it is lost")
            elif click.name == Action.DUTY_MIGRATED and first_named(click.value[1]) not in {
                *history.moved_on,
                *history.borne,
            }:
                raise Violation(
                    f"{history.stream}: {click.person} has moved {click.value[1]}, and it is lost"
                )
            elif (duty := DUTIES.get(click.name)) is not None:
                answered = {
                    event.duty
                    for event in history.entries
                    if isinstance(event, events.DutyChanged)
                    and first_named(event.consumer_id) == first_named(click.value[1])
                }
                waived = any(
                    isinstance(event, events.Waived)
                    and first_named(event.what) == first_named(click.value[1])
                    for event in history.entries
                )
                if not answered & {duty, Duty.MIGRATED, Duty.NEEDS_TIME} and not waived:
                    raise Violation(f"{history.stream}: {click.person} said {duty}, and it is lost")
        for (person, consumer, duty), number in changed.items():
            if duty is Duty.NEEDS_TIME and number:
                raise Violation(
                    f"{history.stream}: {person} asked once more time for {consumer}, it is there twice"
                )

    def _is_done(self, click: Click) -> bool:
        receipt = self._town.process.store.receipt(click.key)
        return receipt is not None and receipt.outcome is Outcome.DONE

    def _check_machines(self, history: History) -> None:
        assert history.plan is not None
        is_dark = history.state in (State.DISABLED, State.ARCHIVED)
        for endpoint in history.plan.subject.endpoints:
            machine = self._town.machines.machine(endpoint.ref)
            is_driven = endpoint.kind is EndpointKind.LOCAL and not machine.gone
            if is_driven and machine.serving is is_dark:
                raise Violation(f"{history.stream} is {history.state}, and {endpoint.ref} is not")

    def _check_catalog(self, history: History) -> None:
        """What a catalog says of it is so, and the thread has said it."""
        retirement = retirement_of(history.stream, self._town.process.store.state(history.stream))
        assert retirement is not None
        if why := self._town.board.wrong_about(retirement):
            raise Violation(why)
        told = f"{history.stream}/catalog/backstage/told/"
        is_told = any(key.startswith(told) for _, key in self._town.workspace.by_key)
        if retirement.state is State.ARCHIVED and not is_told:
            raise Violation(f"the thread of {history.stream} does not say what the catalog says")

    def _check_digests(self) -> None:
        """One after the other without a gap, each seen once."""
        for before, after in pairwise(self.witness.digests):
            if after.since != before.at:
                raise Violation(
                    f"the digest of {after.at} begins at {after.since}, the last ended {before.at}"
                )
            if (due := next_digest_at(before.at, POLICY)) > after.at:
                raise Violation(f"a digest on {after.at}, due is {due}: the last was on {before.at}")
            if (regular := next_digest_at(after.at, POLICY)) - after.at < timedelta(days=1):
                raise Violation(f"a digest on {after.at}, though the next one comes on {regular}")
        told = [one for one in self._town.workspace.channels[GOVERNANCE] if DIGEST.fullmatch(one.key)]
        if len(told) != len(self.witness.digests) - 1:
            raise Violation(f"{len(self.witness.digests) - 1} digests, of which {len(told)} were told")


def reachable(state: State) -> frozenset[State]:
    """Where it can come from there, over any number of moves; where it is, too."""
    found, waiting = {state}, [state]
    while waiting:
        at = waiting.pop()
        for (before, _), after in TRANSITIONS.items():
            if before is at and after not in found:
                found.add(after)
                waiting.append(after)
    return frozenset(found)


def _calling(line: str, coordinators: Iterable[str]) -> str:
    for one in coordinators:
        line = line.replace(f"<@{one}> finds", "the coordinator finds")
        line = line.replace(f"or <@{one}> calls it off", "or the coordinator calls it off")
    # What has no duty any more under an id that it had for a while is told by that.
    return line.replace("component:default/consumer-", "consumer-")
