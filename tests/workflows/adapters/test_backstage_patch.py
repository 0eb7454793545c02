"""A patch that git takes, and that leaves every comment, blank and quotation mark of a catalog-info file as it was."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from data.errors import Refused, Unavailable
from data.importers.backstage import read_backstage
from data.records.deprecation import Deprecation, Lifecycle, Part
from tests.workflows.adapters.deprecations import a_deprecation, a_listing, becoming
from workflows.adapters.backstage_patch import BackstagePatch

CATALOG = """\
# Who answers for churn? Ask before you touch it.
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
    name: churn-live   # four blanks, and why not
spec:
    type: model-server
    lifecycle: 'production'  # since 2024
    owner: growth
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata:
  name: Churn
  description: >-
    Who is about
    to cancel?
  annotations:
    # the strictest
    emeritus.dev/tier: "1"
    emeritus.dev/artifacts: >-
      s3://models/churn/
spec:
  owner: growth
  type: ai-model
  # what it needs
  dependsOn: [resource:features]
"""
MARKED = """\
# Who answers for churn? Ask before you touch it.
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
    name: churn-live   # four blanks, and why not
    annotations:
      emeritus.dev/retirement: "RET-1"
      emeritus.dev/sunset: "2027-02-17"
      emeritus.dev/lifecycle-before: "production"
spec:
    type: model-server
    lifecycle: 'deprecated'  # since 2024
    owner: growth
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata:
  name: Churn
  description: >-
    Who is about
    to cancel?
  annotations:
    # the strictest
    emeritus.dev/tier: "1"
    emeritus.dev/retirement: "RET-1"
    emeritus.dev/sunset: "2027-02-17"
    emeritus.dev/replaced-by: "resource:default/churn-v2"
    emeritus.dev/lifecycle-before: "none"
    emeritus.dev/artifacts: >-
      s3://models/churn/
spec:
  owner: growth
  type: ai-model
  lifecycle: deprecated
  # what it needs
  dependsOn: [resource:features]
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "catalog").mkdir()
    (folder / "catalog/models.yaml").write_text(CATALOG)
    return folder


@pytest.fixture
def patches(tmp_path: Path) -> BackstagePatch:
    return BackstagePatch(tmp_path / "changes")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def a_retirement(file: Path) -> Deprecation:
    return a_deprecation(
        a_listing("resource:default/churn", source=str(file)),
        a_listing("component:default/churn-live", part=Part.ENDPOINT, source=str(file)),
        successor="resource:default/churn-v2",
    )


def applied(patches: BackstagePatch, deprecation: Deprecation, repository: Path) -> str:
    """What the catalog is after somebody took the patch."""
    (patch,) = patches.write(deprecation)
    git(repository, "apply", patch)
    return (repository / "catalog/models.yaml").read_text()


def test_git_takes_the_patch_and_nothing_else_in_the_file_changes(
    patches: BackstagePatch, repository: Path, tmp_path: Path
) -> None:
    deprecation = a_retirement(repository / "catalog/models.yaml")
    assert patches.write(deprecation) == (str(tmp_path / "changes/RET-1.backstage.patch"),)
    assert (repository / "catalog/models.yaml").read_text() == CATALOG
    assert patches.differs(deprecation) == ()
    head = (tmp_path / "changes/RET-1.backstage.patch").read_text().splitlines()
    assert head[:3] == [
        (
            "# RET-1 of Emeritus: churn is deprecated; last day of service 2027-02-17, "
            "successor resource:default/churn-v2"
        ),
        f"# git apply takes it in {repository}",
        "",
    ]
    assert applied(patches, deprecation, repository) == MARKED
    assert list(tmp_path.glob("changes/*.draft")) == []


def test_what_is_merged_needs_no_patch_and_is_read_without_a_note(
    patches: BackstagePatch, repository: Path, tmp_path: Path
) -> None:
    file = repository / "catalog/models.yaml"
    applied(patches, a_retirement(file), repository)
    assert patches.write(a_retirement(file)) == ()
    assert list(tmp_path.glob("changes/*")) == []
    assert patches.differs(a_retirement(file)) == ()
    reading = read_backstage([file])
    assert [note for note in reading.notes if "emeritus.dev" in note.what] == []
    assert {one.id: one.lifecycle for one in reading.entities if one.lifecycle} == {
        "component:default/churn-live": "deprecated",
        "resource:default/churn": "deprecated",
    }


def test_called_off_after_the_merge_a_patch_brings_the_file_back(
    patches: BackstagePatch, repository: Path
) -> None:
    deprecation = a_retirement(repository / "catalog/models.yaml")
    applied(patches, deprecation, repository)
    assert applied(patches, becoming(deprecation, Lifecycle.IN_SERVICE), repository) == CATALOG


