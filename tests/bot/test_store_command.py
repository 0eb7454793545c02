"""`emeritus store copy` as people run it: a record moves to PostgreSQL, is used there, and comes back."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import cli
from tests.bot.listeners.desk import Desk
from tests.contract.postgresql import fresh_url


def run(*arguments: object, **environ: str) -> Result:
    return CliRunner(env=environ).invoke(cli, [str(one) for one in arguments])


def test_a_record_moves_to_postgresql_is_used_there_and_comes_back(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        retirement = desk.propose()
        source = desk.bot.store.path
    url, back = fresh_url(), tmp_path / "back.db"
    there = run("store", "copy", source, url, "--json")
    shown = [run("plan", retirement, EMERITUS_STORE=store).stdout for store in (str(source), url)]
    home = run("store", "copy", url, back)

    assert (there.exit_code, home.exit_code) == (0, 0)
    copied = json.loads(there.stdout)
    assert copied["rows"]["events"] == copied["entries"]
    assert shown[0] == shown[1] != ""
    assert home.stdout.splitlines()[0] == (
        f"{copied['entries']} entries of {copied['streams']} streams are copied, and they hold"
    )
    assert run("verify", EMERITUS_STORE=url).stdout == run("verify", EMERITUS_STORE=str(back)).stdout


def test_a_source_that_is_not_there_is_refused_and_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    refused = run("store", "copy", missing, tmp_path / "copy.db")

    assert refused.exit_code == 1
    assert refused.stderr == f"Error: {missing} does not exist. Give the record to copy: a file, or a URL\n"
    assert list(tmp_path.iterdir()) == []


def test_an_import_and_its_impact_work_on_postgresql(tmp_path: Path) -> None:
    url = fresh_url()
    environ = {"EMERITUS_STORE": url, "EMERITUS_ARCHIVE": str(tmp_path / "archive")}
    (tmp_path / "a.yaml").write_text(
        "apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: {name: churn}\nspec: {type: ai-model}\n"
    )

    assert run("import", "backstage", tmp_path / "a.yaml", **environ).exit_code == 0
    assert run("impact", "churn", **environ).stdout == "churn (resource:default/churn): 0 consumers\n"


def test_a_backup_is_made_beside_a_running_bot_and_brought_back(tmp_path: Path) -> None:
    store, backup = tmp_path / "emeritus.db", tmp_path / "backup.db"
    environ = {"EMERITUS_STORE": str(store)}
    with Desk(tmp_path) as desk:
        desk.propose()
        made = run("store", "backup", backup, **environ)
        used = run("store", "restore", backup, "--replace", **environ)
        desk.bot.store.write(lambda conn: conn.execute("DELETE FROM prose"))
    done = run("store", "restore", backup, "--replace", "--json", **environ)

    entries, streams = (int(word) for word in made.stdout.split() if word.isdigit() and int(word) < 99)
    assert made.exit_code == 0
    assert made.stdout.startswith(f"{entries} entries of {streams} streams are in {backup}, and they hold\n")
    assert used.exit_code == 1
    assert "is in use by another Emeritus" in used.stderr
    told = json.loads(done.stdout)
    assert (told["entries"], told["streams"], told["path"]) == (entries, streams, str(store))
    assert told["doubted"]["messages"] > 0
    assert Path(told["kept"]).exists()
    assert run("list", **environ).stdout == "RET-1 proposed churn-v1\n"


def test_what_a_person_reads_after_a_restore_says_what_becomes_of_messages(tmp_path: Path) -> None:
    environ = {"EMERITUS_STORE": str(tmp_path / "emeritus.db")}
    with Desk(tmp_path) as desk:
        desk.propose()
        run("store", "backup", tmp_path / "backup.db", **environ)
    refused = run("store", "restore", tmp_path / "backup.db", **environ)
    done = run("store", "restore", tmp_path / "backup.db", "--replace", **environ)

    assert refused.exit_code == 1
    assert "holds a record already. Say --replace to move it aside" in refused.stderr
    assert done.exit_code == 0
    assert "each message is looked up in Slack before it is sent\n" in done.stdout
    assert "What was there before is " in done.stdout


def test_on_postgresql_a_file_is_no_backup_and_the_refusal_names_what_is() -> None:
    environ = {"EMERITUS_STORE": "postgresql://emeritus@db/emeritus"}
    made = run("store", "backup", "backup.db", **environ)
    done = run("store", "restore", "backup.db", **environ)

    assert (made.exit_code, done.exit_code) == (1, 1)
    assert made.stderr == (
        "Error: The record is on PostgreSQL, and this is about a SQLite file. "
        "Back it up with pg_dump, or stop Emeritus and run emeritus store copy URL FILE\n"
    )
    assert done.stderr == (
        "Error: The record is on PostgreSQL, and this is about a SQLite file. Bring a dump back with pg_restore, "
        "then run emeritus store recheck with its time; or run emeritus store copy FILE URL\n"
    )


def test_a_record_that_came_back_by_other_means_can_be_rechecked(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.propose()
    url = fresh_url()
    run("store", "copy", tmp_path / "emeritus.db", url)
    done = run("store", "recheck", "2026-03-02T09:00+01:00", "--json", EMERITUS_STORE=url)

    assert done.exit_code == 0
    assert json.loads(done.stdout)["taken_at"] == "2026-03-02T08:00:00Z"
    assert json.loads(done.stdout)["doubted"]["messages"] > 0


def test_an_instant_that_is_none_or_ahead_is_wrong_use() -> None:
    for text in ("yesterday", "2026-03-02", "2999-01-01T00:00Z"):
        refused = run("store", "recheck", text)
        assert refused.exit_code == 2
        assert f'INSTANT "{text}": no instant of the past; give date, time and zone' in refused.stderr


def test_without_a_record_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    refused = run("store", "backup", tmp_path / "backup.db", EMERITUS_STORE=str(missing))

    assert refused.exit_code == 1
    assert refused.stderr == (
        f"Error: {missing} does not exist. Set EMERITUS_STORE to the record to back up\n"
    )
    assert list(tmp_path.iterdir()) == []
