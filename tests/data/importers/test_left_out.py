"""What is excluded from a directory is not read, is told, and is unseen where it was declared before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.formats import ScheduledSources
from bot.imports_file import read_imports
from data.catalog.catalog import Catalog
from data.errors import Invalid
from tests.data.catalogs import MONDAY

FILES = ("a.csv", "tests/b.csv", "team/drafts/c.csv", "team/drafts/deep/d.csv", "team/e.csv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (path := tmp_path / "all" / name).parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"from,to,to_kind\nby-{path.stem},uplift,model\n")
    return tmp_path / "all"


def run(folder: Path, *arguments: object) -> Result:
    environ = {"EMERITUS_STORE": str(folder.parent / "e.db")}
    return CliRunner(env=environ).invoke(cli, ["import", *map(str, arguments), "--json"])


def kept(result: Result) -> tuple[int, list[str]]:
    told = json.loads(result.stdout)
    notes = [f"{one['what']}: {one['note']}" for one in told["notes"] if "excluded" in one["what"]]
    return told["documents"]["kept"], notes


@pytest.mark.parametrize(
    ("globs", "documents", "notes"),
    [
        ((), 5, []),
        (("tests",), 4, ['excluded "tests": left out: tests']),
        (("drafts/",), 3, ['excluded "drafts/": left out: team/drafts']),
        (("*/drafts/*",), 3, ['excluded "*/drafts/*": left out: team/drafts/c.csv, team/drafts/deep']),
        (("team/e*", "b.*"), 3, ['excluded "team/e*": left out: team/e.csv', 'excluded "b.*": left out: tests/b.csv']),
        (("tset",), 5, ['excluded "tset": matches nothing there']),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_name_or_path_matches_is_left_out_and_told(
    folder: Path, globs: tuple[str, ...], documents: int, notes: list[str]
) -> None:
    options = [word for one in globs for word in ("--exclude", one)]
    assert kept(run(folder, "csv", folder, *options)) == (documents, notes)


def test_what_is_named_itself_is_read_whatever_is_excluded(folder: Path) -> None:
    assert kept(run(folder, "csv", folder / "a.csv", folder / "tests", "--exclude", "a.csv"))[0] == 2


def test_what_it_told_before_is_unseen(folder: Path) -> None:
    run(folder, "csv", folder)
    told = json.loads(run(folder, "csv", folder, "--exclude", "tests").stdout)
    assert told["unseen"] == ["csv:by-b"]


def test_where_nothing_is_left_nothing_is_imported_and_an_empty_glob_is_refused(folder: Path) -> None:
    none = run(folder, "csv", folder, "--exclude", "*")
    assert (none.exit_code, "has no *.csv that is not excluded. Nothing was imported" in none.stdout) == (
        1,
        True,
    )
    empty = run(folder, "csv", folder, "--exclude", "")
    assert (empty.exit_code, "'--exclude': is empty; give the name or path of what" in empty.stdout) == (
        2,
        True,
    )


def test_logs_of_a_directory_are_left_out_as_well(folder: Path) -> None:
    for name in ("a.log", "old/b.log"):
        (path := folder / "logs" / name).parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"time": "2026-03-02", "endpoint": "e", "user_agent": "x/1"}\n')
    assert kept(run(folder, "calls", folder / "logs", "--exclude", "old")) == (
        1,
        ['excluded "old": left out: old'],
    )


def test_a_schedule_says_it_as_well(folder: Path, catalog: Catalog) -> None:
    text = '[edges]\nformat = "csv"\nsources = ["all"]\nevery_hours = 1\nexclude = {}\n'
    (file := folder.parent / "imports.toml").write_text(text.format('["tests", "drafts"]'))
    wanted = read_imports(file)
    assert wanted.exclude == {"edges": ("tests", "drafts")}
    report = ScheduledSources(catalog, wanted.exclude).read(wanted.scheduled[0], MONDAY)
    assert report.documents.kept == 2
    assert [one.what for one in report.notes if "excluded" in one.what] == [
        'excluded "tests"',
        'excluded "drafts"',
    ]
    file.write_text(text.format('[" "]'))
    with pytest.raises(Invalid, match=r'exclude = \[" "\]: a list of names or paths of what to leave out'):
        read_imports(file)
