"""`emeritus archive`: what is kept of retired models, and how it is brought back. Works beside a running Emeritus."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from bot.commands import wanted
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.settings import Settings
from bot.world import CalendarWorld
from data.errors import Refused
from data.records.artifacts import ArtifactClass
from data.records.retirement import Retirement
from data.sql.record import SqlStore
from workflows.rules.keeping import auditing, granting, pruning
from workflows.rules.wording import counted

if TYPE_CHECKING:
    from data.catalog.snapshot import Snapshot
    from workflows.adapters.mlflow_return import Registered
    from workflows.bringing_back import BroughtBack


@click.group()
def archive() -> None:
    """What is kept of retired models."""


@archive.command("list")
@as_json
def list_(is_json: bool) -> None:
    """The archives there are, oldest first."""
    from bot.typed.lookup import retirements  # noqa: PLC0415 - takes a while to load

    settings = settings_for()
    with store_to_read(settings) as store:
        found = [one for one in retirements(store) if one.archived is not None]
    if is_json:
        print_json([_data(one, settings) for one in found])
        return
    for one in found:
        say(_line(one))
    if not found:
        say("Nothing is archived yet")


@archive.command()
@click.argument("retirement", metavar="RET-n|MODEL", type=wanted.RETIREMENT)
@as_json
def show(retirement: str, is_json: bool) -> None:
    """Where the archive lies, what it has by class, until when that is kept, and what has gone."""
    from workflows.bringing_back import pieces  # noqa: PLC0415 - takes a while to load

    settings = settings_for()
    with store_to_read(settings) as store:
        one, _ = _meant(store, retirement)
    if one.archived is None:
        raise Refused(f"{one.id} has no archive yet", next_step=f"Run emeritus plan {one.id} for its day")
    now = CalendarWorld().now()
    if is_json:
        print_json(_data(one, settings))
        return
    say(
        _line(one),
        f"  at {settings.archives_at}/{one.archived.location}",
        f"  manifest {one.archived.manifest_digest}",
    )
    say(*_checked(one))
    for term in pruning.left(one):
        kept = pruning.kept_because(one, term, now) or "may go"
        say(
            f"  {term.kept.of}: {counted(term.kept.files, 'file')}, {counted(term.kept.bytes, 'byte')}; {kept}"
        )
    for gone in one.pruned:
        say(
            f"  {gone.of}: pruned on {gone.at:%Y-%m-%d}, {counted(gone.files, 'file')}; tombstone {gone.tombstone}"
        )
    say(*readers(one, now))
    for piece in pieces(one):
        say(f"  data/{piece.place} was {piece.was_at}{' and is pruned' if piece.is_gone else ''}")


@archive.command()
@click.argument("retirement", metavar="RET-n|MODEL", type=wanted.RETIREMENT)
@click.argument("target", metavar="TARGET", type=wanted.path)
@click.option("--register", is_flag=True, help="Make the model in EMERITUS_MLFLOW again, from the files.")
@as_json
def fetch(retirement: str, target: Path, register: bool, is_json: bool) -> None:
    """Bring an archive back as the folder TARGET, which is there only once every digest held.

    Exits 1 with the wait where it lies in cold storage. With --register, a TARGET that was fetched before is checked
    and used; what was registered before is left as it is.
    """
    from bot.archives import open_archive  # noqa: PLC0415 - takes a while to load
    from workflows import bringing_back  # noqa: PLC0415 - as above

    settings = settings_for()
    if register and not settings.mlflow:
        raise Refused(
            "There is no registry to register it in",
            next_step="Set EMERITUS_MLFLOW to its address, or leave --register out: the commands are printed then",
        )
    with store_to_read(settings) as store:
        one, there = _meant(store, retirement)
    archives, world = open_archive(settings), CalendarWorld()
    found = bringing_back.fetch(one, archives, target, world.now, is_there=register)
    name = bringing_back.registered_name(one, there)
    made: list[Registered] = []
    if not is_json:
        say(*_fetched(one, found))
    if register:
        assert one.plan is not None
        made += _register(
            settings, one, name or one.plan.subject.model_name, found, bringing_back.weights(one, archives)
        )
    if is_json:
        told = msgspec.to_builtins(found)
        print_json({"retirement": one.id, **told, "registered": [msgspec.to_builtins(each) for each in made]})
    else:
        say(*(_registered(each) for each in made) if register else _by_hand(one, found, name, settings))


def _register(
    settings: Settings, one: Retirement, name: str, found: BroughtBack, weights: Any
) -> Iterator[Registered]:
    from data.importers.addresses import address_of  # noqa: PLC0415 - only where a registry is asked
    from data.importers.mlflow_server import MLFLOW, Access  # noqa: PLC0415 - as above
    from workflows.adapters.mlflow_return import MlflowReturn  # noqa: PLC0415 - as above
    from workflows.bringing_back import payload_of  # noqa: PLC0415 - as above

    registry = MlflowReturn(
        address=address_of(settings.mlflow, MLFLOW),
        access=Access.of(os.environ),
        name=name,
        retirement_id=one.id,
        preservation_id=found.archived.preservation_id,
    )
    return registry.register(payload_of(Path(found.folder)), weights)


def _registered(one: Registered) -> str:
    done = "is there already" if one.was_there else "is registered, and read back as archived"
    return f"Version {one.version}, of data/{one.place}, {done}: {one.page}"


def _fetched(one: Retirement, found: BroughtBack) -> Iterator[str]:
    assert one.plan is not None
    whose = f"{one.plan.subject.model_name} ({one.id})"
    yield f"{counted(found.files, 'file')}, {counted(found.bytes, 'byte')} of {whose} are in {found.folder}"
    yield f"Every digest holds; {found.archived.preservation_id}"
    for gone in found.pruned:
        pruned = f"pruned on {gone.at:%Y-%m-%d}, tombstone {gone.tombstone}"
        yield f"Without {gone.of}, {counted(gone.files, 'file')}: {pruned}"
    yield from (f"Note: {noticed}" for noticed in found.noticed)


def _by_hand(one: Retirement, found: BroughtBack, name: str, settings: Settings) -> Iterator[str]:
    """How the model gets back to where it stood."""
    assert one.plan is not None
    subject = one.plan.subject
    left = [piece for piece in found.pieces if not piece.is_gone]
    payload = Path(found.folder) / "data"
    if left:
        yield "Where its files stood, for whoever puts them back:"
        yield from (f"  {shlex.quote(str(payload / piece.place))} was {piece.was_at}" for piece in left)
    if name:
        yield f"It was the registered model {name} of MLflow. To register it there again:"
        if settings.mlflow:
            yield f"  emeritus archive fetch {one.id} {shlex.quote(found.folder)} --register"
        else:
            yield f"  EMERITUS_MLFLOW=ADDRESS emeritus archive fetch {one.id} {shlex.quote(found.folder)} --register"
        yield "or, with MLflow's own client and MLFLOW_TRACKING_URI set, where that registry serves no artifacts:"
        for piece in left:
            if piece.of is ArtifactClass.WEIGHTS:
                yield f"  python -c {shlex.quote(_client(payload / piece.place, name))}"
    else:
        yield f"Its catalog called it {subject.model_id}: declare it there again, with its files; what the catalog"
        yield f"said of it is in {Path(found.folder) / 'metadata/model.json'}. Import that catalog then"


def _client(path: Path, name: str) -> str:
    log = "log_artifacts" if path.is_dir() else "log_artifact"
    to = f", {path.name!r}" if path.is_dir() else ""
    return (
        f"import mlflow; r = mlflow.start_run(); mlflow.{log}({str(path)!r}{to}); "
        f"mlflow.register_model(f'runs:/{{r.info.run_id}}/' + {path.name!r}, {name!r})"
    )


def _meant(store: SqlStore, retirement: str) -> tuple[Retirement, Snapshot]:
    from bot.keeping import open_catalog  # noqa: PLC0415 - takes a while to load
    from bot.typed.lookup import IN_SHELL, named  # noqa: PLC0415 - as above

    there = open_catalog(store).snapshot()
    return named(store, there, retirement, word="retention", onward=IN_SHELL), there


def _line(one: Retirement) -> str:
    assert one.archived is not None
    kept = one.archived
    model = one.plan.subject.model_name if one.plan else ""
    size = f"{counted(kept.files, 'file')}, {counted(kept.bytes, 'byte')}"
    return f"{one.id} {one.state} {model}: {size}, {kept.preservation_id}"


def _checked(one: Retirement) -> Iterator[str]:
    audit, since = one.audit, auditing.whole_since(one)
    if audit is not None and audit.trouble:
        yield f"  DAMAGED, found {audit.at:%Y-%m-%d}: {audit.trouble}"
    if since is not None:
        yield f"  every file was read and compared since {since:%Y-%m-%d}"
    if audit is not None and audit.upto:
        yield f"  being read again, up to {audit.upto}"
    if audit is not None and audit.unread:
        files = counted(audit.unread, "file")
        yield f"  of {files} in cold storage only name and size were looked at"


def readers(one: Retirement, now: datetime) -> Iterator[str]:
    """Who may read it for a while: by their Slack ids, as the record has them."""
    for grant in granting.in_force(one, now):
        until = f"{grant.until:%Y-%m-%d %H:%M} UTC"
        yield f"  {grant.to} may read it until {until}, let by {grant.by}: {grant.why or 'reason erased'}"


def _data(one: Retirement, settings: Settings) -> dict[str, object]:
    return {
        "id": one.id,
        "state": one.state,
        "model": one.plan.subject.model_name if one.plan else "",
        "archives": str(settings.archives_at),
        "archived": one.archived,
        "pruned": one.pruned,
        "audit": one.audit,
        "whole_since": auditing.whole_since(one),
        "holds": [hold.number for hold in one.holds],
        "grants": one.grants,
    }


COMMANDS = (archive,)
