"""What is a thing called, on purpose or not, and who describes it where several sources tell of it?"""

from __future__ import annotations

from collections.abc import Iterable

from data.records.catalog import EndpointKind, Entity, Kind

BACKSTAGE_KINDS = ("component", "resource", "api", "airesource")
NAMED_ONLY = frozenset(
    (
        "backstage-named",
        "csv",
        "cyclonedx-named",
        "dbt-named",
        "measures",
        "mlflow-consumer",
        "sagemaker-consumer",
    )
)
"""How ids of what a source only names begin: nothing else is told of it there."""
NAMED_IN_BACKSTAGE = "backstage-named:"
"""How ids begin of what a reference names that no source of Backstage declared when it was read."""
MEASURED = "measures:"
"""How ids begin of what was measured of the thing whose id follows: it says nothing of who that is, or whose."""
SAYS_NOTHING = (MEASURED, NAMED_IN_BACKSTAGE)
"""How ids begin by which nobody is told that something is the same: others refer to it so, or measured it."""
_ENDPOINT = ":endpoint/"
_READ = "openlineage:dataset:"
SHARED = "slack:"
"""How places in files begin that somebody shared in Slack (bot/shared/files.py)."""

_PARTS = frozenset((Kind.MODEL, Kind.VERSION, Kind.ENDPOINT))
_ORDER = (
    "",
    "mlflow",
    "arn",
    "dbt",
    "urn",
    "openlineage",
    "openmetadata",
    "huggingface",
    "cyclonedx",
    "hosted",
)
"""Of sources that tell of one thing, the first one's words describe it: as they are listed in README."""


def source_of(one: str) -> str:
    """Of two things of one source, neither is the other; all kinds of Backstage are of one."""
    head = one.partition(":")[0]
    return "" if head in BACKSTAGE_KINDS else head


def can_be_one(things: Iterable[Entity]) -> bool:
    """Going by their kinds: a model is none of its versions or endpoints, and none of these owes an answer.

    What does is called a consumer by one source and a pipeline by the next. What is only named is of any kind, as its
    kind was guessed, and so is what events call a dataset: they have no other word, and a job that loads a model reads
    that.
    """
    kinds = (one.kind for one in things if _states_kind(one))
    return len({kind if kind in _PARTS else Kind.CONSUMER for kind in kinds}) <= 1


def _states_kind(one: Entity) -> bool:
    return not (one.is_kind_guessed or is_named_only(one.id) or one.id.startswith(_READ))


def is_named_only(one: str) -> bool:
    return one.partition(":")[0] in NAMED_ONLY


def is_shared(entity: Entity) -> bool:
    return entity.declared_in.startswith(SHARED)


def rank_of(one: str) -> tuple[int, str]:
    """Who describes what several tell of: Backstage, where people do; last, who only names it, or where it lies."""
    source = source_of(one)
    if one.startswith(NAMED_IN_BACKSTAGE):
        # A reference says nothing besides; a CSV may say of which kind it is, and whose.
        return (len(_ORDER) + 3, one)
    if source in NAMED_ONLY:
        return (len(_ORDER) + 2, one)
    if source.endswith("-dataset") or one.startswith(_READ):
        return (len(_ORDER) + 1, one)
    return (_ORDER.index(source) if source in _ORDER else len(_ORDER), one)


def called(entity: Entity) -> tuple[str, ...]:
    """What it is called on purpose, besides its id, whatever the case."""
    if not may_join(entity):
        return ()
    names = [alias.casefold() for alias in entity.aliases]
    if is_named_only(entity.id):
        names.append(entity.id.partition(":")[2])
    if (folded := entity.id.casefold()) != entity.id:
        names.append(folded)
    if entity.kind is Kind.ENDPOINT:
        names += _switched_as(entity)
    return tuple(dict.fromkeys(names))


def _switched_as(endpoint: Entity) -> list[str]:
    """By what SageMaker is told to switch it off, if it is: a name alone may be any region's, an ARN is not."""
    if endpoint.id.startswith("arn:"):
        is_endpoint, name = _ENDPOINT in endpoint.id, endpoint.id.rpartition(_ENDPOINT)[2]
    else:
        is_endpoint, name = endpoint.endpoint_kind is EndpointKind.SAGEMAKER, endpoint.endpoint_ref.casefold()
    return [name if name.startswith("arn:") else f"sagemaker endpoint {name}"] if is_endpoint and name else []


def may_join(entity: Entity) -> bool:
    """Callers that nobody knew are joined once for good (data/catalog/callers.py)."""
    return not entity.seen_as


def names_of(entity: Entity) -> tuple[str, ...]:
    """What else may be meant by a name alone."""
    if is_named_only(entity.id) or not may_join(entity):
        return ()
    tail = entity.id.partition(":")[2].casefold()
    return tuple(dict.fromkeys((entity.name.casefold(), *((tail,) if "/" in tail else ()))))
