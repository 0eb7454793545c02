"""What does an id of Slack look like? Ids go into messages unescaped: what looks otherwise is never kept as one."""

from __future__ import annotations

import re

USER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,20}")
