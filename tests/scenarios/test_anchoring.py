"""Checkpoints are anchored each day there is something new, and people hear of a service that does not stamp."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.doctor.anchors import examine_anchors
from bot.settings import read
from data.audit.checking import audited
from data.audit.container import unpacked
from data.errors import Unavailable
from data.log.checkpoints import head_of
from data.log.stamps import authorities_of
from data.records.anchors import AnchorPlan, Place
from tests.contract.test_store_log import SIGNER
from tests.data.log.authority import make_authority, serving, shell, stamp
from tests.scenarios.town import GOVERNANCE, Town, words
from workflows.adapters.time_stamps import TimeStamps
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
        keep_anchored(town.bot.engine, plan)
        town.pass_time(seconds=1)  # nobody has signed a head yet
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
        assert town.bot.glance().anchors_bad == 1

        service.is_down = False
        pass_day()
        assert state().failed == {}
        assert "come to the time-stamping service again" in told(town)[-1] + told(town)[-2]
        _, stamped = service.asked[-1]
        assert stamped == town.bot.store.checkpoint().checkpoint.encode() or stamped in anchors()
        assert [one.ok for one in examine_anchors(settings, town.bot.store, town.now()).findings] == [
            True
        ] * 4


@pytest.mark.long
def test_a_bundle_has_the_stamp_of_a_real_service_and_openssl_checks_it_as_its_readme_says(
    tmp_path: Path,
) -> None:
    for name in ("service", "town", "bundle"):
        (tmp_path / name).mkdir()
    make_authority(tmp_path / "service", "tsa")
    pem = (tmp_path / "service/tsa-root.pem").read_text()
    with (
        serving(lambda asked: stamp(tmp_path / "service", "tsa", asked)) as address,
        Town(tmp_path / "town", signer=SIGNER, stamper=TimeStamps(address, pem)) as town,
    ):
        sign_with(town.bot.store, SIGNER.public, town.now())
        town.propose()
        town.bot.store.seal(town.now(), SIGNER)
        plan = AnchorPlan(store="sha256:aa", lock_days=9, service=address, authorities=pem)
        keep_anchored(town.bot.engine, plan)
        town.pass_time(hours=1)
        town.bot.store.seal(town.now(), SIGNER)
        bundle = town.bot.store.bundle("RET-1")
    files = unpacked(bundle)
    for name, content in files.items():
        path = tmp_path / "bundle" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    (size,) = [name.removeprefix("stamps/").removesuffix(".tsr") for name in files if name.endswith(".tsr")]
    said = next(
        line for line in files["README.txt"].decode().split("\n") if line.startswith("openssl ts -verify")
    )
    command = (
        said.partition("    ")[0]
        .replace("/N", f"/{size}")
        .replace("authorities.pem", "../service/tsa-root.pem")
    )

    found = audited(bundle, [SIGNER.public], authorities_of(pem.encode()))
    assert (found.bad, [one.by for one in found.seen]) == ("", ["CN=tsa"])
    assert "Verification: OK" in shell(command, tmp_path / "bundle").stdout
    (tmp_path / f"bundle/checkpoints/{size}").write_bytes(b"another")
    assert shell(command, tmp_path / "bundle").returncode == 1
