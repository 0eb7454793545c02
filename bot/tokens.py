"""Are the tokens there that Slack gave, and do they begin as they should? Their values are never repeated."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.web_addresses import SENT
from data.errors import Problem


def token_problems(environ: Mapping[str, str], *, slack: str, is_http: bool) -> list[Problem]:
    """What is missing of what this way of running asks for."""
    needed = []
    if slack == "serve":
        needed.append(
            ("SLACK_BOT_TOKEN", rf"xoxb-{SENT}+", "the bot token of the app, which begins with xoxb-")
        )
    if slack == "serve" and is_http:
        accepted = "the signing secret of the app (Basic Information, App Credentials)"
        needed.append(("SLACK_SIGNING_SECRET", rf"{SENT}{{8,}}", accepted))
    elif slack == "serve":
        accepted = (
            "the app-level token with connections:write, which begins with xapp-; "
            "or use HTTP, with --http PORT or EMERITUS_HTTP"
        )
        needed.append(("SLACK_APP_TOKEN", rf"xapp-{SENT}+", accepted))
    return [
        Problem(field=name, value="is malformed" if environ.get(name) else "is missing", accepted=accepted)
        for name, form, accepted in needed
        if not re.fullmatch(form, environ.get(name, ""))
    ]
