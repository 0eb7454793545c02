"""The archive as a bill of materials of a machine-learning model, which scanners of supply chains read.

Source: cyclonedx.org/docs/1.6/json, component type machine-learning-model and modelCard
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from data.archive.package import SOFTWARE, Package
from data.archive.pieces import text_of
from data.records.artifacts import ArtifactClass, Reference

BOM_FILE = "bom.cdx.json"
_SAFE = "/:?@!$&'()*+,;=%~"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_AUTHORITY = re.compile(r"(?P<before>(?:[A-Za-z][A-Za-z0-9+.-]*:)?//)(?P<authority>[^/?]*)")
_HOST = re.compile(r"[^@:]*(?::[0-9]*)?")


def bom(package: Package) -> bytes:
    subject = package.subject
    files = [_file(package, number) for number in range(len(package.bag.files))]
    return text_of(
        {
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": f"urn:uuid:{package.uuid('bom')}",
            "version": 1,
            "metadata": {
                "timestamp": package.written_at,
                "tools": {"components": [{"type": "application", "name": SOFTWARE}]},
                "component": {
                    "type": "machine-learning-model",
                    "bom-ref": "model",
                    "name": subject.model_name,
                    "modelCard": _card(package),
                    "externalReferences": [_link(one) for one in subject.references if one.where],
                    "properties": [
                        _property("model", subject.model_id),
                        _property("retirement", package.retirement_id),
                        _property("plan", package.plan_digest),
                        _property("preservation-id", package.bag.preservation_id),
                    ],
                },
            },
            "components": files,
            "dependencies": [
                {"ref": "model", "dependsOn": [one["bom-ref"] for one in files]},
                *({"ref": one["bom-ref"]} for one in files),
            ],
        }
    )


def _file(package: Package, number: int) -> dict[str, Any]:
    file = package.bag.files[number]
    return {
        "type": "file",
        "bom-ref": f"file-{number + 1}",
        "name": f"data/{file.path}",
        "hashes": [{"alg": "SHA-256", "content": file.artifact_id.removeprefix("sha256:")}],
        "properties": [
            _property("class", str(package.role_of(file.path))),
            _property("bytes", str(file.bytes)),
        ],
    }


def _card(package: Package) -> dict[str, Any]:
    references = package.subject.references
    return {
        "modelParameters": {
            "datasets": [_dataset(one) for one in references if one.of is ArtifactClass.DATA]
        },
        "quantitativeAnalysis": {"performanceMetrics": list(_metrics(package))},
        "properties": [
            _property(f"hyperparameter:{one.version}:{name}", value)
            for one in references
            if one.of is ArtifactClass.HYPERPARAMETERS
            for name, value in one.values
        ],
    }


def _dataset(one: Reference) -> dict[str, Any]:
    told = [("version", one.version), ("digest", one.digest), ("on", one.on)]
    return {
        "type": "dataset",
        "name": one.name or one.where,
        "contents": {
            **({"url": _uri(one.where)} if one.where else {}),
            "properties": [_property(name, value) for name, value in told if value],
        },
    }


def _metrics(package: Package) -> Iterator[dict[str, Any]]:
    for one in package.subject.references:
        if one.of is ArtifactClass.METRICS:
            of = " ".join(filter(None, (one.name, one.version)))
            yield from ({"type": name, "value": value, "slice": of} for name, value in one.values)
    for row in package.measured:
        value = f"{row.value:.6g} {row.currency}".rstrip()
        yield {"type": str(row.measure), "value": value, "slice": row.on}


def _link(one: Reference) -> dict[str, Any]:
    kind = {ArtifactClass.CODE: "vcs", ArtifactClass.CARD: "model-card"}.get(one.of, "other")
    if one.of is ArtifactClass.CODE and one.what != "git commit":
        kind = "distribution"
    said = " ".join(filter(None, (str(one.of), one.what, one.name, one.version, one.digest)))
    return {"type": kind, "url": _uri(one.where), "comment": said}


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": f"emeritus:{name}", "value": value}


def _uri(text: str) -> str:
    """As RFC 3986 has it, whatever a catalog says; what may stand nowhere in an address is written %XX."""
    before, mark, fragment = re.sub("%(?![0-9A-Fa-f]{2})", "%25", text).partition("#")
    said = quote(before, safe=_SAFE)
    if (found := _AUTHORITY.match(said)) is not None and not _HOST.fullmatch(found["authority"]):
        said = f"{found['before']}{quote(found['authority'], safe='%')}{said[found.end() :]}"
    if not _SCHEME.match(said) and ":" in said.partition("/")[0]:
        said = f"./{said}"
    return f"{said}{mark}{quote(fragment, safe=_SAFE)}"
