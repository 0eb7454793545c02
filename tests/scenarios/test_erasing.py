"""What somebody wrote is erased: Slack shows it no more, every proof holds, and the record says who answers for it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.views import uploads
from data.errors import Invalid, NotFound, Refused
from data.records.base import ERASED
from data.records.policy import Review
from tests.data.catalogs import a_document
from tests.fakes.slack import Channel
from tests.scenarios.asking import answers, ask
from tests.scenarios.test_auditing import seal
from tests.scenarios.test_playbooks import closed
from tests.scenarios.test_reviewing import migrated, review
from tests.scenarios.town import ADA, BRUNO, GOVERNANCE, POLICY, PRIYA, TOM, VERA, Town, key_of, words
from workflows import erasing
from workflows.written import Written, written

SECRET = "Dana Whitfield asked for it in ticket 4711"
NAME = "Dana Whitfield"
SUPPORT = "C01SUPPORT"
OWNS = "type: dashboard, owner: {owner}, dependsOn: [resource:default/churn-v1]"


def erase(
    town: Town,
    entry: int,
    *,
    retirement_id: str = "RET-1",
    by: str = TOM,
    because: str = "request 12",
    in_spite_of: tuple[int, ...] = (),
    containing: str = "",
) -> erasing.Erasure:
    """From a shell, as `emeritus erase` does."""
    return erasing.erase(
        town.bot.store,
        town.retirement(retirement_id),
        entry,
        by=by,
        because=because,
        there=town.bot.house.catalog.snapshot(),
        now=town.now(),
        in_spite_of=in_spite_of,
        containing=containing,
    )


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
    done = erase(town, entry, because="request 12 under Art. 17", in_spite_of=(1,))
    assert (done.texts, done.bundles) == (1, 1)
    town.settle()
    assert SECRET not in everything(town)
    assert (
        "was erased from the record, in spite of legal hold 1; <@U01TOMBIRCH> answers for it — request 12 under Art. 17"
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
        erase(town, entry, in_spite_of=(1,))


def having(town: Town, name: str) -> list[str]:
    """The keys of all messages in Slack that have it in them, wherever they are."""
    places = (*town.slack.ws.channels, *town.slack.ws.users)
    return [key_of(one) for place in places for one in town.slack.messages(place) if name in words(one)]


def wipe(town: Town, name: str, retirement_id: str = "RET-1") -> None:
    """Erase every entry that has it in it."""
    for one in town.bot.store.events(retirement_id):
        if name in str(one.event):
            erase(town, one.version, retirement_id=retirement_id)
    town.settle()
    town.pass_time(hours=3)


def test_no_message_has_it_any_more_whoever_it_went_to_and_whatever_quoted_it(tmp_path: Path) -> None:
    room = Channel(id=SUPPORT, name="support", members=["UBOT", VERA])
    told = (
        f'[audiences.support]\nchannels = ["{SUPPORT}"]\n[audiences.product-owners]\npeople = ["{PRIYA}"]\n'
    )
    with Town(tmp_path, policy=f"{POLICY}\n{told}", serves=False, rooms=[room]) as town:
        town.announce(**{"proposal.why": f"{NAME} hated it"})
        town.ask_for_time(BRUNO, "restock-planner", until="2026-06-01", reason=f"{NAME} is on leave")
        town.command(TOM, f"waive RET-1 cancel-flow {NAME} agreed")
        town.pass_time(days=20)
        town.command(TOM, f"cancel RET-1 {NAME} changed her mind")
        town.pass_time(days=1)
        before = "\n".join(having(town, NAME))
        assert all(
            f"RET-1/{told}" in before for told in ("card", "lines", "remind", "escalate", "informed-7")
        )

        wipe(town, NAME)

        assert having(town, NAME) == []
        assert [
            line for line in sqlite3.connect(town.folder / "emeritus.db").iterdump() if NAME in line
        ] == []
        assert town.bot.store.troubles() == ()


def test_what_was_learned_is_gone_from_other_threads_and_the_policy_that_is_to_be_reviewed(
    tmp_path: Path,
) -> None:
    with Town(tmp_path, review=Review(review_by="2026-05-20")) as town:
        migrated(town)
        assert review(town, BRUNO, change=f"ask {NAME} first", policy=["policy"]) == {}
        town.bot.start()
        town.bot.stop()
        town.open()
        town.propose("churn_nightly", by=ADA, target="2026-09-01")
        town.pass_time(days=60)
        before = having(town, NAME)
        assert {"RET-2/lesson/RET-1", "policy/review/2026-05-20"} <= set(before)
        wipe(town, NAME)
        assert [key for key in having(town, NAME) if not key.startswith("digest/")] == []
        assert ERASED in words(town.posted(GOVERNANCE, "RET-2/lesson/RET-1"))


def test_answers_that_quoted_it_say_that_they_are_gone_and_others_stay(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False) as town:
        ask(town, VERA, "Why was churn-v1 retired, and where is it now?")
        town.announce(**{"proposal.why": f"{NAME} hated it"})
        assert NAME in ask(town, VERA, "Why was churn-v1 retired, and where is it now?")
        ask(town, VERA, "What waits for me?")
        ask(town, VERA, "Who answers for churn-v2?")
        wipe(town, NAME)
        assert having(town, NAME) == []
        gone = ["erased from the record since" in words(one) for one in answers(town, VERA)]
        assert gone == [False, True, True, False]
        assert "replaced" in ask(town, VERA, "Why was churn-v1 retired, and where is it now?")


def test_what_a_playbook_is_called_is_gone_too_and_where_it_is_followed(tmp_path: Path) -> None:
    name = "dana-whitfield"
    with Town(tmp_path) as town:
        closed(town)
        town.command(TOM, f"playbook RET-1 {name}")
        town.opens(ADA, lambda: town.command(ADA, f"propose churn_nightly like {name}", opens_modal=True))
        assert town.submit(ADA, {"proposal.successor": "resource:default/churn-v2"}) == {}
        assert {"RET-1/card", "RET-2/card"} <= set(having(town, name))
        found = written(town.bot.store, ["RET-1", "RET-2"], containing=name.upper())
        assert [(one.retirement, one.event, one.texts, one.fixed) for one in found] == [
            ("RET-1", "playbook made", (name,), ()),
            ("RET-2", "proposed", (name,), ()),
        ]
        wipe(town, name)
        wipe(town, name, "RET-2")
        assert having(town, name) == []
        assert "*[erased]* (RET-1 churn-v1)" in town.command(TOM, "playbooks")


def test_nobody_who_owns_something_stands_by_name_in_what_is_hashed(tmp_path: Path) -> None:
    with Town(tmp_path) as town:
        town.learns(
            a_document("User", "dana.whitfield", f"profile: {{displayName: {NAME}}}"),
            a_document("Component", "sheet", OWNS.format(owner="user:default/dana.whitfield")),
            a_document("Component", "book", OWNS.format(owner="user:default/sam.nobody")),
        )
        town.announce()
        town.everybody_moves()
        town.pass_time(days=60)
        proposed, *others = _named(town, "dana")
        texts = (NAME, "sheet: dana.whitfield has no Slack id", "dana.whitfield has no Slack id")
        assert set(proposed.texts) == set(texts)
        assert {one.fixed for one in (proposed, *others, *_named(town, "sam.nobody"))} == {()}
        assert NAME in everything(town)

        seal(town)
        for one in (proposed, *others):
            assert erase(town, one.entry, containing="DANA.").texts
        assert {text for one in _named(town, "dana") for text in one.texts} == {NAME}
        for one in (proposed, *others):
            erase(town, one.entry, containing=NAME)
        assert str(town.retirement().why) in words(town.card()), "what else was written is there"
        town.pass_time(hours=1)
        assert _named(town, "dana") == []
        assert NAME not in everything(town)
        assert town.bot.store.verify().bad == ""
        version = town.retirement().version
        town.learns(a_document("Component", "other", "type: service, owner: group:default/payments"))
        town.pass_time(days=1)
        assert town.retirement().version == version, "the catalog knows them still, and nothing says so anew"


def _named(town: Town, text: str) -> list[Written]:
    return list(written(town.bot.store, ["RET-1"], containing=text))


def test_what_is_not_drawn_anew_are_files() -> None:
    assert set(uploads.FILES) == erasing.FILES


def test_what_is_not_there_or_nobody_answers_for_is_refused_with_what_would_be_right(town: Town) -> None:
    town.propose()
    with pytest.raises(NotFound, match=r"It has entries 1 to 1"):
        erase(town, 9)
    with pytest.raises(Invalid) as refused:
        erase(town, 1, by="tom", because=" ")
    assert [one.field for one in refused.value.problems] == ["by", "because"]
    assert town.retirement().version == 1
