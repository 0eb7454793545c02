"""Archives are checked for as long as they are kept, and people hear of one that does not hold."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.doctor.fixity import examine_rounds
from data.records.archived import Lock
from data.records.fixity import FixityPlan
from data.records.progress import Progress, StepKind
from data.records.retirement import State
from tests.contract.archives import InBucket
from tests.scenarios.town import GOVERNANCE, TOM, Town, words
from workflows.fixity import go_rounds, rounds_of

PLAN = FixityPlan(store="sha256:aa", gib_per_day=1, every_days=1)


def weights(town: Town) -> Path:
    archived = town.retirement().archived
    assert archived is not None
    (found,) = (town.folder / "archive" / archived.location / "data").rglob("weights.json")
    return found


def told(town: Town) -> list[str]:
    """What the governance channel heard of archives, besides the card."""
    said = [words(one) for one in town.slack.messages(GOVERNANCE)]
    return [one for one in said if "The archive of RET-1" in one or "The bucket of the archives" in one]


def rotted(file: Path) -> bytes:
    whole = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    return whole


def test_an_archive_is_read_over_the_years_and_one_that_rots_is_told_until_it_is_mended(
    tmp_path: Path,
) -> None:
    unrefused: list[str] = []
    with Town(tmp_path, unrefused=lambda _: tuple(unrefused)) as town:
        go_rounds(town.bot.engine, PLAN)
        town.announce()
        town.everybody_moves()
        town.pass_time(days=44)
        assert town.retirement().progress(StepKind.DRILL).progress is Progress.DONE
        aside = rotted(weights(town))
        town.pass_time(days=3)
        assert "The archive did not hold when it was read back for *drill*: sha256 of data/" in town.thread()
        assert town.retirement().state is State.MIGRATING
        assert "The archive of RET-1 does not hold" in told(town)[0]
        bag = weights(town) if town.retirement().archived else next(tmp_path.rglob("data/weights.json"))
        bag.write_bytes(aside)
        town.pass_time(days=60)
        assert town.retirement().state is State.ARCHIVED
        assert "as it should be again" in told(town)[1]
        rotted(weights(town))
        unrefused.append("delete it: it was done. Archive elsewhere")
        town.pass_time(days=3)
        assert town.thread().count("*The archive is damaged*: sha256 of data/") == 1
        assert "Its retirement is over, so it is not archived again" in told(town)[2]
        shown = town.command(TOM, "show RET-1")
        assert "*The archive is damaged*, found" in shown
        assert "every file was read and compared since" not in shown
        assert "archive of RET-1 is done. It is damaged: /retire show" in town.command(TOM, "archive RET-1")
        *_, bad = examine_rounds(town.bot.store, town.now())
        assert (bad.what, bad.ok) == ("fixity of RET-1", False)
        weights(town).write_bytes(aside)
        unrefused.clear()
        town.pass_time(days=2)
        assert "The archive was checked, and holds: " in town.thread()
        heads = (
            "The archive of RET-1 does not hold",
            "The bucket of the archives does not do what its lock promises",
            "The archive of RET-1 is as it should be again",
            "The bucket of the archives refuses again",
        )
        assert [head in one for head, one in zip(heads, told(town)[2:], strict=True)] == [True] * 4
        (well,) = examine_rounds(town.bot.store, town.now())
        assert well.ok
        rounds = rounds_of(town.bot.store.state("fixity"))
        assert (rounds.looked, rounds.bad, rounds.canary) == (1, {}, ())
        assert rounds.whole_since is not None
        assert town.now() - rounds.whole_since < timedelta(days=2)


def test_a_bad_archive_is_put_right_from_its_second_copy_and_the_copy_from_the_archive(
    tmp_path: Path,
) -> None:
    with Town(tmp_path, second=tmp_path / "second") as town:
        go_rounds(town.bot.engine, PLAN)
        town.announce()
        town.everybody_moves()
        town.pass_time(days=44)
        first = weights(town)
        (second,) = (tmp_path / "second").rglob("data/weights.json")
        whole = rotted(first)
        town.pass_time(days=2)
        assert (
            "The archive did not hold, and was put right from the second copy: data/weights.json"
            in town.thread()
        )
        rotted(second)
        town.pass_time(days=2)
        assert (
            "The second copy did not hold, and was put right from the archive: data/weights.json"
            in town.thread()
        )
        assert (first.read_bytes(), second.read_bytes()) == (whole, whole)
        assert len(list(tmp_path.rglob("*.damaged-*"))) == 2
        assert ["was put right" in one for one in told(town)] == [True, True]
        assert town.retirement().archived is not None


def test_two_buckets_mend_each_other_and_the_record_knows_the_versions_since(
    tmp_path: Path, seaweed: tuple[str, Path]
) -> None:
    # Versions, and no lock that would keep them from any damage.
    first, copy = (InBucket(*seaweed, locks=True, lock=Lock.NONE) for _ in range(2))
    with Town(tmp_path, archive=first.store, second=copy.store) as town:
        town.announce()
        town.everybody_moves()
        town.pass_time(days=44)
        go_rounds(town.bot.engine, PLAN)
        archived = town.retirement().archived
        assert archived is not None
        (path,) = (
            f"data/{one.path}" for one in first.store.files(archived) if one.path.endswith("weights.json")
        )
        first.rot(archived, path)
        town.pass_time(days=2)
        assert f"put right from the second copy: {path}" in town.thread()
        copy.rot(archived, path)
        town.pass_time(days=2)
        assert f"The second copy did not hold, and was put right from the archive: {path}" in town.thread()
        mended = town.retirement().archived
        assert mended is not None
        assert mended.version != archived.version
        assert first.store.drill(mended, town.now, lambda: False).files == archived.files


def test_the_proof_before_the_switch_off_mends_first_and_nothing_waits_for_it(tmp_path: Path) -> None:
    with Town(tmp_path, second=tmp_path / "second") as town:
        town.announce()
        town.everybody_moves()
        town.pass_time(days=44)
        rotted(weights(town))
        town.pass_time(days=10)
        assert town.retirement().state is State.DISABLED
        assert "put right from the second copy: data/weights.json" in town.thread()
        assert "did not hold when it was read back" not in town.thread()
