"""Two places of an archive, either of which mends the other; what holds nowhere is said, and nothing is overwritten."""

from pathlib import Path

import pytest

from data.archive.auditing import Turn
from data.errors import Corrupt, Refused
from tests.contract import archives
from tests.contract.archives import InBucket, InDirectory, never, now, put
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
    return SecondPlace(kept.store, tmp_path / "second")


def test_the_copy_is_made_once_and_is_the_archive_over_again(
    kept: InDirectory, second: SecondPlace, model: Path, tmp_path: Path
) -> None:
    archived = put(kept.store, model).archived
    assert second.keep_up(archived, ALL, now, never) == (EVERYTHING,)
    assert second.keep_up(archived, ALL, now, never) == ()
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
    mended = second.mend(archived, now, never)
    assert mended == names
    assert kept.store.drill(archived, now, never).files == 2
    aside = [path.name for path in kept.root.rglob("*.damaged-*/**/*") if path.is_file()]
    assert len(aside) == sum(one.startswith("rot") for one in harm)


def test_what_holds_nowhere_is_left_as_it_is(
    kept: InDirectory, second: SecondPlace, model: Path, tmp_path: Path
) -> None:
    archived = put(kept.store, model).archived
    second.keep_up(archived, ALL, now, never)
    kept.rot(archived, "data/card.md")
    (tmp_path / "second" / archived.location / "data/weights/w.bin").unlink()
    before = kept.everything()
    with pytest.raises(Corrupt, match=r"w\.bin is missing"):
        second.mend(archived, now, never)
    assert kept.everything() == before


def test_what_was_pruned_goes_from_the_copy_and_does_not_come_back(
    kept: InDirectory, second: SecondPlace, model: Path, tmp_path: Path
) -> None:
    archived = put(kept.store, model).archived
    second.keep_up(archived, ALL, now, never)
    second.prune(archived, ["card.md"], b"gone\n", now())
    assert not (tmp_path / "second" / archived.location / "data/card.md").exists()
    assert second.keep_up(archived, ALL, now, never, gone=["card.md"]) == ()


def test_a_bucket_has_a_copy_too_and_what_it_locked_is_put_right_by_people(
    seaweed: tuple[str, Path], model: Path, tmp_path: Path
) -> None:
    bucket = InBucket(*seaweed, locks=False)
    second = SecondPlace(bucket.store, tmp_path / "second")
    archived = put(bucket.store, model).archived
    assert second.keep_up(archived, ALL, now, never) == (EVERYTHING,)
    with pytest.raises(Refused, match=f"a second copy is at {tmp_path / 'second'}"):
        second.mend(archived, now, never)
