"""What do registries tell of hosted models? Every statement in one shape, whichever registry it is from.

Three are read: a file of modeldeprecations.dev (YAML, or JSON as its API answers), the list or JSON feed of
deprecations.info, and the prices of LiteLLM, whose `deprecation_date` is the day of the shutdown.
Source: github.com/mnfst/modeldeprecations.dev src/schema/model.ts; github.com/leblancfg/deprecations-rss;
github.com/BerriAI/litellm, pull request 36152
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import Invalid, Problem
from data.importers.addresses import Kind, answer_at
from data.importers.answers import Asking, Limits
from data.importers.concealed import without_credentials
from data.importers.days import day_in
from data.importers.draft import Draft
from data.importers.fields import Fields
from data.importers.json_lines import Placed, Text
from data.importers.sources import Format, Source, whole_files
from data.importers.text import cut_within, decoded
from data.importers.yaml_lines import Node
from data.importers.yaml_lines import documents as yaml_documents
from data.records.support import Support

REGISTRY, FEED, LITELLM = "modeldeprecations.dev", "deprecations.info", "LiteLLM"
RANK = (REGISTRY, FEED, LITELLM)
"""Where they name different successors, the first one that names any is heard: it says who recommends which."""
REGISTRIES = Kind(
    what="a registry of hosted models",
    example="https://models.example.com/deprecations.json",
    without="fetch it yourself and name the file",
    known_by="fetch it yourself and name the file",
)
NEEDED = ("status", "last_verified")
"""Of an entry of modeldeprecations.dev; the last lines of its file."""
STATUSES = ("active", "deprecated", "retired")
_HOSTS = {
    "amazon-bedrock": "bedrock",
    "aws-bedrock": "bedrock",
    "azure-openai": "azure",
    "azure-text": "azure",
    "bedrock-converse": "bedrock",
    "cohere-chat": "cohere",
    "dashscope": "alibaba",
    "gemini": "google",
    "google-vertex": "vertex",
    "google-vertex-ai": "vertex",
    "text-completion-openai": "openai",
    "vertex-ai": "vertex",
    "zai": "z-ai",
}
"""What others call the providers of modeldeprecations.dev. A model on another host is another model."""


@dataclass(slots=True, frozen=True)
class Told:
    """One registry's statement about one hosted model. `aliases`: what it is called besides, as written."""

    provider: str
    model: str
    aliases: tuple[str, ...]
    support: Support
    where: str
    source: Source

    @property
    def called(self) -> str:
        return f"{self.provider}/{self.model}"


@dataclass(slots=True, frozen=True)
class Page:
    """A file, or what an address answered. `name` is the same on every machine."""

    shown: str
    name: str
    source: Source
    digest: str
    content: tuple[Any, ...]
    credentials: int = 0


def page_at(address: str) -> Page:
    """Raises `Unavailable` where it does not answer, and `Invalid` for what no registry answers."""
    content = answer_at(address, REGISTRIES, Asking(Limits()))
    text, credentials = without_credentials(content, address)
    values = _parsed(text, address)
    if wrong := _wrong(values, address, True):
        raise Invalid(wrong)
    return Page(address, address, address, hashlib.sha256(content).hexdigest(), values, credentials)


def pages_of(sources: Sequence[Path | Page]) -> tuple[Page, ...]:
    """Those of files, and what has answered. Raises `Invalid` where a file cannot be read; then none counts as read."""
    paths = [one for one in sources if isinstance(one, Path)]
    files = whole_files(paths, FORMAT) if paths or not sources else ()
    pages = [
        Page(file.shown, file.name, file.path, file.digest, file.content, file.credentials) for file in files
    ]
    return (*pages, *(one for one in sources if isinstance(one, Page)))


def host_of(provider: str) -> str:
    """A provider in the spelling of modeldeprecations.dev: "AWS Bedrock" is "bedrock"."""
    slug = "-".join(provider.casefold().replace("_", " ").replace("-", " ").split())
    return "vertex" if slug.startswith("vertex-ai-") else _HOSTS.get(slug, slug)


