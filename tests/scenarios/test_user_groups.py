"""A role that a user group of Slack fills: who may vote is what Slack says then; a vote waits where it is silent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.manifest import scopes
from tests.fakes.slack import User
from tests.scenarios.home import open_home
from tests.scenarios.town import ADA, POLICY, TOM, Town, words

METHOD, RISK, GROUP = "usergroups.users.list", "S0614TZR7", "slack:S0614TZR7"
SILENT = (
    "Emeritus waits for something it needs: Slack does not tell who is in a user group: internal_error. "
    "Press or type it again in a minute"
)
NEW, LEAVER = "U0NEWINTOWN", "U0LEAVER"
"""Neither is in the catalog."""
BY_GROUP = f"""{POLICY}
[roles.owner]
groups = ["model.owner"]
[roles.risk]
groups = ["{GROUP}"]
"""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(
        tmp_path,
        serves=False,
        policy=BY_GROUP,
        usergroups={RISK: [NEW, LEAVER]},
        scopes=scopes(takes_files=False, reads_user_groups=True),
        people=[User(id=NEW, name="new"), User(id=LEAVER, name="leaver")],
    ) as running:
        yield running


def test_whoever_is_in_the_group_when_they_vote_has_the_vote(town: Town) -> None:
    town.slack.fail_next(METHOD, "server_error")
    assert town.propose() == {"proposal.model": SILENT}
    assert town.submit(TOM, {}) == {}, "what was filled in is still there"
    assert town.retirement().round.members["risk"] == (NEW, LEAVER)
    assert f"waiting for <@{NEW}>" in words(town.card())
    assert "Yours to vote" in open_home(town, NEW)
    assert "*risk* 0 of 1" in town.command(NEW, "show RET-1")
    town.slack.ws.usergroups[RISK] = [NEW]
    town.approve(LEAVER)
    assert "you are in none of their groups" in town.told(LEAVER)
    assert town.retirement().round.members["risk"] == (NEW,)
    assert "By their groups others may vote now: risk" in town.thread()

    town.slack.fail_next(METHOD, "server_error", times=5)
    town.approve(NEW)
    assert town.told(NEW).strip() == (
        "It is taken in, and waits: Slack does not tell who is in a user group: internal_error. "
        "Nothing is to be done: it is tried again by itself, as of now"
    )
    assert town.retirement().round.ballots == (), "it is not known whether they may: the vote waits"
    town.pass_time(hours=1)
    (ballot,) = town.retirement().round.ballots
    assert (ballot.voter_id, ballot.role, ballot.eligible_roles) == (NEW, "risk", ("risk",))
    assert "Nothing waits for you" in open_home(town, NEW), "who has a role is known, in a catalog or not"
    assert "Emeritus does not know you yet" in open_home(town, LEAVER)
    town.approve(ADA)
    town.pass_time(days=15)
    assert town.retirement().state == "migrating"
