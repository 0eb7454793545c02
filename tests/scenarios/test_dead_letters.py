"""A dead letter is looked at by a person, and what stood in its way is mended: it arrives, once."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import cli
from tests.scenarios.town import WREN, Town, key_of

LETTER = f"RET-1/announcement-1/dm/{WREN}"


def run(town: Town, *arguments: str) -> Result:
    return CliRunner(env={"EMERITUS_STORE": str(town.folder / "emeritus.db")}).invoke(cli, arguments)


def test_somebody_whose_account_comes_back_is_told_after_all(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False) as town:
        town.slack.ws.users[WREN].deleted = True
        town.announce()
        assert [trouble.key for trouble in town.bot.store.troubles()] == [LETTER]
        town.slack.ws.users[WREN].deleted = False
        assert town.bot.store.retry(LETTER, town.now())
        town.pass_time(minutes=5)

        assert [key_of(message) for message in town.slack.messages(WREN)].count(LETTER) == 1
        assert not town.bot.store.troubles()


def test_on_the_command_line_a_letter_is_found_and_tried_again_while_the_bot_rests(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False) as town:
        town.slack.ws.users[WREN].deleted = True
        town.announce()
        listed = run(town, "stopped", "list")
        busy = run(town, "stopped", "retry", LETTER)
        town.close()
        done = run(town, "stopped", "retry", LETTER)
        after = run(town, "stopped", "list", "--json")
        town.open()

        why = "user_disabled: their account is deactivated: name another owner in the catalog and import it"
        assert listed.stdout == f"{LETTER}: {WREN} {why}\n"
        assert busy.exit_code == 1
        assert "is in use by another Emeritus" in busy.stderr
        assert done.stdout == f"{LETTER} is tried again as soon as Emeritus runs\n"
        assert after.stdout == "[]\n"


def test_what_somebody_has_seen_to_is_put_away(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False) as town:
        town.slack.ws.users[WREN].deleted = True
        town.announce()
        town.close()
        wrong = run(town, "stopped", "dismiss", "RET-1/announcement-1/dm/U01WREN")
        done = run(town, "stopped", "dismiss", LETTER, "--json")
        town.open()

        assert wrong.exit_code == 1
        assert (
            wrong.stderr
            == (
                'Error: No dead letter is called "RET-1/announcement-1/dm/U01WREN"; '
                f"closest: {LETTER.lower()}. Run emeritus stopped list\n"
            )
            or LETTER in wrong.stderr
        )
        assert done.exit_code == 0
        assert run(town, "stopped", "list").stdout == "Nothing has stopped for good\n"
