"""What does a component say of itself: its properties, who owns it, where its files lie and what their hashes are?

Properties are named as in github.com/CycloneDX/cyclonedx-property-taxonomy, with a prefix of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from data.importers.cyclonedx_boms import Part
from data.importers.json_objects import Object

PREFIX = "emeritus:"
NAMES = ("owner", "successor", "tier")


def properties_of(parts: Sequence[Part], name: str) -> Iterator[str]:
    for part in parts:
        stated = part.fields.list("properties") + part.fields.object("modelCard").list("properties")
        for one in stated:
            if isinstance(one, Object) and one.text("name").lower() == name and one.text("value"):
                yield one.text("value")


def unknown_in(parts: Sequence[Part]) -> Iterator[str]:
    """Properties with our prefix that we do not read."""
    for part in parts:
        for one in part.fields.list("properties") + part.fields.object("modelCard").list("properties"):
            name = one.text("name").lower() if isinstance(one, Object) else ""
            if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in NAMES:
                yield name


def owners_of(parts: Sequence[Part]) -> Iterator[str]:
    """Our own property first, then what the model card or the governance of the data says."""
    yield from properties_of(parts, f"{PREFIX}owner")
    yield from properties_of(parts, "owner")
    for part in parts:
        governed = [one.object("governance") for one in part.fields.list("data") if isinstance(one, Object)]
        for owners in (part.fields.object("modelCard"), *governed):
            for owner in owners.list("owners"):
                if isinstance(owner, Object):
                    organization, contact = owner.object("organization"), owner.object("contact")
                    stated = (
                        organization.text("name"),
                        contact.text("email"),
                        contact.text("name"),
                        owner.text("name"),
                    )
                    yield from filter(None, stated)


def artifacts_of(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        for one in part.fields.list("externalReferences"):
            if isinstance(one, Object) and one.text("type") == "distribution":
                url = one.text("url")
                if url.startswith(("s3://", "file:///")) and url.isprintable():
                    yield url


def hashes_of(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        for one in part.fields.list("hashes"):
            if isinstance(one, Object) and one.text("alg") and one.text("content"):
                yield f"{one.text('alg')} {one.text('content')}"
