"""What the tree promises, read from its source: layers, pure rules, one clock, small files, live buttons."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.ids import Action, Callback
from bot.views.notices import VIEWS
from bot.views.uploads import FILES
from data.events import EMERITUS
from data.records.checks import CheckEnd, Declared
from data.records.notices import Addressed, Audience
from data.records.policy import Tier
from data.records.retention import Retention, StartsFrom
from data.records.retirement import Duty
from tests.builders import (
    ANNOUNCED_AT,
    BILLING,
    CLOSE_AT,
    DISABLE_AT,
    EDGE,
    LIVE,
    WHY,
    a_dark,
    a_migrated,
    a_policy,
    a_proposed,
    a_running_retirement,
    a_subject,
    an_attestation,
    an_unknown,
    days,
    revising,
    some_calls,
)
from tests.workflows.decisions.test_brownouts import moved, starts_at
from workflows import commands as cmd
from workflows.rules.telling import break_glass_notices

ROOT = Path(__file__).parent.parent
LINES_MAX = 300
"""Twice a screen and some; the aim is 60 to 250."""

PURE_STANDARD = {
    "__future__",
    "collections",
    "datetime",
    "enum",
    "hashlib",
    "json",
    "math",
    "re",
    "statistics",
    "typing",
    "zoneinfo",
}
FACTS = ("data.records", "data.events", "data.errors")
OURS = ("bot", "workflows", "data")

READS_THE_CLOCK = (
    "bot/wiring.py",
    "bot/world.py",
    "bot/alarm.py",  # APScheduler wants an instant of the wall clock; what is due is decided by the World's
    "bot/demo/",
    "workflows/adapters/",
)
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}


def sources(folder: str) -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), str(path))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Full names of all modules a file imports, wherever in it."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert node.module is not None
            for alias in node.names:
                submodule = ROOT / node.module.replace(".", "/") / f"{alias.name}.py"
                yield f"{node.module}.{alias.name}" if submodule.exists() else node.module


def is_within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def strays(folder: str, allowed: tuple[str, ...]) -> list[str]:
    """Imports of `folder` neither allowed, nor msgspec, nor of the pure part of the standard library."""
    return [
        f"{path} imports {module}"
        for path in sources(folder)
        for module in imports(path)
        if not is_within(module, (*allowed, "msgspec"))
        and module.partition(".")[0] not in PURE_STANDARD
        and module not in ("data", "workflows.rules", "workflows.decisions")
    ]


def test_rules_import_only_each_other_and_what_is_true():
    assert strays("workflows/rules", ("workflows.rules", *FACTS)) == []


def test_decisions_import_only_rules_commands_and_what_is_true():
    allowed = ("workflows.decisions", "workflows.rules", "workflows.commands", *FACTS)
    assert strays("workflows/decisions", allowed) == []


def test_records_and_events_are_plain_facts():
    assert strays("data/records", ("data.records",)) == []
    assert strays("data/events", ("data.events", "data.records")) == []


@pytest.mark.parametrize(("folder", "above"), [("data", ("bot", "workflows")), ("workflows", ("bot",))])
def test_imports_point_from_bot_to_workflows_to_data(folder, above):
    assert [
        f"{path} imports {module}"
        for path in sources(folder)
        for module in imports(path)
        if is_within(module, above)
    ] == []


def test_nothing_but_the_tests_imports_the_tests():
    assert not [
        path
        for folder in OURS
        for path in sources(folder)
        for module in imports(path)
        if is_within(module, ("tests",))
    ]


def test_rules_and_decisions_keep_no_state_of_their_own():
    for path in (*sources("workflows/rules"), *sources("workflows/decisions")):
        kept = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Global | ast.Nonlocal)]
        assert kept == [], path


def clock_readings(path: Path) -> list[str]:
    return [
        f"{path}:{node.lineno} {node.value.id}.{node.attr}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and f"{node.value.id}.{node.attr}" in CLOCKS
    ]


def test_the_clock_is_read_where_everything_is_wired_and_at_the_edges_only():
    assert [
        reading
        for folder in OURS
        for path in sources(folder)
        if not str(path).startswith(READS_THE_CLOCK)
        for reading in clock_readings(path)
    ] == []


@pytest.mark.parametrize("path", [path for folder in OURS for path in sources(folder)], ids=str)
def test_a_file_is_one_idea_and_says_which(path):
    text = (ROOT / path).read_text()
    assert len(text.splitlines()) <= LINES_MAX
    if text:
        assert ast.get_docstring(tree(path)), f"{path} does not say which question it answers"


def used(folder: str, enum: str) -> set[str]:
    """Names of the members of `enum` that the files of a folder mention."""
    return {name for path in sources(folder) for name in members(tree(path), enum)}


def members(node: ast.AST, enum: str) -> set[str]:
    return {
        child.attr
        for child in ast.walk(node)
        if isinstance(child, ast.Attribute) and isinstance(child.value, ast.Name) and child.value.id == enum
    }


def given_to(folder: str, function: str, enum: str, *, only_with: str = "") -> set[str]:
    """Members of `enum` among the arguments of calls of `function`, or of a method of that name."""
    found: set[str] = set()
    for path in sources(folder):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name == function and (not only_with or only_with in {word.arg for word in node.keywords}):
                for argument in node.args:
                    found |= members(argument, enum) if not isinstance(argument, ast.Call) else set()
    return found


def test_every_id_is_shown_by_a_view_and_read_by_a_listener():
    assert used("bot/views", "Action") == {action.name for action in Action}
    assert {action.name for action in Action} - used("bot/listeners", "Action") == set()


def test_no_button_is_dead():
    buttons = given_to("bot/views", "button", "Action")
    assert buttons
    assert buttons - given_to("bot/listeners", "action", "Action") == set()


def test_every_modal_that_can_be_submitted_is_heard():
    assert used("bot/views", "Callback") == {callback.name for callback in Callback}
    submitted = given_to("bot/views", "modal", "Callback", only_with="submit")
    assert submitted
    assert submitted - given_to("bot/listeners", "view", "Callback") == set()


def test_no_listener_waits_for_an_id_that_nothing_shows():
    assert given_to("bot/listeners", "action", "Action") <= used("bot/views", "Action")
    assert given_to("bot/listeners", "view", "Callback") <= used("bot/views", "Callback")


def test_no_id_is_written_a_second_time():
    ids = {str(member) for member in (*Action, *Callback)}
    assert [
        f"{path}:{node.lineno} {node.value}"
        for path in sources("bot")
        if path != Path("bot/ids.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and node.value in ids
    ] == []


def test_every_notice_the_rules_want_has_a_view():
    asked = a_running_retirement()
    asked.does(
        cmd.AskForTime(by="UBILL", consumer_id="billing-etl", until=(asked.now + days(60)).date(), reason=WHY)
    )
    asked.does(cmd.RecordUnreached(by=EMERITUS, person="UBILL", why="left"), managers={"UBILL": "UMAX"})
    asked.does(cmd.RecordUnreached(by=EMERITUS, person="CGOV", why="is_archived"))
    by_hand = a_migrated(a_subject(endpoints=(LIVE, EDGE)))
    anew = a_running_retirement()
    anew.does(revising(target_on=(DISABLE_AT + days(30)).date()))
    anew.votes("UOWEN", "UPLATO", "USELMA").until(ANNOUNCED_AT + days(14))
    handed = a_running_retirement()
    billing, crm = (duty.consumer for duty in handed.state.obligations)
    handed.does(cmd.MeetOwners(by=EMERITUS), impact=(replace(billing, owners=crm.owners), crm))
    handed.does(cmd.TakeOver(by="UPAT", consumer_id="crm-sync"))
    handed.does(cmd.Waive(by="UPAT", what=BILLING, reason=WHY))
    handed.does(cmd.ContestWaiver(by="UCARL", consumer_id=BILLING))
    objecting = a_running_retirement()
    objecting.does(cmd.ChangeDuty(by="UCARL", consumer_ids=("crm-sync",), duty=Duty.NOT_MINE, named="UMAX"))
    objecting.does(cmd.Object(by="UBILL", consumer_id=BILLING, reason=WHY))
    objecting.until(objecting.now)
    objecting.does(cmd.TakeBack(by="UBELLA", consumer_id=BILLING))
    objecting.does(cmd.Object(by="UBILL", consumer_id=BILLING, reason=WHY))
    objecting.until(objecting.now)
    objecting.until(objecting.state.round.expires_at)
    off = a_running_retirement()
    off.does(cmd.Cancel(by="UPAT", why=WHY))
    off.votes("UOWEN", "UPLATO", "USELMA")
    called = a_running_retirement()
    called.does(cmd.ChangeDuty(by="UBILL", consumer_ids=(BILLING,), duty=Duty.MIGRATED))
    calls = (some_calls(BILLING),)
    called.does(cmd.MeetOwners(by=EMERITUS), impact=(*called.facts.impact, an_unknown()), calls=calls)
    dark = a_dark()
    dark.does(cmd.MeetOwners(by=EMERITUS), impact=(*dark.facts.impact, an_unknown()))
    off.does(cmd.TellWritten(by=EMERITUS, catalog="mlflow", lifecycle="in service", places=("there",)))
    attesting = a_migrated(policy=a_policy(attestations=(an_attestation(),)))
    checking = a_migrated(policy=a_policy(checks_valid_hours=24))
    scoring = {BILLING: (Declared(name="scoring", digest="sha256:s"),)}
    run = checking.does(cmd.RunChecks(by="UPAT"), checks=scoring).effects[0].body["run"]
    ended = {"consumer_id": BILLING, "name": "scoring", "end": CheckEnd.PASSED, "log": WHY}
    checking.does(cmd.RecordCheck(by=EMERITUS, run=int(run), **ended))
    closed_by_two = a_dark(policy=a_policy(tiers=(Tier(tier=3, notice_days=30, closed_by_two="yes"),)))
    hastened = a_proposed()
    hastened.does(cmd.BreakGlass(by="USIMON", notice_days=3, why=WHY))
    informing = a_policy(audiences=(Addressed(audience=Audience.SUPPORT, channels=("CSUPPORT",)),))
    keeping = a_policy(retention=(Retention(of="default", starts_from=StartsFrom.CLOSED, keep_days_min=0),))
    ended = a_dark(policy=keeping).until(CLOSE_AT).works()
    ended.does(cmd.AskPrune(by="UPAT", what="all", why=WHY))
    ended.does(cmd.GrantRead(by="UOWEN", to="UMAX", hours=1, why=WHY))
    ended.until(ended.now + days(1))
    browned = moved()
    browned.until(starts_at(browned))
    told = [
        *browned.effects.values(),
        *ended.effects.values(),
        break_glass_notices.look_back(hastened.state, hastened.now),
        *hastened.effects.values(),
        *attesting.effects.values(),
        *checking.effects.values(),
        *closed_by_two.effects.values(),
        *a_running_retirement(policy=informing).effects.values(),
        *called.effects.values(),
        *off.effects.values(),
        *objecting.effects.values(),
        *handed.effects.values(),
        *dark.effects.values(),
        *asked.until(asked.now + days(30)).effects.values(),
        *by_hand.until(by_hand.now + days(7)).proves().until(by_hand.now + days(4)).effects.values(),
        *anew.effects.values(),
        *a_proposed(meets={"RET-2": "CGOV"}, alike=("RET-3",)).effects.values(),
    ]
    assert {effect.body["notice"] for effect in told if "notice" in effect.body} == {*VIEWS, "picture"}
    beside = {"ahead", "audit", "dependants", "digest chart"}
    assert set(FILES) == {"picture", *beside}, (
        "these are wanted in test_notices.py, test_digests.py and bot/audits.py"
    )
