"""Credentials in sources of every format: none is kept or shown, and what has one is what it is without."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from data.importers.backstage import read_backstage
from data.importers.concealed import SAID, concealed
from data.importers.csv_edges import read_csv
from data.importers.cyclonedx import read_cyclonedx
from data.importers.datahub import read_datahub
from data.importers.dbt import read_dbt
from data.importers.deprecations import read_deprecations
from data.importers.mlflow import read_mlflow
from data.importers.mlflow_server import Access, registry_at
from data.importers.openlineage import read_openlineage
from data.importers.openmetadata import read_openmetadata
from data.importers.report import Note, Reading
from data.importers.sagemaker import read_sagemaker
from tests.data.importers import sagemaker_account as aws
from tests.data.importers.mlflow_registry import a_registry
from tests.data.importers.registries import an_entry
from tests.data.importers.test_cyclonedx import a_bom, a_model
from tests.data.importers.test_datahub import GROUP, told
from tests.data.importers.test_dbt import a_manifest, a_resource
from tests.data.importers.test_openlineage import an_event
from tests.data.importers.test_openmetadata import a_model as a_model_of_om
from tests.data.importers.test_openmetadata import an_edge, ref

WHO, KEY = "ada:s3cr3t@", "?access_token=s3cr3t"
BASE = f"postgres://{WHO}db.example.com/shop{KEY}"
HUB = f"urn:li:dataset:(urn:li:dataPlatform:hive,{BASE},PROD)"
ENTITY = f"""apiVersion: backstage.io/v1alpha1
kind: Resource
metadata:
  name: churn
  title: churn of {BASE}
  annotations: {{emeritus.dev/aliases: "{BASE}"}}
