"""A restricted model over the years: what an archive that rots, a review and an audit say of it, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from data.errors import Unavailable
from data.records.fixity import FixityPlan
from data.records.policy import Review
from data.records.retirement import State
from tests.canary import CANARY, QUINN, WRITTEN
from tests.data.catalogs import a_document
from tests.fakes.slack import Channel
from tests.scenarios.test_auditing import seal
from tests.scenarios.test_callers import sees
from tests.scenarios.test_fixity import rotted
from tests.scenarios.test_policy_review import began
from tests.scenarios.test_restricted import FEED, IN_QUIET, QUIET, VOTERS, begin
from tests.scenarios.test_restricted_story import READER
from tests.scenarios.town import BRUNO, GOVERNANCE, TOM, WREN, Town, words
from workflows.adapters.local_directory import LocalDirectory
from workflows.fixity import go_rounds

ASKED = ("U01JOLINDQVIST", "U01FELIXMOREAU", "U01NADIAHADDAD", BRUNO, WREN)


def test_of_its_archive_and_of_what_is_suggested_for_the_policy_the_governance_channel_hears_nothing(
    tmp_path: Path,
) -> None:
    room = Channel(id=QUIET, name="quiet", is_private=True, members=["UBOT", QUINN, *VOTERS])
    review = Review(review_by="2026-05-20")
    with Town(
        tmp_path,
        policy=IN_QUIET,
        serves=False,
        rooms=[room],
        may_know=(QUIET, *VOTERS, *ASKED),
        review=review,
    ) as town:
        go_rounds(town.bot.engine, FixityPlan(store="sha256:aa", gib_per_day=1, every_days=1))
        town.learns(FEED)
        begin(town)
        town.answer(BRUNO, "feed")
        town.pass_time(days=45)
        asked = next(key for key in town.keys(QUIET) if "/review/" in key)
        town.opens(QUINN, lambda: town.press(QUINN, town.posted(QUIET, asked), "review.open"))
        assert town.submit(QUINN, {"review.change": WRITTEN, "review.policy": ["policy"]}) == {}
        archived = town.retirement().archived
        assert archived is not None
        (file,) = (tmp_path / "archive" / archived.location / "data").rglob("canary.yaml")
        rotted(file)
        began(town)
        town.pass_time(days=30)
        assert any("RET-1 does not hold" in words(one) for one in town.slack.messages(QUIET))
        everywhere = [one for one in town.slack.messages(GOVERNANCE) if "RET-1" in words(one)]
        assert everywhere == []
        assert "policy/review/2026-05-20" in town.keys(GOVERNANCE)


class Away(LocalDirectory):
    """Says which disk nobody reaches."""

    def audit(self, *_: Any, **__: Any) -> Any:
        raise Unavailable(f"the disk {CANARY}-7 is away")


def test_what_a_store_says_of_the_archive_of_another_one_is_told_without_its_name(tmp_path: Path) -> None:
    with Town(tmp_path, serves=False, archive=Away(tmp_path / "archive")) as town:
        go_rounds(town.bot.engine, FixityPlan(store="sha256:aa", gib_per_day=1, every_days=1))
        town.announce()
        town.everybody_moves()
        town.pass_time(days=47)
        assert town.retirement().archived is not None
        told = [words(one) for one in town.slack.messages(GOVERNANCE)]
        assert any("the disk a restricted model-7 is away" in one for one in told)


def test_an_audit_of_what_everybody_sees_has_no_name_of_who_depends_on_it_or_calls_it(town: Town) -> None:
    town.learns(a_document("Component", "reader", READER))
    town.announce()
    sees(town, f"{CANARY}-prod/1.2")
    seal(town)
    town.command(TOM, "audit RET-1")
    (bundle,) = [one for one in town.slack.files.files.values() if (one.name or "").endswith(".zip")]
    assert bundle.shared
    assert town.retirement().state is State.MIGRATING
