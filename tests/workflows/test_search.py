"""What somebody looks for, and what of it they find: with why, and without a sign of what they may not know of."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data.catalog.snapshot import Snapshot
from data.catalog.stored import Stored
from data.errors import Invalid, NotFound
from data.records.artifacts import ArtifactClass
from data.records.catalog import Entity, Kind
from data.records.retirement import State
from data.search import Index, Text
from workflows.audiences import seen
from workflows.search.lineage import reached_by
from workflows.search.wanted import FILTERS, Period, Wanted, wanted

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("churn  weekly", Wanted(words=("churn", "weekly"))),
        ('"churn model" owner:growth', Wanted(words=("churn model",), filters=(("owner", "growth"),))),
        ('OWNER:"data science"', Wanted(filters=(("owner", "data science"),))),
        ("owner:<@U01TOMBIRCH|tom b>", Wanted(filters=(("owner", "U01TOMBIRCH"),))),
        ("2026-02", Wanted(period=Period(first=date(2026, 2, 1), last=date(2026, 2, 28)))),
        ("last year", Wanted(period=Period(first=date(2025, 1, 1), last=date(2025, 12, 31)))),
        ("last month", Wanted(period=Period(first=date(2026, 10, 1), last=date(2026, 10, 31)))),
        ("this week", Wanted(period=Period(first=date(2026, 11, 23), last=date(2026, 11, 29)))),
        ("since:2026-01 until:2026", Wanted(period=Period(first=date(2026, 1, 1), last=date(2026, 12, 31)))),
        ("churn page:2", Wanted(words=("churn",), page=2)),
        ("resource:default/churn-v1", Wanted(words=("resource:default/churn-v1",))),
        ("s3://models/churn", Wanted(words=("s3://models/churn",))),
    ],
)
def test_words_times_and_filters_are_told_apart(text: str, found: Wanted) -> None:
    assert wanted(text, TODAY) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("since:soon", 'since: "soon": a day, month or year, as since:2026-01'),
        ("until:2026-13", 'until: "2026-13": a day, month or year, as until:2026-12-31'),
        ("page:0", 'page: "0": the number of a page, as page:2'),
        ('owner:""', 'owner:: a team or person, as owner:growth, owner:"Tom Birch" or owner:@tom'),
        ("owner:", 'owner:: a team or person, as owner:growth, owner:"Tom Birch" or owner:@tom'),
        ("Feeds:", "feeds:: a model or dataset, as feeds:churn-v1: all that it fed"),
        ("churn 2026-13", 'WORDS "2026-13": there is no such day; a time is as 2026-11 or 2026-11-30'),
        (
            "state:retired",
            f'state: "retired": {FILTERS["state"]}; there are {", ".join(State)}',
        ),
        (
            "class:nonsense",
            f'class: "nonsense": {FILTERS["class"]}; there are {", ".join(ArtifactClass)}, default',
        ),
        ("a " * 17, "WORDS: at most 16, not 17: /retire search WORDS..."),
    ],
)
def test_what_cannot_be_understood_says_what_could(text: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        wanted(text, TODAY)
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("word", "is_found"),
    [
        ("churn", True),
        ("CHU", True),
        ("churn-v1", True),
        ("v1", True),
        ("urn", False),
        ("churn-v2", False),
        ("cliche", True),
        ('ch"urn', False),
        ("text : churn OR key", False),
        ("*", False),
        ("-", False),
    ],
)
def test_a_word_is_found_by_its_beginning_whatever_signs_are_in_it(word: str, is_found: bool) -> None:
    index = Index()
    index.put("RET-1", [Text("name", "churn-v1"), Text("why", "a cliché")])
    assert bool(index.with_word(word)) is is_found


def test_what_is_put_anew_or_dropped_is_found_no_more() -> None:
    index = Index()
    index.put("RET-1", [Text("name", "churn")])
    index.put("RET-1", [Text("name", "uplift")])
    assert index.with_word("churn") == {}
    index.drop("RET-1")
    assert index.with_word("uplift") == {}


def a_node(one: str, kind: Kind, **more: Any) -> Entity:
    return Entity(id=one, kind=kind, name=one.partition(":")[2], **more)


NODES = (
    a_node("table:customers", Kind.DATASET),
    a_node("job:features", Kind.PIPELINE),
    a_node("model:churn", Kind.MODEL),
    a_node("endpoint:churn-prod", Kind.ENDPOINT, model_id="model:churn"),
    a_node("service:billing", Kind.CONSUMER),
    a_node("model:uplift", Kind.MODEL),
    a_node("model:secret", Kind.MODEL, restricted_to=()),
    a_node("dash:secret-board", Kind.DASHBOARD),
)
EDGES = [
    ("job:features", "table:customers"),
    ("model:churn", "job:features"),
    ("endpoint:churn-prod", "model:churn"),
    ("service:billing", "endpoint:churn-prod"),
    ("model:uplift", "model:churn"),
    ("model:secret", "model:churn"),
]
WHOLE = Snapshot.of(
    Stored(
        1,
        {one.id: one for one in NODES},
        {one: tuple((to_id, "csv", "x:1") for from_id, to_id in EDGES if from_id == one) for one, _ in EDGES},
        {},
        {},
        {},
        {},
    )
)
SEEN = seen(WHOLE, "UNOBODY")


@pytest.mark.parametrize(
    ("text", "models", "others"),
    [
        ("feeds:churn", ["model:uplift"], ["billing"]),
        ("feeds:model:churn", ["model:uplift"], ["billing"]),
        ("feeds:customers", ["model:churn", "model:uplift"], ["billing", "features"]),
        ("from:customers", ["model:churn", "model:uplift"], []),
        ("into:uplift", ["model:churn"], ["customers", "features"]),
        ("into:churn", [], ["customers", "features"]),
        ("from:customers feeds:churn", ["model:uplift"], []),
    ],
)
def test_lineage_tells_what_something_fed_and_came_from_and_nothing_of_what_is_restricted(
    text: str, models: list[str], others: list[str]
) -> None:
    found = reached_by(wanted(text, TODAY), SEEN, ())
    assert found is not None
    assert sorted(found.ids) == models
    assert sorted(name for _, name in found.others) == others


def test_whoever_may_see_a_restricted_model_has_it_in_its_lineage_and_nobody_else_can_ask_of_it() -> None:
    found = reached_by(wanted("feeds:churn", TODAY), WHOLE, ())
    assert found is not None
    assert "model:secret" in found.ids
    with pytest.raises(NotFound) as refused:
        reached_by(wanted("into:secret", TODAY), SEEN, ())
    assert refused.value.closest == ("secret-board",)
