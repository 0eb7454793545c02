"""What does a component say of itself: its properties, who owns it, where its files lie and what their hashes are?

Properties are named as in github.com/CycloneDX/cyclonedx-property-taxonomy, with a prefix of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from data.importers.cyclonedx_boms import Part
from data.importers.fields import Fields
from data.importers.preserved import valued
from data.records.artifacts import ArtifactClass, Reference

PREFIX = "emeritus:"
NAMES = ("owner", "successor", "tier")
HYPERPARAMETER = f"{PREFIX}hyperparameter:"
WRITTEN = ("model", "retirement", "plan", "preservation-id", "class", "bytes")
"""By us, in the bill of materials of an archive (data/archive/bom.py)."""


def properties_of(parts: Sequence[Part], name: str) -> Iterator[str]:
    for one in _stated(parts):
        if one.text("name").lower() == name and one.word("value"):
            yield one.word("value")


def _stated(parts: Sequence[Part]) -> Iterator[Fields]:
    for part in parts:
        yield from part.fields.items("properties")
        yield from part.fields.fields("modelCard").items("properties")


def unknown_in(parts: Sequence[Part]) -> Iterator[str]:
    """Properties with our prefix that we do not read."""
    for one in _stated(parts):
        name = one.text("name").lower()
        is_known = name.removeprefix(PREFIX) in (*NAMES, *WRITTEN) or name.startswith(HYPERPARAMETER)
        if name.startswith(PREFIX) and not is_known:
            yield name


def owners_of(parts: Sequence[Part]) -> Iterator[str]:
    """Our own property first, then what the model card or the governance of the data says."""
    yield from properties_of(parts, f"{PREFIX}owner")
    yield from properties_of(parts, "owner")
    for part in parts:
        governed = [one.fields("governance") for one in part.fields.items("data")]
        for owners in (part.fields.fields("modelCard"), *governed):
            for owner in owners.items("owners"):
                organization, contact = owner.fields("organization"), owner.fields("contact")
                stated = (
                    organization.text("name"),
                    contact.text("email"),
                    contact.text("name"),
                    owner.text("name"),
                )
                yield from filter(None, stated)


def artifacts_of(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        for one in part.fields.items("externalReferences"):
            if one.text("type") == "distribution":
                url = one.text("url")
                if url.startswith(("s3://", "file:///")) and url.isprintable():
                    yield url


def references_of(parts: Sequence[Part], tell: Callable[[str], None]) -> Iterator[Reference]:
    """What is described in the archive of the model; `tell` hears where there is more than is kept."""
    linked = {"vcs": (ArtifactClass.CODE, "repository"), "model-card": (ArtifactClass.CARD, "model card")}
    metrics: dict[str, str] = {}
    for part in parts:
        for one in part.fields.items("externalReferences"):
            if (url := one.text("url")) and one.text("type") in linked:
                of, what = linked[one.text("type")]
                yield Reference(of=of, what=what, where=url, name=one.text("comment"))
        card = part.fields.fields("modelCard")
        for one in card.fields("modelParameters").items("datasets"):
            name, url = one.text("name"), one.fields("contents").text("url")
            if not one.text("ref") and (name or url):
                yield Reference(of=ArtifactClass.DATA, what="dataset", where=url, name=name)
        for one in card.fields("quantitativeAnalysis").items("performanceMetrics"):
            of_slice = f" ({one.text('slice')})" if one.text("slice") else ""
            if name := one.text("type"):
                metrics[f"{name}{of_slice}"] = one.word("value")
    hyperparameters = {
        one.text("name")[len(HYPERPARAMETER) :]: one.word("value")
        for one in _stated(parts)
        if one.text("name").lower().startswith(HYPERPARAMETER)
    }
    yield from valued(ArtifactClass.HYPERPARAMETERS, "parameters", hyperparameters, tell)
    yield from valued(ArtifactClass.METRICS, "metrics", metrics, tell)


def hashes_of(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        for one in part.fields.items("hashes"):
            if one.text("alg") and one.text("content"):
                yield f"{one.text('alg')} {one.text('content')}"
