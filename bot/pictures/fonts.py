"""Which font has which letter? Noto Sans in the writings of the world, and its symbols; Chinese, Japanese and Korean
where `emeritus[cjk]` is installed. No font of the machine is used: a picture looks the same wherever it is drawn.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import uharfbuzz as hb

FIRST = "NotoSans["
"""What most names are written in, and what draws the box for a letter that no font has."""
PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")
BOLD = 600.0


class Outline:
    """Collects an outline as an SVG path, upright: fonts count upwards, pictures downwards."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def _step(self, letter: str, *points: tuple[float, float]) -> None:
        self.steps.append(letter + " ".join(f"{x:g} {-y:g}" for x, y in points))

    def moveTo(self, to: tuple[float, float]) -> None:  # noqa: N802 - the pen's names are those of fontTools
        self._step("M", to)

    def lineTo(self, to: tuple[float, float]) -> None:  # noqa: N802
        self._step("L", to)

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._step("Q", *points)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._step("C", *points)

    def closePath(self) -> None:  # noqa: N802
        self.steps.append("Z")

    def endPath(self) -> None:  # noqa: N802
        """An outline that stays open is filled all the same."""


class Font:
    """One font file at one weight. Lengths are in its own units, `upem` to the size of the letters."""

    def __init__(self, path: Path, number: int, *, is_bold: bool) -> None:
        self.face: Any = hb.Face(hb.Blob.from_file_path(str(path)))
        self.hb: Any = hb.Font(self.face)
        self.hb.set_variations({"wght": BOLD if is_bold else 400.0})
        self.upem = int(self.face.upem)
        self.key = f"{number}{'b' if is_bold else 'r'}"
        self._paths: dict[int, str] = {}

    @cached_property
    def letters(self) -> frozenset[int]:
        return frozenset(self.face.unicodes)

    def path(self, glyph: int) -> str:
        """The outline of a glyph, once."""
        if glyph not in self._paths:
            outline = Outline()
            self.hb.draw_glyph_with_pen(glyph, outline)
            self._paths[glyph] = "".join(outline.steps)
        return self._paths[glyph]


@lru_cache(maxsize=2)
def fonts(*, is_bold: bool) -> tuple[Font, ...]:
    """All there are, the first one first."""
    return tuple(Font(path, number, is_bold=is_bold) for number, path in enumerate(files()))


@lru_cache(maxsize=1)
def files() -> tuple[Path, ...]:
    found = [
        Path(str(file))
        for package in PACKAGES
        if find_spec(package) is not None
        for file in resources.files(package).iterdir()
        if file.name.endswith((".ttf", ".otf", ".ttc")) and "Italic" not in file.name
    ]
    return tuple(sorted(found, key=lambda path: (not path.name.startswith(FIRST), path.name)))


@lru_cache(maxsize=100_000)
def font_number(letter: str) -> int:
    """The first font that has this letter; -1 where none has."""
    code = ord(letter)
    every = fonts(is_bold=False)
    return next((number for number, font in enumerate(every) if code in font.letters), -1)
