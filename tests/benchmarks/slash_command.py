"""How long do people wait for `/retire show`, beside a Bolt app that does nothing, and while nothing can be written?"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any

from bot.intake import NOT_RECORDED
from tests.benchmarks.answering import VOTERS
from tests.benchmarks.child import Child
from tests.benchmarks.harness import Figure, Run, Side, figure, in_rounds, percentile, ratios, shown
from tests.benchmarks.people import AT_ONCE, Answer, Person, asking, crowd, voting
from tests.fakes.slack.delivery import ACK_SECONDS

HERE = "tests.benchmarks.answering"
ASKED_EACH = 10
STRETCHES, STRETCHES_QUICK = 3, 1
STALL_SECONDS, STALL_SECONDS_QUICK = 10, 4
VOTES_APART_SECONDS = 1
SETTLED_SECONDS = 10.0
OK = 200


def showing(run: Run) -> Iterator[Figure]:
    """Sixty-four people ask at once; then the writer stands still, and they go on asking while others vote."""
    with ExitStack() as stack:
        listener = stack.enter_context(Child("tests.benchmarks.yes"))
        slack = f"http://127.0.0.1:{listener.heard()['port']}"
        bot = stack.enter_context(Child(HERE, "bot", str(run.folder), slack))
        echo = stack.enter_context(Child(HERE, "echo", "-", slack))
        told = bot.heard()
        yield _beside_echo(run, told["port"], echo.heard()["port"], slack)
        yield from _while_stalled(run, bot, told, slack, listener)


def _beside_echo(run: Run, bot: int, echo: int, slack: str) -> Figure:
    stretches = run.sized(STRETCHES, STRETCHES_QUICK)

    def p99(port: int) -> float:
        answers = crowd(port, asking("show RET-1", slack), goes_on=lambda asked: asked < ASKED_EACH)
        assert all(answer.status == OK for answer in answers), {answer.status for answer in answers}
        return percentile([answer.seconds for answer in answers], 99)

    @contextmanager
    def ready() -> Iterator[Mapping[str, Side]]:
        yield {"ours": lambda: p99(bot), "Bolt echo": lambda: p99(echo)}

    found = in_rounds(run, ready, stretches=stretches)
    theirs, ours = (1000 * median(found[name]) / stretches for name in ("Bolt echo", "ours"))
    return figure(
        "/retire show over signed HTTP, p99 of 64 at once",
        ratios(found["ours"], found["Bolt echo"]),
        unit="x a bare Bolt echo",
        target=1.5,
        better="lower",
        reference="the echo command of Bolt's documentation (ack, respond) on the same server, asked the same:"
        f" p99 of {AT_ONCE * ASKED_EACH:,} requests {theirs:.0f} ms beside {ours:.0f} ms, {stretches} such a round",
    )


def _while_stalled(
    run: Run, bot: Child, told: dict[str, Any], slack: str, listener: Child
) -> Iterator[Figure]:
    stall = run.sized(STALL_SECONDS, STALL_SECONDS_QUICK)
    bot.ask("hold")
    until = time.monotonic() + stall
    cast: dict[str, Answer] = {}
    voters = [
        threading.Timer(number, _vote, args=(told, slack, number, cast))
        for number in range(0, stall - ACK_SECONDS, VOTES_APART_SECONDS)
    ]
    for voter in voters:
        voter.start()
    answers = crowd(told["port"], asking("show RET-1", slack), goes_on=lambda _: time.monotonic() < until)
    bot.ask("release")
    for voter in voters:
        voter.join()
    assert all(answer.status == OK for answer in answers), {answer.status for answer in answers}
    # Whoever is refused is told so beside a status that is no acknowledgement; nobody was answered where it is 0.
    late = [trigger for trigger, answer in cast.items() if not answer.status]
    refused = _told_no(
        listener, {trigger for trigger, answer in cast.items() if answer.status not in (0, OK)}
    )
    taken_in = sorted(trigger for trigger, answer in cast.items() if answer.status == OK)
    yield figure(
        f"slowest /retire show, 64 at once, writer stalled {stall} s",
        [1000 * max(answer.seconds for answer in answers)],
        unit="ms",
        target=1_000,
        better="lower",
        reference=f"an absolute figure over {len(answers):,} requests, p99 "
        f"{1000 * percentile([answer.seconds for answer in answers], 99):.0f} ms; {len(cast)} votes meanwhile",
    )
    yield figure(
        "votes told in time that nothing was recorded, while the writer is stalled",
        [100 * len(refused) / len(cast)],
        unit="%",
        target=100,
        better="higher",
        reference=f"absolute: {len(refused)} of {len(cast)} votes, answered after "
        f"{shown(max(answer.seconds for answer in cast.values()))} s at most; {len(late)} met Slack's own time-out",
    )
    after = "after.vote"
    last = Person(told["port"]).sends(voting(VOTERS[0], told["digest"], slack, trigger=after))
    assert last.status == OK, f"a vote after the stall was answered with {last.status}"
    lost = _lost(bot, [*taken_in, after])
    yield figure(
        "votes taken in and lost around a stalled writer",
        [float(len(lost))],
        unit="votes",
        target=0,
        better="lower",
        reference=f"an absolute figure: of {len(taken_in) + 1} taken in, one of them after the stall",
    )
    turned_up = bot.ask("kept", *(f"slack/{trigger}" for trigger in refused)) if refused else []
    yield figure(
        "votes told that nothing was recorded, and recorded all the same",
        [float(len(turned_up))],
        unit="votes",
        target=0,
        better="lower",
        reference=f"an absolute figure: of {len(refused)} that were told so, after the writer went on",
    )


def _vote(told: dict[str, Any], slack: str, number: int, cast: dict[str, Answer]) -> None:
    """Somebody votes, and waits as long as Slack would."""
    trigger, voter = f"{number}.vote", VOTERS[number % len(VOTERS)]
    person = Person(told["port"])
    cast[trigger] = person.sends(voting(voter, told["digest"], slack, trigger=trigger))
    person.leaves()


def _told_no(listener: Child, triggers: set[str]) -> set[str]:
    """Those who were told alone that nothing was recorded, once all that are on their way have arrived."""
    until = time.monotonic() + ACK_SECONDS
    while True:
        told = listener.ask("told")
        refused = {trigger for trigger in triggers if NOT_RECORDED in told.get(trigger, "")}
        if refused == triggers or time.monotonic() > until:
            return refused


def _lost(bot: Child, triggers: list[str]) -> set[str]:
    """Which of these commands nobody decided within some seconds."""
    keys = {f"slack/{trigger}" for trigger in triggers}
    until = time.monotonic() + SETTLED_SECONDS
    while lost := keys - set(bot.ask("kept", *keys)):
        if time.monotonic() > until:
            break
    return lost
