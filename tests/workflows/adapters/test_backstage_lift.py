"""A retirement that is called off leaves no trace in a catalog-info file: what lifts its marks gives back every byte.

Files are put together from the ways in which people and programs write YAML.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from data.errors import Invalid, Refused
from data.importers.yaml_lines import documents
from data.records.deprecation import Deprecation, Lifecycle, Part
from tests.workflows.adapters.deprecations import a_deprecation, a_listing, becoming
from workflows.adapters.backstage_patch import as_marked

LIFECYCLES = (
    None,
    "production",
    "'production'",
    '"production"',
    "1.0",
    "'1.0'",
    "none",
    "'none'",
    '"none"',
    "",
    "~",
    "null",
    "''",
    '""',
    "'it''s live'",
    '"a \\x41 \\" b"',
    "on",
    "' beta '",
    "&l beta",
    "!!str beta",
    "two words",
    "größe",
    "deprecated",
    "very\n    long",
    '"very \\\n    long"',
    "&n",
    "2024-01-01",
    "# later",
    "beta # since 2024",
    "'beta'   # why: not",
    "-1",
    "@x",
)
ANNOTATIONS = (
    None,
    "",
    "{}",
    "{ }",
    "~",
    "null",
    "# none yet",
    "{} # none",
    "{a: b}",
    "{ 'a': \"b\", }",
    "\n    a: b",
    "\n    # why\n    a: b",
    "\n    a: |\n      x\n      y",
    "&a {}",
    "&a\n    a: b",
    "\n      a: b # eight\n      c: 'd'",
    "{a: b,\n    c: d}",
)
TAILS = (
    "",
    "...\n",
    "---\n",
    "# the end\n",
    "\n\n",
    "---\nkind: Resource\nmetadata: {name: other}\nspec: {lifecycle: '1'}\n",
)
HEADS = (
    "",
    "# Ask: before you touch it\n",
    "---\n",
    "\ufeff",
    "%YAML 1.1\n---\n",
    "---\nkind: Group\nmetadata:\n  name: g\n---\n",
)


def a_block(lifecycle: str | None, annotations: str | None, *, is_last: bool, is_first: bool) -> str:
    """An entity as most people write it; its life cycle and annotations stand first, last or between."""
    spec = ["  type: ai-model  # what else"]
    metadata = ["  name: churn", "  title: >-\n    Who\n    goes"]
    if lifecycle is not None:
        spec.insert(0 if is_first else len(spec), f"  lifecycle: {lifecycle}".rstrip(" "))
    if annotations is not None:
        metadata.insert(0 if is_first else len(metadata), f"  annotations: {annotations}".rstrip(" "))
    parts = [["metadata:", *metadata], ["spec:", *spec]]
    if is_last:
        parts.reverse()
    lines = ["apiVersion: backstage.io/v1alpha1", "kind: Resource", *parts[0], *parts[1]]
    return "\n".join(lines) + "\n"


def in_braces(lifecycle: str | None, annotations: str | None, *, gap: str) -> str:
    spec = f"lifecycle: {lifecycle},{gap}" if lifecycle is not None else ""
    metadata = f", annotations: {annotations}" if annotations is not None else ""
    return f"kind: Resource\nmetadata: {{{gap}name: churn{metadata}{gap}}}\nspec: {{{gap}{spec}type: ai-model{gap}}}\n"


def is_plain(text: str | None) -> bool:
    """In braces there is no room for comments and lines."""
    return text is None or not set("\n#") & set(text)


@st.composite
def files(draw: st.DrawFn) -> str:
    lifecycle, annotations = draw(st.sampled_from(LIFECYCLES)), draw(st.sampled_from(ANNOTATIONS))
    if draw(st.booleans()) and is_plain(lifecycle) and is_plain(annotations):
        text = in_braces(lifecycle, annotations, gap=draw(st.sampled_from(("", " ", "\n  "))))
    else:
        text = a_block(lifecycle, annotations, is_last=draw(st.booleans()), is_first=draw(st.booleans()))
    head, tail = draw(st.sampled_from(HEADS)), draw(st.sampled_from(TAILS))
    text = f"{head}{text}{tail}"
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return text.rstrip("\r\n") if draw(st.booleans()) else text


def a_retirement(file: Path) -> Deprecation:
    listing = a_listing("resource:default/churn", part=Part.MODEL, source=str(file))
    return a_deprecation(listing, successor="resource:default/churn-v2")


def marked_by(text: str, deprecation: Deprecation) -> str:
    (listing,) = deprecation.listings
    return as_marked(text, listing, deprecation, listing.source)


def there_and_back(text: str) -> tuple[str, str, str]:
    """The file once it is deprecated, once it is retired on another day, and once that is lifted."""
    deprecation = a_retirement(Path("/repository/models.yaml"))
    deprecated = marked_by(text, deprecation)
    retired = becoming(replace(deprecation, last_day=date(2027, 3, 1), successor=""), Lifecycle.RETIRED)
    after = marked_by(deprecated, retired)
    return deprecated, after, marked_by(after, becoming(deprecation, Lifecycle.IN_SERVICE))


@given(files())
@example(a_block("1.0", None, is_last=False, is_first=False))
@example(a_block("none", None, is_last=False, is_first=False))
@example(a_block("", "", is_last=False, is_first=False))
@example(a_block("beta", "{}", is_last=True, is_first=False).rstrip())
@example(in_braces("", "", gap=" "))
@settings(deadline=None, max_examples=150)
def test_what_was_marked_and_lifted_is_the_file_byte_for_byte(text: str) -> None:
    try:
        documents(text.encode(), "models.yaml")
    except Invalid:
        assume(False)
    deprecated, retired, lifted = there_and_back(text)
    assert "2027-02-17" in deprecated
    assert "2027-03-01" in retired
    assert lifted == text


@pytest.mark.parametrize(
    ("lifecycle", "is_told"),
    [
        ("production", False),
        ("'production'", False),
        (None, False),
        ("1.0", True),
        ("none", True),
        ("", True),
    ],
)
def test_how_it_was_written_is_kept_only_where_it_could_not_be_known(
    lifecycle: str | None, is_told: bool
) -> None:
    deprecated, *_ = there_and_back(a_block(lifecycle, "{a: b}", is_last=False, is_first=False))
    assert ("emeritus.dev/lifecycle-written" in deprecated) is is_told
    assert "emeritus.dev/annotations-written" not in deprecated


def test_whoever_edits_the_file_meanwhile_keeps_their_edits() -> None:
    text = a_block("1.0", "", is_last=False, is_first=False)
    deprecation = a_retirement(Path("/repository/models.yaml"))
    edited = marked_by(text, deprecation).replace("  annotations:\n", "  annotations:\n    own: c\n")
    lifted = marked_by(edited, becoming(deprecation, Lifecycle.IN_SERVICE))
    assert lifted == text.replace("  annotations:\n", "  annotations:\n    own: c\n")


def test_what_stands_on_several_lines_is_refused_before_anything_is_marked() -> None:
    text = a_block("|\n    beta", None, is_last=False, is_first=False)
    with pytest.raises(Refused, match="lifecycle is no text on one line"):
        there_and_back(text)
