"""A source without the credentials in it, before anybody reads it: what is not read is neither kept nor shown.

Who asks (`user:password@`) and by which key (`?token=`) is no part of what an address is the address of, so both are
cut out, and what is called so has the same id without them. A container of Azure stands there, too
(`abfss://container@account`), and stays: where it is no address of the web, only a password, or a name as random as
one, is taken. A token that services
document, so that scanners find it, is masked wherever it stands. More would be taken for one that is a name: the key
of a partition, a digest, an image with its tag.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from data.credentials import may_be_credential
from data.importers.report import Note
from data.importers.text import decoded
from data.printable import SECRET, is_secret

# A comma and quotes end a cell of CSV or an item of YAML; JSON may escape strokes, "&", "=" and "@", and a package URL
# encodes the address in its qualifiers.
_PART = r"""(?:[^\s/?#@\\"'`<>,|]|\\u[0-9a-fA-F]{4})"""
_WHO = re.compile(rf"(?P<strokes>/\\?/)(?P<who>(?:{_PART}|@)*)(?:@|\\u0040)(?!sha(?:256|512):)")
_WHO_ENCODED = re.compile(
    r"(?P<strokes>%2[fF]%2[fF])(?P<who>(?:[\w.~:!$*+-]|%(?!2[fF]|40|3[fF]|23)[0-9a-fA-F]{2})*)%40"
)
_VALUE = r"""[^&;\s"'`<>#,|\\()\[\]{}]*"""
_IS = r"(?:=|\\u003[dD])"
_AND = r"&amp;|\\u0026|[&;]"
_NAME = r"[\w.~%+-]+"
_QUERY = re.compile(rf"\?(?P<fields>{_NAME}{_IS}{_VALUE}(?:(?:{_AND}){_NAME}(?:{_IS}{_VALUE})?)*)")
_BESIDE = re.compile(rf";\s*(?P<name>[A-Za-z](?:[\w ]{{0,40}}\w)?)={_VALUE}")
_IS_ALONE = re.compile(_IS)
_AND_ALONE = re.compile(f"({_AND})")
# What signs an address says besides the signature, and is another each time.
# Sources: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html,
# learn.microsoft.com/rest/api/storageservices/create-service-sas
_OF_SIGNATURE = re.compile(r"x-(?:amz|goog)-.*|expires|googleaccessid|s(?:e|ip|kv|p|pr|r|t|v)", re.IGNORECASE)
# A store of objects calls a name in it so, which no key of an interface looks like.
_OF_A_FILE = re.compile(rf"key{_IS}.*[./%].*", re.IGNORECASE)
# A text that has not the first has not the second: a file is looked through quickly.
# Source: github.com/gitleaks/gitleaks, config/gitleaks.toml
_TOKENS = tuple(
    (begins, re.compile(rf"{re.escape(begins)}(?<![A-Za-z0-9]{re.escape(begins)}){rest}"))
    for begins, rest in (
        ("xox", r"[a-z]-[\w-]{8,}"),
        ("xapp-", r"[\w-]{8,}"),
        ("hooks.slack.com/", r"\w+/[\w/-]+"),
        *((f"gh{kind}_", r"[A-Za-z0-9]{16,}") for kind in "opsur"),
        ("github_pat_", r"\w{16,}"),
        ("glpat-", r"[\w-]{16,}"),
        ("eyJ", r"[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?"),
        ("AKIA", r"[0-9A-Z]{16}(?![A-Za-z0-9])"),
        ("AIza", r"[\w-]{30,}"),
        ("ya29.", r"[\w-]{10,}"),
        ("sk-", r"(?:proj|ant|svcacct|admin)-[\w-]{16,}"),
        ("sk_live_", r"[A-Za-z0-9]{8,}"),
        ("rk_live_", r"[A-Za-z0-9]{8,}"),
        ("hf_", r"[A-Za-z0-9]{30,}"),
        ("npm_", r"[A-Za-z0-9]{36}"),
        ("pypi-AgE", r"[\w-]{30,}"),
        ("nvapi-", r"[\w-]{20,}"),
        ("dapi", r"[0-9a-f]{32}(?![0-9a-z])"),
        ("dop_v1_", r"[0-9a-f]{16,}"),
        ("shpat_", r"[0-9a-f]{16,}"),
    )
)
SCHEME = len("https%3a\\")
# What is asked without its credential is another address, which may answer: so it stays marked (backstage_checks.py).
_ASKED = re.compile(r"""emeritus\.dev/check-[^\s:]*\s*:\s*(?:[>|][-+]?\s+)?["']?[^\s"',}]*\Z""")
ASKED_MAX = 1_200
# Few names, and each of them very often.
_is_secret = lru_cache(maxsize=4096)(is_secret)
SAID = (
    "not kept, and what has them is known without. Take them out of the source, and change them: whoever reads it has "
    "them"
)


def without_credentials(content: bytes, shown: str) -> tuple[bytes, int]:
    """What is read instead, and how many were left out. Raises `Invalid` with `shown` for what is no text."""
    text, count = concealed(decoded(content, shown))
    return (text.encode(), count) if count else (content, 0)


def concealed(text: str) -> tuple[str, int]:
    """The text without them, on the same lines, and how many there were."""
    count = 0

    def without_who(found: re.Match[str]) -> str:
        nonlocal count
        if not _is_secret_who(found):
            return found[0]
        count += 1
        return f"{found['strokes']}{SECRET}@" if _is_asked(found) else found["strokes"]

    def without_fields(found: re.Match[str]) -> str:
        nonlocal count
        kept, left_out = _kept(found["fields"])
        count += left_out
        if left_out and _is_asked(found):
            return f"?{SECRET}"
        return f"?{kept}" if kept else ""

    def without_one(found: re.Match[str]) -> str:
        nonlocal count
        if not _is_secret(found["name"]):
            return found[0]
        count += 1
        return ""

    if "@" in text or "\\u0040" in text:
        text = _WHO.sub(without_who, text)
    if "%40" in text:
        text = _WHO_ENCODED.sub(without_who, text)
    if "?" in text:
        text = _QUERY.sub(without_fields, text)
    if ";" in text:
        text = _BESIDE.sub(without_one, text)
    for begins, token in _TOKENS:
        if begins in text:
            text, found = token.subn(SECRET, text)
            count += found
    return text, count


def told(where: str, count: int) -> Sequence[Note]:
    """In the report, once for each file or address."""
    if not count:
        return ()
    return (Note(where=where, what=f"{count:,} credential{'' if count == 1 else 's'}", note=SAID),)


def _is_asked(found: re.Match[str]) -> bool:
    """Is it in the address of a check?"""
    return _ASKED.search(found.string, max(0, found.start() - ASKED_MAX), found.start()) is not None


def _is_secret_who(found: re.Match[str]) -> bool:
    who, before = found["who"], found.string[max(0, found.start() - SCHEME) : found.start()]
    is_of_web = before.rstrip("\\").lower().endswith(("http:", "https:", "http%3a", "https%3a"))
    return is_of_web or ":" in who or "%3a" in who.lower() or may_be_credential(who)


def _kept(fields: str) -> tuple[str, int]:
    """What is asked, but for what is secret, and how much that was."""
    parts = _AND_ALONE.split(fields)
    named = [(_IS_ALONE.split(one, maxsplit=1)[0], one) for one in parts[::2]]
    secret = [name for name, one in named if _is_secret(name) and not _OF_A_FILE.fullmatch(one)]
    if not secret:
        return fields, 0
    joint = parts[1] if len(parts) > 1 else ""
    rest = [one for name, one in named if name not in secret and not _OF_SIGNATURE.fullmatch(name)]
    return joint.join(rest), len(secret)
