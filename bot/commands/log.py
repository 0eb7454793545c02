"""The log of all entries, for outsiders: `emeritus log`, and the key that signs it: `emeritus key`."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

from bot.archives import open_anchors
from bot.commands import wanted
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read, store_to_write
from bot.settings import Settings
from bot.signing_key import make, signer_of
from bot.world import CalendarWorld
from data.errors import Refused
from data.log.checkpoints import NAME
from data.records.log import STREAM
from data.sql.tree import export as write_tree
from workflows.anchoring import leave_behind
from workflows.machine import log_keys_of
from workflows.rules.wording import counted
from workflows.signing import sign_with


@click.group()
def log() -> None:
    """The Merkle log over all entries, for whoever does not trust us."""


@log.command()
@as_json
def seal(is_json: bool) -> None:
    """Take all entries into the log now, and sign its head; a running Emeritus does so every minute."""
    settings = settings_for(writes=True)
    signer, now = signer_of(settings.signing_key), CalendarWorld().now()
    with store_to_write(settings) as store:
        sign_with(store, signer.public if signer else None, now)
        sealed = store.seal(now, signer)
    size = sealed.head.size if sealed.head else 0
    if is_json:
        print_json(
            {"sealed": sealed.entries, "size": size, "signed_by": str(signer.public) if signer else ""}
        )
        return
    by = f"signed by {signer.public.name}+{signer.public.id.hex()}" if signer else "unsigned"
    say(f"{counted(sealed.entries, 'entry', 'entries')} sealed; the log has {size:,}, {by}")


@log.command()
def checkpoint() -> None:
    """Print the newest checkpoint, to be kept where nobody who runs this record can change it."""
    click.echo(_newest(settings_for()), nl=False)


@log.command()
@as_json
def anchor(is_json: bool) -> None:
    """Put the newest checkpoint beside the archives, once; a bucket with Object Lock locks it as the policy says.

    `emeritus verify --anchors` holds the record to all of them.
    """
    settings = settings_for()
    done = open_anchors(settings).put(_newest(settings).encode(), CalendarWorld().now())
    if is_json:
        print_json({**done._asdict(), "is_locked": done.locked_until is not None})
        return
    version = f", version {done.version}" if done.version else ""
    say(f"{'Anchored' if done.is_new else 'Anchored before'} as {done.where}{version}")
    if done.locked_until is None:
        say("It is not locked, so tamper-evident only: whoever may write there can take it away", err=True)


@log.command("leave-anchors")
@click.option("--by", required=True, metavar="SLACK_ID", help="Who answers for it: this stays on record.")
@click.option(
    "--because", required=True, metavar="TEXT", help="Why, in words that name nobody: they stay on record."
)
@as_json
def leave_anchors(by: str, because: str, is_json: bool) -> None:
    """Say that a backup was brought back: anchors of the time that was lost are left behind, each by its name.

    `emeritus verify --anchors` and `emeritus doctor` name them from then on, and do not fail for them.
    """
    settings = settings_for(writes=True)
    anchors = open_anchors(settings).all().anchors
    with store_to_write(settings) as store:
        policy, now = settings.in_force().policy, CalendarWorld().now()
        names = leave_behind(store, anchors, by=by, because=because, policy=policy, now=now)
    if is_json:
        print_json({"left": names})
        return
    left = f"{counted(len(names), 'anchor')} left behind"
    say(f"{left}; {by} answers for it, and the governance channel hears of it:", *names)


def _newest(settings: Settings) -> str:
    with store_to_read(settings) as store:
        last = store.checkpoint()
    if last is None:
        raise Refused(
            "No head of the log is signed", next_step="Set EMERITUS_SIGNING_KEY, and run emeritus log seal"
        )
    return last.checkpoint


@log.command("export")
@click.argument("folder", metavar="DIR", type=wanted.path)
@as_json
def export_(folder: Path, is_json: bool) -> None:
    """Write the log up to its newest checkpoint into DIR, as files for any web server (C2SP tlog-tiles).

    Again, it writes what is new. Whoever has an older checkpoint can prove with these files that nothing was changed.
    """
    try:
        with store_to_read(settings_for()) as store, store.snapshot() as conn:
            written = write_tree(conn, folder)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise Refused(f"{folder} cannot be written ({why})", next_step="Give another directory") from error
    if is_json:
        print_json(written._asdict())
        return
    say(f"{written.size:,} entries of {written.origin} are in {folder}, {counted(written.files, 'file')} new")


@click.group()
def key() -> None:
    """The key that signs heads of the log."""


@key.command()
@click.argument("file", metavar="FILE", type=wanted.path)
@click.option("--name", metavar="NAME", default="", help="What the log is called, e.g. example.com/emeritus.")
@as_json
def new(file: Path, name: str, is_json: bool) -> None:
    """Make a key in the new file FILE, for this user alone, and print its public part.

    A log keeps its name for ever: for another key of the same log give the same NAME.
    """
    name = name or _name_on_record() or f"emeritus-{secrets.token_hex(4)}"
    if not NAME.fullmatch(name):
        raise click.UsageError(
            f'--name "{name}": letters, digits and . _ / : ~ - only, e.g. example.com/emeritus'
        )
    public = make(file, name)
    if is_json:
        print_json({"file": str(file), "key": str(public)})
        return
    say(str(public))
    say(
        f"Set EMERITUS_SIGNING_KEY to {file}, and give the line above to whoever is to check the log",
        err=True,
    )


def _name_on_record() -> str:
    """What the log is called already; empty where there is no record yet, or none that can be read."""
    settings = settings_for()
    if not settings.database and not settings.store.exists():
        return ""
    with store_to_read(settings) as store:
        return log_keys_of(store.state(STREAM)).name


@key.command()
@click.option("--pem", "is_pem", is_flag=True, help="As openssl takes it.")
@as_json
def show(is_pem: bool, is_json: bool) -> None:
    """Print the public part of the key that EMERITUS_SIGNING_KEY names."""
    signer = signer_of(settings_for(writes=True).signing_key)
    if signer is None:
        raise Refused("EMERITUS_SIGNING_KEY names no key", next_step="Make one with emeritus key new FILE")
    if is_json:
        print_json({"key": str(signer.public), "pem": signer.public.pem()})
        return
    click.echo(signer.public.pem() if is_pem else f"{signer.public}\n", nl=False)


COMMANDS = (log, key)
