"""Who has not had what they were asked for long enough that anybody above them may hear of it?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from data.records.hours import Hours
from workflows.rules.people.windows import had_hours


def busy_until(
    since: Mapping[str, datetime], hours: Mapping[str, Hours], now: datetime
) -> dict[str, datetime]:
    """Owner -> when they will have had it for the policy's working hours; those who have had it are left out.

    since    when it reached them; `now` while it has not
    """
    found = {}
    for person, at in since.items():
        needed = hours[person].windows.owner_hours
        until = had_hours(at, hours[person], needed)
        if needed and until > now:
            found[person] = until
    return found
