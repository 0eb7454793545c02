"""The file of scheduled imports: what it says, and everything that is wrong with it in one message."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.imports_file import Wanted, read_imports
from data.errors import Invalid
from data.records.imports import Scheduled


def written(folder: Path, text: str) -> Path:
    path = folder / "imports.toml"
    path.write_text(text)
    return path


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(Invalid) as refused:
        read_imports(written(folder, text))
    return [str(problem) for problem in refused.value.problems]


def test_without_a_file_nothing_is_scheduled() -> None:
    assert read_imports(None) == Wanted(scheduled=(), channel="")


def test_paths_start_at_the_file_and_addresses_are_as_they_are_remembered(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        '[registry]\nformat = "mlflow"\nsources = ["https://mlflow.example.com/"]\nevery_hours = 6\n'
        '[catalog]\nformat = "backstage"\nsources = ["entities", "/srv/more"]\nevery_hours = 24\n'
        '[cloud]\nformat = "sagemaker"\nsources = ["EU-west-1", "./us-east-1"]\nevery_hours = 12\n',
    )
    assert read_imports(file).scheduled == (
        Scheduled(
            name="catalog",
            format="backstage",
            sources=(str(tmp_path / "entities"), "/srv/more"),
            every_hours=24,
        ),
        Scheduled(
            name="cloud",
            format="sagemaker",
            sources=("eu-west-1", str(tmp_path / "us-east-1")),
            every_hours=12,
        ),
        Scheduled(name="registry", format="mlflow", sources=("https://mlflow.example.com",), every_hours=6),
    )


def test_a_channel_may_stand_alone_or_beside_the_schedule(tmp_path: Path) -> None:
    assert read_imports(written(tmp_path, 'channel = "C0123ABC"')) == Wanted(channel="C0123ABC")
    both = 'channel = "G0123ABC"\n[edges]\nformat = "csv"\nsources = ["/srv/edges"]\nevery_hours = 1\n'
    found = read_imports(written(tmp_path, both))
    assert (found.channel, [one.name for one in found.scheduled]) == ("G0123ABC", ["edges"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('channel = "#imports"', '"#imports"'),
        ('channel = ""', '""'),
        ("channel = 7", "7"),
        ('[channel]\nformat = "csv"', '{"format": "csv"}'),
        ('channel = "U0123ABC"', '"U0123ABC"'),
    ],
)
def test_what_is_no_id_of_a_channel_is_told(tmp_path: Path, text: str, shown: str) -> None:
    accepted = 'the id of a channel, e.g. "C0123ABC"; its details in Slack end with it'
    assert problems(tmp_path, text) == [f"imports.toml channel = {shown}: {accepted}"]


def test_a_registry_of_hosted_models_is_read_at_its_address_and_takes_no_password_in_it(
    tmp_path: Path,
) -> None:
    text = '[models]\nformat = "deprecations"\nsources = ["{}"]\nevery_hours = 24\n'
    (read,) = read_imports(written(tmp_path, text.format("https://models.example.com/v1/all.json"))).scheduled
    assert read.sources == ("https://models.example.com/v1/all.json",)
    assert problems(tmp_path, text.format("https://ada:secret@models.example.com")) == [
        (
            'imports.toml [models] sources = "https://models.example.com": no user or password in an address; '
            "fetch it yourself and name the file"
        )
    ]


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = """
    loose = 1
    ["Our registry"]
    format = "mflow"
    sources = ["https://mlflow.example.com"]
    every_hours = 0
    every_day = true
    [empty]
    format = "csv"
    sources = []
    every_hours = 1
    [far]
    format = "dbt"
    sources = ["https://dbt.example.com/manifest.json"]
    every_hours = 1
    [near]
    format = "mlflow"
    sources = ["https://ada:hunter2@mlflow.example.com"]
    every_hours = 1
    """
    found = problems(tmp_path, text)
    assert [line.split(":")[0] for line in found] == [
        "imports.toml [Our registry]",
        'imports.toml [Our registry] format = "mflow"',
        "imports.toml [Our registry] every_hours = 0",
        "imports.toml [Our registry] every_day = true",
        "imports.toml [empty] sources = []",
        'imports.toml [far] sources = "https',
        "imports.toml loose = 1",
        'imports.toml [near] sources = "https',
    ]


def test_no_password_or_key_beside_what_is_wrong_is_shown(tmp_path: Path) -> None:
    text = """
    token = "hunter2"
    [far]
    format = "mlflow"
    sources = ["https://ada:hunter2@mlflow.example.com", "https://b.example.com?api_key=hunter2", 7]
    every_hours = 1
    password = "hunter2"
    [near]
    format = "deprecations"
    sources = ["https://models.example.com/all.json?key=hunter2#hunter2"]
    every_hours = 1
    [odd]
    format = "mlflow"
    sources = {url = "https://ada:hunter2@mlflow.example.com", api_key = "hunter2"}
    every_hours = 1
    """
    listed = 'a list of paths or addresses, e.g. ["/srv/catalog"]'
    asked = "an address like https://models.example.com/deprecations.json, without a query"
    shown = '["https://...@mlflow.example.com", "https://b.example.com?...", 7]'
    assert problems(tmp_path, text) == [
        f"imports.toml [far] sources = {shown}: {listed}",
        'imports.toml [far] password = "...": unknown; known here: format, sources, every_hours, exclude',
        f'imports.toml [near] sources = "https://models.example.com/all.json?...": {asked}',
        f'imports.toml [odd] sources = {{"url": "https://...@mlflow.example.com", "api_key": "..."}}: {listed}',
        'imports.toml token = "...": a table, [token]; outside of tables stands channel = "C0123ABC" only',
    ]


def test_an_address_where_a_region_is_named_is_refused_with_what_is_accepted(tmp_path: Path) -> None:
    text = '[cloud]\nformat = "sagemaker"\nsources = ["https://aws.example.com"]\nevery_hours = 1\n'
    assert problems(tmp_path, text) == [
        'imports.toml [cloud] sources = "https://aws.example.com": a path, or a region of AWS, such as eu-west-1'
    ]


@pytest.mark.parametrize(
    ("named", "source", "told"),
    [
        (
            "deprecations",
            "ftp://ada:hunter2@models.example.com/all.json",
            '"ftp://...@models.example.com/all.json": a path, or an address that begins with http:// or https://',
        ),
        (
            "mlflow",
            "s3://bucket/x",
            '"s3://bucket/x": a path, or an address that begins with http:// or https://',
        ),
        ("sagemaker", "aws://eu-west-1", '"aws://eu-west-1": a path, or a region of AWS, such as eu-west-1'),
        ("dbt", "file:///srv/dbt", '"file:///srv/dbt": a path: dbt is read from files'),
        ("calls", "https://logs.example.com", '"https://logs.example.com": a path: calls is read from files'),
    ],
)
def test_an_address_that_nobody_asks_is_taken_for_no_path(
    tmp_path: Path, named: str, source: str, told: str
) -> None:
    text = f'[some]\nformat = "{named}"\nsources = ["{source}"]\nevery_hours = 1\n'
    assert problems(tmp_path, text) == [f"imports.toml [some] sources = {told}"]


def test_a_key_that_is_missing_is_named_with_what_it_takes(tmp_path: Path) -> None:
    assert problems(tmp_path, '[catalog]\nformat = "backstage"\n') == [
        'imports.toml [catalog] sources: is missing; a list of paths or addresses, e.g. ["/srv/catalog"]',
        "imports.toml [catalog] every_hours: is missing; a whole number of hours from 1 to 744",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", 'imports.toml: at least one import, e.g. [catalog] with format = "backstage"; or a channel'),
        (
            "[catalog",
            "imports.toml: not TOML: Expected ']' at the end of a table declaration (at end of document)",
        ),
    ],
)
def test_a_file_that_says_nothing_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert problems(tmp_path, text) == [told]


def test_a_misspelt_channel_is_told_what_it_may_have_been(tmp_path: Path) -> None:
    accepted = 'a table, [chanel]; outside of tables stands channel = "C0123ABC" only'
    assert problems(tmp_path, 'chanel = "C0123ABC"') == [f'imports.toml chanel = "C0123ABC": {accepted}']


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"cannot be read \(No such file or directory\)"):
        read_imports(tmp_path / "imports.toml")
