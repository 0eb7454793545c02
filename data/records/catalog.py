"""What exists and who answers for it: models, endpoints, consumers, teams and people, as the catalogs tell it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import field

from data.records.artifacts import Classed, Reference
from data.records.base import Record, Words
from data.records.checks import CheckAddress
from data.records.support import Support


class Kind(StrEnum):
    """All but a model, its versions and endpoints owe an answer when it retires."""

    MODEL = "model"
    VERSION = "version"
    ENDPOINT = "endpoint"
    CONSUMER = "consumer"
    DATASET = "dataset"
    PIPELINE = "pipeline"
    DASHBOARD = "dashboard"


class Origin(StrEnum):
    """How a dependency is known: somebody states it, or only calls were seen."""

    DECLARED = "declared"
    OBSERVED = "observed"


class EndpointKind(StrEnum):
    """Who can switch the endpoint off: a server or proxy of ours, an engine in front of it, SageMaker, callers who go
    by a flag of ours, or people by hand."""

    LOCAL = "local"
    PROXY = "proxy"
    ENVOY = "envoy"
    HAPROXY = "haproxy"
    SAGEMAKER = "sagemaker"
    FLAGS = "flags"
    MANUAL = "manual"


TIERS = {"1": 1, "2": 2, "3": 3}
"""As catalogs write them."""

NO_OWNER = "no owner declared"
"""The note of what its source names no owner of."""
SEEN = "caller::"
"""How the id of a caller begins that was seen and nobody declares; no reference can be written so."""


class Measure(StrEnum):
    """What is measured of a model in service. Definitions: README, "What to retire next"."""

    DECAY = "decay"
    DRIFT = "drift"
    COST = "cost_per_month"
    CALLS = "calls_per_day"


class Measured(Record, frozen=True, kw_only=True):
    """What somebody measured of a model, a version or an endpoint.

    value     decay as a share (0.07 is 7 % worse than when it was accepted), drift as a score, cost as an amount,
              calls by whomever
    on        the day it was measured, "2026-03-02"
    told_in   "file:line"
    currency  of a cost, "EUR"; empty where nobody says
    """

    measure: Measure
    value: float
    on: str
    told_in: str
    currency: str = ""


class SuccessorName(Record, frozen=True, kw_only=True):
    """A successor as the source names it, where the source does not declare it: what it means is asked of the catalog
    as it stands (data/catalog/successors.py).

    text        as written
    ids         what it may mean first of all, going by where it is written
    is_by_name  false where only what is called so on purpose is meant: by its id or an alias
    """

    text: str
    ids: tuple[str, ...] = ()
    is_by_name: bool = True


class Entity(Record, frozen=True, kw_only=True):
    """A node of the dependency graph.

    id          exact and stable: the source's own reference, lower-case, e.g. "resource:default/churn-v1"
    owner_id    group or person reference as resolved when it was read; empty when nobody could be resolved
    owner_names  whom its source names, who is preferred first, where that is no exact id: the first of them who is
                there owns it, asked of the catalog as it stands (data/catalog/directory.py)
    owner_note  why `owner_id` is empty or was bent ("no such group; closest is ..."); empty when all is well
    tier        1 (strictest) to 3; 0 when the catalog does not say
    successor_id  what follows it, where its source declares that itself; else see `successor_named`
    artifacts   URIs of a model's files: absolute paths or s3://bucket/prefix; `classes`: of those that are no weights
    references  what its archive describes and does not copy
    model_id    for an endpoint: the model it serves; for a version: the model it is one of
    endpoint_ref  the name its adapter knows it by
    declared_in   "file:line"
    aliases     what other sources call it, as they write it
    seen_as     of a caller that was seen and nobody declared: what it was seen as; empty for all others
    declared_as  what such a caller turned out to be: what is seen of it is seen of that
    support     of a model that a provider hosts: until when, as each registry tells it
    measured    what was measured of it, as far back as it is kept, by measure and day
    guide       address of a page that says how to move to it, or away from it; empty where none is named
    checks      addresses that are asked whether it works, before what it depends on is switched off
    serves_from  of a model: the first day on which it can be called, "2027-03-01"; empty where none is told
    regulated    of a model: by which regulation, in its catalog's words; empty where none is named
    is_kind_guessed  whether nobody states its kind: it is of whatever kind others tell of it
    about, domain    of a model: what its catalog says it is for, and the system or business domain it belongs to
    restricted_to    of a model: whom its sources let see it besides its owners, as written; None where everybody may
    """

    id: str
    kind: Kind
    name: str
    title: str = ""
    owner_id: str = ""
    owner_note: str = ""
    owner_names: tuple[str, ...] = ()
    tier: int = 0
    lifecycle: str = ""
    successor_id: str = ""
    successor_named: SuccessorName | None = None
    artifacts: tuple[str, ...] = ()
    classes: tuple[Classed, ...] = ()
    references: tuple[Reference, ...] = ()
    model_id: str = ""
    endpoint_kind: EndpointKind = EndpointKind.MANUAL
    endpoint_ref: str = ""
    declared_in: str = ""
    aliases: tuple[str, ...] = ()
    seen_as: str = ""
    declared_as: str = ""
    support: tuple[Support, ...] = ()
    measured: tuple[Measured, ...] = ()
    guide: str = ""
    checks: tuple[CheckAddress, ...] = ()
    serves_from: str = ""
    regulated: str = ""
    is_kind_guessed: bool = False
    restricted_to: tuple[str, ...] | None = None
    about: str = ""
    domain: str = ""

    @property
    def owners_told(self) -> tuple[str, ...]:
        """Whom its source names, who is preferred first."""
        return self.owner_names or ((self.owner_id,) if self.owner_id else ())


class Dependency(Record, frozen=True, kw_only=True):
    """`from_id` depends on `to_id`. `origin`: observed when calls were seen and nobody declares it.

    sources      formats it was read from, in order: "backstage", "csv", ...
    declared_in  "file:line"; of an observed one, where the latest calls are told
    first_seen, last_seen  days of calls, "2026-03-02"; empty where none were told
    calls_per_day  as told last; None where nobody says
    """

    from_id: str
    to_id: str
    declared_in: str = ""
    origin: Origin = Origin.DECLARED
    sources: tuple[str, ...] = ()
    first_seen: str = ""
    last_seen: str = ""
    calls_per_day: float | None = None


class Sighting(Record, frozen=True, kw_only=True):
    """Calls that were seen from one thing to another, as one source tells them. Fields as in `Dependency`."""

    from_id: str
    to_id: str
    seen_in: str
    first_seen: str = ""
    last_seen: str = ""
    calls_per_day: float | None = None


class Group(Record, frozen=True, kw_only=True):
    """A team. `member_ids` are person references, also those nobody declared (people who left)."""

    id: str
    name: str
    title: str = ""
    parent_id: str = ""
    member_ids: tuple[str, ...] = ()
    channel_id: str = ""


ACCOUNT = "account:"
"""How the ids of Slack accounts begin that a list tells of, by an e-mail address or somebody's id."""


