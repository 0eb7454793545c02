"""README cannot rot: its passages are drawn from the tables that run, and its commands are the ones that exist."""

from __future__ import annotations

import re
from pathlib import Path

from cogapp import Cog

from bot.cli import cli
from data import policy, policy_fields
from data.importers import declaration
from workflows.rules.escalation import targets

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_passages_of_readme_are_what_the_tables_say_today():
    assert Cog().main(["cog", "--check", str(ROOT / "README.md")]) == 0


def test_every_command_that_readme_tells_to_run_exists():
    told = set(re.findall(r"`(?:uv run )?emeritus ([a-z]+)", README))
    assert told
    assert told <= set(cli.commands)


def test_the_first_screen_has_exactly_two_commands_to_run():
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert blocks == ["python3 -m pip install -q uv && uv run emeritus demo\n", "uv run pytest\n"]


def test_ci_runs_the_test_command_of_readme():
    assert "uv run pytest\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_annotation_of_ours_is_in_readme():
    source = "".join(
        path.read_text(encoding="utf-8") for path in Path(declaration.__file__).parent.glob("backstage*.py")
    )
    names = set(re.findall(r'"((?:slack|endpoint)-[a-z]+|tier|artifacts|successor|manager|zone)"', source))
    assert {"tier", "slack-id", "endpoint-ref"} <= names
    assert {name for name in names if f"`emeritus.dev/{name}`" not in README} == set()


def test_nothing_in_readme_asks_for_a_file_that_is_not_there():
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link


def test_every_option_is_in_readme_with_the_name_of_its_value():
    for asked in (
        "`emeritus manifest [--http URL]`",
        "`emeritus serve [--http [HOST:]PORT]`",
        "`emeritus demo [--autoplay] [--json] [--keep DIR] [--port PORT] [--day-seconds SECONDS]`",
    ):
        assert f"| {asked} |" in README


def test_every_key_of_a_policy_is_in_readme_with_its_meaning_and_what_is_shipped():
    rows = re.findall(r"^\| (`(?:name|\[[a-zA-Z0-9.]+\] \w+)`) \| (.*) \| (.*) \|$", README, re.MULTILINE)

    keys = sum(len(keys) for keys in policy_fields.FIELDS.values())
    assert len(rows) == 1 + keys + len(policy_fields.TIERS) + len(policy_fields.ROLE)
    assert [row for row in rows if "" in row] == []


def test_the_escalation_tree_of_readme_is_one_a_policy_may_have():
    (toml,) = re.findall(r"```toml\n(\[escalation\]\n.*?)```", README, re.DOTALL)
    named = targets(policy.parsed(toml, source="README.md").tree.steps)
    told = README.partition("A step may notify ")[2].partition("\n\n")[0]
    assert [target for target in named if f"`{target.partition(':')[0]}" not in told] == []
