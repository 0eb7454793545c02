"""What is stopped or changed in the middle is no archive, and is simply done again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import Refused, Unavailable
from tests.contract.archives import Kept, never, now, put


def test_a_file_that_changes_while_it_is_copied_is_refused_and_nothing_is_kept(
    kept: Kept, model: Path
) -> None:
    weights = model / "weights/w.bin"

    def training_goes_on() -> bool:
        with weights.open("ab") as file:
            file.write(b"more")
        return False

    with pytest.raises(Refused) as refused:
        put(kept.store, model, stopped=training_goes_on)
    assert str(refused.value) == (
        "Cannot archive weights/w.bin: it changed while it was copied "
        "(5,500,000 bytes when listed, more when read). Stop what writes to it, then archive again"
    )
    assert kept.finished() == 0


def add(folder: Path) -> None:
    (folder / "w-2.bin").write_bytes(b"the rest of the weights")


def take_away(folder: Path) -> None:
    (folder / "empty.bin").unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (add, "weights/w-2.bin: it changed while it was copied (it was added)"),
        (take_away, "{folder}/empty.bin: it changed while it was copied (it was removed)"),
    ],
)
def test_a_file_that_comes_or_goes_beside_the_others_while_they_are_copied_is_refused(
    kept: Kept, model: Path, change: Callable[[Path], None], told: str
) -> None:
    (model / "weights/empty.bin").touch()

    def meanwhile() -> bool:
        change(model / "weights")
        return False

    with pytest.raises(Refused) as refused:
        put(kept.store, model, stopped=meanwhile)
    name = told.format(folder=model / "weights")
    assert str(refused.value) == f"Cannot archive {name}. Stop what writes to it, then archive again"
    assert kept.finished() == 0


def test_a_stop_signal_leaves_nothing_half_written(kept: Kept, model: Path) -> None:
    answers = iter([False, False, True])
    with pytest.raises(Unavailable):
        put(kept.store, model, stopped=lambda: next(answers))
    assert kept.finished() == 0
    assert kept.store.drill(put(kept.store, model).archived, now, never).files == 2
