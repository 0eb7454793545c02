"""Which time zones does this machine know?

Asked once per process: all folders of the system and of tzdata are walked for it, which takes ten times as long as the
rest of reading a policy. Python itself looks where they are only once, and keeps each zone it has read.
"""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

_known = cache(available_timezones)


def is_zone(name: str) -> bool:
    return name in _known()
