"""Which messages tell one person the same of different consumers? What waits for one morning is told in one message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from data.records.decision import Effect

TOLD_WITH = "told_with"
"""Under which name a done message keeps the keys of those that it told as well: they are not sent."""

_ALIKE = ("notice", "slack_id", "milestone", "level", "as")


def stem_of(effect: Effect) -> str:
    """How the keys of all begin that may go in one message with this; empty for what goes by itself."""
    if effect.body.get("notice") != "escalation":
        return ""
    before, step, _ = effect.key.partition(f"/{effect.body['milestone']}/{effect.body['level']}/")
    return before + step


def beside(effect: Effect, others: Iterable[Effect]) -> list[Effect]:
    """Those of the others that tell the same person of the same step."""
    alike = [effect.body.get(name) for name in _ALIKE]
    return [
        one for one in others if one.key != effect.key and [one.body.get(name) for name in _ALIKE] == alike
    ]


def named(others: Iterable[Effect]) -> dict[str, str]:
    """As a message names what it tells as well: where its outcome is lost, whoever finds it finds that, too."""
    keys = "\n".join(one.key for one in others)
    return {TOLD_WITH: keys} if keys else {}


def with_those(body: Mapping[str, str], others: Iterable[Effect]) -> dict[str, str]:
    """Its body as it tells of theirs, too."""
    every = [body, *(one.body for one in others)]
    if len(every) == 1:
        return dict(body)
    ids = dict.fromkeys(one for said in every for one in said["consumer_ids"].split("\n"))
    return {**body, "consumer_ids": "\n".join(ids)}
