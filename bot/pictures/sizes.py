"""How wide is a picture, and how large what stands in it? In pixels at a width of 1,200."""

from __future__ import annotations

from typing import NamedTuple

WIDTH = 1200.0
MARGIN, PADDING, GAP, SUCCESSION = 32.0, 16.0, 14.0, 96.0
HEAD, BAND_HEAD, BETWEEN, FOOT = 104.0, 36.0, 40.0, 74.0
MODEL_WIDTH = 300.0
ONE_ROW_UP_TO = 6
"""Few stand in one row, if narrower."""
TITLE_SIZE = 12.5
"""Of the titles of bands, and of nothing else."""
TIP = 8.0
"""Of an arrow, from the chip it points to."""


class Size(NamedTuple):
    """How large the chips of a picture are: many are smaller, and their letters never under 9 pixels.

    lane   from one line to the next
    """

    columns: int
    height: float
    name: float
    about: float
    row_gap: float
    lane: float


ROOMY, DENSE = Size(4, 52.0, 15.0, 11.5, 18.0, 6.0), Size(6, 36.0, 12.0, 10.0, 8.0, 4.0)
