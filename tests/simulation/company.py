"""Who works here and what runs: the catalog every simulated world starts with, and who votes.

One company of eight models; each has endpoints, consumers and owners of its own. It is the same in every world,
so its record is written once and copied.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from data.catalog.callers import unknown
from data.catalog.catalog import Catalog
from data.importers.report import Reading
from data.policies.policy import read_criteria
from data.records.catalog import Dependency, EndpointKind, Entity, Group, Kind, Person, Sighting
from data.records.escalation import Branch, Escalation, Notify, WaitDays, WaitHours, When
from data.records.policy import Policy, Role
from data.sqlite.store import SqliteStore
from tests.builders import a_policy
from workflows.machine import RetirementMachine

START = datetime(2027, 1, 4, 8, tzinfo=UTC)
MODELS = 8
GOVERNANCE = "CGOV"
PLATFORM = ("UPLATO", "UPLUM")
SECURITY = ("USELMA", "USEAN")
STRANGER = "USTRANGER"
MANAGER = "UMAX"
SUCCESSOR = "component:default/successor"
UNOWNED_MODELS = (3,)
"""Models one of whose consumers nobody owns: the coordinator has to waive it."""
MANUAL_MODELS = (5,)
"""Models one of whose endpoints only people can switch off."""
UNMETERED_MODELS = (6,)
"""Models without any driven endpoint to speak of: a second endpoint with a meter of its own."""

POLICY = a_policy(
    name="simulated",
    digest="sha256:simulated",
    governance_channel=GOVERNANCE,
    roles=(
        Role(name="owner", groups=("model.owner",)),
        Role(name="platform", groups=("platform",)),
        Role(name="security", groups=("security",), veto="yes"),
    ),
    zero_traffic_days=5,
    extension_days=14,
)
CRITERIA = read_criteria()
OWN_STEPS = Escalation(
    steps=(
        Notify(to=("owner",)),
        WaitDays(days=2),
        Branch(
            when=When(duties=("open",)),
            then=(Notify(to=("manager", "delegate")), WaitDays(days=1)),
            otherwise=(Notify(to=("lead", "group:platform")), WaitDays(days=1)),
        ),
        WaitHours(hours=4),
    ),
    on_exhausted="coordinator",
)
LEVELS = {
    "simulated": {1: timedelta(0), 2: timedelta(days=POLICY.escalate_again_days)},
    "own steps": {1: timedelta(0), 4: timedelta(days=3 + 6)},
}
"""Policy -> which notification is due at the latest how long after the day was over; work may wait for days."""


def policy_of(seed: int) -> Policy:
    """Every third world escalates by steps of its own."""
    return replace(POLICY, name="own steps", escalation=OWN_STEPS) if seed % 3 == 0 else POLICY


def model_id(number: int) -> str:
    return f"component:default/model-{number}"


def model_name(number: int) -> str:
    return f"model-{number}"


def owners(number: int) -> tuple[str, str]:
    """Who owns the model; the first proposes."""
    return f"UPAT{number}", f"UOWEN{number}"


def consumer_id(number: int, which: int) -> str:
    return f"urn:consumer-{number}-{which}"


def other_id(consumer: str) -> str:
    """Under which it stands for as long as another catalog has it, too."""
    return consumer.replace("urn:", "component:default/")


def first_named(text: str) -> str:
    """With consumers as they were called first, whatever they are called by now."""
    return text.replace("component:default/consumer-", "urn:consumer-")


def consumers(number: int) -> tuple[int, ...]:
    return tuple(range(1 + number % 3))


def consumer_owners(number: int, which: int) -> tuple[str, ...]:
    """One team of two for the first consumer, one person for each other one."""
    if number in UNOWNED_MODELS and which == 0:
        return ()
    return (f"UANN{number}", f"UBEN{number}") if which == 0 else (f"UCARL{number}",)


def owners_at_first() -> dict[str, frozenset[str]]:
    """Consumer -> who answers for it before anything is imported anew."""
    return {
        consumer_id(number, which): frozenset(consumer_owners(number, which))
        for number in range(MODELS)
        for which in consumers(number)
    }


def endpoint_refs(number: int) -> tuple[tuple[str, EndpointKind], ...]:
    refs = [(f"serve-{number}", EndpointKind.LOCAL)]
    if number in MANUAL_MODELS:
        refs.append((f"edge-{number}", EndpointKind.MANUAL))
    if number in UNMETERED_MODELS:
        refs.append((f"batch-{number}", EndpointKind.LOCAL))
    return tuple(refs)


def endpoint_id(ref: str) -> str:
    return f"resource:default/{ref}"


def newcomer(number: int, serial: int) -> Reading:
    """A consumer that a catalog import brings along later."""
    entity = Entity(
        id=f"component:default/late-{number}-{serial}",
        kind=Kind.CONSUMER,
        name=f"late-{number}-{serial}",
        owner_id=f"user:default/upat{number}",
    )
    edge = Dependency(from_id=entity.id, to_id=model_id(number))
    return Reading(
        entities=(entity,),
        dependencies=(edge,),
        source_digest=f"sha256:late-{number}-{serial}",
        files={entity.id: f"/catalog/late-{number}-{serial}.yaml"},
        declared_by=(entity.id,),
    )


def deployed(number: int, serial: int) -> Reading:
    """The model is served in another place as well by now, where only people can switch it off."""
    entity = Entity(
        id=endpoint_id(f"extra-{number}-{serial}"),
        kind=Kind.ENDPOINT,
        name=f"extra-{number}-{serial}",
        owner_id=f"group:default/owners-{number}",
        model_id=model_id(number),
        endpoint_ref=f"extra-{number}-{serial}",
    )
    return Reading(
        entities=(entity,),
        dependencies=(Dependency(from_id=entity.id, to_id=model_id(number)),),
        source_digest=f"sha256:deployed-{number}-{serial}",
        files={entity.id: f"/catalog/extra-{number}-{serial}.yaml"},
        declared_by=(entity.id,),
    )


def reassigned(
    number: int, which: int, serial: int, *, same_team: bool, joined: bool
) -> tuple[Reading, tuple[str, ...]]:
    """One who answered for a consumer moves on: somebody else joins the team, or another team takes over.

    What nobody owned has an owner then. Returns who they are now, too.
    joined   told by another catalog, which calls the consumer otherwise as well
    """
    fresh = f"UNEW{number}X{serial}"
    before = consumer_owners(number, which)
    is_same = same_team and bool(before)
    team = f"team-{number}-{which}" if is_same else f"team-{number}-{which}-after-{serial}"
    members = (*before[1:], fresh) if is_same else (fresh,)
    group = _group(team, members)
    people = (_person(fresh, f"user:default/{MANAGER.lower()}"),)
    first = consumer_id(number, which)
    entity = Entity(
        id=other_id(first) if joined else first,
        kind=Kind.CONSUMER,
        name=f"consumer-{number}-{which}",
        owner_id=group.id,
        aliases=(first,) if joined else (),
    )
    edge = Dependency(from_id=entity.id, to_id=endpoint_id(endpoint_refs(number)[0][0]))
    reading = Reading(
        entities=(entity,),
        dependencies=(edge,),
        groups=(group,),
        people=people,
        source_digest=f"sha256:reassigned-{entity.id}-{serial}",
        files=dict.fromkeys((entity.id, group.id, people[0].id), "/catalog/company.yaml"),
        declared_by=(entity.id,),
    )
    return reading, members


def parted(number: int, which: int, serial: int) -> Reading:
    """The other catalog does not call the consumer as it was called first any more, nor has it depend on anything."""
    entity = Entity(
        id=other_id(consumer_id(number, which)), kind=Kind.CONSUMER, name=f"no-consumer-{number}-{which}"
    )
    return Reading(
        entities=(entity,),
        source_digest=f"sha256:parted-{entity.id}-{serial}",
        files={entity.id: "/catalog/company.yaml"},
    )


def touched(number: int, serial: int) -> Reading:
    """An import that changes a title and nothing that matters."""
    entity = Entity(
        id=SUCCESSOR,
        kind=Kind.MODEL,
        name="successor",
        title=f"Successor, edition {number}.{serial}",
        owner_id="group:default/platform",
    )
    return Reading(
        entities=(entity,),
        source_digest=f"sha256:touched-{number}-{serial}",
        files={entity.id: "/catalog/successor.yaml"},
    )


def called(number: int, serial: int, day: str) -> Reading:
    """A log in which a caller nobody declares was seen, and the first of the consumers as well."""
    caller = unknown(f"scorer-{number}-{serial}", f"access.log:{serial}")
    to_id = endpoint_id(endpoint_refs(number)[0][0])
    seen = {"to_id": to_id, "seen_in": caller.declared_in, "first_seen": day, "last_seen": day}
    callers = (caller.id, consumer_id(number, consumers(number)[0]))
    return Reading(
        entities=(caller,),
        sightings=tuple(Sighting(from_id=one, calls_per_day=1.5, **seen) for one in callers),
        source_digest=f"sha256:called-{number}-{serial}",
        files={caller.id: f"/logs/{number}-{serial}.log"},
    )


def _person(slack_id: str, manager: str = "") -> Person:
    return Person(
        id=f"user:default/{slack_id.lower()}", name=slack_id.title(), slack_id=slack_id, manager_id=manager
    )


def _group(name: str, members: tuple[str, ...]) -> Group:
    return Group(
        id=f"group:default/{name}",
        name=name,
        member_ids=tuple(f"user:default/{member.lower()}" for member in members),
    )


def _whole() -> Reading:
    boss = f"user:default/{MANAGER.lower()}"
    people = [_person(MANAGER), _person(STRANGER), *(_person(one) for one in (*PLATFORM, *SECURITY))]
    groups = [_group("platform", PLATFORM), _group("security", SECURITY)]
    entities = [Entity(id=SUCCESSOR, kind=Kind.MODEL, name="successor", owner_id="group:default/platform")]
    edges: list[Dependency] = []
    for number in range(MODELS):
        people += [_person(one) for one in owners(number)]
        groups.append(_group(f"owners-{number}", owners(number)))
        entities.append(
            Entity(
                id=model_id(number),
                kind=Kind.MODEL,
                name=model_name(number),
                owner_id=f"group:default/owners-{number}",
                tier=3,
                artifacts=(f"/models/{model_name(number)}/weights", f"/models/{model_name(number)}/card"),
            )
        )
        for ref, kind in endpoint_refs(number):
            endpoint = Entity(
                id=endpoint_id(ref),
                kind=Kind.ENDPOINT,
                name=ref,
                owner_id=f"group:default/owners-{number}",
                model_id=model_id(number),
                endpoint_kind=kind,
                endpoint_ref=ref,
            )
            entities.append(endpoint)
            edges.append(Dependency(from_id=endpoint.id, to_id=model_id(number)))
        for which in consumers(number):
            team = consumer_owners(number, which)
            name = f"team-{number}-{which}"
            if team:
                # One of the team has somebody above them, the other has nobody.
                people += [_person(one, boss if place == 0 else "") for place, one in enumerate(team)]
                groups.append(_group(name, team))
            entity = Entity(
                id=consumer_id(number, which),
                kind=Kind.CONSUMER,
                name=f"consumer-{number}-{which}",
                owner_id=f"group:default/{name}" if team else "",
            )
            entities.append(entity)
            edges.append(Dependency(from_id=entity.id, to_id=endpoint_id(endpoint_refs(number)[0][0])))
    return Reading(
        entities=tuple(entities),
        dependencies=tuple(edges),
        groups=tuple(groups),
        people=tuple(people),
        source_digest="sha256:company",
        files=dict.fromkeys((one.id for one in entities), "/catalog/company.yaml")
        | dict.fromkeys((one.id for one in groups), "/catalog/company.yaml")
        | dict.fromkeys((one.id for one in people), "/catalog/company.yaml"),
        declared_by=tuple(edge.from_id for edge in edges),
    )


@cache
def _written() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "company.db"
        store = SqliteStore(path, RetirementMachine())
        Catalog(store).import_(_whole(), format="backstage", now=START)
        store.close()
        return path.read_bytes()


def lay_down(path: Path) -> None:
    """Write the record of a company that has imported its catalog and retired nothing yet."""
    path.write_bytes(_written())
    for end in ("-wal", "-shm", ".lock"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def memory_folder() -> Path:
    """Where worlds keep their files: in memory if the machine has such a place."""
    shared = Path("/dev/shm")  # noqa: S108 - a mount of memory; the folder in it is our own
    parent = shared if shared.is_dir() else None
    return Path(tempfile.mkdtemp(prefix="emeritus-simulation-", dir=parent))


def clear_away(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
