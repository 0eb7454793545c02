"""A URI becomes exactly the files it names, or a refusal that says why not."""

import os
import subprocess
from pathlib import Path

import pytest

from bot.keeping import own_files
from bot.settings import Settings
from data.errors import Invalid, NotFound, Refused
from data.records.checks import OwnChecks
from tests.contract.archives import ten_thousand_deep
from workflows.adapters.artifact_sources import ArtifactSources


def content_of(sources: ArtifactSources, uri: str) -> dict[str, bytes]:
    return {file.path: b"".join(file.chunks()) for file in sources.files(uri)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "m/sub").mkdir(parents=True)
    (tmp_path / "m/b.bin").write_bytes(b"bb")
    (tmp_path / "m/a b%.txt").write_bytes(b"a")
    (tmp_path / "m/sub/c.bin").write_bytes(b"")
    return tmp_path / "m"


def test_a_folder_is_all_its_files_sorted(folder: Path) -> None:
    files = ArtifactSources().files(str(folder))
    assert [(file.path, file.size_bytes) for file in files] == [
        ("a b%.txt", 1),
        ("b.bin", 2),
        ("sub/c.bin", 0),
    ]
    assert content_of(ArtifactSources(), str(folder)) == {"a b%.txt": b"a", "b.bin": b"bb", "sub/c.bin": b""}


def test_a_single_file_has_no_path_below_its_uri(folder: Path) -> None:
    assert content_of(ArtifactSources(), str(folder / "b.bin")) == {"": b"bb"}
    assert content_of(ArtifactSources(), (folder / "a b%.txt").as_uri()) == {"": b"a"}


def test_links_within_the_tree_are_followed_and_the_named_path_may_be_one(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "latest.bin").symlink_to("b.bin")
    (tmp_path / "current").symlink_to(folder)
    assert content_of(ArtifactSources(), str(tmp_path / "current"))["latest.bin"] == b"bb"


def test_a_link_out_of_the_tree_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("key")
    (folder / "x").symlink_to("../secret")
    with pytest.raises(Refused) as refused:
        ArtifactSources().files(str(folder))
    assert str(refused.value) == (
        f"Cannot archive {folder}/x: it is a link out of {folder} to {tmp_path}/secret. "
        "Replace the link by the file itself, then archive again"
    )


def test_a_link_to_a_folder_is_refused(folder: Path) -> None:
    (folder / "loop").symlink_to(".")
    with pytest.raises(Refused) as refused:
        ArtifactSources().files(str(folder))
    assert str(refused.value) == (
        f"Cannot archive {folder}/loop: it is a link to the folder .. "
        "Name that folder as an artifact itself, or replace the link by its content"
    )


def test_what_is_no_file_is_refused_without_opening_it(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(Refused) as refused:
        ArtifactSources().files(str(folder))
    assert str(refused.value) == (
        f"Cannot archive {folder}/pipe: it is no regular file. "
        "Remove it from the artifacts, then archive again"
    )


def test_folders_ten_thousand_deep_are_refused_with_the_limit(tmp_path: Path) -> None:
    ten_thousand_deep(tmp_path)
    try:
        with pytest.raises(Refused, match="folders in each other whose path is longer than 900 bytes"):
            ArtifactSources().files(str(tmp_path))
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)


def test_a_ring_of_links_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    for named in (tmp_path, tmp_path / "a"):
        with pytest.raises(Refused) as refused:
            ArtifactSources().files(str(named))
        assert str(refused.value) == (
            f"Cannot archive {tmp_path}/a: it is a link to b, which leads back to it. "
            "Replace the link by the file itself, or remove it, then archive again"
        )


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        ArtifactSources().files(str(tmp_path))
    assert str(refused.value) == (
        f"Cannot archive {tmp_path}: the folder has no file. "
        "Correct the artifact in the catalog, import it, then press Edit plan on the card for a new vote"
    )


def test_a_missing_path_is_named_with_the_closest(folder: Path) -> None:
    with pytest.raises(NotFound) as missing:
        ArtifactSources().files(str(folder / "bb.bin"))
    assert str(missing.value) == f'No artifact is called "{folder}/bb.bin"; closest: {folder}/b.bin'
    with pytest.raises(NotFound):
        ArtifactSources().files(str(folder / "b.bin/below"))


@pytest.mark.parametrize("named", ["", "/dangling"], ids=["in the folder", "itself"])
def test_a_link_to_nothing_is_refused_and_not_the_folder_it_lies_in(folder: Path, named: str) -> None:
    (folder / "dangling").symlink_to("gone")
    with pytest.raises(Refused) as refused:
        ArtifactSources().files(f"{folder}{named}")
    assert str(refused.value) == (
        f"Cannot archive {folder}/dangling: it is a link to gone, and nothing is there. "
        "Replace the link by the file itself, or remove it, then archive again"
    )


