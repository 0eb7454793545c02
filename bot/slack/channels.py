"""Which channel has this name or id, as far as the bot can see? People write #names; only posting understands them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient

PAGE, PAGES_MAX = 200, 50


def channel_of(client: WebClient, name_or_id: str) -> Mapping[str, Any] | None:
    """Slack's own record of it; None where no page has the name. Raises what slack_sdk raises. Safe to repeat."""
    if not name_or_id.startswith("#"):
        by_id: Mapping[str, Any] | None = client.conversations_info(channel=name_or_id).get("channel")
        return by_id
    cursor = ""
    for _ in range(PAGES_MAX):
        page = client.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=PAGE, cursor=cursor
        )
        channels: list[dict[str, Any]] = page.get("channels") or []
        for channel in channels:
            if channel.get("name") == name_or_id[1:]:
                return channel
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            break
    return None
