"""Every command's answer to nonsense, and to people who may not: how to go on, and nothing done."""

from __future__ import annotations

import pytest

from bot.typed.table import COMMANDS
from tests.scenarios.town import ADA, BRUNO, ELENA, MINA, SAM, TOM, Town, words

NONSENSE = [
    ("", "retires machine-learning models"),
    ("help me", "retires machine-learning models"),
    ("porpose churn-v1", "closest: propose"),
    ("retire churn-v2", "Run /retire propose churn-v2 to put it to the vote"),
    ("/retire plan RET-1", "Plan of RET-1"),
    ("delete everything", "is not something I can do"),
    ("propose chrun-v1", "closest: churn-v1"),
    (
        "propose churn-v1 like xyzzy",
        'No playbook is called "xyzzy"; nothing has a similar name. Run /retire playbooks',
    ),
    ("propose churn-v1 like RET-1", "RET-1 is no playbook. Run /retire playbooks for all there are"),
    ("list everything", 'only "all", the number of a page, or nothing'),
    ("show", "missing; say /retire show RET-n|MODEL"),
    ("show RET-99", 'No retirement is called "RET-99"; closest: RET-1. Run /retire show RET-1'),
    ("show RET-0", "Run /retire list"),
    ("show xyzzy", "nothing has a similar name. Run /retire list"),
    ("show RET-1 extra stuff", 'surplus "extra stuff"'),
    ("RET-1", "Run /retire show RET-1"),
    ("plan xyzzy", "Run /retire list"),
    ("impact xyzzy", "Run /retire impact to list all there are"),
    ("propose xyzzy", "or /retire impact to list all there are"),
    ("cancel xyzzy", "Run /retire list"),
    ("cancel xyzzy", "REASON...: missing"),
    ("<!channel>", '"&lt;!channel&gt;" is not something'),
    ("list <!channel>", '"&lt;!channel&gt;": only "all"'),
    ("handover RET-1 <x>", '"&lt;x&gt;": not a person'),
    ("show churn-v4", "closest: churn-v3"),
    ("show fraud-sentinel", "is not being retired. Run /retire propose fraud-sentinel to begin"),
    ("plan", "missing; say /retire plan RET-n|MODEL"),
    ("plan ret-1", "Plan of RET-1"),
    ("impact", "• churn-v1"),
    ("impact leaf-grade", "• leaf-grader"),
    ("who", "12 models; `/retire who MODEL` shows who answers for one"),
    ("who xyzzy", "Run /retire impact to list all there are"),
    ("audit xyzzy", "Run /retire list"),
    ("candidates xyzzy", 'surplus "xyzzy": /retire candidates takes nothing after it'),
    ("digest now please", 'surplus "now please": /retire digest takes nothing after it'),
    ("stats xyzzy", "Run /retire list for what is being retired"),
    ("lessons xyzzy", 'Nobody wrote anything in a review that has "xyzzy" in it'),
    ("search", "WORDS...: missing; say /retire search WORDS..."),
    ("search xyzzy", 'Nothing that you may see has "xyzzy" in it'),
    ("search feeds:xyzzy", 'No model or dataset is called "xyzzy"'),
    ("playbooks", "There is no playbook. `/retire playbook RET-n NAME` makes one of a closed retirement"),
    ("playbooks xyzzy", 'There is no playbook that has "xyzzy" in it'),
    ("playbook RET-1", "NAME|off: missing; say /retire playbook RET-n|MODEL NAME|off"),
    (
        "playbook RET-1 careful-move",
        "RET-1 cannot be a playbook: it is proposed, and only one that was closed shows a way to the end. Wait",
    ),
    ("subscribe now", 'surplus "now": /retire subscribe [weekly|off] [here] takes no more'),
    ("unsubscribe", "Run /retire subscribe [weekly|off] [here]"),
    ("delegate", "You answer for yourself. `/retire delegate @someone until YYYY-MM-DD`"),
    ("delegate vera until tomorrow", "type @ and choose the name"),
    ("delegate off", "Nobody answers for you now, so there is nothing to end"),
    ("archive", "missing"),
    ("archive RET-1", "archive needs it to be approved or migrating"),
    ("disable churn-v2", '"churn-v2" is not being retired'),
    ("disable RET-1", "disable needs it to be migrating"),
    ("restore RET-1", "REASON...: missing; say /retire restore RET-n|MODEL REASON..."),
    ("restore RET-1 it was good", "RET-1 has nothing to restore: it is proposed"),
    ("pause RET-1", "REASON...: missing"),
    ("pause RET-1 tea break", "RET-1 cannot be paused: it is proposed"),
    ("resume RET-1", "RET-1 is not paused"),
    ("cancel churn-v1", "REASON...: missing"),
    ("waive RET-1", "REASON...: missing"),
    ("waive RET-1 nobody because", "RET-1 asks nothing of consumers now: it is proposed"),
    ("take RET-1", "CONSUMER: missing; say /retire take RET-n|MODEL CONSUMER"),
    ("claim RET-1", "CALLER: missing; say /retire claim RET-n|MODEL CALLER [TEAM]"),
    ("claim RET-1 nobody", "emeritus impact MODEL lists them"),
    (
        "attest RET-1 retention",
        "EVIDENCE...: missing; say /retire attest RET-n|MODEL ATTESTATION EVIDENCE...",
    ),
    ("break-glass RET-1 soon it leaks", 'DAYS "soon": not a number of days'),
    ("break-glass RET-1 3", "REASON...: missing"),
    ("break-glass RET-1 3 it leaks", "You may not shorten the notice of RET-1"),
    ("confirm RET-1", "NAME...: missing, the model's exact name; say /retire confirm RET-n|MODEL NAME..."),
    ("look-back RET-1", "TEXT...: missing; say /retire look-back RET-n|MODEL TEXT..."),
    ("look-back RET-1 all went well", "There is nothing to look back on in RET-1"),
    ("confirm RET-1 churn-v1", "Nobody has to confirm the end of RET-1: it is proposed"),
    ("check RET-1", "RET-1 asks nothing of consumers now: it is proposed"),
    ("attest RET-1 retention it is kept", "Its policy asks for none at its tier"),
    ("hold RET-1", "REASON...: missing; say /retire hold RET-n|MODEL REASON..."),
    ("release RET-1 first settled", 'HOLD "first": not the number of a hold, which the card shows'),
    ("release RET-1 1 settled", "You may not release a legal hold of RET-1"),
    ("retention RET-1", "its archive is not made yet"),
    ("prune RET-1 all", "REASON...: missing"),
    ("prune RET-1 all it is old", "Nothing of RET-1 can be pruned: it is proposed"),
    ("grant RET-1 @vera 7d", "REASON...: missing; say /retire grant RET-n|MODEL @PERSON 7d|12h REASON..."),
    ("grant RET-1 vera soon audit", '7d|12h "soon": not a time, such as 7d for days or 12h for hours'),
    ("grant RET-1 @vera 7d audit", "There is nothing to read of RET-1: it has no archive yet"),
    ("revoke RET-1 @vera done", "may not read the archive of RET-1 anyway"),
    ("files RET-1", "The archive of RET-1 is closed to you: nobody has let you read it. Ask an owner"),
    (
        "files RET-1 all",
        '[PAGE] "all": only the number of a page, or nothing: /retire files RET-n|MODEL [PAGE]',
    ),
    ("object RET-1", "CONSUMER: missing; say /retire object RET-n|MODEL CONSUMER REASON..."),
    ("handover RET-1", "@PERSON: missing"),
    ("handover RET-1 vera", "type @ and choose the name"),
]


