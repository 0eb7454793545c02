"""Names in a bag mean the same file on every system that may restore it; others are refused."""

import pytest

from data.archive.bag_paths import require_safe
from data.archive.results import Artifact, named
from data.errors import Invalid
from data.records.artifacts import ArtifactClass

BREAKS = r"'1\n2\n3\n'"
RENAME = "rename the file, or copy the S3 object under another key"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/etc/passwd", """'/etc/passwd': must be relative and have no empty, "." or ".." part"""),
        ("../up", """'../up': must be relative and have no empty, "." or ".." part"""),
        ("a/../../up", """'a/../../up': must be relative and have no empty, "." or ".." part"""),
        ("a//b", """'a//b': must be relative and have no empty, "." or ".." part"""),
        ("C:/x", """'C:/x': must be relative and have no empty, "." or ".." part"""),
        ("", """'': must be relative and have no empty, "." or ".." part"""),
        ("a\0b", "'a\\x00b': must have no backslash and no control character"),
        ("a\\b", "'a\\\\b': must have no backslash and no control character"),
        ("a\u2028b", "'a\\u2028b': must have no backslash and no control character"),
        (
            "a\u202enib.exe",
            (
                "'a\\u202enib.exe': must have no sign that turns the direction of what follows: "
                f"it reads as another name; {RENAME}"
            ),
        ),
        ("\udcff", "'\\udcff': must be UTF-8; rename the file"),
        ("x/NUL.txt", "'x/NUL.txt': must not be a name Windows reserves, nor end in a dot or a space"),
        *[
            (f"w {sign}", f"{f'w {sign}'!r}: must have none of < > : \" | ? *, which Windows reserves; {RENAME}")
            for sign in '<>:"|?*'
        ],
        ("50%.txt", f"'50%.txt': must have no %, which validators of archives read in two ways; {RENAME}"),
        (
            "1\n2\n3\n",
            f"{BREAKS}: must have at most 2 line breaks of a kind, as validators of archives read no more; {RENAME}",
        ),
        ("LPT².log", "'LPT².log': must not be a name Windows reserves, nor end in a dot or a space"),
        ("x/end.", "'x/end.': must not be a name Windows reserves, nor end in a dot or a space"),
    ],
    ids=["absolute", "up", "up inside", "empty part", "drive", "empty", "NUL", "backslash", "line separator", "turned",
         "not UTF-8", "device", *'<>:"|?*', "percent", "many lines", "device by a superscript", "dot at the end"],
)  # fmt: skip
def test_a_hostile_name_is_refused(path: str, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        require_safe([path])
    assert str(refused.value) == f"artifact path {message}"


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (["Model.bin", "model.BIN"], "'model.BIN': and 'Model.bin' are one name"),
        (["W/a", "w/b"], "'w': and 'W' are one name"),
        (["a", "a/b"], "'a': and 'a' are one name"),
        (["a", "a"], "'a': and 'a' are one name"),
        (["caf\u00e9", "cafe\u0301"], "'cafe\u0301': and 'caf\u00e9' are one name"),
    ],
    ids=["case", "folder case", "file and folder", "twice", "composed and decomposed"],
)
def test_two_names_that_some_file_system_holds_for_one_are_refused(paths: list[str], message: str) -> None:
    with pytest.raises(Invalid) as refused:
        require_safe(paths)
    assert str(refused.value) == f"artifact path {message} where case does not count; rename one"


@pytest.mark.parametrize("path", ["é" * 128, "/".join(["abc"] * 226)], ids=["part", "path"])
def test_a_name_too_long_for_some_file_system_or_for_s3_is_refused(path: str) -> None:
    with pytest.raises(Invalid) as refused:
        require_safe([path])
    assert str(refused.value) == (
        f"artifact path '{path[:120]}...': must have at most 255 bytes per part and 900 in all"
    )


def test_ordinary_names_are_accepted() -> None:
    require_safe(
        [
            "weights/model-00001-of-00002.safetensors",
            "weights/modell größe.bin",
            "a\nb\nc\r",
            ".hidden",
        ]
    )


def test_sources_get_a_place_by_their_own_name() -> None:
    assert named(["/m/churn/weights.bin", "s3://b/churn/v1/", "/old/Weights.bin", "s3://b"]) == (
        Artifact(path="weights.bin", source="/m/churn/weights.bin", role=ArtifactClass.WEIGHTS),
        Artifact(path="v1", source="s3://b/churn/v1/", role=ArtifactClass.WEIGHTS),
        Artifact(path="Weights-2.bin", source="/old/Weights.bin", role=ArtifactClass.WEIGHTS),
        Artifact(path="b", source="s3://b", role=ArtifactClass.WEIGHTS),
    )
