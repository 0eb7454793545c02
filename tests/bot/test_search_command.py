"""`emeritus search`: for whoever may read the record as a file, beside a running bot; and pages of what is found."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result
from msgspec.structs import replace

from bot.cli import cli
from bot.views.asked import search
from tests.bot.listeners.desk import Desk
from tests.builders import a_running_retirement
from workflows.search.finding import Found, Hit

STATE = a_running_retirement().state


def run(folder: Path, *arguments: str) -> Result:
    environ = {"EMERITUS_STORE": str(folder / "emeritus.db"), "EMERITUS_POLICY": ""}
    return CliRunner(env=environ).invoke(cli, ["search", *arguments])


def test_what_is_found_beside_a_running_bot_says_why_and_where(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.propose()
        told = run(tmp_path, "nobody", "churn-v1")
        found = json.loads(run(tmp_path, "churn-v1", "owner:growth", "--json").stdout)["found"]
    line, count = told.stdout.splitlines()
    assert line.startswith("RET-1 proposed churn-v1: name: churn-v1; why it retired: nobody asks it; ")
    assert (line.rpartition("/")[2], count) == ("models.yaml:16", "1 find")
    assert (found[0]["name"], found[0]["retirement"], found[0]["why"]) == (
        "churn-v1",
        "RET-1",
        [{"field": "name", "text": "churn-v1"}, {"field": "owner", "text": "Growth ML"}],
    )
    wrong = run(tmp_path, "since:soon")
    assert (wrong.exit_code, 'since: "soon"' in wrong.output) == (1, True)


def test_however_much_is_found_a_page_is_one_message_and_says_how_to_go_on() -> None:
    many = Found(
        hits=tuple(
            Hit(
                retirement=replace(STATE, id=f"RET-{number}"),
                why=(("lesson", "x" * 5_000),) * 4,
            )
            for number in range(1, 101)
        ),
        others=tuple(("consumer", f"service-{number}") for number in range(5_000)),
    )
    shown = search.found(many, "churn", {}, page=13)
    assert len(shown["blocks"]) <= 12
    assert all(len(block["text"]["text"]) <= 3_000 for block in shown["blocks"] if "text" in block)
    assert "RET-97 " in str(shown)
    assert "RET-96 " not in str(shown)
    assert "Page 13 of 13: `page:1` among the words begins anew" in str(shown)
