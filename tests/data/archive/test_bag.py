"""A bag is what RFC 8493 says, holds what the source held, and refuses what would not survive a restore."""

import os
import re
import resource
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import bagit
import pytest

from data.archive.bag import DECLARATION, publish, write_bag
from data.archive.fixity import check
from data.archive.manifest import manifest_of, sha256_id
from data.archive.results import Bag, PayloadFile, StoredFile
from data.errors import Invalid, Refused, Unavailable

WEIGHTS = b"\x00\x01weights\xff" * 40_000  # 400,000 bytes: more than one buffer


def a_file(path: str, content: bytes = b"x", *, size_bytes: int | None = None) -> PayloadFile:
    return PayloadFile(
        path=path,
        size_bytes=len(content) if size_bytes is None else size_bytes,
        chunks=lambda: iter([content[start : start + 65_536] for start in range(0, len(content), 65_536)]),
        recheck=lambda: None,
        mark="",
    )


def a_bag(
    folder: Path,
    files: Sequence[PayloadFile],
    *,
    info: dict[str, str] | None = None,
    on: date = date(2026, 3, 2),
    stopped: Callable[[], bool] = lambda: False,
) -> Bag:
    return write_bag(folder, files, info=info or {}, describe=lambda bag: {}, bagged_on=on, stopped=stopped)


def sha(content: bytes) -> str:
    return sha256(content).hexdigest()


def test_the_reference_library_accepts_the_bag(tmp_path: Path) -> None:
    """Line breaks, spaces and other scripts included: there manifests go wrong."""
    files = [
        a_file("weights/model.bin", WEIGHTS),
        a_file("weights/empty.bin", b""),
        a_file("notes/two\nlines\rhere.txt"),
        a_file("notes/with  two spaces.txt"),
        a_file("notes/Ünïcode 模型.txt"),
        a_file("notes/~tilde $HOME #hash +star.txt"),
    ]
    a_bag(tmp_path / "bag", files, info={"Source-Organization": "Example Ltd"})
    found = bagit.Bag(str(tmp_path / "bag"))
    assert found.validate()
    assert found.info == {
        "Source-Organization": "Example Ltd",
        "Bagging-Date": "2026-03-02",
        "Bag-Software-Agent": "Emeritus",
        "External-Identifier": f"sha256:{sha((tmp_path / 'bag/manifest-sha256.txt').read_bytes())}",
        "Payload-Oxum": f"{len(WEIGHTS) + 4}.6",
    }


def test_the_result_names_each_file_by_the_digest_of_its_content(tmp_path: Path) -> None:
    bag = a_bag(tmp_path / "bag", [a_file("b.bin", WEIGHTS), a_file("a.txt")])
    manifest = f"{sha(b'x')}  data/a.txt\n{sha(WEIGHTS)}  data/b.bin\n".encode()
    assert (tmp_path / "bag/manifest-sha256.txt").read_bytes() == manifest
    assert bag == Bag(
        preservation_id=f"sha256:{sha(manifest)}",
        manifest_digest=f"sha256:{sha(manifest)}",
        files=(
            StoredFile(path="a.txt", artifact_id=f"sha256:{sha(b'x')}", bytes=1),
            StoredFile(path="b.bin", artifact_id=f"sha256:{sha(WEIGHTS)}", bytes=len(WEIGHTS)),
        ),
        bytes=len(WEIGHTS) + 1,
    )


def test_the_same_content_has_the_same_id_in_any_order_on_any_day(tmp_path: Path) -> None:
    one = a_bag(tmp_path / "one", [a_file("a"), a_file("b", b"y")], info={"Contact-Name": "Pat"})
    two = a_bag(tmp_path / "two", [a_file("b", b"y"), a_file("a")], on=date(2031, 1, 1))
    other = a_bag(tmp_path / "other", [a_file("a"), a_file("b", b"z")])
    assert one == two
    assert other.preservation_id != one.preservation_id


