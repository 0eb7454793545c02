"""Names in any writing are set whole or lose their middle, never half a letter; nothing turns or hides."""

from __future__ import annotations

import pytest

from bot.pictures.lettering import ELLIPSIS, fitted, plain, set_in, unknown

FAMILY, FLAG = "👩‍👩‍👧‍👦", "🇩🇪"


@pytest.mark.parametrize(
    "name", ["churn-v1", "顧客離脱予測", "고객 이탈", "نموذج", "מנוע 2024", "ग्राहक-मंथन", FAMILY, FLAG]
)
def test_what_fits_is_whole_and_has_letters_of_its_own(name):
    setting = fitted(name, 1_000, 12)
    assert setting.text == name
    assert setting.width > 0
    assert not unknown(name)


@pytest.mark.parametrize(
    "name",
    [
        "customer-lifetime-value-predictions-v2",
        "顧客離脱予測モデル日次バッチ集計",
        "نموذج-التنبؤ-بتسرب-العملاء",
        "W" * 4_000,
    ],
)
def test_what_is_too_wide_keeps_both_ends(name):
    setting = fitted(name, 120, 12)
    head, _, tail = setting.text.partition(ELLIPSIS)
    assert setting.width * 12 <= 120
    assert name.startswith(head)
    assert name.endswith(tail)
    assert head
    assert tail
    wider = set_in(f"{name[: len(head) + 1]}{ELLIPSIS}{name[len(name) - len(tail) - 1 :]}")
    assert wider.width * 12 > 120, "no room is left unused"


def test_what_is_one_letter_to_the_eye_is_not_torn():
    setting = fitted(FAMILY * 5 + FLAG * 5, 100, 12)
    head, _, tail = setting.text.partition(ELLIPSIS)
    assert head == FAMILY * head.count(FAMILY)
    assert tail == FLAG * tail.count(FLAG)
    assert tail


def test_where_nothing_fits_the_ellipsis_stands_alone():
    assert fitted("churn", 9, 12).text == ELLIPSIS


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("two\nlines\tand more", "two lines and more"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("z" + "\u0301" * 50, "z\u0301\u0301"),
    ],
    ids=["broken lines", "turned", "controls", "piled up"],
)
def test_what_would_turn_hide_or_pile_up_is_left_out(name, shown):
    assert plain(name) == shown


def order(text: str) -> list[int]:
    """What is seen of it, from left to right."""
    glyphs = sorted(set_in(text).glyphs, key=lambda glyph: glyph.x)
    return [glyph.number for glyph in glyphs if glyph.font.path(glyph.number)]


def test_hebrew_stands_from_right_to_left_and_its_numbers_and_names_from_left_to_right():
    assert order("אב") == [*order("ב"), *order("א")]
    assert order("אב 12") == [*order("12"), *order("ב"), *order("א")]
    assert order("ab אב") == [*order("ab"), *order("ב"), *order("א")]


def test_brackets_of_a_name_from_right_to_left_are_turned_around():
    assert order("א(ב)") == [*order("("), *order("ב"), *order(")"), *order("א")]


def test_arabic_letters_join():
    assert order("بب") != order("ب") * 2


def test_a_letter_that_no_font_has_is_known_to_be_missing():
    assert unknown("\U000130c0")
    assert set_in("\U000130c0").width > 0
