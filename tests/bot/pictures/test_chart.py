"""The chart of a digest: all it shows is in words, too, nothing is told by colour alone, and no text covers another."""

from __future__ import annotations

import io
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from bot.pictures import chart
from bot.pictures.sizes import MARGIN, WIDTH
from bot.slack.uploads import ALT_TEXT_MAX
from data.records.retirement import State
from workflows.rules.hindsight.by_state import Count

SOME = (
    Count(state=State.PROPOSED, undated=3),
    Count(state=State.APPROVED, slipped=1, undated=1),
    Count(state=State.MIGRATING, on_time=9, slipped=4),
    Count(state=State.DISABLED),
    Count(state=State.ARCHIVED, on_time=11),
)
MANY = tuple(Count(state=one.state, on_time=999_999, slipped=999_999, undated=999_999) for one in SOME)
NONE = tuple(Count(state=one.state) for one in SOME)
UNLIKE = (*NONE[:-1], Count(state=State.ARCHIVED, on_time=100_000, slipped=1, undated=1))
EVERY = pytest.mark.parametrize(
    "counts", [SOME, MANY, NONE, UNLIKE], ids=["some", "very many", "none", "unlike"]
)


def test_it_says_in_words_what_it_shows() -> None:
    assert chart.described(SOME, about="2027-01-18") == (
        "Retirements by state, 2027-01-18 · 29 retirements, 5 slipped: later than the day first announced. "
        "proposed 3 (3 not announced yet); approved 2 (1 slipped, 1 not announced yet); "
        "migrating 13 (9 on time, 4 slipped); disabled 0; archived 11 (11 on time)."
    )


@EVERY
def test_the_words_fit_where_a_screen_reader_finds_them(counts: tuple[Count, ...]) -> None:
    assert len(chart.described(counts, about="yours, 2027-01-18")) <= ALT_TEXT_MAX


@EVERY
def test_no_text_covers_another_or_leaves_the_picture(counts: tuple[Count, ...]) -> None:
    boxes = [label.box for label in chart.labels(counts, about="yours, 2027-01-18")]
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)
    assert all(left >= MARGIN - 1 and right <= WIDTH - MARGIN + 1 for left, _, right, _ in boxes)


def test_one_beside_a_thousand_is_still_a_bar() -> None:
    """Its border alone would cover the line that all bars begin at."""
    counts = (Count(state=State.MIGRATING, on_time=1), Count(state=State.ARCHIVED, on_time=1_000, slipped=1))
    drawn = ET.fromstring(chart.svg(counts))
    bars = [one for one in drawn.iter("{http://www.w3.org/2000/svg}rect") if one.get("rx")]
    assert len(bars) == 3 + len(chart.MEANINGS)
    assert all(float(one.get("width", "0")) >= chart.PART_MIN for one in bars)


def test_each_state_has_its_numbers_beside_its_bar() -> None:
    texts = [label.setting.text for label in chart.labels(SOME)]
    for name, numbers in (
        ("proposed", "3 not announced yet"),
        ("approved", "1 slipped · 1 not announced yet"),
        ("migrating", "9 on time · 4 slipped"),
        ("disabled", "none"),
        ("archived", "11 on time"),
    ):
        assert texts[texts.index(name) + 1] == numbers
    assert texts[-4:] == [
        "on time",
        "slipped",
        "not announced yet",
        "archived: those closed in the last 365 days",
    ]


def test_bars_are_as_long_as_they_are_many_and_what_slipped_is_striped() -> None:
    drawn = ET.fromstring(chart.svg(SOME))
    bars = [
        (one.get("fill"), float(one.get("width", "0")))
        for one in drawn.iter("{http://www.w3.org/2000/svg}rect")
        if one.get("height") == f"{chart.BAR:g}"
    ]
    widths = {fill: [width for found, width in bars if found == fill] for fill, _ in bars}
    slipped = widths["url(#slipped)"]
    assert slipped[1] == pytest.approx(4 * slipped[0], abs=0.3)
    on_time = widths[chart.MOSS]
    assert on_time[0] / on_time[1] == pytest.approx(9 / 11, abs=0.01)


def test_it_is_a_picture() -> None:
    picture = Image.open(io.BytesIO(chart.png(SOME, about="2027-01-18")))
    picture.load()
    assert (picture.format, picture.width) == ("PNG", 2400)
    assert picture.info["Description"] == chart.described(SOME, about="2027-01-18")
