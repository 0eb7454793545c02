"""An access log dropped into the import channel: its callers are asked for, in the name of whoever shared it."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from data.importers.calls import read_calls
from tests.data.catalogs import a_document, imported_csv
from tests.scenarios.test_dropping_files import IMPORTS, drop, imported, told, version
from tests.scenarios.town import GOVERNANCE, INES, TOM, Town, key_of, words

SOURCE = f"calls shared by {TOM} in access.log"
SERVED = "component:default/churn-v1-prod"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, serves=False, import_channel=IMPORTS) as running:
        yield running


def a_log(town: Town, *agents: str, days: float = 0, endpoint: str = "churn-v1-prod") -> str:
    at = (town.now() + timedelta(days=days)).isoformat()
    lines = [{"time": at, "endpoint": endpoint, "user_agent": one} for one in agents]
    return "".join(f"{json.dumps(one)}\n" for one in lines)


def gateway(town: Town, *agents: str, days: float = -0.5, name: str = "gateway.log") -> None:
    """A log on the machine, in which these called."""
    (file := town.folder / name).write_text(a_log(town, *agents, days=days))
    catalog = town.bot.house.catalog
    reading = read_calls([file], known=catalog.known(), now=town.now())
    catalog.import_(reading, format="calls", now=town.now())
    town.settle()


def asked(town: Town) -> list[str]:
    """The questions of the thread as they stand."""
    found = town.slack.messages(GOVERNANCE)
    return [words(one) for one in found if "/callers/" in key_of(one) and "*Whose is this?*" in words(one)]


def test_a_caller_of_a_shared_log_holds_the_step_until_the_coordinator_vouches_for_it(town: Town) -> None:
    town.announce()
    file = drop(town, a_log(town, "night-scorer/1", "night-scorer/1"), "access.log")
    (report,) = told(town, file)
    assert report.startswith(":white_check_mark: *access.log* was imported as calls ")
    assert "note access.log:2 calls a day: how often is not taken from a log shared in Slack" in report
    (asked,) = [words(one) for one in town.slack.messages(GOVERNANCE) if "*Whose is this?*" in words(one)]
    assert f"*night-scorer* calls churn-v1-prod: last on {town.now():%Y-%m-%d} ({SOURCE})" in asked
    edge = town.bot.house.catalog.snapshot().edge("caller::night-scorer", SERVED)
    assert edge is not None
    assert (edge.sources, edge.calls_per_day) == ((SOURCE,), None)
    assert edge.declared_in == f"slack:{IMPORTS}/access.log:2"
    (event,) = imported(town)
    assert (event.format, event.by) == (SOURCE, TOM)
    town.command(TOM, "waive RET-1 night-scorer it is my own test")
    assert "caller nobody declares*, asked about" not in words(town.card())


def test_what_logs_on_the_machine_told_of_a_caller_stays_as_they_told_it(town: Town) -> None:
    (file := town.folder / "access.log").write_text(a_log(town, *50 * ["night-scorer/1"], days=-1))
    catalog = town.bot.house.catalog
    reading = read_calls([file], known=catalog.known(), now=town.now())
    catalog.import_(reading, format="calls", now=town.now())
    drop(town, a_log(town, "night-scorer/1"), "access.log")
    edge = catalog.snapshot().edge("caller::night-scorer", SERVED)
    assert edge is not None
    assert (edge.sources, edge.calls_per_day) == (("calls", SOURCE), 50)
    assert edge.last_seen == f"{town.now():%Y-%m-%d}"
    assert catalog.entity("caller::night-scorer").declared_in == f"{file}:50"
    before = version(town)
    (report,) = told(town, drop(town, a_log(town, "night-scorer/1"), "access.log"))
    assert (f"nothing new: the catalog stays at version {before}" in report, "is told of in" in report) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (
            gzip.compress(b'{"time": "2026-03-02", "endpoint": "churn-v1-prod"}\n'),
            "calls: access.log is packed: a log is",
        ),
        ("no log at all\n", "calls: access.log:1: in no line is an access log that can be read"),
        # An event of OpenLineage that is cut off is no log that has lines nobody can read.
        (
            '{"eventTime": "2026-03-02T00:00:00Z", "job": {"namespace": "n", "name": "a"}}\n{"eventTime": "2026-',
            "calls: ",
        ),
    ],
    ids=["packed", "nothing", "cut off"],
)
def test_what_is_no_log_that_can_be_read_changes_nothing(town: Town, content: bytes | str, why: str) -> None:
    (refusal,) = told(town, drop(town, content, "access.log"))
    assert refusal.startswith(":x: *access.log* was not imported. Nothing was changed")
    assert why in refusal
    assert version(town) == 1


def test_the_coordinator_vouches_at_once_for_all_callers_of_whom_only_one_file_tells(town: Town) -> None:
    town.announce()
    (file := town.folder / "gateway.log").write_text(a_log(town, "night-scorer/1", days=-1))
    catalog = town.bot.house.catalog
    reading = read_calls([file], known=catalog.known(), now=town.now())
    catalog.import_(reading, format="calls", now=town.now())
    drop(town, a_log(town, *(f"made-up-{number}/1" for number in range(30)), "night-scorer/1"), "access.log")
    at_once = "`/retire waive RET-1 file:access.log REASON` vouches for all 30 of whom only that file tells"
    asked = [words(one) for one in town.slack.messages(GOVERNANCE) if "/callers/" in key_of(one)]
    assert at_once in asked[-1]
    before = len(town.keys(GOVERNANCE))
    answer = town.command(TOM, "waive RET-1 file:access.log somebody tried it out")
    assert "You waived the 30 callers of whom only access.log tells, with your reason." in answer
    assert "1 more, of which others tell as well, is left: night-scorer" in answer
    assert len(town.keys(GOVERNANCE)) - before == 1, "the thread has one message of it"
    assert "*made-up-0*, *made-up-1*" in town.thread()
    assert "1 caller nobody declares*, asked about" in words(town.card())
    assert {one.what for one in town.retirement().waivers} == {f"caller::made-up-{one}" for one in range(30)}
    assert "is waived already" in town.command(TOM, "waive RET-1 access.log once more")


@pytest.mark.parametrize("name", ["traffic", "churn-v1-prod", "the access log.txt"])
def test_what_is_offered_for_a_file_means_that_file_whatever_it_is_called(town: Town, name: str) -> None:
    town.announce()
    drop(town, a_log(town, "made-up-1/1", "made-up-2/1"), name)
    (question,) = asked(town)
    (typed,) = set(re.findall(r"`/retire (waive RET-1 [^`]*) REASON` vouches for all 2", question))
    assert "You waived the 2 callers" in town.command(TOM, f"{typed} somebody tried it out")
    assert {one.what for one in town.retirement().waivers} == {"caller::made-up-1", "caller::made-up-2"}


def test_each_log_is_a_source_of_its_own_and_answers_for_nobody_whom_another_one_tells_of(town: Town) -> None:
    town.announce()
    drop(town, a_log(town, "night-scorer/1", "only-monday/1", days=-0.5), "monday.log")
    drop(town, a_log(town, "only-tuesday/1", "night-scorer/1"), "tuesday.log")
    edge = town.bot.house.catalog.snapshot().dependency("caller::night-scorer", SERVED)
    assert edge.sources == tuple(f"calls shared by {TOM} in {day}.log" for day in ("monday", "tuesday"))
    assert edge.declared_in == f"slack:{IMPORTS}/tuesday.log:2", "where the latest calls are told"
    answer = town.command(TOM, "waive RET-1 file:tuesday.log somebody tried it out")
    assert "of whom only tuesday.log tells" in answer
    assert "1 more, of which others tell as well, is left: night-scorer" in answer
    assert {one.what for one in town.retirement().waivers} == {"caller::only-tuesday"}


def test_a_table_shared_in_slack_changes_no_number_of_calls_that_others_tell(town: Town) -> None:
    catalog = town.bot.house.catalog
    head = "from,to,last_seen,calls_per_day\n"
    (file := town.folder / "calls.csv").write_text(f"{head}billing,churn-v1-prod,2026-03-01,1000\n")
    imported_csv(catalog, file)
    rows = "billing,churn-v1-prod,2026-03-01,0.001\nother,churn-v1-prod,2026-03-01,5\n"
    (report,) = told(town, drop(town, f"{head}{rows}", "mine.csv"))
    assert (
        "note mine.csv:2 calls a day: how often is not taken from a file shared in Slack: import it" in report
    )
    there, shared = catalog.snapshot(), f"calls shared by {TOM} in mine.csv"
    edge, other = (there.dependency(f"csv:{name}", SERVED) for name in ("billing", "other"))
    assert (edge.calls_per_day, edge.declared_in, edge.sources) == (1000, f"{file}:2", ("csv", shared))
    assert (other.calls_per_day, other.last_seen, other.sources) == (None, "2026-03-01", (shared,))


def test_nobody_says_in_a_file_they_shared_that_a_model_is_hardly_called(town: Town) -> None:
    rows = "model,measure,value,on\nchurn-v1,calls_per_day,0,2026-03-01\nchurn-v1,drift,0.1,2026-03-01\n"
    (report,) = told(town, drop(town, rows, "mine.csv"))
    assert (
        "note mine.csv:2 calls a day: how often is not taken from a file shared in Slack: import it" in report
    )
    assert [row.measure for row in town.bot.house.catalog.model("churn-v1").measured] == ["drift"]


SHARED_ROW = "from,to,from_kind,from_owner\nnight-scorer,{to},consumer,group:default/logistics\n"


def test_whose_a_caller_is_no_file_shared_in_slack_answers_and_it_stays_to_be_claimed(town: Town) -> None:
    town.slack.ws.channels[IMPORTS].members.append(INES)
    town.announce()
    gateway(town, "night-scorer/1")
    drop(town, SHARED_ROW.format(to="churn-v1-prod"), by=INES)
    town.pass_time(days=1)
    assert "1 caller nobody declares" in words(town.card())
    assert len(asked(town)) == 1
    town.pass_time(days=29)
    said = "; by a file shared in Slack night-scorer is csv:night-scorer, which answers nothing: import it"
    assert said in town.thread()
    assert "Insights's: its owners are asked to move" in town.command(INES, "claim RET-1 night-scorer")


@pytest.mark.parametrize("is_alias", [True, False], ids=["an alias", "a row"])
def test_a_name_that_was_shared_and_waived_first_does_not_silence_who_calls_by_it(
    town: Town, *, is_alias: bool
) -> None:
    spec = "type: service, owner: insights, lifecycle: production, dependsOn: [resource:churn-v1]"
    component = a_document("Component", "helper", spec, aliases="night-scorer")
    drop(town, component if is_alias else SHARED_ROW.format(to="churn-v1"), "x.yaml" if is_alias else "x.csv")
    town.announce()
    town.command(TOM, f"waive RET-1 {'helper' if is_alias else 'night-scorer'} somebody tried it out")
    gateway(town, *50 * ["night-scorer/1"])
    (question,) = asked(town)
    assert "*night-scorer* calls churn-v1-prod: 50 calls a day" in question
    assert "1 caller nobody declares" in words(town.card())


@pytest.mark.long  # two logs of a thousand callers each
def test_callers_beyond_the_thousandth_of_another_log_are_asked_about_though_a_file_was_waived(
    town: Town,
) -> None:
    town.announce()
    drop(town, a_log(town, *(f"made-up-{number}/1" for number in range(1_002))), "a.log")
    town.command(TOM, "waive RET-1 a.log somebody tried it out")
    assert asked(town) == []
    gateway(town, *(f"real-{number}/1" for number in range(1_002)))
    assert "1,001 callers nobody declare" in words(town.card())
