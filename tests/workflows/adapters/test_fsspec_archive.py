"""An archive behind fsspec, beyond what every archive holds to. Long ones speak to servers by the drivers of clouds."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import fsspec
import pytest

from data.archive.auditing import Turn
from data.archive.keeping import Keeping
from data.errors import Corrupt, Invalid, Unavailable
from data.log.checkpoints import Head, name_of
from data.records.archived import Archived
from tests.contract.archives import InDirectory, never, now, put
from tests.contract.test_store_log import SIGNER
from workflows.adapters.fsspec_archive.beside import FsspecAnchors, mark_at, marked, tried
from workflows.adapters.fsspec_archive.objects import BLOCK_BYTES, Objects
from workflows.adapters.fsspec_archive.schemes import NEVER, NO_CREATE, SCHEMES, scheme_of, why_no_driver
from workflows.adapters.fsspec_archive.store import FsspecArchive
from workflows.adapters.second_place import SecondPlace
from workflows.anchor_store import Beside

ALL = Turn(bytes_max=1 << 30)
CLOUDS = [pytest.param("gs", marks=pytest.mark.long), pytest.param("az", marks=pytest.mark.long)]


@pytest.fixture(params=["memory", *CLOUDS])
def objects(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Objects:
    """`memory` is no store, and shows how all goes that takes no cloud to refuse something."""
    if request.param != "memory":
        from tests.contract.clouds import InCloud  # noqa: PLC0415 - their drivers take seconds to load

        server = {"gs": "google_server", "az": "azure_server"}[request.param]
        for name, value in request.getfixturevalue(server).items():
            monkeypatch.setenv(name, value)
        return Objects(InCloud(request.param).url)
    fsspec.filesystem("memory").makedirs("/archives", exist_ok=True)
    return Objects(f"memory://archives/{uuid.uuid4().hex}")


def rotted(objects: Objects, archived: Archived, path: str) -> None:
    name = f"{archived.location}/{path}"
    content = b"".join(objects.read(name))
    objects.write(name, bytes([content[0] ^ 1]) + content[1:], anew=True)


@pytest.mark.parametrize("name", [*SCHEMES, "sftp"])
def test_what_a_store_lacks_is_one_table(name: str) -> None:
    lacks = scheme_of(f"{name}://models").lacks
    assert lacks == (NEVER if name in SCHEMES else (*NEVER, NO_CREATE))


def test_a_driver_that_is_not_installed_is_named_with_the_command_that_brings_it() -> None:
    absent = SCHEMES["gs"]._replace(driver="no_such_driver")
    assert why_no_driver("gs", absent) == (
        "the driver of gs://, no_such_driver, is not installed; run pip install 'emeritus[gcs]'"
    )
    assert why_no_driver("gs", SCHEMES["gs"]) == ""


def test_what_it_lacks_is_on_record_with_the_archive(objects: Objects, model: Path) -> None:
    archived = put(FsspecArchive(objects), model).archived
    assert archived.lacks == objects.scheme.lacks
    assert archived.lock is None


def test_nothing_is_written_over_what_is_there_and_no_half_of_a_file_is_left(objects: Objects) -> None:
    objects.write("a/whole.bin", b"one", anew=False)
    with pytest.raises(FileExistsError):
        objects.write("a/whole.bin", b"two", anew=False)
    assert b"".join(objects.read("a/whole.bin")) == b"one"

    def cut_off() -> Iterator[bytes]:
        yield b"half of it"
        raise Unavailable("stopped")

    with pytest.raises(Unavailable, match="stopped"):
        objects.stream("a/half.bin", cut_off(), anew=False)
    assert objects.sizes("a") == {"whole.bin": 3}


def test_what_is_longer_than_a_block_comes_back_whole(objects: Objects, model: Path) -> None:
    with (model / "weights/w.bin").open("wb") as file:
        file.truncate(2 * BLOCK_BYTES + 5)
    store = FsspecArchive(objects)
    assert store.drill(put(store, model).archived, now, never).bytes == 2 * BLOCK_BYTES + 12


def test_a_second_run_at_the_same_time_is_told_that_another_is_under_way(
    objects: Objects, model: Path
) -> None:
    store = FsspecArchive(objects)

    def overtaking() -> bool:
        other = FsspecArchive(objects)
        put(other, model)
        return False

    with pytest.raises(Unavailable, match="Another copy is under way"):
        put(store, model, stopped=overtaking)
    assert store.drill(put(store, model).archived, now, never).files == 2


def test_a_bucket_that_is_not_there_is_no_archive_that_is_lost(objects: Objects, model: Path) -> None:
    archived = put(FsspecArchive(objects), model).archived
    scheme = objects.url.partition("://")[0]
    gone = FsspecArchive(Objects(f"{scheme}://{uuid.uuid4().hex}/models"))
    with pytest.raises(Unavailable, match=r"there is no .*Make it or correct EMERITUS_ARCHIVE"):
        gone.drill(archived, now, never)


@pytest.mark.parametrize(
    ("path", "why"),
    [("../../other/data/card.md", "lists what leads out of it"), ("data/other.md", r"other\.md is missing")],
)
def test_a_list_that_somebody_forged_leads_nowhere(
    objects: Objects, model: Path, tmp_path: Path, path: str, why: str
) -> None:
    store = FsspecArchive(objects)
    archived = put(store, model).archived
    listed = json.loads(b"".join(objects.read(f"{archived.location}/objects.json")))
    listed["objects"][0]["path"] = path
    objects.write(f"{archived.location}/objects.json", json.dumps(listed).encode(), anew=True)
    with pytest.raises(Corrupt, match=why):
        store.fetch(archived, tmp_path / "back", now, never)
    assert not (tmp_path / "back").exists()
    assert not store.exists(archived)
    assert store.copy_of(archived) is None
    with pytest.raises(Corrupt):
        store.audit(archived, ALL, now, never)


def test_what_stands_beside_it_and_is_not_of_it_is_told(objects: Objects, model: Path) -> None:
    store = FsspecArchive(objects)
    archived = put(store, model).archived
    objects.write(f"{archived.location}/data/more.bin", b"forged", anew=True)
    assert store.drill(archived, now, never).noticed == ("data/more.bin is not of this archive",)


def test_damage_in_either_place_is_mended_by_name_from_the_other(
    objects: Objects, model: Path, tmp_path: Path
) -> None:
    kept, copy = InDirectory(tmp_path), FsspecArchive(objects)
    second = SecondPlace(kept.store, copy, objects.url)
    archived = put(kept.store, model).archived
    assert second.keep_up(archived, ALL, now, never).names == ("all of it",)
    kept.rot(archived, "data/weights/w.bin")
    assert second.mend(archived, now, never).names == ("data/weights/w.bin",)
    rotted(objects, archived, "data/weights/w.bin")
    objects.remove(f"{archived.location}/bagit.txt")
    assert second.keep_up(archived, ALL, now, never).names == ("bagit.txt", "data/weights/w.bin")
    assert copy.drill(archived, now, never).files == 2
    shelf = archived.location.partition("/")[0]
    aside = [name for name in objects.sizes(shelf) if ".damaged-" in name]
    assert [name.partition("/")[2] for name in aside] == ["data/weights/w.bin"]
    copy.prune(archived, ["weights/w.bin"], b"gone\n", Keeping(), now())
    assert [name for name in objects.sizes(shelf) if name.endswith("w.bin")] == []


def test_anchors_and_the_mark_stand_beside_it_and_are_made_once(objects: Objects) -> None:
    checkpoint = SIGNER.sign(Head(SIGNER.public.name, 7, bytes(32))).encode()
    anchors = FsspecAnchors(objects)
    assert mark_at(objects, ".emeritus-place") == ""
    assert anchors.all() == Beside()
    assert [anchors.put(checkpoint, now()).is_new for _ in range(2)] == [True, False]
    objects.write(".anchors/other", b"words", anew=False)
    assert anchors.all() == Beside((checkpoint,), strays=(f"{objects.where('.anchors/other')} is no anchor",))
    objects.write(f".anchors/{name_of(checkpoint)}", b"forged", anew=True)
    assert anchors.all().bad == (
        f"the anchor {objects.where(f'.anchors/{name_of(checkpoint)}')} is not what was put there",
    )
    mark = marked(objects, ".emeritus-place")
    assert mark == marked(objects, ".emeritus-place") == mark_at(objects, ".emeritus-place") != ""


def test_what_an_archive_rests_on_there_is_tried_and_leaves_nothing(objects: Objects) -> None:
    signs = list(tried(objects, datetime.now(UTC)))
    wanted = [("read it back", True), ("write over it", True)][: 1 + objects.scheme.creates]
    assert [(sign.tried, sign.ok) for sign in signs] == wanted
    assert objects.sizes("") == {}


def test_names_that_drivers_could_take_for_more_than_names_come_back(
    objects: Objects, model: Path, tmp_path: Path
) -> None:
    odd = [
        "a#1.bin",
        "[x].bin",
        "{y}.bin",
        "a+b=c&d;e.bin",
        "~z.bin",
        "é ü.bin",
        "two\nlines.bin",
        ".hidden",
        "1",
    ]
    for name in odd:
        (model / "weights" / name).write_bytes(name.encode())
    store = FsspecArchive(objects)
    archived = put(store, model).archived
    store.fetch(archived, tmp_path / "back", now, never)
    found = {name: (tmp_path / "back/data/weights" / name).read_bytes() for name in odd}
    assert found == {name: name.encode() for name in odd}
    store.prune(archived, [f"weights/{name}" for name in odd], b"stone", Keeping(), now())
    left = [name for name in objects.sizes(archived.location) if name.startswith("data/")]
    assert left == ["data/card.md", "data/weights/w.bin"]


def test_a_name_that_is_too_long_below_this_address_is_refused_before_anything_is_read(model: Path) -> None:
    long = Objects(f"memory://archives/{'a' * 200}/{'b' * 200}")
    deep = model / "weights" / "/".join("c" * 250 for _ in range(3))
    deep.mkdir(parents=True)
    (deep / "w.bin").write_bytes(b"w")
    with pytest.raises(Invalid, match=r"must have at most 1,024 bytes; rename the file"):
        put(FsspecArchive(long), model)
