"""Checkpoints are anchored each day there is something new, and people hear of a service that does not stamp."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.doctor.anchors import examine_anchors
from bot.settings import read
from data.errors import Unavailable
from data.log.checkpoints import head_of
from data.records.anchors import AnchorPlan, Place
from tests.contract.test_store_log import SIGNER
from tests.scenarios.town import GOVERNANCE, Town, words
from workflows.anchor_store import Stamped
from workflows.anchoring import anchoring_of, keep_anchored
from workflows.signing import sign_with


class Service:
    """What a time-stamping service says of our content, as the effect gets it; or that nobody reaches it."""

    def __init__(self) -> None:
        self.asked: list[tuple[datetime, bytes]] = []
        self.is_down = False
        self.now: datetime

    def stamp(self, content: bytes) -> Stamped:
        if self.is_down:
            raise Unavailable("https://tsa.example.com does not answer within 15 seconds. It is asked again")
        self.asked.append((self.now, content))
        return Stamped(b"a stamp", self.now, "CN=tsa")


def told(town: Town) -> list[str]:
    said = [words(one) for one in town.slack.messages(GOVERNANCE)]
    return [one for one in said if "record's log" in one and "digest" not in one]


def test_the_log_is_anchored_by_the_clock_and_a_service_that_is_down_is_told_until_it_stamps_again(
    tmp_path: Path,
) -> None:
    service = Service()
    with Town(tmp_path, signer=SIGNER, stamper=service) as town:

        def pass_day() -> None:
            service.now = town.now()
            town.bot.store.seal(town.now(), SIGNER)
            town.pass_time(days=1, hours=1)

        def anchors() -> list[bytes]:
            return [path.read_bytes() for path in sorted((tmp_path / "archive/.anchors").iterdir())]

        def state():
            return anchoring_of(town.bot.store.state("anchors"))

        sign_with(town.bot.store, SIGNER.public, town.now())
        store = "sha256:aa"
        plan = AnchorPlan(store=store, lock_days=9, service="https://tsa.example.com", channel=GOVERNANCE)
        town.bot.store.seal(town.now(), SIGNER)
        keep_anchored(town.bot.engine, plan)
        for _ in range(3):
            pass_day()
        (first,) = anchors()
        assert [content for _, content in service.asked] == [first], "nothing was new"
        (posted,) = told(town)
        assert "A checkpoint of the record's log" in posted
        assert str(head_of(first).size) in posted.split("\n")

        service.is_down = True
        town.announce()
        pass_day()
        assert len(anchors()) >= 2, "what is there is not kept from elsewhere by the service"
        assert state().failed.keys() == {Place.SERVICE}
        pass_day()
        warned = [one for one in told(town) if "do not come to the time-stamping service" in one]
        assert len(warned) == 1, "once"
        assert "does not answer within 15 seconds" in warned[0]
        settings = read({"EMERITUS_ARCHIVE": str(tmp_path / "archive")})
        bad = [one for one in examine_anchors(settings, town.bot.store, town.now()).findings if not one.ok]
        assert [one.what for one in bad] == ["anchors to the time-stamping service"]

        service.is_down = False
        pass_day()
        assert state().failed == {}
        assert "come to the time-stamping service again" in told(town)[-1] + told(town)[-2]
        _, stamped = service.asked[-1]
        assert stamped == town.bot.store.checkpoint().checkpoint.encode() or stamped in anchors()
        assert [one.ok for one in examine_anchors(settings, town.bot.store, town.now()).findings] == [
            True
        ] * 4
