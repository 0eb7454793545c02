"""Text from data can say anything and do nothing."""

from __future__ import annotations

import pytest

from bot.views import limits
from bot.views.blocks import answered, context, mention, mentions, safe, section


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        ("`code` and ```more```", "'code' and '''more'''"),
        ("two\nlines\tand\u2028more", "two lines and more"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("churn_nightly", "churn_nightly"),
    ],
)
def test_text_from_data_is_shown_and_not_obeyed(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_cutting_never_tears_an_escaped_character() -> None:
    assert safe("<" * 300, 12) == "&lt;&lt;…"
    assert safe("x" * 80) == "x" * 80
    assert len(safe("&" * 300, 400)) <= 400


@pytest.mark.parametrize("text", ["U1>", "churn", "<@U1>", "u123", "C0123", ""])
def test_only_what_looks_like_a_slack_id_becomes_a_mention(text: str) -> None:
    assert "<@" not in mention(text)


def test_people_are_mentioned_once_each_and_the_clock_is_emeritus() -> None:
    assert mentions(["U1", "W2", "U1"]) == "<@U1> <@W2>"
    assert mentions(["U1", "U2", "U3"], at_most=2) == "<@U1> <@U2> +1 more"
    assert mention("emeritus") == "Emeritus"


def test_an_answer_keeps_its_lines_and_the_people_it_names() -> None:
    assert answered("Ask <@U1>\nnot <!channel>") == ["Ask <@U1>", "not &lt;!channel&gt;"]


def test_a_list_that_does_not_fit_says_how_many_it_leaves_out() -> None:
    assert limits.joined(["a", "b", "c"], 100, at_most=2) == "a\nb\n+1 more"
    assert limits.joined([], 100) == ""
    shown = limits.joined([f"{number:03d}" for number in range(999)], 100)
    assert len(shown) <= 100
    assert shown.endswith(f"+{999 - shown.count(chr(10))} more")
    assert limits.joined(["x" * 500], 100) == "+1 more"


def test_ids_too_long_for_a_select_stay_distinct() -> None:
    long = "resource:default/" + "n" * 300
    assert limits.option_value("resource:default/churn") == "resource:default/churn"
    assert len(limits.option_value(long)) == limits.OPTION_VALUE_MAX
    assert limits.option_value(long) != limits.option_value(long + "n")


def test_slack_is_told_to_make_no_links_and_mentions_of_its_own() -> None:
    assert section("@here")["text"]["verbatim"] is True
    assert context("#general")["elements"][0]["verbatim"] is True
