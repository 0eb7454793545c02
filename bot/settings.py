"""What does the environment ask for? Every missing or malformed value is told in one message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot import places
from bot.archive_settings import (
    GIB_PER_DAY,
    ArchiveBucket,
    Elsewhere,
    read_archives,
    read_fixity,
    shown,
)
from bot.checks_file import read_checks
from bot.imports_file import NOTHING, Wanted, read_imports
from bot.listening import Address, address, why_no_address
from bot.logs import FORMS, LEVELS
from bot.signing_key import LOG_KEY, MODEL_KEY, read_keys
from bot.stamp_settings import TimeStamping, read_stamping
from bot.tokens import token_problems, why_no_flags_token
from bot.variables import STORE
from bot.web_addresses import SLACK_API_URL, why_no_api, why_no_registry
from data.errors import Invalid, Problem
from data.policies.policy import Rules, read_rules
from data.printable import without_secrets
from data.records.base import Record
from data.records.checks import OwnChecks

T = TypeVar("T")


class Settings(Record, frozen=True, kw_only=True):
    """What files say is read once: what was checked is what runs. Tokens are empty where Slack is not used.

    database   the URL of the record where it is on PostgreSQL; `store` then only says where local files lie
    archive    where archives are kept; `copy_to`: and once more
    rules      what EMERITUS_POLICY says; None without one (`in_force`)
    stamping   None: nobody stamps the log
    http       None: Socket Mode
    metrics    None: nobody watches
    mlflow     empty: nothing is written there     changes   None: nor there
    schedule   None: nobody reads it
    flags      None: nobody serves them; flags_token: empty where whoever reaches them may ask
    """

    store: Path
    database: str = ""
    archive: Path | Elsewhere
    copy_to: Path | Elsewhere | None = None
    fixity_gib_per_day: int = GIB_PER_DAY
    rules: Rules | None = None
    imports: Wanted = NOTHING
    checks: OwnChecks = OwnChecks()
    second_factor: Path | None = None
    signing_key: Path | None = None
    model_signing_key: Path | None = None
    stamping: TimeStamping | None = None
    bot_token: str = ""
    app_token: str = ""
    signing_secret: str = ""
    slack_api_url: str = SLACK_API_URL
    http: Address | None = None
    metrics: Address | None = None
    mlflow: str = ""
    changes: Path | None = None
    schedule: Address | None = None
    flags: Address | None = None
    flags_token: str = ""

    def in_force(self) -> Rules:
        """The rules that count: the policy's, or those that are shipped."""
        return self.rules or read_rules()

    def __repr__(self) -> str:
        """Never the tokens: records end up in logs."""
        store = "postgresql" if self.database else str(self.store)
        return f"Settings(store={store!r}, archive={self.archives_at!r})"

    @property
    def archives_at(self) -> str:
        """For people."""
        return shown(self.archive)

    @property
    def bucket(self) -> ArchiveBucket | None:
        """Where archives are kept, if it is one."""
        return self.archive if isinstance(self.archive, ArchiveBucket) else None


@dataclass(frozen=True, kw_only=True)
class Look:
    """The settings as far as they go, and variable -> all that is wrong with it; empty when all is well."""

    settings: Settings
    wrong: Mapping[str, tuple[Problem, ...]]


def is_database(store: str) -> bool:
    return store.startswith(("postgresql://", "postgres://"))


def read(
    environ: Mapping[str, str], *, slack: str = "no", http: str | None = None, writes: bool = False
) -> Settings:
    """The settings of a command. Raises `Invalid` with every problem; the arguments are those of `look`."""
    found = look(environ, slack=slack, http=http, writes=writes)
    if found.wrong:
        raise Invalid(problem for problems in found.wrong.values() for problem in problems)
    return found.settings


