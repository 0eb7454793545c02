"""What is refused before anything counts as read: with file, line and what would be accepted."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from data.errors import Invalid
from data.importers.backstage import read_backstage
from tests.data.catalogs import a_document


def refusal(path: Path) -> list[str]:
    with pytest.raises(Invalid) as refused:
        read_backstage([path])
    return [str(problem).replace(str(path.parent) + "/", "") for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: [1, 2\nb: c", "x.yaml:2 did not find expected ',' or ']': not readable as YAML"),
        (b"a: [1, 2\n", "x.yaml:1 did not find expected ',' or ']': not readable as YAML"),
        (b"\na: b\x01", "x.yaml:2 unacceptable character #x0001"),
        (b"a:\n\tb: c", "x.yaml:2 found character that cannot start any token"),
        (
            b"- a\n- b\n",
            "x.yaml:1 a list: a document must be a mapping with apiVersion, kind, metadata and spec",
        ),
        (b"hello", 'x.yaml:1 "hello": a document must be a mapping'),
        (b"", "x.yaml:1: is empty; expected Backstage entities"),
        (b"# only a remark\n---\n", "x.yaml:1: is empty"),
        (b"a: 1\nb: 2\na: 3\n", "x.yaml:3 a: each key once; line 1 has it already"),
        (
            b"a: !!python/object/apply:os.system [id]",
            "x.yaml:1 tag tag:yaml.org,2002:python/object/apply:os.system",
        ),
        (b"a: !secret b", "x.yaml:1 tag !secret: plain YAML without tags"),
        (b"a: &a\n  - *a\n", "x.yaml:2 *a: an alias to something written above it, not to itself"),
        (b"[" * 100_000, "x.yaml:1 nesting: at most 64 levels deep"),
        (b"{a: 1}: b", "x.yaml:1 a key that is a list or mapping: text as key"),
        (
            b"apiVersion: backstage.io/v1alpha1\nkind: Comp",
            "x.yaml:1: the last document has no metadata.name",
        ),
        (
            b"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop\n",
            "x.yaml:1: the last document has no spec: is the file complete?",
        ),
    ],
)
def test_what_is_not_a_catalog_is_refused_with_file_and_line(tmp_path: Path, content: bytes, said: str):
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    (problem,) = refusal(path)
    assert problem.startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"# ok\nname: caf\xe9\n", "x.yaml:2 byte 0xe9: this is not UTF-8; save the file as UTF-8"),
        (b"a: 1\nb: \xc3", "x.yaml:2 byte 0xc3: this is not UTF-8"),
        (
            codecs.BOM_UTF16_LE + "a: 1\nb: 2\n".encode("utf-16-le") + b"\x00",
            "x.yaml:3 byte 0x00: this is not UTF-16",
        ),
        (
            "# \u2028 \u2029\n# \x85\na: 1\na: 2\n".encode(),
            "x.yaml:4 a: each key once; line 3 has it already",
        ),
        ("# \u2028\n\na: [1, 2\nb: c\n".encode(), "x.yaml:4 did not find expected ',' or ']'"),
        ("# \u2028 \x85\na: b\x01\n".encode(), "x.yaml:2 unacceptable character #x0001"),
        ("# é\n\na: b\x01\n".encode("utf-16"), "x.yaml:3 unacceptable character #x0001"),
    ],
    ids=["latin-1", "cut off", "odd UTF-16", "key twice", "unclosed", "control", "control in UTF-16"],
)
def test_a_line_is_the_one_an_editor_shows(tmp_path: Path, content: bytes, said: str):
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    (problem,) = refusal(path)
    assert problem.startswith(said)


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029", "\U000f0000"], ids=ascii)
def test_what_breaks_a_line_in_old_yaml_only_is_a_character_like_others(tmp_path: Path, sign: str):
    path = tmp_path / "x.yaml"
    path.write_text(
        f"# {sign}\n# \u2028 {sign}\napiVersion: backstage.io/v1alpha1\nkind: Component\n"
        f"metadata:\n  name: a\n  title: to{sign}day\nspec:\n  type: service\n  owner: ghost\n"
    )
    reading = read_backstage([path])
    assert [entity.title for entity in reading.entities] == [f"to{sign}day"]
    assert reading.entities[0].declared_in == f"{path}:3"
    assert [note.where for note in reading.notes] == [f"{path}:10"]


def test_aliases_are_read_but_a_bomb_of_them_is_refused(tmp_path: Path):
    path = tmp_path / "x.yaml"
    path.write_text(a_document("Component", "a", "type: &t service, owner: *t"))
    assert read_backstage([path]).entities[0].owner_note.startswith('owner "service"')
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    path.write_text("\n".join(rows))
    (problem,) = refusal(path)
    assert problem.startswith("x.yaml:3 aliases: a file that is not larger written out than it could hold")


def test_problems_of_all_files_are_told_at_once(tmp_path: Path):
    """Whether named or found in a directory, and whatever is wrong with them."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.yaml").write_text("a: [")
    (folder / "b.yaml").write_text(a_document("Component", "a"))
    (folder / "c.yaml").write_text(f"- list\n---\n{a_document('Component', 'c')}---\ntext")
    (folder / "d.yaml").write_text("apiVersion: backstage.io/v1alpha1\nkind: Comp")
    (folder / "e.yaml").write_text("a: b\x01")
    named = tmp_path / "bad.yaml"
    named.write_text("a: [")
    with pytest.raises(Invalid) as refused:
        read_backstage([folder, named, tmp_path / "none.yaml"])
    assert [problem.field.removeprefix(f"{tmp_path}/") for problem in refused.value.problems] == [
        "bad.yaml:1",
        "folder/a.yaml:1",
        "folder/c.yaml:1",
        "folder/c.yaml:9",
        "folder/d.yaml:1",
        "folder/e.yaml:1",
        "none.yaml",
    ]


