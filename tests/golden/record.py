"""Keep ledgers of the version at hand, for all later ones to read: `python -m tests.golden.record 2027-01`.

Run it before an event changes; stories that are named behind the version are recorded alone. It never writes over
what an older version recorded. Plans name artifacts by their path, so it runs only where that path tells nothing
about anybody's machine.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.data.catalogs import a_document
from tests.golden.reading import LEDGERS, folded, states_of
from tests.scenarios import home
from tests.scenarios import test_delegating as delegating
from tests.scenarios import test_joined_consumers as joining
from tests.scenarios.place import POLICY
from tests.scenarios.test_callers import sees
from tests.scenarios.town import ADA, BRUNO, GRACE, INES, MINA, PRIYA, SAM, TOM, WREN, Town

HOME = Path(__file__).parents[2]
PLANNER_OF = "type: pipeline, dependsOn: ['component:churn-v1-prod'], owner: "


def whole(town: Town) -> None:
    town.announce()
    town.everybody_moves()
    town.pass_time(days=110)


def vetoed(town: Town) -> None:
    town.propose()
    town.approve(MINA)
    town.reject(SAM, "the load test is missing")


def silent(town: Town) -> None:
    town.announce()
    town.pass_time(days=60)


def called_off(town: Town) -> None:
    town.announce()
    town.command(TOM, "cancel RET-1 the successor is late")
    town.approve(ADA, MINA, PRIYA, SAM)
    town.pass_time(days=2)


def brought_back(town: Town) -> None:
    town.announce()
    town.everybody_moves()
    town.pass_time(days=50)
    town.command(TOM, "restore RET-1 the tills need it")
    town.pass_time(days=2)


def paused(town: Town) -> None:
    town.announce()
    town.command(TOM, "pause RET-1 audit week")
    town.pass_time(days=10)
    town.command(TOM, "resume RET-1")
    town.command(TOM, f"handover RET-1 <@{ADA}|ada>")
    town.pass_time(days=30)


def handed_on(town: Town) -> None:
    town.announce()
    town.answer(BRUNO, "restock-planner", "duty.not_mine")
    town.pass_time(days=14)
    town.learns(a_document("Component", "restock-planner", PLANNER_OF + "group:default/security"))
    town.settle()
    town.pass_time(days=20)


def taken_over(town: Town) -> None:
    """By another team while its request for time is open, and by new people of the same team."""
    town.announce()
    town.ask_for_time(BRUNO, "restock-planner", until="2026-05-11", reason="the harvest")
    town.pass_time(days=14)
    town.learns(
        a_document("Component", "restock-planner", PLANNER_OF + "group:default/security"),
        a_document("User", "grace-whitlock", "memberOf: []", slack_id=GRACE, manager="user:vera-lund"),
        a_document("User", "luca-ferri", "memberOf: []", slack_id="U01LUCAFERRI", manager="user:vera-lund"),
        a_document("Group", "letters", "type: team, children: [], members: [wren-taylor]"),
    )
    town.settle()
    town.pass_time(days=12)


def changed(town: Town) -> None:
    """The plan, after the announcement, so that it is voted on and announced once more."""
    town.announce()
    town.pass_time(days=5)
    town.opens(TOM, lambda: town.press(TOM, town.card(), "proposal.revise"))
    town.submit(TOM, {"proposal.target": "2026-06-15"})
    town.approve()
    town.pass_time(days=20)


def strangers(town: Town) -> None:
    """Callers nobody declares: one is claimed, one waived, one turns out to be known, one is nobody's."""
    town.announce()
    sees(town, "night-scorer/1", "scanner/2", "planner/3", "nobody/4")
    town.command(BRUNO, "claim RET-1 night-scorer")
    town.command(TOM, "waive RET-1 scanner one of ours")
    planner = a_document(
        "Component", "restock-planner", f"{PLANNER_OF}group:default/logistics", aliases="planner"
    )
    town.learns(planner)
    town.settle()
    town.pass_time(days=40)


