"""A policy nobody has looked through in its time, as the governance channel hears of it."""

from __future__ import annotations

from bot.views.blocks import Payload, mentions, message, safe

NEXT = "Look through it with those it binds, then set `[review] by` in its file to the next day"


def overdue(said: str, who: str, people: str) -> Payload:
    """`said`: since when; `who`: the teams that do; `people`: Slack ids, a line each."""
    named = mentions(filter(None, people.split("\n")))
    whose = " ".join(filter(None, [f"({safe(who)})" if who else "", named]))
    asked = f" This is for {whose}." if whose else ""
    return message(f":scroll: The policy {safe(said)}.{asked} {NEXT}.")
