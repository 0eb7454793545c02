"""Writing what a catalog is to say of a retirement, where it lives. May run twice: it draws the present state.

What does not answer is asked again, and so is what a person has to mend first: the record goes on either way, and
`/retire show` and `emeritus doctor` list it until it is done.
"""

from __future__ import annotations

from data.errors import EmeritusError
from data.events import EMERITUS
from data.records.decision import Claim, Done, Result
from data.records.deprecation import CatalogKind, Deprecation, Lifecycle
from data.store import Then
from workflows.commands import TellWritten
from workflows.effects.workshop import Workshop, then, until_mended
from workflows.listings import PLACES, SAYS, Listings


def write(claim: Claim, shop: Workshop) -> tuple[Result, Then | None]:
    """Nothing is written where that catalog lists nothing of it, or where this installation was not told to."""
    assert claim.effect is not None
    kind = CatalogKind(claim.effect.body["catalog"])
    writer = shop.writers.get(kind)
    if writer is None:
        return Done(), None
    listings = Listings(catalog=shop.engine.gatherer.catalog, store=shop.engine.store, writers=shop.writers)
    owed = listings.owed(kind, shop.retirement(claim))
    if owed is None:
        return Done(), None
    try:
        places = writer.write(owed)
    except EmeritusError as error:
        again = until_mended(claim, error, shop.world)
        return again, then(claim, _told(kind, owed, trouble=str(error))) if again.held_up else None
    shop.world.point("after write")
    is_said = owed.is_new or bool(places) or owed.lifecycle is Lifecycle.IN_SERVICE
    said = {SAYS: str(owed.lifecycle), PLACES: "\n".join(places)} if is_said else {}
    return Done(found=said), then(claim, _told(kind, owed, places=places))


def _told(
    kind: CatalogKind, owed: Deprecation, *, places: tuple[str, ...] = (), trouble: str = ""
) -> TellWritten:
    is_lifted = owed.lifecycle is Lifecycle.IN_SERVICE
    return TellWritten(
        by=EMERITUS,
        catalog=kind,
        lifecycle=owed.lifecycle,
        last_day="" if is_lifted else f"{owed.last_day}",
        successor="" if is_lifted else owed.successor,
        places=places,
        trouble=trouble,
    )
