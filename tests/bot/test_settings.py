"""Everything wrong with the environment is told in one message, and no secret is ever repeated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bot.archive_settings import ArchiveBucket, ArchiveCloud
from bot.listening import Address, address
from bot.settings import Settings, look, read
from bot.variables import VARIABLES
from data.errors import Invalid, Problem
from data.records.archived import Lock

COPY = "EMERITUS_ARCHIVE_COPY"
SOCKET = {"SLACK_BOT_TOKEN": "xoxb-1-secret", "SLACK_APP_TOKEN": "xapp-1-secret"}

A_PLACE = (
    "a directory, s3://bucket/prefix, or an address such as gs://bucket/prefix, without blanks and secrets"
)


def problems(environ: dict[str, str], **more: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        read(environ, **more)
    return [str(problem) for problem in refused.value.problems]


def test_without_any_variable_everything_has_its_default() -> None:
    assert read({}) == Settings(store=Path("emeritus.db"), archive=Path("archive"))


def test_an_empty_variable_is_an_unset_one() -> None:
    names = [name for variable in VARIABLES for name in (variable.name, *variable.with_it)]
    assert read(dict.fromkeys(names, "")) == read({})


def test_everything_wrong_is_told_at_once() -> None:
    environ = {
        "EMERITUS_STORE": "mysql://me:hunter2@db.example/x",
        "EMERITUS_ARCHIVE": "gs://me:hunter2@bucket/prefix",
        "EMERITUS_POLICY": "/no/eu.toml",
        "EMERITUS_HTTP": "everywhere",
        "SLACK_API_URL": "slack.com",
        "SLACK_BOT_TOKEN": "xoxp-1-secret",
    }

    assert problems(environ, slack="serve") == [
        "EMERITUS_STORE = mysql://...@db.example/x: the path of a SQLite file, or postgresql://user@host/database",
        f"EMERITUS_ARCHIVE = gs://...@bucket/prefix: {A_PLACE}",
        "EMERITUS_POLICY = /no/eu.toml: no such file; give a TOML file, or leave it out for the shipped policy",
        "SLACK_API_URL = slack.com: the address of a Slack Web API, e.g. https://slack.com/api/",
        "EMERITUS_HTTP = everywhere: [HOST:]PORT, e.g. 3000 or 0.0.0.0:3000",
        "SLACK_BOT_TOKEN is malformed: the bot token of the app, which begins with xoxb-",
        "SLACK_SIGNING_SECRET is missing: the signing secret of the app (Basic Information, App Credentials)",
    ]


def test_archives_may_be_kept_in_a_bucket() -> None:
    environ = {
        "EMERITUS_ARCHIVE": "s3://models.example/retired/",
        "EMERITUS_ARCHIVE_LOCK": "compliance",
        "EMERITUS_ARCHIVE_KMS_KEY": "alias/archive",
    }

    assert read(environ).bucket == ArchiveBucket(
        url="s3://models.example/retired", lock=Lock.COMPLIANCE, kms_key="alias/archive"
    )
    assert read({"EMERITUS_ARCHIVE": "s3://models"}).bucket == ArchiveBucket(url="s3://models")


@pytest.mark.parametrize(
    ("environ", "copy_to"),
    [
        ({"EMERITUS_ARCHIVE_COPY": "/srv/second"}, Path("/srv/second")),
        ({"EMERITUS_ARCHIVE_COPY": "az://second/a/"}, ArchiveCloud(url="az://second/a", variable=COPY)),
        ({"EMERITUS_ARCHIVE_COPY": "s3://second/a/"}, ArchiveBucket(url="s3://second/a", variable=COPY)),
        (
            {
                "EMERITUS_ARCHIVE": "s3://first",
                "EMERITUS_ARCHIVE_LOCK": "compliance",
                "EMERITUS_ARCHIVE_KMS_KEY": "alias/here",
                "EMERITUS_ARCHIVE_COPY": "s3://second",
                "EMERITUS_ARCHIVE_COPY_KMS_KEY": "alias/there",
                "EMERITUS_ARCHIVE_COPY_ENDPOINT": "https://s3.example.com",
            },
            ArchiveBucket(
                url="s3://second",
                lock=Lock.COMPLIANCE,
                kms_key="alias/there",
                endpoint_url="https://s3.example.com",
                variable=COPY,
            ),
        ),
    ],
    ids=[
        "directory",
        "another cloud",
        "bucket beside a directory",
        "bucket, as the first one unless said",
    ],
)
def test_archives_may_be_kept_once_more(environ: dict[str, str], copy_to: Path | ArchiveBucket) -> None:
    assert read(environ).copy_to == copy_to


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        (
            {"EMERITUS_ARCHIVE": "s3://models", "EMERITUS_ARCHIVE_LOCK": "firm"},
            "one of none, governance, compliance",
        ),
        ({"EMERITUS_ARCHIVE_LOCK": "governance"}, "only a bucket can do that"),
        ({"EMERITUS_ARCHIVE_KMS_KEY": "alias/archive"}, "only a bucket can do that"),
        ({"EMERITUS_ARCHIVE_COPY": "archive/second"}, "a directory that is not in EMERITUS_ARCHIVE"),
        ({"EMERITUS_ARCHIVE_COPY": "s3://M"}, "a directory, or s3://bucket/prefix"),
        (
            {"EMERITUS_ARCHIVE": "s3://models/a", "EMERITUS_ARCHIVE_COPY": "s3://models"},
            "a prefix that is not in EMERITUS_ARCHIVE, nor around it",
        ),
        (
            {"EMERITUS_ARCHIVE_COPY": "/srv/second", "EMERITUS_ARCHIVE_COPY_KMS_KEY": "alias/eu"},
            "only a bucket can do that; set EMERITUS_ARCHIVE_COPY to s3://bucket/prefix",
        ),
        (
            {"EMERITUS_ARCHIVE_COPY": "s3://second", "EMERITUS_ARCHIVE_COPY_ENDPOINT": "s3.example.com"},
            "the address of a server of S3",
        ),
        (
            {"EMERITUS_ARCHIVE": "gopher://models"},
            "s3://, gs://, gcs://, az://, abfs://, abfss://, or another one",
        ),
        (
            {"EMERITUS_ARCHIVE": "dropbox://models"},
            "the driver of dropbox:// is not installed; fsspec says: ",
        ),
        ({"EMERITUS_ARCHIVE": "file:///srv/models"}, "without blanks"),
        ({"EMERITUS_ARCHIVE": "memory://models"}, "that keeps nothing"),
        ({"EMERITUS_ARCHIVE": "s3a://models"}, "give it as s3://bucket/prefix"),
        ({"EMERITUS_ARCHIVE": "gs://models::s3://x"}, "an address such as gs://bucket/prefix"),
        (
            {"EMERITUS_ARCHIVE": "gs://models", "EMERITUS_ARCHIVE_LOCK": "compliance"},
            "only a bucket can do that; set EMERITUS_ARCHIVE to s3://bucket/prefix, or leave this out",
        ),
        (
            {"EMERITUS_ARCHIVE": "gs://models/a", "EMERITUS_ARCHIVE_COPY": "gs://models/a/b"},
            "a prefix that is not in EMERITUS_ARCHIVE",
        ),
        ({"EMERITUS_FIXITY_GIB_PER_DAY": "much"}, "a whole number from 0 to 1,000,000"),
        ({"EMERITUS_ARCHIVE": "s3://Models"}, "a directory, or s3://bucket/prefix"),
        ({"EMERITUS_ARCHIVE": "s3://models/a/../b"}, "a directory, or s3://bucket/prefix"),
        ({"EMERITUS_ARCHIVE": "s3://"}, "a directory, or s3://bucket/prefix"),
    ],
)
def test_what_is_wrong_about_archives_is_told_with_what_is_accepted(
    environ: dict[str, str], told: str
) -> None:
    (problem,) = problems(environ)

    assert problem.startswith(list(environ)[-1])
    assert told in problem


def test_socket_mode_needs_its_own_token_and_http_the_secret() -> None:
    bot = {"SLACK_BOT_TOKEN": "xoxb-1"}

    assert [line.split()[0] for line in problems(bot, slack="serve")] == ["SLACK_APP_TOKEN"]
    assert [line.split()[0] for line in problems(bot, slack="serve", http="3000")] == ["SLACK_SIGNING_SECRET"]


@pytest.mark.parametrize(
    "tail",
    ["\u2026", "\xe9", "1\udce9", "1 2", "1\n"],
    ids=["ellipsis", "e acute", "no UTF-8", "blank", "break"],
)
def test_what_could_not_travel_in_the_head_of_a_request_is_no_token(tail: str) -> None:
    environ = {
        "SLACK_BOT_TOKEN": f"xoxb-{tail}",
        "SLACK_APP_TOKEN": f"xapp-{tail}",
        "SLACK_SIGNING_SECRET": f"12345678{tail}",
    }

    assert problems(environ, slack="serve") == [
        "SLACK_BOT_TOKEN is malformed: the bot token of the app, which begins with xoxb-",
        (
            "SLACK_APP_TOKEN is malformed: the app-level token with connections:write, which begins with xapp-; "
            "or use HTTP, with --http PORT or EMERITUS_HTTP"
        ),
    ]
    assert problems(environ, slack="serve", http="3000")[1:] == [
        "SLACK_SIGNING_SECRET is malformed: the signing secret of the app (Basic Information, App Credentials)",
    ]


def test_a_record_on_postgresql_is_known_by_its_url_which_is_never_shown() -> None:
    settings = read({"EMERITUS_STORE": "postgresql://me:hunter2@db.example/x"})

    assert settings.database == "postgresql://me:hunter2@db.example/x"
    assert "hunter2" not in repr(settings)


def test_commands_that_do_not_talk_to_slack_ask_for_no_token() -> None:
    assert read({"EMERITUS_HTTP": "nonsense"}).http is None


def test_a_store_in_a_directory_that_is_not_there_is_named() -> None:
    (problem,) = problems({"EMERITUS_STORE": "/nowhere/at/all.db"})

    assert problem == (
        "EMERITUS_STORE = /nowhere/at/all.db: its directory does not exist; create it, or give another path"
    )


def test_what_is_wrong_in_the_policy_is_told_together_with_a_missing_token(tmp_path: Path) -> None:
    policy = tmp_path / "eu.toml"
    policy.write_text("[rounds]\nreview_days = -1\n[steps]\nhour = 24")
    environ = {"SLACK_BOT_TOKEN": "xoxb-1", "EMERITUS_POLICY": str(policy)}

    assert problems(environ, slack="serve") == [
        "eu.toml [rounds] review_days = -1: a whole number of days from 0 to 365",
        "eu.toml [steps] hour = 24: a whole number of hours from 0 to 23",
        (
            "SLACK_APP_TOKEN is missing: the app-level token with connections:write, which begins with xapp-; "
            "or use HTTP, with --http PORT or EMERITUS_HTTP"
        ),
    ]


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("EMERITUS_STORE", "{here}", "is a directory; name a file in it"),
        (
            "EMERITUS_STORE",
            "/proc/emeritus.db",
            "its directory cannot be written (why); give Emeritus the right to, or another path",
        ),
        (
            "EMERITUS_STORE",
            "s" * 300,
            "is no path that could be used (File name too long); give another path",
        ),
        (
            "EMERITUS_STORE",
            "s" * 251,
            "is no path that could be used (File name too long); give another path",
        ),
        ("EMERITUS_STORE", "a\0b", "is no path; give another path"),
        ("EMERITUS_ARCHIVE", "{here}/file/archive", "{here}/file is no directory; give another one"),
        (
            "EMERITUS_ARCHIVE",
            "/proc/archive",
            "/proc cannot be written (why); give Emeritus the right to, or another directory",
        ),
        (
            "EMERITUS_ARCHIVE",
            "a" * 300,
            "is no path that could be used (File name too long); give another directory",
        ),
        (
            "EMERITUS_POLICY",
            "p" * 300,
            "no such file; give a TOML file, or leave it out for the shipped policy",
        ),
    ],
    ids=lambda value: value[:30].replace("\0", "NUL"),
)
def test_a_place_where_nothing_can_be_kept_is_refused_before_anything_starts(
    tmp_path: Path, name: str, value: str, accepted: str
) -> None:
    (tmp_path / "file").touch()
    value, accepted = value.format(here=tmp_path), accepted.format(here=tmp_path)
    environ = {**SOCKET, name: value}

    (problem,) = problems(environ, slack="serve")

    # Why nobody can write to /proc differs by who tries.
    told = re.sub(r"written \([A-Z][a-z ]+\)", "written (why)", problem)
    assert told == f"{name} = {value[:200]}: {accepted}"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_store_that_is_only_read_may_lie_where_nothing_can_be_written() -> None:
    environ = {"EMERITUS_STORE": "/proc/version", "EMERITUS_ARCHIVE": "/proc/archive"}

    assert read(environ).store == Path("/proc/version")
    assert [line.split()[0] for line in problems(environ, writes=True)] == ["EMERITUS_STORE"]


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1",
        "https://",
        "https://slack.com:port/",
        "http://[::g]/",
        "ftp://slack.com/",
        "https://slack.com/\xe4pi/",
        "https://slack.com/a pi/",
    ],
)
def test_what_is_no_address_of_a_slack_is_refused(url: str) -> None:
    assert problems({"SLACK_API_URL": url}) == [
        f"SLACK_API_URL = {url}: the address of a Slack Web API, e.g. https://slack.com/api/"
    ]


@pytest.mark.parametrize(
    "url", ["http://slack.com/api/", "http://127.0.0.1.example/api/", "http://10.0.0.1/api/"]
)
def test_tokens_do_not_travel_in_clear(url: str) -> None:
    assert problems({"SLACK_API_URL": url}) == [
        f"SLACK_API_URL = {url}: https://, unless it is on this machine: others could read the tokens on their way"
    ]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/api/", "http://localhost/api/", "http://[::1]:1/api/"]
)
def test_within_this_machine_they_may(url: str) -> None:
    assert read({"SLACK_API_URL": url}).slack_api_url == url


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3000", Address(host="127.0.0.1", port=3000)),
        ("0.0.0.0:80", Address(host="0.0.0.0", port=80)),
        ("localhost:0", Address(host="localhost", port=0)),
        ("[::1]:3000", Address(host="::1", port=3000)),
        ("70000", None),
        ("host", None),
        ("host:", None),
        (":3000", None),
        ("::1:3000", None),
        ("3000 ", None),
        ("256.1.1.1:80", None),
        ("10.1:80", None),
        ("a..b:80", None),
        ("-a:80", None),
        ("[1::2::3]:80", None),
        ("bot-1.example.com:80", Address(host="bot-1.example.com", port=80)),
    ],
)
def test_an_address_is_loopback_unless_a_host_is_named(text: str, found: Address | None) -> None:
    assert address(text) == found


def test_the_command_line_outdoes_the_environment() -> None:
    environ = {**SOCKET, "EMERITUS_HTTP": "1", "SLACK_SIGNING_SECRET": "secret-secret"}

    assert str(read(environ, slack="serve", http="2").http) == "127.0.0.1:2"


def test_a_port_that_is_empty_is_no_word_for_socket_mode() -> None:
    """It is a variable of the shell that is not set."""
    environ = {**SOCKET, "EMERITUS_HTTP": "1", "SLACK_SIGNING_SECRET": "secret-secret"}

    assert problems(environ, slack="serve", http="") == [
        "--http is empty: [HOST:]PORT, e.g. 3000 or 0.0.0.0:3000"
    ]


def test_a_host_that_is_none_is_told_beside_everything_else() -> None:
    assert problems(SOCKET, slack="serve", http="256.1.1.1:80") == [
        "--http = 256.1.1.1:80: [HOST:]PORT, e.g. 3000 or 0.0.0.0:3000; 256.1.1.1 is neither a host nor an IP address",
        "SLACK_SIGNING_SECRET is missing: the signing secret of the app (Basic Information, App Credentials)",
    ]


def test_settings_never_show_a_token() -> None:
    assert "secret" not in repr(read(SOCKET, slack="serve"))


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("EMERITUS_LOG", "xml", "one of text, json"),
        ("EMERITUS_LOG_LEVEL", "loud", "one of warning, info, debug"),
        ("EMERITUS_METRICS", "9464/metrics", "[HOST:]PORT, e.g. 9464 or 0.0.0.0:9464"),
        ("EMERITUS_METRICS", "94640", "[HOST:]PORT, e.g. 9464 or 0.0.0.0:9464; a port is at most 65535"),
        (
            "EMERITUS_SCHEDULE",
            "256.1.1.1:80",
            "[HOST:]PORT, e.g. 8080 or 0.0.0.0:8080; 256.1.1.1 is neither a host nor an IP address",
        ),
        ("EMERITUS_FLAGS", "8016/ofrep", "[HOST:]PORT, e.g. 8016 or 0.0.0.0:8016"),
    ],
)
def test_how_a_bot_is_watched_is_checked_before_it_starts(name: str, value: str, accepted: str) -> None:
    (problem,) = look({name: value}, slack="serve").wrong[name]
    assert problem == Problem(field=name, value=f"= {value}", accepted=accepted)


def test_it_is_watched_on_loopback_unless_a_host_is_named() -> None:
    seen = look({"EMERITUS_METRICS": "9464"}, slack="serve").settings
    assert seen.metrics == Address(host="127.0.0.1", port=9464)
    assert look({"EMERITUS_METRICS": "9464"}).settings.metrics is None


def test_the_schedule_is_read_on_loopback_unless_a_host_is_named() -> None:
    assert read({**SOCKET, "EMERITUS_SCHEDULE": "8080"}, slack="serve").schedule == Address(
        host="127.0.0.1", port=8080
    )
    (problem,) = look({"EMERITUS_SCHEDULE": "8080/schedule.ics"}, slack="serve").wrong["EMERITUS_SCHEDULE"]
    assert problem.accepted == "[HOST:]PORT, e.g. 8080 or 0.0.0.0:8080"


@pytest.mark.parametrize(
    ("at", "token", "why"),
    [
        ("8016", "", ""),
        ("[::1]:8016", "", ""),
        ("0.0.0.0:8016", "0123456789abcdef", ""),
        ("flags.example.com:8016", "", "is missing: {}, as others reach flags.example.com"),
        ("8016", "too short", "is malformed: {}"),
        ("8016", "0123456789abcdef\u00fc", "is malformed: {}"),
    ],
)
def test_flags_are_served_to_others_only_with_a_token(at: str, token: str, why: str) -> None:
    environ = {"EMERITUS_FLAGS": at, "EMERITUS_FLAGS_TOKEN": token}
    found = look(environ, slack="serve").wrong.get("EMERITUS_FLAGS_TOKEN", ())
    form = "what callers send as Authorization: Bearer, of 16 signs or more and no blank"
    assert [str(one) for one in found] == ([f"EMERITUS_FLAGS_TOKEN {why.format(form)}"] if why else [])


@pytest.mark.parametrize(
    "text", ["https://mlflow.example.com/", "http://mlflow:5000", "http://[::1]:5000/ml"]
)
def test_where_a_registry_is_told_is_an_address(text: str) -> None:
    assert read({"EMERITUS_MLFLOW": text}).mlflow == text.rstrip("/")


@pytest.mark.parametrize(
    ("name", "value", "shown", "accepted"),
    [
        *(
            (
                "EMERITUS_MLFLOW",
                text,
                text.replace("y=1", "..."),
                "the address of an MLflow registry, e.g. https://mlflow.example.com, without a query",
            )
            for text in (
                "mlflow.example.com",
                "ftp://x",
                "https://x?y=1",
                "https://x/a b",
                "https://[x",
                "https://x:0",
            )
        ),
        (
            "EMERITUS_MLFLOW",
            "https://ada:hunter2@mlflow.example.com",
            "https://...@mlflow.example.com",
            "no user or password in an address; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD",
        ),
        ("EMERITUS_CHANGES", "s3://b/c", "s3://b/c", "only a directory is supported so far; give its path"),
        ("EMERITUS_CHANGES", "/etc/hosts", "/etc/hosts", "/etc/hosts is no directory; give another one"),
    ],
)
def test_where_catalogs_are_told_is_checked_before_it_starts(
    name: str, value: str, shown: str, accepted: str
) -> None:
    (problem,) = look({name: value}, slack="serve").wrong[name]
    assert problem == Problem(field=name, value=f"= {shown}", accepted=accepted)


def test_a_key_is_looked_at_by_who_signs_with_it_only(tmp_path: Path) -> None:
    """Whoever only reads the record may not read the key, and need not."""
    gone = {**SOCKET, "EMERITUS_SIGNING_KEY": str(tmp_path / "gone")}
    refused = (
        f"EMERITUS_SIGNING_KEY = {tmp_path}/gone: "
        "no such file; make one with emeritus key new FILE, or leave it out to sign nothing"
    )

    assert problems(gone, slack="serve") == problems(gone, writes=True) == [refused]
    assert read(gone).signing_key == tmp_path / "gone"
    for_models = {**SOCKET, "EMERITUS_MODEL_SIGNING_KEY": str(tmp_path / "gone")}
    (problem,) = look(for_models, slack="serve").wrong["EMERITUS_MODEL_SIGNING_KEY"]
    assert problem.accepted.startswith("no such file; make one with openssl genpkey ")
    assert read(for_models).model_signing_key == tmp_path / "gone"


STAMPED = Path(__file__).parents[1] / "data/log/stamped"
A_SERVICE = "the address of a time-stamping service (RFC 3161), e.g. https://tsa.example.com, without a query"
A_SECRET = "no user or password in an address: it is on the record, and in audit bundles"
ALONE = "left out without EMERITUS_TSA, the service whose stamps they are for"
A_PEM = "a file with the certificates of the service's authority as PEM, as you got them from it"


def test_a_time_stamping_service_is_named_with_its_certificates() -> None:
    environ = {"EMERITUS_TSA": "http://tsa.example.com/", "EMERITUS_TSA_CA": str(STAMPED / "root.pem")}

    stamping = read(environ).stamping
    assert stamping is not None
    assert stamping.address == "http://tsa.example.com/"
    assert stamping.authorities == (STAMPED / "root.pem").read_text()


@pytest.mark.parametrize(
    ("address", "file", "accepted"),
    [
        ("tsa.example.com", "root.pem", [f"EMERITUS_TSA = tsa.example.com: {A_SERVICE}"]),
        (
            "https://tsa.example.com?a=b",
            "root.pem",
            [f"EMERITUS_TSA = https://tsa.example.com?...: {A_SERVICE}"],
        ),
        (
            "https://me:hunter2@tsa.example.com",
            "root.pem",
            ["EMERITUS_TSA = https://...@tsa.example.com: " + A_SECRET],
        ),
        ("https://tsa.example.com", "nonce", [f"EMERITUS_TSA_CA = {STAMPED}/nonce: {A_PEM}"]),
        ("https://tsa.example.com", "gone", [f"EMERITUS_TSA_CA = {STAMPED}/gone: {A_PEM}"]),
        (
            "",
            "root.pem",
            [f"EMERITUS_TSA_CA = {STAMPED}/root.pem: {ALONE}"],
        ),
    ],
)
def test_what_stamps_nothing_is_told(address: str, file: str, accepted: list[str]) -> None:
    assert problems({"EMERITUS_TSA": address, "EMERITUS_TSA_CA": str(STAMPED / file)}) == accepted
