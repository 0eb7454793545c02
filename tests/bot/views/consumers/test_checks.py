"""How checks of consumers look: where they stand, and what they said, which mentions nobody."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.views import limits
from bot.views.card import proposal
from bot.views.consumers import checks
from data import events
from data.records.base import Prose
from data.records.checks import CheckEnd, CheckRun, Declared
from data.records.policy import Tier
from tests.bot.views.examples import NASTY, NOW, announced, consumer_id, days
from tests.fakes.slack.workspace import is_loud, mentions
from tests.payloads import check_message
from workflows.rules.folding import evolve

SCORING = Declared(name="scoring", digest="sha256:s")
FEATURES = Declared(name="features", digest="sha256:f")
WEB = consumer_id(0)


def a_run(end: CheckEnd, **more: object) -> CheckRun:
    run = CheckRun(consumer_id=WEB, name="scoring", run=9, end=end, begun_at=NOW, at=NOW, declared="sha256:s")
    return replace(run, **more)


def an_end(log: str) -> events.CheckEnded:
    return events.CheckEnded(
        at=NOW,
        by="emeritus",
        consumer_id=WEB,
        name="scoring",
        run=9,
        end=CheckEnd.FAILED,
        log=Prose(prose=log),
        log_digest=f"sha256:{'ab' * 32}",
    )


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(
            "<!channel> <@U1> <https://evil.example|here> ``` *bold*", id="what mentions and leads away"
        ),
        pytest.param("\n".join([NASTY] * 60), id="everything odd"),
        pytest.param("x" * 7_000, id="one long line"),
        pytest.param("\n".join(["&<>" * 100] * 23), id="what grows when it is escaped"),
    ],
)
def test_a_log_is_shown_so_that_nothing_in_it_leaves_its_block(log):
    shown = checks.log(announced(), an_end(log))
    check_message(shown)
    assert mentions(shown["text"], shown["blocks"]) == []
    assert not is_loud(shown["text"], shown["blocks"])
    blocks = [block["text"]["text"] for block in shown["blocks"][1:]]
    assert all(
        text.startswith("```\n") and text.endswith("\n```") and text.count("```") == 2 for text in blocks
    )
    assert all(len(text) <= limits.SECTION_MAX for text in blocks)


@pytest.mark.parametrize(
    "log",
    [
        pytest.param("\n".join(["&<>" * 100] * 95) + "\nERROR: 12 rows differ", id="many lines"),
        pytest.param("<" * 399 + "x\n" + '<a href="x">' * 33 + "ERROR: 12 rows differ", id="long lines"),
        pytest.param("<" * 6_900 + " ERROR: 12 rows differ", id="one line"),
    ],
)
def test_of_a_log_full_of_markup_the_end_is_shown(log):
    shown = checks.log(announced(), an_end(log))
    check_message(shown)
    blocks = [block["text"]["text"] for block in shown["blocks"][1:]]
    assert blocks[-1].endswith("ERROR: 12 rows differ\n```")
    assert not blocks[0].count("…") % 2, "nothing is cut within a line"
    assert blocks[0].startswith("```\n&")


def test_a_log_says_of_which_check_and_what_it_hashes_to():
    shown = checks.log(announced(), an_end("rows: 42\n  differ: 12\n"))
    assert [block["text"]["text"] for block in shown["blocks"]] == [
        ":x: Check *scoring* of *consumer-000*: *failed*; its log, `abababababab`:",
        "```\nrows: 42\n  differ: 12\n```",
    ]


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (None, ":white_circle: scoring has not run"),
        (a_run(CheckEnd.RUNNING), ":hourglass_flowing_sand: scoring under way"),
        (a_run(CheckEnd.PASSED), ":white_check_mark: scoring passed on 2027-"),
        (a_run(CheckEnd.PASSED, at=days(-1)), ", run again before the switch-off"),
        (a_run(CheckEnd.PASSED, declared="sha256:other"), ", run again before the switch-off"),
        (a_run(CheckEnd.FAILED, why="HTTP 503"), ":x: scoring failed (HTTP 503) on 2027-"),
        (a_run(CheckEnd.SKIPPED), ":warning: scoring skipped on 2027-"),
        (a_run(CheckEnd.NOT_RUN, why="<!here>"), ":warning: scoring could not run (&lt;!here&gt;) on 2027-"),
    ],
)
def test_each_consumer_has_a_line_with_how_its_checks_stand(run, said):
    state = announced(consumers=3)
    assert state.policy is not None
    state = replace(state, policy=replace(state.policy, checks_valid_hours=24), checks=(run,) if run else ())
    links = {f"{state.id}/check/9/{WEB}/scoring/log": "https://example.slack.com/p1"}
    own, others = checks.lines(state, {WEB: (SCORING, FEATURES)}, links, NOW)
    assert own.startswith("*consumer-000*: ")
    assert said in own
    assert own.endswith(":white_circle: features has not run")
    assert ("<https://example.slack.com/p1|log>" in own) is (run is not None)
    assert others == "2 consumers have no checks declared"


def test_one_that_failed_has_its_line_though_nobody_declares_it_any_more():
    state = replace(announced(consumers=1), checks=(a_run(CheckEnd.FAILED),))
    (own,) = checks.lines(state, {}, {}, NOW)
    assert own.startswith("*consumer-000*: :x: scoring failed on 2027-")
    assert own.endswith(" and is declared no more")


@pytest.mark.parametrize(
    ("what", "declared", "said"),
    [
        pytest.param(f"checks:{WEB}", (), "<@UPAT> goes without its checks", id="its checks"),
        pytest.param(f"checks:{WEB}", (SCORING,), "<@UPAT> goes without its checks", id="one that failed"),
        pytest.param(WEB, (SCORING,), "<@UPAT> waived it, with its checks", id="all of it"),
        pytest.param(WEB, (), "", id="all of it, and it has none"),
    ],
)
def test_whose_checks_are_waived_is_said_with_by_whom_and_why(what, declared, said):
    state = replace(announced(consumers=2), checks=(a_run(CheckEnd.FAILED),) if declared else ())
    waived = events.Waived(at=NOW, by="UPAT", what=what, reason=Prose(prose="only a row"))
    state = evolve(state, waived)
    told = checks.lines(state, {WEB: declared} if declared else {}, {}, NOW)
    own = [f'*consumer-000*: {said} — "only a row"'] if said else []
    assert told == [*own, "1 consumer has no checks declared"]
    assert "*Checks*" not in str(proposal.card(state))


def test_that_nobody_declares_any_is_said_and_whether_the_policy_minds():
    state = announced(consumers=1)
    assert state.policy is not None
    assert checks.lines(state, {}, {}, NOW) == ["1 consumer has no checks declared"]
    strict = tuple(Tier(tier=one.tier, notice_days=1, checks_required="yes") for one in state.policy.tiers)
    state = replace(state, policy=replace(state.policy, tiers=strict))
    assert checks.lines(state, {}, {}, NOW) == [
        "1 consumer has no checks declared, and the policy asks for some at its tier"
    ]
