"""In which order do events come to whoever follows all of them, and from where do they go on?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

from data.sql.connection import Connection
from data.sql.entries import PAGE, stored_event, texts_of_page
from data.store import Cursor, StoredEvent


class Order(NamedTuple):
    """How a database says this.

    xid     which transaction wrote an event
    after   which events follow :xid and :position, in their order
    until   which do not
    """

    xid: str
    after: str
    until: str


def followed(
    snapshot: Callable[[], AbstractContextManager[Connection]], order: Order, cursor: Cursor
) -> Iterator[StoredEvent]:
    """Every event after the cursor. What is committed later comes later, also with a lower position."""
    while True:
        with snapshot() as conn:
            page = _page_after(conn, order, cursor)
        for event in page:
            cursor = event.cursor
            yield event
        if len(page) < PAGE:
            return


def _page_after(conn: Connection, order: Order, cursor: Cursor) -> tuple[StoredEvent, ...]:
    """The next events; fewer than `PAGE` where these are all."""
    rows = conn.execute(
        f"""SELECT {order.xid}, position, stream, version, stored FROM events
        WHERE {order.after} LIMIT {PAGE}""",  # noqa: S608 - constants of the store
        cursor._asdict(),
    ).fetchall()
    texts = texts_of_page(conn, [position for _, position, *_ in rows])
    return tuple(stored_event(row, texts) for row in rows)
