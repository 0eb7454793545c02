"""Where the files of models lie, as their containers say, and what is told of them that nobody copies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from data.importers.draft import Draft
from data.importers.fields import Fields
from data.importers.sagemaker_answers import Thing
from data.records.artifacts import ArtifactClass, Reference


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


def references_of(thing: Thing, containers: Iterable[Fields]) -> Iterator[Reference]:
    """Images by their digest, what was measured of a package, and the commit it was built from.

    An image of which only a tag is told is another one tomorrow, so it says nothing.
    Source: docs.aws.amazon.com/sagemaker/latest/APIReference, ModelPackageContainerDefinition, ModelMetrics,
    MetadataProperties
    """
    on = _day(thing.fields.value("CreationTime"))
    for container in containers:
        image, _, told = container.text("Image").partition("@")
        if digest := container.text("ImageDigest") or told:
            yield Reference(of=ArtifactClass.CODE, what="container image", where=image, digest=digest, on=on)
    metrics = thing.fields.fields("ModelMetrics")
    for kind in metrics:
        for name in metrics.fields(kind):
            report = metrics.fields(kind).fields(name)
            if where := report.text("S3Uri"):
                yield Reference(
                    of=ArtifactClass.METRICS,
                    what="report",
                    where=where,
                    name=f"{kind} {name}",
                    digest=report.text("ContentDigest"),
                    on=on,
                )
    built = thing.fields.fields("MetadataProperties")
    if commit := built.text("CommitId"):
        where = built.text("Repository")
        yield Reference(of=ArtifactClass.CODE, what="git commit", where=where, version=commit, on=on)


def _day(told: object) -> str:
    """Of seconds, as AWS answers them, or of a date as its command line prints it."""
    try:
        return f"{datetime.fromtimestamp(float(str(told)), UTC):%Y-%m-%d}"
    except (OverflowError, ValueError, OSError):
        found = re.match(r"\d{4}-\d\d-\d\d", str(told))
        return found[0] if found else ""
