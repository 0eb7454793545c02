"""What people press and type, a file per surface: parse, send the command, show the outcome; no decision."""

from __future__ import annotations

from slack_bolt import App

from bot import failures
from bot.house import House
from bot.listeners import (
    callers,
    commands,
    delegations,
    files,
    home,
    manual,
    obligations,
    proposals,
    snoozes,
    votes,
)


def register_all(app: App, house: House) -> None:
    for surface in (
        commands,
        proposals,
        votes,
        obligations,
        snoozes,
        delegations,
        callers,
        manual,
        files,
        home,
    ):
        surface.register(app, house)
    failures.register(app, house)
