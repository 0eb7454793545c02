"""A Backstage file that ends without a line break may be cut off: then it takes nothing back, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.backstage import read_backstage
from data.importers.report import ImportReport
from tests.data.catalogs import MONDAY, a_document

KNOWN = "---\n".join(
    (
        a_document("Resource", "churn", "type: ai-model, owner: growth"),
        a_document("Resource", "churn-v1", "type: ai-model, owner: growth"),
        a_document("API", "scores", "type: openapi, owner: growth"),
        a_document("Group", "growth", "type: team"),
        a_document("Group", "growth-ml", "type: team"),
        a_document("User", "ada", "memberOf: [growth]"),
    )
)
HEAD = "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
NAMED = f"{HEAD}metadata:\n  name: night-app\n"
SPEC = f"{NAMED}spec:\n  type: service\n  owner: growth-ml\n"
LIST = f"{SPEC}  dependsOn:\n    - resource:churn-v1"
OPEN = "without a line break, so the file may be cut off: if it is whole, end it with one, then import again"


@pytest.fixture
def file(catalog: Catalog, tmp_path: Path) -> Path:
    (known := tmp_path / "known.yaml").write_text(KNOWN)
    taken_in(catalog, known, KNOWN)
    return tmp_path / "catalog-info.yaml"


def taken_in(catalog: Catalog, file: Path, text: str) -> ImportReport:
    file.write_text(text)
    return catalog.import_(read_backstage([file], known=catalog.known()), format="backstage", now=MONDAY)


def refusal(catalog: Catalog, file: Path, text: str) -> str:
    before = catalog.version()
    with pytest.raises(Invalid) as refused:
        taken_in(catalog, file, text)
    assert catalog.version() == before
    return str(refused.value).removeprefix(f"{file.parent}/")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (f"{LIST}\n    - resource:churn-v", "10 ends within `resource:churn-v`"),
        (f"{LIST}\n    - resource:", "10 ends within `resource:`"),
        (f"{LIST}\n    -", "10 ends within `dependsOn:`"),
        (f"{SPEC}  dependsOn:", "8 ends within `dependsOn:`"),
        (f"{SPEC}  dependsOn: &a [api:scores]\n  consumesApis: \n    - score", "10 ends within `score`"),
        (f"{NAMED}spec:\n  type: service\n  owner: grow", "7 ends within `grow`"),
        (f"{NAMED}spec:\n  type: service\n  owner: grow ", "7 ends within `grow`"),
        (f"{NAMED}spec:\n  type: service\n  owner: churn", "7 ends within `churn`"),
        (f"{HEAD}spec: {{type: service, owner: growth}}\nmetadata:\n  name: nig", "5 ends within `nig`"),
        (
            f"{HEAD}spec: {{type: service}}\nmetadata:\n  name: x\n  annotations:\n    emeritus.dev/ti",
            "7 ends within `emeritus.dev/ti`",
        ),
    ],
)
def test_a_file_that_ends_within_a_name_nobody_has_changes_nothing(
    catalog: Catalog, file: Path, text: str, at: str
):
    assert refusal(catalog, file, text) == f"catalog-info.yaml:{at} {OPEN}"


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        (f"{LIST}\n", LIST.removesuffix("-v1")),
        (f"{LIST}-prod\n", LIST),
        (SPEC, SPEC.removesuffix("-ml\n")),
    ],
    ids=["dependency", "dependency that is kept by name", "owner"],
)
def test_a_file_that_ends_within_the_beginning_of_what_it_said_before_changes_nothing(
    catalog: Catalog, file: Path, whole: str, cut: str
):
    taken_in(catalog, file, whole)
    said = cut.rpartition(" ")[2]
    assert (
        refusal(catalog, file, cut)
        == f"catalog-info.yaml:{len(cut.splitlines())} ends within `{said}` {OPEN}"
    )
    assert taken_in(catalog, file, f"{cut}\n").changed, "with a line break it is what somebody wrote"


@pytest.mark.parametrize(
    "text",
    [
        LIST,
        SPEC.rstrip(),
        f"{NAMED}spec: {{type: service, dependsOn: ['resource:nobody']}}",
        f"{LIST} # x",
        f"{LIST}\n---",
    ],
    ids=["dependency", "owner", "closed", "comment", "another document"],
)
def test_a_file_that_an_editor_ended_without_a_line_break_is_read(catalog: Catalog, file: Path, text: str):
    assert taken_in(catalog, file, text).changed
    assert not taken_in(catalog, file, text).changed


def test_a_file_that_is_cut_off_anywhere_in_its_last_name_withdraws_nothing(catalog: Catalog, file: Path):
    taken_in(catalog, file, f"{LIST}\n")
    for kept in range(len(LIST) - len("resource:churn-v1"), len(LIST)):
        assert "may be cut off" in refusal(catalog, file, LIST[:kept])
