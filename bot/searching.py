"""`/retire search`: what is found, with the way to each thread. One page of it, for who asks alone."""

from __future__ import annotations

from bot.house import House
from bot.slack.permalinks import address_of
from bot.views.asked import search
from bot.views.blocks import Payload
from workflows.rules.hours import day_of
from workflows.rules.telling.messages import card_key
from workflows.search.wanted import wanted
from workflows.sight import Sight


def searched(house: House, sight: Sight, text: str) -> Payload:
    """Raises `Invalid` for what cannot be understood, `NotFound` for a thing nobody may see there."""
    asked = wanted(text, day_of(house.now(), house.policy))
    found = house.finder.found(asked, sight, house.store, sight.whole)
    urls = {}
    for hit in search.page_of(found, asked.page):
        card = house.store.found(card_key(hit.retirement)) if hit.retirement is not None else None
        if hit.retirement is not None and card and "ts" in card:
            urls[hit.retirement.id] = address_of(house.client, card["channel"], card["ts"])
    return search.found(found, text, urls, page=asked.page)