def test_line_feed_and_carriage_return_are_the_only_escapes_and_every_validator_reads_them(
    tmp_path: Path,
) -> None:
    """RFC 8493 section 2.1.3; of each as many as bagit 1.9.0 reads back."""
    names = ("a\nb\nc.txt", "a\rb.txt", "a\r\nb\r\n.txt", "with blank & +.txt")
    bag = a_bag(tmp_path / "bag", [a_file(name) for name in names])
    lines = (tmp_path / "bag/manifest-sha256.txt").read_text().splitlines()
    assert [line.split("  data/")[1] for line in lines] == [
        "a%0Ab%0Ac.txt",
        "a%0D%0Ab%0D%0A.txt",
        "a%0Db.txt",
        "with blank & +.txt",
    ]
    fixity = check(tmp_path / "bag", manifest_digest=bag.manifest_digest, stopped=lambda: False)
    assert fixity.findings == ()
    assert bagit.Bag(str(tmp_path / "bag")).validate()


@pytest.mark.parametrize("name", ["50%.txt", "%25.txt", "%0A.txt", "a\nb\nc\nd.txt"])
def test_what_the_standard_and_bagit_read_in_two_ways_is_in_no_bag(tmp_path: Path, name: str) -> None:
    """By the standard it would be a bag that bagit calls broken."""
    with pytest.raises(Invalid, match="rename the file"):
        a_bag(tmp_path / "refused", [a_file(name)])
    assert not (tmp_path / "refused").exists()
    bag = by_the_standard(tmp_path / "bag", name)
    assert check(bag, manifest_digest=sha256_id(payload(bag)), stopped=lambda: False).findings == ()
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(bag)).validate()


def by_the_standard(folder: Path, name: str) -> Path:
    """A bag with a file of this name, as an older Emeritus wrote it."""
    (folder / "data").mkdir(parents=True)
    (folder / "data" / name).write_bytes(b"x")
    (folder / "bagit.txt").write_bytes(DECLARATION)
    (folder / "manifest-sha256.txt").write_bytes(manifest_of([(f"data/{name}", sha(b"x"))]))
    tags = [(tag.name, sha(tag.read_bytes())) for tag in folder.iterdir() if tag.is_file()]
    (folder / "tagmanifest-sha256.txt").write_bytes(manifest_of(tags))
    return folder


def payload(bag: Path) -> bytes:
    return (bag / "manifest-sha256.txt").read_bytes()


def test_each_source_is_read_once(tmp_path: Path) -> None:
    reads = []

    def chunks() -> Iterator[bytes]:
        reads.append("weights")
        yield WEIGHTS

    a_bag(
        tmp_path / "bag",
        [PayloadFile(path="w", size_bytes=len(WEIGHTS), chunks=chunks, recheck=lambda: None, mark="")],
    )
    assert reads == ["weights"]


def test_a_value_cannot_add_a_label_of_its_own(tmp_path: Path) -> None:
    a_bag(tmp_path / "bag", [a_file("a")], info={"Internal-Sender-Description": "old\r\nPayload-Oxum: 0.0"})
    found = bagit.Bag(str(tmp_path / "bag"))
    assert found.info["Internal-Sender-Description"] == "old Payload-Oxum: 0.0"
    assert found.info["Payload-Oxum"] == "1.1"


def test_all_hostile_names_are_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        a_bag(tmp_path / "bag", [a_file("../a"), a_file("fine"), a_file("CON")])
    assert [problem.value for problem in refused.value.problems] == ["'../a'", "'CON'"]
    assert not (tmp_path / "bag").exists()


def test_an_archive_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        a_bag(tmp_path / "bag", [])
    assert str(refused.value) == (
        "Cannot archive nothing: no artifact has a file. Name the model's artifacts in the catalog"
    )


def test_a_source_of_another_length_than_listed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        a_bag(tmp_path / "bag", [a_file("weights.bin", b"12345", size_bytes=1_204)])
    assert str(refused.value) == (
        "Cannot archive weights.bin: it changed while it was copied (1,204 bytes when listed, 5 when read). "
        "Stop what writes to it, then archive again"
    )


