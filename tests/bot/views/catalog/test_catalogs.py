"""What catalogs say is told in words, whatever they call things, and never too long for Slack."""

from __future__ import annotations

import re

from bot.views import limits
from bot.views.catalog import catalogs
from data.records.deprecation import CatalogKind
from tests.bot.views.examples import NASTY, announced
from tests.payloads import check_message
from workflows.listings import Standing

SAID = {
    "catalog": "mlflow",
    "lifecycle": "deprecated",
    "last_day": "2027-02-17",
    "successor": "churn-v2",
    "places": "https://mlflow/#/models/churn",
    "trouble": "",
}


def text(**changes: str) -> str:
    payload = catalogs.told(announced(), {**SAID, **changes})
    check_message(payload)
    return str(payload["text"])


def test_a_registry_that_is_told_says_so_and_a_file_says_who_takes_it() -> None:
    assert text() == (
        ":label: MLflow says that *churn-v1* is *deprecated*; last day of service 2027-02-17, "
        "successor churn-v2\n• https://mlflow/#/models/churn"
    )
    assert text(catalog="datahub", places="/c/RET-1.datahub.json", successor="") == (
        ":label: A change is ready: `datahub ingest mcps FILE` has DataHub say that *churn-v1* is "
        "*deprecated*; last day of service 2027-02-17\n• /c/RET-1.datahub.json"
    )


def test_what_is_lifted_has_no_dates() -> None:
    assert text(lifecycle="in service", last_day="", successor="", catalog="sagemaker", places="arn") == (
        ":label: SageMaker says that *churn-v1* is not deprecated any more\n• arn"
    )


def test_what_cannot_be_told_says_why_and_where_it_stays_listed() -> None:
    assert text(trouble="Cannot mark it: no. Allow it", places="") == (
        ":warning: MLflow could not be told that *churn-v1* is *deprecated*: Cannot mark it: no. Allow it\n"
        "`/retire show RET-1` lists it until it is written."
    )


def test_text_of_catalogs_mentions_nobody_and_is_cut() -> None:
    places = "\n".join(f"{NASTY}{number}" for number in range(200))
    said = text(successor=NASTY, places=places)
    assert "<!channel>" not in said
    assert re.search(r"\n\+[0-9]+ more$", said)
    assert len(said) < limits.UPDATE_TEXT_MAX
    assert "<!channel>" not in text(trouble=NASTY * 20)


def test_how_each_stands_is_a_line_and_those_that_are_not_told_are_one_together() -> None:
    lines = catalogs.standing(
        [
            Standing(CatalogKind.MLFLOW, "deprecated", ("https://mlflow",), is_configured=True),
            Standing(CatalogKind.SAGEMAKER, "", (), is_configured=True),
            Standing(CatalogKind.BACKSTAGE, "", (), is_configured=False),
            Standing(CatalogKind.DATAHUB, "", (), is_configured=False),
        ]
    )
    assert lines == [
        "• MLflow says *deprecated*: https://mlflow",
        "• SageMaker is being told",
        "• Listed in Backstage, DataHub, too, and not told there: set EMERITUS_CHANGES to have that done",
    ]
    assert catalogs.standing([]) == []
