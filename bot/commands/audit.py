"""`emeritus audit`: all that is on record of one retirement, in a file that outsiders check without us."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bot.commands import wanted
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from data.errors import Corrupt, Invalid, Refused
from workflows.rules.wording import counted

if TYPE_CHECKING:
    from data.audit.checking import Audited


T = TypeVar("T")


@click.group()
def audit() -> None:
    """Evidence of a retirement, for whoever does not trust us."""


@audit.command("export")
@click.argument("retirement", metavar="RET-n|MODEL", type=wanted.RETIREMENT)
@click.option("--out", metavar="FILE", type=wanted.path, help="A new file; RET-n-audit.zip where not given.")
@as_json
def export_(retirement: str, out: Path | None, is_json: bool) -> None:
    """Write a bundle of its entries, with proofs that they are in the log, and a report for people.

    It holds what people wrote, of a restricted retirement, too: give it to whoever may read that.
    """
    from bot.keeping import open_catalog  # noqa: PLC0415 - not needed by whoever only checks
    from bot.typed.lookup import IN_SHELL, named  # noqa: PLC0415 - as above
    from data.audit.container import unpacked  # noqa: PLC0415 - as above

    with store_to_read(settings_for()) as store:
        one = named(store, open_catalog(store).snapshot(), retirement, word="audit", onward=IN_SHELL)
        content = store.bundle(one.id)
    file = out or Path(f"{one.id}-audit.zip")
    try:
        with file.open("xb") as made:
            made.write(content)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise Refused(
            f"{file} cannot be written ({why})", next_step="Give a new file with --out FILE"
        ) from error
    entries = sum(name.startswith("entries/") for name in unpacked(content))
    if is_json:
        print_json({"retirement": one.id, "file": str(file), "bytes": len(content), "entries": entries})
        return
    say(f"{counted(entries, 'entry', 'entries')} of {one.id} are in {file}, {counted(len(content), 'byte')}")


@audit.command("verify")
@click.argument("bundle", metavar="BUNDLE", type=wanted.content)
@click.option(
    "--key", "lines", metavar="KEY", multiple=True, help="The public key you were given; no other counts."
)
@click.option(
    "--ca",
    "pems",
    metavar="FILE",
    type=wanted.content,
    multiple=True,
    help="Certificates of the time-stamping authority, as PEM; no other counts.",
)
@click.option(
    "--log",
    "folder",
    metavar="DIR",
    type=wanted.path,
    help="What emeritus log export wrote: is there more in it?",
)
@click.pass_context
@as_json
def verify(
    ctx: click.Context,
    bundle: bytes,
    *,
    lines: tuple[str, ...],
    pems: tuple[bytes, ...],
    folder: Path | None,
    is_json: bool,
) -> None:
    """Check a bundle, without the record and without settings; exits 1 and names the first that does not hold."""
    from data.audit.checking import audited  # noqa: PLC0415 - takes a while to load
    from data.audit.completeness import compared  # noqa: PLC0415 - as above
    from data.log.keys import read_key  # noqa: PLC0415 - as above
    from data.log.stamps import authorities_of  # noqa: PLC0415 - as above

    try:
        keys = [read_key(line) for line in lines]
    except Invalid as error:
        raise click.UsageError(f"--key: {error}") from error
    try:
        authorities = [one for pem in pems for one in authorities_of(pem)]
    except Corrupt as error:
        raise click.UsageError(f"--ca: {error}") from error
    found = audited(bundle, keys, authorities)
    if folder is not None and not found.bad:
        found = compared(found, folder, keys)
    if is_json:
        print_json(found)
    elif found.bad:
        say(f"The bundle does not hold: {found.bad}")
    else:
        erased = f", with {counted(found.erased, 'text')} erased since" if found.erased else ""
        say(f"{counted(found.entries, 'entry', 'entries')} of {found.retirement} hold{erased}")
        say(f"In the log {found.log}, under its checkpoint of {found.size:,} entries, root {found.root}")
        doubt = "" if keys else "; it names that key itself: give the one you trust with --key"
        say(f"Signed by {found.key}{doubt}")
        say(*_anchored(found, is_proven=bool(authorities)))
        if found.log_size:
            more = f"{counted(found.later, 'entry', 'entries')} of it" if found.later else "nothing of it"
            say(f"Up to {found.log_size:,} entries of the log, {more} came later")
    ctx.exit(1 if found.bad else 0)


def _anchored(found: Audited, *, is_proven: bool) -> Iterator[str]:
    """Of each the first, as later ones stand for nothing that it does not."""
    for one, later in _first(found.kept):
        where = f"{one.where}, version {one.version}" if one.version else one.where
        locked = f", locked until {one.locked_until[:10]}" if one.locked_until else ""
        yield f"By the record, its checkpoint of {one.size:,} entries lies in {where}{locked}{later}"
        yield f"Compare what is there with checkpoints/{one.size} of the bundle"
    for seen, later in _first(found.seen):
        doubt = (
            "" if is_proven else "; it names that authority itself: give the certificates you trust with --ca"
        )
        at = f"{seen.at:%Y-%m-%d %H:%M:%S} UTC"
        yield f"Its checkpoint of {seen.size:,} entries was stamped {at} by {seen.by}{later}{doubt}"
    if is_proven and not found.seen:
        yield "It has no time-stamp"


def _first(found: Sequence[T]) -> Iterator[tuple[T, str]]:
    if found:
        yield found[0], f", and {len(found) - 1} later" if len(found) > 1 else ""


COMMANDS = (audit,)
