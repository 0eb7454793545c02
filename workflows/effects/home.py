"""Showing somebody's Home. May run twice: it draws the record as it stands.

A wish for a Home is an effect of the outbox that refreshes: however often it is wanted while it waits, it is drawn
once, and of all replicas the one that holds its claim draws it. Slack's hash says what that one saw last: a process
that stood still beyond its lease, and would now show something older, is refused. Where Slack refuses the holder of
the claim, because an answer of Slack's was lost, the record is read again, and what it says is shown whatever is
there. Rejected: to draw in the listener. Of two replicas that were told of two presses, the slower one would win.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from data.catalog.catalog import Catalog
from data.errors import Stale
from data.records.decision import Claim, Effect, EffectKind, NotDone, Result
from data.store import Store, Then
from workflows.delegates import in_force_now
from workflows.effects.workshop import Workshop
from workflows.engine import all_retirements
from workflows.home import OVERVIEW, Board, Home, Page, Part
from workflows.rules.lifecycle import is_living

STREAM = "homes"
HASH, DIGEST = "hash", "digest"
"""Under which names a done effect keeps what Slack calls what it shows, and what we do. Nobody's Home has none."""


def key_of(person_id: str) -> str:
    return f"home/{person_id}"


def wish(person_id: str, page: Page, opened_at: datetime, *, patience_seconds: int = 0) -> Effect:
    """`opened_at`: when they last looked at it, as far as we know."""
    at = {"part": str(page.part), "page": str(page.number)} if page.part else {}
    body = {"person": person_id, "opened_at": opened_at.isoformat(), **at}
    return Effect(
        key=key_of(person_id),
        kind=EffectKind.HOME,
        patience_seconds=patience_seconds,
        body=body,
        refresh=True,
    )


def page_of(body: Mapping[str, str]) -> Page:
    return Page(part=Part(body["part"]), number=int(body["page"])) if "part" in body else OVERVIEW


def opened_at(body: Mapping[str, str]) -> datetime:
    return datetime.fromisoformat(body["opened_at"])


def board(catalog: Catalog, store: Store, now: datetime) -> Board:
    """The record as it stands."""
    living = tuple(filter(is_living, all_retirements(store)))
    return Board(catalog.snapshot(), living, now, in_force_now(store, catalog, now))


def show(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    now = shop.world.now()
    if not (seen := claim.found.get(HASH, "")) and shop.world.after(shop.grace_seconds) > claim.leased_until:
        # It stood still for long, and nothing would keep it from covering what another process has shown since.
        return NotDone(retry_at=now, why="it was held up before it could be shown"), None
    try:
        return shop.messenger.show_home(_home(claim, shop), seen, now), None
    except Stale as error:
        # Read first, so that as little as can be lies between knowing that nobody else may show it, and showing it.
        anew = _home(claim, shop)
        if not shop.engine.store.renew(claim, shop.world.now()):
            return NotDone(retry_at=now, why=str(error)), None
    return shop.messenger.show_home(anew, "", shop.world.now()), None


def _home(claim: Claim, shop: Workshop) -> Home:
    assert claim.effect is not None
    body = claim.effect.body
    there = board(shop.engine.gatherer.catalog, shop.engine.store, shop.world.now())
    return there.home(body["person"], page_of(body))
