"""What goes into an archive follows from the plan alone."""

import json

from msgspec.structs import replace

from data.archive.pieces import pieces
from data.records.artifacts import ArtifactClass, Classed, Reference
from data.records.plan import Subject
from tests.builders import a_subject
from workflows.adapters.artifact_sources import ArtifactSources

COMMIT = Reference(
    of=ArtifactClass.CODE, what="git commit", where="https://git.example.com/churn", version="3f2c"
)
RUN = Reference(of=ArtifactClass.DATA, what="dataset", name='train "</a>"', version="7", digest="9f")
OTHER = replace(RUN, name="test")


def told(subject: Subject) -> dict[str, tuple[str, bytes]]:
    sources = ArtifactSources()
    return {
        one.path: (one.role, b"".join(chunk for file in sources.files(one.source) for chunk in file.chunks()))
        for one in pieces(subject)
        if one.source.startswith("data:")
    }


def test_references_are_a_file_for_each_class_whatever_order_they_were_told_in() -> None:
    found = told(a_subject(references=(RUN, COMMIT, OTHER)))
    assert found == told(a_subject(references=(COMMIT, OTHER, RUN)))
    assert {path: role for path, (role, _) in found.items()} == {
        "references/code.json": "code",
        "references/data.json": "data",
    }
    assert json.loads(found["references/data.json"][1]) == [
        {"of": "data", "what": "dataset", "name": "test", "version": "7", "digest": "9f"},
        {"of": "data", "what": "dataset", "name": 'train "</a>"', "version": "7", "digest": "9f"},
    ]


def test_an_artifact_called_as_the_folder_of_references_gives_way_only_where_there_are_some() -> None:
    subject = a_subject(
        artifacts=("s3://m/references", "s3://m/card.md"),
        classes=(Classed(uri="s3://m/card.md", of=ArtifactClass.CARD),),
    )
    assert [(one.path, one.role) for one in pieces(subject)] == [
        ("references", "weights"),
        ("card.md", "card"),
    ]
    assert [one.path for one in pieces(replace(subject, references=(COMMIT,)))] == [
        "references-2",
        "card.md",
        "references/code.json",
    ]


def test_of_a_class_that_is_only_described_nothing_is_copied() -> None:
    subject = a_subject(
        artifacts=("s3://m/w", "s3://m/train"),
        classes=(Classed(uri="s3://m/train", of=ArtifactClass.DATA),),
        references=(RUN,),
    )
    found = pieces(subject, (ArtifactClass.DATA,))
    assert [one.path for one in found] == ["w", "references/data.json"]
    (file,) = ArtifactSources().files(found[1].source)
    where = {"of": "data", "what": "artifact", "where": "s3://m/train"}
    assert where in json.loads(b"".join(file.chunks()))
