"""Who draws a picture keeps nobody waiting who presses meanwhile."""

from __future__ import annotations

import resource
import time

import pytest

from bot.pictures.impact import svg
from bot.pictures.png import rendered
from data.errors import Unavailable
from tests.bot.pictures.graphs import a_neighbourhood


def test_a_picture_is_drawn_by_a_process_of_its_own():
    """What draws keeps Python's lock: in the bot's own process no press was acknowledged before it was done."""
    drawing = svg(a_neighbourhood(30), about="drawn elsewhere")
    own, elsewhere = time.process_time(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert rendered(drawing, "").startswith(b"\x89PNG")
    assert time.process_time() - own < resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - elsewhere


def test_what_cannot_be_drawn_is_told_with_the_reason():
    with pytest.raises(Unavailable) as told:
        rendered("<svg", "")
    assert str(told.value).startswith("the picture could not be drawn: ValueError: ")