def test_every_source_is_checked_again_after_the_last_one_was_copied(tmp_path: Path) -> None:
    """A shard replaced after its own copy would give an archive of two versions."""
    checked = []

    def watched(name: str) -> PayloadFile:
        return PayloadFile(
            path=name,
            size_bytes=1,
            chunks=lambda: iter([b"x"]),
            recheck=lambda: checked.append(name),
            mark="",
        )

    a_bag(tmp_path / "bag", [watched("a"), watched("b")])
    assert checked == ["a", "b", "a", "b"]


def test_a_stop_signal_ends_the_copy_between_two_chunks(tmp_path: Path) -> None:
    answers = iter([False, False, True])
    with pytest.raises(Unavailable) as stopped:
        a_bag(tmp_path / "bag", [a_file("w.bin", WEIGHTS)], stopped=lambda: next(answers))
    assert str(stopped.value) == "Stopped while copying w.bin; the archive is written anew next time"
    assert not (tmp_path / "bag/bagit.txt").exists()


def test_a_disk_too_small_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as full:
        a_bag(tmp_path / "bag", [a_file("w.bin", size_bytes=1 << 60)])
    assert re.fullmatch(
        re.escape(f"Cannot write the archive {tmp_path}: only ")
        + r"[\d,]+"
        + re.escape(
            " bytes are free; 1,152,921,504,606,855,168 bytes are needed. "
            "Free that much or set EMERITUS_ARCHIVE to a larger disk; it is tried again"
        ),
        str(full.value),
    )
    assert not (tmp_path / "bag").exists()


@contextmanager
def files_limited_to(size_bytes: int) -> Iterator[None]:
    """The kernel refuses to write on, as on a full disk or at the end of a quota."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_up_while_writing_is_told_with_the_bytes_needed(tmp_path: Path) -> None:
    with files_limited_to(100_000), pytest.raises(Unavailable) as full:
        a_bag(tmp_path / "bag", [a_file("w.bin", WEIGHTS)])
    assert str(full.value) == (
        f"Cannot write the archive {tmp_path / 'bag'}: File too large; "
        f"{len(WEIGHTS) + 8_192:,} bytes are needed. "
        "Free that much or set EMERITUS_ARCHIVE to a larger disk; it is tried again"
    )


@contextmanager
def without_permission_to_write(folder: Path) -> Iterator[None]:
    """Root may write anywhere, so it becomes nobody for the moment."""
    mode, user = folder.stat().st_mode, os.geteuid()
    folder.chmod(0o555)
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(mode)


def test_a_read_only_archive_is_told_with_what_to_do(tmp_path: Path) -> None:
    with without_permission_to_write(tmp_path), pytest.raises(Unavailable) as denied:
        a_bag(tmp_path / "bag", [a_file("a")])
    assert str(denied.value) == (
        f"Cannot write the archive {tmp_path / 'bag'}: Permission denied; 8,193 bytes are to be written. "
        "Let the bot write there or set EMERITUS_ARCHIVE to another place; it is tried again"
    )


def test_a_read_only_archive_without_room_is_told_with_both() -> None:
    with (
        TemporaryDirectory() as shared,  # pytest's own folders let nobody else look into them
        without_permission_to_write(Path(shared)),
        pytest.raises(Unavailable) as denied,
    ):
        a_bag(Path(shared, "bag"), [a_file("w.bin", size_bytes=1 << 60)])
    assert " bytes are free, and the bot may not write there, either; " in str(denied.value)


def test_publishing_never_replaces_a_bag(tmp_path: Path) -> None:
    a_bag(tmp_path / "new", [a_file("a", b"new")])
    a_bag(tmp_path / "old", [a_file("a", b"old")])
    with pytest.raises(Unavailable):
        publish(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old/data/a").read_bytes() == b"old"


def test_stored_files_are_read_only(tmp_path: Path) -> None:
    a_bag(tmp_path / "bag", [a_file("deep/a")])
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "bag").rglob("*") if path.is_file()}
    assert modes == {0o444}
