"""Letters where they stand: each outline once, used wherever it occurs, and nothing reaching out of its line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bot.pictures.lettering import Setting

ASCENT, DESCENT = 1.07, 0.3  # of Noto Sans, rounded up


class Label(NamedTuple):
    """A line of text where it stands: `box` is the room of its letters, (left, top, right, bottom)."""

    setting: Setting
    x: float
    baseline: float
    size: float
    colour: str

    @property
    def box(self) -> tuple[float, float, float, float]:
        width = self.setting.width * self.size
        return (
            self.x,
            self.baseline - ASCENT * self.size,
            self.x + width,
            self.baseline + DESCENT * self.size,
        )


def outlines(set_labels: tuple[Label, ...]) -> str:
    """Each letter's outline, once."""
    known = {
        f"{glyph.font.key}-{glyph.number}": glyph.font.path(glyph.number)
        for label in set_labels
        for glyph in label.setting.glyphs
    }
    paths = "".join(f'<path id="g{key}" d="{path}"/>' for key, path in known.items() if path)
    return f"<defs>{paths}</defs>"


def letters(set_labels: tuple[Label, ...]) -> Iterator[str]:
    for label in set_labels:
        used = []
        for glyph in label.setting.glyphs:
            if glyph.font.path(glyph.number):
                scale = label.size / glyph.font.upem
                x, y = label.x + glyph.x * label.size, label.baseline + glyph.y * label.size
                place = f"translate({x:.2f} {y:.2f}) scale({scale:.5f})"
                used.append(f'<use href="#g{glyph.font.key}-{glyph.number}" transform="{place}"/>')
        if not used:
            continue
        clip = _clip(label)
        held = f' clip-path="url(#{_clip_id(label)})"' if clip else ""
        yield f'{clip}<g fill="{label.colour}"{held}>{"".join(used)}</g>'


def _clip(label: Label) -> str:
    """What would reach out of its line, such as marks piled up, is cut off there."""
    left, top, right, bottom = label.setting.ink
    overhang = 0.08  # of a letter that leans out a little, as many do
    if left >= -overhang and right <= label.setting.width + overhang and -top <= ASCENT and bottom <= DESCENT:
        return ""
    x, y, to_x, to_y = label.box
    box = f'x="{x - 1:g}" y="{y:g}" width="{to_x - x + 2:g}" height="{to_y - y:g}"'
    return f'<clipPath id="{_clip_id(label)}"><rect {box}/></clipPath>'


def _clip_id(label: Label) -> str:
    return f"c{label.x:.0f}-{label.baseline:.0f}"
