"""The command line on real files: what it prints, for people and machines, and how it exits."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.doctor.finding import Finding
from bot.keeping import open_store
from bot.manifest import text
from bot.settings import read
from data.importers.report import ImportReport
from data.policies.policy import DEFAULT
from data.records.notices import Audience
from data.records.plan import Plan, Step, Subject
from data.records.policy import Policy
from tests.bot.listeners.desk import Desk
from tests.data.catalogs import a_document
from tests.sample_company import COMPANY

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environ = {
        "EMERITUS_STORE": str(tmp_path / "emeritus.db"),
        "EMERITUS_ARCHIVE": str(tmp_path / "archive"),
        **dict.fromkeys(("EMERITUS_POLICY", "EMERITUS_HTTP", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")),
        **dict.fromkeys(("SLACK_SIGNING_SECRET", "SLACK_API_URL", "EMERITUS_IMPORTS")),
    }
    return lambda *arguments, **more: CliRunner(env={**environ, **more}).invoke(
        cli, [str(one) for one in arguments], prog_name="emeritus"
    )


@pytest.fixture
def retiring(tmp_path: Path) -> str:
    """A store with a retirement that is being voted on; its id."""
    with Desk(tmp_path) as desk:
        return desk.propose()


def test_importing_twice_changes_nothing(run: Run) -> None:
    first, second = (
        run("import", "backstage", COMPANY, "--json"),
        run("import", "backstage", COMPANY, "--json"),
    )

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert json.loads(first.stdout)["counts"]["models"] == 12
    assert [json.loads(one.stdout)["changed"] for one in (first, second)] == [True, False]


def test_an_import_report_names_what_was_bent(run: Run) -> None:
    shown = run("import", "backstage", COMPANY).stdout

    assert "79 read, 78 kept, 1 skipped" in shown
    assert 'written "Letters", declared as "letters"' in shown


def told(result: Result) -> Any:
    """What a command printed for machines, and nothing else to anybody."""
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_a_line_that_is_broken_is_named_and_nothing_before_or_after_it_is_imported(
    run: Run, tmp_path: Path
) -> None:
    """Good documents stand before it, in its own file and in others, and the catalog holds some already."""
    run("import", "backstage", COMPANY)
    asked = [("impact", "churn-v1", "--json"), ("impact", "churn-v2", "--json"), ("verify", "--json")]
    before = [told(run(*command)) for command in asked]
    source = tmp_path / "source"
    source.mkdir()
    good = a_document(
        "Component", "newcomer", "type: service, owner: letters, dependsOn: [resource:churn-v1]"
    )
    (source / "a-good.yaml").write_text(good)
    (source / "b-bad.yaml").write_text(f"{good.replace('newcomer', 'second')}---\nkind: [\n")
    (source / "c-worse.yaml").write_text(f"{good.replace('newcomer', 'third')}---\n- a list\n")
    (source / "d-cut-off.yaml").write_text(f"{good.replace('newcomer', 'fourth')}---\n{good[:40]}")

    failed = run("import", "backstage", source)

    lines = good.count("\n")
    assert failed.exit_code == 1
    assert [line.replace("Error: ", "").split(" ")[0].rstrip(":") for line in failed.stderr.splitlines()] == [
        f"{source}/b-bad.yaml:{lines + 2}",
        f"{source}/c-worse.yaml:{lines + 2}",
        f"{source}/d-cut-off.yaml:{lines + 2}",
    ]
    assert [told(run(*command)) for command in asked] == before
    assert run("impact", "newcomer").exit_code == 1


def test_counts_of_an_import_are_there_when_they_are_zero(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "one.yaml"
    source.write_text(a_document("Component", "alone", "type: service, owner: nobody"))

    report = told(run("import", "backstage", source, "--json"))

    assert report["documents"] == {"read": 1, "kept": 1, "skipped": 0}
    assert report["edges"] == {"read": 0, "kept": 0, "skipped": 0}
    assert set(report) == set(ImportReport.__struct_fields__)


def test_a_plan_for_machines_has_every_key_whatever_it_holds(run: Run, retiring: str) -> None:
    plan = told(run("plan", retiring, "--json"))["plan"]

    assert set(plan) == set(Plan.__struct_fields__)
    assert {frozenset(step) for step in plan["steps"]} == {frozenset(Step.__struct_fields__)}
    assert set(plan["subject"]) == set(Subject.__struct_fields__)


def test_every_other_answer_for_machines_has_every_key_too(run: Run, retiring: str, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[roles.risk]\npeople = ["U1AB"]')

    checked = told(run("policy", "check", own, "--json"))
    impact = told(run("impact", "churn-v3", "--json"))

    assert set(checked["policy"]) == set(Policy.__struct_fields__)
    assert checked["policy"]["roles"] == [
        {
            "name": "risk",
            "approvals": 1,
            "groups": [],
            "people": ["U1AB"],
            "veto": "no",
            "tiers": [],
            "regulated": "no",
        }
    ]
    assert set(impact["model"]) == {"id", "name", "tier"}
    assert (impact["count"], impact["direct"], impact["teams"]) == (1, 1, ["Growth ML"])
    assert set(impact["consumers"][0]) == {
        *("id", "name", "kind", "tier", "unseen_since", "team", "owners", "notes", "distance", "path"),
        *("origin", "sources", "first_seen", "last_seen", "calls_per_day", "unknown"),
    }
    asked = told(run("who", "churn-v3", "--json"))
    assert list(asked) == ["responsible", "unasked", "support"]
    assert {frozenset(one) for one in asked["responsible"]} == {
        frozenset(
            (
                *("id", "name", "part", "team_id", "team", "owners", "declared_in", "owner_note", "notes"),
                *("why", "doubts", "same_as"),
            )
        )
    }
    assert list(told(run("digest", "--json"))) == [
        "At risk",
        "Due in the next 7 days",
        "Changed",
        "Whom they wait for",
        "How retirements go",
    ]
    assert {frozenset(one) for one in told(run("doctor", "--json"))} == {frozenset(Finding.__struct_fields__)}
    assert set(told(run("policy", "check", tmp_path / "no.toml", "--json"))) == set(checked)


@pytest.mark.parametrize(
    ("command", "code", "error", "next_step"),
    [
        (("plan", "chrun-v1"), 1, 'No model or retirement is called "chrun-v1"; closest: churn-v1', ""),
        (("impact", "chrun-v1"), 1, 'No model is called "chrun-v1"; closest: churn-v1', ""),
        (
            ("import", "backstage", "no.yaml"),
            2,
            '"no.yaml" does not exist',
            "emeritus import backstage --help",
        ),
        (("import", "backstage"), 2, "Missing argument 'PATH...'", "emeritus import backstage --help"),
        (("digest", "--loud"), 2, "No such option", "emeritus digest --help"),
        (("demo", "--port", "x"), 2, "Invalid value for '--port'", "emeritus demo --help"),
        (("nonsense",), 2, "No such command 'nonsense'", "--help"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_with_json_a_failure_is_an_object_too_and_exits_as_without(
    run: Run, *, retiring: str, command: tuple[str, ...], code: int, error: str, next_step: str
) -> None:
    failed, plain = run(*command, "--json"), run(*command)

    assert list(told(failed)) == ["error", "next_step", "problems"]
    assert error in told(failed)["error"]
    assert told(failed)["next_step"].endswith(next_step)
    assert failed.exit_code == code
    assert plain.exit_code == code
    assert error in plain.stderr


def test_every_problem_of_the_settings_is_in_the_object(run: Run, tmp_path: Path) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text("[steps]\nhour = 24")

    failed = run("list", "--json", EMERITUS_POLICY=str(policy), SLACK_API_URL="http://[::1")

    assert failed.exit_code == 2
    assert told(failed)["problems"] == [
        {
            "field": "own.toml [steps] hour",
            "value": "= 24",
            "accepted": "a whole number of hours from 0 to 23",
        },
        {
            "field": "SLACK_API_URL",
            "value": "= http://[::1",
            "accepted": "the address of a Slack Web API, e.g. https://slack.com/api/",
        },
    ]


def test_without_a_store_machines_get_the_next_step_by_itself(run: Run, tmp_path: Path) -> None:
    assert told(run("verify", "--json")) == {
        "error": f"{tmp_path}/emeritus.db does not exist yet",
        "next_step": "Run emeritus import backstage PATH to make it",
        "problems": [],
    }


def test_impact_tells_of_a_thing_that_is_no_model_where_no_model_is_called_so(
    run: Run, tmp_path: Path
) -> None:
    edges = tmp_path / "edges.csv"
    edges.write_text("from,to\nreport,orders\nmail,report\n")
    run("import", "csv", str(edges))
    assert run("impact", "report").stdout.startswith("report (csv:report): 1 consumer\n")
    assert json.loads(run("impact", "csv:report", "--json").stdout)["count"] == 1
    assert run("who", "report").stderr.startswith('Error: No model is called "report"')


def test_impact_is_told_by_team_and_with_the_path(run: Run) -> None:
    run("import", "backstage", COMPANY)

    lines = run("impact", "churn-v1").stdout.splitlines()
    data = json.loads(run("impact", "churn-v1", "--json").stdout)

    assert lines[0] == "churn-v1 (resource:default/churn-v1): 7 consumers"
    assert data["count"] == len(data["consumers"]) == 7
    report = next(one for one in data["consumers"] if one["name"] == "monday-report")
    assert report["distance"] == 2
    assert report["path"] == [
        "component:default/monday-report",
        "component:default/retention-dashboard",
        "resource:default/churn-v1",
    ]


def test_an_unknown_model_is_answered_with_the_closest(run: Run) -> None:
    run("import", "backstage", COMPANY)

    failed = run("impact", "chrun-v1")

    assert failed.exit_code == 1
    assert failed.stderr == (
        'Error: No model is called "chrun-v1"; closest: churn-v1, churn-v3, churn-v2. '
        "Run emeritus impact churn-v1\n"
    )


def test_an_unknown_model_like_no_other_is_answered_with_what_to_do(run: Run) -> None:
    run("import", "backstage", COMPANY)

    failed = run("impact", "\udcff\x1b[31m")

    assert failed.stderr == (
        r'Error: No model is called "\udcff\x1b[31m"; nothing has a similar name. '
        "There are churn, churn-v1, churn-v2, churn-v3, churn_nightly, delivery-eta, demand-forecast, "
        "fraud-sentinel and 4 more\n"
    )
    assert json.loads(run("impact", "\udcff", "--json").stdout)["error"] == (
        r'No model is called "\udcff"; nothing has a similar name'
    )


def test_what_a_catalog_says_is_shown_and_never_obeyed_by_a_terminal(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "catalog-info.yaml"
    file.write_text(
        a_document("Resource", "m", "type: ai-model, owner: t")
        + "---\n"
        + a_document("Component", "c", "type: service, owner: t, dependsOn: [resource:m]")
        + "---\napiVersion: backstage.io/v1alpha1\nkind: Group\nspec: {type: team, members: [u]}\n"
        + 'metadata: {name: t, title: "A team\\e[2J\\n  1 forged: \\u202e"}\n'
        + "---\n"
        + a_document("Component", '"x\\e[31m"', "type: service")
    )

    told = run("import", "backstage", file)
    assert rf"skipped {file}:18 Component x\x1b[31m: a name has no" in told.stdout
    assert run("impact", "m").stdout == (
        "m (resource:default/m): 1 consumer\n"
        "by distance: 1 directly\n"
        "by tier: 1 of no known tier\n"
        "A team\\x1b[2J\\n  1 forged: \\u202e:\n"
        "  1 c: component:default/c -> resource:default/m (nobody called u is in the catalog; they may have left; "
        "declared by backstage)\n"
    )


@pytest.mark.parametrize(
    ("name", "next_step"),
    [
        ("RET-7", "Run emeritus plan RET-1, or emeritus list --all for every one"),
        ("chrun-v1", "Run emeritus list for what is being retired"),
        ("churn-v2", "Run emeritus list --all for what is or was"),
    ],
    ids=["no retirement", "no model", "a model that stays"],
)
def test_a_shell_is_told_commands_of_a_shell(run: Run, *, retiring: str, name: str, next_step: str) -> None:
    failed = run("plan", name)

    assert failed.exit_code == 1
    assert failed.stderr.endswith(f". {next_step}\n")
    assert "/retire" not in failed.stderr


def test_the_plan_is_the_one_people_vote_on(run: Run, retiring: str) -> None:
    shown = run("plan", "churn-v1").stdout
    data = json.loads(run("plan", retiring, "--json").stdout)

    assert [step["kind"] for step in data["plan"]["steps"]] == [
        "announce",
        "archive",
        "drill",
        "migrate",
        "disable",
        "close",
    ]
    assert "2026-12-01 09:00 UTC  disable" in shown
    assert data["plan"]["digest"] in shown


def test_a_plan_is_exported_as_a_file_that_checks_as_the_same_plan(
    run: Run, retiring: str, tmp_path: Path
) -> None:
    digest = json.loads(run("plan", retiring, "--json").stdout)["plan"]["digest"]
    (file := tmp_path / "plan.toml").write_bytes(run("plan", "export", retiring).stdout_bytes)

    assert (
        run("plan", "check", str(file)).stdout
        == f"plan.toml is a plan of RET-1 for churn-v1; digest {digest}\n"
    )
    assert json.loads(run("plan", "check", str(file), "--json").stdout)["digest"] == digest
    assert run("plan", "show", retiring).stdout == run("plan", retiring).stdout


def test_a_file_that_is_no_plan_is_told_all_that_is_wrong_with_it(run: Run, tmp_path: Path) -> None:
    (file := tmp_path / "plan.toml").write_text('wy = "costs"\nplan = 1\n')
    failed = run("plan", "check", str(file))

    assert (failed.exit_code, failed.stderr) == (
        1,
        (
            "plan.toml wy: unknown; known here: retirement, why, interim, plan\n"
            "plan.toml plan = 1: a table, [plan]\n"
            "plan.toml why: is missing, and has to be said\n"
        ),
    )
    assert [
        one["field"] for one in json.loads(run("plan", "check", str(file), "--json").stdout)["problems"]
    ] == [
        "plan.toml wy",
        "plan.toml plan",
        "plan.toml why",
    ]


def test_the_plan_tells_what_keeping_its_archive_costs(run: Run, retiring: str) -> None:
    shown = run("plan", retiring, "--costs").stdout
    costs = json.loads(run("plan", retiring, "--costs", "--json").stdout)["costs"]["costs"]

    assert "keeping its archive costs " in shown
    assert [one["sized"]["of"] for one in costs]


def test_who_hears_what_and_when_is_printed_by_the_clocks_the_catalog_knows(run: Run, retiring: str) -> None:
    shown = run("plan", retiring, "--ahead").stdout
    data = json.loads(run("plan", retiring, "--ahead", "--json").stdout)

    asked = {one["place"]: one["zone"] for one in data["ahead"] if one["notice"] == "dm"}
    assert (asked["U01KENJISATO"], asked["U01INESCOSTA"]) == ("Asia/Tokyo", "Europe/Lisbon")
    assert all(person in shown for person in asked)
    assert "ahead, if nobody answers:" in shown
    assert "Asked to answer" in shown
    assert "ahead" not in json.loads(run("plan", retiring, "--json").stdout)


def test_what_is_under_way_is_listed(run: Run, retiring: str) -> None:
    assert run("list").stdout == f"{retiring} proposed churn-v1\n"
    assert json.loads(run("list", "--json").stdout) == [
        {"id": retiring, "state": "proposed", "model": "churn-v1"}
    ]


def test_the_digest_is_printed_by_section(run: Run, retiring: str) -> None:
    assert "Due in the next 7 days" in run("digest", "--print").stdout
    found = json.loads(run("digest", "--json").stdout)
    assert "At risk" in found
    assert found["How retirements go"][0] == {
        "metric": "Median cycle time",
        "value": None,
        "n": 0,
        "said": "no data: no retirement was closed in the last 365 days",
        "counts": "days from the proposal to the end of the dark window, of retirements closed in the last 365 days",
    }
    assert run("digest").exit_code == 2


def test_a_record_that_holds_verifies_with_its_count(run: Run, retiring: str) -> None:
    checked = run("verify", "--json")

    assert checked.exit_code == 0
    assert json.loads(checked.stdout) == {
        "entries": 2,
        "streams": 2,
        "sealed": 0,
        "checkpoints": 0,
        "bad": "",
    }


def test_a_record_somebody_changed_does_not(run: Run, retiring: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "emeritus.db") as conn:
        conn.execute("DELETE FROM events WHERE stream = ?", (retiring,))
    conn.close()

    checked = run("verify")

    assert checked.exit_code == 1
    assert retiring in checked.stdout


def test_reading_works_while_the_bot_has_the_store_and_importing_says_why_it_cannot(
    run: Run, retiring: str, tmp_path: Path
) -> None:
    held = open_store(read({"EMERITUS_STORE": str(tmp_path / "emeritus.db")}))
    try:
        assert run("list").exit_code == 0
        assert run("verify").exit_code == 0
        refused = run("import", "backstage", COMPANY)
    finally:
        held.close()

    assert refused.exit_code == 1
    assert "emeritus.db" in refused.stderr


@pytest.mark.parametrize("command", [("list",), ("verify",), ("plan", "RET-1"), ("digest", "--print")])
def test_without_a_store_every_command_says_how_to_make_one(run: Run, command: tuple[str, ...]) -> None:
    failed = run(*command)

    assert failed.exit_code == 1
    assert "does not exist yet. Run emeritus import backstage PATH to make it" in failed.stderr


def test_serving_without_settings_is_wrong_use_with_every_setting_named(run: Run) -> None:
    failed = run("serve")

    assert failed.exit_code == 2
    assert "SLACK_BOT_TOKEN is missing" in failed.stderr
    assert "SLACK_APP_TOKEN is missing" in failed.stderr


def test_the_doctor_takes_the_address_that_serving_takes(run: Run) -> None:
    socket_mode, http, empty = run("doctor"), run("doctor", "--http", "3000"), run("doctor", "--http", "")

    assert "or use HTTP, with --http PORT or EMERITUS_HTTP" in socket_mode.stdout
    assert "SLACK_SIGNING_SECRET is missing" in http.stdout
    assert "SLACK_APP_TOKEN" not in http.stdout
    assert "--http is empty" in empty.stdout
    assert "--http is empty" in run("serve", "--http", "").stderr


def test_a_policy_is_checked_before_it_counts(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "eu.toml"
    wrong.write_text("[rounds]\nreview_days = -1\n[steps]\nhour = 24\n")

    failed, fine = run("policy", "check", wrong), run("policy", "check", DEFAULT, "--json")

    assert failed.exit_code == 1
    assert failed.stderr == (
        "eu.toml [rounds] review_days = -1: a whole number of days from 0 to 365\n"
        "eu.toml [steps] hour = 24: a whole number of hours from 0 to 23\n"
    )
    assert len(json.loads(run("policy", "check", wrong, "--json").stdout)["problems"]) == 2
    assert (fine.exit_code, json.loads(fine.stdout)["ok"]) == (0, True)


def test_a_policy_that_nobody_looked_through_in_its_time_says_so_where_it_is_checked(
    run: Run, tmp_path: Path
) -> None:
    late, never = tmp_path / "late.toml", tmp_path / "never.toml"
    late.write_text('[review]\nby = "2020-05-01"')
    never.write_text('[review]\nby = ""')

    told, fine = run("policy", "check", late), run("policy", "check", never)

    assert (told.exit_code, fine.exit_code) == (0, 0)
    assert "\nOverdue: late was to be looked through by 2020-05-01, " in told.stdout
    assert "looked through" not in fine.stdout
    assert json.loads(run("policy", "check", late, "--json").stdout)["review"] == {
        "by": "2020-05-01",
        "is_overdue": True,
    }


def test_the_manifest_is_printed_as_the_file_has_it(run: Run) -> None:
    assert run("manifest").stdout == text()
    assert run("manifest", "--http", "https://b.example").stdout == text(http_url="https://b.example")


def test_the_manifest_is_one_for_the_import_channel_where_there_is_one(run: Run, tmp_path: Path) -> None:
    imports = tmp_path / "imports.toml"
    imports.write_text('channel = "C0123ABC"')
    assert run("manifest", EMERITUS_IMPORTS=str(imports)).stdout == text(takes_files=True)
    imports.write_text('channel = "#imports"')
    failed = run("manifest", EMERITUS_IMPORTS=str(imports))
    assert failed.exit_code == 1
    assert 'imports.toml channel = "#imports": the id of a channel' in failed.stderr


def test_the_manifest_asks_for_user_groups_where_the_policy_names_some(run: Run, tmp_path: Path) -> None:
    (policy := tmp_path / "groups.toml").write_text('[roles.risk]\ngroups = ["slack:S0614TZR7"]')
    assert run("manifest", EMERITUS_POLICY=str(policy)).stdout == text(reads_user_groups=True)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "b.example",
            "https://",
            "https://a b",
            "https://a/b c",
            "https://a\nb",
            "ftp://a",
            "https://a:port",
        ),
        *("", "https://a:99999", "https://[::1", "https://me@a", "https://a?b", "https://a#b", "https://a?"),
    ],
)
def test_a_manifest_is_made_for_no_address_that_is_none(run: Run, url: str) -> None:
    failed = run("manifest", "--http", url)

    assert (failed.exit_code, failed.stdout) == (2, "")
    assert f'--http "{url}": no address Slack could call; give the public one' in failed.stderr


@pytest.mark.parametrize("url", ["https://b.example/bots/", "http://127.0.0.1:3000", "https://[::1]:3000"])
def test_a_manifest_is_made_for_any_address_that_is_one(run: Run, url: str) -> None:
    printed = run("manifest", "--http", url).stdout
    assert f"{url.rstrip('/')}/slack/events" in printed
    assert run("manifest", "--http", f"{url.rstrip('/')}/slack/events").stdout == printed


@pytest.mark.parametrize("seconds", ["nan", "inf", "-inf", "0", "-1", "1e999", "soon", ""])
def test_a_day_of_the_demo_takes_some_seconds_or_is_wrong_use(run: Run, seconds: str) -> None:
    failed = run("demo", "--day-seconds", seconds)

    assert failed.exit_code == 2
    assert f"'--day-seconds': {seconds}: a number of seconds from 0.2 to 86,400, e.g. 6\n" in failed.stderr


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_has_help(run: Run, command: str) -> None:
    group = cli.commands[command]
    assert group.help
    for name, inner in group.commands.items() if isinstance(group, click.Group) else ():
        assert inner.help, name


def test_nothing_that_others_wrote_speaks_to_the_terminal(run: Run, tmp_path: Path) -> None:
    """Colours, titles and cleared screens are commands to it; marks can show a line in another order."""
    catalog = tmp_path / "catalog-info.yaml"
    owner = r'"x\e[2J\e]0;title\a\u202eyzé\u00a0z"'
    catalog.write_text(
        a_document("Resource", "teapot", "type: ai-model")
        + "---\n"
        + a_document("Component", "cosy", f"type: service, owner: {owner}, dependsOn: ['resource:teapot']")
    )

    shown = run("import", "backstage", catalog).stdout + run("impact", "teapot").stdout
    failed = run("impact", "x\x1b[2J").stderr

    assert shown.count(r"x\x1b[2J\x1b]0;title\x07\u202eyzé\xa0z") == 2
    assert r'No model is called "x\x1b[2J"' in failed
    assert {sign for sign in shown + failed if not sign.isprintable()} == {"\n"}


def test_a_model_that_resembles_none_is_answered_with_those_there_are(run: Run, tmp_path: Path) -> None:
    run("import", "backstage", COMPANY)

    assert run("impact", "xyzzy").stderr == (
        'Error: No model is called "xyzzy"; nothing has a similar name. There are churn, churn-v1, churn-v2, '
        "churn-v3, churn_nightly, delivery-eta, demand-forecast, fraud-sentinel and 4 more\n"
    )


def test_what_another_policy_changes_is_shown_before_it_counts(run: Run, tmp_path: Path) -> None:
    own, none = tmp_path / "own.toml", tmp_path / "none.toml"
    own.write_text(
        'name = "default"\n[disable]\ndark_window_days = 14\n[tiers.1]\narchive_classes = ["card"]\n'
    )
    none.write_text("[disable]\ndark_window_days = 0\n")

    shown = run("policy", "diff", own)
    assert (shown.exit_code, shown.stdout) == (
        1,
        (
            'disable.dark_window_days: 30 -> 14\ntiers.1.archive_classes: [] -> ["card"]\n'
            "A running retirement keeps the policy it was proposed under.\n"
        ),
    )
    found = json.loads(run("policy", "diff", own, DEFAULT, "--json").stdout)
    assert found["differences"] == [
        {"key": "disable.dark_window_days", "before": 14, "after": 30},
        {"key": "tiers.1.archive_classes", "before": ["card"], "after": []},
    ]
    same = run("policy", "diff", DEFAULT)
    assert (same.exit_code, same.stdout.split(":")[0]) == (0, "They say the same")
    refused = run("policy", "diff", DEFAULT, none)
    assert refused.exit_code == 2
    assert "none.toml [disable] dark_window_days = 0: a whole number of days from 1 to 3650" in refused.stderr


def test_what_each_audience_is_told_can_be_read_before_anybody_is_told(run: Run, tmp_path: Path) -> None:
    words = run("policy", "notices", "--audience", "product-owners").stdout
    assert words.startswith("# product-owners, until service ends\n\n**What** churn-v1 retires (RET-7)\n")
    assert "# product-owners, once it is closed" in words
    assert "churn-v1-prod" not in words, "an endpoint says nothing to them"
    assert {one["audience"] for one in json.loads(run("policy", "notices", "--json").stdout)["texts"]} == {
        *Audience
    }
    own = tmp_path / "eu.toml"
    own.write_text('[notices]\nfolder = "words"\n')
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "support.md").write_text("Moving {day}\n---\n")
    for command in ("check", "notices"):
        refused = run("policy", command, own)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert (
            "words/support.md:1 {day}: no such placeholder; closest is {last_day}; known here: "
            in refused.stderr
        )
        assert (
            "words/support.md:2: {what}, {when}, {why}, {successor}, {action} missing once" in refused.stderr
        )
