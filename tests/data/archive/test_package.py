"""What stands beside the payload is what other people's tools read, says what the files are, and stays text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import bagit
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from msgspec.structs import replace

from data.archive.bag import write_bag
from data.archive.bom import BOM_FILE, bom
from data.archive.crate import CRATE_FILE, crate
from data.archive.package import Package
from data.archive.premis import PREMIS_FILE, premis
from data.archive.results import Artifact, Bag, StoredFile
from data.importers.cyclonedx import read_cyclonedx
from data.records.artifacts import ArtifactClass, Reference
from data.records.catalog import Kind, Measure, Measured
from data.records.plan import Subject
from tests.builders import a_subject
from tests.data.archive.test_bag import a_file

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOSTILE = "]]></x>\"'&<!--\\\x00\x0b\x1b\u202e\ufffe{{ }} </script>\r\n"
FILES = {
    "weights/model.bin": b"\x00weights",
    "weights/notes/two\nlines\rhere & there.txt": b"n",
    "weights ünï #1.txt": b"",
    "references/data.json": b"[]\n",
}
ARTIFACTS = (
    Artifact(path="weights", source="s3://m/w", role=ArtifactClass.WEIGHTS),
    Artifact(path="weights/notes", source="/notes", role=ArtifactClass.CARD),
    Artifact(path="references/data.json", source="data:", role=ArtifactClass.DATA),
)
BESIDE = {"metadata/model.json": b"{}\n"}


def references(text: str) -> tuple[Reference, ...]:
    run = Reference(
        of=ArtifactClass.METRICS, what="metrics", version="0af1", values=(("auc", "0.91"), (text, text))
    )
    return (
        run,
        replace(run, of=ArtifactClass.HYPERPARAMETERS, what="parameters"),
        Reference(of=ArtifactClass.DATA, what="dataset", where=text, name=text, digest=text),
        Reference(
            of=ArtifactClass.CODE, what="git commit", where="https://git.example.com/churn", version="3f2c"
        ),
    )


def a_package(bag: Bag, subject: Subject) -> Package:
    drift = Measured(measure=Measure.DRIFT, value=0.31, on="2026-03-02", told_in="runs.json:3")
    return Package(
        bag=bag,
        artifacts=ARTIFACTS,
        subject=subject,
        retirement_id="RET-1",
        plan_digest="sha256:plan",
        at=AT,
        beside=BESIDE,
        measured=(drift,),
    )


def described(bag: Bag, text: str) -> Mapping[str, bytes]:
    package = a_package(bag, a_subject(model_name=text, model_id=text, references=references(text)))
    return {**BESIDE, CRATE_FILE: crate(package), BOM_FILE: bom(package), PREMIS_FILE: premis(package)}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package") / "bag"
    write_bag(
        folder,
        [a_file(path, content) for path, content in FILES.items()],
        info={},
        describe=lambda bag: described(bag, HOSTILE),
        bagged_on=date(2026, 3, 2),
        stopped=lambda: False,
    )
    return folder


def on_disk(folder: Path) -> dict[str, tuple[str, int]]:
    """Digest and size of each file of the payload, as they are when read."""
    found = [path for path in (folder / "data").rglob("*") if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): (sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
        for path in found
    }


def test_the_reference_library_accepts_the_bag_with_its_descriptions(written: Path) -> None:
    bag = bagit.Bag(str(written))
    bag.validate()
    assert {CRATE_FILE, BOM_FILE, PREMIS_FILE, *BESIDE} <= bag.entries.keys()


def test_the_bill_of_materials_fits_its_schema_and_has_the_digest_and_class_of_every_file(
    written: Path,
) -> None:
    text = (written / BOM_FILE).read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    told = json.loads(text)
    files = {one["name"]: one for one in told["components"]}
    assert {name: one["hashes"] for name, one in files.items()} == {
        name: [{"alg": "SHA-256", "content": digest}] for name, (digest, _) in on_disk(written).items()
    }
    properties = {
        name: {row["name"]: row["value"] for row in one["properties"]} for name, one in files.items()
    }
    assert {name.removeprefix("data/"): row["emeritus:class"] for name, row in properties.items()} == dict(
        zip(FILES, ("weights", "card", "other", "data"), strict=True)
    )
    model = told["metadata"]["component"]
    assert (model["type"], model["name"]) == ("machine-learning-model", HOSTILE)
    metrics = model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
    assert {"type": "auc", "value": "0.91", "slice": "0af1"} in metrics
    assert {"type": "drift", "value": "0.31", "slice": "2026-03-02"} in metrics
    assert model["modelCard"]["modelParameters"]["datasets"][0]["name"] == HOSTILE
    assert [one["url"] for one in model["externalReferences"] if one["type"] == "vcs"] == [
        "https://git.example.com/churn"
    ]
    assert told["dependencies"][0] == {
        "ref": "model",
        "dependsOn": [one["bom-ref"] for one in told["components"]],
    }


def test_what_a_bill_of_materials_says_is_read_back_from_it(written: Path) -> None:
    subject = a_subject(references=references("train"))
    bag = Bag(preservation_id="sha256:aa", manifest_digest="sha256:aa", files=(), bytes=0)
    (file := written.parent / "bom.json").write_bytes(bom(a_package(bag, subject)))
    reading = read_cyclonedx([file])
    (model,) = (one for one in reading.entities if one.kind is Kind.MODEL)
    assert not [one for one in reading.notes if "unknown" in one.note]
    assert {(one.of, one.where, one.name, one.values) for one in model.references} == {
        (ArtifactClass.CODE, "https://git.example.com/churn", "code git commit 3f2c", ()),
        (ArtifactClass.DATA, "train", "train", ()),
        (ArtifactClass.HYPERPARAMETERS, "", "", (("0af1:auc", "0.91"), ("0af1:train", "train"))),
        (
            ArtifactClass.METRICS,
            "",
            "",
            (("auc (0af1)", "0.91"), ("drift (2026-03-02)", "0.31"), ("train (0af1)", "train")),
        ),
    }


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=':/?#[]@%;&=1aZ .\\"<>é\x00', max_size=12))
def test_whatever_a_catalog_says_is_an_address_it_is_written_as_one(where: str) -> None:
    bag = Bag(preservation_id="sha256:aa", manifest_digest="sha256:aa", files=(), bytes=0)
    link = Reference(of=ArtifactClass.DATA, what="dataset", name="x")
    every = tuple(replace(link, where=f"{before}{where}") for before in ("a", "https://", "", "s3://b"))
    told = json.loads(bom(a_package(bag, a_subject(references=every))))
    for one in told["metadata"]["component"]["externalReferences"]:
        Draft7Validator.FORMAT_CHECKER.check(one["url"], "iri-reference")


PREMIS = "{http://www.loc.gov/premis/v3}"
KIND = "{http://www.w3.org/2001/XMLSchema-instance}type"
EVENT = (
    "eventIdentifier",
    "eventType",
    "eventDateTime",
    "eventDetailInformation",
    "eventOutcomeInformation",
    "linkingAgentIdentifier",
    "linkingObjectIdentifier",
)
ORDER = {
    "premis": ("object",) * (len(FILES) + 1) + ("event", "event", "agent"),
    "premis:representation": ("objectIdentifier", "originalName"),
    "premis:file": ("objectIdentifier", "objectCharacteristics", "originalName"),
    "objectIdentifier": ("objectIdentifierType", "objectIdentifierValue"),
    "objectCharacteristics": ("fixity", "size", "format"),
    "fixity": ("messageDigestAlgorithm", "messageDigest"),
    "format": ("formatDesignation",),
    "formatDesignation": ("formatName",),
    "event": EVENT,
    "eventIdentifier": ("eventIdentifierType", "eventIdentifierValue"),
    "eventDetailInformation": ("eventDetail",),
    "eventOutcomeInformation": ("eventOutcome",),
    "linkingAgentIdentifier": ("linkingAgentIdentifierType", "linkingAgentIdentifierValue"),
    "linkingObjectIdentifier": ("linkingObjectIdentifierType", "linkingObjectIdentifierValue"),
    "agent": ("agentIdentifier", "agentName", "agentType"),
    "agentIdentifier": ("agentIdentifierType", "agentIdentifierValue"),
}
"""What stands in what, and in which order, as premis-v3-0.xsd has it. No package that is light enough brings that."""


def test_the_events_stand_as_premis_orders_them_with_the_digest_and_size_of_every_file(written: Path) -> None:
    root = ET.parse(written / PREMIS_FILE).getroot()
    for element in root.iter():
        name = element.get(KIND) or element.tag.removeprefix(PREMIS)
        assert tuple(child.tag.removeprefix(PREMIS) for child in element) == ORDER.get(name, ()), name
    files = [one for one in root.iter(f"{PREMIS}object") if one.get(KIND) == "premis:file"]
    told = {
        unquote(one.findtext(f".//{PREMIS}objectIdentifierValue", "")): (
            one.findtext(f".//{PREMIS}messageDigest"),
            int(one.findtext(f".//{PREMIS}size", "")),
        )
        for one in files
    }
    assert told == on_disk(written)
    assert [one.text for one in root.iter(f"{PREMIS}eventType")] == [
        "message digest calculation",
        "ingestion",
    ]
    assert {one.text for one in root.iter(f"{PREMIS}eventDateTime")} == {"2026-03-02T09:30:00Z"}
    assert "]]></x>" in root.findtext(f"./{PREMIS}object/{PREMIS}originalName", "")


def test_the_crate_has_the_digest_and_size_of_every_file(written: Path) -> None:
    graph = {one["@id"]: one for one in json.loads((written / CRATE_FILE).read_text())["@graph"]}
    parts = [graph[one["@id"]] for one in graph["./"]["hasPart"]]
    assert {
        unquote(one["@id"]): (one["sha256"], int(one["contentSize"])) for one in parts if "sha256" in one
    } == on_disk(written)
    assert [unquote(one["@id"]) for one in parts if "sha256" not in one] == [*BESIDE]
    assert graph["./"]["identifier"].startswith("sha256:")


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_crate_is_accepted_by_the_validator_of_ro_crates(written: Path, tmp_path: Path) -> None:
    """Nobody is asked on the web: the terms are those of the package rocrate, where names of 1.1 are as they were.

    What it misses are an author and a publisher, who would be people or teams.
    """
    import requests  # noqa: PLC0415 - these take half a second to load
    import requests_cache  # noqa: PLC0415
    import rocrate  # noqa: PLC0415
    from rocrate_validator import models, services  # noqa: PLC0415
    from urllib3 import HTTPResponse  # noqa: PLC0415

    terms = (Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_bytes()
    request = requests.Request("GET", "https://w3id.org/ro/crate/1.1/context").prepare()
    answer = requests.Response()
    answer.status_code, answer.url, answer.request = 200, str(request.url), request
    answer._content, answer.headers["Content-Type"] = terms, "application/ld+json"
    answer.raw = HTTPResponse(body=terms, status=200, preload_content=False)
    with requests_cache.CachedSession(str(tmp_path / "web"), backend="sqlite", expire_after=-1) as session:
        session.cache.save_response(answer, cache_key=session.cache.create_key(request))
        session.cache.close()
    asked = services.ValidationSettings(
        rocrate_uri=str(written),
        profile_identifier="ro-crate-1.1",
        requirement_severity=models.Severity.RECOMMENDED,
        offline=True,
        cache_path=tmp_path / "web",
    )
    missing = services.validate(asked).get_issues()
    assert {(one.severity, one.check.identifier) for one in missing} == {
        (models.Severity.RECOMMENDED, f"ro-crate-1.1_22.{number}") for number in (2, 3)
    }


def test_the_same_package_is_described_by_the_same_bytes_and_without_a_name_of_anybody() -> None:
    files = tuple(
        StoredFile(path=path, artifact_id=f"sha256:{sha256(content).hexdigest()}", bytes=len(content))
        for path, content in sorted(FILES.items())
    )
    bag = Bag(preservation_id="sha256:aa", manifest_digest="sha256:aa", files=files, bytes=1)
    assert described(bag, "churn") == described(bag, "churn")
    people = a_subject().owners
    assert not [
        (name, person)
        for name, content in described(bag, "churn").items()
        for person in people
        if person.encode() in content
    ]