def more_time(town: Town) -> None:
    """A caller is found after the announcement: people vote that there is more time, and once that there is none."""
    town.announce()
    sees(town, "night-scorer/1")
    town.approve()
    sees(town, "night-scorer/1", "day-scorer/2", name="later.log")
    town.reject(SAM, "they had all spring")
    town.pass_time(days=10)


def joined(town: Town) -> None:
    """A consumer is called otherwise by another catalog, answered for by its new name, and apart again."""
    joining.tells(town, joining.ROW)
    town.announce()
    joining.joins(town)
    joining.says(town, WREN, "duty.acknowledge", joining.BATCH_X)
    joining.declares(town)
    town.pass_time(days=20)


def stood_in(town: Town) -> None:
    """Somebody answers for an owner, one of them ends it, and the next one ends by itself."""
    town.announce()
    delegating.delegated(town)
    home.open_home(town, BRUNO)
    home.press(town, BRUNO, "duty.acknowledge", f"RET-1|{delegating.REPORT}|1")
    town.command(BRUNO, f"delegate off {delegating.at(town, INES)}")
    delegating.delegated(town, GRACE)
    town.pass_time(days=30)


def climbed(town: Town) -> None:
    """By steps of the policy, one of which branches, while nobody answers."""
    town.announce()
    town.pass_time(days=40)


STEPS = """
[escalation]
on_exhausted = "coordinator"
[[escalation.steps]]
notify = "owner"
[[escalation.steps]]
wait_days = 2
[[escalation.steps]]
when = { deadline = "migrate", state = ["open", "acknowledged"] }
then = [{ notify = "manager(2)" }]
otherwise = [{ notify = ["lead", "manager"] }]
[[escalation.steps]]
repeat = 2
steps = [{ wait_days = 2 }, { notify = "coordinator" }]
"""
POLICIES: Mapping[Callable[[Town], None], str] = {climbed: f"{POLICY}{STEPS}"}

STORIES: tuple[Callable[[Town], None], ...] = (
    whole,
    vetoed,
    silent,
    called_off,
    brought_back,
    paused,
    handed_on,
    taken_over,
    changed,
    strangers,
    more_time,
    joined,
    stood_in,
    climbed,
)


def keep(record: Path, ledger: Path) -> None:
    """Write the events of a record, entry by entry, and what they come to."""
    with sqlite3.connect(record) as db:
        prose = {
            commitment: {"salt": salt.hex(), "text": text}
            for commitment, salt, text in db.execute("SELECT commitment, salt, text FROM prose")
        }
        rows = db.execute("SELECT stream, version, digest, stored FROM events ORDER BY position").fetchall()
    kept = []
    for stream, version, digest, stored in rows:
        entry = {"stream": stream, "version": version, "digest": digest.hex(), "stored": stored.decode()}
        beside = {commitment: words for commitment, words in prose.items() if commitment in entry["stored"]}
        kept.append(json.dumps({**entry, **({"prose": beside} if beside else {})}, ensure_ascii=False))
    ledger.write_text("\n".join(kept) + "\n", encoding="utf-8")
    states_of(ledger).write_text(json.dumps(folded(ledger), indent=1, sort_keys=True) + "\n")


def main(version: str, *names: str) -> None:
    if Path("/srv/emeritus") != HOME:
        sys.exit(f"{HOME} would stand in every plan. Clone the project to /srv/emeritus and record it there")
    folder = LEDGERS / version
    folder.mkdir()
    for story in (one for one in STORIES if not names or one.__name__ in names):
        with (
            tempfile.TemporaryDirectory() as folder_of_town,
            Town(Path(folder_of_town), serves=True, policy=POLICIES.get(story, POLICY)) as town,
        ):
            story(town)
            town.close()
            keep(town.folder / "emeritus.db", folder / f"{story.__name__.replace('_', '-')}.ndjson")


if __name__ == "__main__":
    main(*sys.argv[1:])
