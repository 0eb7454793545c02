"""A commit is archived with its history where its repository can be had, else as what it is; nothing else is run."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from data.archive.results import Artifact, Wrapping
from data.errors import Invalid, Lacking
from data.records.artifacts import ArtifactClass
from tests.workflows.adapters.test_local_directory import never, now
from workflows.adapters.artifact_sources import ArtifactSources
from workflows.adapters.git_sources import GitSources
from workflows.adapters.local_directory import LocalDirectory

HASH = "3f2c" * 10
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d7a' * 16}\nsize 5368709120\n"
ENV = {
    "PATH": "/usr/bin:/bin:/usr/local/bin",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    **{f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    **{f"GIT_{who}_DATE": "2026-03-02T09:00:00Z" for who in ("AUTHOR", "COMMITTER")},
}


def git(*words: str | Path) -> str:
    ran = subprocess.run(["git", *map(str, words)], check=True, capture_output=True, text=True, env=ENV)
    return ran.stdout.strip()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Of two commits, and a later one that nobody asks for."""
    folder = tmp_path_factory.mktemp("git") / "a repository"
    git("init", "-q", "-b", "main", folder)
    hashes = []
    for number in range(3):
        (folder / "train.py").write_text("\n".join(f"epoch({number * line})" for line in range(2_000)))
        git("-C", folder, "add", "train.py")
        git("-C", folder, "commit", "-qm", f"{number}")
        hashes.append(git("-C", folder, "rev-parse", "HEAD"))
    return folder, hashes[1]


def content_of(sources: GitSources | ArtifactSources, uri: str) -> dict[str, bytes]:
    return {file.path: b"".join(file.chunks()) for file in sources.files(uri)}


def test_a_commit_of_a_local_repository_is_a_bundle_anybody_can_clone(
    repository: tuple[Path, str], tmp_path: Path
) -> None:
    folder, commit = repository
    uri = f"git+{folder.as_uri()}@{commit}"
    found = content_of(ArtifactSources(), uri)
    assert json.loads(found["commit.json"]) == {
        "of": "code",
        "what": "git commit",
        "where": folder.as_uri(),
        "version": commit,
    }
    (tmp_path / "b.bundle").write_bytes(found["repository.bundle"])
    git("clone", "-q", "-b", "archived", tmp_path / "b.bundle", tmp_path / "again")
    assert git("-C", tmp_path / "again", "rev-parse", "HEAD") == commit
    assert git("-C", tmp_path / "again", "log", "--format=%s").split() == ["1", "0"]


def test_what_a_commit_only_names_is_listed_in_what_is_told_of_it(tmp_path: Path) -> None:
    library, folder = tmp_path / "library", tmp_path / "code"
    git("init", "-q", "-b", "main", library)
    git("-C", library, "commit", "-q", "--allow-empty", "-m", "1")
    git("init", "-q", "-b", "main", folder)
    (folder / "big ü.bin").write_text(POINTER)
    (folder / "notes.md").write_text(f"Pointers look like this:\n{POINTER}")
    git("-C", folder, "-c", "protocol.file.allow=always", "submodule", "add", "-q", library, "libs/own")
    git("-C", folder, "add", ".")
    git("-C", folder, "commit", "-qm", "1")
    uri = f"git+{folder.as_uri()}@{git('-C', folder, 'rev-parse', 'HEAD')}"
    listed, bundle = ArtifactSources().files(uri)
    of_library = git("-C", library, "rev-parse", "HEAD")
    assert [str(one) for one in listed.elsewhere] == [
        "big ü.bin, 5,368,709,120 bytes in git LFS",
        f"libs/own, a submodule at {of_library[:12]}",
    ]
    assert json.loads(b"".join(listed.chunks()))["elsewhere"] == [
        {"path": "big ü.bin", "what": "git LFS", "version": f"sha256:{'4d7a' * 16}", "bytes": 5_368_709_120},
        {"path": "libs/own", "what": "submodule", "version": of_library},
    ]
    assert bundle.elsewhere == ()
    code = [Artifact(path="code", source=uri, role=ArtifactClass.CODE)]
    archive = LocalDirectory(tmp_path / "archive")
    with pytest.raises(
        Lacking, match=r"not there: code/big ü\.bin, .* git LFS; not there: code/libs/own, a submodule"
    ):
        archive.put("churn", code, Wrapping(), now, never)
    (folder / "big ü.bin").unlink()
    git("-C", folder, "commit", "-qam", "2")
    both = [
        Artifact(path="code", source=f"git+{folder.as_uri()}@{git('-C', folder, 'rev-parse', 'HEAD')}"),
        Artifact(path="own", source=f"git+{library.as_uri()}@{of_library}"),
    ]
    assert archive.put("churn", both, Wrapping(), now, never).archived.files == 4


