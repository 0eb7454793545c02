"""Are the tokens there, and are they such as they should be? Their values are never repeated."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.listening import Address
from bot.web_addresses import SENT, is_this_machine
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


def why_no_flags_token(at: Address | None, token: str) -> Problem | None:
    """Beyond this machine whoever asks for flags has to have one. Looked at only where flags are served."""
    if at is None or (not token and is_this_machine(at.host)):
        return None
    if re.fullmatch(rf"{SENT}{{16,}}", token):
        return None
    where = "" if token else f", as others reach {at.host}"
    accepted = f"what callers send as Authorization: Bearer, of 16 signs or more and no blank{where}"
    return Problem(
        field="EMERITUS_FLAGS_TOKEN", value="is malformed" if token else "is missing", accepted=accepted
    )
