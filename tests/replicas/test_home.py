"""Somebody's Home is one, whichever replica hears of it: it shows what the record says last, and never goes back."""

from __future__ import annotations

import re
import threading
from typing import Any

from tests.replicas.conftest import Scene
from tests.replicas.storm import MEMBERS
from tests.replicas.test_one_bot import ADA, APPROVE, MINA, PRIYA, SAM, TOM, propose
from tests.scenarios.reading import words

VISITS = 30
MISSING = re.compile(r"Approvals missing: (?P<roles>[^\n]*)")


def said(scene: Scene, person: str) -> str:
    home = scene.slack.home.get(person)
    return words(home.content) if home else ""


def missing(view: dict[str, Any]) -> int:
    """How many approvals a proposal lacks, by somebody's Home."""
    found = MISSING.search(words(view))
    return len(found["roles"].split(", ")) if found else 0


def shown(scene: Scene, person: str) -> list[dict[str, Any]]:
    """Every view of theirs that took effect, in order."""
    return [
        call.args["view"]
        for call in scene.slack.calls
        if call.method == "views.publish" and call.happened and call.args["user_id"] == person
    ]


def drawn_by_the_first(scene: Scene) -> None:
    scene.keeper.start(1, 2)
    propose(scene)
    scene.keeper.only(1)
    scene.people.insist(lambda: scene.slack.open_home(TOM))
    scene.slack.wait_for(lambda: "1 of platform" in said(scene, TOM), 30)


def approved_at_the_second(scene: Scene) -> None:
    """And shown on the Home that the other one drew."""
    scene.keeper.only(2)
    scene.people.press(MINA, scene.people.card, APPROVE)
    scene.slack.wait_for(lambda: "1 of platform" not in said(scene, TOM), 30)


def test_what_happens_at_one_replica_shows_on_the_home_another_one_drew(scene: Scene) -> None:
    drawn_by_the_first(scene)
    approved_at_the_second(scene)
    assert "1 of owner, 1 of product, 1 of security" in said(scene, TOM)


def test_a_home_that_a_killed_replica_drew_is_kept_up_by_the_others(scene: Scene) -> None:
    drawn_by_the_first(scene)
    scene.keeper.kill(1)
    approved_at_the_second(scene)


def test_visits_and_votes_that_reach_all_replicas_at_once_never_bring_back_what_was(scene: Scene) -> None:
    """Answers of Slack's are lost meanwhile, so that its hash is another one than anybody knows."""
    scene.keeper.start(*MEMBERS)
    propose(scene)
    scene.people.insist(lambda: scene.slack.open_home(TOM))
    scene.slack.wait_for(lambda: said(scene, TOM), 30)
    scene.slack.fail_next("views.publish", "accepted_then_reset", times=3)

    def visits() -> None:
        for _ in range(VISITS):
            scene.people.insist(lambda: scene.slack.open_home(TOM))

    visitor = threading.Thread(target=visits)
    visitor.start()
    for voter in (MINA, PRIYA, SAM):
        scene.people.press(voter, scene.people.card, APPROVE)
    visitor.join()
    scene.slack.wait_for(lambda: "Approvals missing: 1 of owner" in said(scene, TOM), 30)

    counts = [missing(view) for view in shown(scene, TOM)]
    assert counts[0] == 4
    assert counts == sorted(counts, reverse=True), "an older one was shown after a newer one"
    assert len(counts) < VISITS + 10, "what is wanted while it waits is drawn once"
    scene.people.insist(lambda: scene.slack.open_home(ADA))
    scene.slack.wait_for(lambda: "Yours to vote (1)" in said(scene, ADA), 30)
