"""The doctor looks at what a schedule names, and says what its next run would find."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.doctor.imports import NothingKnown, examine_imports
from bot.imports_file import Wanted
from data.records.imports import Imports, Scheduled


def found(*scheduled: Scheduled) -> list[str]:
    return [
        str(one) for one in examine_imports(Wanted(scheduled), Imports(scheduled=scheduled), NothingKnown())
    ]


def an_import(format: str, *sources: object) -> Scheduled:  # noqa: A002 - the word of the commands
    return Scheduled(name="some", format=format, sources=tuple(map(str, sources)), every_hours=6)


MEND = "Mend its source, or correct EMERITUS_IMPORTS"
NOT = "BAD import some: {} every 6 hours: its next run would change nothing: "


def test_what_the_next_run_keeps_of_files_and_whom_it_asks_is_told(tmp_path: Path) -> None:
    (table := tmp_path / "edges.csv").write_text("from,to\na,b\nc,d\n,b\n")
    (log := tmp_path / "access.log").write_text("no log at all\n")
    assert found(an_import("csv", table)) == [
        "ok  import some: csv every 6 hours; its next run keeps 1 document and 2 edges, skips 1"
    ]
    assert found(an_import("calls", tmp_path, log)) == [
        "ok  import some: calls every 6 hours; its next run reads 1 log"
    ]
    address = "https://models.example.com/all.json"
    assert found(an_import("deprecations", address)) == [
        f"ok  import some: deprecations every 6 hours; its next run asks {address}, not asked now"
    ]
    assert found(an_import("sagemaker", "eu-west-1")) == [
        "ok  import some: sagemaker every 6 hours; its next run asks eu-west-1, not asked now"
    ]


@pytest.mark.parametrize("format_name", ["backstage", "calls", "csv", "mlflow", "sagemaker"])
def test_a_path_that_is_not_there_is_told_for_each_format(tmp_path: Path, format_name: str) -> None:
    (told,) = found(an_import(format_name, tmp_path / "nowhere"))
    assert told.startswith(NOT.format(format_name) + f"{tmp_path}/nowhere: no such file or directory")
    assert told.endswith(f". {MEND}")


def test_a_source_that_is_broken_or_is_of_another_format_is_told_with_the_line(tmp_path: Path) -> None:
    (table := tmp_path / "edges.csv").write_text("from;to\na;b\n")
    (manifest := tmp_path / "manifest.json").write_text('{"nodes": ')
    (told,) = found(an_import("csv", table))
    assert told.startswith(NOT.format("csv") + f"{table}:1")
    (told,) = found(an_import("dbt", manifest))
    assert told.startswith(NOT.format("dbt") + f"{manifest}:1")
    # A path beside an address is looked at all the same.
    (told,) = found(an_import("mlflow", "https://mlflow.example.com", tmp_path / "nowhere.json"))
    assert told.startswith(NOT.format("mlflow") + f"{tmp_path}/nowhere.json: no such file")