class Person(Record, frozen=True, kw_only=True):
    """What the catalog does not say is empty; `zone` is an IANA name.

    country     whose public holidays are theirs, "PT" or "DE-BY"
    away_from   first day of leave, "2026-07-01", with `away_until`, its last
    """

    id: str
    name: str
    slack_id: str = ""
    manager_id: str = ""
    zone: str = "UTC"
    email: str = ""
    country: str = ""
    away_from: str = ""
    away_until: str = ""


class Owners(Record, frozen=True, kw_only=True):
    """Who answers for an entity, resolved down to Slack.

    team_id     the owning group, or the person who owns it alone; empty when unresolved. `called`: what that is called
    slack_ids   everyone who can be reached, in catalog order
    noted       what is missing: people without a Slack id, who left, an unresolved owner. Never guessed around.
    """

    team_id: str = ""
    called: Words = field(default="", name="team_name")
    slack_ids: tuple[str, ...] = ()
    noted: tuple[Words, ...] = field(default=(), name="notes")

    @property
    def team_name(self) -> str:
        return str(self.called)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(map(str, self.noted))


class Responsible(Record, frozen=True, kw_only=True):
    """Who answers for a model, or for something that belongs to it.

    part   "model", "endpoint", "successor", ...
    why    how we come to think so, where the catalog does not say it outright
    doubts  what it is called that could be several things
    """

    part: str
    thing: Entity
    owners: Owners
    why: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


class Impacted(Record, frozen=True, kw_only=True):
    """A consumer that depends on the subject, directly (`distance` 1) or through `path`.

    path        ids from the consumer to the subject, both ends included
    kind        what it is: a table, a job, a dashboard or anything else, as in every plan before it was told
    """

    consumer_id: str
    name: str
    owners: Owners
    distance: int
    path: tuple[str, ...]
    kind: Kind = Kind.CONSUMER

    @property
    def is_unknown(self) -> bool:
        """Was it seen calling, and nobody declares whose it is?"""
        return self.consumer_id.startswith(SEEN)
