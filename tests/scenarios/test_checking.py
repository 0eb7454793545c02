"""Before a model is switched off, what depended on it is seen to work without it: checks are run, for real."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from data.events import CheckEnded, ChecksStarted
from data.records.checks import Check, CheckEnd, OwnChecks
from data.records.progress import StepKind
from data.records.retirement import State
from tests.data.catalogs import a_document
from tests.scenarios.mortal import Mortal
from tests.scenarios.town import BRUNO, GOVERNANCE, SAM, TOM, Town, words

PLANNER = "component:default/restock-planner"
PLANNER_OF = "type: pipeline, dependsOn: ['component:churn-v1-prod'], owner: group:default/logistics"
AGAIN = "/retire check RET-1 restock-planner runs them"
OVER = "or go without them by name, /retire waive RET-1 checks:restock-planner REASON"
SCORES = """import pathlib, sys
said = pathlib.Path('score.txt').read_text()
print(said)
sys.exit(0 if said == 'fine' else 1)
"""


@pytest.fixture
def health() -> Iterator[str]:
    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"42 rows have features")

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/features"
        server.shutdown()
        thread.join()


def own(folder: Path) -> OwnChecks:
    score = Check(name="scoring", command=(sys.executable, "-c", SCORES), is_own=True)
    return OwnChecks(hosts=("127.0.0.1",), checks={PLANNER: (score,)}, file=str(folder / "checks.toml"))


def says(folder: Path, score: str) -> None:
    (folder / "score.txt").write_text(score)


def about_to_go_dark(town: Town, url: str) -> None:
    """Everybody has moved, and the day of the switch-off has come."""
    town.learns(a_document("Component", "restock-planner", PLANNER_OF, check_features=url))
    town.announce()
    town.everybody_moves()
    town.pass_time(days=50)


def test_a_check_that_fails_keeps_the_model_serving_until_it_passes(tmp_path: Path, health: str) -> None:
    says(tmp_path, "<!channel> 12 rows differ, \x1b[36mtoken\x1b[0m=\x1b[35mhunter2\x1b[0m")
    with Town(tmp_path, checks=own(tmp_path)) as town:
        about_to_go_dark(town, health)
        assert town.retirement().state is State.MIGRATING
        held = town.retirement().progress(StepKind.DISABLE)
        assert held.held_by == (f"checks of restock-planner: scoring failed (exit code 1): {AGAIN}, {OVER}",)
        assert (
            ":test_tube: 2 checks of consumers begin: *restock-planner* (scoring, features)" in town.thread()
        )
        failed = log_of(town, "scoring", town.retirement().checks[0].run)
        assert "&lt;!channel&gt; 12 rows differ, token=..." in words(failed)
        assert "hunter2" not in town.thread()
        told = ":x: Check *scoring* of *restock-planner*: *failed* (exit code 1) after 1 s; its log, `"
        assert told in words(failed)
        assert "*Checks* 1 passed, 1 failed" in words(town.card())
        shown = town.command(TOM, "show RET-1")
        assert ":x: scoring failed (exit code 1) on 2026-" in shown
        assert f"<{link_to(failed)}|log>" in shown
        assert "|log>, :white_check_mark: features passed on 2026-" in shown
        without = len(town.retirement().obligations) - 1
        assert f"{without} consumers have no checks declared" in shown

        town.checks = OwnChecks(hosts=("127.0.0.1",))
        town.restart()
        town.pass_time(days=2)
        assert town.retirement().state is State.MIGRATING, "a bot without the file shows nothing"
        assert "scoring failed (exit code 1) and is declared no more" in town.thread()
        town.checks = own(tmp_path)
        town.restart()

        says(tmp_path, "fine")
        assert "You may not check consumers of RET-1" in town.command(SAM, "check RET-1")
        said = town.command(BRUNO, "check RET-1 restock-planner")
        assert "2 checks of restock-planner begin; the thread tells how each ends." in said
        town.pass_time(minutes=10)
        assert town.retirement().state is State.DISABLED


def link_to(message: dict[str, Any]) -> str:
    where = f"https://example.slack.com/archives/{GOVERNANCE}/p{message['ts'].replace('.', '')}"
    return f"{where}?thread_ts={message['thread_ts']}&cid={GOVERNANCE}"


def log_of(town: Town, name: str, run: int) -> dict[str, Any]:
    return town.posted(GOVERNANCE, f"RET-1/check/{run}/{PLANNER}/{name}/log")


def test_a_check_that_the_bot_dies_over_is_run_again_and_recorded_once(tmp_path: Path) -> None:
    says(tmp_path, "fine")
    with Mortal(tmp_path, serves=False, checks=own(tmp_path)) as town:
        town.announce()
        town.everybody_moves()
        town.dies_over = "after check"
        with suppress(Exception):  # whatever a record says that is gone
            town.command(TOM, "check RET-1 restock-planner")
        assert town.is_dead.wait(30)
        town.restart()
        assert town.retirement().checks[0].end is CheckEnd.RUNNING
        town.pass_time(minutes=10)

        told = [one.event for one in town.bot.store.events("RET-1")]
        assert sum(isinstance(one, ChecksStarted) for one in told) == 1
        (ended,) = [one for one in told if isinstance(one, CheckEnded)]
        assert (ended.end, str(ended.log)) == (CheckEnd.PASSED, "fine\n")
        assert town.bot.store.troubles() == ()


def test_a_check_stays_owed_where_emeritus_comes_back_without_its_file_before_it_ever_ran(
    tmp_path: Path,
) -> None:
    with Town(tmp_path, checks=own(tmp_path), serves=False) as town:
        town.learns(a_document("Component", "restock-planner", PLANNER_OF))
        town.announce()
        town.everybody_moves()
        town.checks = OwnChecks()
        town.restart()
        town.pass_time(days=50)
        stands = "scoring has not run and is declared no more: once declared again"
        held = town.retirement().progress(StepKind.DISABLE).held_by
        assert f"checks of restock-planner: {stands}, {AGAIN}, {OVER}" in held
