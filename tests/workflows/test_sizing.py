"""How much there is at the sources of a plan, without a byte of it read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from data.archive.results import PayloadFile
from data.errors import Unavailable
from data.policies.policy import read_prices
from data.records.artifacts import ArtifactClass, Classed, Reference
from data.records.retirement import Retirement, State
from tests.builders import a_plan, a_policy, a_subject
from workflows.adapters.artifact_sources import ArtifactSources
from workflows.rules.keeping.costs import Estimate, Sized
from workflows.sizing import Estimates, Sources, sizes

GIT = f"git+https://git.example.com/churn@{'a' * 40}"


class NoCloud:
    """A cloud that does not answer; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self._local = ArtifactSources()

    def files(self, uri: str) -> Sequence[PayloadFile]:
        if uri.startswith("s3:"):
            self.asked += 1
            raise Unavailable("no answer")
        return self._local.files(uri)


def planned(*artifacts: str, **changes: object) -> Retirement:
    subject = a_subject(artifacts=artifacts, **changes)
    return Retirement(id="RET-1", plan=a_plan(subject=subject), policy=a_policy())


def found(state: Retirement, sources: Sources) -> dict[str, Sized]:
    return {one.of: one for one in sizes(state, sources)}


def test_files_are_counted_by_class_and_commits_and_what_is_not_there_are_unknown(tmp_path: Path):
    weights, card = tmp_path / "weights", tmp_path / "card.md"
    weights.mkdir()
    for name in ("a", "b"):
        (weights / name).write_bytes(b"12345")
    card.write_text("card")
    gone = str(tmp_path / "gone")
    classes = (Classed(uri=str(card), of=ArtifactClass.CARD), Classed(uri=GIT, of=ArtifactClass.CODE))
    page = Reference(of=ArtifactClass.DASHBOARD, what="link", where="https://grafana/d")
    state = planned(str(weights), gone, str(card), GIT, classes=classes, references=(page,))
    told = found(state, ArtifactSources())
    assert told["weights"] == Sized(of="weights", files=2, bytes=10, unknown=(gone,))
    assert told["card"] == Sized(of="card", files=1, bytes=4)
    assert told["code"] == Sized(of="code", unknown=(GIT,))
    assert told["dashboard"].files == 1


def test_a_cloud_that_does_not_answer_is_asked_once(tmp_path: Path):
    cloud = NoCloud()
    (tmp_path / "w").write_text("w")
    told = found(planned("s3://a/1", "s3://a/2", str(tmp_path / "w")), cloud)
    assert told == {"weights": Sized(of="weights", files=1, bytes=1, unknown=("s3://a/1", "s3://a/2"))}
    assert cloud.asked == 1


class Asking:
    """A source in which somebody else asks while it is listed."""

    def __init__(self) -> None:
        self.estimates = Estimates(self, read_prices(), in_bucket=True)
        self.meanwhile: Estimate | None = None

    def files(self, uri: str) -> Sequence[PayloadFile]:
        self.meanwhile = self.estimates.of(proposed("/w"))
        return ArtifactSources().files(uri)


def proposed(*artifacts: str) -> Retirement:
    return replace(planned(*artifacts), state=State.PROPOSED)


def test_whoever_asks_while_sources_are_listed_is_not_kept_waiting(tmp_path: Path):
    (tmp_path / "w").write_text("w")
    source = Asking()
    for _ in range(2):
        found = source.estimates.of(proposed(str(tmp_path / "w")))
        assert found is not None
        assert [one.sized for one in found.costs] == [Sized(of="weights", files=1, bytes=1)]
        assert source.meanwhile is not None
        assert [one.sized.unknown for one in source.meanwhile.costs] == [("/w",)]


def test_nothing_is_listed_of_what_will_not_be_archived(tmp_path: Path):
    withdrawn = replace(planned(str(tmp_path)), state=State.WITHDRAWN)
    assert Asking().estimates.of(withdrawn) is None
