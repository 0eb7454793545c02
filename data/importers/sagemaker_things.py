"""All that was told of SageMaker, each resource once: what it is called, what its tags say, and what nobody told.

Tags say what SageMaker does not know: `emeritus.dev/owner` (or `owner`, or `team`), `emeritus.dev/tier`, `successor`,
`model`, `aliases` and `consumers`. AWS takes no comma in a tag, so blanks part the names of the last two.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from data.importers.draft import Draft, successor_name, why_not_named
from data.importers.json_lines import Placed
from data.importers.refs import Found
from data.importers.sagemaker_answers import LINEAGE, TAGGED, Resource, Telling, Thing, thing_of
from data.importers.sagemaker_live import Live, Untold
from data.importers.sources import File, Source
from data.records.catalog import Entity, Kind

PREFIX = "emeritus.dev/"
_CONSUMER = "sagemaker-consumer:"
_ANY = ("owner", "aliases")
_MODELS = ("successor", "consumers", "tier")
TAGS = {
    Resource.GROUP: (*_ANY, *_MODELS),
    Resource.PACKAGE: (*_ANY, *_MODELS),
    Resource.MODEL: (*_ANY, *_MODELS, "model"),
    Resource.COMPONENT: (*_ANY, *_MODELS),
    Resource.ENDPOINT: (*_ANY, "consumers"),
    Resource.PIPELINE: _ANY,
}
_OWNERS = (f"{PREFIX}owner", "owner", "team")
_UNCOUNTED = (Resource.ARTIFACT, Resource.CONTEXT)


class Things:
    """What was told, by id. `targets` and `lineage` each with the place that told it; `traced` told all its lineage."""

    def __init__(self, files: Sequence[File[Telling]], accounts: Sequence[Live], draft: Draft) -> None:
        self._draft = draft
        self._by_id: dict[str, Thing] = {}
        self._untold: dict[tuple[str, str], list[Untold]] = defaultdict(list)
        self.traced = [account.head for account in accounts if not account.is_untold(LINEAGE)]
        self.targets: list[tuple[str, object]] = []
        self.lineage: list[tuple[Placed, str, Source]] = []
        tags: dict[str, dict[str, str]] = {}
        for file in files:
            if file.content.is_empty:
                draft.read()
                why = "no answer of SageMaker that says what it is about"
                draft.skip(f"{file.shown}:{file.content.line}", file.content.what, why)
            self._add(file.content, file.shown, file.path)
            tags |= file.content.tags
        for account in accounts:
            telling = account.telling()
            self._add(telling, "", account.head)
            tags |= telling.tags
            self._take_out(account.gone)
            self._tell_untold(account)
        untold = [one for account in accounts for one in account.untold]
        tags_untold = {one.arn.lower() for one in untold if one.kind == TAGGED}
        for thing in self._by_id.values():
            thing.tags = tags.get(thing.id, None if thing.id in tags_untold else {})
            thing.tell_to(draft)
        for one in untold:
            if one.kind != TAGGED and one.arn.lower() in self._by_id:
                self._by_id[one.arn.lower()].why_untold = _said(one)

    def of(self, type_: Resource) -> list[Thing]:
        return [thing for thing in self._by_id.values() if thing.type is type_]

    def get(self, thing_id: str) -> Thing | None:
        return self._by_id.get(thing_id)

    def why_unlisted(self, head: str, kind: str, arn: str = "") -> str:
        """Why not everything of a kind is told of this account, or not this one thing; empty where it is."""
        untold = self._untold.get((head, kind), ())
        return next((_said(one) for one in untold if not one.arn or one.arn.lower() == arn), "")

    def _take_out(self, gone: set[str]) -> None:
        for arn in sorted(gone):
            if (thing := self._by_id.pop(arn.lower(), None)) is not None:
                self._draft.skip(arn, thing.name, "was deleted while it was read")

    def _add(self, telling: Telling, file: str, source: Source) -> None:
        for item in telling.items:
            if (thing := thing_of(item, file, source, self._draft)) is not None:
                self._put(thing)
        for target in telling.targets:
            line = target.line if isinstance(target, Placed) else 1
            self.targets.append((f"{file}:{line}" if file else str(source), target))
        self.lineage += [(it, f"{file}:{it.line}" if file else str(source), source) for it in telling.lineage]

    def _put(self, thing: Thing) -> None:
        before = self._by_id.get(thing.id)
        if before is None:
            self._by_id[thing.id] = thing
            self._draft.read(thing.type not in _UNCOUNTED)
        elif before.name != thing.name:
            self._draft.read()
            why = f"{before.where} declares {before.id} already, whatever the case; the first counts"
            self._draft.skip(thing.where, thing.name, why)
        else:
            less, more = (thing, before) if before.is_whole and not thing.is_whole else (before, thing)
            more.value = Placed(more.value.line, {**less.value, **more.value}.items())
            self._by_id[thing.id] = more

    def _tell_untold(self, account: Live) -> None:
        by_action: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for one in account.untold:
            self._untold[account.head, one.kind].append(one)
            by_action[one.action, one.why, one.mend].append(one.arn)
        for (action, why, mend), told in by_action.items():
            arns = [arn for arn in told if arn]
            of = f" for {len(arns):,}, such as {arns[0]}" if arns else ""
            self._draft.note(account.head, action, f"{why}{of}; what it tells stays as it was. {mend}")


class Desk:
    """Declares things, each under its own id: what another catalog switches off by its name or ARN is one with it as
    somebody looks (data/catalog/joins.py).

    ids      id of a thing -> the id it has in the graph, once that is known
    models   id of a thing -> the model that it is, or is a version of
    before   what we declared ourselves when we read last: what is not told now stays as it was
    """

    def __init__(self, draft: Draft, known: Iterable[Entity], before: Mapping[str, Entity]) -> None:
        self.draft = draft
        self.ids: dict[str, str] = {}
        self.models: dict[str, str] = {}
        self._before = before
        self._entities = {entity.id: entity for entity in known}

    def settle(self, thing: Thing) -> None:
        """It is told of here."""
        self.ids[thing.id] = thing.id
        self.draft.document(thing.id, thing.source)

    def find(self, thing_id: str) -> str:
        """The id in the graph of what is told here, or was declared before; empty where neither is."""
        found = self.draft.known.find(thing_id)
        return self.ids.get(thing_id) or (found.id if isinstance(found, Found) else "")

    def entity(self, entity_id: str) -> Entity | None:
        """As another source declared it, or as we have now."""
        return self._entities.get(entity_id)

    def model_of(self, entity_id: str) -> str:
        """The model that something is, or is a version of; empty where it is neither."""
        entity = self._entities.get(entity_id)
        if entity is None:
            return ""
        return (
            entity.id if entity.kind is Kind.MODEL else entity.model_id if entity.kind is Kind.VERSION else ""
        )

    def stays(self, thing: Thing) -> Entity | None:
        """What we knew of a thing of which only a line of a list was told; None where it is told, or is new."""
        return None if thing.is_whole else self._before.get(thing.id)

    def earlier(self, thing_id: str) -> Entity | None:
        return self._before.get(thing_id)

    def declare(self, thing: Thing, entity: Entity, *, owners: Sequence[str] = ()) -> None:
        """`owners` count where the thing's own tags name none."""
        before, unowned = self._before.get(thing.id), ""
        tagged = entity  # as far as its tags say it
        if thing.tags is None and before is not None:
            tagged, owners, unowned = before, before.owners_told, before.owner_note
        else:
            owners = [owner] if (owner := self.owner(thing)) else owners
            what, tier = f"{PREFIX}tier", self.tag(thing, "tier") if "tier" in TAGS[thing.type] else ""
            tagged = msgspec.structs.replace(
                entity,
                tier=self.draft.tier(tier, where=thing.where, name=thing.name, what=what),
                aliases=self._aliases(thing),
            )
        owner = next((one for one in owners if self.draft.known.owner(one)[0]), next(iter(owners), ""))
        owner_id, _ = self.draft.known.owner(owner)
        self._entities[entity.id] = entity = msgspec.structs.replace(
            self.stays(thing) or entity,
            tier=tagged.tier,
            successor_id=tagged.successor_id,
            successor_named=tagged.successor_named,
            aliases=tagged.aliases,
            declared_in=thing.where,
            owner_id=owner_id,
            owner_names=tuple(owners),
        )
        self.draft.declare(entity, thing.source, owner=owner, owners=owners, unowned=unowned)

    def owner(self, thing: Thing) -> str:
        tags = {key.lower(): value for key, value in (thing.tags or {}).items()}
        return next((tags[key] for key in _OWNERS if tags.get(key)), "")

    def tag(self, thing: Thing, name: str) -> str:
        return (thing.tags or {}).get(PREFIX + name, "")

    def tell_unknown_tags(self, thing: Thing) -> None:
        read = TAGS[thing.type]
        for tag in sorted(thing.tags or {}):
            if tag.startswith(PREFIX) and tag.removeprefix(PREFIX) not in read:
                of = f"of {words(thing.type).replace('-', ' ')}s we read {', '.join(PREFIX + name for name in read)}"
                self.draft.note(thing.where, thing.name, f'tag "{tag[:80]}": ignored; {of}')

    def successor(self, thing: Thing) -> str:
        text = self.tag(thing, "successor")
        if not text:
            return ""
        ids = [thing.beside(one, text) for one in (Resource.GROUP, Resource.MODEL)]
        own = next(filter(None, map(self.models.get, ids)), "")  # may be declared later
        found = Found(id=own) if own else self.draft.known.find(text)
        what = f'{PREFIX}successor "{text[:80]}"'
        named = None if own else successor_name(text, ids=ids)
        return self.draft.successor(
            found, of=self.ids[thing.id], where=thing.where, name=thing.name, what=what, as_named=named
        )

    def add_consumers(self, thing: Thing) -> None:
        """Of a model or an endpoint, once all is declared; SageMaker itself knows nobody who calls."""
        for name in dict.fromkeys(_parted(self.tag(thing, "consumers"))):
            self._add_consumer(thing, name)
        if thing.tags is None and thing.id in self._before:
            what, why = f"consumers of {thing.name}", "its tags are not told"
            self.draft.misses(thing.id, [], where=thing.where, what=what, why=why)

    def _add_consumer(self, thing: Thing, name: str) -> None:
        own, what = self.ids[thing.id], f"{name} -> {thing.name}"
        if why := why_not_named(name):
            self.draft.misses(thing.id, [], where=thing.where, what=what, why=why)
            return
        consumer_id = self.draft.named(name, scheme=_CONSUMER, where=thing.where, what=what)
        if consumer_id.startswith(_CONSUMER):
            entity = Entity(id=consumer_id, kind=Kind.CONSUMER, name=name, declared_in=thing.where)
            self.draft.declare(entity, _told_by_tags(thing))
        self.draft.depends(consumer_id, own, where=thing.where, what=what, by=thing.id)

    def _aliases(self, thing: Thing) -> tuple[str, ...]:
        given = (alias for alias in _parted(self.tag(thing, "aliases")) if not why_not_named(alias))
        return tuple(dict.fromkeys((thing.arn, *given)))


def _said(untold: Untold) -> str:
    """ "AWS denies sagemaker:ListTags"."""
    return untold.why.replace(" it", f" {untold.action}", 1)


def words(status: str) -> str:
    """ "RollingBack" as people write it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", status).lower()


def _parted(text: str) -> Iterator[str]:
    yield from filter(None, re.split(r"[\s,]+", text))


def _told_by_tags(thing: Thing) -> Source:
    return thing.source if isinstance(thing.source, Path) else f"{thing.head}:{TAGGED}/{thing.type}"
