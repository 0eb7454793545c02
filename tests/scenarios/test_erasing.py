"""What somebody wrote is erased: Slack shows it no more, every proof holds, and the record says who answers for it."""

from __future__ import annotations

import pytest

from data.errors import Invalid, NotFound, Refused
from data.ledger import ERASED
from tests.scenarios.test_auditing import seal
from tests.scenarios.town import GOVERNANCE, TOM, Town, words
from workflows import erasing

SECRET = "Dana Whitfield asked for it in ticket 4711"


def everything(town: Town) -> str:
    return "\n".join(words(one) for one in town.slack.messages(GOVERNANCE))


def test_what_was_written_is_gone_from_record_and_slack_and_every_proof_holds(town: Town) -> None:
    town.announce()
    town.command(TOM, f"hold RET-1 {SECRET}")
    entry = town.retirement().version
    checkpoint = seal(town)
    town.command(TOM, "audit RET-1")
    town.settle()
    assert SECRET in everything(town)

    store = town.bot.store
    done = erasing.erase(
        store, town.retirement(), entry, by=TOM, because="request 12 under Art. 17", now=town.now()
    )
    assert (done.texts, done.bundles) == (1, 1)
    town.settle()
    assert SECRET not in everything(town)
    assert (
        "was erased from the record; <@U01TOMBIRCH> answers for it — request 12 under Art. 17"
        in everything(town)
    )
    assert "placed legal hold 1" in everything(town), "all else of the line stays"
    assert SECRET not in town.command(TOM, "show RET-1")
    (event,) = (one.event for one in store.events("RET-1") if one.version == entry)
    assert ERASED in str(event)
    assert store.verify([checkpoint.encode()]).bad == ""
    seal(town)
    assert "comes into its thread" in town.command(TOM, "audit RET-1"), "a new one, without it"

    with pytest.raises(Refused, match="it is erased already"):
        erasing.erase(store, town.retirement(), entry, by=TOM, because="again", now=town.now())


def test_what_is_not_there_or_nobody_answers_for_is_refused_with_what_would_be_right(town: Town) -> None:
    town.propose()
    with pytest.raises(NotFound, match=r"It has entries 1 to 1"):
        erasing.erase(town.bot.store, town.retirement(), 9, by=TOM, because="request 12", now=town.now())
    with pytest.raises(Invalid) as refused:
        erasing.erase(town.bot.store, town.retirement(), 1, by="tom", because=" ", now=town.now())
    assert [one.field for one in refused.value.problems] == ["by", "because"]
    assert town.retirement().version == 1
