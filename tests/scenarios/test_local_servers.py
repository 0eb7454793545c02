"""A model server that dies by itself: nobody switched it off, so nothing follows from its silence."""

from __future__ import annotations

import json

import psutil
import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.settings import Settings
from bot.wiring import build
from data.records.progress import Progress, StepKind
from data.records.retirement import State
from tests.scenarios.town import TOM, Town, words
from workflows.adapters.endpoint_folders import LOCAL_FILE
from workflows.adapters.model_server import ADDRESS_FILE, LOCK_FILE, is_locked

V1 = "churn-v1-prod"


def crash(town: Town) -> None:
    """Its process is killed, and gone when this returns."""
    process = psutil.Process(json.loads((town.endpoints.folder(V1) / ADDRESS_FILE).read_text())["pid"])
    process.kill()
    process.wait(10)


def test_a_crash_does_not_stand_for_days_without_a_call(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=47)
    town.call(V1, caller="win-back-mailer")
    crash(town)

    town.pass_time(days=2)

    assert town.retirement().progress(StepKind.DISABLE).progress is Progress.HELD
    assert (
        "nobody can say whether it serves (Endpoint churn-v1-prod should serve, and its process is gone. "
        in (words(town.card()))
    )
    assert "Bring it back: emeritus endpoint start churn-v1-prod)" in town.command(TOM, "show RET-1")
    assert dict(town.endpoints.resume()) == {V1: "serves again"}
    town.pass_time(days=2)
    assert "was called 1 time by win-back-mailer (1)" in words(town.card()), "its log outlived it"
    town.pass_time(days=6)
    assert town.retirement().state is State.DISABLED


def test_a_week_in_which_it_was_down_is_no_week_without_a_call(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=40)
    crash(town)
    town.pass_time(days=9)

    town.restart_servers()

    told = town.command(TOM, "disable RET-1")
    assert f"{V1} is metered for 0 days only, and 5 without a call are needed" in told
    town.pass_time(days=6)
    assert town.retirement().state is State.DISABLED


def test_what_a_retirement_switched_off_is_started_by_no_restart_and_from_no_shell(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=60)
    assert town.retirement().state is State.DISABLED
    shell = CliRunner(env={"EMERITUS_STORE": str(town.folder / "emeritus.db")})

    refused = shell.invoke(cli, ["endpoint", "start", V1])
    listed = shell.invoke(cli, ["endpoint", "list"]).stdout
    (town.endpoints.folder(V1) / LOCAL_FILE).write_text(
        f'{{"ref": "{V1}", "wanted": "serving"}}'
    )  # an old copy
    town.close()
    settings = Settings(store=town.folder / "emeritus.db", archive=town.folder / "archive")
    build(settings, say=pytest.fail).store.close()
    town.open()

    assert refused.stderr == (
        f"Error: {V1} stays off: RET-1 switched it off and is disabled. "
        "/retire restore RET-1 REASON brings it back\n"
    )
    assert f"{V1}  disabled  churn-v1  RET-1 switched it off\n" in listed
    assert not is_locked(town.endpoints.folder(V1) / LOCK_FILE)

    town.command(TOM, "restore RET-1 it was missed")
    assert town.endpoints.describe(V1) == "serving"
    assert town.retirement().state is State.ROLLED_BACK
    assert shell.invoke(cli, ["endpoint", "start", V1]).exit_code == 0
