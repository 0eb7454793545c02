"""The archive directory: what is put is there once and proven, whatever happens to process or disk."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import bagit
import pytest

from data.archive.results import Artifact, Drilled, Stored, StoredFile, Wrapping, named
from data.errors import Corrupt, Invalid, NotFound, Refused, Unavailable
from data.records.archived import Archived
from tests.workflows.adapters.conftest import WEIGHTS
from workflows.adapters.local_directory import LocalDirectory


def now() -> datetime:
    return datetime(2026, 3, 2, 9, 14, tzinfo=UTC)


def never() -> bool:
    return False


def sha(content: bytes) -> str:
    return sha256(content).hexdigest()


def artifacts_of(model: Path) -> list[Artifact]:
    return [
        Artifact(path="weights", source=str(model / "weights"), role="weights"),
        Artifact(path="card.md", source=(model / "card.md").as_uri(), role="card"),
    ]


def put(
    archive: LocalDirectory, model: Path, stopped: Callable[[], bool] = never, name: str = "churn-v3"
) -> Stored:
    return archive.put(
        name, artifacts_of(model), Wrapping(info={"Source-Organization": "Example Ltd"}), now, stopped
    )


def everything_in(archive: LocalDirectory) -> list[str]:
    return sorted(path.relative_to(archive.root).as_posix() for path in archive.root.rglob("*"))


def test_what_is_put_is_a_valid_bag_named_by_its_content(archive: LocalDirectory, model: Path) -> None:
    stored = put(archive, model)
    manifest = f"{sha(b'# churn')}  data/card.md\n{sha(WEIGHTS)}  data/weights/w.bin\n".encode()
    assert stored == Stored(
        archived=Archived(
            location=f"churn-v3/{sha(manifest)}",
            preservation_id=f"sha256:{sha(manifest)}",
            manifest_digest=f"sha256:{sha(manifest)}",
            files=2,
            bytes=len(WEIGHTS) + 7,
        ),
        artifacts=(
            StoredFile(path="card.md", artifact_id=f"sha256:{sha(b'# churn')}", bytes=7),
            StoredFile(path="weights/w.bin", artifact_id=f"sha256:{sha(WEIGHTS)}", bytes=len(WEIGHTS)),
        ),
    )
    bag = archive.path(stored.archived.location)
    assert bagit.Bag(str(bag)).validate()
    assert json.loads((bag / "artifacts.json").read_text()) == [
        {"path": "weights", "source": str(model / "weights"), "role": "weights"},
        {"path": "card.md", "source": (model / "card.md").as_uri(), "role": "card"},
    ]


def test_the_same_content_put_twice_is_one_bag(archive: LocalDirectory, model: Path) -> None:
    first = put(archive, model)
    before = everything_in(archive)
    assert put(archive, model) == first
    assert everything_in(archive) == before


def test_another_content_is_another_bag_beside_the_first(archive: LocalDirectory, model: Path) -> None:
    first = put(archive, model)
    (model / "card.md").write_bytes(b"# churn, corrected")
    second = put(archive, model)
    assert first.archived.location != second.archived.location
    assert archive.drill(first.archived.location, first.archived.manifest_digest, now, never).files == 2


def test_a_drill_restores_everything_and_leaves_nothing(archive: LocalDirectory, model: Path) -> None:
    archived = put(archive, model).archived
    before = everything_in(archive)
    assert archive.drill(archived.location, archived.manifest_digest, now, never) == Drilled(
        files=2, bytes=len(WEIGHTS) + 7, read_at=now(), manifest_digest=archived.manifest_digest
    )
    assert everything_in(archive) == before


def test_a_drill_of_a_rotted_bag_names_every_file_and_what_to_do(
    archive: LocalDirectory, model: Path
) -> None:
    archived = put(archive, model).archived
    bag = archive.path(archived.location)
    rotted = bytes([WEIGHTS[0] ^ 1]) + WEIGHTS[1:]
    (bag / "data/weights/w.bin").chmod(0o644)
    (bag / "data/weights/w.bin").write_bytes(rotted)
    (bag / "data/card.md").unlink()
    (bag / "data/card.md").symlink_to(model / "card.md")
    with pytest.raises(Corrupt) as corrupt:
        archive.drill(archived.location, archived.manifest_digest, now, never)
    assert str(corrupt.value) == (
        "data/card.md cannot be read: not a regular file; "
        f"sha256 of data/weights/w.bin: expected {sha(WEIGHTS)[:12]}..., found {sha(rotted)[:12]}... "
        "(2,500,000 bytes, read 2026-03-02T09:14Z). "
        "Bring it back from a second copy, or move it aside: then it is archived again"
    )
    assert not (bag.parent / ".restored").exists()


def test_a_drill_does_not_believe_a_manifest_that_was_not_recorded(
    archive: LocalDirectory, model: Path
) -> None:
    archived = put(archive, model).archived
    recorded = "sha256:" + "ab" * 32
    found = archived.manifest_digest.removeprefix("sha256:")
    with pytest.raises(Corrupt) as corrupt:
        archive.drill(archived.location, recorded, now, never)
    assert str(corrupt.value) == (
        f"sha256 of manifest-sha256.txt: expected abababababab..., found {found[:12]}... "
        "(164 bytes, read 2026-03-02T09:14Z). "
        "Bring it back from a second copy, or move it aside: then it is archived again"
    )


def test_a_bag_that_is_gone_is_corruption_and_an_archive_that_is_gone_is_waited_for(
    archive: LocalDirectory, model: Path
) -> None:
    with pytest.raises(Unavailable) as unmounted:
        archive.drill("churn-v3/aa", "sha256:aa", now, never)
    assert str(unmounted.value) == (
        f"Cannot reach the archive {archive.root}: no such directory. "
        "Mount it or correct EMERITUS_ARCHIVE; it is tried again"
    )
    put(archive, model)
    with pytest.raises(Corrupt) as gone:
        archive.drill("churn-v3/aa", "sha256:aa", now, never)
    assert str(gone.value) == (
        f"The archive {archive.root}/churn-v3/aa is missing. "
        "Bring it back from a second copy, or move it aside: then it is archived again"
    )


def test_a_rotted_bag_is_not_taken_for_the_same_content(archive: LocalDirectory, model: Path) -> None:
    bag = archive.path(put(archive, model).archived.location)
    (bag / "data/card.md").unlink()
    with pytest.raises(Corrupt) as corrupt:
        put(archive, model)
    assert str(corrupt.value) == (
        f"data/card.md is missing. Move {bag} aside and keep it for a look, then archive again"
    )


def test_exists_is_cheap_and_sees_a_bag_that_is_gone_cut_or_another(
    archive: LocalDirectory, model: Path
) -> None:
    archived = put(archive, model).archived
    assert archive.exists(archived.location, archived.manifest_digest)
    assert not archive.exists(archived.location, "sha256:" + "ab" * 32)
    assert not archive.exists("churn-v3/none", archived.manifest_digest)
    (archive.path(archived.location) / "data/card.md").unlink()
    assert not archive.exists(archived.location, archived.manifest_digest)


@pytest.mark.parametrize("location", ["../model", "/etc", "churn-v3/../../model", ""])
def test_a_location_outside_of_the_archive_is_refused(archive: LocalDirectory, location: str) -> None:
    with pytest.raises(Refused) as refused:
        archive.exists(location, "sha256:aa")
    assert str(refused.value) == (
        f"Cannot open the archive {location!r}: it lies outside of the archive directory. "
        "Use the location recorded when it was archived"
    )


@pytest.mark.parametrize(
    "name", ["../../etc", "/", "a\nb", "x" * 300, "模型", ".partial", "resource:default/churn v1", ""]
)
def test_a_hostile_subject_name_stays_one_folder_of_the_archive(
    archive: LocalDirectory, model: Path, name: str
) -> None:
    location = put(archive, model, name=name).archived.location
    folder, _, digest = location.partition("/")
    assert [path.name for path in archive.root.iterdir()] == [folder]
    assert len(folder) <= 120
    assert not folder.startswith(".")
    assert len(digest) == 64


def test_a_missing_artifact_is_named_before_anything_is_written(archive: LocalDirectory, model: Path) -> None:
    (model / "card.md").unlink()
    with pytest.raises(NotFound):
        put(archive, model)
    assert not archive.root.exists()


def test_two_artifacts_in_one_place_are_refused(archive: LocalDirectory, model: Path) -> None:
    twice = [Artifact(path=name, source=str(model / "card.md")) for name in ("card.md", "Card.md")]
    with pytest.raises(Invalid):
        archive.put("churn-v3", twice, Wrapping(), now, never)


def test_an_archive_path_that_is_a_file_is_told(tmp_path: Path, model: Path) -> None:
    (tmp_path / "archive").write_text("not a folder")
    with pytest.raises(Unavailable) as denied:
        put(LocalDirectory(tmp_path / "archive"), model)
    assert str(denied.value) == (
        f"Cannot write the archive {tmp_path}/archive/churn-v3: Not a directory; 0 bytes are to be written. "
        "Let the bot write there or set EMERITUS_ARCHIVE to another place; it is tried again"
    )


def test_an_archive_made_by_us_is_for_us_alone_to_read(tmp_path: Path, model: Path) -> None:
    put(LocalDirectory(tmp_path / "new"), model)
    (tmp_path / "shared").mkdir(mode=0o755)
    put(LocalDirectory(tmp_path / "shared"), model)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("new", "shared")] == [0o700, 0o755]


def test_everything_that_is_wrong_with_the_artifacts_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(b"1")
    (tmp_path / "empty").mkdir()
    uris = [str(tmp_path / name) for name in ("weights.bin", "gone.bin", "weight.bin", "empty")]
    with pytest.raises(Refused) as refused:
        LocalDirectory(tmp_path / "archive").put("churn", named(uris), Wrapping(), now, never)
    assert refused.value.what == "Cannot archive 3 of 4 artifacts"
    for name, reason in zip(("gone.bin", "weight.bin", "empty"), refused.value.reasons, strict=True):
        assert str(tmp_path / name) in reason
    assert "closest: " in refused.value.reasons[1]
