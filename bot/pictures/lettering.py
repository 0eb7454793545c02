"""How is a name set, and how wide is it? Letters are joined and turned by HarfBuzz; what is too long loses its middle.

Left and right are told apart by each letter's own direction (UAX #9 without its marks, which `plain` takes out).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby, pairwise
from typing import NamedTuple

import uharfbuzz as hb

from bot.pictures.fonts import Font, font_number, fonts

ELLIPSIS = "…"
JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
"""What shapes the letters beside it, and is none itself."""
STACKED_MAX = 2
LONG = 160
"""Letters of either end that are looked at: more never fit."""


class Glyph(NamedTuple):
    """A drawn letter and where it stands, in the units of a font of size 1; `x` and `y` are its origin."""

    font: Font
    number: int
    x: float
    y: float


class Setting(NamedTuple):
    """A line of text, set: its glyphs from left to right, and how wide it is at size 1.

    ink   how far its outlines really reach: left, top, right, bottom of its beginning on the baseline
    """

    text: str
    glyphs: tuple[Glyph, ...]
    width: float
    ink: tuple[float, float, float, float]


def plain(text: str) -> str:
    """The text in one line, without what turns, hides or piles up on other letters."""
    shown: list[str] = []
    stacked = 0
    for letter in " ".join(text.split()):
        category = unicodedata.category(letter)
        if category[0] == "C" and letter not in JOINERS:
            continue
        stacked = stacked + 1 if category in ("Mn", "Me") else 0
        if stacked <= STACKED_MAX:
            shown.append(letter)
    return "".join(shown)


def set_in(text: str, *, is_bold: bool = False) -> Setting:
    """The whole text, however wide."""
    glyphs: list[Glyph] = []
    at = 0.0
    for number, level, run in _in_order(plain(text)):
        font = fonts(is_bold=is_bold)[max(number, 0)]
        for info, position in _shaped(run, font, level):
            glyphs.append(
                Glyph(
                    font,
                    info.codepoint,
                    at + position.x_offset / font.upem,
                    -position.y_offset / font.upem,
                )
            )
            at += position.x_advance / font.upem
    return Setting(plain(text), tuple(glyphs), at, _ink(glyphs))


def _ink(glyphs: Sequence[Glyph]) -> tuple[float, float, float, float]:
    left = top = right = bottom = 0.0
    for glyph in glyphs:
        extents, upem = glyph.font.hb.get_glyph_extents(glyph.number), glyph.font.upem
        left = min(left, glyph.x + extents.x_bearing / upem)
        right = max(right, glyph.x + (extents.x_bearing + extents.width) / upem)
        top = min(top, glyph.y - extents.y_bearing / upem)
        bottom = max(bottom, glyph.y - (extents.y_bearing + extents.height) / upem)
    return left, top, right, bottom


def fitted(text: str, width: float, size: float, *, is_bold: bool = False) -> Setting:
    """As much of both ends as fits into `width` at this size, an ellipsis between them; never half a letter."""
    shown = plain(text)
    if len(shown) <= 2 * LONG:
        whole = set_in(shown, is_bold=is_bold)
        if whole.width * size <= width:
            return whole
    letters = _units(shown if len(shown) <= 2 * LONG else f"{shown[:LONG]} {shown[-LONG:]}")
    few, many = 0, len(letters) - 1
    best = set_in(ELLIPSIS, is_bold=is_bold)
    while few < many:
        kept = (few + many + 1) // 2
        head, tail = letters[: -(-kept // 2)], letters[len(letters) - kept // 2 :]
        tried = set_in(f"{''.join(head).rstrip()}{ELLIPSIS}{''.join(tail).lstrip()}", is_bold=is_bold)
        if tried.width * size <= width:
            few, best = kept, tried
        else:
            many = kept - 1
    return best


def unknown(text: str) -> bool:
    """Has it letters that no font here has? They are drawn as boxes."""
    return any(font_number(letter) < 0 for letter in plain(text) if letter not in JOINERS)


def _units(text: str) -> list[str]:
    """What must not be torn: letters with their marks, and what a joiner makes one."""
    starts = {0}
    at = 0
    for number, level, run in _runs(text):
        font = fonts(is_bold=False)[max(number, 0)]
        starts |= {at + info.cluster for info, _ in _shaped(run, font, level)}
        at += len(run)
    ends = sorted(starts | {len(text)})
    return [text[start:end] for start, end in pairwise(ends)]


def _shaped(run: str, font: Font, level: int) -> Iterator[tuple[hb.GlyphInfo, hb.GlyphPosition]]:
    buffer = hb.Buffer()
    buffer.add_str(run)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if level % 2 else "ltr"
    hb.shape(font.hb, buffer)
    return zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)


class Run(NamedTuple):
    """A piece of one font and one direction."""

    font_number: int
    level: int
    text: str


def _runs(text: str) -> Iterator[Run]:
    """In the order they are read."""
    levels = _levels(text)
    numbers = _fonts_of(text)
    for (number, level), places in groupby(range(len(text)), lambda place: (numbers[place], levels[place])):
        yield Run(number, level, "".join(text[place] for place in places))


def _in_order(text: str) -> list[Run]:
    """The same in the order they stand, from left to right."""
    runs = list(_runs(text))
    for level in range(max((run.level for run in runs), default=0), 0, -1):
        turned: list[Run] = []
        for is_deep, some in groupby(runs, partial(_is_at_least, level)):
            together = list(some)
            turned += together[::-1] if is_deep else together
        runs = turned
    return runs


def _is_at_least(level: int, run: Run) -> bool:
    return run.level >= level


def _fonts_of(text: str) -> list[int]:
    """A mark or joiner stays with the letter before it."""
    numbers: list[int] = []
    for letter in text:
        follows = letter in JOINERS or unicodedata.category(letter)[0] == "M"
        numbers.append(numbers[-1] if follows and numbers and numbers[-1] >= 0 else font_number(letter))
    return numbers


def _levels(text: str) -> Sequence[int]:
    """How often each letter is turned: 0 and 2 stand from left to right, 1 from right to left."""
    kinds = [unicodedata.bidirectional(letter) for letter in text]
    strong = [1 if kind in ("R", "AL") else 0 if kind == "L" else None for kind in kinds]
    base = next((one for one in strong if one is not None), 0)
    levels: list[int] = []
    before = base
    for place, (kind, direction) in enumerate(zip(kinds, strong, strict=True)):
        if direction is not None:
            before = direction
            levels.append(1 if direction else 2 * base)
        elif kind in ("EN", "AN"):
            levels.append(2 if before or base else 0)
        else:
            after = next((one for one in strong[place:] if one is not None), base)
            levels.append((1 if before else 2 * base) if before == after else base)
    return levels
