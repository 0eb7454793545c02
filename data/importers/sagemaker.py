"""SageMaker: which models, endpoints and pipelines does an account hold, and what do they depend on?

Ids are ARNs, lower-case. What a registry holds and what can be deployed: sagemaker_models.py; what answers:
sagemaker_endpoints.py; what makes and uses models: sagemaker_pipelines.py and sagemaker_lineage.py. Read from files
with its answers, or from what an account answered; what AWS did not tell stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from data.errors import Invalid, Problem
from data.importers.draft import Draft
from data.importers.known import Known
from data.importers.pages import unfinished
from data.importers.report import Reading
from data.importers.sagemaker_answers import FORMAT, Resource
from data.importers.sagemaker_built import Builder
from data.importers.sagemaker_endpoints import Endpoints
from data.importers.sagemaker_lineage import Lineage
from data.importers.sagemaker_live import Live
from data.importers.sagemaker_models import read_models
from data.importers.sagemaker_pipelines import Pipelines
from data.importers.sagemaker_things import Desk, Things
from data.importers.sources import Digested, Source, files_of
from data.records.catalog import Entity, Group, Person

_OF_MODELS = (Resource.GROUP, Resource.PACKAGE, Resource.MODEL, Resource.ENDPOINT, Resource.COMPONENT)


def places_of(sources: Sequence[Path | Live]) -> tuple[Source, ...]:
    """What is read in full, as it is remembered: files, and kinds of resources of an account and region."""
    return tuple(place for one in sources for place in (one.places() if isinstance(one, Live) else (one,)))


def read_sagemaker(
    sources: Sequence[Path | Live],
    *,
    known: Iterable[Entity | Group | Person] = (),
    before: Iterable[Entity | Group | Person] = (),
) -> Reading:
    """Read files, directories for *.json, and what accounts answered, as one source.

    known   what is declared outside of `places_of(sources)`
    before  all that is declared: what was told earlier and is not told now stays
    Raises `Invalid` where a source is not whole, or tells of nothing; then nothing counts as read.
    """
    paths = [source for source in sources if isinstance(source, Path)]
    accounts = [source for source in sources if isinstance(source, Live)]
    files, broken = files_of(paths, FORMAT) if paths or not sources else ((), ())
    if problems := (*broken, *unfinished(files, "NextToken")):
        raise Invalid(problems)
    known = tuple(known)
    draft = Draft(Known(known))
    things = Things(files, accounts, draft)
    if not any(things.of(type_) for type_ in _OF_MODELS):
        named = ", ".join(str(one) if isinstance(one, Path) else one.region for one in sources)
        accepted = "tells of no model, version or endpoint of SageMaker"
        raise Invalid([Problem(field=named, value="", accepted=accepted)])
    entities = (one for one in known if isinstance(one, Entity))
    desk = Desk(draft, entities, {one.id: one for one in before if isinstance(one, Entity)})
    builder = Builder(things, desk)
    read_models(things, desk, builder)
    Endpoints(things, desk, builder).read()
    Pipelines(things, desk).read()
    for thing in (one for type_ in _OF_MODELS for one in things.of(type_) if one.id in desk.ids):
        desk.add_consumers(thing)
    Lineage(things, desk, builder).read()
    digested: list[Digested] = [*files, *accounts]
    return draft.reading(digested, places_of(sources))