@pytest.mark.parametrize(("text", "said"), NONSENSE, ids=[text or "nothing" for text, _ in NONSENSE])
def test_nonsense_is_answered_with_how_to_go_on(proposed: Town, text: str, said: str):
    version = proposed.retirement().version
    assert said in proposed.command(TOM, text)
    assert proposed.retirement().version == version
    assert all(answer["ephemeral_to"] == TOM for answer in proposed.slack.ephemerals)


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory):
    """One proposal that nothing here may change."""
    with Town(tmp_path_factory.mktemp("town"), serves=False) as town:
        town.propose()
        yield town


def test_every_command_is_tried_with_nonsense():
    assert {text.split()[0] for text, _ in NONSENSE if text} >= set(COMMANDS)


KEEPING = [
    "archive RET-1",
    "disable RET-1",
    "restore RET-1 because",
    "pause RET-1 because",
    "resume RET-1",
    "cancel RET-1 because",
    "waive RET-1 restock-planner because",
    "handover RET-1 @elena.rossi",
    "grant RET-1 @elena.rossi 7d because",
]


def test_whoever_has_no_part_in_it_may_read_everything_and_change_nothing(town: Town):
    town.announce()
    version = town.retirement().version
    elena = next(user.name for user in town.slack.ws.users.values() if user.id == ELENA)
    for text in KEEPING:
        told = town.command(ELENA, text.replace("elena.rossi", elena))
        assert "You may not" in told, text
        assert "this is for" in told, text
        assert "Ask one of them" in told, text
    assert town.retirement().version == version
    for text in ("show RET-1", "plan RET-1", "list", "digest", "impact churn-v1", "help"):
        assert "You may not" not in town.command(ELENA, text)


