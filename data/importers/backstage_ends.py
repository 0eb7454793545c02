"""Which Backstage files may be cut off in a name? Those that end without a line break, in one that nobody has.

Many editors write no line break there, so a file that ends in a name somebody has is fine. Whether that is but the
beginning of what the same document said before, the catalog looks at (data/catalog/cut_off.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.errors import Problem
from data.importers.backstage_entities import OWNERS, kind_of
from data.importers.backstage_moving import SUCCESSORS
from data.importers.backstage_relations import KINDS_NAMED
from data.importers.declaration import PREFIX, Declaration
from data.importers.known import Known
from data.importers.refs import Found, Index, ids_meant
from data.importers.report import End
from data.importers.sources import File
from data.importers.text import cut_within
from data.importers.yaml_lines import Node
from data.records.catalog import Kind

_ANNOTATIONS = ("metadata", "annotations")
_IDS = (("kind",), ("metadata", "name"), ("metadata", "namespace"))
_NAMED: Mapping[tuple[str, ...], tuple[str, ...]] = {
    **{("spec", field): kinds for field, kinds in KINDS_NAMED.items()},
    ("spec", "owner"): OWNERS,
    ("spec", "parent"): ("group",),
    ("spec", "children"): ("group",),
    ("spec", "memberOf"): ("group",),
    ("spec", "members"): ("user",),
    (*_ANNOTATIONS, f"{PREFIX}manager"): ("user",),
    (*_ANNOTATIONS, f"{PREFIX}successor"): SUCCESSORS,
}
"""Where a document names others, and of which kinds they are."""


@dataclass(slots=True, frozen=True)
class OpenEnd:
    """The document a file ends in, the value it ends within, and by which keys one comes there."""

    thing: Declaration
    path: tuple[str, ...]
    node: Node

    def problem(self) -> Problem:
        what = self.node.text or f"{self.path[-1]}:"
        return cut_within(self.thing.shown_path, self.node.line, what)

    def end(self) -> End:
        text = self.node.text
        meant = ids_meant(text, kinds=_NAMED.get(self.path, ()), namespace=self.thing.namespace)
        return End(
            thing_id=self.thing.id,
            file=self.thing.shown_path,
            line=self.node.line,
            text=text,
            meant=tuple(dict.fromkeys((text.casefold(), *meant))),
        )


def open_ends(files: Sequence[File[tuple[Node, ...]]], declared: Iterable[Declaration]) -> list[OpenEnd]:
    things = {(one.path, one.line): one for one in declared}
    found: list[OpenEnd] = []
    for file in files:
        if not file.content:
            continue
        path, node = file.content[-1].last()
        thing = things.get((file.path, file.content[-1].line))
        if node.is_open and path and thing is not None:
            found.append(OpenEnd(thing, path, node))
    return found


def may_be_cut(
    end: OpenEnd, index: Index, things: Known, kinds: Mapping[str, Kind], ids: Collection[str]
) -> bool:
    """Whether what it ends within is nobody's name, where somebody's should be, or makes it another thing.

    kinds, ids   what was known before this source was read
    """
    path, text, thing = end.path, end.node.text, end.thing
    if not text or path == _ANNOTATIONS:  # the beginning of a key reads as a text
        return True
    if path in _IDS:
        return thing.id not in ids
    if path == ("spec", "type"):
        return kinds.get(thing.id, kind_of(thing)) != kind_of(thing)
    if (named := _NAMED.get(path)) is None:
        return False
    found = index.find(text, kinds=named, namespace=thing.namespace, first=True)
    return not isinstance(found, Found) and things.find(text, is_by_name=False) is None