def look(
    environ: Mapping[str, str], *, slack: str = "no", http: str | None = None, writes: bool = False
) -> Look:
    """What the environment says, right or wrong.

    slack   "no": tokens are not looked at; "serve": the bot's, what receiving needs, and the archive's place
    http    the command line's word on EMERITUS_HTTP; empty is no word for Socket Mode, but a $PORT that is not set
    writes  the store must be one that can be written; reading is possible in places where that is not
    """
    wrong: dict[str, tuple[Problem, ...]] = {}

    def refuse(name: str, value: str, accepted: str) -> None:
        if accepted:
            wrong[name] = (Problem(field=name, value=_shown(value), accepted=accepted),)

    store = environ.get("EMERITUS_STORE", "") or STORE
    database = store if is_database(store) else ""
    policy = environ.get("EMERITUS_POLICY", "")
    api_url = environ.get("SLACK_API_URL", "") or SLACK_API_URL
    is_serving = slack == "serve"
    refuse("EMERITUS_STORE", store, _why_no_store(store, writes=writes or is_serving))
    archives, unfit = read_archives(environ, writes=is_serving)
    gib_per_day, no_number = read_fixity(environ)
    stamping, no_stamps = read_stamping(environ)
    for name, accepted in (unfit | no_number | no_stamps).items():
        refuse(name, environ.get(name, ""), accepted)
    rules, problems = _said_in("EMERITUS_POLICY", policy, read_rules, "the shipped policy")
    if problems:
        wrong["EMERITUS_POLICY"] = problems
    imports, problems = _said_in(
        "EMERITUS_IMPORTS", environ.get("EMERITUS_IMPORTS", ""), read_imports, "importing by hand"
    )
    if problems:
        wrong["EMERITUS_IMPORTS"] = problems
    checks, problems = _said_in(
        "EMERITUS_CHECKS", environ.get("EMERITUS_CHECKS", ""), read_checks, "no checks of your own"
    )
    if problems:
        wrong["EMERITUS_CHECKS"] = problems
    factor = environ.get("EMERITUS_SECOND_FACTOR", "")
    refuse("EMERITUS_SECOND_FACTOR", factor, places.why_no_program(factor))
    keys, no_keys = read_keys(
        environ, None if is_database(store) else Path(store), looks=writes or is_serving
    )
    for name, accepted in no_keys.items():
        refuse(name, environ[name], accepted)
    refuse("SLACK_API_URL", api_url, why_no_api(api_url))
    wanted = http if http is not None else environ.get("EMERITUS_HTTP", "") or None
    is_http = is_serving and wanted is not None
    served_at = address(wanted or "") if is_http else None
    if is_http and served_at is None:
        name, value = "EMERITUS_HTTP" if http is None else "--http", _shown(wanted) if wanted else "is empty"
        wrong[name] = (Problem(field=name, value=value, accepted=why_no_address(wanted or "", "3000")),)
    beside = {"EMERITUS_METRICS": "9464", "EMERITUS_SCHEDULE": "8080", "EMERITUS_FLAGS": "8016"}
    asked = {name: environ.get(name, "") if is_serving else "" for name in beside}
    for name, port in beside.items():
        if asked[name] and address(asked[name]) is None:
            refuse(name, asked[name], why_no_address(asked[name], port))
    flags, flags_token = address(asked["EMERITUS_FLAGS"]), environ.get("EMERITUS_FLAGS_TOKEN", "")
    if why := why_no_flags_token(flags, flags_token):
        wrong["EMERITUS_FLAGS_TOKEN"] = (why,)
    mlflow, changes = (environ.get(f"EMERITUS_{one}", "") for one in ("MLFLOW", "CHANGES"))
    refuse("EMERITUS_MLFLOW", mlflow, why_no_registry(mlflow))
    refuse("EMERITUS_CHANGES", changes, _why_no_folder(changes, writes=is_serving) if changes else "")
    for name, known in (("EMERITUS_LOG", FORMS), ("EMERITUS_LOG_LEVEL", LEVELS)):
        if (said := environ.get(name, "")) and said not in known:
            refuse(name, said, f"one of {', '.join(known)}")
    for problem in token_problems(environ, slack=slack, is_http=is_http):
        wrong[problem.field] = (problem,)
    settings = Settings(
        store=Path(STORE if database else store),
        database=database,
        archive=archives.archive,
        copy_to=archives.copy_to,
        fixity_gib_per_day=gib_per_day,
        rules=rules,
        imports=imports or NOTHING,
        checks=checks or OwnChecks(),
        second_factor=Path(factor).resolve() if factor else None,
        signing_key=keys.get(LOG_KEY),
        model_signing_key=keys.get(MODEL_KEY),
        stamping=stamping,
        bot_token=environ.get("SLACK_BOT_TOKEN", ""),
        app_token=environ.get("SLACK_APP_TOKEN", ""),
        signing_secret=environ.get("SLACK_SIGNING_SECRET", ""),
        slack_api_url=api_url.rstrip("/") + "/",
        http=served_at,
        metrics=address(asked["EMERITUS_METRICS"]),
        mlflow=mlflow.rstrip("/"),
        changes=Path(changes) if changes else None,
        schedule=address(asked["EMERITUS_SCHEDULE"]),
        flags=flags,
        flags_token=flags_token,
    )
    return Look(settings=settings, wrong=wrong)


def _why_no_store(store: str, *, writes: bool) -> str:
    if is_database(store):
        return ""
    if "://" in store:
        return "the path of a SQLite file, or postgresql://user@host/database"
    return places.why_no_store(Path(store), writes=writes)


def _why_no_folder(folder: str, *, writes: bool) -> str:
    if "://" in folder:
        return "only a directory is supported so far; give its path"
    return places.why_no_folder(Path(folder), writes=writes)


def _said_in(
    name: str, path: str, read_file: Callable[[Path], T], without: str
) -> tuple[T | None, tuple[Problem, ...]]:
    """What a TOML file says, or all that is wrong in it, as `emeritus policy check` tells it of a policy."""
    if not path:
        return None, ()
    try:
        if Path(path).is_file():
            return read_file(Path(path)), ()
    except Invalid as error:
        return None, error.problems
    except (OSError, ValueError):
        pass  # no name of a file
    accepted = f"no such file; give a TOML file, or leave it out for {without}"
    return None, (Problem(field=name, value=_shown(path), accepted=accepted),)


def _shown(value: str) -> str:
    return "= " + without_secrets(value)[:200]
