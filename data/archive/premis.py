"""What happened to the archive, in the words of digital preservation: objects, events, and what acted.

Source: loc.gov/standards/premis/v3, premis-v3-0.xsd; event types: id.loc.gov/vocabulary/preservation/eventType
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from data.archive.manifest import encode_path
from data.archive.package import SOFTWARE, Package
from data.archive.results import StoredFile

PREMIS_FILE = "premis.xml"
NAMESPACE = "http://www.loc.gov/premis/v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, escaped or not; a carriage return is read back as a line feed."""

Content = str | list["Element"]
Element = tuple[str, Content]


def premis(package: Package) -> bytes:
    bag, subject = package.bag, package.subject
    archive = ("preservation id", bag.preservation_id)
    ET.register_namespace("premis", NAMESPACE)
    ET.register_namespace("xsi", XSI)
    root = ET.Element(_name("premis"), {"version": "3.0"})
    _add(
        root,
        "object",
        [_identifier("object", *archive), ("originalName", subject.model_id)],
        category="representation",
    )
    for file in bag.files:
        _add(root, "object", _file(file), category="file")
    digests = f"SHA-256 of each of {len(bag.files):,} files, of what was read once while it was copied"
    copied = (
        f"{len(bag.files):,} files, {bag.bytes:,} bytes, as planned by {package.plan_digest} "
        f"for {package.retirement_id}"
    )
    for kind, detail in (("message digest calculation", digests), ("ingestion", copied)):
        _add(root, "event", _event(package, kind, detail, archive))
    agent = [_identifier("agent", "local", "emeritus"), ("agentName", SOFTWARE), ("agentType", "software")]
    _add(root, "agent", agent)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _file(file: StoredFile) -> list[Element]:
    path = f"data/{encode_path(file.path)}"
    digest = file.artifact_id.removeprefix("sha256:")
    return [
        _identifier("object", "path in the bag", path),
        (
            "objectCharacteristics",
            [
                ("fixity", [("messageDigestAlgorithm", "SHA-256"), ("messageDigest", digest)]),
                ("size", str(file.bytes)),
                ("format", [("formatDesignation", [("formatName", "unknown")])]),
            ],
        ),
        ("originalName", path),
    ]


def _event(package: Package, kind: str, detail: str, archive: tuple[str, str]) -> list[Element]:
    return [
        _identifier("event", "UUID", str(package.uuid(kind))),
        ("eventType", kind),
        ("eventDateTime", package.written_at),
        ("eventDetailInformation", [("eventDetail", detail)]),
        ("eventOutcomeInformation", [("eventOutcome", "success")]),
        _identifier("linkingAgent", "local", "emeritus"),
        _identifier("linkingObject", *archive),
    ]


def _identifier(of: str, kind: str, value: str) -> Element:
    return f"{of}Identifier", [(f"{of}IdentifierType", kind), (f"{of}IdentifierValue", value)]


def _add(above: ET.Element, name: str, content: Content, *, category: str = "") -> None:
    attributes = {f"{{{XSI}}}type": f"premis:{category}"} if category else {}
    made = ET.SubElement(above, _name(name), attributes)
    if isinstance(content, str):
        made.text = _NOT_XML.sub("\ufffd", content)
        return
    for inner, of in content:
        _add(made, inner, of)


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
