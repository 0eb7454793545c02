"""The simulated disk loses what a real one may lose, and keeps what it must keep."""

from __future__ import annotations

from random import Random

import pytest

from tests.power_loss.disk import Disk, Lie
from tests.power_loss.platter import Platter, drawn

PAGE = 4096


def images(disk: Disk, files: dict[str, bytes] | None = None, *, draws: int = 300) -> list[dict[str, bytes]]:
    """What cuts after the last change leave."""
    platter = Platter(files or {})
    for change in disk.journal:
        platter.play(change)
    rng = Random(1)
    return [drawn(platter, rng)[0] for _ in range(draws)]


def a_disk_with(content: bytes) -> tuple[Disk, int]:
    disk = Disk({"a": content})
    file = disk.file("a")
    assert file is not None
    return disk, file


def test_what_was_synced_survives_every_cut() -> None:
    disk = Disk({})
    file = disk.create("a")
    disk.write(file, 0, b"x" * PAGE)
    disk.sync(file)
    disk.sync_names()
    assert all(image == {"a": b"x" * PAGE} for image in images(disk))


def test_a_page_that_was_not_synced_is_there_or_not_or_torn_between_sectors() -> None:
    disk, file = a_disk_with(b"o" * PAGE)
    disk.write(file, 0, b"n" * PAGE)
    left = [image["a"] for image in images(disk, {"a": b"o" * PAGE})]
    assert b"o" * PAGE in left
    assert b"n" * PAGE in left
    torn = [page for page in left if len(set(page)) == 2]
    assert torn
    assert all(len(set(page[at : at + 512])) == 1 for page in torn for at in range(0, PAGE, 512))


def test_a_later_write_may_survive_an_earlier_one() -> None:
    disk, file = a_disk_with(b"o" * 2 * PAGE)
    disk.write(file, 0, b"n" * PAGE)
    disk.write(file, PAGE, b"n" * PAGE)
    assert b"o" * PAGE + b"n" * PAGE in [image["a"] for image in images(disk, {"a": b"o" * 2 * PAGE})]


def test_a_sector_may_be_found_as_any_of_its_writes_left_it() -> None:
    disk, file = a_disk_with(b"0" * 512)
    for content in (b"1", b"2", b"3"):
        disk.write(file, 0, content * 512)
    assert {image["a"][:1] for image in images(disk, {"a": b"0" * 512})} == {b"0", b"1", b"2", b"3"}


def test_a_file_that_grew_may_be_short_or_hold_zeros_or_junk() -> None:
    disk, file = a_disk_with(b"")
    disk.write(file, 0, b"n" * PAGE)
    left = [image["a"] for image in images(disk, {"a": b""})]
    assert {len(content) for content in left} == {0, PAGE}
    assert any(content and set(content) == {0} for content in left)
    assert any(len(set(content)) > 100 for content in left)


def test_a_cut_to_a_shorter_length_happens_as_a_whole_or_not_at_all() -> None:
    disk, file = a_disk_with(b"o" * PAGE)
    disk.resize(file, 0)
    assert {image["a"] for image in images(disk, {"a": b"o" * PAGE})} == {b"", b"o" * PAGE}


def test_after_a_cut_nothing_of_the_old_content_is_between_the_new() -> None:
    disk, file = a_disk_with(b"o" * PAGE)
    disk.resize(file, 0)
    disk.write(file, 0, b"n" * PAGE)
    left = [image["a"] for image in images(disk, {"a": b"o" * PAGE})]
    assert not [content for content in left if b"o" * 512 in content and b"n" * 512 in content]


def test_a_name_that_was_not_synced_may_be_gone_though_its_file_was() -> None:
    disk = Disk({})
    file = disk.create("a")
    disk.write(file, 0, b"x")
    disk.sync(file)
    assert {tuple(image) for image in images(disk)} == {(), ("a",)}


def test_a_removed_name_may_come_back_until_the_directory_is_synced() -> None:
    disk = Disk({"a": b"x"})
    disk.remove("a")
    assert {tuple(image) for image in images(disk, {"a": b"x"})} == {(), ("a",)}
    disk.sync_names()
    assert {tuple(image) for image in images(disk, {"a": b"x"})} == {()}


@pytest.mark.parametrize("lie", [Lie.SYNC, Lie.NAMES])
def test_a_disk_that_lies_keeps_less_than_it_acknowledged(lie: Lie) -> None:
    disk = Disk({}, lie=lie)
    file = disk.create("a")
    disk.write(file, 0, b"x" * 512)
    disk.sync(file)
    disk.sync_names()
    assert not all(image == {"a": b"x" * 512} for image in images(disk))
