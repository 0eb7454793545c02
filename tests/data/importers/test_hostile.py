"""Files that are made, or broken, so that whoever reads them fails: each is refused in words, and names stay whole."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.accounts import read_accounts
from data.importers.csv_edges import read_csv
from data.importers.huggingface import read_huggingface
from data.importers.sources import FILE_BYTES_MAX
from tests.data.catalogs import MONDAY
from tests.data.importers.test_concealed import FILES as OTHERS

FILES = {
    **OTHERS,
    "accounts": (read_accounts, "a.csv", ""),
    "huggingface": (read_huggingface, "README.md", ""),
}
DEEP = 100_000
BOMB = "\n".join(f"{at}: &{at} [{', '.join([f'*{at - 1}' if at else 'x'] * 9)}]" for at in range(9))
CONTENTS = {
    "empty": b"",
    "blanks": b" \n" * 10,
    "a list without end": b"[" * DEEP,
    "a deep list": b"[" * DEEP + b"]" * DEEP,
    "an object without end": b'{"a":' * DEEP,
    "a deep object": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "a deep list of YAML": b"- " * DEEP,
    "a bomb of aliases": BOMB.encode(),
    "an alias of itself": b"&a [*a]",
    "a tag that runs": b"!!python/object/apply:os.system ['true']",
    "a number without end": b'[{"a": ' + b"9" * DEEP + b"}]",
    "no numbers": b"[NaN, Infinity, -Infinity, 1e999]",
    "halves of signs": b'["\\ud83d", "\\udc00x"]',
    "NULs": b"\0" * 1_000,
    "a NUL in JSON": b'["\\u0000a"]',
    "a mark alone": b"\xef\xbb\xbf",
    "two marks": b"\xef\xbb\xbf\xef\xbb\xbf[]",
    "UTF-16": "[]".encode("utf-16"),
    "half of UTF-16": b"\xff\xfea",
    "UTF-32": "[]".encode("utf-32"),
    "Latin": b'["\xe9"]',
    "one long line": b'"' + b"x" * 3_000_000 + b'"',
    "a key twice": b'{"a": 1, "a": 2}',
    "packed": gzip.compress(b"x" * 1_000),
    "escapes": b"\x1b[2J",
    "null": b"null",
    "values": b'1 true "x" null [] {}',
    "a long key": b'{"' + b"k" * 1_000_000 + b'": {}}',
    "wide CSV": b"from,to\n" + b"," * DEEP,
    "half a cell": b'from,to\n"a',
    "a long cell": b"from,to,x\n" + b"a" * 1_000_000 + b",b,c\n",
    "a front of YAML": b"---\na: " + b"[" * DEEP + b"\n---\n",
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
@pytest.mark.parametrize("name", FILES)
def test_what_is_no_source_is_refused_by_its_place(tmp_path: Path, name: str, content: bytes):
    reader, file_name, _ = FILES[name]
    (file := tmp_path / file_name).write_bytes(content)
    with pytest.raises(Invalid) as refused:
        reader([file])
    assert all(one.field.startswith(str(file)) for one in refused.value.problems)
    assert len(str(refused.value)) < 5_000


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_no_memory_holds_is_refused_before_it_is_read(tmp_path: Path, name: str):
    reader, file_name, _ = FILES[name]
    with (file := tmp_path / file_name).open("wb") as sparse:
        sparse.truncate(FILE_BYTES_MAX + 1)
    with pytest.raises(Invalid) as refused:
        reader([file])
    assert str(refused.value) == (
        f"{file} has 1,073,741,825 bytes: at most 1,073,741,824 bytes are read at once; split it, or export less"
    )


@pytest.mark.parametrize("name", FILES)
def test_pipes_loops_and_links_to_nothing_keep_nobody_waiting(tmp_path: Path, name: str):
    reader, file_name, _ = FILES[name]
    os.mkfifo(pipe := tmp_path / file_name)
    (tmp_path / f"b{file_name}").symlink_to(tmp_path / f"b{file_name}")
    (tmp_path / f"c{file_name}").symlink_to("/nowhere")
    (tmp_path / "up").symlink_to(tmp_path)
    for source in (pipe, tmp_path, tmp_path / "up", tmp_path / f"b{file_name}"):
        with pytest.raises(Invalid):
            reader([source])


NAMES = {
    "<!channel>": True,
    "<@U123>": True,
    "../../etc/passwd": True,
    "=cmd()": True,
    "..": True,
    "component:": True,
    "x -> y": True,
    "\U0001f642" * 100: True,
    "a\rb": False,
    "a\tb": False,
    "\u202eevil": False,
    "a\u200bb": False,
    "a\u2028b": False,
    "\x1b[2J": False,
    "a\0b": False,
    "ghp_0123456789abcdefghij": False,
}


@pytest.mark.parametrize(("name", "is_kept"), NAMES.items(), ids=map(ascii, NAMES))
def test_a_name_is_kept_as_it_stands_or_its_row_is_skipped_in_letters_a_terminal_shows(
    catalog: Catalog, tmp_path: Path, name: str, is_kept: bool
):
    (file := tmp_path / "a.csv").write_text(f'from,to\n"{name}",churn\nshop,churn\n', newline="")
    report = catalog.import_(read_csv([file]), format="csv", now=MONDAY)
    kept = {one.name for one in catalog.known()}
    assert kept == {"shop", "churn"} | ({name} if is_kept else set())
    assert len(report.skipped) == (not is_kept)
    assert str(report).replace("\n", "").isprintable()


def test_of_numbers_without_end_no_sum_is_made(tmp_path: Path):
    (file := tmp_path / "a.csv").write_text(
        "from,to,calls_per_day\na,churn,1e308\nb,churn,1e12\nc,churn,1e999\n"
    )
    assert [one.calls_per_day for one in read_csv([file]).sightings] == [1e12]
