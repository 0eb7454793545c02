"""Whom one event is told in words of their own, and the words: what a policy has of them."""

from __future__ import annotations

from enum import StrEnum

from data.records.base import Record


class Audience(StrEnum):
    """The most technical first: it is heard whole by who belongs to several."""

    ML_ENGINEERS = "ml-engineers"
    DATA_ENGINEERS = "data-engineers"
    PRODUCT_OWNERS = "product-owners"
    SUPPORT = "support"
    GOVERNANCE = "governance"


class Addressed(Record, frozen=True, kw_only=True):
    """Whom a policy counts to an audience, whatever they own.

    groups     teams, by name or id: of what is theirs they are told in these words
    people     Slack user ids; they are told though nothing of theirs depends on the model, and so are `channels`
    """

    audience: Audience
    groups: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


class NoticeText(Record, frozen=True, kw_only=True):
    """What one audience is told, in Markdown, with placeholders such as `{when}` (data/policies/notice_texts.py).

    under_way   until service ends
    closed      once the retirement is closed
    """

    audience: Audience
    under_way: str
    closed: str