def test_one_commit_is_one_bundle_however_its_repository_is_packed(
    repository: tuple[Path, str], tmp_path: Path
) -> None:
    folder, commit = repository
    git("clone", "-q", "--mirror", folder, tmp_path / "packed.git")
    git("-C", tmp_path / "packed.git", "repack", "-q", "-a", "-d", "-F", "--window=250", "--depth=1")
    one, other = (
        content_of(GitSources(), f"git+{place.as_uri()}@{commit}")["repository.bundle"]
        for place in (folder, tmp_path / "packed.git")
    )
    assert one == other


@pytest.mark.parametrize(
    ("uri", "hosts"),
    [
        pytest.param(f"git+https://git.example.com/churn@{HASH}", (), id="a host nobody allowed"),
        pytest.param(f"git+https://127.0.0.1:1/churn@{HASH}", ("127.0.0.1:1",), id="nobody answers"),
        pytest.param(f"git+https://127.0.0.1:99999/x@{HASH}", ("127.0.0.1",), id="no port"),
        pytest.param(f"git+file://elsewhere/srv/churn@{HASH}", (), id="a file of another machine"),
        pytest.param(f"git+file:///nowhere/churn@{HASH}", (), id="no repository"),
    ],
)
def test_where_a_repository_cannot_be_had_the_archive_says_which_commit_it_was(
    uri: str, hosts: tuple[str, ...]
) -> None:
    found = content_of(GitSources(hosts=hosts, seconds_max=20.0), uri)
    assert list(found) == ["commit.json"]
    assert json.loads(found["commit.json"])["version"] == HASH


def test_a_commit_that_is_not_in_its_repository_and_a_git_that_takes_too_long_come_to_no_bundle(
    repository: tuple[Path, str],
) -> None:
    folder, commit = repository
    assert list(content_of(GitSources(), f"git+{folder.as_uri()}@{HASH}")) == ["commit.json"]
    assert list(content_of(GitSources(seconds_max=0.0), f"git+{folder.as_uri()}@{commit}")) == ["commit.json"]


@pytest.mark.parametrize(
    "uri",
    [
        f"git+ext::sh -c touch% /tmp/x@{HASH}",
        f"git+ssh://git@example.com/x@{HASH}",
        f"git+http://example.com/x@{HASH}",
        f"git+https://user:password@example.com/x@{HASH}",
        f"git+https://example.com/x --upload-pack=/bin/sh@{HASH}",
        f"git+--upload-pack=touch@{HASH}",
        f"git+file:///x?y@{HASH}",
        "git+https://example.com/x@main",
        "git+https://example.com/x@3f2c",
        "git+https://example.com/x",
    ],
)
def test_no_other_address_reaches_git(uri: str) -> None:
    with pytest.raises(Invalid, match=r"git\+https://HOST/PATH@COMMIT or git\+file:///PATH@COMMIT"):
        ArtifactSources().files(uri)


def test_a_repository_that_is_emeritus_own_is_not_read(repository: tuple[Path, str]) -> None:
    folder, commit = repository
    for private in (folder, folder.parent, folder / ".git"):
        sources = ArtifactSources(private=[private])
        assert list(content_of(sources, f"git+{folder.as_uri()}@{commit}")) == ["commit.json"]


def test_a_commit_archived_twice_is_one_archive(repository: tuple[Path, str], tmp_path: Path) -> None:
    folder, commit = repository
    (tmp_path / "w.bin").write_bytes(b"w")
    archive = LocalDirectory(tmp_path / "archive")
    for place in (folder.as_uri(), "file:///nowhere/churn"):
        artifacts = [
            Artifact(path="code", source=f"git+{place}@{commit}", role=ArtifactClass.CODE),
            Artifact(path="w.bin", source=str(tmp_path / "w.bin"), role=ArtifactClass.WEIGHTS),
        ]
        archived = archive.put("churn", artifacts, Wrapping(), now, never).archived
        assert archive.put("churn", artifacts, Wrapping(), now, never).archived == archived
