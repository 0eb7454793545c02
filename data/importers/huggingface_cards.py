"""Which repository is a model card of, and what does the YAML on top of it say?

A card is a README.md that begins with ---. Its repository is the two folders it lies in (org/name/README.md), as
`hf download --local-dir` and clones have it, or the one folder of the Hub's own cache (models--org--name); where
it lies elsewhere, `emeritus: {model_id: org/name}` in the card says so, and is believed first.
Source: huggingface.co/docs/hub/model-cards and docs/huggingface_hub/guides/manage-cache
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from data.errors import Invalid, Problem
from data.importers.sources import File, Format
from data.importers.text import decoded
from data.importers.yaml_lines import Node, documents

NAME = "README.md"
_PART = r"(?!-|\.)(?!.*(?:--|\.\.))[A-Za-z0-9._-]{1,96}(?<![-.])"
REPOSITORY = re.compile(rf"{_PART}/{_PART}|{_PART}")
"""org/name, or name alone for the oldest: "gpt2"."""
_ADDRESS = re.compile(r"https?://(?:huggingface\.co|hf\.co)/([^?#]+?)/?(?:/tree/[^?#]*)?", re.IGNORECASE)
_CACHED = re.compile(r"(models|datasets|spaces)--(.+)")
_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)
_OURS = (
    "base_model",
    "new_version",
    "datasets",
    "license",
    "library_name",
    "pipeline_tag",
    "tags",
    "language",
)
_CARD = frozenset((*_OURS, "model-index", "metrics", "model_name", "widget", "inference", "emeritus"))
_OF_DATASETS = (
    "dataset_info",
    "task_categories",
    "size_categories",
    "annotations_creators",
    "source_datasets",
)
_OF_SPACES = ("sdk", "app_file", "app_port")


@dataclass(slots=True, frozen=True)
class Card:
    """`repository` is as it is written; empty where nothing tells, or, as `why_not` says, it is no model's."""

    repository: str
    front: Node
    where: str
    path: Path
    why_not: str = ""


def repository_in(text: str, *, below: str = "models") -> str:
    """org/name, also out of its address on the Hub; empty where it is neither. `below`: "models" or "datasets"."""
    name = text.strip()
    if found := _ADDRESS.fullmatch(name):
        name = found[1].removeprefix(f"{below}/")
    return name if REPOSITORY.fullmatch(name) else ""


_HF = re.compile(
    r"hf://(?:(models|datasets|spaces)/)?([^/@\s]+/[^/@\s]+)(?:@([^/@\s]{1,200}))?(?:/\S*)?", re.IGNORECASE
)


class OnHub(NamedTuple):
    """A repository of the Hub as an hf:// address names it. `kind`: "models", "datasets" or "spaces"."""

    kind: str
    name: str
    revision: str


def on_hub(uri: str) -> OnHub | None:
    """None where it is no such address. Source: huggingface.co/docs/huggingface_hub/guides/hf_file_system"""
    found = _HF.fullmatch(uri)
    if found is None or not REPOSITORY.fullmatch(found[2]):
        return None
    return OnHub((found[1] or "models").lower(), found[2], unquote(found[3] or ""))


def card_of(file: File[Node | None]) -> Card:
    where, path = f"{file.shown}:1", Path(file.shown).absolute()
    front = file.content
    if front is None:
        return Card("", Node(1, None), where, file.path, "has no YAML between two lines of ---")
    kind, repository = _place(path.parent)
    own = front.get("emeritus").get("model_id")
    if why := _why_no_model(front, kind):
        return Card("", front, where, file.path, why)
    if own.is_stated:
        named = repository_in(own.text)
        why = "" if named else f"model_id {own.shown} is no repository; write org/name"
        return Card(named, front, where, file.path, why)
    why = "" if repository else "lies in no folder org/name; put emeritus: {model_id: org/name} into it"
    return Card(repository, front, where, file.path, why)


def _place(folder: Path) -> tuple[str, str]:
    """Kind and name of the repository that a folder is, or lies in."""
    for one in (folder, *folder.parents):
        if cached := _CACHED.fullmatch(one.name):
            return cached[1], repository_in(cached[2].replace("--", "/", 1))
    parts = folder.parts[-2:]
    return ("datasets" if "datasets" in folder.parts[-3:-2] else ""), repository_in("/".join(parts))


def _why_no_model(front: Node, kind: str) -> str:
    if kind == "datasets" or any(front.get(key).is_stated for key in _OF_DATASETS):
        return "is the card of a dataset"
    if kind == "spaces" or any(front.get(key).is_stated for key in _OF_SPACES):
        return "is the card of a Space"
    return "" if _CARD.intersection(front.keys()) else "says nothing that a model card says"


def _front(content: bytes, shown: str) -> Node | None:
    return front_of(content, shown) if Path(shown).name == NAME else None


def front_of(content: bytes, shown: str) -> Node | None:
    """What stands between the first two lines of ---; None where the file does not begin with one."""
    text = decoded(content, shown)
    opens = _FENCE.match(text)
    if opens is None:
        return None
    closes = _FENCE.search(text, opens.end())
    if closes is None:
        accepted = "begins with --- and has no second one: is the file complete?"
        raise Invalid([Problem(field=f"{shown}:1", value="", accepted=accepted)])
    # The line break behind the first --- stays, so that every line keeps its number.
    found = documents(text[opens.end() : closes.start()].encode(), shown)
    front = found[0] if found else Node(1, None)
    if not isinstance(front.value, dict | None):
        accepted = "no fields such as base_model, which stand on top of a model card"
        raise Invalid([Problem(field=f"{shown}:{front.line}", value=front.shown, accepted=accepted)])
    return front


def _wrong(front: Node | None, shown: str, is_named: bool) -> Sequence[Problem]:
    """A directory may hold other Markdown; what was named is to be a card."""
    if not is_named or (front is not None and front.keys()):
        return []
    accepted = f"is no {NAME} with YAML between two lines of --- on top, as a model card is"
    return [Problem(field=f"{shown}:1", value="", accepted=accepted)]


FORMAT = Format(holds="model cards", suffixes=(".md",), parsed=_front, wrong=_wrong)
