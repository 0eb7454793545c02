"""What a text for an audience may say, and how one that may not is answered: with all that is wrong, line by line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.views.limits import SECTION_MAX
from data.errors import Invalid
from data.policies.notice_texts import FACTS, PLACEHOLDERS, TEXT_MAX, filled
from data.policies.policy import DEFAULT, parsed, read_policy
from data.records.notices import Audience

FIVE = "**What** {what} {when}, {why}; {successor}. {action}"
FINE = f"{FIVE}\n\n---\n\n{FIVE}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy's own folder of texts, empty; the policy is beside it."""
    (tmp_path / "eu.toml").write_text('[notices]\nfolder = "words"\n', encoding="utf-8")
    (tmp_path / "words").mkdir()
    return tmp_path / "words"


def problems(folder: Path, **texts: str) -> list[str]:
    for name, text in texts.items():
        (folder / f"{name.replace('_', '-')}.md").write_text(text, encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        read_policy(folder.parent / "eu.toml")
    return [str(problem) for problem in refused.value.problems]


def test_every_audience_has_a_shipped_text_which_a_retirement_keeps_with_its_policy() -> None:
    texts = read_policy().texts

    assert [text.audience for text in texts] == list(Audience)
    assert {path.stem for path in (DEFAULT.parent / "notices").iterdir()} == set(Audience)
    assert parsed("", source="eu.toml").texts == texts
    for text in texts:
        assert all(f"{{{fact}}}" in part for fact in FACTS for part in (text.under_way, text.closed))


def test_a_folder_of_ones_own_has_only_what_is_otherwise(folder: Path) -> None:
    (folder / "support.md").write_text(FINE, encoding="utf-8")

    own, shipped = read_policy(folder.parent / "eu.toml"), read_policy()

    assert {text.audience: text for text in own.texts}[Audience.SUPPORT].closed == FIVE
    assert [text for text in own.texts if text not in shipped.texts] == [own.texts[3]]
    assert own.digest != parsed("", source="eu.toml").digest, "it is another policy that is voted on"


def test_everything_that_is_wrong_is_told_at_once_by_file_and_line(folder: Path) -> None:
    known = ", ".join(PLACEHOLDERS)
    fine = ", ".join(name for name, one in PLACEHOLDERS.items() if not one.is_technical)

    found = problems(
        folder,
        support=f"**What** {{waht}}\n{FIVE}\n---\n{FIVE}\n<!channel> {{ }}\n",
        product_owners=f"{FIVE}\n{{endpoints}} arn:aws:sagemaker:eu:1:endpoint/x\n---\n{{what}} {{when}}\n",
        governance=FIVE,
        suport=FINE,
    )

    assert found == [
        (
            "words/suport.md: no audience is called so; known here: ml-engineers.md, data-engineers.md, "
            "product-owners.md, support.md, governance.md"
        ),
        (
            "words/product-owners.md:2 {endpoints}: says something to engineers only; for product owners there are "
            f"{fine}"
        ),
        (
            "words/product-owners.md:2 arn:aws:sagemaker:eu:1:endpoint/x: an id says nothing to product owners; say "
            "what it is, in words"
        ),
        (
            "words/product-owners.md:3: {why}, {successor}, {action} missing once it is closed: everybody is told "
            "what, when, why, successor and action"
        ),
        f"words/support.md:1 {{waht}}: no such placeholder; closest is {{what}}; known here: {known}",
        "words/support.md:5 <!channel> { }: a brace belongs to a placeholder, {when}; write what is meant without it",
        (
            "words/support.md:5 <!channel>: a text mentions nobody; {contact} names the coordinator, "
            "[words](https://...) is a link"
        ),
        "words/governance.md: 1 parts; it has two, with a line --- between: until service ends and once it is closed",
    ]


def test_a_text_that_slack_would_not_take_with_the_longest_names_is_refused_at_the_line_it_is_too_long_from(
    folder: Path,
) -> None:
    long = "\n".join([FIVE, *("{things}, and some words" for _ in range(4)), "---", FIVE])

    (found,) = problems(folder, support=long)

    assert found.startswith("words/support.md:5: 2,")
    assert found.endswith(
        "with the longest that may stand in each place; at most 2,400 fit into a message",
    )
    assert TEXT_MAX < SECTION_MAX


def test_a_folder_or_a_text_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "support.md").write_bytes(b"\xff\xfe")
    assert problems(folder) == ["words/support.md: cannot be read (not UTF-8 text)"]
    (folder.parent / "eu.toml").write_text('[notices]\nfolder = "nowhere"', encoding="utf-8")
    assert problems(folder) == [
        "nowhere: cannot be read (No such file or directory); name the folder of the texts, seen from the policy's file"
    ]


def test_a_mark_that_editors_put_first_is_none_of_the_text(folder: Path) -> None:
    (folder / "support.md").write_text(FINE, encoding="utf-8-sig")
    texts = {text.audience: text for text in read_policy(folder.parent / "eu.toml").texts}
    assert texts[Audience.SUPPORT].under_way == FIVE


def test_what_nobody_sees_in_a_text_is_named_by_line(folder: Path) -> None:
    assert problems(folder, support=f"{FIVE}\a\n---\n{FIVE}\u202e\u2028\ta\u200db\n") == [
        "words/support.md:1: U+0007 is shown nowhere, or moves what stands beside it; delete it",
        "words/support.md:3: U+202E, U+2028 is shown nowhere, or moves what stands beside it; delete it",
    ]


def test_a_text_that_is_called_otherwise_but_for_case_or_is_no_file_is_named_and_nothing_hangs(
    folder: Path,
) -> None:
    (folder / "Support.MD").write_text(FINE, encoding="utf-8")
    os.mkfifo(folder / "governance.md")
    assert problems(folder) == [
        (
            "words/Support.MD: no audience is called so; known here: ml-engineers.md, data-engineers.md, "
            "product-owners.md, support.md, governance.md"
        ),
        "words/governance.md: cannot be read (no regular file)",
    ]


def test_what_stands_in_a_value_is_no_placeholder() -> None:
    assert (
        filled("{model} {why}", {"model": "{why}", "why": "{model.__class__}"}) == "{why} {model.__class__}"
    )


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_every_placeholder_says_what_it_is_and_has_an_example_that_fits(name: str) -> None:
    known = PLACEHOLDERS[name]
    assert known.says
    assert 0 < len(known.example) <= known.chars_max
