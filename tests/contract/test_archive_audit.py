"""An archive is checked a share at a time: what is read, where the next share goes on, and what is found."""

import pytest

from data.archive.auditing import Turn
from data.archive.results import Audited
from data.errors import Corrupt
from tests.contract.archives import WEIGHTS, InDirectory, Kept, never, now, put

ALL = Turn(bytes_max=1 << 30)


def test_all_of_it_is_read_in_shares_that_go_on_where_the_last_one_ended(kept: Kept, model) -> None:
    archived = put(kept.store, model).archived
    before = kept.everything()
    whole = kept.store.audit(archived, ALL, now, never)
    shares: list[Audited] = []
    while not shares or shares[-1].upto:
        turn = Turn(after=shares[-1].upto if shares else "", bytes_max=len(WEIGHTS), is_first=True)
        shares.append(kept.store.audit(archived, turn, now, never))
    assert len(shares) > 1
    assert (sum(one.files for one in shares), sum(one.bytes for one in shares)) == (whole.files, whole.bytes)
    assert whole.upto == ""
    assert whole.bytes > len(WEIGHTS)
    assert kept.everything() == before


def test_a_look_reads_nothing_and_goes_on_where_it_was(kept: Kept, model) -> None:
    archived = put(kept.store, model).archived
    assert kept.store.audit(archived, Turn(after="data/card.md"), now, never) == Audited(upto="data/card.md")


def test_what_rotted_is_named_once_it_is_its_turn(kept: Kept, model) -> None:
    archived = put(kept.store, model).archived
    kept.rot(archived, "data/weights/w.bin")
    with pytest.raises(Corrupt, match=r"data/weights/w\.bin.*Bring the files back from a copy of yours"):
        kept.store.audit(archived, ALL, now, never)


@pytest.mark.parametrize("path", ["bagit.txt", "tagmanifest-sha256.txt"])
def test_what_describes_it_is_missed_by_a_look_alone(kept: Kept, model, path: str) -> None:
    archived = put(kept.store, model).archived
    kept.lose(archived, path)
    with pytest.raises(Corrupt, match=f"{path} is missing"):
        kept.store.audit(archived, Turn(), now, never)


def test_what_is_gone_is_named_by_a_look_alone(kept: Kept, model) -> None:
    archived = put(kept.store, model).archived
    kept.lose(archived, "data/card.md")
    with pytest.raises(Corrupt, match=r"data/card\.md is missing"):
        kept.store.audit(archived, Turn(), now, never)
    assert kept.store.audit(archived, ALL, now, never, gone=["card.md"]).upto == ""


HOSTILE = {
    "up": "data/../../card.md",
    "absolute": "/etc/hostname",
    "NUL": "data/\0",
    "ten thousand deep": f"data/{'d/' * 10_000}x",
    "too long": f"data/{'n' * 256}",
    "only the case differs": "data/CARD.md",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_manifest_that_lists_a_hostile_name_is_refused_and_nothing_is_looked_for_there(
    tmp_path, model, name: str
) -> None:
    kept = InDirectory(tmp_path)
    archived = put(kept.store, model).archived
    manifest = tmp_path / "archive" / archived.location / "manifest-sha256.txt"
    manifest.chmod(0o644)
    manifest.write_text(f"{manifest.read_text()}{'0' * 64}  {name}\n")
    assert not kept.store.exists(archived)
    for refused in (
        lambda: kept.store.audit(archived, Turn(), now, never),
        lambda: kept.store.drill(archived, now, never),
        lambda: kept.store.fetch(archived, tmp_path / "back", now, never),
        lambda: put(kept.store, model),
    ):
        with pytest.raises(Corrupt, match=r"manifest-sha256\.txt: expected"):
            refused()
    assert not (tmp_path / "back").exists()
    assert {"card.md", "weights/w.bin"} <= {file.path for file in kept.store.files(archived)}


def test_a_manifest_that_is_no_text_any_more_is_named(tmp_path, model) -> None:
    kept = InDirectory(tmp_path)
    archived = put(kept.store, model).archived
    for name in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        file = kept.root / archived.location / name
        whole = file.read_bytes()
        file.chmod(0o644)
        file.write_bytes(b"\xff" + whole[1:])
        with pytest.raises(Corrupt, match=name):
            kept.store.audit(archived, Turn(), now, never)
        file.write_bytes(whole)
