"""The archive step: early, held with its reason, tried again, and never believed without a proof."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from data.archive.model_signature import ModelSigner
from data.archive.results import Drilled, PayloadFile
from data.records.base import Prose
from data.records.progress import Progress, StepKind
from data.records.retirement import State
from tests.data.catalogs import a_document
from tests.scenarios.place import GOVERNANCE, POLICY
from tests.scenarios.test_disabling import asked, report
from tests.scenarios.town import ADA, MINA, TOM, Town, words
from workflows.adapters.artifact_sources import ArtifactSources
from workflows.adapters.local_directory import LocalDirectory
from workflows.commands import Pause


def progress(town: Town, kind: StepKind) -> Progress:
    return town.retirement().progress(kind).progress


def a_teapot(town: Town, artifact: Path | str, *, endpoint_kind: str = "manual") -> None:
    """A model of Tom's team with this artifact and one endpoint."""
    town.learns(
        a_document(
            "Resource", "teapot", "type: ai-model, owner: growth-ml", tier="3", artifacts=str(artifact)
        ),
        a_document(
            "Component",
            "teapot-box",
            "type: model-server, owner: growth-ml, dependsOn: ['resource:teapot']",
            endpoint_kind=endpoint_kind,
            endpoint_ref="on the shelf",
        ),
        a_document(
            "Component",
            "tea-cosy",
            "type: service, owner: logistics, dependsOn: ['component:teapot-box']",
        ),
    )


def bag(town: Town) -> Path:
    return town.folder / "archive" / town.retirement().archived.location


def test_archiving_may_run_early_because_it_stops_nothing(town: Town):
    town.serve()
    town.announce()
    assert "archive of RET-1 has started" in town.command(TOM, "archive RET-1")
    assert progress(town, StepKind.ARCHIVE) is Progress.DONE
    assert progress(town, StepKind.DRILL) is Progress.PENDING, "its proof has a date of its own"
    assert town.endpoints.describe("churn-v1-prod") == "serving"
    assert "Archived 5 files" in town.thread()
    assert "archive of RET-1 is done" in town.command(TOM, "archive RET-1")


def test_what_is_archived_is_signed_beside_it_where_there_is_a_key(tmp_path: Path):
    key = ec.generate_private_key(ec.SECP256R1())
    with Town(tmp_path, serves=False, sign=ModelSigner(key).signature) as town:
        town.announce()
        town.command(TOM, "archive RET-1")
        signed = json.loads((bag(town) / "model.sig").read_text())["dsseEnvelope"]["payload"]
        (subject,) = json.loads(base64.b64decode(signed))["subject"]
        assert subject["name"] == town.retirement().plan.subject.model_id


def test_a_missing_artifact_holds_the_archive_with_its_name_until_it_is_there(town: Town):
    artifact = town.folder / "teapot.bin"
    a_teapot(town, artifact)
    town.announce("teapot", **{"proposal.successor": None, "proposal.reason": "cost"})
    town.pass_time(days=29)
    assert progress(town, StepKind.ARCHIVE) is Progress.HELD
    assert f'No artifact is called "{artifact}"' in words(town.card())
    artifact.write_bytes(b"short and stout")
    town.pass_time(days=2)
    assert progress(town, StepKind.DRILL) is Progress.DONE
    assert (bag(town) / "data" / "teapot.bin").read_bytes() == b"short and stout"


def test_weights_that_are_a_pointer_of_git_lfs_hold_the_archive_until_somebody_goes_without_them(town: Town):
    artifact = town.folder / "teapot.bin"
    artifact.write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d7a' * 16}\nsize 5368709120\n"
    )
    a_teapot(town, artifact)
    town.announce("teapot", **{"proposal.successor": None, "proposal.reason": "cost"})
    assert "No class that the archive of RET-1 lacks" in town.command(TOM, "waive RET-1 archive:weights gone")
    town.pass_time(days=29)
    assert progress(town, StepKind.ARCHIVE) is Progress.HELD
    lacks = "Cannot archive all of weights: not there: teapot.bin, 5,368,709,120 bytes in git LFS"
    assert lacks in words(town.card())
    assert lacks in town.thread()
    assert "You waived archive:weights" in town.command(TOM, "waive RET-1 archive:weights the server is gone")
    town.pass_time(days=2)
    assert progress(town, StepKind.DRILL) is Progress.DONE
    assert "*The archive goes without*" in town.command(TOM, "show RET-1")


