"""Two places of an archive, either of which mends the other; what holds nowhere is said, and nothing is overwritten."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from data.archive.auditing import Turn
from data.archive.keeping import Keeping
from data.errors import Corrupt, Refused
from data.records.archived import Archived
from tests.contract import archives, seaweedfs
from tests.contract.archives import InBucket, InDirectory, Kept, never, now, put
from workflows.adapters.local_directory import LocalDirectory
from workflows.adapters.second_place import SecondPlace
from workflows.artifact_store import EVERYTHING

ALL = Turn(bytes_max=1 << 30)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return archives.a_model(tmp_path / "model")


@pytest.fixture
def kept(tmp_path: Path) -> InDirectory:
    return InDirectory(tmp_path)


@pytest.fixture
def second(kept: InDirectory, tmp_path: Path) -> SecondPlace:
    return SecondPlace(kept.store, LocalDirectory(tmp_path / "second"), "there")


def test_the_copy_is_made_once_and_is_the_archive_over_again(
    kept: InDirectory, second: SecondPlace, model: Path, tmp_path: Path
) -> None:
    archived = put(kept.store, model).archived
    assert second.keep_up(archived, ALL, now, never).names == (EVERYTHING,)
    assert second.keep_up(archived, ALL, now, never).names == ()
    copy = tmp_path / "second" / archived.location
    files = [path for path in copy.rglob("*") if path.is_file()]
    assert len(files) > 4
    for file in files:
        assert file.read_bytes() == (kept.root / archived.location / file.relative_to(copy)).read_bytes()


@pytest.mark.parametrize(
    ("harm", "names"),
    [
        pytest.param(["rot data/weights/w.bin"], ("data/weights/w.bin",), id="one rotted"),
        pytest.param(
            ["rot data/card.md", "lose bagit.txt"],
            ("bagit.txt", "data/card.md"),
            id="one rotted, one is gone",
        ),
        pytest.param(["lose manifest-sha256.txt"], ("manifest-sha256.txt",), id="its manifest is gone"),
    ],
)
def test_what_is_bad_is_put_right_by_name_and_kept_for_a_look(
    kept: InDirectory, second: SecondPlace, model: Path, harm: list[str], names: tuple[str, ...]
) -> None:
    archived = put(kept.store, model).archived
    second.keep_up(archived, ALL, now, never)
    for one in harm:
        what, _, path = one.partition(" ")
        (kept.rot if what == "rot" else kept.lose)(archived, path)
    assert second.mend(archived, now, never).names == names
    assert kept.store.drill(archived, now, never).files == 2
    aside = [path.name for path in kept.root.rglob("*.damaged-*/**/*") if path.is_file()]
    assert len(aside) == sum(one.startswith("rot") for one in harm)


def test_what_holds_nowhere_is_left_as_it_is(
    kept: InDirectory, second: SecondPlace, model: Path, tmp_path: Path
) -> None:
    archived = put(kept.store, model).archived
    second.keep_up(archived, ALL, now, never)
    kept.rot(archived, "data/card.md")
    (tmp_path / "second" / archived.location / "data/card.md").unlink()
    before = kept.everything()
    with pytest.raises(Corrupt, match=r"card\.md is missing"):
        second.mend(archived, now, never)
    assert kept.everything() == before


def test_what_was_pruned_goes_from_the_copy_and_does_not_come_back(
    kept: InDirectory, second: SecondPlace, model: Path, tmp_path: Path
) -> None:
    archived = put(kept.store, model).archived
    second.keep_up(archived, ALL, now, never)
    second.prune(archived, ["card.md"], b"gone\n", now())
    assert not (tmp_path / "second" / archived.location / "data/card.md").exists()
    assert second.keep_up(archived, ALL, now, never, gone=["card.md"]).names == ()


def test_what_was_bad_once_goes_with_what_is_pruned(
    kept: InDirectory, second: SecondPlace, model: Path
) -> None:
    archived = put(kept.store, model).archived
    second.keep_up(archived, ALL, now, never)
    kept.rot(archived, "data/card.md")
    kept.rot(archived, "data/weights/w.bin")
    second.mend(archived, now, never)
    kept.store.prune(archived, ["card.md"], b"gone\n", Keeping(), now())
    assert list(kept.root.rglob("card.md")) == []
    assert len(list(kept.root.rglob("*.damaged-*/data/weights/w.bin"))) == 1


Places = tuple[Kept, Kept, SecondPlace]


@pytest.fixture(params=["directory", "plain bucket", "bucket that locks"])
def places(request: pytest.FixtureRequest, seaweed: tuple[str, Path], tmp_path: Path) -> Places:
    """An archive of each kind with its copy in a bucket that locks, and a bucket with its copy in a directory."""
    first: Kept = InDirectory(tmp_path)
    copy: Kept = InBucket(*seaweed, locks=True, kms_key=seaweedfs.KMS_KEY)
    if request.param != "directory":
        first = InBucket(*seaweed, locks=request.param == "bucket that locks")
    if request.param == "plain bucket":
        copy = InDirectory(tmp_path)
    return first, copy, SecondPlace(first.store, copy.store, "the copies")


HARM = ["rot data/weights/w.bin", "lose bagit.txt"]
"""The weights were sent in parts."""


def test_damage_in_either_place_is_mended_by_name_from_the_other(places: Places, model: Path) -> None:
    names = ("bagit.txt", "data/weights/w.bin")
    first, copy, second = places
    archived = put(first.store, model).archived
    assert second.keep_up(archived, ALL, now, never).names == (EVERYTHING,)
    assert second.keep_up(archived, ALL, now, never).names == ()
    damage(first, archived)
    with pytest.raises(Corrupt):
        first.store.audit(archived, ALL, now, never)
    done = second.mend(archived, now, never)
    assert done.names == names
    archived = replace(archived, version=done.version)
    assert first.store.drill(archived, now, never).files == 2
    here = copy.store.copy_of(archived)
    assert here is not None
    damage(copy, here)
    assert second.keep_up(archived, ALL, now, never).names == names
    here = copy.store.copy_of(archived)
    assert here is not None
    assert copy.store.drill(here, now, never).files == 2


def test_two_places_with_other_bad_files_mend_each_other(places: Places, model: Path) -> None:
    first, copy, second = places
    archived = put(first.store, model).archived
    second.keep_up(archived, ALL, now, never)
    here = copy.store.copy_of(archived)
    assert here is not None
    first.rot(archived, "data/weights/w.bin")
    copy.rot(here, "data/card.md")
    done = second.mend(archived, now, never)
    assert done.names == ("data/weights/w.bin",)
    archived = replace(archived, version=done.version)
    assert first.store.drill(archived, now, never).files == 2
    assert second.keep_up(archived, ALL, now, never).names == ("data/card.md",)
    assert second.keep_up(archived, ALL, now, never).names == ()


def damage(kept: Kept, archived: Archived) -> None:
    for one in HARM:
        what, _, path = one.partition(" ")
        (kept.rot if what == "rot" else kept.lose)(archived, path)


@pytest.mark.parametrize("lost", ["objects.json", "data/weights/w.bin"])
def test_a_copy_in_a_bucket_that_holds_nowhere_is_told_and_one_that_is_gone_is_made_anew(
    seaweed: tuple[str, Path], kept: InDirectory, model: Path, lost: str
) -> None:
    bucket = InBucket(*seaweed, locks=False)
    second = SecondPlace(kept.store, bucket.store, "the copies")
    archived = put(kept.store, model).archived
    second.keep_up(archived, ALL, now, never)
    bucket.lose(archived, lost)
    kept.rot(archived, "data/weights/w.bin")
    with pytest.raises(Corrupt, match=r"w\.bin is missing" if "w.bin" in lost else "there is none of"):
        second.mend(archived, now, never)
    with pytest.raises(Corrupt, match=r"data/weights/w\.bin"):
        second.keep_up(archived, ALL, now, never)


def test_what_others_put_over_a_copy_or_its_list_hides_nothing(
    seaweed: tuple[str, Path], kept: InDirectory, model: Path
) -> None:
    bucket = InBucket(*seaweed, locks=True)
    second = SecondPlace(kept.store, bucket.store, "the copies")
    archived = put(kept.store, model).archived
    second.keep_up(archived, ALL, now, never)
    listed = bucket.key(archived, "objects.json")
    true = bucket.client.get_object(Bucket=bucket.name, Key=listed)["Body"].read()
    for forged in (b"{}", true.replace(archives.sha(b"# churn").encode(), b"0" * 64)):
        bucket.client.put_object(Bucket=bucket.name, Key=listed, Body=forged)
    bucket.client.delete_object(Bucket=bucket.name, Key=listed)
    assert second.keep_up(archived, ALL, now, never).names == ()
    kept.rot(archived, "data/card.md")
    assert second.mend(archived, now, never).names == ("data/card.md",)


def test_a_copy_in_a_bucket_is_held_and_pruned_with_the_archive(
    seaweed: tuple[str, Path], kept: InDirectory, model: Path
) -> None:
    bucket = InBucket(*seaweed, locks=True)
    second = SecondPlace(kept.store, bucket.store, "the copies")
    archived = put(kept.store, model).archived
    second.keep(archived, Keeping(held=True), paths=["card.md"])
    second.keep_up(archived, ALL, now, never)
    second.keep(archived, Keeping(held=True), paths=["card.md"])
    with pytest.raises(Refused, match="has a legal hold on it"):
        second.prune(archived, ["card.md"], b"gone\n", now())
    second.keep(archived, Keeping(), paths=["card.md"])
    second.prune(archived, ["card.md"], b"gone\n", now())
    gone = ["card.md"]
    assert second.keep_up(archived, ALL, now, never, gone=gone).names == ()
    kept.store.prune(archived, gone, b"gone\n", Keeping(), now())


def test_what_was_pruned_stays_away_from_a_copy_that_is_made_anew(
    seaweed: tuple[str, Path], kept: InDirectory, model: Path
) -> None:
    bucket, gone = InBucket(*seaweed, locks=False), ["card.md"]
    second = SecondPlace(kept.store, bucket.store, "the copies")
    archived = put(kept.store, model).archived
    kept.store.prune(archived, gone, b"gone\n", Keeping(), now())
    assert second.keep_up(archived, ALL, now, never, gone=gone).names == (EVERYTHING,)
    assert second.keep_up(archived, ALL, now, never, gone=gone).names == ()
