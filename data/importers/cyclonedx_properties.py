"""What does a component say of itself: its properties, who owns it, where its files lie and what their hashes are?

Properties are named as in github.com/CycloneDX/cyclonedx-property-taxonomy, with a prefix of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from data.importers.cyclonedx_boms import Part
from data.importers.fields import Fields

PREFIX = "emeritus:"
NAMES = ("owner", "successor", "tier")


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
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in NAMES:
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


def hashes_of(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        for one in part.fields.items("hashes"):
            if one.text("alg") and one.text("content"):
                yield f"{one.text('alg')} {one.text('content')}"
