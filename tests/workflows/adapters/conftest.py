"""A model and an archive on disk, a mock AWS on a local port, and a SageMaker that answers by script, or whole."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber

from data.catalog.catalog import Catalog
from data.sqlite.store import SqliteStore
from tests.contract.archives import a_model
from tests.data.catalogs import NoRetirements
from tests.workflows.adapters.sagemaker_service import FakeSageMaker, a_sagemaker, fill
from workflows.adapters.local_directory import LocalDirectory
from workflows.adapters.sagemaker import SageMakerEndpoints

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.client import SageMakerClient


@pytest.fixture(scope="session")
def aws_server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - takes a second, and few ask for it

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(aws_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the server. The settings are the environment's, as in production."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    return aws_server


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port where nobody answers: bound, so that no one else takes it, and never listening."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


@pytest.fixture
def stubbed_sagemaker() -> "SageMakerClient":
    return boto3.client(
        "sagemaker", region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test"
    )


@pytest.fixture
def stub(stubbed_sagemaker: "SageMakerClient") -> Iterator[Stubber]:
    with Stubber(stubbed_sagemaker) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def endpoints(stubbed_sagemaker: "SageMakerClient") -> SageMakerEndpoints:
    return SageMakerEndpoints(stubbed_sagemaker)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return a_model(tmp_path / "model")


@pytest.fixture
def archive(tmp_path: Path) -> LocalDirectory:
    return LocalDirectory(tmp_path / "archive")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSageMaker]:
    """An account with more of everything than a page holds, found as production finds it: by the environment."""
    with a_sagemaker() as service:
        for name, value in {
            "AWS_ENDPOINT_URL": service.address,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
        fill(service)
        yield service


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    store = SqliteStore(tmp_path / "emeritus.db", NoRetirements())
    catalog = Catalog(store)
    yield catalog
    store.close()
