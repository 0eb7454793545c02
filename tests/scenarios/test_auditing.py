"""The evidence of a retirement comes into its thread, and the governance channel keeps what the record is held to."""

from __future__ import annotations

from data.audit.checking import audited
from data.log.checkpoints import opened
from data.log.keys import Signer
from tests.scenarios.test_subscribing import began
from tests.scenarios.town import BRUNO, GOVERNANCE, TOM, Town, key_of, words
from workflows.signing import sign_with

SIGNER = Signer("example.com/record", bytes(range(32)))


def seal(town: Town) -> str:
    """As the bot does each minute. Returns the checkpoint."""
    sign_with(town.bot.store, SIGNER.public, town.now())
    head = town.bot.store.seal(town.now(), SIGNER).head
    assert head is not None
    return head.checkpoint


def test_a_bundle_comes_into_the_thread_and_a_checkpoint_into_the_digest(town: Town) -> None:
    began(town)
    town.propose()
    unproven = town.command(BRUNO, "audit RET-1")
    assert ":scroll: <@U01TOMBIRCH> proposed to retire *churn-v1 (RET-1)*" in unproven
    assert "There is no audit bundle of it: No head of the log is signed." in unproven
    checkpoint = seal(town)
    assert "The audit bundle of RET-1 comes into its thread" in town.command(BRUNO, "audit RET-1")
    assert "The audit bundle of RET-1 is in its thread already" in town.command(TOM, "audit RET-1")

    (shown,) = (one for one in town.slack.messages(GOVERNANCE) if "/audit/" in key_of(one))
    assert shown["thread_ts"] == town.card()["ts"]
    assert shown["text"].startswith(
        ":scales: *Evidence of RET-1*: all that is on record, with proofs and a report."
    )
    found = audited(town.slack.file(shown), [SIGNER.public])
    assert (found.bad, found.retirement, found.entries) == ("", "RET-1", town.retirement().version)

    town.pass_time(days=7)
    *_, digest = (one for one in town.slack.messages(GOVERNANCE) if "Retirements this week" in words(one))
    kept = words(digest).partition("```")[2].partition("```")[0]
    assert kept == checkpoint
    assert opened(kept.encode(), [SIGNER.public])[0].size == 4
    assert town.bot.store.verify([kept.encode()]).bad == ""
