"""Where is the key that signs heads of the log, and may it be used? For this user alone, and not beside the record.

Whoever can write to the record and sign its log could have written another one. What is refused is named before
anything is read.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import Invalid, Problem, Refused

if TYPE_CHECKING:
    from data.log.keys import PublicKey, Signer


def signer_of(path: Path | None) -> Signer | None:
    """None where heads are not signed. Raises `Invalid` for a file that was changed since it was looked at."""
    if path is None:
        return None
    why = why_no_key(path, None)
    found = None if why else _signer(path)
    if found is None:
        raise Invalid([Problem(field="EMERITUS_SIGNING_KEY", value=f"= {path}", accepted=why)])
    return found


def why_no_key(path: Path, store: Path | None) -> str:
    """Why it does not sign; empty where it does. `store`: the record, where it is a file."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return "no such file; make one with emeritus key new FILE, or leave it out to sign nothing"
    if store is not None and path.resolve().is_relative_to(store.resolve().parent):
        return f"it is in {store.resolve().parent}, as the record is: whoever copies that has both; move it elsewhere"
    if not stat.S_ISREG(found.st_mode):
        return "no file; make one with emeritus key new FILE"
    if found.st_mode & 0o077:
        return f"others may read it (mode {stat.S_IMODE(found.st_mode):04o}); run chmod 600 on it"
    try:
        is_key = _signer(path) is not None
    except (OSError, ValueError) as error:
        return f"cannot be read ({error.strerror if isinstance(error, OSError) else 'no text'})"
    return "" if is_key else "holds no key; make one with emeritus key new FILE"


def make(path: Path, name: str) -> PublicKey:
    """A new key in a new file of mode 0600. Raises `Refused` where there is one already."""
    from data.log.keys import SEED_BYTES, Signer  # noqa: PLC0415 - takes a while to load

    signer = Signer(name, os.urandom(SEED_BYTES))
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Refused(f"{path} exists already", next_step="Give a new name, and keep that one") from error
    except OSError as error:
        raise Refused(
            f"{path} cannot be written ({error.strerror})", next_step="Give another path"
        ) from error
    with os.fdopen(number, "w") as file:
        file.write(signer.text())
        file.flush()
        os.fsync(file.fileno())
    return signer.public


def _signer(path: Path) -> Signer | None:
    from data.log.keys import read_signer  # noqa: PLC0415 - takes a while to load

    return read_signer(path.read_text(encoding="utf-8"))
