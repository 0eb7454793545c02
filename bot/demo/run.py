"""`emeritus demo`: a Slack on this machine, the sample company in it, and the real bot; to try, or to watch.

Whatever it started it ends, by Ctrl-C, SIGTERM or with its terminal, too; `--keep` leaves record and archive.
"""

from __future__ import annotations

import importlib.util
import math
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from bot.commands.machine import as_text
from bot.demo import signals
from bot.demo.chronicle import Chronicle
from bot.demo.company import WORKSPACE, Company
from bot.demo.emulator import EXPOSURE, EXTRA, Emulator, executable
from bot.variables import STORE
from data.errors import Refused, Unavailable

DAY_SECONDS, DAY_SECONDS_AUTOPLAY = 6.0, 0.7
DAY_SECONDS_MIN, DAY_SECONDS_MAX = 0.2, 86_400.0
WAKE_SECONDS = 0.5
AWAY_DAYS = 28  # of whoever is said to delegate: still to come once somebody has played that far

WHAT_TO_DO = """
Open {url}
{exposure}
A day of the calendar takes {day:g} s; today is {today}. "Act as" on the page says who you are.

1. Tom Birch, in #model-retirements: type  /retire propose churn-v1  and choose churn-v2 as successor,
   "replaced" as reason, a sentence why, and a last day of service at least five weeks ahead.
2. Ada Okafor, Mina Park, Priya Raman, Sam Oduya: press Approve on the card. Anybody else is told why not.
3. Three days later the owners are told. Grace Whitlock, Elena Rossi, Inês Costa, Bruno Alves: press
   Acknowledge, Need more time, Migrated or Snooze; in the card's thread, in the direct message from emeritus
   (at the left, under their own name), or on Home (at the left, under Apps), which has all that waits for them.
4. Kenji Sato: type  /retire delegate @elena until {until}  and Elena Rossi may decline.
5. Tom Birch: /retire show churn-v1, /retire plan churn-v1, /retire archive churn-v1,
   /retire waive churn-v1 restock-planner WHY; and /retire help for all there is.

6. Anybody whom emeritus has written to: ask it there  what blocks churn-v1?  or  what waits for me?

When its day has come and nobody calls churn-v1 any more, its process ends. Ctrl-C here ends everything.
"""


class Length(click.ParamType[float]):
    """How long a day takes. click's own range lets through what is no number: nothing is below "nan"."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not DAY_SECONDS_MIN <= seconds <= DAY_SECONDS_MAX:
            accepted = f"a number of seconds from {DAY_SECONDS_MIN:g} to {DAY_SECONDS_MAX:,.0f}"
            self.fail(f"{value}: {accepted}, e.g. {DAY_SECONDS:g}", param, ctx)
        return seconds


@click.command("demo")
@click.option("--autoplay", is_flag=True, help="Play the whole story by itself; exit 1 if a step is missing.")
@click.option("--json", "as_json", is_flag=True, help="With --autoplay: print the summary as JSON.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Leave emeritus.db and archive/ in this directory.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    metavar="PORT",
    help="Where Slack listens; any free port by default.",
)
@click.option(
    "--day-seconds",
    type=Length(),
    metavar="SECONDS",
    help="How long a day of the calendar takes.",
)
@click.pass_context
def command(
    context: click.Context,
    *,
    autoplay: bool,
    as_json: bool,
    keep: Path | None,
    port: int,
    day_seconds: float | None,
) -> None:
    """Play a retirement in a Slack on this machine."""
    if as_json and not autoplay:
        raise click.UsageError("--json is the summary of --autoplay: give both")
    context.exit(play(autoplay=autoplay, as_json=as_json, keep=keep, port=port, day_seconds=day_seconds))


def main(arguments: Sequence[str]) -> int:
    """Raises our own errors and click's; the command line says them."""
    ended: int | None = command.main(args=list(arguments), prog_name="emeritus demo", standalone_mode=False)
    return ended or 0


def play(*, autoplay: bool, as_json: bool, keep: Path | None, port: int, day_seconds: float | None) -> int:
    """0, or 1 when a step of the story did not happen. Raises `Unavailable` for a part that cannot be had."""
    _check_parts()
    from bot.demo.summary import played  # noqa: PLC0415 (it needs the extra that was just checked)

    def say(text: str) -> None:
        # With --json stdout belongs to the summary.
        click.echo(text, err=as_json)

    day = day_seconds or (DAY_SECONDS_AUTOPLAY if autoplay else DAY_SECONDS)
    folder = _kept(keep) if keep else None
    with signals.that_end_it(), ExitStack() as parts:
        try:
            with signals.deaf_afterwards():
                scratch = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="emeritus-demo-")))
                say("Starting the Slack emulator")
                executable(progress=say)
                began = time.monotonic()  # fetching is not part of it
                slack = parts.enter_context(Emulator(WORKSPACE, port=port))
                company = Company(folder or scratch, scratch, api_url=slack.api_url, day_seconds=day, say=say)
                parts.callback(company.close)  # also of what has begun when starting is interrupted
                company.start()
                parts.enter_context(Chronicle(company, say))
                if autoplay:
                    say(f"Playing at {slack.url}, {day:g} s a day. {EXPOSURE}")
                    summary = played(slack, company, say, began=began)
                    click.echo(as_text(summary) if as_json else str(summary))
                    return 0 if summary.ok else 1
                say(what_to_do(company.world.now(), url=slack.url, day_seconds=day))
                # A signal that another thread took is handled once this one runs.
                while not threading.Event().wait(WAKE_SECONDS):
                    pass
        except KeyboardInterrupt:
            with suppress(OSError):  # the terminal may be what is gone
                say("Stopping")
    if folder:
        with suppress(OSError):
            say(f"Left in {folder}: emeritus.db, archive/")
    return 130 if autoplay else 0


def what_to_do(today: datetime, *, url: str, day_seconds: float) -> str:
    return WHAT_TO_DO.format(
        url=url,
        exposure=EXPOSURE,
        day=day_seconds,
        today=f"{today:%A, %Y-%m-%d}",
        until=f"{today + timedelta(days=AWAY_DAYS):%Y-%m-%d}",
    )


def _check_parts() -> None:
    """Without its extra the demo cannot begin; fetching the emulator checks its own."""
    if importlib.util.find_spec("websockets") is None:
        raise Unavailable(f"The demo plays through Slack's page, which needs its extra: {EXTRA}")


def _kept(folder: Path) -> Path:
    """The directory to leave things in, made if need be. Raises `Refused` where a record is already."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be made: {error.strerror}. Name another in --keep") from error
    if (store := folder / STORE).exists():
        raise Refused(
            f"{store} is there already",
            reasons=["the demo begins with an empty record"],
            next_step="Name an empty directory in --keep",
        )
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