def test_called_off_before_the_merge_the_patch_is_gone(
    patches: BackstagePatch, repository: Path, tmp_path: Path
) -> None:
    deprecation = a_retirement(repository / "catalog/models.yaml")
    patches.write(deprecation)
    patches.write(replace(deprecation, retirement_id="RET-10"))
    assert patches.write(becoming(deprecation, Lifecycle.IN_SERVICE)) == ()
    assert [file.name for file in (tmp_path / "changes").iterdir()] == ["RET-10.backstage.patch"]


def test_a_moved_date_and_the_archive_are_patches_on_what_was_merged(
    patches: BackstagePatch, repository: Path
) -> None:
    deprecation = a_retirement(repository / "catalog/models.yaml")
    applied(patches, deprecation, repository)
    retired = becoming(replace(deprecation, last_day=date(2027, 3, 1)), Lifecycle.RETIRED)
    said = MARKED.replace("2027-02-17", "2027-03-01").replace("'deprecated'", "'retired'")
    assert applied(patches, retired, repository) == said.replace(
        "lifecycle: deprecated", "lifecycle: retired"
    )
    assert applied(patches, becoming(deprecation, Lifecycle.IN_SERVICE), repository) == CATALOG


def test_what_is_only_kept_is_marked_anew_where_it_was_merged_and_nowhere_else(
    patches: BackstagePatch, repository: Path
) -> None:
    deprecation = a_retirement(repository / "catalog/models.yaml")
    listings = tuple(replace(one, is_kept=True) for one in deprecation.listings)
    kept = replace(deprecation, listings=listings, last_day=date(2027, 3, 1))
    assert (patches.write(kept), patches.differs(kept)) == ((), ())
    applied(patches, deprecation, repository)
    assert applied(patches, kept, repository) == MARKED.replace("2027-02-17", "2027-03-01")


def test_a_patch_that_was_lost_or_changed_is_told_and_one_that_waits_is_not(
    patches: BackstagePatch, repository: Path, tmp_path: Path
) -> None:
    file = repository / "catalog/models.yaml"
    patch = tmp_path / "changes/RET-1.backstage.patch"
    patches.write(a_retirement(file))
    file.write_text(f"# One more line\n\n{CATALOG}")
    assert patches.differs(a_retirement(file)) == ()
    patch.write_text(patch.read_text().replace("2027-02-17", "2027-02-18"))
    assert patches.differs(a_retirement(file)) == (f"{patch} says something else",)
    patch.unlink()
    assert patches.differs(a_retirement(file)) == (f"the catalog does not say it, and {patch} is not there",)


ENTITY = "apiVersion: backstage.io/v1alpha1\nkind: Resource\n"
AS_WRITTEN: dict[str, str] = {
    "no annotations": f"{ENTITY}metadata:\n  name: churn\nspec:\n  type: ai-model\n",
    "no line break at the end": f"{ENTITY}metadata:\n  name: churn\nspec:\n  type: ai-model",
    "windows": f"{ENTITY}metadata:\n  name: churn\nspec:\n  lifecycle: beta\n".replace("\n", "\r\n"),
    "byte order mark": f"\ufeff{ENTITY}metadata:\n  name: churn\nspec:\n  lifecycle: beta # ö\n",
    "lifecycle of nothing": f"{ENTITY}metadata:\n  name: churn\nspec:\n  lifecycle:\n  type: ai-model\n",
    "a number for a lifecycle": f"{ENTITY}metadata:\n  name: churn\nspec:\n  lifecycle: 1.0 # of two\n",
    "a lifecycle called none": f"{ENTITY}metadata:\n  name: churn\nspec:\n  lifecycle: none\n  type: ai-model\n",
    "empty annotations": f"{ENTITY}metadata:\n  name: churn\n  annotations: {{}}\nspec:\n  type: ai-model\n",
    "annotations of nothing": f"{ENTITY}metadata:\n  name: churn\n  annotations:\nspec:\n  type: ai-model\n",
    "in braces": f"{ENTITY}metadata: {{name: churn, annotations: {{a: b}}}}\n"
    "spec: {lifecycle: beta, type: ai-model}\n",
    "in one line of braces": '{"apiVersion": "backstage.io/v1alpha1", "kind": "Resource", '
    '"metadata": {"name": "churn"}, "spec": {"type": "ai-model"}}\n',
    "spec first": f"spec:\n  lifecycle: 'it''s live'\nmetadata:\n  name: churn\n{ENTITY}",
    "a word YAML reads otherwise": f'{ENTITY}metadata:\n  name: churn\nspec:\n  lifecycle: "on"\n',
    "annotations last": f"{ENTITY}spec:\n  type: ai-model\nmetadata:\n  name: churn\n  annotations:\n    a: b\n",
    "a literal": f"{ENTITY}spec:\n  type: ai-model\nmetadata:\n  annotations:\n    a: |\n      b\n  name: churn\n",
    "another break of lines": f"{ENTITY}metadata:\n  name: churn\n  title: a\u2028b\x85c\nspec:\n  lifecycle: beta\n",
    "several documents": f"---\n# none\n---\n{ENTITY}metadata:\n  name: churn\nspec:\n  lifecycle: beta\n---\n"
    f"{ENTITY}metadata:\n  name: churn-v2\nspec:\n  lifecycle: beta\n...\n",
}


