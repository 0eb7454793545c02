"""Is a ZIP that no bundle could be refused before anything of it is unpacked?"""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from data.audit.checking import audited
from data.audit.container import packed


def a_zip(*members: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def overlapping() -> bytes:
    """Two files of a megabyte, of which there is one."""
    one = packed({"a": bytes(10**6)})
    start = one.index(b"PK\x01\x02")
    end = one.index(b"PK\x05\x06")
    listed = one[start:end]
    both = listed + listed.replace(b"a", b"b")
    counted = one[end : end + 8] + struct.pack("<HHII", 2, 2, len(both), start) + b"\0\0"
    return one[:start] + both + counted


HOSTILE = {
    "a name that leads out": (
        a_zip(("../bundle", b"")),
        "the bundle has a file called '../bundle', which could ",
    ),
    "an absolute name": (
        a_zip(("/etc/passwd", b"")),
        "the bundle has a file called '/etc/passwd', which could ",
    ),
    "a directory": (
        a_zip(("entries/", b"")),
        "the bundle has a file called 'entries/', which could lead out of it",
    ),
    "a bomb": (
        a_zip(("bundle", bytes(10**6)), compression=zipfile.ZIP_DEFLATED),
        "bundle: it is not stored as it is, and might swell",
    ),
    "files that share their bytes": (
        overlapping(),
        "b: it is not stored as it is, and might swell",
    ),
    "no ZIP": (b"words", "the bundle is no ZIP that can be read"),
    "nothing": (b"", "the bundle is no ZIP that can be read"),
    "another ZIP": (
        a_zip(("bundle", b"{}")),
        "the bundle holds more than its files: bytes beside them were changed",
    ),
}


@pytest.mark.parametrize(("content", "bad"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_bundle_is_refused_before_it_is_unpacked(content: bytes, bad: str) -> None:
    assert audited(content).bad.startswith(bad)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_there_twice_is_named() -> None:
    assert audited(a_zip(("bundle", b"one"), ("bundle", b"two"))).bad == "bundle: it is twice in the bundle"


def test_a_file_whose_bytes_do_not_fit_their_checksum_is_named(
    files: dict[str, bytes], bundle: bytes
) -> None:
    place = bundle.index(files["entries/7.json"])
    assert audited(bundle[:place] + b"[" + bundle[place + 1 :]).bad == "entries/7.json: it was changed"
