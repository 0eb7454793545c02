"""A live MLflow registry says what is deprecated, and not any more what is not; what is not ours there stays."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date

import pytest
from msgspec.structs import replace

from data.errors import Refused, Unavailable
from data.importers.mlflow_server import Access
from data.records.deprecation import Lifecycle
from tests.workflows.adapters.deprecations import a_deprecation, a_listing, becoming
from tests.workflows.adapters.mlflow_fake import FakeMlflow, Model, an_mlflow
from workflows.adapters.mlflow_registry import MlflowRegistry

CHURN = a_deprecation(a_listing("Churn"))
LIFTED = becoming(CHURN, Lifecycle.IN_SERVICE)
SAID = {
    "emeritus.dev/retirement": "RET-1",
    "emeritus.dev/lifecycle": "deprecated",
    "emeritus.dev/last-day": "2027-02-17",
    "emeritus.dev/successor": "churn-v2",
    "emeritus.dev/alias": "10",
}


@pytest.fixture
def mlflow() -> Iterator[FakeMlflow]:
    with an_mlflow(Churn=Model(tags={"owner": "growth"}), Churn_v2=Model(versions=[])) as fake:
        yield fake


def registry(mlflow: FakeMlflow, token: str = "") -> MlflowRegistry:
    return MlflowRegistry(mlflow.address, Access(token=token))


def test_tags_and_an_alias_on_the_newest_version_say_that_it_is_deprecated(mlflow: FakeMlflow) -> None:
    assert registry(mlflow).write(CHURN) == (f"{mlflow.address}/#/models/Churn",)
    assert mlflow.models["Churn"].tags == {"owner": "growth", **SAID}
    assert mlflow.models["Churn"].aliases == {"deprecated": "10"}
    assert mlflow.models["Churn_v2"] == Model(versions=[])


def test_writing_it_twice_writes_nothing_the_second_time(mlflow: FakeMlflow) -> None:
    registry(mlflow).write(CHURN)
    before = len(mlflow.written)
    assert registry(mlflow).write(CHURN) == (f"{mlflow.address}/#/models/Churn",)
    assert len(mlflow.written) == before
    assert registry(mlflow).differs(CHURN) == ()


def test_a_moved_date_and_a_plan_without_a_successor_take_the_place_of_what_was(mlflow: FakeMlflow) -> None:
    registry(mlflow).write(CHURN)
    moved = replace(CHURN, last_day=date(2027, 3, 1), successor="")
    registry(mlflow).write(moved)
    kept = {key: value for key, value in SAID.items() if key != "emeritus.dev/successor"}
    assert mlflow.models["Churn"].tags == {"owner": "growth", **kept, "emeritus.dev/last-day": "2027-03-01"}


def test_what_is_called_off_leaves_the_model_as_it_was(mlflow: FakeMlflow) -> None:
    registry(mlflow).write(CHURN)
    assert registry(mlflow).differs(LIFTED) == ("Churn is still marked by RET-1",)
    assert registry(mlflow).write(LIFTED) == (f"{mlflow.address}/#/models/Churn",)
    assert mlflow.models["Churn"] == Model(tags={"owner": "growth"})
    assert registry(mlflow).differs(LIFTED) == ()
    assert registry(mlflow).write(LIFTED) == ()


def test_what_is_archived_is_retired(mlflow: FakeMlflow) -> None:
    registry(mlflow).write(CHURN)
    registry(mlflow).write(becoming(CHURN, Lifecycle.RETIRED))
    assert mlflow.models["Churn"].tags["emeritus.dev/lifecycle"] == "retired"


def test_the_marks_of_a_later_retirement_are_not_lifted_with_those_of_an_earlier_one(
    mlflow: FakeMlflow,
) -> None:
    registry(mlflow).write(replace(CHURN, retirement_id="RET-10"))
    assert registry(mlflow).write(LIFTED) == ()
    assert mlflow.models["Churn"].tags["emeritus.dev/retirement"] == "RET-10"


def test_what_is_only_kept_is_written_anew_where_it_stands_and_nowhere_else(mlflow: FakeMlflow) -> None:
    kept = replace(CHURN, last_day=date(2027, 3, 1), listings=(replace(CHURN.listings[0], is_kept=True),))
    assert (registry(mlflow).write(kept), registry(mlflow).differs(kept), mlflow.written) == ((), (), [])
    registry(mlflow).write(CHURN)
    assert registry(mlflow).write(kept) == (f"{mlflow.address}/#/models/Churn",)
    assert mlflow.models["Churn"].tags["emeritus.dev/last-day"] == "2027-03-01"


def test_an_alias_that_people_have_set_stays_theirs(mlflow: FakeMlflow) -> None:
    mlflow.models["Churn"].aliases = {"deprecated": "1"}
    registry(mlflow).write(CHURN)
    assert mlflow.models["Churn"].aliases == {"deprecated": "1"}
    registry(mlflow).write(LIFTED)
    assert mlflow.models["Churn"] == Model(tags={"owner": "growth"}, aliases={"deprecated": "1"})


def test_the_alias_moves_to_a_version_that_came_since_and_a_model_without_any_has_none(
    mlflow: FakeMlflow,
) -> None:
    registry(mlflow).write(CHURN)
    mlflow.models["Churn"].versions = ["9", "10", "11"]
    registry(mlflow).write(CHURN)
    assert mlflow.models["Churn"].aliases == {"deprecated": "11"}
    registry(mlflow).write(a_deprecation(a_listing("Churn_v2")))
    assert mlflow.models["Churn_v2"].aliases == {}


@pytest.mark.parametrize("writes", range(6))
def test_what_broke_off_in_between_is_finished_by_the_next_try_or_lifted_whole(
    mlflow: FakeMlflow, writes: int
) -> None:
    mlflow.breaks_after = writes
    with pytest.raises(Unavailable):
        registry(mlflow).write(CHURN)
    mlflow.breaks_after = None
    half = Model(tags=dict(mlflow.models["Churn"].tags), aliases=dict(mlflow.models["Churn"].aliases))
    registry(mlflow).write(CHURN)
    assert mlflow.models["Churn"].tags == {"owner": "growth", **SAID}
    mlflow.models["Churn"] = half
    registry(mlflow).write(LIFTED)
    assert mlflow.models["Churn"] == Model(tags={"owner": "growth"})


@pytest.mark.parametrize("breaks_after", [*range(8), None])
def test_tags_of_others_that_are_called_as_ours_are_given_back_when_it_is_called_off_whatever_broke(
    mlflow: FakeMlflow, breaks_after: int | None
) -> None:
    theirs = {"owner": "growth", "emeritus.dev/lifecycle": "mine", "emeritus.dev/note": "theirs"}
    mlflow.models["Churn"].tags = dict(theirs)
    if breaks_after is not None:
        mlflow.breaks_after = breaks_after
        with contextlib.suppress(Unavailable):
            registry(mlflow).write(CHURN)
        mlflow.breaks_after = None
    if breaks_after is None or breaks_after % 2:
        registry(mlflow).write(CHURN)
        assert mlflow.models["Churn"].tags.items() >= {**SAID, "emeritus.dev/note": "theirs"}.items()
        assert registry(mlflow).differs(CHURN) == ()
    registry(mlflow).write(LIFTED)
    assert mlflow.models["Churn"] == Model(tags=theirs)


@pytest.mark.parametrize("breaks_after", range(7))
def test_giving_tags_back_is_finished_by_the_next_try(mlflow: FakeMlflow, breaks_after: int) -> None:
    theirs = {"emeritus.dev/lifecycle": "mine", "emeritus.dev/retirement": "no"}
    mlflow.models["Churn"].tags = dict(theirs)
    registry(mlflow).write(CHURN)
    mlflow.breaks_after = len(mlflow.written) + breaks_after
    with contextlib.suppress(Unavailable):
        registry(mlflow).write(LIFTED)
    mlflow.breaks_after = None
    registry(mlflow).write(LIFTED)
    assert mlflow.models["Churn"] == Model(tags=theirs)


def test_what_somebody_changed_there_since_is_told(mlflow: FakeMlflow) -> None:
    registry(mlflow).write(CHURN)
    tags = mlflow.models["Churn"].tags
    del tags["emeritus.dev/successor"]
    tags["emeritus.dev/last-day"] = "never"
    mlflow.models["Churn"].aliases = {}
    assert registry(mlflow).differs(CHURN) == (
        "Churn has tag emeritus.dev/last-day = never instead of 2027-02-17",
        "Churn has tag emeritus.dev/successor = nothing instead of churn-v2",
        "Churn has no alias deprecated on version 10",
    )


def test_who_we_are_is_told_and_who_may_not_is_told_what_to_set(mlflow: FakeMlflow) -> None:
    mlflow.token = "s3cr3t"
    registry(mlflow, token="s3cr3t").write(CHURN)
    with pytest.raises(Refused) as refused:
        registry(mlflow, token="0ther").write(CHURN)
    assert str(refused.value) == (
        f"Cannot mark Churn in MLflow: {mlflow.address} answers 401 to who we are. "
        "Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, "
        "to somebody who may edit models"
    )


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        ((503, {}, b""), Unavailable, "{at} answers 503. It is tried again"),
        ((429, {}, b""), Unavailable, "{at} answers 429. It is tried again"),
        (
            (302, {"Location": "http://login.example.com/?next=1"}, b""),
            Refused,
            (
                "{at}: it leads to login.example.com, which was not asked. "
                "Correct EMERITUS_MLFLOW, or what it does not take"
            ),
        ),
        (
            (400, {}, b'{"error_code": "INVALID_PARAMETER_VALUE", "message": "no such tag"}'),
            Refused,
            "{at}: it answers 400: no such tag. Correct EMERITUS_MLFLOW, or what it does not take",
        ),
        (
            (404, {}, b"<html>"),
            Refused,
            "{at}: it answers 404. Correct EMERITUS_MLFLOW, or what it does not take",
        ),
        (
            (200, {}, b"<html>"),
            Refused,
            "{at}: it answers no JSON. Correct EMERITUS_MLFLOW, or what it does not take",
        ),
        (
            (200, {}, b"{}"),
            Refused,
            "{at}: it answers another model. Correct EMERITUS_MLFLOW, or what it does not take",
        ),
    ],
    ids=["away", "busy", "elsewhere", "refused", "no registry", "no JSON", "no model"],
)
def test_what_it_answers_instead_is_asked_again_or_needs_a_person(
    mlflow: FakeMlflow, answer: tuple[int, dict[str, str], bytes], error: type[Exception], said: str
) -> None:
    mlflow.fails = [answer]
    with pytest.raises(error) as raised:
        registry(mlflow).write(CHURN)
    assert str(raised.value) == f"Cannot mark Churn in MLflow: {said.format(at=mlflow.address)}"
    assert mlflow.written == []


def test_a_registry_that_is_away_is_asked_again(unused_port: int) -> None:
    away = MlflowRegistry(f"http://127.0.0.1:{unused_port}", Access())
    with pytest.raises(
        Unavailable, match=r"Cannot mark Churn in MLflow: .* Connection refused\. It is tried"
    ):
        away.write(CHURN)


def test_a_model_that_is_not_there_is_told_and_needs_no_lifting(mlflow: FakeMlflow) -> None:
    gone = a_deprecation(a_listing("Chrun"))
    with pytest.raises(Refused) as refused:
        registry(mlflow).write(gone)
    assert str(refused.value) == (
        f"Cannot mark Chrun in MLflow: {mlflow.address} has no registered model of this name. "
        "Correct its name or alias in the catalog, then import it again"
    )
    assert registry(mlflow).differs(gone) == ("there is no registered model Chrun",)
    assert registry(mlflow).write(becoming(gone, Lifecycle.IN_SERVICE)) == ()


def test_a_model_of_another_registry_is_not_marked_here(mlflow: FakeMlflow) -> None:
    other = a_deprecation(a_listing("Churn", source="https://mlflow.example.com"))
    with pytest.raises(Refused) as refused:
        registry(mlflow).write(other)
    assert str(refused.value) == (
        "Cannot mark Churn in MLflow: it was imported from https://mlflow.example.com, "
        f"and EMERITUS_MLFLOW is {mlflow.address}. "
        "Let EMERITUS_MLFLOW name that registry, then start Emeritus again"
    )
    assert mlflow.written == []
