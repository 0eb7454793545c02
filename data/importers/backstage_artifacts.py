"""What is kept of a model, as the annotation emeritus.dev/artifacts lists it: paths and addresses, each with its class.

`weights=s3://bucket/model/, card=docs/card.md, code=git+https://git.example.com/churn@COMMIT`. Without a class it is
weights, as in every catalog before there were classes; what git has is code.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from data.importers.benchmarks import benchmarks_beside
from data.importers.declaration import PREFIX, Account, Declaration
from data.importers.huggingface_cards import OnHub, on_hub
from data.importers.yaml_lines import Node
from data.records.artifacts import ArtifactClass, Classed, Reference

STOPS = "its archive step will stop at it"
COPIED = ("s3://", "file://", "git+https://", "git+file:///")
LINKED = ("https://", "http://")
"""What lies there is described, and not copied: a page is another one tomorrow, and asks who reads it."""
_CLASS = re.compile(r"\s*([A-Za-z][A-Za-z _-]*?)\s*=\s*(\S.*)", re.DOTALL)


class Listed(NamedTuple):
    """As the fields of an entity have it."""

    uris: tuple[str, ...] = ()
    classes: tuple[Classed, ...] = ()
    references: tuple[Reference, ...] = ()


def listed(thing: Declaration, account: Account) -> Listed:
    """What we cannot archive is kept, so that the archive step stops there."""
    found: dict[str, ArtifactClass] = {}
    references: dict[Reference, None] = {}
    for part in parts(thing.annotation("artifacts")):
        if part.is_nested:
            what = f"{PREFIX}artifacts {part.shown}"
            account.note(thing, part.line, what, f"not one path or URI; {STOPS}")
            found.setdefault(str(thing.path.parent / part.shown), ArtifactClass.WEIGHTS)
            continue
        told, uri = _class_and_uri(part, thing, account)
        if not uri:
            continue
        if told not in (None, ArtifactClass.WEIGHTS) and uri.startswith(LINKED):
            references[Reference(of=told, what="link", where=uri)] = None
            continue
        if (there := on_hub(uri)) is not None:
            references[_of_hub(told, there, uri)] = None
            if not there.revision:
                note = "no revision, and what is there is another one tomorrow; write hf://org/name@REVISION"
                account.note(thing, part.line, f"{PREFIX}artifacts {uri}", note)
            continue
        if "://" not in uri:
            uri = _absolute(uri, thing, part.line, account)
        elif not uri.startswith(COPIED):
            what = f"{PREFIX}artifacts {uri}"
            rule = "only paths, file://, s3://, git+https:// and git+file:/// can be archived"
            account.note(thing, part.line, what, rule)
        otherwise = ArtifactClass.CODE if uri.startswith("git+") else ArtifactClass.WEIGHTS
        found.setdefault(uri, told or otherwise)
    told_where = {one.where for one in references}
    references |= dict.fromkeys(one for one in _dashboards(thing) if one.where not in told_where)
    for uri in (uri for uri, of in found.items() if of is ArtifactClass.CARD):
        tell = partial(account.note, thing, thing.line, f"{PREFIX}artifacts {uri}")
        references |= dict.fromkeys(benchmarks_beside(uri, thing.path.parent, tell))
    classes = tuple(Classed(uri=uri, of=of) for uri, of in found.items() if of is not ArtifactClass.WEIGHTS)
    return Listed(tuple(found), classes, tuple(references))


def _of_hub(told: ArtifactClass | None, there: OnHub, uri: str) -> Reference:
    """It stays on the Hub, under its revision: a base model, or data, is no copy of ours to keep."""
    otherwise = ArtifactClass.DATA if there.kind == "datasets" else ArtifactClass.WEIGHTS
    what = f"{there.kind.removesuffix('s')} of Hugging Face"
    return Reference(of=told or otherwise, what=what, where=uri, name=there.name, version=there.revision)


def _dashboards(thing: Declaration) -> Iterator[Reference]:
    """Of its links those whose type says so. Source: backstage.io/docs/features/software-catalog/descriptor-format"""
    for link in thing.metadata.get("links").items:
        url = link.get("url").text
        if link.get("type").text.lower() == ArtifactClass.DASHBOARD and url.startswith(LINKED):
            yield Reference(
                of=ArtifactClass.DASHBOARD, what="link", where=url, name=link.get("title").text[:200]
            )


def parts(node: Node) -> tuple[Node, ...]:
    """The items of a list; in one text, which is all an annotation is to Backstage, commas and lines separate them."""
    if isinstance(node.value, str):
        return tuple(Node(node.line, part) for part in re.split("[,\n]", node.value))
    return node.items


def _class_and_uri(part: Node, thing: Declaration, account: Account) -> tuple[ArtifactClass | None, str]:
    """A file may be called `a=b`, or lie in `day=2026-03-02/`: a class is what is called as one, and a word before an

    address or a whole path, which no name of a file has in it, is meant for one.
    """
    stated = _CLASS.fullmatch(part.text)
    if stated is None:
        return None, part.text
    try:
        return ArtifactClass(re.sub("[ _]", "-", stated[1].lower())), stated[2]
    except ValueError:
        if "://" not in stated[2] and not stated[2].startswith("/"):
            return None, part.text
    known = ", ".join(ArtifactClass)
    what = f"{PREFIX}artifacts {part.text}"
    account.note(thing, part.line, what, f'"{stated[1]}" is no class of artifacts: {known}. Kept as other')
    return ArtifactClass.OTHER, stated[2]


def _absolute(path: str, thing: Declaration, line: int, account: Account) -> str:
    """A link stays the link that was written. What no file can be called is kept as it would be shown."""
    named = thing.path.parent / path
    short = Path(os.path.normpath(named))
    try:
        # Behind a link, ".." is not where it seems to lead.
        return str(short if short.resolve() == named.resolve() else named.resolve())
    except (OSError, RuntimeError, ValueError):  # too long, a ring of links (before 3.13), a NUL
        shown = repr(path)[1:-1]
        account.note(thing, line, f"{PREFIX}artifacts {shown}", f"no file can be there; {STOPS}")
        return str(thing.path.parent / shown)
