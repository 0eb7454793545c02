"""Which format is a file of? Of the one that keeps something of it, and a file of each is of no other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.formats import CALLS
from bot.shared.catalog import SharedSource
from bot.shared.files import SHARED, recognised
from bot.shared.unseen import Unseen
from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.openmetadata import read_openmetadata
from data.importers.report import Count
from data.importers.sources import Source
from data.records.catalog import Entity, Group, Person
from tests.bot.listeners.desk import NOW, Desk

MLMODEL = {"type": "machine-learning-model", "name": "uplift", "bom-ref": "m"}
PROPOSAL = {
    "entityType": "mlModel",
    "entityUrn": "urn:li:mlModel:(urn:li:dataPlatform:mlflow,uplift,PROD)",
    "changeType": "UPSERT",
    "aspectName": "mlModelProperties",
    "aspect": {"json": {"description": "x"}},
}
EXPOSURE = {
    "unique_id": "exposure.a.b",
    "name": "b",
    "type": "ml",
    "owner": {"name": "x"},
    "depends_on": {"nodes": []},
}
SAMPLES: dict[str, Any] = {
    "backstage": {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Resource",
        "metadata": {"name": "uplift"},
        "spec": {"type": "ai-model", "owner": "x"},
    },
    "mlflow": {"registered_models": [{"name": "uplift"}]},
    "sagemaker": {
        "ModelName": "uplift",
        "ModelArn": "arn:aws:sagemaker:eu-west-1:123456789012:model/uplift",
        "PrimaryContainer": {"ModelDataUrl": "s3://models/uplift.tar.gz"},
    },
    "dbt": {
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"},
        "nodes": {},
        "sources": {},
        "exposures": {"exposure.a.b": EXPOSURE},
    },
    "datahub": [PROPOSAL],
    "openlineage": [{"eventTime": "2026-03-01T00:00:00Z", "job": {"namespace": "n", "name": "score"}}],
    "cyclonedx": {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [MLMODEL]},
    "deprecations": {
        "acme/chat-1": {"litellm_provider": "acme", "mode": "chat", "deprecation_date": "2026-10-23"}
    },
    "csv": "from,to\nweekday-mailer,churn-v1\n",
    "measures": "model,measure,value,on\nchurn,drift,0.3,2026-03-01\n",
    "openmetadata": {
        "id": "1",
        "name": "uplift",
        "fullyQualifiedName": "mlflow.uplift",
        "algorithm": "x",
        "service": {"name": "mlflow", "type": "mlmodelService"},
    },
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(tmp_path_factory.mktemp("desk")) as opened:
        yield opened


def written(folder: Path, content: Any, name: str = "given") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_every_format_has_its_sample() -> None:
    assert set(SAMPLES) == {one.name for one in SHARED}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_of_a_format_is_of_that_one_alone(desk: Desk, tmp_path: Path, name: str) -> None:
    path = written(tmp_path, SAMPLES[name])
    format, reading = recognised(path, shared_in(desk.bot.house.catalog), NOW)  # noqa: A001 - the word of the commands
    assert format == name
    assert reading.documents.kept == 1


def shared_in(catalog: Catalog) -> SharedSource:
    return SharedSource(catalog, "slack:C1/given", Unseen(()))


class Counted(Catalog):
    """Remembers for which formats all that is known was gathered."""

    asked: tuple[str, ...] = ()

    def known_outside(self, format: str, sources: Sequence[Source]) -> tuple[Entity | Group | Person, ...]:  # noqa: A002 - as there
        self.asked += (format,)
        return super().known_outside(format, sources)


def test_what_is_known_is_gathered_once_and_for_no_format_that_a_table_is_none_of(
    desk: Desk, tmp_path: Path
) -> None:
    """It takes half a second in a large catalog, and there are eleven formats."""
    catalog = Counted(desk.bot.store)
    recognised(written(tmp_path, SAMPLES["csv"]), shared_in(catalog), NOW)
    assert catalog.asked == ("csv",)


def test_parts_that_another_format_would_find_within_its_documents_leave_no_doubt(
    desk: Desk, tmp_path: Path
) -> None:
    """As DataHub's own sample of machine learning has them: OpenMetadata, too, calls features `mlFeatures`."""
    featured = {**PROPOSAL, "aspect": {"mlFeatures": ["urn:li:mlFeature:(a,b)"], "name": "uplift"}}
    urn = "urn:li:mlModel:(urn:li:dataPlatform:mlflow,{},PROD)"
    others = [{**PROPOSAL, "entityUrn": urn.format(name)} for name in "ab"]
    path = written(tmp_path, [featured, *others])
    assert read_openmetadata([path]).documents == Count(read=3, kept=1, skipped=2)
    format, reading = recognised(path, shared_in(desk.bot.house.catalog), NOW)  # noqa: A001 - the word of the commands
    assert (format, reading.documents.kept) == ("datahub", 3)


@pytest.mark.parametrize(
    "content", ["", "\n\n", "hello", "{}", "[]", "null", "\x00\x01", "[" * 5_000, "a: &a [*a, *a]"]
)
def test_what_is_of_none_says_of_each_why_not_in_a_line(desk: Desk, tmp_path: Path, content: str) -> None:
    with pytest.raises(Invalid) as refused:
        recognised(
            written(tmp_path, content),
            shared_in(desk.bot.house.catalog),
            NOW,
        )
    lines = str(refused.value).split("\n")
    named = [name for line in lines for name in line.partition(":")[0].split(", ")]
    assert sorted(named) == sorted([CALLS, *(one.name for one in SHARED)])
    assert str(tmp_path) not in str(refused.value)


def test_what_is_kept_of_a_table_of_nothing_is_nothing(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"csv: given: names nothing that can be kept; skipped given:2 "):
        recognised(
            written(tmp_path, "from,to\nx,\n"),
            shared_in(desk.bot.house.catalog),
            NOW,
        )


def test_many_problems_are_told_by_the_first_and_how_many_more(desk: Desk, tmp_path: Path) -> None:
    words = "---\n- one\n---\n- two\n---\n- three\n"
    with pytest.raises(Invalid) as refused:
        recognised(written(tmp_path, words), shared_in(desk.bot.house.catalog), NOW)
    assert str(refused.value).split("\n")[0].endswith(" (+2 more)")
