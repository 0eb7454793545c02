"""A check finds everything that is wrong with a stored bag, and nothing when nothing is wrong."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from data.archive.bag import write_bag
from data.archive.findings import Fault, Finding, Fixity, report
from data.archive.fixity import check, looks_complete
from data.archive.results import PayloadFile
from data.errors import Unavailable
from tests.data.archive.test_bag import a_file

READ_AT = datetime(2026, 3, 2, 9, 14, tzinfo=UTC)
FILES: list[PayloadFile] = [
    a_file("weights/a.bin", b"aaaa"),
    a_file("weights/b.bin", b"bbbb"),
    a_file("card.md", b"# c"),
]


def sha(content: bytes) -> str:
    return sha256(content).hexdigest()


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    write_bag(
        tmp_path / "bag",
        FILES,
        info={},
        describe=lambda bag: {"artifacts.json": b"[]"},
        bagged_on=date(2026, 3, 2),
        stopped=lambda: False,
    )
    for path in (tmp_path / "bag").rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return tmp_path / "bag"


def recorded(bag: Path) -> str:
    return f"sha256:{sha((bag / 'manifest-sha256.txt').read_bytes())}"


def recorded_tags(bag: Path) -> str:
    return f"sha256:{sha((bag / 'tagmanifest-sha256.txt').read_bytes())}"


def findings(bag: Path, manifest_digest: str = "", tags_digest: str = "") -> tuple[Finding, ...]:
    return check(
        bag, manifest_digest=manifest_digest, tags_digest=tags_digest, stopped=lambda: False
    ).findings


def test_a_sound_bag_has_no_findings(bag: Path) -> None:
    assert check(bag, manifest_digest=recorded(bag), stopped=lambda: False) == Fixity(
        files=3, bytes=11, manifest_digest=recorded(bag), tags_digest=recorded_tags(bag), findings=()
    )


def test_what_describes_the_payload_is_held_to_the_record_as_well(bag: Path) -> None:
    known = {"manifest_digest": recorded(bag), "tags_digest": recorded_tags(bag)}
    assert findings(bag, **known) == ()
    (bag / "artifacts.json").write_bytes(b"[1]")
    tags = bag / "tagmanifest-sha256.txt"
    tags.write_text(tags.read_text().replace(sha(b"[]"), sha(b"[1]")))
    assert findings(bag, known["manifest_digest"]) == (), "the two forged together hold by themselves"
    (finding,) = findings(bag, **known)
    assert (finding.fault, finding.path) == (Fault.CHANGED, "tagmanifest-sha256.txt")
    assert not looks_complete(bag, **known)


def test_a_flipped_bit_in_the_tag_manifest_is_told_of_it_alone(bag: Path) -> None:
    known = {"manifest_digest": recorded(bag), "tags_digest": recorded_tags(bag)}
    tags = bag / "tagmanifest-sha256.txt"
    whole = tags.read_bytes()
    for at in range(len(whole)):
        tags.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert {one.path for one in findings(bag, **known)} == {"tagmanifest-sha256.txt"}, at


def test_everything_wrong_is_told_at_once(bag: Path) -> None:
    (bag / "data/weights/a.bin").write_bytes(b"aaba")
    (bag / "data/weights/b.bin").unlink()
    (bag / "data/extra.txt").write_bytes(b"new")
    (bag / "data/card.md").unlink()
    (bag / "data/card.md").symlink_to("/etc/hostname")
    found = check(bag, manifest_digest=recorded(bag), stopped=lambda: False)
    assert found.findings == (
        Finding(fault=Fault.UNREADABLE, path="data/card.md", found="not a regular file"),
        Finding(
            fault=Fault.CHANGED, path="data/weights/a.bin", expected=sha(b"aaaa"), found=sha(b"aaba"), bytes=4
        ),
        Finding(fault=Fault.MISSING, path="data/weights/b.bin", expected=sha(b"bbbb")),
        Finding(fault=Fault.EXTRA, path="data/extra.txt", found=sha(b"new"), bytes=3),
    )
    assert report(found, read_at=READ_AT, next_step="Endpoint left running") == (
        "data/card.md cannot be read: not a regular file; "
        "sha256 of data/weights/a.bin: expected 61be55a8e2f6..., found "
        f"{sha(b'aaba')[:12]}... (4 bytes, read 2026-03-02T09:14Z); "
        "data/weights/b.bin is missing; "
        "data/extra.txt is in no manifest (3 bytes, read 2026-03-02T09:14Z). Endpoint left running"
    )


def test_a_long_report_says_how_much_it_leaves_out(bag: Path) -> None:
    for number in range(12):
        (bag / f"data/{number:02}").write_bytes(b"")
    found = check(bag, manifest_digest="", stopped=lambda: False)
    assert report(found, read_at=READ_AT, next_step="Stop").endswith("; and 2 more. Stop")


def test_a_bit_flipped_anywhere_is_found_and_named(bag: Path) -> None:
    digest = recorded(bag)
    for path in sorted(path for path in bag.rglob("*") if path.is_file()):
        sound = path.read_bytes()
        for place in range(0, len(sound), 11):
            path.write_bytes(sound[:place] + bytes([sound[place] ^ 1 << place % 8]) + sound[place + 1 :])
            assert findings(bag, digest), (path, place)
            # A flip in the tag manifest looks like one in the file it lists: nothing vouches for either.
            if path.name != "tagmanifest-sha256.txt":
                assert path.relative_to(bag).as_posix() in {one.path for one in findings(bag, digest)}
        path.write_bytes(sound)
    assert findings(bag, digest) == ()


@pytest.mark.long
def test_every_single_bit_of_a_bag_that_flips_is_told_of_its_file_and_of_no_other(bag: Path) -> None:
    known = {"manifest_digest": recorded(bag), "tags_digest": recorded_tags(bag)}
    flipped = 0
    for path in sorted(path for path in bag.rglob("*") if path.is_file()):
        sound = path.read_bytes()
        for bit in range(8 * len(sound)):
            place, name = bit // 8, path.relative_to(bag).as_posix()
            path.write_bytes(sound[:place] + bytes([sound[place] ^ 1 << bit % 8]) + sound[place + 1 :])
            assert {one.path for one in findings(bag, **known)} == {name}, (name, bit)
            flipped += 1
        path.write_bytes(sound)
    assert findings(bag, **known) == ()
    assert flipped > 5_000


def swap(bag: Path) -> None:
    one, two = bag / "data/weights/a.bin", bag / "data/weights/b.bin"
    content = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "faults"),
    [
        (
            lambda bag: (bag / "data/card.md").write_bytes(b"# "),
            [(Fault.CHANGED, "data/card.md")],
        ),
        (swap, [(Fault.CHANGED, "data/weights/a.bin"), (Fault.CHANGED, "data/weights/b.bin")]),
        (lambda bag: (bag / "bagit.txt").unlink(), [(Fault.MISSING, "bagit.txt")]),
        (lambda bag: (bag / "tagmanifest-sha256.txt").unlink(), [(Fault.MISSING, "tagmanifest-sha256.txt")]),
        (lambda bag: (bag / "notes.txt").write_text("hi"), [(Fault.EXTRA, "notes.txt")]),
        (lambda bag: (bag / "bag-info.txt").write_text(""), [(Fault.CHANGED, "bag-info.txt")]),
    ],
    ids=["cut", "swapped", "declaration gone", "tag manifest gone", "extra tag file", "information emptied"],
)
def test_each_damage_has_its_name(
    bag: Path, damage: Callable[[Path], object], faults: list[tuple[Fault, str]]
) -> None:
    digest = recorded(bag)
    damage(bag)
    assert [(one.fault, one.path) for one in findings(bag, digest)] == faults


def test_a_manifest_rewritten_to_fit_changed_files_is_found_by_the_recorded_digest(bag: Path) -> None:
    """Whoever can change a file can change the manifests too; only what is kept outside tells."""
    digest = recorded(bag)
    (bag / "data/weights/a.bin").write_bytes(b"evil")
    manifest, tags = bag / "manifest-sha256.txt", bag / "tagmanifest-sha256.txt"
    before = manifest.read_bytes()
    manifest.write_bytes(before.replace(sha(b"aaaa").encode(), sha(b"evil").encode()))
    after = manifest.read_bytes()
    tags.write_bytes(tags.read_bytes().replace(sha(before).encode(), sha(after).encode()))
    assert findings(bag, "") == ()
    assert findings(bag, digest) == (
        Finding(
            fault=Fault.CHANGED,
            path="manifest-sha256.txt",
            expected=sha(before),
            found=sha(after),
            bytes=len(after),
        ),
    )
    assert not looks_complete(bag, manifest_digest=digest)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"no digest here\n", "no manifest line: 'no digest here'"),
        (b"0" * 64 + b"  ../../etc/passwd\n", "leads out of the bag: '../../etc/passwd'"),
        (b"0" * 64 + b"  /etc/passwd\n", "leads out of the bag: '/etc/passwd'"),
        (b"0" * 64 + b"  data/\0\n", r"no name of a file: 'data/\x00'"),
        (b"0" * 64 + b"  data/" + b"d/" * 10_000 + b"x\n", f"no name of a file: 'data/{'d/' * 37}d'"),
        (b"0" * 64 + b"  data/" + b"n" * 256 + b"\n", f"no name of a file: 'data/{'n' * 75}'"),
        (sha(b"# c").encode() + b"  data/card.md\n", "listed twice: 'data/card.md'"),
        (b"\xff\n", "not UTF-8"),
    ],
    ids=["no digest", "up", "absolute", "NUL", "deep", "long", "twice", "not UTF-8"],
)
def test_a_manifest_line_that_cannot_be_followed_is_a_finding(bag: Path, line: bytes, found: str) -> None:
    manifest = bag / "manifest-sha256.txt"
    manifest.write_bytes(manifest.read_bytes() + line)
    assert Finding(fault=Fault.UNREADABLE, path="manifest-sha256.txt", found=found) in findings(bag)


def test_a_cheap_look_sees_a_lost_or_cut_file(bag: Path) -> None:
    digest = recorded(bag)
    assert looks_complete(bag, manifest_digest=digest)
    (bag / "data/card.md").write_bytes(b"#")
    assert not looks_complete(bag, manifest_digest=digest)
    (bag / "data/card.md").unlink()
    assert not looks_complete(bag, manifest_digest=digest)
    assert not looks_complete(bag / "nowhere", manifest_digest=digest)


def test_a_stop_signal_ends_the_check(bag: Path) -> None:
    with pytest.raises(Unavailable) as stopped:
        check(bag, manifest_digest="", stopped=lambda: True)
    assert str(stopped.value) == f"Stopped while reading {bag / 'artifacts.json'}; the check starts over"
