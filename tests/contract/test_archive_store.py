"""What is put into an archive is there once and proven, whatever happens behind its back."""

import json
import re
import subprocess
import sys
from pathlib import Path

import bagit
import msgspec
import pytest

from data.archive.results import Artifact, Drilled, Stored, StoredFile, Wrapping, named
from data.errors import Corrupt, Invalid, Lacking, NotFound, Refused
from data.records.archived import Archived
from tests.contract.archives import WEIGHTS, Kept, never, now, put, sha
from workflows.artifact_store import ArtifactStore


def test_what_is_put_comes_back_as_a_valid_bag_named_by_its_content(
    archive: ArtifactStore, model: Path, tmp_path: Path
) -> None:
    stored = put(archive, model)
    manifest = f"{sha(b'# churn')}  data/card.md\n{sha(WEIGHTS)}  data/weights/w.bin\n".encode()
    archived = stored.archived
    assert stored == Stored(
        archived=Archived(
            location=archived.location,
            preservation_id=f"sha256:{sha(manifest)}",
            manifest_digest=f"sha256:{sha(manifest)}",
            files=2,
            bytes=len(WEIGHTS) + 7,
            tags_digest=archived.tags_digest,
            version=archived.version,
            lock=archived.lock,
            lacks=archived.lacks,
        ),
        artifacts=(
            StoredFile(path="card.md", artifact_id=f"sha256:{sha(b'# churn')}", bytes=7),
            StoredFile(path="weights/w.bin", artifact_id=f"sha256:{sha(WEIGHTS)}", bytes=len(WEIGHTS)),
        ),
    )
    assert archived.location.startswith("churn-v3/")
    bag = tmp_path / "back"
    assert archive.fetch(archived, bag, now, never) == archive.drill(archived, now, never)
    assert bagit.Bag(str(bag)).validate()
    told = subprocess.run(
        [str(Path(sys.executable).with_name("bagit.py")), "--validate", str(bag)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert archived.tags_digest == f"sha256:{sha((bag / 'tagmanifest-sha256.txt').read_bytes())}"
    assert (bag / "data/weights/w.bin").read_bytes() == WEIGHTS
    assert json.loads((bag / "artifacts.json").read_text()) == [
        {"path": "weights", "source": str(model / "weights"), "role": "weights"},
        {"path": "card.md", "source": (model / "card.md").as_uri(), "role": "card"},
    ]


def test_the_same_content_put_twice_is_one_archive(kept: Kept, model: Path) -> None:
    first = put(kept.store, model)
    before = kept.everything()
    assert put(kept.store, model) == first
    assert kept.everything() == before


def test_the_same_content_from_sources_that_were_touched_is_one_archive(kept: Kept, model: Path) -> None:
    first = put(kept.store, model)
    before = kept.everything()
    (model / "card.md").chmod(0o600)
    assert put(kept.store, model) == first
    assert kept.everything() == before


def test_another_content_is_another_archive_beside_the_first(archive: ArtifactStore, model: Path) -> None:
    first = put(archive, model)
    (model / "card.md").write_bytes(b"# churn, corrected")
    second = put(archive, model)
    assert first.archived.location != second.archived.location
    assert archive.drill(first.archived, now, never).files == 2


def test_a_drill_reads_everything_and_leaves_nothing(kept: Kept, model: Path) -> None:
    archived = put(kept.store, model).archived
    before = kept.everything()
    assert kept.store.drill(archived, now, never) == Drilled(
        files=2, bytes=len(WEIGHTS) + 7, read_at=now(), manifest_digest=archived.manifest_digest
    )
    assert kept.everything() == before


def test_a_drill_of_a_rotted_archive_names_every_file(kept: Kept, model: Path) -> None:
    archived = put(kept.store, model).archived
    kept.rot(archived, "data/weights/w.bin")
    kept.lose(archived, "data/card.md")
    with pytest.raises(Corrupt) as corrupt:
        kept.store.drill(archived, now, never)
    assert "data/card.md is missing" in str(corrupt.value)
    assert "data/weights/w.bin" in str(corrupt.value)
    assert "Bring the files back from a copy of yours: it is looked at again each day" in str(corrupt.value)


def test_a_drill_does_not_believe_what_describes_the_payload_where_the_record_has_another_digest(
    archive: ArtifactStore, model: Path
) -> None:
    archived = put(archive, model).archived
    assert archive.exists(archived)
    recorded = msgspec.structs.replace(archived, tags_digest="sha256:" + "ab" * 32)
    with pytest.raises(Corrupt, match=r"sha256 of tagmanifest-sha256\.txt: expected abababababab"):
        archive.drill(recorded, now, never)


def test_a_drill_does_not_believe_a_manifest_that_was_not_recorded(
    archive: ArtifactStore, model: Path
) -> None:
    archived = put(archive, model).archived
    found = archived.manifest_digest.removeprefix("sha256:")
    recorded = msgspec.structs.replace(archived, manifest_digest="sha256:" + "ab" * 32)
    with pytest.raises(Corrupt) as corrupt:
        archive.drill(recorded, now, never)
    assert str(corrupt.value).startswith(
        f"sha256 of manifest-sha256.txt: expected abababababab..., found {found[:12]}... "
        "(164 bytes, read 2026-03-02T09:14Z). "
    )
    assert not archive.exists(recorded)


def test_an_archive_that_is_gone_is_corruption(kept: Kept, model: Path) -> None:
    archived = put(kept.store, model).archived
    elsewhere = msgspec.structs.replace(archived, location="churn-v3/aa")
    with pytest.raises(Corrupt) as gone:
        kept.store.drill(elsewhere, now, never)
    assert str(gone.value).startswith(f"The archive {kept.where(elsewhere)}")
    assert not kept.store.exists(elsewhere)


def test_a_rotted_archive_is_not_taken_for_the_same_content_until_it_is_out_of_the_way(
    kept: Kept, model: Path
) -> None:
    archived = put(kept.store, model).archived
    kept.rot(archived, "data/weights/w.bin")
    with pytest.raises(Corrupt) as corrupt:
        put(kept.store, model)
    assert "data/weights/w.bin" in str(corrupt.value)
    assert str(corrupt.value).endswith(", then archive again")
    assert kept.where(archived) in str(corrupt.value)
    kept.hide(archived)
    again = put(kept.store, model).archived
    assert kept.store.drill(again, now, never).files == 2


def test_exists_sees_a_file_that_is_gone(kept: Kept, model: Path) -> None:
    archived = put(kept.store, model).archived
    assert kept.store.exists(archived)
    kept.lose(archived, "data/card.md")
    assert not kept.store.exists(archived)


@pytest.mark.parametrize("location", ["../model", "/etc", "churn-v3/../../model", ""])
def test_a_location_outside_of_the_archive_is_refused(
    archive: ArtifactStore, tmp_path: Path, location: str
) -> None:
    elsewhere = Archived(
        location=location, preservation_id="sha256:aa", manifest_digest="sha256:aa", files=1, bytes=1
    )
    for ask in (
        lambda: archive.exists(elsewhere),
        lambda: archive.drill(elsewhere, now, never),
        lambda: archive.fetch(elsewhere, tmp_path / "back", now, never),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert str(refused.value).startswith(f"Cannot open the archive {location!r}: it lies outside")


@pytest.mark.parametrize(
    "name", ["../../etc", "/", "a\nb", "x" * 300, "模型", ".partial", "resource:default/churn v1", ""]
)
def test_a_hostile_subject_name_stays_one_folder_of_the_archive(
    archive: ArtifactStore, model: Path, name: str
) -> None:
    card = [Artifact(path="card.md", source=str(model / "card.md"))]
    archived = archive.put(name, card, Wrapping(), now, never).archived
    folder, _, rest = archived.location.partition("/")
    assert len(folder) <= 120
    assert not folder.startswith(".")
    assert "/" not in rest
    assert archive.exists(archived)


def test_names_with_signs_of_urls_and_lines_come_back_as_they_were(
    archive: ArtifactStore, model: Path, tmp_path: Path
) -> None:
    names = ["a b+c&=#.txt", "模型.bin", "two\nlines"]
    for name in names:
        (model / "weights" / name).write_text(name)
    archive.fetch(put(archive, model).archived, tmp_path / "back", now, never)
    assert {
        path.name: path.read_text()
        for path in (tmp_path / "back/data/weights").iterdir()
        if path.name in names
    } == {name: name for name in names}


def test_a_missing_artifact_is_named_before_anything_is_written(kept: Kept, model: Path) -> None:
    (model / "card.md").unlink()
    with pytest.raises(NotFound):
        put(kept.store, model)
    assert kept.everything() == []


def test_a_pointer_of_git_lfs_is_not_archived_in_the_place_of_what_it_points_to(
    kept: Kept, model: Path
) -> None:
    (model / "weights/w.bin").write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d7a' * 16}\nsize 5368709120\n"
    )
    with pytest.raises(Lacking) as refused:
        put(kept.store, model)
    assert str(refused.value) == (
        "Cannot archive all of weights: not there: weights/w.bin, 5,368,709,120 bytes in git LFS. Put the content "
        "itself there (git lfs pull, dvc pull), name the commits of submodules among the artifacts, too, or go "
        "without by name, /retire waive RET-n archive:weights REASON; it is tried again"
    )
    assert refused.value.classes == ("weights",)
    assert kept.everything() == []
    assert put(kept.store, model, wrapping=Wrapping(without={"weights"})).archived.files == 2


@pytest.mark.parametrize(
    ("name", "content", "lacks"),
    [
        ("w.bin", "", "weights/w.bin, which has 0 bytes"),
        (
            "w.bin.dvc",
            "outs:\n- md5: a304afb96060aad90176268345e10355\n  size: 5368709120\n  hash: md5\n  path: w.bin\n",
            "weights/w.bin, 5,368,709,120 bytes in DVC",
        ),
    ],
    ids=["an upload that failed", "a pointer of DVC"],
)
def test_weights_without_a_byte_of_their_own_are_not_archived(
    archive: ArtifactStore, model: Path, name: str, content: str, lacks: str
) -> None:
    weights = (model / "weights/w.bin").read_bytes()
    (model / "weights/w.bin").unlink()
    (model / "weights" / name).write_text(content)
    with pytest.raises(Lacking, match=f"all of weights: not there: {re.escape(lacks)}") as refused:
        put(archive, model, wrapping=Wrapping(required={"weights"}))
    assert refused.value.classes == ("weights",)
    waived = Wrapping(required={"weights"}, without={"weights"})
    assert put(archive, model, wrapping=waived).archived.files == 2
    (model / "weights/w.bin").write_bytes(weights)
    assert put(archive, model, wrapping=Wrapping(required={"weights"})).archived.bytes > len(weights)


def test_two_artifacts_in_one_place_are_refused(archive: ArtifactStore, model: Path) -> None:
    twice = [Artifact(path=name, source=str(model / "card.md")) for name in ("card.md", "Card.md")]
    with pytest.raises(Invalid):
        archive.put("churn-v3", twice, Wrapping(), now, never)


def test_everything_that_is_wrong_with_the_artifacts_is_told_at_once(
    archive: ArtifactStore, tmp_path: Path
) -> None:
    (tmp_path / "weights.bin").write_bytes(b"1")
    (tmp_path / "empty").mkdir()
    uris = [str(tmp_path / name) for name in ("weights.bin", "gone.bin", "weight.bin", "empty")]
    with pytest.raises(Refused) as refused:
        archive.put("churn", named(uris), Wrapping(), now, never)
    assert refused.value.what == "Cannot archive 3 of 4 artifacts"
    for name, reason in zip(("gone.bin", "weight.bin", "empty"), refused.value.reasons, strict=True):
        assert str(tmp_path / name) in reason
    assert "closest: " in refused.value.reasons[1]