@pytest.mark.parametrize(
    ("person", "may", "may_not"),
    [
        pytest.param(TOM, ["pause", "resume", "archive", "waive", "cancel"], [], id="coordinator"),
        pytest.param(ADA, ["pause", "resume", "archive"], ["waive", "cancel", "handover"], id="endpoint"),
        pytest.param(MINA, [], ["pause", "archive", "waive", "cancel", "handover"], id="voter"),
        pytest.param(SAM, [], ["pause", "archive", "waive", "cancel", "handover"], id="veto"),
        pytest.param(BRUNO, [], ["pause", "archive", "waive", "cancel", "handover"], id="consumer"),
    ],
)
def test_each_role_may_what_the_table_says(town: Town, person: str, may: list[str], may_not: list[str]):
    town.announce()
    commands = {text.split()[0]: text for text in KEEPING}
    vera = next(user.name for user in town.slack.ws.users.values() if user.id == "U01VERALUND")
    for word in may_not:
        assert "You may not" in town.command(person, commands[word].replace("elena.rossi", vera)), word
    for word in may:
        assert "You may not" not in town.command(person, commands[word]), word


def test_reading_answers_show_what_they_are_asked_for(town: Town):
    town.announce()
    told = town.command(TOM, "show churn-v1")
    assert "RET-1" in told
    assert f"owners of the model <@{ADA}> <@{TOM}>, of its endpoints <@" in told
    assert "*restock-planner*: open" in told
    assert "Logistics" in told
    plan = town.retirement().plan
    told = town.command(TOM, "plan RET-1")
    assert plan.digest in told
    for step in plan.steps:
        assert f"{step.due_at:%Y-%m-%d} *{step.kind}*" in told
    assert "*Keeping its archive costs* less than 0.01 USD, an estimate, by what lies at its sources" in told
    assert "in standard, read at once, 0.023 USD per GB and month" in told
    assert "*If nobody answers*" in told
    assert f"*Reminded 7 days before 2026-04-27*: <@{BRUNO}> Mon 2026-04-20" in told
    told = town.command(TOM, "impact churn-v1")
    assert "7 consumers of 4 teams, 5 directly" in told
    assert "account-page via " in told
    assert "next: archive on Mon 2026-04-13" in town.command(TOM, "list")
    helped = town.command(TOM, "help")
    assert all(f"/retire {word}" in helped for word in COMMANDS)
    assert words(town.card())


def test_stats_shows_all_numbers_and_one_retirement_beside_too_few_others(town: Town):
    town.announce()
    assert "*Median cycle time:* no data: no retirement was closed in the last 365 days" in town.command(
        TOM, "stats"
    )
    told = town.command(TOM, "stats churn-v1")
    assert "RET-1 churn-v1 beside others of tier" in told
    assert "*Cycle time:* not yet; too few to compare with (0, a median takes 3)" in told
