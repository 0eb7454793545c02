"""The table of commands is the only list of them: what is typed is taken apart by it or answered from it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.typed.command_parts import Part
from bot.typed.helped import helped
from bot.typed.meant import command
from bot.typed.table import COMMANDS
from bot.typed.usage import Typed, understood
from bot.typed.words import as_typed
from data.errors import Invalid, Refused
from workflows.commands import Command, Delegate, EndDelegation

EVERY_PART = {
    Part.RETIREMENT: "RET-1",
    Part.WHAT: "traffic",
    Part.CALLER: "scorer",
    Part.CONSUMER: "billing-etl",
    Part.MAYBE_CONSUMER: "",
    Part.MAYBE_TEAM: "",
    Part.PERSON: "U1",
    Part.REASON: "because",
    Part.ATTESTATION: "retention",
    Part.EVIDENCE: "CHG-1",
    Part.DAYS: "3",
    Part.TIME: "7d",
    Part.TEXT: "it was right",
    Part.NAME: "churn-v1",
    Part.MAYBE_RETIREMENT: "",
    Part.MAYBE_WORDS: "",
    Part.WORDS: "churn",
    Part.MAYBE_MODEL: "",
    Part.ALL: "",
    Part.PAGE: "",
    Part.OFTEN: "weekly",
    Part.HERE: "",
    Part.PLAYBOOK: "off",
    Part.HOLD: "1",
    Part.CLASS: "all",
    Part.LIKE: "",
    Part.DELEGATION: "<@U1|bo> until 2027-01-05",
}


@pytest.mark.parametrize("word", [word for word, row in COMMANDS.items() if row.keeps == "yes"])
def test_every_command_that_is_kept_leads_to_one(word: str) -> None:
    if word == "propose":
        return  # its command comes from the form
    asked = command(Typed(word=word, parts={part: EVERY_PART[part] for part in COMMANDS[word].takes}), "U9")

    assert asked.by == "U9"


def test_help_tells_every_command_with_who_may() -> None:
    shown = helped()

    reading, changing = shown.values()
    assert {line.split()[1].strip("`") for line in (*reading, *changing)} == set(COMMANDS)
    assert changing[-1] == (
        "`/retire handover RET-n|MODEL @PERSON` Makes somebody else the coordinator (the coordinator)"
    )
    assert "`/retire show RET-n|MODEL` Shows where one stands and what is missing" in reading


@pytest.mark.parametrize("text", ["", "   ", "\t\n", "HELP", "help me please"])
def test_nothing_is_a_call_for_help(text: str) -> None:
    assert understood(text) == Typed(word="help", parts={})


@pytest.mark.parametrize(
    "text",
    [
        "/retire pause RET-1 because",
        "retire pause RET-1 because",
        "/Retire /retire retire pause RET-1 because",
    ],
)
def test_a_command_that_was_pasted_whole_is_seen_through(text: str) -> None:
    assert understood(text) == understood("pause RET-1 because")


@pytest.mark.parametrize("text", ["retire", "/retire", "/retire " * 4_000])
def test_the_beginning_alone_is_a_call_for_help(text: str) -> None:
    assert understood(text) == Typed(word="help", parts={})


@pytest.mark.parametrize("text", ["retire Churn Model v2", "/retire retire Churn Model v2"])
def test_who_wants_to_retire_a_model_is_told_how_that_begins(text: str) -> None:
    with pytest.raises(Refused) as refused:
        understood(text)

    assert str(refused.value) == (
        '"retire Churn Model v2" is not something I can do. '
        "Run /retire propose Churn Model v2 to put it to the vote, or /retire help for all there is"
    )


def test_a_retirement_after_the_beginning_is_met_with_a_command() -> None:
    with pytest.raises(Refused, match="RET-1 is a retirement, and a command comes before it"):
        understood("retire RET-1")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("pause\tRET-1\n because", ("RET-1", "because")),
        ('pause "two words" because', ("two words", "because")),
        ("pause “two words” because", ("two words", "because")),
        ('pause RET-1 "because"', ("RET-1", "because")),
        ('pause RET-1 "a" and "b"', ("RET-1", '"a" and "b"')),
    ],
)
def test_names_with_blanks_stand_in_quotation_marks(text: str, parts: tuple[str, str]) -> None:
    found = understood(text)

    assert (found[Part.RETIREMENT], found[Part.REASON]) == parts


@pytest.mark.parametrize("what", ['checks:"a model"', '"checks:a model"', "checks:“a model”"])
def test_what_is_waived_of_a_name_with_blanks_may_stand_before_the_quotation_marks(what: str) -> None:
    found = understood(f"waive RET-1 {what} it only has a row")
    assert (found[Part.WHAT], found[Part.REASON]) == ("checks:a model", "it only has a row")


@pytest.mark.parametrize("reason", ['""', "“”", '"" ""', "\u200b", "\u2060", "..."], ids=ascii)
def test_a_reason_that_says_nothing_is_missing(reason: str) -> None:
    with pytest.raises(Invalid, match="missing; say /retire pause"):
        understood(f"pause RET-1 {reason}")


def test_a_digest_may_be_for_a_channel_and_may_end() -> None:
    for text, often, here in (
        ("subscribe", "", ""),
        ("subscribe here", "", "here"),
        ("subscribe OFF", "OFF", ""),
        ("subscribe weekly here", "weekly", "here"),
    ):
        assert understood(text).parts == {Part.OFTEN: often, Part.HERE: here}


@pytest.mark.parametrize(
    ("text", "is_all", "page"),
    [("list", "", ""), ("list all", "all", ""), ("list 2", "", "2"), ("list ALL 12", "ALL", "12")],
)
def test_a_list_may_be_of_all_and_of_one_page(text: str, is_all: str, page: str) -> None:
    assert understood(text).parts == {Part.ALL: is_all, Part.PAGE: page}


@pytest.mark.parametrize(
    ("text", "model", "like"),
    [
        ("", "", ""),
        ("Churn Model v2", "Churn Model v2", ""),
        ("Churn Model v2 like careful-move", "Churn Model v2", "careful-move"),
        ('"Churn Model v2"  LIKE "careful-move"', "Churn Model v2", "careful-move"),
        ("churn-v1 like RET 12", "churn-v1", "RET 12"),
        ("like ret-1", "", "ret-1"),
        ("like", "like", ""),
        ("churn-v1 like", "churn-v1 like", ""),
        ('"Looks like rain"', "Looks like rain", ""),
        ("unlike rain", "unlike rain", ""),
        ("like " * 4_000 + "x", ("like " * 3_999).strip(), "x"),
    ],
)
def test_a_model_is_proposed_like_a_playbook_that_is_named_at_the_end(
    text: str, model: str, like: str
) -> None:
    assert understood(f"propose {text}").parts == {Part.MAYBE_MODEL: model, Part.LIKE: like}


@pytest.mark.parametrize("page", ["0", "-1", "two", "2 3", "٢"])
def test_what_is_no_page_is_answered_with_what_is(page: str) -> None:
    with pytest.raises(Invalid) as invalid:
        understood(f"list {page}")

    assert str(invalid.value) == (
        f'[PAGE] "{page}": only "all", the number of a page, or nothing: /retire list [all] [PAGE]'
    )


def test_a_very_long_word_is_answered_with_its_beginning() -> None:
    with pytest.raises(Refused) as refused:
        understood("x" * 10_000)

    assert len(str(refused.value)) < 200


def test_somebody_is_named_by_choosing_them() -> None:
    assert understood("handover RET-1 <@U0AB|ada>")[Part.PERSON] == "U0AB"
    assert understood("handover RET-1 <@U0AB>")[Part.PERSON] == "U0AB"
    for other in ("@ada", "<@U0AB> <@U0CD>", "<#C1|general>", "<!channel>"):
        with pytest.raises(Invalid):
            understood(f"handover RET-1 {other}")


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("ask <@U1|ada> in <#C1|general>", "ask @ada in #general"),
        (
            "<https://a.example/x?y=1&amp;z=2> or <mailto:a@b.example|a@b.example>",
            "https://a.example/x?y=1&z=2 or a@b.example",
        ),
        ("<!here> now", "here now"),
    ],
)
def test_text_is_what_the_person_saw(sent: str, seen: str) -> None:
    assert as_typed(sent) == seen


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("<@U1|bo> until 2027-01-05", Delegate(by="U9", to="U1", until=date(2027, 1, 5))),
        ("<@U1>  2027-01-05", Delegate(by="U9", to="U1", until=date(2027, 1, 5))),
        ("<@W1|bo the second> UNTIL 2027-01-05", Delegate(by="U9", to="W1", until=date(2027, 1, 5))),
        ("off", EndDelegation(by="U9", person="U9")),
        ("OFF", EndDelegation(by="U9", person="U9")),
        ("off <@U1|bo>", EndDelegation(by="U9", person="U1")),
    ],
)
def test_a_delegation_is_read_however_it_is_typed(text: str, asked: Command) -> None:
    assert command(understood(f"delegate {text}"), "U9") == asked


HOW = "/retire delegate [@PERSON until DATE|off]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "bo until 2027-01-05",
            f'@PERSON "bo": not a person; type @ and choose the name: {HOW}',
        ),
        ("off bo", f'@PERSON "bo": not a person; type @ and choose the name: {HOW}'),
        ("<@U1|bo>", f"until: missing; say the last day as 2027-01-05: {HOW}"),
        ("<@U1|bo> until 5.1.2027", 'until "5.1.2027": a day as 2027-01-05'),
        ("<@U1|bo> until 2027-02-30", 'until "2027-02-30": a day as 2027-01-05'),
        ("<@U1|bo> until 20270105", 'until "20270105": a day as 2027-01-05'),
        (
            "<@U1|bo> until next week",
            f'delegation "@bo until next week": a person and a day, or off: {HOW}',
        ),
    ],
)
def test_a_delegation_that_cannot_be_read_says_how_it_is_typed(text: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        understood(f"delegate {text}")
    assert str(refused.value) == said