@dataclass(slots=True, frozen=True)
class _Entry:
    """What a registry says under one name; `tell` takes what is odd about a field."""

    name: str
    fields: Fields
    around: Fields
    where: str
    tell: Callable[[str, str], None]

    def day(self, key: str, *, around: bool = False) -> str:
        """An ISO day, or the day of an ISO instant; empty for anything else, and told."""
        text = (self.around if around else self.fields).text(key)
        try:
            return day_in(text) if text else ""
        except ValueError:
            self.tell(key, f'"{text[:40]}" is no day like 2026-03-02; kept without one')
            return ""

    def told(
        self, model: str, support: Support, source: Source, *, provider: str, aliases: tuple[str, ...] = ()
    ) -> Told | str:
        if not provider or not model:
            return f"has no {'model' if provider else 'provider'}"
        return Told(host_of(provider), " ".join(model.split()), aliases, support, self.where, source)


def told_in(pages: Sequence[Page], draft: Draft) -> Iterator[Told]:
    """All statements of all pages; whatever is none is skipped with the reason."""
    readers = {REGISTRY: _of_registry, FEED: _of_feed, LITELLM: _of_litellm}
    for page in pages:
        for name, value, kind in (entry for one in page.content for entry in _entries(one)):
            draft.read()
            line = value.line if isinstance(value, Placed) else 1
            where = f"{page.shown}:{line}"
            found: Told | str = "tells of no model as one of these registries does"
            if kind:
                found = readers[kind](_entry(name, value, where, draft), page.source)
            if isinstance(found, str):
                draft.skip(where, name[:120] or "document", found)
            else:
                yield found


def _entry(name: str, value: Placed, where: str, draft: Draft) -> _Entry:
    def tell(path: str, note: str) -> None:
        draft.note(where, f"{name[:120]} {path}".strip(), note)

    inside = value.get("_deprecation", value)
    return _Entry(name, Fields(inside, tell), Fields(value, tell), where, tell)


def _of_registry(entry: _Entry, source: Source) -> Told | str:
    fields = entry.fields
    if (status := fields.text("status").lower()) not in STATUSES:
        entry.tell("status", f'"{status[:40]}" is not one of {", ".join(STATUSES)}; ignored')
        status = ""
    named = [one for one in fields.items("replacements") if one.word("model")]
    recommended = [one for one in named if str(one.value("recommended")).lower() == "true"]
    support = Support(
        told_by=REGISTRY,
        status=status,
        deprecated_on=entry.day("deprecated_on"),
        shutdown_on=entry.day("shutdown_on"),
        earliest_shutdown_on=entry.day("earliest_shutdown_on"),
        replacements=tuple(map(_called, named)),
        successor=_only([_called(one) for one in recommended or named]),
        sources=tuple(url for one in fields.items("sources") if (url := one.text("url"))),
        verified_on=entry.day("last_verified"),
    )
    aliases = fields.texts("aliases")
    return entry.told(
        fields.word("model"), support, source, provider=fields.text("provider"), aliases=aliases
    )


def _called(replacement: Fields) -> str:
    host = host_of(replacement.text("provider"))
    return f"{host}/{replacement.word('model')}" if host else replacement.word("model")


def _of_feed(entry: _Entry, source: Source) -> Told | str:
    fields, host = entry.fields, host_of(entry.fields.text("provider"))
    # An old feed has several in one text, with nothing that could tell them apart: such a text is kept whole.
    said = fields.texts("replacement_models" if "replacement_models" in fields else "replacement_model")
    named = tuple(f"{host}/{' '.join(text.split())}" for text in said)
    support = Support(
        told_by=FEED,
        deprecated_on=entry.day("announcement_date"),
        shutdown_on=entry.day("shutdown_date"),
        replacements=named,
        successor=_only(named),
        sources=tuple(filter(None, (entry.around.text("url"),))),
        verified_on=entry.day("last_observed")
        or entry.day("scraped_at")
        or entry.day("date_published", around=True),
    )
    return entry.told(fields.word("model_id"), support, source, provider=fields.text("provider"))


