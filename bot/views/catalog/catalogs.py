"""What do catalogs say of a retirement: told in its thread when it was written, and listed by `/retire show`?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.ids import SLASH_COMMAND
from bot.views import limits
from bot.views.blocks import Payload, message, safe
from bot.views.card.proposal import name_of
from data.records.deprecation import CatalogKind, Lifecycle
from data.records.retirement import Retirement
from workflows.listings import Standing

NAMES = {
    CatalogKind.MLFLOW: "MLflow",
    CatalogKind.SAGEMAKER: "SageMaker",
    CatalogKind.BACKSTAGE: "Backstage",
    CatalogKind.DATAHUB: "DataHub",
    CatalogKind.PROXY: "The proxy",
    CatalogKind.FLAGS: "The flag",
}
TAKEN_BY = {CatalogKind.BACKSTAGE: "git apply", CatalogKind.DATAHUB: "datahub ingest mcps"}
"""What is written for these is a file, and how somebody takes it there."""
SETTINGS = {
    CatalogKind.MLFLOW: "EMERITUS_MLFLOW",
    CatalogKind.SAGEMAKER: "a region in the AWS environment",
    CatalogKind.BACKSTAGE: "EMERITUS_CHANGES",
    CatalogKind.DATAHUB: "EMERITUS_CHANGES",
}
PLACES_AT_MOST = 10


def told(retirement: Retirement, params: Mapping[str, str]) -> Payload:
    """One line in the thread: where it says so now, or why it does not."""
    kind, lifecycle = CatalogKind(params["catalog"]), Lifecycle(params["lifecycle"])
    model = f"*{safe(name_of(retirement))}*"
    if params["trouble"]:
        what = "be told that" if lifecycle is not Lifecycle.IN_SERVICE else "be told any more than that"
        head = f":warning: {NAMES[kind]} could not {what} {model} is {_words(lifecycle)}"
        how = f"`{SLASH_COMMAND} show {retirement.id}` lists it until it is written."
        return message(f"{head}: {safe(params['trouble'], limits.PROSE_MAX * 2)}\n{how}")
    places = [f"• {safe(place, 300)}" for place in params["places"].split("\n")]
    shown = limits.joined(places, limits.SECTION_MAX - 600, at_most=PLACES_AT_MOST)
    return message(f":label: {_said(kind, lifecycle, model)}{_facts(params)}\n{shown}")


def _said(kind: CatalogKind, lifecycle: Lifecycle, model: str) -> str:
    if kind not in TAKEN_BY:
        return f"{NAMES[kind]} says that {model} is {_words(lifecycle)}"
    how = f"`{TAKEN_BY[kind]} FILE` has {NAMES[kind]} say that {model} is {_words(lifecycle)}"
    return f"A change is ready: {how}"


def _words(lifecycle: Lifecycle) -> str:
    return "not deprecated any more" if lifecycle is Lifecycle.IN_SERVICE else f"*{lifecycle}*"


def _facts(params: Mapping[str, str]) -> str:
    last_day = f"; last day of service {safe(params['last_day'])}" if params["last_day"] else ""
    successor = f", successor {safe(params['successor'], 200)}" if params["successor"] else ""
    return f"{last_day}{successor}"


def standing(standings: Sequence[Standing]) -> list[str]:
    """A line for each catalog that was told, and one for all that list it and are not written to."""
    lines = []
    for one in (one for one in standings if one.is_configured):
        says = one.says and f"{'has a change to say' if one.kind in TAKEN_BY else 'says'} *{safe(one.says)}*"
        lines.append(f"• {NAMES[one.kind]} {says or 'is being told'}{_where(one.places)}")
    silent = [one.kind for one in standings if not one.is_configured]
    if silent:
        names = ", ".join(NAMES[kind] for kind in silent)
        how = " and ".join(dict.fromkeys(SETTINGS[kind] for kind in silent))
        lines.append(f"• Listed in {names}, too, and not told there: set {how} to have that done")
    return lines


def _where(places: Sequence[str]) -> str:
    shown = limits.joined([safe(place, 300) for place in places], 900, between=", ", at_most=PLACES_AT_MOST)
    return f": {shown}" if shown else ""
