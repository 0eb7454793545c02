"""A plan's file that is shared in the import channel is proposed by whoever shared it, and told of in its thread."""

from __future__ import annotations

from pathlib import Path

from data.plan_file import PlanFile, parsed, written
from tests import canary
from tests.scenarios.test_dropping_files import IMPORTS, drop, told
from tests.scenarios.town import ADA, TOM, Town


def exported(town: Town) -> str:
    state = town.retirement()
    assert state.plan is not None
    return written(PlanFile(retirement=state.id, why=str(state.why), plan=state.plan))


def test_of_a_guessed_successor_is_said_what_is_said_of_one_that_nobody_has(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, import_channel=IMPORTS, may_know=(TOM, IMPORTS)) as town:
        assert town.propose() == {}
        plan = exported(town).replace("churn-v2", "NAME")
        names = (canary.CANARY, "crimson-walrus")
        said = [told(town, drop(town, plan.replace("NAME", name), "plan.toml"))[0] for name in names]
        assert said[0].replace(names[0], names[1]) == said[1]
        assert 'No model is called "resource:default/crimson-walrus"' in said[1]


def test_a_changed_plan_takes_the_place_of_the_old_one_and_the_same_file_changes_nothing(
    tmp_path: Path,
) -> None:
    with Town(tmp_path, serves=False, import_channel=IMPORTS) as town:
        assert town.propose() == {}
        before = town.retirement().plan
        toml = exported(town)
        (said,) = told(town, drop(town, toml, "plan.toml"))
        assert said.startswith(":x: *plan.toml* was not proposed. Nothing was changed")
        assert "nothing in the plan has changed" in said

        changed = toml.replace('reason = "replaced"', 'reason = "cost"')
        (said,) = told(town, drop(town, changed, "plan.toml", by=ADA))
        assert "You may not revise RET-1: this is for the proposer or the coordinator" in said
        assert town.retirement().plan == before

        (said,) = told(town, drop(town, changed, "Plan.TOML"))
        assert said.startswith(":white_check_mark: *Plan.TOML* was proposed as it is"), said
        assert "RET-1 has a new plan; earlier votes are void" in said
        plan = town.retirement().plan
        assert plan.reason == "cost"
        assert parsed(exported(town), source="plan.toml") == parsed(changed, source="plan.toml")

        (said,) = told(town, drop(town, "[plan]\nsteps = 1\n", "broken.toml"))
        assert "steps = 1: a list" in said
        assert "emeritus plan check FILE" in said
        (said,) = told(town, drop(town, changed.replace("RET-1", "RET-9"), "other.toml"))
        assert "RET-9" in said
        assert "Leave retirement out of the file to propose a new one" in said


def test_a_plan_of_a_new_retirement_opens_it(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, import_channel=IMPORTS) as town:
        assert town.propose() == {}
        toml = exported(town).replace('retirement = "RET-1"\n', "")
        digest = town.retirement().plan.digest
        town.command(TOM, "cancel RET-1 not now")
        town.settle()
        drop(town, toml, "plan.toml")
        again = town.bot.engine.retirement("RET-2")
        assert again is not None
        assert again.plan is not None
        assert again.plan.digest == digest
