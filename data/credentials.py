"""Is this a credential, which opens a door to whoever reads it, where a name should be?

Some are known by how they are written. Others only look like it: made of signs as no name is, but so are the ids that
some identity providers give. Those may be looked for in a catalog, and are kept nowhere.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from itertools import pairwise

SIZE = 8_192

# The schemes of the IANA registry of HTTP authentication that people meet, and prefixes that services document so that
# scanners find their tokens: github.com/gitleaks/gitleaks, config/gitleaks.toml.
_SURE = re.compile(
    r"""\bbearer\s+\S|\beyJ[\w-]{10,}|-----BEGIN\ |//[^/\s@:]+:[^/\s@]+@
    |^\s*(?:basic|digest|negotiate|token|api-?key|oauth|hmac|signature|aws4-hmac-sha256)[\s=:]\s*(?=\S*[\d=])\S{8,}
    |(?<![a-z0-9])(?:api[_-]?key|(?:access|auth|id|refresh)[_-]?token|token|secret|passw(?:or)?d|pwd|authorization)
        ["']?(?:=|:\s)\s*\S
    |(?<![a-z0-9])(?:[a-z]{0,30}key|sig|signature|sharedaccesssignature|passphrase|j?sessionid)["']?=\s*\S
    |\bhooks\.slack\.com/\w+/\S|\bdiscord(?:app)?\.com/api/webhooks/\S|\bwebhook\.office\.com/\S
    |\b[sr]k[_-](?:live|test)[_-](?=[a-z]*[0-9])[a-z0-9]{8,}
    |\b(?:xox[a-z]-|xapp-|gh[opsur]_|github_pat_|glpat-|sk_(?:live|test)_|rk_live_|shp(?:at|ss)_|dop_v1_)[\w-]{8,}
    |\bsk-(?:(?:proj|ant|svcacct|admin|or)-[\w-]{16,}|[a-z0-9]{20,})
    |\b(?:hf_[a-z]{20,}|npm_\w{30,}|pypi-[\w-]{40,}|nvapi-[\w-]{20,}|dapi[0-9a-f]{32}|AIza[\w-]{30,}|ya29\.[\w-]{10,})""",
    re.IGNORECASE | re.VERBOSE,
)
_PAIR = re.compile(r"[^\s:/@]+:([^\s:]{8,})")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}|[A-Za-z0-9+/_-]{6,}={1,2}")
_NAMES_HAVE = frozenset("-_./+@=,")
_RUN = re.compile(r"[A-Za-z0-9]{20,}")
# What signs for AWS, and the id of that, which opens nothing by itself.
# docs.aws.amazon.com/IAM/latest/UserGuide, "Manage access keys for IAM users"
_OF_AWS = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])")
_ID_OF_AWS = re.compile(r"(?<![A-Za-z0-9])A[KS]IA[0-9A-Z]{16}(?![A-Za-z0-9])")
_UUID = re.compile(r"[0-9a-f]{12}[1-8][0-9a-f]{3}[89ab][0-9a-f]{15}", re.IGNORECASE)
_LETTERS_AND_DIGITS = frozenset("Aa0")
PAIR_MAX = 1_000
MIXED_MIN, PLAIN_MIN = 20, 32
"""Signs without a break: of three kinds, and of two."""
MIXED_TURNS, PLAIN_TURNS, AWS_TURNS = 0.42, 0.28, 0.32
"""How often one kind of sign follows another. In random ones 0.62 and 0.40; in aNameOfWords below 0.4 and 0.2."""


@lru_cache(maxsize=SIZE)
def is_credential(text: str) -> bool:
    """Known as one by how it is written."""
    return _SURE.search(text) is not None or _is_user_and_password(text) or _is_pair_in_base64(text)


@lru_cache(maxsize=SIZE)
def may_be_credential(text: str) -> bool:
    """One, or as random as one."""
    return (
        is_credential(text)
        or _is_like_a_password(text)
        or _ID_OF_AWS.search(text) is not None
        or any(map(_is_random, _RUN.findall(text)))
        or any(map(_signs_for_aws, _OF_AWS.findall(text)))
    )


def _is_user_and_password(text: str) -> bool:
    """user:password, where the second has signs as no name has."""
    found = _PAIR.fullmatch(text.strip())
    if found is None:
        return False
    kinds = {_kind(sign) if sign.isalnum() else sign for sign in found[1]} - _NAMES_HAVE
    return len(kinds & _LETTERS_AND_DIGITS) > 1 and bool(kinds - _LETTERS_AND_DIGITS)


def _is_like_a_password(text: str) -> bool:
    """The same with letters of both cases and digits, as names of models have them, too."""
    found = _PAIR.fullmatch(text.strip())
    return found is not None and found[1].isalnum() and set(map(_kind, found[1])) == _LETTERS_AND_DIGITS


def _is_pair_in_base64(text: str) -> bool:
    """user:password as HTTP's Basic sends them, without the word (RFC 7617). Of a million names about ten look so."""
    word = text.strip()
    if len(word) > PAIR_MAX or _BASE64.fullmatch(word) is None:
        return False
    bare = word.rstrip("=")
    try:
        said = base64.b64decode(
            f"{bare}{'=' * (-len(bare) % 4)}", altchars=b"-_" if set("-_") & set(bare) else None
        )
        user, colon, password = said.decode("ascii").partition(":")
    except ValueError:
        return False
    return bool(user and colon and password) and f"{user}{password}".isprintable() and " " not in user


def _is_random(run: str) -> bool:
    kinds = [_kind(sign) for sign in run]
    turns = sum(one is not other for one, other in pairwise(kinds)) / (len(run) - 1)
    if len(set(kinds)) == len(("A", "a", "0")):
        return len(run) >= MIXED_MIN and turns >= MIXED_TURNS
    is_plain = "0" in kinds and len(run) >= PLAIN_MIN and _UUID.fullmatch(run) is None
    return is_plain and turns >= PLAIN_TURNS


def _signs_for_aws(run: str) -> bool:
    """Of this very length, and more than names of words turn from one kind of sign to another."""
    kinds = [_kind(sign) for sign in run if sign.isalnum()]
    turns = sum(one is not other for one, other in pairwise(kinds)) / len(run)
    return len(set(kinds)) == len(_LETTERS_AND_DIGITS) and turns >= AWS_TURNS


def _kind(sign: str) -> str:
    return "0" if sign.isdecimal() else "A" if sign.isupper() else "a"
