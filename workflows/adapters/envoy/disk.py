"""What Envoy reads of an endpoint: one folder for each state, and a link to the one that counts. Safe to call twice.

The link is replaced in one step, so whoever reads sees one state whole, whenever the bot dies. Envoy watches for just
that, and reads the same when it starts: docs of `layered_runtime.disk_layer` and of `path_config_source`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from pathlib import Path

import msgspec

from data.errors import Refused
from workflows.adapters.engines.engine import Engine
from workflows.adapters.envoy.routes import routes, shares

CURRENT, KEYS, ROUTES_FILE = "current", "keys", "routes.json"


def write(engine: Engine) -> None:
    """Raises `Refused` where its folder cannot be written."""
    top = Path(engine.folder)
    content = _content(engine)
    name = f"{engine.slug}.{_digest(content)}"
    try:
        top.mkdir(parents=True, exist_ok=True)
        if not (top / name).is_dir():
            _written(top, name, content)
        before = (top / CURRENT).readlink().name if (top / CURRENT).is_symlink() else ""
        if before != name:
            _lead(top, name)
        _clear(top, engine, keep={name, before})
    except OSError as error:
        raise Refused(
            f"Cannot write what the Envoy of {engine.ref} reads",
            reasons=[f"{error.filename or top}: {error.strerror or error}"],
            next_step="Let the user of this bot write that folder, and Envoy's read it",
        ) from error


def _content(engine: Engine) -> dict[str, bytes]:
    """By path."""
    found = routes(engine)
    version = _digest({ROUTES_FILE: msgspec.json.encode(found, order="deterministic")})
    files = {ROUTES_FILE: msgspec.json.encode({"version_info": version, "resources": [found]})}
    for key, parts in shares(engine).items():
        files[f"{KEYS}/{key.replace('.', '/')}"] = f"numerator: {parts}\ndenominator: MILLION\n".encode()
    return files


def _written(top: Path, name: str, content: dict[str, bytes]) -> None:
    """All of it is on disk before it has its name."""
    draft = top / f".{name}.{secrets.token_hex(4)}"
    for path, text in content.items():
        file = draft / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
    try:
        draft.rename(top / name)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not (top / name).is_dir():
            raise
    _synced(top)


def _lead(top: Path, name: str) -> None:
    link = top / f".{CURRENT}.{secrets.token_hex(4)}"
    link.symlink_to(name)
    link.replace(top / CURRENT)
    _synced(top)


def _clear(top: Path, engine: Engine, *, keep: set[str]) -> None:
    """What a killed bot left, too. The one before is kept: Envoy may be reading it."""
    for one in top.iterdir():
        is_ours = one.name.startswith((f"{engine.slug}.", f".{engine.slug}.", f".{CURRENT}."))
        if is_ours and one.name not in keep:
            one.unlink() if one.is_symlink() else shutil.rmtree(one, ignore_errors=True)


def _synced(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _digest(content: dict[str, bytes]) -> str:
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()[:16]