@pytest.mark.parametrize("text", AS_WRITTEN.values(), ids=AS_WRITTEN)
@pytest.mark.parametrize("name", ["models.yaml", 'models of ours/größe "x".yaml'], ids=["plain", "odd name"])
def test_whichever_way_it_is_written_git_takes_the_patch_there_and_back(
    patches: BackstagePatch, repository: Path, text: str, name: str
) -> None:
    file = repository / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode())
    before = read_backstage([file])
    deprecation = a_deprecation(a_listing("resource:default/churn", source=str(file)), successor="")

    git(repository, "apply", *patches.write(deprecation))

    after = read_backstage([file])
    assert {one.id: one.lifecycle for one in after.entities} == {
        one.id: "deprecated" if one.id == "resource:default/churn" else one.lifecycle
        for one in before.entities
    }
    assert patches.differs(deprecation) == ()
    lifted = becoming(deprecation, Lifecycle.IN_SERVICE)
    git(repository, "apply", *patches.write(lifted))
    assert (read_backstage([file]).entities, patches.write(lifted)) == (before.entities, ())
    assert file.read_bytes() == text.encode()


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        (
            lambda file: file.unlink(),
            (
                "Cannot write a patch for {file}: it cannot be read here (No such file or directory). "
                "Import the catalog from where Emeritus runs"
            ),
        ),
        (
            lambda file: file.write_text(CATALOG.replace("Churn", "Chrun")),
            (
                "Cannot write a patch for resource:default/churn: {file} does not declare it any more. "
                "Import the catalog again"
            ),
        ),
        (
            lambda file: file.write_text(CATALOG.replace("kind: Resource", "kind: {")),
            (
                "Cannot write a patch for {file}: {file}:14 did not find expected ',' or '}}'. "
                "Mend the line, then import it again"
            ),
        ),
        (
            lambda file: file.write_text(
                CATALOG.replace("  owner: growth\n  type", "  lifecycle: &l beta\n  owner: *l\n  type")
            ),
            (
                "Cannot write a patch for resource:default/churn: "
                "{file}: it is written in a way that cannot be changed line by line. "
                "Change its spec.lifecycle by hand"
            ),
        ),
        (
            lambda file: file.write_bytes(CATALOG.encode("utf-16")),
            "Cannot write a patch for {file}: it is not UTF-8. Save it as UTF-8",
        ),
    ],
    ids=["gone", "renamed", "broken", "anchored", "UTF-16"],
)
def test_what_cannot_be_patched_is_told_with_what_to_do(
    patches: BackstagePatch, repository: Path, written: Callable[[Path], object], refusal: str
) -> None:
    file = repository / "catalog/models.yaml"
    written(file)
    with pytest.raises(Refused) as refused:
        patches.write(a_retirement(file))
    assert str(refused.value) == refusal.format(file=file)


def test_files_of_two_repositories_are_two_patches(
    patches: BackstagePatch, repository: Path, tmp_path: Path
) -> None:
    other = tmp_path / "no repository"
    other.mkdir()
    (other / "live.yaml").write_text(CATALOG)
    one = a_retirement(repository / "catalog/models.yaml")
    two = replace(one, listings=(one.listings[0], replace(one.listings[1], source=str(other / "live.yaml"))))
    first, second = patches.write(two)
    assert [Path(first).name, Path(second).name] == [
        "RET-1.backstage.1-no-repository.patch",
        "RET-1.backstage.2-repository.patch",
    ]
    git(other, "apply", first)
    git(repository, "apply", second)
    assert patches.write(two) == ()


def test_a_directory_that_cannot_be_written_is_tried_again(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        Unavailable, match=r"Cannot write .*/file/changes \(Not a directory\). It is tried again"
    ):
        BackstagePatch(tmp_path / "file/changes").write(a_retirement(repository / "catalog/models.yaml"))
