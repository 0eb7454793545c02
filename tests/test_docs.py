"""What people read cannot rot: passages are drawn from the tables that run, and commands are those that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cogapp import Cog

from bot.checks_file import read_checks
from bot.cli import cli
from data.importers import declaration
from data.policies import attestations as policy_attestations
from data.policies import checks as policy_checks
from data.policies import fields as policy_fields
from data.policies import policy
from data.policies import retention as policy_retention
from data.policies import tables as policy_tables
from workflows.rules.people.escalation import targets

ROOT = Path(__file__).parents[1]
FIRST = ROOT / "README.md"
GUIDES = {name: ROOT / name / "README.md" for name in ("data/importers", "data/policies", "bot")}
"""What stands beside the code it is about: of catalogs, of the policy, of running it."""
PAGES = (FIRST, *GUIDES.values())
README = FIRST.read_text(encoding="utf-8")
POLICY = GUIDES["data/policies"].read_text(encoding="utf-8")
RUNNING = GUIDES["bot"].read_text(encoding="utf-8")
EVERYTHING = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def test_the_drawn_passages_are_what_the_tables_say_today():
    assert Cog().main(["cog", "--check", *map(str, PAGES)]) == 0


def test_every_command_that_a_page_tells_to_run_exists():
    told = set(re.findall(r"`(?:uv run )?emeritus ([a-z]+)", EVERYTHING))
    assert told
    assert told <= set(cli.commands)


def test_every_page_is_found_from_the_first_one():
    assert [name for name in GUIDES if f"]({name}/README.md)" not in README] == []


def test_the_first_screen_has_exactly_two_commands_to_run():
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert blocks == ["python3 -m pip install -q uv && uv run emeritus demo\n", "uv run pytest\n"]


def test_ci_runs_the_test_command_of_readme():
    assert "uv run pytest\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_annotation_of_ours_is_told_of():
    source = "".join(
        path.read_text(encoding="utf-8") for path in Path(declaration.__file__).parent.glob("backstage*.py")
    )
    names = set(re.findall(r'"((?:slack|endpoint)-[a-z]+|tier|artifacts|successor|manager|zone)"', source))
    assert {"tier", "slack-id", "endpoint-ref"} <= names
    assert {name for name in names if f"`emeritus.dev/{name}`" not in EVERYTHING} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_leads_to_a_file_or_a_heading_that_is_not_there(page: Path):
    for file, heading in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", page.read_text(encoding="utf-8")):
        target = (page.parent / file) if file else page
        assert target.exists(), file
        assert not heading or heading in headings(target), f"{file}#{heading}"


def headings(page: Path) -> set[str]:
    """As links name them."""
    found = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in found}


def test_every_option_is_told_of_with_the_name_of_its_value():
    for asked in (
        "`emeritus manifest [--http URL]`",
        "`emeritus serve [--http [HOST:]PORT]`",
        "`emeritus demo [--autoplay] [--json] [--keep DIR] [--port PORT] [--day-seconds SECONDS]`",
    ):
        assert f"| {asked} |" in EVERYTHING


def test_every_key_of_a_policy_is_told_with_its_meaning_and_what_is_shipped():
    rows = re.findall(r"^\| (`(?:name|\[[a-zA-Z0-9._]+\] \w+)`) \| (.*) \| (.*) \|$", POLICY, re.MULTILINE)

    keys = sum(len(keys) for keys in policy_fields.FIELDS.values())
    tables = (
        *(policy_tables.TIER for _ in policy_checks.TIERS),
        policy_tables.ROLE,
        policy_attestations.ATTESTATION,
        policy_retention.RETENTION,
        policy_tables.AUDIENCE,
    )
    assert len(rows) == 1 + keys + sum(map(len, tables))
    assert [row for row in rows if "" in row] == []


def test_the_attestation_that_is_shown_is_one_a_policy_may_have():
    (toml,) = re.findall(r"```toml\n(\[attestations\..*?)```", POLICY, re.DOTALL)
    (shown,) = policy.parsed(toml, source="README.md").attestations
    assert (shown.name, shown.roles, shown.tiers) == ("privacy", ("security",), (1, 2))


def test_the_checks_that_are_shown_are_some_a_file_may_have(tmp_path: Path):
    (toml,) = re.findall(r"```toml\n(hosts = .*?)```", RUNNING, re.DOTALL)
    file = tmp_path / "checks.toml"
    file.write_text(toml)
    assert [one.name for one in read_checks(file).checks["component:default/web"]] == ["scoring", "features"]


def test_the_escalation_tree_that_is_shown_is_one_a_policy_may_have():
    (toml,) = re.findall(r"```toml\n(\[escalation\]\n.*?)```", POLICY, re.DOTALL)
    named = targets(policy.parsed(toml, source="README.md").tree.steps)
    told = POLICY.partition("A step may notify ")[2].partition("\n\n")[0]
    assert [target for target in named if f"`{target.partition(':')[0]}" not in told] == []
