"""Is it told who answers for a model and what belongs to it, why, and what is missing?"""

from __future__ import annotations

from pathlib import Path

from bot.views.catalog import who
from data.catalog.catalog import Catalog
from data.records.catalog import Impacted, Responsible
from data.sqlite.store import SqliteStore
from tests.data.catalogs import NoRetirements, a_source, imported

HOSTILE = "<!channel>"
SOURCE = (
    "Group growth, {members: [ada, gone, mute]}",
    f"User ada={HOSTILE}, {{}}",
    "Resource m, type: ai-model, owner: Growth, successor: n",
    "Resource n, type: ai-model, owner: nobody",
    "Component e, type: model-server, owner: user:ada, dependsOn: [resource:m]",
    "Component shop, type: service, owner: growth, dependsOn: [component:e]",
    "Component lost, type: service, dependsOn: [resource:m]",
)


def told(tmp_path: Path) -> tuple[tuple[Responsible, ...], tuple[Impacted, ...]]:
    store = SqliteStore(tmp_path / "emeritus.db", NoRetirements())
    catalog = Catalog(store)
    source = a_source(tmp_path / "all.yaml", *(text.replace("{", "").replace("}", "") for text in SOURCE))
    imported(catalog, source)
    seen = catalog.snapshot()
    found = seen.responsible("resource:default/m"), seen.impact("resource:default/m").consumers
    store.close()
    return found


def test_everybody_is_named_with_the_place_that_says_so_and_whatever_is_missing(tmp_path: Path) -> None:
    said = [line.replace(f"{tmp_path.name}/", "") for line in who.lines(*told(tmp_path))]
    people = "growth (growth), going by all.yaml:{}: U0ADA"
    missing = [
        "  note: nobody called gone is in the catalog; they may have left",
        "  note: nobody called mute is in the catalog; they may have left",
    ]
    bent = '  note: written "Growth", declared as "growth"'
    assert said == [
        f"model m: {people.format(11)}",
        bent,
        *missing,
        "endpoint e: <!channel> (ada), going by all.yaml:21: U0ADA",
        "successor n: nobody, going by all.yaml:16: nobody who can be reached",
        '  note: no owner: owner "nobody": no such group or person; nothing has a similar name',
        "Nobody can be asked for 1 of 2 consumers",
        "  lost: no owner",
    ]


def test_in_slack_people_are_mentioned_and_what_a_catalog_says_mentions_nobody(tmp_path: Path) -> None:
    shown = str(who.answer(*told(tmp_path)))
    assert "*m*: growth answers for it" in shown
    assert "<@U0ADA>" in shown
    assert HOSTILE not in shown
    assert "*successor n*: nobody, going by" in shown
