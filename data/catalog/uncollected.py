"""Very many things are made of which none refers back: nobody looks for circles among them meanwhile."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """To look again and again takes a fifth of the time, and the larger it has grown, the longer all threads wait."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def set_aside() -> None:
    """That what is there now stays, and none of it is part of a circle: to look for those among very many things takes
    a tenth of a second, again and again. What was set aside for an earlier catalog is looked through once."""
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
    gc.freeze()