spec: {{type: ai-model, owner: "{BASE}"}}
"""
EDGE = an_edge(f"table {BASE}", "mlmodel mlflow_svc.eta")
EXPOSURE = a_resource("exposure.shop.dash", "model.shop.orders", owner={"name": BASE}, type="dashboard")
FILES: dict[str, tuple[Callable[..., Reading], str, str]] = {
    "csv": (read_csv, "a.csv", f"from,to,from_owner\nshop,{BASE},{BASE}\n"),
    "backstage": (read_backstage, "a.yaml", ENTITY),
    "mlflow": (
        read_mlflow,
        "a.json",
        json.dumps(
            {
                "registered_models": [{"name": "Churn"}],
                "model_versions": [{"name": "Churn", "version": 1, "source": BASE}],
            }
        ),
    ),
    "sagemaker": (
        read_sagemaker,
        "a.json",
        "\n".join(map(json.dumps, (aws.a_group("Churn"), aws.a_package("Churn", 1, url=BASE)))),
    ),
    "dbt": (
        read_dbt,
        "manifest.json",
        json.dumps(a_manifest(a_resource("model.shop.orders", relation_name=BASE), EXPOSURE)),
    ),
    "openlineage": (
        read_openlineage,
        "a.json",
        json.dumps(
            an_event("2026-03-02", "airflow/score", f"postgres://{WHO}db.example.com/orders", "s3://b/x")
        ),
    ),
    "datahub": (
        read_datahub,
        "a.json",
        json.dumps(told(GROUP, "mlModelGroupProperties", {"description": BASE, "trainingData": [HUB]})),
    ),
    "openmetadata": (
        read_openmetadata,
        "a.json",
        json.dumps([a_model_of_om(server=BASE, displayName=BASE), ref("table", BASE, "x"), EDGE]),
    ),
    "cyclonedx": (
        read_cyclonedx,
        "a.json",
        json.dumps(
            a_bom(
                a_model(
                    purl="pkg:generic/x@1?vcs_url=git%2Bhttps:%2F%2Fada:s3cr3t%40h/x", **{"bom-ref": BASE}
                )
            )
        ),
    ),
    "deprecations": (
        read_deprecations,
        "a.yaml",
        an_entry().replace("https://", f"https://{WHO}"),
    ),
}


def clean(text: str) -> str:
    return text.replace(WHO, "").replace(KEY, "").replace("ada:s3cr3t%40", "")


@pytest.mark.parametrize("name", FILES)
def test_a_source_is_read_as_if_no_credential_stood_in_it_and_the_report_says_so_once(
    tmp_path: Path, name: str
):
    reader, file_name, text = FILES[name]
    file = tmp_path / file_name
    file.write_text(text)
    found = reader([file])
    file.write_text(clean(text))
    plain = reader([file])
    said, *notes = found.notes
    assert (said.where, said.note) == (str(file), SAID)
    assert found == msgspec.structs.replace(
        plain, notes=(said, *plain.notes), source_digest=found.source_digest
    )
    assert b"s3cr3t" not in msgspec.json.encode((found, notes))


def test_of_what_answers_live_no_credential_is_kept_either():
    live = aws.an_account(aws.a_group("Churn"), aws.a_package("Churn", 1, url=BASE))
    with a_registry() as registry:
        registry.tells("registered_models", {"name": "Churn", "tags": [{"key": "owner", "value": BASE}]})
        registry.tells("model_versions", {"name": "Churn", "version": "1", "source": BASE})
        readings = (read_sagemaker([live]), read_mlflow([registry_at(registry.address, Access())]))
        assert [one.notes[0] for one in readings] == [
            Note(where="eu-west-1", what="2 credentials", note=SAID),
            Note(where=registry.address, what="4 credentials", note=SAID),
        ]
    assert b"s3cr3t" not in msgspec.json.encode(readings)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("postgres://ada:p@ss@db/x", "postgres://db/x"),
        ("postgres://food_delivery:food_delivery@postgres:5432", "postgres://postgres:5432"),  # of Marquez
        (r"https://h/x?a\u003d1\u0026token\u003dz", r"https://h/x?a\u003d1"),
        (r"git+https:\/\/s3cr3t@db", r"git+https:\/\/db"),
        ("redis://:s3cr3t@db", "redis://db"),
        ("//ada:s3cr3t@db/x", "//db/x"),
        ("https://ghp_0123456789abcdefghij@github.com/a/b", "https://github.com/a/b"),
        (r"https:\/\/ada:s3cr3t@db\/x", r"https:\/\/db\/x"),
        (r"https://ada:a\u0026b\u0040db/x?a=1\u0026token=z", "https://db/x?a=1"),
        (
            "pkg:generic/x@1?download_url=https:%2F%2Fada:s3cr3t%40db%2Fx",
            "pkg:generic/x@1?download_url=https:%2F%2Fdb%2Fx",
        ),
        ("https://h/x?a=1&api_key=s3cr3t&b=2#c", "https://h/x?a=1&b=2#c"),
        ("s3://b/x?X-Amz-Date=2&versionId=3&X-Amz-Signature=1", "s3://b/x?versionId=3"),
        ("https://h/x?sv=1&se=2&sig=3, next", "https://h/x, next"),
        ("{a: https://h/x?token=1}", "{a: https://h/x}"),
        ("jdbc:sqlserver://h;user=u;password=p;x=1", "jdbc:sqlserver://h;user=u;x=1"),
        ("AccountName=a;AccountKey=bcd==;x", "AccountName=a;x"),
        ("churn-xoxb-1234567890", "churn-..."),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP", "Bearer ..."),
    ],
    ids=str,
)
def test_a_credential_is_cut_out_however_it_is_written(text: str, plain: str):
    assert concealed(text)[0] == plain


@pytest.mark.parametrize(
    "text",
    [
        "abfss://container@account.dfs.core.windows.net/models",
        "docker://registry:1.2@sha256:abcdef",
        "https://h:80/@scope/x",
        "https://h:80,bob@example.com",
        "http://[::1]:80/a@b",
        "models:/churn@champion",
        "git@github.com:a/b",
        "ssh://git@github.com/a/b",
        "pkg:npm/%40scope/x@1",
        "s3://b/partition_key=a/x?versionId=3&prefix=token",
        "https://h/get?key=models/churn",
        "hf_sentence_transformers_all_mini_lm",
        "sk-learn-random-forest-classifier-2024",
        "dapi-of-payments",
        '"token": "x", "a": "b@c"',
        "churn; key of it",
    ],
)
def test_what_only_looks_like_one_stays(text: str):
    assert concealed(text) == (text, 0)


@pytest.mark.parametrize(
    "text",
    ["//", "//a:", "?a=1", "?a=1&", "; a", "%2f%2f", r"//\u0041", "eyJ", "//a:b@", "?a", "/\\/a:b@@"],
)
def test_a_file_made_to_keep_the_search_busy_is_read_once_through(text: str):
    """In squares of its length this would not end in a minute."""
    assert len(concealed(text * 80_000)[0]) <= len(text) * 80_000
