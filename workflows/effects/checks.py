"""Running one check of a consumer. May run twice: one that was under way at a crash is run again, and recorded once.

What it says is written by others: it is kept short, without controls, without what looks like a secret, and without
the name of any restricted model; what a channel reads of it mentions nobody (bot/views/consumers/checks.py).
"""

from __future__ import annotations

import hashlib
import math

from data.catalog.snapshot import Snapshot
from data.events import EMERITUS
from data.printable import in_lines, shortened, uncoloured, without_secrets_in
from data.records.base import Prose
from data.records.checks import CheckEnd
from data.records.decision import Claim, Done, NotDone, Result
from data.records.retirement import Retirement
from data.store import Then
from workflows.checks import Ran, digest_of
from workflows.commands import RecordCheck
from workflows.effects.workshop import QUIET_TRIES, Workshop, then
from workflows.rules.consumers import checking
from workflows.rules.lifecycle import is_living
from workflows.veiling import without_names

LOG_MAX = 7_000
"""Characters: what a check's log keeps (workflows/adapters/check_logs.py), and what escaping adds to some of it."""
WHY_MAX = 200
SAID_NOTHING = "(it said nothing)"


def run(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """As it is declared now. What nobody waits for any more is not run."""
    assert claim.effect is not None
    body = claim.effect.body
    state, there = shop.retirement(claim), shop.engine.gatherer.catalog.snapshot()
    waited_for = checking.latest(state, body["consumer_id"], body["check"])
    if waited_for is None or waited_for.run != int(body["run"]) or waited_for.end is not CheckEnd.RUNNING:
        return Done(), None
    if not is_living(state):
        return Done(), None
    checks = shop.engine.gatherer.checks
    check = next((one for one in checks.of(there, body["consumer_id"]) if one.name == body["check"]), None)
    if check is None:
        return Done(), _ended(claim, Ran(end=CheckEnd.NOT_RUN, why="it is not declared any more"))
    if claim.tried_at is not None and claim.attempt > QUIET_TRIES:
        why = f"Emeritus ended each of the {claim.attempt - 1} times while it ran"
        return Done(), _ended(claim, Ran(end=CheckEnd.NOT_RUN, why=why), declared=digest_of(check))
    begun_at = shop.stopwatch()
    ran = checks.runner.run(check, _about(state, claim), shop.ending.is_set)
    if ran is None:
        return NotDone(retry_at=shop.world.now(), why="the bot stopped while it ran"), None
    shop.world.point("after check")
    shop.metrics.checked(ran.end)
    seconds = math.ceil(shop.stopwatch() - begun_at)
    log = _clean(ran.log, state, there)
    # Each of them has a log to look at, and a link to it.
    shown = Ran(end=ran.end, why=_clean(ran.why, state, there), log=log if log.strip() else SAID_NOTHING)
    return Done(), _ended(claim, shown, declared=digest_of(check), seconds=seconds)


def _about(state: Retirement, claim: Claim) -> dict[str, str]:
    """What a command is told of why it runs."""
    assert claim.effect is not None
    assert state.plan is not None
    return {
        "EMERITUS_RETIREMENT": state.id,
        "EMERITUS_MODEL": state.plan.subject.model_id,
        "EMERITUS_SUCCESSOR": state.plan.successor_id,
        "EMERITUS_CONSUMER": claim.effect.body["consumer_id"],
        "EMERITUS_CHECK": claim.effect.body["check"],
    }


def _clean(said: str, state: Retirement, there: Snapshot) -> str:
    assert state.plan is not None
    text = without_secrets_in(in_lines(uncoloured(said)))
    # Those who read the thread of a restricted model may know of it.
    return text if state.plan.subject.restricted_to is not None else without_names(text, there)


def _ended(claim: Claim, ran: Ran, *, declared: str = "", seconds: int = 0) -> Then:
    assert claim.effect is not None
    body = claim.effect.body
    log = shortened(ran.log, LOG_MAX)
    command = RecordCheck(
        by=EMERITUS,
        consumer_id=body["consumer_id"],
        name=body["check"],
        run=int(body["run"]),
        end=ran.end,
        declared=declared,
        why=shortened(ran.why, WHY_MAX),
        seconds=seconds,
        log=Prose(prose=log),
        log_digest=f"sha256:{hashlib.sha256(log.encode()).hexdigest()}" if log else "",
    )
    return then(claim, command)


def given_up(claim: Claim, why: str) -> Then:
    """One we broke over could not be run, and people see that."""
    return _ended(claim, Ran(end=CheckEnd.NOT_RUN, why=why))
