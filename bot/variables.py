"""Every variable of the environment that is read, for settings and for README."""

from __future__ import annotations

from bot.web_addresses import SLACK_API_URL
from data.records.base import Record

STORE = "emeritus.db"
ARCHIVE = "archive"


class Variable(Record, frozen=True, kw_only=True):
    """A row of the table README is checked against. `with_it`: others in the same row, in the order of its words."""

    name: str
    says: str
    default: str = ""
    with_it: tuple[str, ...] = ()


VARIABLES = (
    Variable(
        name="EMERITUS_STORE",
        says="where everything that happened is kept: a SQLite file, or postgresql://user@host/database",
        default=STORE,
    ),
    Variable(
        name="EMERITUS_ARCHIVE",
        says="where archives are written to: a directory, [s3://bucket/prefix](bot/README.md#archives-in-s3), or "
        "[another cloud](bot/README.md#archives-in-other-clouds), such as gs://bucket/prefix",
        default=ARCHIVE,
    ),
    Variable(
        name="EMERITUS_ARCHIVE_LOCK",
        says="how firmly a bucket keeps them: `none`, `governance` or `compliance`",
        default="governance, where the bucket has Object Lock",
    ),
    Variable(name="EMERITUS_ARCHIVE_KMS_KEY", says="the KMS key that encrypts them in a bucket"),
    Variable(
        name="EMERITUS_ARCHIVE_COPY",
        says="a directory, s3://bucket/prefix or another cloud for a [second copy]"
        "(bot/README.md#archives-over-the-years) of each archive, which mends it",
    ),
    Variable(
        name="EMERITUS_ARCHIVE_COPY_LOCK",
        with_it=("EMERITUS_ARCHIVE_COPY_KMS_KEY", "EMERITUS_ARCHIVE_COPY_ENDPOINT"),
        says="how firmly a bucket keeps the copy, the KMS key that encrypts it there, and which server of S3 that is",
        default="as the archive's bucket",
    ),
    Variable(
        name="EMERITUS_FIXITY_GIB_PER_DAY",
        says="how much of [archives is read again](bot/README.md#archives-over-the-years) a day, in GiB; 0 only looks",
        default="100",
    ),
    Variable(name="EMERITUS_POLICY", says="a policy of your own, as TOML", default="the shipped policy"),
    Variable(
        name="EMERITUS_IMPORTS",
        says="what to import by itself, on a schedule or from a channel, as TOML",
    ),
    Variable(
        name="EMERITUS_CHECKS",
        says="[checks of consumers](bot/README.md#checks-of-consumers) of your own, and whom those in catalogs may "
        "ask, as TOML",
    ),
    Variable(
        name="EMERITUS_SECOND_FACTOR",
        says="a program that says whether somebody [proved that it is them](bot/README.md#a-second-factor)",
    ),
    Variable(
        name="EMERITUS_SIGNING_KEY",
        says="the key that signs heads of the record's log ([verify without us](bot/README.md#verify-without-us)): a "
        "file of mode 0600",
    ),
    Variable(
        name="EMERITUS_MODEL_SIGNING_KEY",
        says="the key that signs [what is archived](bot/README.md#verify-without-us) as OpenSSF has it: a file of mode "
        "0600",
    ),
    Variable(
        name="EMERITUS_TSA",
        says="a time-stamping service (RFC 3161) that [stamps the log](bot/README.md#verify-without-us) each day, "
        "by its address",
    ),
    Variable(
        name="EMERITUS_TSA_CA",
        says="the certificates that its stamps have to lead to: a PEM file",
    ),
    Variable(name="EMERITUS_HTTP", says="[HOST:]PORT to serve HTTP on instead of Socket Mode"),
    Variable(
        name="EMERITUS_METRICS",
        says="[HOST:]PORT for `/healthz`, `/readyz`, `/metrics` and `/checkpoint`, whichever way Slack is reached",
    ),
    Variable(
        name="EMERITUS_MLFLOW",
        says="the address of an MLflow registry that is told what is deprecated; who we are there: as for its import",
    ),
    Variable(
        name="EMERITUS_CHANGES",
        says="a directory for changes to catalogs that are files: patches for Backstage, proposals for DataHub",
    ),
    Variable(
        name="EMERITUS_SCHEDULE",
        says="[HOST:]PORT for the public schedule: `/schedule.ics`, `/schedule.rss` and `/schedule.json`",
    ),
    Variable(
        name="EMERITUS_FLAGS",
        with_it=("EMERITUS_FLAGS_TOKEN",),
        says="[HOST:]PORT for [flags that callers choose their model by](bot/README.md#models-behind-a-flag) (OFREP), "
        "and the token they send",
    ),
    Variable(
        name="EMERITUS_LOG",
        says="`text` for people, or `json`: one object a line, with the retirement it is about",
        default="text",
    ),
    Variable(name="EMERITUS_LOG_LEVEL", says="`warning`, `info` or `debug`", default="warning"),
    Variable(name="SLACK_BOT_TOKEN", says="the bot's token, xoxb-..."),
    Variable(name="SLACK_APP_TOKEN", says="the app-level token of Socket Mode, xapp-..."),
    Variable(name="SLACK_SIGNING_SECRET", says="the app's signing secret, for HTTP"),
    Variable(name="SLACK_API_URL", says="another Slack to talk to", default=SLACK_API_URL),
)
