"""A model server that dies by itself: nobody switched it off, so nothing follows from its silence."""

from __future__ import annotations

import json
import os
import signal

from data.records.retirement import Progress, State, StepKind
from tests.scenarios.town import Town, words
from workflows.adapters.model_server import ADDRESS_FILE

V1 = "churn-v1-prod"


def test_a_crash_does_not_stand_for_days_without_a_call(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=47)
    town.call(V1, caller="win-back-mailer")
    os.kill(json.loads((town.endpoints.folder(V1) / ADDRESS_FILE).read_text())["pid"], signal.SIGKILL)

    town.pass_time(days=2)

    assert town.retirement().progress(StepKind.DISABLE).progress is Progress.HELD
    assert "nobody can say whether it serves" in words(town.card())
    assert dict(town.endpoints.resume()) == {V1: "serves again"}
    town.pass_time(days=2)
    assert "was called 1 time by win-back-mailer (1)" in words(town.card()), "its log outlived it"
    town.pass_time(days=6)
    assert town.retirement().state is State.DISABLED
