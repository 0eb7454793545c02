"""Where are the keys that sign heads of the log and models, and may they? For this user alone, not beside the record.

Whoever can write to the record and sign its log could have written another one. What is refused is named before
anything is read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from data.errors import Invalid, Problem, Refused

if TYPE_CHECKING:
    from data.archive.model_signature import ModelSigner
    from data.archive.results import Sign
    from data.log.keys import PublicKey, Signer

T = TypeVar("T")
LOG_KEY, MODEL_KEY = "EMERITUS_SIGNING_KEY", "EMERITUS_MODEL_SIGNING_KEY"
_MAKE = "make one with emeritus key new FILE"
_MAKE_MODEL_KEY = "make one with openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out FILE"


def read_keys(
    environ: Mapping[str, str], store: Path | None, *, looks: bool
) -> tuple[dict[str, Path], dict[str, str]]:
    """Where the keys are, and why one is none. Whoever only reads the record may not read a key, and need not."""
    found, wrong = {}, {}
    for name, why_not in ((LOG_KEY, why_no_key), (MODEL_KEY, why_no_model_key)):
        if not (said := environ.get(name, "")):
            continue
        if why := why_not(Path(said), store) if looks else "":
            wrong[name] = why
        else:
            found[name] = Path(said).resolve()
    return found, wrong


def signer_of(path: Path | None) -> Signer | None:
    """None where heads are not signed. Raises `Invalid` for a file that was changed since it was looked at."""
    return _opened(path, LOG_KEY, _signer, why_no_key) if path else None


def model_signature_of(path: Path | None) -> Sign | None:
    """None where models are not signed. Raises `Invalid` for a file that was changed since it was looked at."""
    return _opened(path, MODEL_KEY, _model_signer, why_no_model_key).signature if path else None


def _opened(
    path: Path, name: str, read: Callable[[Path], T | None], why_not: Callable[[Path, Path | None], str]
) -> T:
    why = why_not(path, None)
    found = None if why else read(path)
    if found is None:
        raise Invalid([Problem(field=name, value=f"= {path}", accepted=why)])
    return found


def why_no_key(path: Path, store: Path | None) -> str:
    """Why it does not sign; empty where it does. `store`: the record, where it is a file."""
    return _why_not(path, store, _signer, "holds no key", _MAKE)


def why_no_model_key(path: Path, store: Path | None) -> str:
    """The same of the key for models."""
    what = "holds no private key of P-256, P-384 or P-521 that opens without a password"
    return _why_not(path, store, _model_signer, what, _MAKE_MODEL_KEY)


def _why_not(
    path: Path, store: Path | None, read: Callable[[Path], object], no_key: str, make_one: str
) -> str:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return f"no such file; {make_one}, or leave it out to sign nothing"
    if store is not None and path.resolve().is_relative_to(store.resolve().parent):
        return f"it is in {store.resolve().parent}, as the record is: whoever copies that has both; move it elsewhere"
    if not stat.S_ISREG(found.st_mode):
        return f"no file; {make_one}"
    if found.st_mode & 0o077:
        return f"others may read it (mode {stat.S_IMODE(found.st_mode):04o}); run chmod 600 on it"
    try:
        is_key = read(path) is not None
    except (OSError, ValueError) as error:
        return f"cannot be read ({error.strerror if isinstance(error, OSError) else 'no text'})"
    return "" if is_key else f"{no_key}; {make_one}"


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


def _model_signer(path: Path) -> ModelSigner | None:
    from data.archive.model_signature import read_model_signer  # noqa: PLC0415 - takes a while to load

    return read_model_signer(path.read_bytes())
