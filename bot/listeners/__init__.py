"""What people press and type, a file per surface: parse, send the command, show the outcome; no decision."""

from __future__ import annotations

from slack_bolt import App

from bot import failures
from bot.house import House
from bot.listeners import (
    assistant,
    attestations,
    break_glass,
    brownouts,
    callers,
    closing,
    commands,
    delegations,
    files,
    granting,
    home,
    lessons,
    manual,
    moving,
    naming,
    objecting,
    obligations,
    proposals,
    pruning,
    reviews,
    snoozes,
    taking_over,
    votes,
)


def register_all(app: App, house: House) -> None:
    of_duties = (obligations, snoozes, taking_over, objecting, moving, naming, delegations, callers)
    of_people = (
        votes,
        *of_duties,
        manual,
        attestations,
        break_glass,
        brownouts,
        closing,
        pruning,
        granting,
        reviews,
    )
    for surface in (commands, proposals, *of_people, files, home, assistant, lessons):
        surface.register(app, house)
    failures.register(app, house)
