"""What scales by itself, as Application Auto Scaling tells: nothing of the graph, but lost with its endpoint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from data.importers.draft import Draft
from data.importers.fields import shown, word_of
from data.importers.json_lines import Placed
from data.importers.sagemaker_answers import Thing

_PARTS = {
    "endpoint": 4,
    "inference-component": 2,
}  # of "endpoint/NAME/variant/NAME", "inference-component/NAME"


def tell_scaling(targets: Iterable[tuple[str, object]], things: Iterable[Thing], draft: Draft) -> None:
    """A note on each that one of the things is scaled by; others are skipped. Targets come with where they are told."""
    called: dict[str, list[Thing]] = defaultdict(list)
    for thing in things:
        called[f"{thing.type}/{thing.name}".lower()].append(thing)
    for where, it in targets:
        draft.read()
        target = word_of(it.get("ResourceId")) if isinstance(it, Placed) else ""
        parts = target.split("/")
        if not isinstance(it, Placed) or _PARTS.get(parts[0]) != len(parts):
            draft.skip(where, target[:200] or shown(it), "scales nothing of SageMaker")
            continue
        fits = called.get(f"{parts[0]}/{parts[1]}".lower(), [])
        fits = [one for one in fits if not where.startswith("arn:") or where == one.head]
        if len(fits) == 1:
            low, high = number(it.get("MinCapacity")), number(it.get("MaxCapacity"))
            note = f"scales by itself between {low} and {high}; SageMaker forgets that with the endpoint"
            draft.note(fits[0].where, target, note)
        else:
            kind, could = parts[0].replace("-", " "), " or ".join(one.id for one in fits)
            draft.skip(where, target, f"could be {could}" if fits else f"no such {kind} is there")


def number(value: object) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:g}" if is_number else "unknown"
