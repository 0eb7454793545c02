"""How is a text shown that may hold anything, and does it show anything at all?"""

from __future__ import annotations

import re
import unicodedata

# Letters and symbols to Unicode, and nothing to the eye: the fillers of Hangul, and an empty cell of Braille.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")

# With a scheme; or without one a word and a password before a host, or a field that is asked for.
_ADDRESS = re.compile(
    r"(?:(?P<scheme>[^/@?#]*:)?//|(?=[^/@?#]+:[^/]*@)|(?=[^?]*\?[\w.~-]+=))(?P<rest>.*)", re.DOTALL
)
SECRET = "..."  # noqa: S105 - what is shown instead of one
_CALLED_SECRET = re.compile(
    r"pass(word|wd|phrase)|^pwd$|secret|token|credential|signature|(api|access|account|private)[_-]?key|^(key|sig)$",
    re.IGNORECASE,
)

_CALLED = r"pass(?:wor)?d|passwd|passphrase|pwd|secret|token|credential|signature|(?:api|access|account|private)_?-?key"
_SAID = r"\\*\"[^\"\n]*\"?|\\*'[^'\n]*'?|\S+"
_IS = r"[\\\"']*\s*(?:=>|[=:])\s*"  # also in JSON that is a text of JSON: \"password\": \"abc\"
_BRIEF = r"(?:[\w-]*[_-])?(?:key|sig|pw)|[\w-]*[_-]pass|pass(?==)"  # but not "passed", nor "pass: 12"
_TOKENS = (
    r"xox[a-z]-[\w-]{6,}|xapp-[\w-]{6,}|gh[opsur]_\w{10,}|github_pat_\w{10,}|glpat-[\w-]{10,}"
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}|sk-[\w-]{16,}|eyJ[\w-]{6,}\.[\w-]+\.[\w-]*"
)
"""What Slack, GitHub, GitLab, AWS, providers of models and JSON Web Tokens begin with, wherever it stands."""
_IN_TEXT = (
    (re.compile(r"-----BEGIN [^-\n]*-----.*?(?:-----END [^-\n]*-----|\Z)", re.DOTALL), SECRET),
    (re.compile(r"(?m)^(?:[A-Za-z0-9+/=]{60,}\n){2,}(?:[A-Za-z0-9+/=]+$)?"), f"{SECRET}\n"),
    (re.compile(rf"(?i)(\b[\w-]*(?:{_CALLED})[\w-]*{_IS})(?:{_SAID})"), rf"\1{SECRET}"),
    (re.compile(rf"(?i)((?<![\w-])(?:{_BRIEF}){_IS})(?!\.{{3}})(?:{_SAID})"), rf"\1{SECRET}"),
    (re.compile(rf"\b(?:{_TOKENS})"), SECRET),
    (re.compile(rf"(?i)(\b(?:set-)?cookie{_IS}).+"), rf"\1{SECRET}"),
    (re.compile(rf"(?i)((?:^|\s)--?[\w-]*(?:{_CALLED})[\w-]*[ \t]+)(?:{_SAID})"), rf"\1{SECRET}"),
    (re.compile(r"(?i)(\bauthorization[\"']?\s*[=:]\s*).+"), rf"\1{SECRET}"),
    (re.compile(r"(?i)(\bbearer\s+)\S+"), rf"\1{SECRET}"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)(?:[^/\s@]*|[^\s@/:]*:[^\s@]*)@"), rf"\1{SECRET}@"),
    (re.compile(r"(\bhttps?://[^\s?#\"']+\?)[^\s\"'<>]+"), rf"\1{SECRET}"),
)
# What a terminal obeys: ECMA-48, and titles as xterm sets them.
_ORDERS = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x9c|\x1b\\)?"
    r"|\x1b[ -/]*[0-~]"
)


def printable(text: str) -> str:
    """On a line of ours: escapes what a terminal would obey instead of show, such as controls and turned writing."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def words(text: str) -> str:
    """What somebody wrote, without blanks around it; "" where no letter, digit or symbol can be seen in it."""
    is_said = any(unicodedata.category(sign)[0] in "LNS" and sign not in _BLANK for sign in text)
    return text.strip() if is_said else ""


def shortened(text: str, at_most: int) -> str:
    """The text, or so many signs of it and dots."""
    return text if len(text) <= at_most else f"{text[:at_most]}..."


def in_lines(text: str) -> str:
    """The same of a text whose line breaks are ours."""
    return "\n".join(map(printable, text.split("\n")))


def is_secret(name: str) -> bool:
    """Whether what is called so may open a door to whoever reads it."""
    return _CALLED_SECRET.search(name) is not None


def without_secrets(text: str) -> str:
    """A value of somebody's as it may be repeated: of an address neither who asks nor what is asked. A path stays.

    A password with an @ or a slash in it, as many write it, is hidden with what may be part of it.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None:
        return text
    rest = found["rest"]
    place = re.split(r"[?#]", rest, maxsplit=1)[0]
    before = text[: len(text) - len(rest)]
    if "@" in rest[len(place) :]:
        return f"{before}{SECRET}"
    who, at, where = place.rpartition("@")
    asked = f"?{SECRET}" if place != rest else ""
    return f"{before}{SECRET if who else ''}{at}{where}{asked}"


def uncoloured(text: str) -> str:
    """What a program printed, as it would be read: in lines, without orders to a terminal or signs nobody sees."""
    text = _ORDERS.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    shown: list[str] = []
    for sign in text:
        if sign == "\b":
            # What a spinner, or bold print of long ago, writes over.
            if shown and shown[-1] != "\n":
                shown.pop()
        elif sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf"):
            shown.append(sign)
    return "".join(shown)


def without_secrets_in(text: str) -> str:
    """What a program said: without what it calls a secret, and of addresses neither who asks nor what is asked."""
    for secret, instead in _IN_TEXT:
        text = secret.sub(instead, text)
    return text