def _of_litellm(entry: _Entry, source: Source) -> Told | str:
    fields, name = entry.fields, entry.name
    if name == "sample_spec":
        return "describes the format, and no model"
    if "deprecation_date" not in fields:
        return "tells no deprecation_date"
    sources = tuple(filter(None, (fields.text("source"),)))
    support = Support(told_by=LITELLM, shutdown_on=entry.day("deprecation_date"), sources=sources)
    if not support.shutdown_on:
        return "tells no day of its shutdown"
    provider = fields.text("litellm_provider")
    first, _, rest = name.partition("/")
    if rest and host_of(first) == host_of(provider):  # LiteLLM's own prefix, by which it knows whom to ask
        return entry.told(rest, support, source, provider=provider, aliases=(name,))
    return entry.told(name, support, source, provider=provider)


def _only(named: Sequence[str]) -> str:
    """Of several none is guessed."""
    return named[0] if len(dict.fromkeys(named)) == 1 else ""


def _entries(value: Any) -> Iterator[tuple[str, Any, str]]:
    """The entries of a document: name, content, and which registry speaks so; empty where none does."""
    if isinstance(value, list):
        for one in value:
            yield from _entries(one)
    elif not isinstance(value, Placed):
        yield "", value, ""
    elif isinstance(inside := value.get("models", value.get("items")), list):
        yield from _entries(inside)
    elif "_deprecation" in value or "model_id" in value:
        yield _name(value.get("_deprecation", value), "model_id"), value, FEED
    elif "provider" in value and "model" in value:
        yield _name(value, "model"), value, REGISTRY
    elif any(isinstance(one, Placed) and "litellm_provider" in one for one in value.values()):
        for name, one in value.items():
            yield name, one, LITELLM if isinstance(one, Placed) else ""
    else:
        yield "", value, ""


def _name(value: Any, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else ""
    return found if isinstance(found, str) else ""


def _parsed(content: bytes, shown: str) -> tuple[Any, ...]:
    """JSON where it begins as such, else YAML."""
    if decoded(content, shown).lstrip()[:1] in ("{", "["):
        return tuple(item.value for item in Text(content, shown).placed())
    nodes = yaml_documents(content, shown)
    values = tuple(map(_placed, nodes))
    path, last = nodes[-1].last() if nodes else ((), Node(1, None))
    # What an entry lacks, where it does, tells more of where the file was cut off.
    if last.is_open and any(kind for *_, kind in _entries(values[-1])) and not _wrong(values, shown, False):
        raise Invalid([cut_within(shown, last.line, last.text or f"{''.join(path[-1:])}:")])
    return values


def _placed(node: Node) -> Any:
    """As JSON would hold it."""
    if isinstance(node.value, dict):
        return Placed(node.line, ((key, _placed(one)) for key, one in node.value.items()))
    return [_placed(one) for one in node.value] if isinstance(node.value, list) else node.value


def _wrong(values: tuple[Any, ...], shown: str, is_named: bool) -> list[Problem]:
    """A directory may hold files of other things; what was named is to be one of ours."""
    found = [entry for value in values for entry in _entries(value)]
    if is_named and not any(kind for *_, kind in found):
        accepted = f"holds no models as {', '.join(RANK)} tell of them"
        return [Problem(field=f"{shown}:1", value="", accepted=accepted)]
    accepted = "has no {}, which comes last in a file: is it complete?"
    return [
        Problem(field=f"{shown}:{one.line}", value=name, accepted=accepted.format(lacking))
        for name, one, kind in found
        if kind == REGISTRY and (lacking := next((key for key in NEEDED if not one.get(key)), ""))
    ]


FORMAT = Format(
    holds="a registry of hosted models", suffixes=(".yaml", ".yml", ".json"), parsed=_parsed, wrong=_wrong
)
