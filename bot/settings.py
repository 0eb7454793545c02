"""What does the environment ask for? Every missing or malformed value is told in one message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from data.errors import Invalid, Problem
from data.records.base import Record

SLACK_API_URL = "https://slack.com/api/"
LOOPBACK = "127.0.0.1"


class Variable(Record, frozen=True, kw_only=True):
    """A row of the table README is checked against."""

    name: str
    says: str
    default: str = ""


VARIABLES = (
    Variable(
        name="EMERITUS_STORE", says="the SQLite file with everything that happened", default="emeritus.db"
    ),
    Variable(name="EMERITUS_ARCHIVE", says="the directory archives are written to", default="archive"),
    Variable(name="EMERITUS_POLICY", says="a policy of your own, as TOML", default="the shipped policy"),
    Variable(name="EMERITUS_HTTP", says="[HOST:]PORT to serve HTTP on instead of Socket Mode"),
    Variable(name="SLACK_BOT_TOKEN", says="the bot's token, xoxb-..."),
    Variable(name="SLACK_APP_TOKEN", says="the app-level token of Socket Mode, xapp-..."),
    Variable(name="SLACK_SIGNING_SECRET", says="the app's signing secret, for HTTP"),
    Variable(name="SLACK_API_URL", says="another Slack to talk to", default=SLACK_API_URL),
)


class Address(Record, frozen=True, kw_only=True):
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Settings(Record, frozen=True, kw_only=True):
    """`policy` None: the shipped one; `http` None: Socket Mode. Tokens are empty where Slack is not used."""

    store: Path
    archive: Path
    policy: Path | None = None
    bot_token: str = ""
    app_token: str = ""
    signing_secret: str = ""
    slack_api_url: str = SLACK_API_URL
    http: Address | None = None

    def __repr__(self) -> str:
        """Never the tokens: records end up in logs."""
        return f"Settings(store={str(self.store)!r}, archive={str(self.archive)!r})"


def address(text: str) -> Address | None:
    """`PORT`, `HOST:PORT` or `[v6]:PORT`; loopback unless a host is named. None when it is none of them."""
    found = re.fullmatch(
        r"(?:(?:\[(?P<v6>[0-9a-fA-F:]+)\]|(?P<host>[A-Za-z0-9.-]+)):)?(?P<port>\d{1,5})", text
    )
    if found is None or not 0 <= int(found["port"]) <= 65_535:
        return None
    return Address(host=found["v6"] or found["host"] or LOOPBACK, port=int(found["port"]))


def read(environ: Mapping[str, str], *, slack: str = "no", http: str = "") -> Settings:
    """The settings of a command.

    slack   "no": tokens are not looked at; "serve": the bot's, and what receiving needs
    http    the command line's word on EMERITUS_HTTP
    Raises `Invalid` with every problem.
    """
    problems: list[Problem] = []
    store = environ.get("EMERITUS_STORE", "") or "emeritus.db"
    archive = environ.get("EMERITUS_ARCHIVE", "") or "archive"
    policy = environ.get("EMERITUS_POLICY", "")
    api_url = environ.get("SLACK_API_URL", "") or SLACK_API_URL
    if "://" in store:
        accepted = "only a SQLite file is supported so far; give its path"
        problems.append(Problem(field="EMERITUS_STORE", value=_shown(store), accepted=accepted))
    elif not Path(store).resolve().parent.is_dir():
        accepted = "its directory does not exist; create it, or give another path"
        problems.append(Problem(field="EMERITUS_STORE", value=_shown(store), accepted=accepted))
    if "://" in archive:
        accepted = "only a directory is supported so far; give its path"
        problems.append(Problem(field="EMERITUS_ARCHIVE", value=_shown(archive), accepted=accepted))
    if policy and not Path(policy).is_file():
        accepted = "no such file; give a TOML file, or leave it out for the shipped policy"
        problems.append(Problem(field="EMERITUS_POLICY", value=_shown(policy), accepted=accepted))
    url = urlsplit(api_url)
    if url.scheme not in ("http", "https") or not url.hostname:
        accepted = f"the address of a Slack Web API, e.g. {SLACK_API_URL}"
        problems.append(Problem(field="SLACK_API_URL", value=_shown(api_url), accepted=accepted))
    said = http or environ.get("EMERITUS_HTTP", "")
    wanted = said if slack == "serve" else ""
    served_at = address(wanted) if wanted else None
    if wanted and served_at is None:
        accepted = "[HOST:]PORT, e.g. 3000 or 0.0.0.0:3000"
        name = "--http" if http else "EMERITUS_HTTP"
        problems.append(Problem(field=name, value=_shown(wanted), accepted=accepted))
    problems += _token_problems(environ, slack=slack, is_http=bool(wanted))
    if problems:
        raise Invalid(problems)
    return Settings(
        store=Path(store),
        archive=Path(archive),
        policy=Path(policy) if policy else None,
        bot_token=environ.get("SLACK_BOT_TOKEN", ""),
        app_token=environ.get("SLACK_APP_TOKEN", ""),
        signing_secret=environ.get("SLACK_SIGNING_SECRET", ""),
        slack_api_url=api_url.rstrip("/") + "/",
        http=served_at,
    )


def _token_problems(environ: Mapping[str, str], *, slack: str, is_http: bool) -> list[Problem]:
    """A token's value is never repeated: only whether it is there and begins as it should."""
    needed = []
    if slack == "serve":
        needed.append(("SLACK_BOT_TOKEN", r"xoxb-\S+", "the bot token of the app, which begins with xoxb-"))
    if slack == "serve" and is_http:
        accepted = "the signing secret of the app (Basic Information, App Credentials)"
        needed.append(("SLACK_SIGNING_SECRET", r"\S{8,}", accepted))
    elif slack == "serve":
        accepted = "the app-level token with connections:write, which begins with xapp-; or use --http PORT"
        needed.append(("SLACK_APP_TOKEN", r"xapp-\S+", accepted))
    return [
        Problem(field=name, value="is malformed" if environ.get(name) else "is missing", accepted=accepted)
        for name, form, accepted in needed
        if not re.fullmatch(form, environ.get(name, ""))
    ]


def _shown(value: str) -> str:
    """A value as it may be repeated: what a URL carries before its host is a password."""
    return "= " + re.sub(r"//[^/@\s]*@", "//...@", value)[:200]
