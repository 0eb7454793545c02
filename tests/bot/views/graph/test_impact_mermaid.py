"""Whatever a catalog holds, what is printed for Mermaid is within what it draws, and says how many everybody has."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.views.graph.impact import UNKNOWN, UNOWNED
from bot.views.graph.impact_mermaid import EDGES_MAX, NAME_MAX, TEAMS_MAX, TEXT_MAX, fitting
from bot.views.graph.impact_text import coded, mermaid
from data.catalog.callers import unknown
from data.catalog.snapshot import Snapshot
from data.catalog.statements import Calls, Seen
from data.catalog.stored import Stored
from data.records.catalog import Entity, Group, Kind

MODEL = Entity(id="m", kind=Kind.MODEL, name="m")
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=600)
TEAMS = st.lists(st.tuples(NAMES, st.integers(1, 9)), max_size=TEAMS_MAX + 5)
BOX = re.compile(r'  n\d+\["(?P<team>[^"]*): (?P<count>\d+) consumers?"\](?::::unknown)?')


def a_snapshot(
    *teams: tuple[str, int], model: Entity = MODEL, unowned: int = 0, callers: int = 0
) -> Snapshot:
    """Each team by its name, with so many consumers of the model; and consumers that nobody owns, or declares."""
    groups = [Group(id=f"group:{at}", name=name) for at, (name, _) in enumerate(teams)]
    owners = [group.id for group, (_, count) in zip(groups, teams, strict=True) for _ in range(count)]
    owners += [""] * unowned
    own = [
        Entity(id=f"c{at}", kind=Kind.CONSUMER, name=f"c{at}", owner_id=one) for at, one in enumerate(owners)
    ]
    seen = [unknown(f"caller-{at}", "access.log:1") for at in range(callers)]
    calls = Calls("access.log:1", "2026-03-02", "2026-03-02", None)
    return Snapshot.of(
        Stored(
            version=1,
            entities={one.id: one for one in sorted((model, *own, *seen), key=lambda one: one.id)},
            stated={one.id: ((model.id, "csv", "edges.csv:1"),) for one in own},
            seen={one.id: (Seen(model.id, "calls", calls),) for one in seen},
            groups={one.id: one for one in groups},
            people={},
            unseen={},
        )
    )


def drawn_by(text: str) -> tuple[int, int]:
    """Edges, and characters as JavaScript counts them."""
    return len(re.findall(r" (?:-->|-\.->) ", text)), len(text.encode("utf-16-le")) // 2


@settings(max_examples=60, deadline=None)
@given(TEAMS, NAMES, st.integers(0, 3), st.integers(0, 3))
@example([("x" * 600, 5)] * (TEAMS_MAX + 5), "x" * 600, 3, 3)
@example([("\U0001f600" * 600, 5)] * TEAMS_MAX, "\U00010400" * 600, 3, 0)
@example([("\U00010400" * 600, 5)] * TEAMS_MAX, "m", 0, 3)
def test_no_catalog_is_more_than_mermaid_draws(
    teams: list[tuple[str, int]], name: str, unowned: int, callers: int
) -> None:
    there = a_snapshot(
        *teams, model=Entity(id="m", kind=Kind.MODEL, name=name), unowned=unowned, callers=callers
    )
    text, said = fitting(there.entity("m"), there)
    edges, characters = drawn_by(text)
    assert (edges <= EDGES_MAX, characters <= TEXT_MAX) == (True, True)
    whole = mermaid(there.entity("m"), there)
    edges, characters = drawn_by(whole)
    assert (said == "") is (edges <= EDGES_MAX and characters <= TEXT_MAX)
    if not said:
        assert text == whole
        return
    boxes = [
        (found["team"], int(found["count"])) for row in text.split("\n") if (found := BOX.fullmatch(row))
    ]
    counts: Counter[str] = Counter()
    for team, count in boxes:
        counts[team] += count
    assert counts.total() == sum(count for _, count in teams) + unowned + callers
    assert (counts[UNOWNED], counts[UNKNOWN]) == (unowned, callers)
    assert len(boxes) <= TEAMS_MAX + 1


@pytest.mark.parametrize(("more", "is_summed_up"), [(0, False), (1, True)])
def test_the_last_edge_and_the_last_character_that_fit_are_drawn(more: int, *, is_summed_up: bool) -> None:
    there = a_snapshot(("risk", EDGES_MAX + more))
    assert bool(fitting(there.entity("m"), there)[1]) is is_summed_up
    # A letter above U+FFFF is two characters to JavaScript.
    plain = a_snapshot(("risk", 1), model=Entity(id="m", kind=Kind.MODEL, name=""))
    room = TEXT_MAX - len(mermaid(plain.entity("m"), plain))
    name = "\U00010400" * (room // 2) + "x" * (room % 2 + more)
    full = a_snapshot(("risk", 1), model=Entity(id="m", kind=Kind.MODEL, name=name))
    assert drawn_by(mermaid(full.entity("m"), full))[1] == TEXT_MAX + more
    assert bool(fitting(full.entity("m"), full)[1]) is is_summed_up


@pytest.mark.parametrize("count", [TEAMS_MAX, TEAMS_MAX + 1, TEAMS_MAX + 2])
def test_of_more_teams_than_a_picture_has_the_largest_are_shown_and_nobodys_consumers_always(
    count: int,
) -> None:
    teams = [(f"team-{at}", 9 if at < 90 else 5) for at in range(count)]
    text, _ = fitting(MODEL, a_snapshot(*teams, unowned=2, callers=1))
    found = [row for row in text.split("\n") if row.startswith("  n") and "[" in row]
    left = count - (TEAMS_MAX - 2)
    others = f'"{left} other teams: {5 * left} consumers"' if left else ""
    assert [row.partition("[")[2] for row in found[-3:]] == [
        f"{others}]",
        f'"{coded(UNOWNED)}: 2 consumers"]',
        f'"{coded(UNKNOWN)}: 1 consumer"]:::unknown',
    ]
    assert len(found) == 1 + TEAMS_MAX + 1


def test_a_name_that_is_cut_says_so() -> None:
    text, _ = fitting(MODEL, a_snapshot(("x" * 60, EDGES_MAX + 1)))
    assert f'n1["{"x" * (NAME_MAX - 1)}#8230;: 501 consumers"]' in text
