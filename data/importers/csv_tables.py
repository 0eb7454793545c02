"""A CSV with a header: its rows with their lines, or what is wrong with it and where.

RFC 4180 lets a file end without a line break. Then nothing tells a whole last cell from the beginning of one, which
may be the name of something else: such a file is refused, as a line break is soon added.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from data.errors import Invalid, Problem
from data.importers.sources import FILE_BYTES_MAX, Format
from data.importers.text import cut_within, decoded, is_open

# A cell that is too long to be a name costs its row, and not the file: csv itself would stop at 131,072 signs.
csv.field_size_limit(FILE_BYTES_MAX)


@dataclass(slots=True, frozen=True)
class Row:
    """A row and the line it begins on. Cells are stripped; one that the header does not name is empty."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(slots=True, frozen=True)
class Columns:
    """Which columns a header names, each once and in any order."""

    needed: tuple[str, ...]
    optional: tuple[str, ...]

    def format(self, holds: str) -> Format[tuple[Row, ...]]:
        """Files that hold such a table."""
        return Format(holds=holds, suffixes=(".csv",), parsed=self.rows, wrong=self._wrong)

    def rows(self, content: bytes, shown: str) -> tuple[Row, ...]:
        """Raises `Invalid` for what is no table with this header, and for rows that are or may be cut off."""
        text = decoded(content, shown)
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows: list[Row] = []
        header: list[str] = []
        begins = 1
        try:
            for cells in reader:
                line, begins = begins, reader.line_num + 1
                if not any(cell.strip() for cell in cells):
                    continue
                if not header:
                    header = self._header(cells, shown, line)
                elif len(cells) != len(header):
                    found = f"{len(cells)} cells"
                    accepted = f"{len(header)} as in the header: is the file complete?"
                    raise _invalid(shown, line, found, accepted)
                else:
                    stripped = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
                    rows.append(Row(line, stripped))
        except csv.Error as error:
            accepted = "not readable as CSV; is the file complete?"
            raise _invalid(shown, begins, str(error), accepted) from error
        if rows and is_open(text):
            raise Invalid([cut_within(shown, line, cells[-1].strip() or ",")])
        return tuple(rows)

    def _header(self, cells: Sequence[str], shown: str, line: int) -> list[str]:
        header = [cell.strip().lower() for cell in cells]
        strange = [name for name in header if name not in self.needed + self.optional]
        missing = [name for name in self.needed if name not in header]
        if strange or missing or len(set(header)) < len(header):
            more = f" and any of {', '.join(self.optional)}" if self.optional else ""
            accepted = f"a header of {', '.join(self.needed)}{more}, separated by commas, each once"
            raise _invalid(shown, line, f'"{",".join(cells)[:80]}"', accepted)
        return header

    def _wrong(self, rows: Sequence[Row], shown: str, is_named: bool) -> list[Problem]:  # noqa: ARG002 - a table is one
        if rows:
            return []
        accepted = f"has no rows below a header of {','.join(self.needed)}"
        return [Problem(field=f"{shown}:1", value="", accepted=accepted)]


def _invalid(shown: str, line: int, found: str, accepted: str) -> Invalid:
    return Invalid([Problem(field=f"{shown}:{line}", value=found, accepted=accepted)])
