"""What people read of an archive that will lack something."""

from __future__ import annotations

import pytest

from data.records.artifacts import ArtifactClass, Classed, Reference
from tests.builders import a_policy, a_subject
from workflows.rules.gating import completeness

BOARD = Reference(of=ArtifactClass.DASHBOARD, what="dashboard", where="https://g/auc", name="AUC by week")
LINK = Reference(of=ArtifactClass.DASHBOARD, what="link", where="https://g/d")
EXPORT = Classed(uri="/exports/auc.pdf", of=ArtifactClass.DASHBOARD)


@pytest.mark.parametrize(
    ("references", "artifacts", "described", "found"),
    [
        pytest.param((), (), (), (), id="no dashboard"),
        pytest.param((BOARD, LINK, BOARD), (), (), ("AUC by week", "https://g/d"), id="each is named once"),
        pytest.param((BOARD, LINK), (EXPORT.uri,), (), (), id="exported"),
        pytest.param((BOARD,), (), (ArtifactClass.DASHBOARD,), (), id="the policy copies none"),
    ],
)
def test_a_dashboard_of_which_nothing_was_exported_is_found(references, artifacts, described, found):
    subject = a_subject(references=references, artifacts=artifacts, classes=(EXPORT,))
    assert completeness.unexported(subject, a_policy(archive_described=described)) == found


def test_people_read_it_before_they_vote_and_it_holds_no_step():
    subject = a_subject(references=(BOARD,))
    (said,) = completeness.note(subject, a_policy())
    assert said == (
        "the catalog names no exported snapshot of the dashboard AUC by week of churn: its archive will only say where "
        "that was, until emeritus.dev/artifacts names one, dashboard=PATH"
    )
    assert completeness.missing(subject, a_policy()) == ()
