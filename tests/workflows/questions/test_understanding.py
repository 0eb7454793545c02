"""Which question is it, and what is it about? In the words of people, without a model of language."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.typed.table import COMMANDS
from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.records.catalog import Entity, Kind
from data.records.retirement import Retirement
from tests.builders import a_proposed, a_subject
from workflows.questions.names import Names
from workflows.questions.periods import Period
from workflows.questions.table import ROWS, Asks
from workflows.questions.understanding import Question, read, understood, written
from workflows.questions.wishes import WISHES

CHURN, CHURN_2, NIGHTLY = (
    "resource:default/churn-v1",
    "resource:default/churn-v2",
    "resource:default/churn_nightly",
)
FRAUD, LLAMA = "resource:default/fraud-v2", "resource:default/llama"
RANKERS = ("resource:eu/ranker", "resource:us/ranker")


def a_model(model_id: str, *, title: str = "") -> Entity:
    name = model_id.rpartition("/")[2]
    return Entity(id=model_id, kind=Kind.MODEL, name=name, title=title, declared_in="models.yaml")


def a_retirement(retirement_id: str, model_id: str) -> Retirement:
    subject = a_subject(model_id=model_id, model_name=model_id.rpartition("/")[2])
    return replace(a_proposed(subject).state, id=retirement_id)


MODELS = [a_model(one) for one in (CHURN, CHURN_2, NIGHTLY, FRAUD, *RANKERS)]
MODELS += [a_model(LLAMA, title="Llama 2"), a_model("resource:default/next")]
NAMES = Names(
    Snapshot.of(Stored(1, {one.id: one for one in MODELS}, {}, {}, {}, {}, {})),
    MODELS,
    [a_retirement("RET-1", CHURN), a_retirement("RET-2", FRAUD)],
)


def asked(text: str) -> Question:
    return understood(text, NAMES)


WORDINGS: dict[Asks, tuple[str, ...]] = {
    Asks.BLOCKS: (
        "what blocks churn-v1?",
        "What's blocking *churn-v1*?",
        "why is `churn-v1` blocked",
        "what is holding up RET-1",
        "what holds RET-1 back?",
        "is churn-v1 stuck?",
        "what is missing for churn-v1",
        "which blockers does ret_1 have?",
        "what stops churn-v1 from going on",
        "Why is churn-v1 not moving?",
        "what does churn-v1 still need?",
        "is anything in the way of ret 1?",
        "what delays churn-v1",
        "Why can't churn-v1 go on?",
        "why does churn-v1 not proceed",
        "can churn-v1 be switched off?",
        "what's left to do for churn-v1?",
        "what remains before churn-v1 goes dark?",
        "what gates churn-v1",
        "what are the open issues of churn-v1?",
        "what do we still need before churn-v1 can be switched off?",
    ),
    Asks.CHECKS: (
        "which checks failed?",
        "did the checks of RET-1 pass?",
        "why did the checks of churn-v1 fail?",
        "has any check failed?",
        "are the checks of RET-1 green",
    ),
    Asks.CLASS: (
        "is churn-v1 regulated?",
        "what tier is churn-v1?",
        "which regulation names churn-v1",
        "how is churn-v1 classified?",
        "who approves churn-v1?",
        "who may vote on RET-1?",
    ),
    Asks.SILENT: (
        "who has not answered?",
        "Hello, who has not answered?",
        "Who hasn\u2019t answered yet?",
        "who hasn't acknowledged churn-v1",
        "who didn't respond",
        "who is late?",
        "who still has to vote on RET-1?",
        "whom do we wait for?",
        "who are we waiting for?",
        "which answers are missing?",
        "any outstanding votes?",
        "what is unanswered?",
        "who has yet to move off churn-v1?",
        "nobody answered? who is silent?",
        "who still has not moved and uses churn-v1?",
        "who is still to answer?",
        "who still has to attest?",
        "who needs to confirm RET-1?",
        "whom do we need to attest churn-v1?",
        "which attestations are missing for RET-1?",
        "is anything overdue?",
        "what is overdue?",
        "any missing confirmations?",
        "who do we have to chase?",
        "whose reply is outstanding?",
        "who needs a nudge?",
        "which owners are yet to respond?",
        "who is outstanding on churn-v1",
        "who ignored us?",
        "which consumers have not answered?",
        "which teams have not acknowledged",
        "has everybody answered?",
        "pending answers?",
        "any pending acknowledgements?",
        "did everyone vote?",
    ),
    Asks.STORY: (
        "why was fraud-v2 retired and where is it now?",
        "Why did we retire fraud-v2?",
        "where is fraud-v2 now",
        "what happened to fraud-v2?",
        "what became of fraud-v2",
        "history of RET-2",
        "who approved RET-2?",
        "who has approved RET-2?",
        "when was RET-2 approved?",
        "when did fraud-v2 go dark?",
        "who attested RET-2?",
        "who has confirmed RET-2?",
        "who all confirmed fraud-v2?",
        "who closed RET-2?",
        "what was the reason for fraud-v2",
        "where are the archived artifacts of fraud-v2?",
        "is there an archive of fraud-v2?",
        "how do I get at the archive of fraud-v2?",
        "who signed off on churn-v1?",
        "who voted against churn-v1?",
        "what led to the retirement of churn-v1?",
        "give me the background on churn-v1",
        "who retired churn-v1 and why?",
        "where can I get churn-v1's weights?",
        "is churn-v1 archived?",
    ),
    Asks.PROPOSE: (
        "help me retire churn-v2",
        "Help me to retire churn-v2, please",
        "I want to retire churn-v2",
        "how do I retire churn-v2?",
        "how can I propose churn-v2",
        "let's sunset churn-v2",
        "retire churn-v2",
        "can we switch off churn-v2?",
        "we need to get rid of churn-v2",
        "propose a retirement",
        "help me retire a model",
        "help me retire churn-v2 when fraud-v2 is gone",
        "guide me through retiring churn-v2",
        "can you help me with retiring churn-v2",
        "start a retirement of churn-v2",
        "churn-v2 should be retired",
        "we want to deprecate churn-v2",
        "I want churn-v2 gone",
        "kill churn-v2",
        "walk me through a proposal for churn-v2",
        "create a proposal for churn-v2",
        "assist me in retiring churn-v2",
        "new proposal",
        "I need to take churn-v2 out of service",
        "delete churn-v2",
        "remove churn-v2",
        "begin retirement of churn-v2",
        "file a retirement for churn-v2",
        "I'd like to retire churn-v2",
    ),
    Asks.CHANGE: (
        "who delegates to whom?",
        "who answers for Ines?",
        "who stands in for Ines",
        "pause churn-v1",
        "how do I pause RET-1?",
        "please cancel RET-1",
        "bring back churn-v1",
        "can somebody restore churn-v1",
        "delegate to Ines until Friday",
        "waive restock-planner",
        "subscribe me to the digest",
        "how do I disable churn-v1?",
        "how do I archive churn-v1",
        "how can we archive RET-1 earlier?",
        "archive churn-v1",
        "how do I claim night-scorer?",
        "how do I take over restock-planner",
        "how do I object to RET-1?",
        "how do I take restock-planner over?",
        "how do I hand over RET-1?",
        "how do I hand RET-1 over to Ines",
        "how do I look back on RET-1",
        "how to break the glass?",
        "breaking glass",
        "how do I break-glass RET-1",
        "How do I vote?",
        "how do I vote on churn-v1?",
        "how do I migrate?",
        "how do I acknowledge?",
        "How do I ask for more time?",
        "where do I vote?",
        "how do I approve it",
        "is there a legal hold on churn-v1?",
        "how much does keeping churn-v1 cost?",
        "how long is the archive of churn-v1 kept?",
        "who can read the archive of churn-v1?",
    ),
    Asks.MINE: (
        "what waits for me?",
        "what do I have to do?",
        "my votes",
        "what's on my plate",
        "what must I answer",
        "anything I need to do?",
        "show my open answers",
        "done",
        "OK, will do",
        "we have migrated restock-planner",
        "we've moved",
        "I approve",
        "acknowledged!",
        "it's not mine",
        "we need more time",
        "what do I have to attest?",
        "what should I confirm?",
        "snooze RET-1",
        "remind me tomorrow",
        "do I have anything open?",
        "what do I still have to do?",
        "what do I have to do for churn-v1?",
        "what do I owe?",
    ),
    Asks.DUE: (
        "what happens next week?",
        "What's next?",
        "what is due tomorrow?",
        "when is churn-v1 switched off?",
        "what is coming up this month",
        "next steps of RET-1",
        "how long does churn-v1 have?",
        "last day of churn-v1?",
        "Anything due today?",
        "when can we switch off churn-v1?",
        "so, when should we propose churn-v2?",
        "how long do we need to retire churn-v2?",
        "what's happening in April?",
        "what retires in May",
        "what happens on 2026-04-15?",
        "does anything happen to churn-v1 in April?",
        "what happens this weekend?",
        "which votes end next week?",
    ),
    Asks.FED: (
        "what did churn-v1 feed?",
        "which teams does churn-v1 feed",
        "what came from churn-v1?",
        "which models were built on churn-v1?",
        "what was fed by churn-v1?",
    ),
    Asks.ORIGIN: (
        "what did churn-v1 come from?",
        "where does churn-v1 come from",
        "what feeds churn-v1?",
        "what went into churn-v1?",
        "lineage of churn-v1",
    ),
    Asks.IMPACT: (
        "who depends on churn-v1?",
        "what uses churn-v1",
        "which consumers does churn-v1 have?",
        "who is affected by churn-v1",
        "who calls churn-v1?",
        "impact of churn-v1",
        "who still uses churn-v1?",
        "who is still calling churn-v1",
        "who still depends on churn-v1?",
    ),
    Asks.WHO: (
        "who answers for churn-v1?",
        "who owns churn-v1",
        "owner of churn-v1?",
        "who is responsible for churn-v1?",
        "whose is churn-v1?",
        "who do I contact about churn-v1",
        "who maintains churn-v1?",
        "whom can I ask about churn-v1?",
        "who looks after churn-v1",
    ),
    Asks.LIST: (
        "what is being retired?",
        "list all retirements",
        "which models are leaving?",
        "show me everything under way",
        "how many retirements are there?",
        "how many models should we retire?",
        "list",
    ),
    Asks.STANDS: (
        "what replaces churn-v1?",
        "what is the successor of churn-v1",
        "churn-v1",
        "RET-1?",
        "how does churn-v1 stand?",
        "status of churn-v1",
        "how is RET-1 doing",
        "tell me about churn-v1",
        "show RET-1",
        "What should I use instead of churn-v1?",
        "who is the coordinator of churn-v1?",
    ),
    Asks.HELP: (
        "help",
        "Hi!",
        "hello emeritus",
        "what can you do?",
        "What can I ask?",
        "how does this work?",
        "thanks",
        "good morning",
    ),
    Asks.UNCLEAR: (
        "book a flight to Lisbon",
        "weather",
        "¿?",
        "",
        "lorem ipsum churn-v1 dolor",
        "who let the dogs out?",
        "who is the president?",
        "do I need a permit?",
        "what should I wear?",
        "what happens if nobody answers?",
        "which endpoint goes dark?",
        "did Sam vote?",
        "how do I cook rice?",
        "I need to sleep",
        "whose turn is it",
    ),
}


@pytest.mark.parametrize(
    ("text", "asks"), [(text, asks) for asks, texts in WORDINGS.items() for text in texts], ids=repr
)
def test_a_question_is_understood_however_it_is_put(text: str, asks: Asks) -> None:
    assert asked(text).asks is asks


COMMANDS_FOR = {
    "pause churn-v1": "pause",
    "How do I resume RET-1?": "resume",
    "please call off RET-1": "cancel",
    "can somebody restore churn-v1": "restore",
    "how do I hand RET-1 over to Ines": "handover",
    "delegate to Ines until Friday": "delegate",
    "subscribe me to the digest": "subscribe",
    "how do I attest?": "attest",
    "how do I confirm RET-1?": "confirm",
    "how to break the glass?": "break-glass",
    "how do I disable churn-v1?": "disable",
    "archive churn-v1": "archive",
    "how do I claim night-scorer?": "claim",
    "how do I take restock-planner over?": "take",
    "how do I object to RET-1?": "object",
    "how do I look back on RET-1": "look-back",
    "run the checks of RET-1": "check",
    "how do I waive a check?": "waive",
    "make RET-1 a playbook": "playbook",
    "which playbooks are there?": "playbooks",
    "what was learned?": "lessons",
    "search for churn models": "search",
    "place a legal hold on churn-v1": "hold",
    "is there a legal hold on churn-v1?": "retention",
    "how much does keeping churn-v1 cost?": "retention",
    "how long is the archive of churn-v1 kept?": "retention",
    "who can read the archive?": "grant",
    "how do I find what retired last year?": "search",
    "show the digest": "digest",
    "any candidates?": "candidates",
    "show me statistics": "stats",
}


@pytest.mark.parametrize(("text", "command"), COMMANDS_FOR.items(), ids=repr)
def test_what_a_command_does_is_answered_with_that_one(text: str, command: str) -> None:
    found = asked(text)
    assert (found.asks, found.command) == (Asks.CHANGE, command)
    assert command in COMMANDS
    assert read(written(found)) == found


def test_every_command_that_can_be_wished_for_is_tried() -> None:
    assert set(COMMANDS_FOR.values()) == set(WISHES)


def test_there_are_enough_wordings_and_every_question_has_some() -> None:
    assert sum(map(len, WORDINGS.values())) >= 60
    assert set(WORDINGS) == set(Asks)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.asks)
def test_what_people_are_shown_they_may_ask_is_understood(row) -> None:
    assert asked(row.example.replace("MODEL", "churn-v1")).asks is row.asks


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("what blocks churn-v1?", (CHURN,)),
        ("what blocks *CHURN-V1*", (CHURN,)),
        ("what blocks “churn-v1”?", (CHURN,)),
        ("what's churn-v1's status", (CHURN,)),
        ("what blocks resource:default/churn-v1", (CHURN,)),
        ("what blocks churn_nightly", (NIGHTLY,)),
        ("what blocks RET-1?", ("RET-1",)),
        ("what blocks ret_01?", ("RET-1",)),
        ("who depends on llama 2?", (LLAMA,)),
        ("who depends on <http://churn-v1|churn-v1>?", (CHURN,)),
        ("what blocks churn-v1 and fraud-v2", (CHURN, FRAUD)),
        ("who owns ranker", RANKERS),
        ("what blocks &lt;churn-v1&gt;", (CHURN,)),
        ("what happens next", ()),
        ("who has not answered?", ()),
    ],
    ids=repr,
)
def test_what_is_named_is_found_by_its_exact_name_and_never_by_a_part_of_it(text, about) -> None:
    found = asked(text)
    assert found.about == about
    assert not found.is_misnamed


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("what blocks chrun-v1?", (CHURN, CHURN_2)),
        ("what blocks churn-v3?", (CHURN_2, CHURN)),
        ("what blocks churn?", (CHURN_2, CHURN, NIGHTLY)),
        ("who owns frad-v2", (FRAUD,)),
        ("who has not answered about frud-v2?", (FRAUD,)),
        ("who owns rankr", RANKERS),
        ("what blocks RET-77", ()),
        ("what blocks zebra-9", ()),
    ],
    ids=repr,
)
def test_a_name_nobody_has_is_met_with_what_is_called_nearly_so_and_nothing_is_assumed(text, near) -> None:
    found = asked(text)
    assert found.about == ()
    assert found.near == near
    assert found.is_misnamed


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("what happens next week?", Period.NEXT_WEEK),
        ("what is due this week", Period.THIS_WEEK),
        ("what's due in June?", Period.JUNE),
        ("what is due in May", Period.MAY),
        ("what may be due?", Period.AHEAD),
        ("anything today?", Period.TODAY),
        ("what happens tomorrow", Period.TOMORROW),
        ("what comes next month?", Period.NEXT_MONTH),
        ("due this month", Period.THIS_MONTH),
        ("what happens next?", Period.AHEAD),
        ("what do we expect in the next 7 days?", Period.AHEAD),
        ("what may happen next week?", Period.NEXT_WEEK),
        *(
            (f"what is due {when}?", Period.UNKNOWN)
            for when in (
                "on 2026-04-13",
                "in the next 30 days",
                "in two weeks",
                "in a month",
                "the week after next",
                "on Friday",
                "on Monday March 23",
                "in the week of March 9",
                "on the 5th of May",
                "on May 5",
                "by the end of April",
                "before June",
                "in Apr",
                "next quarter",
                "this year",
                "in 2027",
                "this weekend",
                "on 13.4.",
                "in Q3",
            )
        ),
        ("what was due last week?", Period.UNKNOWN),
        ("what were we due to do?", Period.UNKNOWN),
    ],
    ids=repr,
)
def test_until_when_is_understood(text, period) -> None:
    assert asked(text).period is period


@pytest.mark.parametrize(
    "question",
    [
        Question(asks=Asks.HELP),
        Question(asks=Asks.DUE, about=("RET-1",), period=Period.NEXT_WEEK),
        Question(asks=Asks.WHO, near=RANKERS, is_misnamed=True),
    ],
)
def test_what_is_kept_of_a_question_is_read_back(question) -> None:
    assert read(written(question)) == question


def test_nothing_somebody_wrote_is_kept() -> None:
    said = written(asked("my boss Zaphod says fraud-v2 is terrible, why was it retired?"))
    assert said == {"asks": "story", "about": FRAUD}


def test_what_an_older_version_asked_and_no_table_has_any_more_is_unclear() -> None:
    assert read({"asks": "gone", "period": "for ever"}) == Question(asks=Asks.UNCLEAR)


def test_very_much_text_and_very_many_names_end_soon() -> None:
    found = asked("what blocks " + "churn-v1 fraud-v2 " * 5_000)
    assert found == Question(asks=Asks.BLOCKS, about=(CHURN, FRAUD))