@pytest.mark.parametrize(
    "uri",
    [
        "relative/path",
        "models:/churn/3",
        "https://example.com/w.bin",
        "file://host/w.bin",
        "file://[::1",
        "file://",
        "",
        "/a\0b",
        "file:///etc/%00",
        "file:///a\0b",
    ],
)
def test_another_kind_of_uri_is_refused_with_those_accepted(uri: str) -> None:
    with pytest.raises(Invalid) as refused:
        ArtifactSources().files(uri)
    assert str(refused.value) == (
        f"artifact {uri!r}: accepted are an absolute path, file:///path, s3://bucket/key-or-prefix "
        "or git+https://host/path@commit"
    )


@pytest.mark.parametrize("sign", ["?", "#"])
def test_a_file_uri_with_a_query_or_a_fragment_is_refused_and_never_cut(folder: Path, sign: str) -> None:
    (folder / f"b.bin{sign}y").write_bytes(b"meant")
    uri = f"{(folder / 'b.bin').as_uri()}{sign}y"
    with pytest.raises(Invalid) as refused:
        ArtifactSources().files(uri)
    assert str(refused.value) == (
        f"artifact {uri!r}: a file URI has no query and no fragment; where a name has these signs, "
        "write ? as %3F and # as %23"
    )
    escaped = (folder / f"b.bin{sign}y").as_uri()
    assert content_of(ArtifactSources(), escaped) == {"": b"meant"}
    assert content_of(ArtifactSources(), str(folder / f"b.bin{sign}y")) == {"": b"meant"}


def test_a_file_uri_may_name_any_bytes_and_this_machine(folder: Path) -> None:
    (folder / "l\nf \udcff").write_bytes(b"odd")
    uri = f"file://localhost{folder.as_uri().removeprefix('file://')}/l\nf%20%FF"
    assert content_of(ArtifactSources(), uri) == {"": b"odd"}


def grow(path: Path) -> None:
    path.write_bytes(b"bbb")


def rewrite(path: Path) -> None:
    listed = path.stat().st_mtime_ns
    path.write_bytes(b"cc")
    os.utime(path, ns=(listed + 1, listed + 1))


def rewrite_and_put_the_time_back(path: Path) -> None:
    listed = path.stat()
    while (
        path.stat().st_ctime_ns == listed.st_ctime_ns
    ):  # the file system's clock ticks every few milliseconds
        path.write_bytes(b"cc")
        os.utime(path, ns=(listed.st_atime_ns, listed.st_mtime_ns))


def replace(path: Path) -> None:
    times = path.stat().st_mtime_ns
    (path.parent / "new").write_bytes(b"cc")
    os.utime(path.parent / "new", ns=(times, times))
    (path.parent / "new").rename(path)


@pytest.mark.parametrize(
    ("change", "how"),
    [
        (grow, "2 bytes when listed, 3 now"),
        (rewrite, "it was written to"),
        (rewrite_and_put_the_time_back, "its content or its rights were changed"),
        (replace, "another file took its place"),
        (Path.unlink, "it was removed"),
    ],
)
def test_a_file_changed_since_it_was_listed_is_refused_before_and_after_the_read(
    folder: Path, change: object, how: str
) -> None:
    assert callable(change)
    path = folder / "b.bin"
    (file,) = ArtifactSources().files(str(path))
    file.recheck()
    change(path)
    for read in (lambda: list(file.chunks()), file.recheck):
        with pytest.raises(Refused) as refused:
            read()
        assert str(refused.value) == (
            f"Cannot archive {path}: it changed while it was copied ({how}). "
            "Stop what writes to it, then archive again"
        )


def test_the_record_and_the_archive_are_no_models_artifacts(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    for name in ("emeritus.db", "emeritus.db-wal", "archive/bag", "weights.bin", "checks.toml"):
        (tmp_path / name).write_text("x")
    (tmp_path / "weights").symlink_to(tmp_path / "emeritus.db")
    checks = OwnChecks(file=str(tmp_path / "checks.toml"))
    own = own_files(Settings(store=tmp_path / "emeritus.db", archive=tmp_path / "archive", checks=checks))
    sources = ArtifactSources(private=own)
    for name in ("emeritus.db", "emeritus.db-wal", "archive", "weights", "checks.toml", "."):
        with pytest.raises(Refused, match="it belongs to Emeritus itself"):
            sources.files(f"{tmp_path}/{name}")
    assert len(sources.files(f"{tmp_path}/weights.bin")) == 1
