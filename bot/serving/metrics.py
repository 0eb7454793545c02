"""What can be measured of a running bot, for Prometheus. One table: README is drawn from it, and so is what is served.

Labels have few values, all of them in our code: methods of Slack's, kinds of work, outcomes. Never an id or a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.serving.status import Glance, Status
from data.records.base import Record
from data.records.decision import ClaimKind


class Row(Record, frozen=True, kw_only=True):
    """`watch`: what should wake somebody, where something should."""

    name: str
    labels: tuple[str, ...] = ()
    says: str
    watch: str = ""


ROWS = (
    Row(
        name="emeritus_ready",
        says="1 while `/readyz` says yes",
        watch="0 for 5 minutes",
    ),
    Row(
        name="emeritus_slack_connected",
        says="1 while what people do in Slack arrives",
        watch="0 for 5 minutes",
    ),
    Row(
        name="emeritus_record_answers",
        says="1 while the record can be read, and written",
        watch="0 for 2 minutes",
    ),
    Row(
        name="emeritus_dispatcher_still_seconds",
        says="since the thread that decides last turned to something",
        watch="> 60",
    ),
    Row(
        name="emeritus_queue_due",
        labels=("kind",),
        says="commands (`inbox`), timers and effects that should be done by now, those tried again included",
        watch="> 500 for 1 hour",
    ),
    Row(
        name="emeritus_queue_oldest_due_seconds",
        labels=("kind",),
        says="how long the oldest of them has been due",
        watch="> 300 for `inbox` and `timer`, > 3600 for `effect`",
    ),
    Row(
        name="emeritus_queue_waiting",
        labels=("kind",),
        says="all that is not settled yet, however far ahead",
    ),
    Row(
        name="emeritus_stopped",
        labels=("kind",),
        says="dead letters: what stopped for good and waits for a person",
        watch="whenever it grows",
    ),
    Row(
        name="emeritus_record_bytes",
        says="size of the record",
        watch="> half of the free space: a backup needs as much again",
    ),
    Row(
        name="emeritus_anchors_bad",
        says="places that checkpoints of the log do not come to: the archive, or the time-stamping service",
        watch="> 0 for 1 day",
    ),
    Row(
        name="emeritus_archives_bad",
        says="archives that do not hold, or could not be reached in two rounds of checks",
        watch="> 0",
    ),
    Row(
        name="emeritus_archives_round_seconds",
        says="since the last round over all archives came to its end; one is due each day",
        watch="> 172800",
    ),
    Row(
        name="emeritus_archives_unread_seconds",
        says="how long ago the file of an archive was read that was not read for longest",
        watch="> 100 days: more archives than `EMERITUS_FIXITY_GIB_PER_DAY` reads in 90",
    ),
    Row(
        name="emeritus_commit_seconds",
        labels=("outcome",),
        says="how long a commit took until it was on disk; outcome: `ok`, `failed`",
        watch="any `failed`; a 99th percentile > 0.5",
    ),
    Row(
        name="emeritus_commit_writes_total",
        says="writes those commits carried; those that wait together share a commit",
    ),
    Row(
        name="emeritus_worked_total",
        labels=("kind", "outcome"),
        says="work that ended: `inbox`, `timer`, or a kind of effect; `done`, `again`, `unknown` or `dead`",
        watch="`dead`, whenever it grows",
    ),
    Row(
        name="emeritus_slack_calls_total",
        labels=("method", "outcome"),
        says="calls to Slack: `ok`, `rate_limited`, `refused`, `unreachable`, or `unknown` where no answer told",
        watch="`ok` below nine in ten over 15 minutes",
    ),
    Row(
        name="emeritus_slack_call_seconds",
        labels=("method",),
        says="how long they took",
        watch="a 99th percentile of `views.open` > 2: windows stop opening at 3",
    ),
    Row(
        name="emeritus_checks_total",
        labels=("end",),
        says="checks of consumers that ended: `passed`, `failed`, `skipped` or `could not run`",
        watch="`could not run`, whenever it grows",
    ),
    Row(
        name="emeritus_answers_judged_total",
        labels=("question", "verdict"),
        says="answers to questions in direct messages that somebody judged: `helped` or `unhelpful`",
    ),
)
_BY_NAME = {row.name: row for row in ROWS}

_COMMIT_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_CALL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)


class PrometheusMetrics:
    """Implements `data.metrics.Metrics` in the registry it is given."""

    def __init__(self, registry: CollectorRegistry) -> None:
        commit, calls = _BY_NAME["emeritus_commit_seconds"], _BY_NAME["emeritus_slack_call_seconds"]
        self._commits = Histogram(
            commit.name, commit.says, commit.labels, registry=registry, buckets=_COMMIT_BUCKETS
        )
        self._call_seconds = Histogram(
            calls.name, calls.says, calls.labels, registry=registry, buckets=_CALL_BUCKETS
        )
        self._writes = _counter("emeritus_commit_writes_total", registry)
        self._worked = _counter("emeritus_worked_total", registry)
        self._calls = _counter("emeritus_slack_calls_total", registry)
        self._judged = _counter("emeritus_answers_judged_total", registry)
        self._checks = _counter("emeritus_checks_total", registry)

    def committed(self, writes: int, seconds: float, *, ok: bool) -> None:
        self._commits.labels("ok" if ok else "failed").observe(seconds)
        self._writes.inc(writes)

    def worked(self, kind: str, outcome: str) -> None:
        self._worked.labels(str(kind), outcome).inc()

    def called(self, method: str, outcome: str, seconds: float) -> None:
        self._calls.labels(method, outcome).inc()
        self._call_seconds.labels(method).observe(seconds)

    def judged(self, question: str, verdict: str) -> None:
        self._judged.labels(str(question), verdict).inc()

    def checked(self, end: str) -> None:
        self._checks.labels(str(end)).inc()


class Standing(Collector):
    """How the bot stands when it is asked. Without an answer of the record, nothing of the record is told."""

    def __init__(self, status: Status) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        seen = self._status.glance()
        is_answering = isinstance(seen, Glance)
        yield _gauge("emeritus_record_answers", is_answering)
        yield _gauge("emeritus_slack_connected", self._status.is_connected())
        yield _gauge("emeritus_ready", not self._status.why_unready(seen))
        if (bot := self._status.bot) is not None:
            yield _gauge("emeritus_dispatcher_still_seconds", bot.still_for())
        if not isinstance(seen, Glance):
            return
        yield _gauge("emeritus_record_bytes", seen.record_bytes)
        yield _gauge("emeritus_anchors_bad", seen.anchors_bad)
        yield _gauge("emeritus_archives_bad", seen.archives_bad)
        yield _gauge("emeritus_archives_round_seconds", seen.round_seconds)
        yield _gauge("emeritus_archives_unread_seconds", seen.whole_seconds)
        yield _by_kind("emeritus_queue_due", {queue.kind: queue.due for queue in seen.queues})
        yield _by_kind("emeritus_queue_waiting", {queue.kind: queue.waiting for queue in seen.queues})
        yield _by_kind("emeritus_stopped", {queue.kind: queue.stopped for queue in seen.queues})
        yield _by_kind("emeritus_queue_oldest_due_seconds", seen.age_seconds)


def registry_of(status: Status) -> CollectorRegistry:
    """A registry of its own with all that is told when asked; what is counted meanwhile is put there by others."""
    registry = CollectorRegistry()
    registry.register(Standing(status))
    ProcessCollector(registry=registry)
    return registry


def _counter(name: str, registry: CollectorRegistry) -> Counter:
    row = _BY_NAME[name]
    return Counter(row.name, row.says, row.labels, registry=registry)


def _gauge(name: str, value: float | None) -> GaugeMetricFamily:
    """None: there is nothing to tell yet."""
    return GaugeMetricFamily(name, _BY_NAME[name].says, value=None if value is None else float(value))


def _by_kind(name: str, values: Mapping[ClaimKind, float]) -> GaugeMetricFamily:
    row = _BY_NAME[name]
    family = GaugeMetricFamily(row.name, row.says, labels=row.labels)
    for kind, value in values.items():
        family.add_metric([str(kind)], value)
    return family
