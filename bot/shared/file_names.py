"""What is a file called that anybody may have called anything? By a name that leads nowhere else and hides nothing.

Two names stay two, as a name says which source it is: what is no plain sign is written as its bytes, %0A, and where a
credential stood, a digest does.
"""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import PurePath

from data.credentials import is_credential
from data.importers.concealed import concealed
from data.printable import SECRET

SUFFIX_MAX = 10
NAME_BYTES_MAX = 200  # file systems take 255
_NEVER = frozenset('/\\%:*?"<>|#`\0')
"""What is a path, a line, a mark of ours or of Slack's, or none of a file's name somewhere."""


def file_name(given: str, file_id: str) -> str:
    """One name in a folder; the file's id where it has none."""
    # The same letter is written in two ways, by the machine it comes from.
    name = _without_credentials(unicodedata.normalize("NFC", given).strip())
    safe = "".join(sign if _is_plain(sign) else _written(sign) for sign in name)
    if safe.startswith("."):
        safe = f"%2E{safe[1:]}"
    if len(safe.encode()) <= NAME_BYTES_MAX:
        return safe or file_id
    suffix = PurePath(safe).suffix if len(PurePath(safe).suffix) <= SUFFIX_MAX else ""
    mark = f"~{_digest(name)}{suffix}"
    return safe.encode()[: NAME_BYTES_MAX - len(mark.encode())].decode(errors="ignore") + mark


def _without_credentials(name: str) -> str:
    """A name is stored for good, and repeated to the whole channel. The format may go by how it ends."""
    suffix = PurePath(name).suffix if len(PurePath(name).suffix) <= SUFFIX_MAX else ""
    stem = name.removesuffix(suffix)
    kept, count = concealed(stem)
    if is_credential(kept):
        kept, count = SECRET, 1
    return f"{kept}~{_digest(stem)}{suffix}" if count else name


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _is_plain(sign: str) -> bool:
    return sign.isprintable() and sign not in _NEVER


def _written(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "surrogatepass"))
