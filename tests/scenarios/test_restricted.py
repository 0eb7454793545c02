"""A model few may know of retires like any other, and nobody else hears of it: every scenario is judged by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.typed.command_parts import Part
from bot.typed.table import COMMANDS
from data.records.retirement import State
from tests.canary import CANARY, QUINN, RHEA, WRITTEN, leaks
from tests.data.catalogs import a_document
from tests.fakes.slack import Channel
from tests.scenarios.asking import ask
from tests.scenarios.home import open_home
from tests.scenarios.test_callers import question, sees
from tests.scenarios.test_guiding import chosen
from tests.scenarios.test_joined_consumers import tells
from tests.scenarios.test_meeting_by_joins import APART
from tests.scenarios.town import (
    ADA,
    BRUNO,
    ELENA,
    GOVERNANCE,
    GRACE,
    MINA,
    POLICY,
    PRIYA,
    SAM,
    TOM,
    VERA,
    WREN,
    Town,
    key_of,
    words,
)
from workflows.schedule import Schedule

QUIET, PLATFORM = "G01QUIET", "C01MLPLATFORM"
IN_QUIET = POLICY.replace("[disable]", f'restricted = "{QUIET}"\n[disable]')
VOTERS = (RHEA, MINA, PRIYA, SAM)
FEEDS = "owner: logistics, dependsOn: [resource:silent-heron]"
FEED = a_document("Component", "feed", FEEDS)
NOBODY_S = "crimson-walrus"
"""No model is called so, and none by a similar name."""

ABOUT_ONE = [word for word, row in COMMANDS.items() if {Part.RETIREMENT, Part.MAYBE_MODEL} & {*row.takes}]


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Town]:
    """With a private channel, and a consumer of Bruno's and Wren's, whom that model makes move."""
    room = Channel(id=QUIET, name="quiet", is_private=True, members=["UBOT", QUINN, *VOTERS])
    asked = ("U01JOLINDQVIST", "U01FELIXMOREAU", "U01NADIAHADDAD", BRUNO, WREN)
    with Town(
        tmp_path, policy=IN_QUIET, serves=False, rooms=[room], may_know=(QUIET, *VOTERS, *asked)
    ) as town:
        town.learns(FEED)
        yield town


def begin(town: Town) -> None:
    """It is proposed as RET-1, approved and announced."""
    assert town.propose(CANARY, by=QUINN, **{"proposal.why": f"Nobody reads it: {WRITTEN}"}) == {}
    for voter in VOTERS:
        town.press(voter, town.posted(QUIET, "RET-1/card"), "vote.approve")
    town.pass_time(days=15)
    assert town.retirement().state is State.MIGRATING


def test_its_card_and_thread_are_in_the_private_channel_and_whoever_must_move_is_asked(quiet: Town) -> None:
    begin(quiet)
    assert not any(key.startswith("RET-1") for key in quiet.keys(GOVERNANCE))
    assert CANARY in words(quiet.posted(QUIET, "RET-1/card"))
    assert CANARY in words(quiet.announcement(BRUNO))
    quiet.answer(BRUNO, "feed")
    assert [duty.is_settled for duty in quiet.retirement().obligations] == [True]
    assert CANARY in quiet.command(QUINN, f"show {CANARY}")
    assert CANARY in quiet.command(BRUNO, "show RET-1")


def test_weeks_of_digests_lists_homes_and_feeds_tell_nobody_else(quiet: Town) -> None:
    begin(quiet)
    quiet.command(ELENA, "subscribe")
    quiet.command(MINA, "subscribe here", channel=PLATFORM)
    quiet.answer(BRUNO, "feed", "duty.acknowledge")
    quiet.pass_time(days=15)
    for person in (ELENA, TOM, GRACE):
        assert "RET-1" not in open_home(quiet, person)
        for typed in ("list all", "digest", "candidates", "impact", "who"):
            assert "RET-1" not in quiet.command(person, typed)
    assert CANARY in quiet.command(QUINN, "list")
    schedule = Schedule(quiet.bot.store, quiet.bot.house.catalog, quiet.now)
    assert schedule.announced() == ()
    assert leaks(quiet.slack, ()) != [], "the judge hears what is told to those who may know"


def test_whoever_may_not_know_of_it_finds_nothing_of_it_and_no_count_tells(quiet: Town) -> None:
    begin(quiet)
    quiet.may_know.add(GRACE)  # who types its name reads it in the answer

    def answered(person: str, asked: str) -> str:
        return quiet.command(person, f"search {asked}")

    for asked in ("silent", "RET-1", "owner:quiet-desk", "state:migrating", "canary.yaml", "2026-03", "ai"):
        told = answered(GRACE, asked)
        assert CANARY not in told
        assert "RET-1" not in told.replace(asked, "")
        assert CANARY in answered(QUINN, asked) or asked == "ai"
    for name in ("NAME", "feeds:NAME", "into:NAME", "owner:NAME", "churn NAME"):
        known, unknown = (answered(GRACE, name.replace("NAME", one)) for one in (CANARY, NOBODY_S))
        assert known.replace(CANARY, NOBODY_S) == unknown
    assert CANARY not in ask(quiet, GRACE, "what did feed come from?")
    assert CANARY in ask(quiet, QUINN, "what did feed come from?")
    assert CANARY not in answered(GRACE, "into:feed")
    assert CANARY in answered(QUINN, "into:feed")


def test_another_one_that_meets_it_is_told_nothing_and_its_own_thread_hears_of_that_one(quiet: Town) -> None:
    begin(quiet)
    assert quiet.propose("churn-v1", by=TOM, target="2026-06-15") == {}
    assert quiet.retirement("RET-2").state is State.PROPOSED
    assert not [key for key in quiet.keys(GOVERNANCE) if key.startswith("meeting/")]
    assert "meeting/RET-1/RET-2/in/RET-1" in quiet.keys(QUIET)
    assert "RET-1" not in quiet.command(TOM, "show RET-2")
    assert "RET-1" in quiet.command(QUINN, "show RET-1")


def test_another_one_that_meets_it_only_once_a_catalog_joins_their_consumers_is_told_nothing_either(
    quiet: Town,
) -> None:
    begin(quiet)
    tells(quiet, "batch,churn_nightly,group:default/logistics")
    assert quiet.propose("churn_nightly", by=ADA, target="2026-09-01", **APART) == {}
    assert not [key for key in quiet.keys(QUIET) if key.startswith("meeting/")]
    quiet.learns(a_document("Component", "feed", FEEDS, aliases="batch"))
    quiet.settle()
    assert [key for key in quiet.keys(QUIET) if key.startswith("meeting/")] == [
        "meeting/RET-1/RET-2/in/RET-1"
    ]
    assert not [key for key in quiet.keys(GOVERNANCE) if key.startswith("meeting/")]


def test_it_is_archived_switched_off_by_hand_and_closed_without_a_word_elsewhere(quiet: Town) -> None:
    begin(quiet)
    quiet.answer(BRUNO, "feed")
    quiet.pass_time(days=48)
    quiet.command(QUINN, "waive RET-1 traffic nobody meters it")
    quiet.pass_time(days=2)
    asked = quiet.posted(QUIET, f"RET-1/announcement-1/manual/disable/component:default/{CANARY}-prod")
    quiet.opens(QUINN, lambda: quiet.press(QUINN, asked, "manual.report"))
    assert quiet.submit(QUINN, {"manual.evidence": "ticket 7"}) == {}
    quiet.press(RHEA, asked, "manual.check")
    assert quiet.retirement().state is State.DISABLED
    quiet.pass_time(days=40)
    assert quiet.retirement().state is State.ARCHIVED
    assert "RET-1 is the playbook careful-move" in quiet.command(QUINN, f"playbook {CANARY} careful-move")
    assert "*careful-move* (RET-1" in quiet.command(QUINN, "playbooks")
    assert "There is no playbook that has" in quiet.command(ELENA, "playbooks careful-move")
    form = quiet.opens(QUINN, lambda: quiet.command(QUINN, "propose like careful-move", opens_modal=True))
    assert "Not everybody may know of it" in str(form.content)
    assert "proposal.why" not in chosen(form.content), "what was written of it may not come to be read by all"
    for name, nobody_s in (("careful-move", "any-other"), ("RET-1", "RET-7")):
        refused = quiet.command(TOM, f"propose churn-v1 like {name}")
        assert refused.replace(name, nobody_s) == quiet.command(TOM, f"propose churn-v1 like {nobody_s}")
    for typed in ("list all", "digest", "playbooks"):
        assert "RET-1" not in quiet.command(ELENA, typed)
    for channel in (PLATFORM, QUIET):
        quiet.command(MINA, "subscribe here", channel=channel)
    assert quiet.propose("churn-v1", by=TOM, target="2026-10-01") == {}
    quiet.pass_time(days=7)
    elsewhere, there = (
        next(words(one) for one in quiet.slack.messages(place) if key_of(one).startswith("digest/"))
        for place in (PLATFORM, QUIET)
    )
    assert "RET-2" in elsewhere
    assert "no retirement was closed" in elsewhere
    assert "(n = 1)" in there, "who may know of it has it counted"


def test_silence_goes_up_to_who_is_above_those_it_asks_and_to_no_other_channel(quiet: Town) -> None:
    quiet.may_know.add(VERA)
    quiet.command(VERA, "subscribe")
    begin(quiet)
    quiet.pass_time(days=30)
    digests = [words(one) for one in quiet.slack.messages(VERA) if key_of(one).startswith("digest/")]
    assert CANARY not in "\n".join(digests), "whom the silence went to reads that, and no more"
    assert not any("RET-1" in key for key in quiet.keys(GOVERNANCE))


@pytest.mark.parametrize(
    "word", [word for word, row in COMMANDS.items() if {Part.RETIREMENT, Part.MAYBE_MODEL} & {*row.takes}]
)
@pytest.mark.parametrize("person", [ELENA, TOM], ids=["owner-of-others", "proposer-of-others"])
def test_whatever_is_typed_of_it_by_others_is_answered_as_of_a_model_that_is_not_there(
    quiet: Town, word: str, person: str
) -> None:
    begin(quiet)
    quiet.may_know.add(person)  # who types the name reads it in the answer

    def answered(name: str) -> str:
        more = {
            Part.REASON: "because",
            Part.WHAT: "feed",
            Part.CALLER: "feed",
            Part.CONSUMER: "feed",
            Part.PERSON: f"<@{TOM}>",
            Part.PLAYBOOK: "careful-move",
        }
        parts = [more.get(part, "") for part in COMMANDS[word].takes[1:]]
        return quiet.command(person, " ".join(filter(None, [word, name, *parts])))

    assert answered(CANARY).replace(CANARY, NOBODY_S) == answered(NOBODY_S)
    if Part.RETIREMENT in COMMANDS[word].takes:
        assert answered("RET-1").replace("RET-1", "RET-7") == answered("RET-7")


def test_without_a_private_channel_it_is_not_proposed_and_whoever_may_know_reads_why(town: Town) -> None:
    assert "the policy names no private channel for its card" in town.command(QUINN, f"propose {CANARY}")
    assert town.command(TOM, f"propose {NOBODY_S}") != ""


def test_a_log_that_has_it_call_what_retires_makes_the_thread_ask_whose_that_is_without_its_name(
    town: Town,
) -> None:
    town.announce()
    sees(town, f"{CANARY}-prod/1.2")
    (caller,) = town.retirement().callers
    assert "*a restricted model* calls churn-v1-prod" in words(question(town))
    for typed in ("impact churn-v1", "show RET-1", "plan RET-1"):
        assert CANARY not in town.command(TOM, typed)
    assert CANARY in town.command(QUINN, "impact churn-v1")
    value = f"RET-1|{caller.consumer.consumer_id}"
    town.press(BRUNO, question(town), "caller.claim", value)
    assert "a restricted model is Logistics's: its owners are asked to move." in town.told(BRUNO)
    serves = "type: model-server, owner: quiet-desk, dependsOn: [resource:silent-heron]"
    town.learns(a_document("Component", f"{CANARY}-prod", serves, aliases=f"{CANARY}-prod"))
    town.settle()
    (declared,) = town.retirement().callers
    assert declared.declared_as.startswith("restricted:")
    duty = town.retirement().obligation(declared.declared_as)
    assert duty is not None
    assert duty.asked == (QUINN, RHEA), "whoever owns it answers for it"


def test_where_it_depends_on_what_everybody_sees_retire_its_owners_are_asked_and_no_name_is_told(
    town: Town,
) -> None:
    """The judge of every scenario looks at the card, the thread, its files and pictures, and every message."""
    feature = a_document(
        "Component",
        "reader",
        "owner: logistics, dependsOn: [resource:churn-v1], dependencyOf: [resource:silent-heron]",
    )
    town.learns(feature)
    town.announce()
    veiled = [one for one in town.retirement().obligations if one.consumer.name == "a restricted model"]
    assert [one.consumer.owners.slack_ids for one in veiled] == [(QUINN, RHEA)]
    assert veiled[0].consumer.path[1:] == ("component:default/reader", "resource:default/churn-v1")
    value = f"RET-1|{veiled[0].consumer.consumer_id}|1"
    town.press(QUINN, town.announcement(QUINN), "duty.migrated", value)
    town.pass_time(days=8)
    (answered,) = [one for one in town.retirement().obligations if one.consumer.name == "a restricted model"]
    assert answered.is_settled
    assert CANARY not in town.command(TOM, "show churn-v1")
    assert CANARY not in town.command(TOM, "impact churn-v1")
    assert CANARY in town.command(QUINN, "impact churn-v1")
    asked = "who depends on churn-v1?"
    assert CANARY in ask(town, QUINN, asked)
    assert CANARY not in ask(town, TOM, asked)


def test_who_left_a_voting_role_knows_of_it_no_more(quiet: Town) -> None:
    begin(quiet)
    assert CANARY in quiet.command(SAM, "show RET-1")
    quiet.learns(a_document("Group", "security", "type: team, children: [], members: []"))
    quiet.settle()
    quiet.may_know.add(SAM)
    assert CANARY not in quiet.command(SAM, "show RET-1")


def test_whoever_may_read_its_archive_sees_nothing_else_of_it(quiet: Town) -> None:
    begin(quiet)
    quiet.answer(BRUNO, "feed")
    quiet.pass_time(days=40)
    quiet.command(QUINN, "grant RET-1 @grace 2d audit")
    quiet.may_know.add(GRACE)  # who types its name, and reads what its files are called
    (told,) = [one for one in quiet.slack.messages(GRACE) if "grant-begun" in key_of(one)]
    assert "the archive of *RET-1* until" in words(told)
    assert "Page 1 of 1" in quiet.command(GRACE, "files RET-1")
    for typed in ("show RET-1", f"files {CANARY}", "retention RET-1", f"who {CANARY}"):
        assert quiet.command(GRACE, typed) == quiet.command(GRACE, typed.replace(CANARY, NOBODY_S)).replace(
            NOBODY_S, CANARY
        )
    assert "Page" not in quiet.command(ELENA, "files RET-1")
    assert 'No retirement is called "RET-1"' in quiet.command(ELENA, "revoke RET-1 @elena done")
    assert 'No retirement is called "RET-1"' in quiet.command(GRACE, "revoke RET-1 @elena done")
    gives_back = quiet.command(GRACE, "revoke RET-1 @grace I have read it")
    assert CANARY not in gives_back
    assert quiet.retirement().grants[-1].ended_by == GRACE
