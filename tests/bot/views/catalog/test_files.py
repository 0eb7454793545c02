"""What is told of a shared file fits into its message, however much there is, and mentions nobody."""

from __future__ import annotations

from bot.views.catalog import files
from bot.views.limits import BLOCK_TEXT_MAX
from tests.payloads import check_message

HOSTILE = "<!channel> <@U01TOMBIRCH> `x` & \u202e*"


def texts(payload: dict[str, list[dict[str, dict[str, str]]]]) -> list[str]:
    return [block["text"]["text"] for block in payload["blocks"] if "text" in block]


def test_a_report_that_is_too_long_says_how_much_more_there_is() -> None:
    said = "\n".join(f"skipped edges.csv:{number} x -> y: {'&' * 300}" for number in range(100))
    payload = files.imported("edges.csv", "csv", said, 900)

    check_message(payload)
    shown = texts(payload)
    assert sum(map(len, shown)) <= BLOCK_TEXT_MAX
    lines = "\n".join(shown[1:]).split("\n")
    assert (
        lines[-1]
        == f"+{1_000 - (len(lines) - 1):,} more; `emeritus import csv FILE` prints all of such a report"
    )


def test_a_report_that_fits_is_told_whole() -> None:
    payload = files.imported("edges.csv", "csv", "documents: 1 read\nedges: 1 read", 0)
    assert texts(payload) == [
        ":white_check_mark: *edges.csv* was imported as csv",
        "documents: 1 read\nedges: 1 read",
    ]


def test_nothing_of_a_file_is_more_than_text() -> None:
    for payload in (files.imported(HOSTILE, "csv", HOSTILE, 0), files.refused(HOSTILE, HOSTILE, 3)):
        check_message(payload)
        for text in [payload["text"], *texts(payload)[:2]]:
            assert "&lt;!channel&gt; &lt;@U01TOMBIRCH&gt; 'x' &amp; *" in text
