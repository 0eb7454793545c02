"""How many images were tried, and was anything acknowledged lost?

A campaign is chains; a chain is lives of one record, each opened on an image of the one before. A chain depends on
the seed and its number alone, so a failing one is replayed by itself.
"""

from __future__ import annotations

import tempfile
import time
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random

import msgspec

from tests.contract.scripted import NOW
from tests.power_loss.disk import Lie
from tests.power_loss.image import Verdict, examined
from tests.power_loss.life import Life, Settings, lived, product_settings
from tests.power_loss.platter import Platter, drawn
from tests.power_loss.work import Ack

LIVES_PER_CHAIN = 5
IMAGES_PER_LIFE = 16
FAILURES_KEPT = 5
SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")
"""As SQLite numbers them."""


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """What is tried, and on what: `synchronous` replaces the product's, `lie` breaks the disk."""

    seed: int = 1
    synchronous: str = ""
    lie: Lie = Lie.NONE

    def replay(self, chain: int) -> str:
        weaker = f" --synchronous {self.synchronous}" if self.synchronous else ""
        broken = f" --lie {self.lie}" if self.lie is not Lie.NONE else ""
        return f"uv run python -m tests.power_loss --seed {self.seed} --chain {chain}{weaker}{broken}"


class Found(msgspec.Struct, kw_only=True):
    """What came of it.

    images         opened and examined; `torn` of them were cut while something was not synced
    acknowledged   commits that had to be there, summed over the images; `lost` of them were not
    losing         images that lack an acknowledged commit
    corrupt        images that nobody can read, or that hold half of something
    shared         commands that came back from a commit with others in it
    """

    images: int = 0
    torn: int = 0
    acknowledged: int = 0
    lost: int = 0
    losing: int = 0
    corrupt: int = 0
    lives: int = 0
    checkpoints: int = 0
    shared: int = 0
    seconds: float = 0.0
    failures: list[str] = []

    @property
    def is_sound(self) -> bool:
        return not self.failures


def run(campaign: Campaign, *, images: int = 0, seconds: float = 0.0, chain: int | None = None) -> Found:
    """Chain after chain, until that many images were tried and so much time has passed; or that chain alone."""
    found, began = Found(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        driven, image = Path(folder) / "driven", Path(folder) / "image"
        driven.mkdir()
        image.mkdir()
        settings = product_settings(driven)
        if campaign.synchronous:
            weaker = {**settings.writing, "synchronous": SYNCHRONOUS.index(campaign.synchronous)}
            settings = msgspec.structs.replace(settings, writing=weaker)
        for number in count() if chain is None else [chain]:
            if chain is None and found.images >= images and time.monotonic() - began >= seconds:
                break
            _Chain(campaign, number, found, settings=settings, driven=driven, image=image).run()
    found.seconds = time.monotonic() - began
    return found


class _Chain:
    """A life, the power cut, what is left examined, and the next life on it; at first the disk is empty."""

    def __init__(
        self,
        campaign: Campaign,
        number: int,
        found: Found,
        *,
        settings: Settings,
        driven: Path,
        image: Path,
    ) -> None:
        self._campaign, self._number, self._settings = campaign, number, settings
        self._driven, self._image, self._found = driven, image, found
        self._rng = Random(f"{campaign.seed}/{number}")
        self._files: dict[str, bytes] = {}
        self._content = ""
        self._acks: list[Ack] = []

    def run(self) -> None:
        for number in range(LIVES_PER_CHAIN):
            life = lived(
                self._files,
                settings=self._settings,
                folder=self._driven,
                rng=self._rng,
                began_at=NOW + timedelta(hours=number),
                lie=self._campaign.lie,
            )
            self._found.lives += 1
            self._found.checkpoints += life.checkpoints
            self._found.shared += life.shared
            if self._content and life.commits[0][1] != self._content:
                self._found.corrupt += 1
                self._failed(f"life {number}: another content was recovered than ordinary SQLite had found")
                return
            if not self._cut(number, life):
                return

    def _cut(self, number: int, life: Life) -> bool:
        """Examine images of a life; the chain goes on with one of the sound ones, if there is any."""
        platter = Platter(life.files)
        sound: list[tuple[int, dict[str, bytes], str]] = []
        for at in life.moments(self._rng, IMAGES_PER_LIFE):
            while platter.clock < at:
                platter.play(life.journal[platter.clock])
            files, how = drawn(platter, self._rng)
            verdict = examined(
                files, self._image, life=life, at=at, before=self._acks, read_only=self._rng.random() < 0.75
            )
            self._count(verdict, is_torn=bool(platter.unsynced()))
            if verdict.is_sound:
                sound.append((at, files, verdict.content))
            else:
                self._failed(f"life {number}, cut at {at} ({how}): {verdict.says}")
        if sound:
            at, self._files, self._content = self._rng.choice(sound)
            self._acks += [ack for came_back_at, ack in life.acks if came_back_at <= at]
        return bool(sound)

    def _count(self, verdict: Verdict, *, is_torn: bool) -> None:
        self._found.images += 1
        self._found.torn += is_torn
        self._found.acknowledged += verdict.acknowledged
        self._found.lost += verdict.lost
        self._found.losing += bool(verdict.lost)
        self._found.corrupt += bool(verdict.corrupt)

    def _failed(self, what: str) -> None:
        if len(self._found.failures) < FAILURES_KEPT:
            replay = self._campaign.replay(self._number)
            self._found.failures.append(f"chain {self._number}, {what}\n    {replay}")
