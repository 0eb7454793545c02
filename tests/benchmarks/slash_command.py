"""How long do people wait for `/retire show`, beside a Bolt app that does nothing, and while nothing can be written?"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any

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
        slack = f"http://127.0.0.1:{stack.enter_context(Child('tests.benchmarks.yes')).heard()['port']}"
        bot = stack.enter_context(Child(HERE, "bot", str(run.folder), slack))
        echo = stack.enter_context(Child(HERE, "echo", "-", slack))
        told = bot.heard()
        yield _beside_echo(run, told["port"], echo.heard()["port"], slack)
        yield from _while_stalled(run, bot, told, slack)


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


def _while_stalled(run: Run, bot: Child, told: dict[str, Any], slack: str) -> Iterator[Figure]:
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
    acknowledged = [trigger for trigger, answer in cast.items() if answer.status == OK]
    yield figure(
        f"slowest /retire show, 64 at once, writer stalled {stall} s",
        [1000 * max(answer.seconds for answer in answers)],
        unit="ms",
        target=1_000,
        better="lower",
        reference=f"an absolute figure over {len(answers):,} requests, p99 "
        f"{1000 * percentile([answer.seconds for answer in answers], 99):.0f} ms; {len(cast)} votes meanwhile",
    )
    codes = sorted({answer.status for answer in cast.values()})
    refused = len(cast) - len(acknowledged)
    yield figure(
        "votes visibly refused while the writer is stalled",
        [100 * refused / len(cast)],
        unit="%",
        target=100,
        better="higher",
        reference=f"absolute: {refused} of {len(cast)} votes, HTTP status {', '.join(map(str, codes))}, after "
        f"{shown(max(answer.seconds for answer in cast.values()))} s at most; Slack shows the person its own error",
    )
    after = "after.vote"
    last = Person(told["port"]).sends(voting(VOTERS[0], told["digest"], slack, trigger=after))
    assert last.status == OK, f"a vote after the stall was answered with {last.status}"
    lost = _lost(bot, [*acknowledged, after])
    yield figure(
        "votes acknowledged and lost around a stalled writer",
        [float(len(lost))],
        unit="votes",
        target=0,
        better="lower",
        reference=f"an absolute figure: of {len(acknowledged) + 1} acknowledged, one of them after the stall",
    )


def _vote(told: dict[str, Any], slack: str, number: int, cast: dict[str, Answer]) -> None:
    """Somebody votes, and waits as long as Slack would."""
    trigger, voter = f"{number}.vote", VOTERS[number % len(VOTERS)]
    person = Person(told["port"])
    cast[trigger] = person.sends(voting(voter, told["digest"], slack, trigger=trigger))
    person.leaves()


def _lost(bot: Child, triggers: list[str]) -> set[str]:
    """Which of these commands nobody decided within some seconds."""
    keys = {f"slack/{trigger}" for trigger in triggers}
    until = time.monotonic() + SETTLED_SECONDS
    while lost := keys - set(bot.ask("kept", *keys)):
        if time.monotonic() > until:
            break
    return lost
