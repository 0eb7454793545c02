"""Before a model is switched off, what depended on it is seen to work without it: checks are run, for real."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from data.records.checks import Check, OwnChecks
from data.records.retirement import State, StepKind
from tests.data.catalogs import a_document
from tests.scenarios.town import Town

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
    return OwnChecks(hosts=("127.0.0.1",), checks={PLANNER: (score,)}, folder=str(folder))


def says(folder: Path, score: str) -> None:
    (folder / "score.txt").write_text(score)


def about_to_go_dark(town: Town, url: str) -> None:
    """Everybody has moved, and the day of the switch-off has come."""
    town.learns(a_document("Component", "restock-planner", PLANNER_OF, check_features=url))
    town.announce()
    town.everybody_moves()
    town.pass_time(days=50)


def test_a_check_that_fails_keeps_the_model_serving_until_it_passes(tmp_path: Path, health: str) -> None:
    says(tmp_path, "<!channel> 12 rows differ, token=hunter2")
    with Town(tmp_path, checks=own(tmp_path)) as town:
        about_to_go_dark(town, health)
        assert town.retirement().state is State.MIGRATING
        held = town.retirement().progress(StepKind.DISABLE)
        assert held.held_by == (f"checks of restock-planner: scoring failed (exit code 1): {AGAIN}, {OVER}",)
        assert ":test_tube: 2 checks of consumers: *restock-planner* (scoring, features)" in town.thread()
        assert ":white_check_mark: Check *features* of *restock-planner*: *passed* after 1 s" in town.thread()
        assert ":x: Check *scoring* of *restock-planner*: *failed* (exit code 1) after 1 s" in town.thread()
        assert "hunter2" not in town.thread()