class Restless(ArtifactSources):
    """Somebody trains on: each file grows the moment it has been listed, once."""

    def __init__(self) -> None:
        super().__init__()
        self.grown: set[str] = set()

    def files(self, uri: str) -> tuple[PayloadFile, ...]:
        listed = super().files(uri)
        return tuple(self._growing(file, uri) for file in listed)

    def _growing(self, file: PayloadFile, uri: str) -> PayloadFile:
        def chunks() -> Iterator[bytes]:
            if uri not in self.grown:
                self.grown.add(uri)
                with Path(uri).open("ab") as more:
                    more.write(b"one more epoch")
            yield from file.chunks()

        return dataclasses.replace(file, chunks=chunks)


def test_a_source_that_changes_while_it_is_copied_is_told_and_tried_again(tmp_path: Path):
    with Town(tmp_path, archive=LocalDirectory(tmp_path / "archive", Restless())) as town:
        artifact = tmp_path / "teapot.bin"
        artifact.write_bytes(b"short and stout")
        a_teapot(town, artifact)
        town.announce("teapot", **{"proposal.successor": None, "proposal.reason": "cost"})
        town.command(TOM, "archive RET-1")
        assert progress(town, StepKind.ARCHIVE) is Progress.HELD
        assert "it changed while it was copied" in town.thread()
        assert town.retirement().archived is None
        town.pass_time(days=30)
        assert progress(town, StepKind.DRILL) is Progress.DONE
        assert (bag(town) / "data" / "teapot.bin").read_bytes() == b"short and stoutone more epoch"


class Buggy(ArtifactSources):
    """Fails as only a bug of ours can."""

    def files(self, uri: str) -> tuple[PayloadFile, ...]:
        raise ZeroDivisionError(uri)


def test_work_that_is_given_up_holds_its_step_instead_of_running_for_ever(tmp_path: Path):
    with Town(tmp_path, archive=LocalDirectory(tmp_path / "archive", Buggy())) as town:
        town.announce()
        town.command(TOM, "archive RET-1")
        town.pass_time(hours=2)
        assert progress(town, StepKind.ARCHIVE) is Progress.HELD
        assert "it failed 8 times: ZeroDivisionError; the log of Emeritus has the rest" in town.thread()


def test_an_archive_nobody_can_write_to_is_told_and_tried_again(town: Town):
    (town.folder / "archive").write_text("a file where the directory should be")
    town.announce()
    town.command(TOM, "archive RET-1")
    assert progress(town, StepKind.ARCHIVE) is Progress.RUNNING, "a moment's trouble is nobody's business"
    town.pass_time(hours=1)
    assert progress(town, StepKind.ARCHIVE) is Progress.HELD
    assert "Cannot write the archive" in town.thread()
    assert "set EMERITUS_ARCHIVE to another place" in words(town.card())
    (town.folder / "archive").unlink()
    town.command(TOM, "archive RET-1")
    assert progress(town, StepKind.ARCHIVE) is Progress.DONE


def test_an_archive_that_is_full_is_told_with_the_bytes_it_needs(town: Town):
    artifact = town.folder / "teapot.bin"
    artifact.touch()
    os.truncate(artifact, 1 << 43)
    a_teapot(town, artifact)
    town.announce("teapot", **{"proposal.successor": None, "proposal.reason": "cost"})
    town.pass_time(days=30)
    assert progress(town, StepKind.ARCHIVE) is Progress.HELD
    assert "bytes are free; 8,796,093,030,400 bytes are needed" in words(town.card())
    town.everybody_moves()
    town.pass_time(days=30)
    assert town.retirement().state is State.MIGRATING
    assert "the artifacts are not archived" in words(town.card())


def rot(file: Path) -> None:
    """One bit is another, and nothing else tells."""
    file.chmod(0o644)
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def test_an_archive_that_rotted_before_its_drill_is_made_again_once_it_is_moved_aside(town: Town):
    town.serve()
    town.announce()
    town.command(TOM, "archive RET-1")
    rotten = bag(town)
    rot(next((rotten / "data").glob("**/weights.json")))
    town.everybody_moves()
    town.pass_time(days=60)
    assert "The archive did not hold when it was read back for *drill*" in town.thread()
    assert "weights.json" in words(town.card())
    assert town.retirement().state is State.MIGRATING
    assert town.endpoints.describe("churn-v1-prod") == "serving"
    assert "the artifacts are not archived" in words(town.card())

    shutil.move(rotten, town.folder / "aside")
    assert "archive of RET-1 has started" in town.command(TOM, "archive RET-1")
    town.pass_time(days=5)
    assert town.retirement().state is State.DISABLED


