"""Where the files of models lie, as their containers say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from data.importers.draft import Draft
from data.importers.fields import Fields
from data.importers.sagemaker_answers import Thing


def containers_of_package(fields: Fields) -> Iterator[Fields]:
    specifications = [
        fields.fields("InferenceSpecification"),
        *fields.items("AdditionalInferenceSpecifications"),
    ]
    for one in specifications:
        yield from one.items("Containers")
    yield from fields.fields("SourceAlgorithmSpecification").items("SourceAlgorithms")


def containers_of_model(fields: Fields) -> tuple[Fields, ...]:
    return fields.items("Containers") or (fields.fields("PrimaryContainer"),)


def files_in(containers: Iterable[Fields]) -> list[str]:
    """Where they say that their files lie; a slash at the end means what lies below."""
    found: dict[str, None] = {}
    for container in containers:
        url = container.text("ModelDataUrl")
        found[f"{url.rstrip('/')}/" if url and container.text("Mode") == "MultiModel" else url] = None
        sources = [container.fields("ModelDataSource"), *container.items("AdditionalModelDataSources")]
        for source in (
            *(one.fields("S3DataSource") for one in sources),
            container.fields("AdditionalS3DataSource"),
        ):
            uri = source.text("S3Uri")
            found[f"{uri.rstrip('/')}/" if uri and source.text("S3DataType") == "S3Prefix" else uri] = None
    return list(filter(None, found))


def kept_of(files: Iterable[str], thing: Thing, draft: Draft) -> tuple[str, ...]:
    """Those that are kept as artifacts. SageMaker knows no files of this machine, so none of those is ever archived."""
    kept: dict[str, None] = {}
    for file in files:
        said = ascii(file[:200])[1:-1]
        if file.startswith(("s3://", "https://")) and file.isprintable():
            kept[file] = None
            if not file.startswith("s3://"):
                note = f'"{said}": only s3:// can be archived; the archive step will stop at it'
                draft.note(thing.where, thing.name, note)
        else:
            draft.note(thing.where, thing.name, f'"{said}": is no place in S3; left out')
    return tuple(kept)
