"""What is newer at the sources than in the archive is found, and nothing is read that cannot have changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from data.archive.bag import write_bag
from data.archive.freshness import SOURCES_FILE, before, differences, marks
from data.archive.results import PayloadFile
from data.errors import Unavailable


def a_source(path: str = "w.bin", content: bytes = b"weights", *, mark: str = "as copied") -> PayloadFile:
    return PayloadFile(
        path=path,
        size_bytes=len(content),
        chunks=lambda: iter([content]),
        recheck=lambda: None,
        mark=mark,
    )


def unreadable(path: str = "w.bin", *, bytes_: int = 7, mark: str = "as copied") -> PayloadFile:
    def chunks() -> Iterator[bytes]:
        raise AssertionError("nothing says that it changed")

    return PayloadFile(path=path, size_bytes=bytes_, chunks=chunks, recheck=lambda: None, mark=mark)


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    return written(tmp_path / "bag", tags={SOURCES_FILE: marks([a_source(), a_source("half +\n.txt")])})


def written(folder: Path, tags: dict[str, bytes]) -> Path:
    payload = [a_source(), a_source("half +\n.txt")]
    write_bag(
        folder, payload, info={}, describe=lambda bag: tags, bagged_on=date(2026, 3, 2), stopped=lambda: False
    )
    return folder


def newer(bag: Path, *sources: PayloadFile) -> list[str]:
    return list(differences(before(bag), sources, lambda: False))


def test_a_source_with_the_mark_it_had_is_not_read(bag: Path) -> None:
    assert newer(bag, unreadable(), unreadable("half +\n.txt")) == []


def test_a_source_that_is_gone_does_not_count(bag: Path) -> None:
    assert newer(bag) == []


def test_a_source_that_was_only_touched_is_what_was_archived(bag: Path) -> None:
    assert newer(bag, a_source(mark="touched")) == []


def test_what_is_named_by_its_content_neither_changed_nor_came_since(bag: Path) -> None:
    known, other = unreadable(bytes_=9, mark="other"), unreadable("later.bin")
    assert newer(bag, replace(known, is_fixed=True), replace(other, is_fixed=True)) == []


def test_each_source_that_is_newer_is_told(bag: Path) -> None:
    assert newer(
        bag,
        a_source(content=b"WEIGHTS", mark="written to"),
        unreadable("half +\n.txt", bytes_=1_204, mark="grown"),
        unreadable("w-2.bin"),
    ) == [
        "w.bin was written to since",
        "half +\n.txt has 1,204 bytes now and had 7",
        "w-2.bin was added since",
    ]


@pytest.mark.parametrize("tags", [{}, {SOURCES_FILE: b"\xff"}], ids=["from before", "damaged"])
def test_sources_of_a_bag_without_marks_are_read(tmp_path: Path, tags: dict[str, bytes]) -> None:
    bag = written(tmp_path / "bag", tags=tags)
    assert newer(bag, a_source()) == []
    assert newer(bag, a_source(content=b"WEIGHTS")) == ["w.bin was written to since"]


def test_reading_ends_soon_when_the_bot_stops_and_a_bag_that_is_gone_is_looked_at_again(bag: Path) -> None:
    with pytest.raises(Unavailable) as stopped:
        list(differences(before(bag), [a_source(mark="touched")], lambda: True))
    assert str(stopped.value) == "Stopped while reading w.bin; the check starts over"
    with pytest.raises(Unavailable) as gone:
        newer(bag.parent / "gone", a_source())
    assert str(gone.value) == f"Cannot read {bag.parent}/gone: No such file or directory. It is tried again"