class ReadingSlowly(LocalDirectory):
    """Reading back takes long: `meanwhile` happens after the last byte and before anybody hears of it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.meanwhile = lambda: None

    def drill(self, *args: Any, **more: Any) -> Drilled:
        drilled = super().drill(*args, **more)
        self.meanwhile()
        return drilled


def test_what_people_say_while_the_archive_is_read_back_still_counts(tmp_path: Path):
    archive = ReadingSlowly(tmp_path / "archive")
    with Town(tmp_path, archive=archive, serves=True) as town:
        town.announce()
        town.everybody_moves()
        town.pass_time(days=40)
        pause = Pause(by=TOM, why=Prose(prose="the till breaks"))
        archive.meanwhile = lambda: town.bot.engine.execute("pause", "RET-1", pause)
        town.pass_time(days=10)
        assert town.retirement().paused_at is not None
        assert town.endpoints.describe("churn-v1-prod") == "serving"
        assert "it is paused since" in words(town.card())


def a_teapot_on_its_way(town: Town) -> Path:
    artifact = town.folder / "teapot.bin"
    artifact.write_bytes(b"short and stout")
    a_teapot(town, artifact)
    town.announce("teapot", **{"proposal.successor": None, "proposal.reason": "cost"})
    town.everybody_moves()
    town.command(TOM, "waive RET-1 traffic nobody pours")
    return artifact


def test_people_are_asked_to_switch_off_only_once_the_archive_was_read_back(town: Town):
    a_teapot_on_its_way(town)
    town.pass_time(days=40)
    assert progress(town, StepKind.DRILL) is Progress.DONE
    rot(bag(town) / "data" / "teapot.bin")
    town.pass_time(days=10)
    assert "did not hold when it was read back for *disable*" in town.thread()
    assert not [key for key in town.keys(GOVERNANCE) if "/manual/disable/" in key]


def test_an_archive_that_is_gone_at_the_end_of_the_dark_window_is_made_again_before_it_closes(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=50)
    assert town.retirement().state is State.DISABLED
    shelf = bag(town)
    shutil.move(shelf, town.folder / "elsewhere")
    town.pass_time(days=40)
    assert "did not hold when it was read back for *close*" in town.thread()
    assert town.retirement().state is State.ARCHIVED
    assert bag(town) == shelf


def test_an_archive_lost_after_its_drill_is_made_again_before_anything_is_switched_off(town: Town):
    """Held, it would wait for ever: the copy is done, so nobody could have it made again."""
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=40)
    assert progress(town, StepKind.DRILL) is Progress.DONE
    shelf = bag(town)
    shutil.rmtree(shelf)
    town.pass_time(days=8, hours=2)
    assert f"The archive {shelf} is missing" in town.thread()
    assert town.retirement().state is State.MIGRATING
    assert town.endpoints.describe("churn-v1-prod") == "serving"
    town.pass_time(days=2)
    assert town.thread().count("Restore drill passed") == 2
    assert town.retirement().state is State.DISABLED


def test_weights_written_after_an_early_archive_are_archived_too_before_its_drill_passes(town: Town):
    artifact = a_teapot_on_its_way(town)
    town.command(TOM, "archive RET-1")
    early = bag(town)
    artifact.write_bytes(b"handle and spout")
    town.pass_time(days=40)
    told = (
        "read back for *drill*: teapot.bin has 16 bytes now and had 15. If that goes on, let the catalog name"
    )
    assert told in town.thread()
    assert f"What was archived before stays in {early}. It is made and proven again first." in town.thread()
    assert progress(town, StepKind.DRILL) is Progress.DONE
    assert town.thread().count("Restore drill passed") == 1
    assert (bag(town) / "data" / "teapot.bin").read_bytes() == b"handle and spout"
    assert (early / "data" / "teapot.bin").read_bytes() == b"short and stout"


def test_weights_written_after_the_drill_are_archived_and_proven_before_anything_is_switched_off(town: Town):
    artifact = a_teapot_on_its_way(town)
    town.pass_time(days=40)
    assert progress(town, StepKind.DRILL) is Progress.DONE
    artifact.write_bytes(b"tip me over")
    town.pass_time(days=8, hours=2)
    assert "read back for *disable*: teapot.bin has 11 bytes now and had 15" in town.thread()
    assert not [key for key in town.keys(GOVERNANCE) if "/manual/disable/" in key]
    town.pass_time(days=2)
    assert town.thread().count("Restore drill passed") == 2
    assert (bag(town) / "data" / "teapot.bin").read_bytes() == b"tip me over"
    assert [key for key in town.keys(GOVERNANCE) if "/manual/disable/" in key]


def test_what_lies_at_the_sources_once_all_is_dark_never_takes_the_place_of_what_was_proven(town: Town):
    artifact = a_teapot_on_its_way(town)
    town.pass_time(days=48, hours=2)
    report(town, ADA, "ticket LW-12")
    town.press(TOM, asked(town, "disable"), "manual.check")
    assert town.retirement().state is State.DISABLED
    proven = bag(town)
    proven.rename(town.folder / "aside")
    artifact.write_bytes(b"another model")
    town.pass_time(days=45)
    assert town.retirement().state is State.DISABLED
    assert "is not what was proven before the switch-off" in town.thread()
    (town.folder / "aside").rename(proven)
    artifact.write_bytes(b"short and stout")
    town.pass_time(days=5)
    assert town.retirement().state is State.ARCHIVED
    assert bag(town) == proven


def test_weights_that_are_gone_hold_nothing_nor_do_others_in_their_place_once_all_is_dark(town: Town):
    artifact = a_teapot_on_its_way(town)
    town.pass_time(days=40)
    artifact.unlink()
    town.pass_time(days=10)
    report(town, ADA, "ticket LW-12")
    town.press(TOM, asked(town, "disable"), "manual.check")
    assert town.retirement().state is State.DISABLED
    artifact.write_bytes(b"a kettle")
    town.pass_time(days=40)
    assert town.retirement().state is State.ARCHIVED
    assert "did not hold" not in town.thread()


def test_an_archive_that_cannot_be_reached_holds_the_disable_until_it_can(town: Town):
    town.serve()
    town.announce()
    town.everybody_moves()
    town.pass_time(days=40)
    shutil.move(town.folder / "archive", town.folder / "unmounted")
    town.pass_time(days=10)
    assert progress(town, StepKind.DISABLE) is Progress.HELD
    assert town.endpoints.describe("churn-v1-prod") == "serving"
    assert "Mount it or correct EMERITUS_ARCHIVE; it is tried again" in words(town.card())
    shutil.move(town.folder / "unmounted", town.folder / "archive")
    assert "disable of RET-1 has started" in town.command(TOM, "disable RET-1")
    assert town.retirement().state is State.DISABLED
    assert town.thread().count("Restore drill passed") == 1


def test_a_model_without_artifacts_says_how_to_name_them(town: Town):
    town.learns(
        a_document("Resource", "rumour", "type: ai-model, owner: growth-ml", tier="3"),
    )
    town.announce("rumour", **{"proposal.successor": None, "proposal.reason": "cost"})
    told = town.command(TOM, "archive RET-1")
    assert "the catalog lists no artifacts of rumour" in told
    assert "emeritus.dev/artifacts" in told


def test_archiving_is_for_the_coordinator_and_the_endpoints_owners(town: Town):
    town.announce()
    told = town.command(MINA, "archive RET-1")
    assert "this is for the coordinator or the endpoint's owners" in told
    assert progress(town, StepKind.ARCHIVE) is Progress.PENDING


def test_a_commit_that_cannot_be_had_is_told_once_and_the_archive_stays_current(town: Town):
    artifact, commit = town.folder / "teapot.bin", f"git+file:///nowhere/teapot@{'3f2c' * 10}"
    artifact.write_bytes(b"short and stout")
    a_teapot(town, f"{artifact}, {commit}")
    town.announce("teapot", **{"proposal.successor": None, "proposal.reason": "cost"})
    town.command(TOM, "archive RET-1")
    kept = f"Its repository could not be had, so only which commit it was is kept of {commit}"
    assert kept in town.thread()
    assert (bag(town) / "data" / f"teapot@{'3f2c' * 10}" / "commit.json").is_file()
    town.pass_time(days=31)
    assert progress(town, StepKind.DRILL) is Progress.DONE
    assert town.thread().count(kept) == 1


def test_what_the_policy_wants_and_nobody_names_is_told_and_waived_by_name(tmp_path: Path):
    wants = POLICY + '\n[archive]\nclasses = ["weights", "code"]\ndescribed = ["data"]\n'
    with Town(tmp_path, policy=wants, serves=False) as town:
        town.announce()
        lacks = "the catalog names no code of churn-v1, and the policy wants that archived"
        assert lacks in town.thread(), "whoever votes has read it"
        town.pass_time(days=30)
        assert progress(town, StepKind.ARCHIVE) is Progress.HELD
        assert "Missing in the archive" in town.command(TOM, "show RET-1")
        assert "/retire waive RET-1 archive:code REASON" in words(town.card())
        assert "You waived archive:code" in town.command(TOM, "waive RET-1 archive:code it was never kept")
        assert "takes responsibility for an archive without code" in town.thread()
        town.pass_time(days=2)
        assert progress(town, StepKind.DRILL) is Progress.DONE
        names = {path.name for path in (bag(town) / "data").iterdir()}
        assert names == {"weights.json", "model-card.md", "metrics.json", "preprocessing.py", "references"}
