"""Which of the places in bot/views that make a text from data safe were ever given one that is not?

A place is a call of one of `WAYS`, by where it stands in its file. Hearing is by Python's own tracing, and costs some
of the time of what it listens to.
"""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

from bot.views import blocks

VIEWS = Path(blocks.__file__).parent
WAYS = {"safe": "text", "quoted": "text", "said": "words", "link": "words", "answered": "text"}
"""Of `blocks`, which alone may: the name of the function -> that of the text it is given."""
CODES = {getattr(blocks, name).__code__: text for name, text in WAYS.items()}

Place = tuple[str, int, int, int | None, int | None]


def places() -> set[Place]:
    """All there are."""
    return {place for path in sorted(VIEWS.rglob("*.py")) if path.name != "blocks.py" for place in _in(path)}


def _in(path: Path) -> Iterator[Place]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        is_ours = not isinstance(node.func, ast.Attribute) or (
            isinstance(node.func.value, ast.Name) and node.func.value.id == "blocks"
        )
        if name in WAYS and is_ours:
            yield (
                str(path.relative_to(VIEWS)),
                node.lineno,
                node.col_offset,
                node.end_lineno,
                node.end_col_offset,
            )


@contextmanager
def heard(evil: str) -> Iterator[set[Place]]:
    """The places that were given a text with `evil` in it."""
    found: set[Place] = set()
    known: set[tuple[CodeType, int]] = set()

    def hears(frame: FrameType, event: str, arg: object) -> None:
        text = CODES.get(frame.f_code)
        caller = frame.f_back
        if text is None or caller is None or not caller.f_code.co_filename.startswith(str(VIEWS)):
            return
        where = (caller.f_code, caller.f_lasti)
        if where not in known and evil in str(frame.f_locals[text]):
            known.add(where)
            found.add(_place(caller))

    threading.settrace(hears)
    before = sys.gettrace()
    sys.settrace(hears)
    try:
        yield found
    finally:
        sys.settrace(before)
        threading.settrace(None)


def _place(frame: FrameType) -> Place:
    code = frame.f_code
    line, end_line, column, end_column = list(code.co_positions())[frame.f_lasti // 2]
    return (str(Path(code.co_filename).relative_to(VIEWS)), line or 0, column or 0, end_line, end_column)


def functions(some: set[Place]) -> set[str]:
    """In which these places are, as "asked/search.py found"."""
    return {
        f"{path} {one.name}"
        for path in {place[0] for place in some}
        for one in ast.parse((VIEWS / path).read_text("utf-8")).body
        if isinstance(one, ast.FunctionDef)
        and any(place[0] == path and one.lineno <= place[1] <= (one.end_lineno or 0) for place in some)
    }
