"""What was archived weeks ago is compared with what is left of its sources."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import Refused, Stale
from tests.contract.archives import Kept, artifacts_of, never, put

FEWER = "If that goes on, let the catalog name fewer files."


def rewrite_and_put_the_time_back(model: Path) -> None:
    card = model / "card.md"
    copied = card.stat()
    while (
        card.stat().st_ctime_ns == copied.st_ctime_ns
    ):  # the file system's clock ticks every few milliseconds
        card.write_bytes(b"# CHURN")
        os.utime(card, ns=(copied.st_atime_ns, copied.st_mtime_ns))


def replace(model: Path) -> None:
    (model / "new.md").write_bytes(b"# CHURN")
    (model / "new.md").rename(model / "card.md")


def grow(model: Path) -> None:
    with (model / "card.md").open("ab") as file:
        file.write(b", version 3")


def add(model: Path) -> None:
    for number in range(12):
        (model / f"weights/w-{number:02}.bin").touch()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (rewrite_and_put_the_time_back, "card.md was written to since"),
        (replace, "card.md was written to since"),
        (grow, "card.md has 18 bytes now and had 7"),
        (add, "; ".join([*(f"weights/w-{n:02}.bin was added since" for n in range(10)), "and 2 more"])),
    ],
)
def test_what_is_newer_at_the_sources_is_named_with_the_place_of_the_older(
    kept: Kept, model: Path, change: Callable[[Path], None], told: str
) -> None:
    archive = kept.store
    archived = put(archive, model).archived
    archive.require_current(archived, artifacts_of(model), never)
    change(model)
    with pytest.raises(Stale) as stale:
        archive.require_current(archived, artifacts_of(model), never)
    stays = f"What was archived before stays in {kept.where(archived)}"
    assert str(stale.value) == f"{told}. {FEWER} {stays}"
    archive.require_current(put(archive, model).archived, artifacts_of(model), never)


def test_where_something_is_newer_and_something_gone_no_archive_is_made_that_lacks_it(
    kept: Kept, model: Path
) -> None:
    archive = kept.store
    archived = put(archive, model).archived
    (model / "weights/w.bin").unlink()
    (model / "weights/MOVED.txt").write_text("it is in the archive")
    with pytest.raises(Refused) as refused:
        archive.require_current(archived, artifacts_of(model), never)
    assert refused.value.reasons == ("weights/MOVED.txt was added since", "gone: weights/w.bin")
    assert kept.where(archived) in str(refused.value.next_step)


def touch(model: Path) -> None:
    os.utime(model / "card.md", ns=(1, 1))


def remove_a_file(model: Path) -> None:
    (model / "weights/w.bin").unlink()


def remove_a_folder(model: Path) -> None:
    (model / "weights/w.bin").unlink()
    (model / "weights").rmdir()


@pytest.mark.parametrize("change", [touch, remove_a_file, remove_a_folder])
def test_sources_that_were_touched_or_are_gone_are_nothing_newer(
    kept: Kept, model: Path, change: Callable[[Path], None]
) -> None:
    archive = kept.store
    archived = put(archive, model).archived
    change(model)
    archive.require_current(archived, artifacts_of(model), never)