def test_a_source_without_any_entity_is_refused(tmp_path: Path):
    with pytest.raises(Invalid, match=r"has no \*\.yaml or \*\.yml"):
        read_backstage([tmp_path])
    (tmp_path / "a.yaml").write_text("name: not a catalog\n")
    with pytest.raises(
        Invalid, match="declares no Component, Resource, API, AiResource, Group or User; skipped"
    ):
        read_backstage([tmp_path])
    with pytest.raises(Invalid, match="at least one file or directory"):
        read_backstage([])


def test_the_digest_does_not_depend_on_where_the_files_lie(tmp_path: Path):
    digests = set()
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.yaml").write_text(a_document("Component", "a"))
        digests.add(read_backstage([tmp_path / folder]).source_digest)
    (tmp_path / "there" / "a.yaml").write_text(a_document("Component", "b"))
    digests.add(read_backstage([tmp_path / "there"]).source_digest)
    assert len(digests) == 2


@contextmanager
def closed(folder: Path, mode: int) -> Iterator[None]:
    """A folder with these rights, seen by somebody they hold for: root may look into everything."""
    was, user = folder.stat().st_mode, os.geteuid()
    folder.chmod(mode)
    if user == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(was)


@pytest.mark.parametrize("mode", [0o311, 0o644], ids=["not listed", "listed, not entered"])
def test_a_directory_that_may_not_be_looked_into_is_no_empty_one(mode: int):
    """Read as empty, everybody declared in it would count as gone."""
    with TemporaryDirectory() as name:  # nobody may enter pytest's own
        root, people = Path(name), Path(name, "people")
        root.chmod(0o755)
        people.mkdir()
        (root / "a.yaml").write_text(a_document("Component", "a"))
        (people / "b.yaml").write_text(a_document("User", "b", "memberOf: []"))

        with closed(people, mode), pytest.raises(Invalid) as refused:
            read_backstage([root])

    (problem,) = refused.value.problems
    assert problem.field in (str(people), str(people / "b.yaml"))
    assert problem.accepted == "cannot be read: Permission denied"


def test_what_is_there_but_no_file_is_not_called_missing(tmp_path: Path):
    os.mkfifo(pipe := tmp_path / "catalog.yaml")
    assert refusal(pipe) == ["catalog.yaml: neither a regular file nor a directory"]


def test_a_file_whose_name_is_no_text_is_refused_by_a_name_that_is(tmp_path: Path):
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    folder.mkdir()
    (folder / "a.yaml").write_text(a_document("Component", "a"))

    with pytest.raises(Invalid) as refused:
        read_backstage([folder])

    assert str(refused.value) == (
        f"{tmp_path}/caf\\udce9/a.yaml: has a name that is not UTF-8, so no record can name it; rename it"
    )
