"""What an account of SageMaker becomes: models, their versions, the endpoints they answer at, and who owns them."""

from __future__ import annotations

import json

import pytest

from data.errors import Invalid
from data.importers.sagemaker import read_sagemaker
from data.importers.sagemaker_live import Untold
from data.records.artifacts import ArtifactClass, Reference
from data.records.catalog import Entity, Kind, SuccessorName
from tests.data.catalogs import as_one
from tests.data.importers.sagemaker_account import (
    KNOWN,
    PAYMENTS,
    Answer,
    a_component,
    a_config,
    a_group,
    a_model,
    a_package,
    an_account,
    an_endpoint,
    arn,
    by_name,
    ends,
    of_file,
    of_package,
    read,
    said,
    short,
    tagged,
)
from tests.data.importers.strange import with_each_strange

GROUP, CHURN_2 = arn("model-package-group", "Churn"), arn("model-package", "Churn/2")
THEIRS = "arn:aws:sagemaker:eu-west-1:999999999999"


def test_a_group_is_a_model_its_packages_are_versions_and_tags_say_the_rest() -> None:
    reading = read(
        a_group("Churn"),
        a_group("Fraud"),
        tagged(
            GROUP, Owner="payments", team="somebody else", e_tier="1", e_successor="fraud", e_aliases="a/b c"
        ),
        a_package("Churn", 10, ModelApprovalStatus="PendingManualApproval"),
        a_package("Churn", 2, ModelLifeCycle={"Stage": "Production", "StageStatus": "Approved"}),
    )
    owned = {"owner_id": PAYMENTS.id, "owner_names": ("payments",)}
    version = {"kind": Kind.VERSION, "model_id": GROUP, **owned}
    tenth = arn("model-package", "Churn/10")
    assert reading.entities == (
        Entity(
            id=GROUP,
            kind=Kind.MODEL,
            name="Churn",
            tier=1,
            successor_id=arn("model-package-group", "Fraud"),
            artifacts=("s3://models/Churn/2.tar.gz", "s3://models/Churn/10.tar.gz"),
            declared_in=GROUP,
            aliases=(GROUP, "a/b", "c"),
            **owned,  # type: ignore[arg-type]
        ),
        Entity(
            id=arn("model-package-group", "Fraud"),
            kind=Kind.MODEL,
            name="Fraud",
            owner_note="no owner declared",
            declared_in=arn("model-package-group", "Fraud"),
            aliases=(arn("model-package-group", "Fraud"),),
        ),
        Entity(
            id=CHURN_2,
            name="Churn/2",
            lifecycle="production",
            declared_in=CHURN_2,
            aliases=(CHURN_2,),
            **version,  # type: ignore[arg-type]
        ),
        Entity(
            id=tenth,
            name="Churn/10",
            lifecycle="pending manual approval",
            declared_in=tenth,
            aliases=(tenth,),
            **version,  # type: ignore[arg-type]
        ),
    )
    assert (reading.documents.read, reading.documents.kept, reading.notes) == (4, 4, ())


def test_a_tag_of_ours_that_we_do_not_know_is_told_and_a_strange_tier_is_unknown() -> None:
    reading = read(
        a_group("Churn"), tagged(GROUP, e_tear="1", e_tier="gold", e_successor="Nobody", owner="paymnts")
    )
    assert said(reading, "Churn") == [
        'Churn: emeritus.dev/successor "Nobody": nobody declares it. Kept by name: nobody can move to it yet',
        'Churn: emeritus.dev/tier "gold": a tier is 1, 2 or 3; kept as unknown, the strictest',
        'Churn: owner "paymnts": no such group or person; closest is "payments". Unowned until there is one',
        (
            'Churn: tag "emeritus.dev/tear": ignored; of model package groups we read emeritus.dev/owner, '
            "emeritus.dev/aliases, emeritus.dev/successor, emeritus.dev/consumers, emeritus.dev/tier"
        ),
    ]


def test_a_successor_that_nobody_declares_is_kept_by_its_name_also_where_tags_are_not_told_again() -> None:
    named = SuccessorName(text="Nobody", ids=(arn("model-package-group", "Nobody"), arn("model", "Nobody")))
    before = read(a_group("Churn"), tagged(GROUP, e_successor="Nobody"))
    assert by_name(before)["Churn"].successor_named == named
    untold, bare = an_account(a_group("Churn")), an_account(a_group("Churn"))
    untold.untold.append(Untold("sagemaker:ListTags", "tag", GROUP))
    for account, kept in ((untold, named), (bare, None)):
        again = read_sagemaker([account], known=KNOWN, before=before.entities)
        assert by_name(again)["Churn"].successor_named == kept


def test_a_version_depends_on_what_it_is_made_of_where_another_catalog_has_that() -> None:
    known = [
        Entity(id="mlflow:churn/3", kind=Kind.VERSION, name="churn/3", aliases=("models:/churn/3",)),
        Entity(id="hub:llama", kind=Kind.MODEL, name="Llama", aliases=("llama-3",)),
        Entity(id="urn:a", kind=Kind.MODEL, name="a", aliases=("twice",)),
        Entity(id="urn:b", kind=Kind.MODEL, name="b", aliases=("twice",)),
    ]
    bases = [{"BaseModel": {"HubContentName": name}} for name in ("llama-3", "twice", "nobody")]
    package = a_package("Churn", 1, SourceUri="models:/churn/3", InferenceSpecification={"Containers": bases})
    reading = read(a_group("Churn"), package, known=known)
    assert ends(reading) == [
        ":model-package/churn/1 -> mlflow:churn/3",
        ":model-package/churn/1 -> hub:llama",
    ]
    assert said(reading, "Churn/1") == [
        "Churn/1 -> twice: could be urn:a or urn:b; write the id",
        "Churn/1: is tuned from nobody, which no other catalog has",
    ]


@pytest.mark.parametrize(
    ("container", "edges", "note"),
    [
        (of_package("Churn/2"), [":model/m -> :model-package/churn/2"], []),
        ({"ModelPackageName": "churn/2"}, [":model/m -> :model-package/churn/2"], []),
        (
            of_file("s3://models/Churn/2.tar.gz"),
            [":model/m -> :model-package/churn/2"],
            ["M: has files of :model-package-group/churn; taken as a version of it"],
        ),
        (
            {"ModelDataSource": {"S3DataSource": {"S3Uri": "s3://models/big", "S3DataType": "S3Prefix"}}},
            [],
            ["M: has files of :model-package-group/churn; taken as a version of it"],
        ),
    ],
    ids=["by ARN", "by name", "by its file", "by the files of several"],
)
def test_what_is_deployed_from_versions_of_a_model_is_a_version_of_it(
    container: Answer, edges: list[str], note: list[str]
) -> None:
    big = [a_package("Churn", number, url="s3://models/big/") for number in (3, 4)]
    reading = read(a_group("Churn"), a_package("Churn", 2), *big, a_model("M", container))
    assert (by_name(reading)["M"].kind, by_name(reading)["M"].model_id) == (Kind.VERSION, GROUP)
    assert ends(reading) == edges
    assert said(reading, "M") == note


def test_what_is_deployed_from_files_of_its_own_is_a_model_unless_a_tag_says_of_which() -> None:
    files = {
        "ModelDataUrl": "s3://m/w.tar.gz",
        "AdditionalModelDataSources": [{"S3DataSource": {"S3Uri": "s3://m/draft", "S3DataType": "S3Prefix"}}],
    }
    models = [a_model(name, files) for name in ("Own", "Tagged", "Astray")]
    tags = [
        tagged(arn("model", "Tagged"), e_model="churn", e_successor="Own"),
        tagged(arn("model", "Astray"), e_model="nothing"),
    ]
    reading = read(a_group("Churn"), *models, *tags)
    found = by_name(reading)
    assert {name: (one.kind, one.artifacts) for name, one in found.items()} == {
        "Churn": (Kind.MODEL, ("s3://m/w.tar.gz", "s3://m/draft/")),
        "Own": (Kind.MODEL, ("s3://m/w.tar.gz", "s3://m/draft/")),
        "Tagged": (Kind.VERSION, ()),
        "Astray": (Kind.MODEL, ("s3://m/w.tar.gz", "s3://m/draft/")),
    }
    assert found["Tagged"].model_id == GROUP
    assert said(reading, "Tagged") == [
        "Tagged: emeritus.dev/successor: a version is followed by what its model is; tag that. Ignored"
    ]
    assert said(reading, "Astray") == ['Astray: emeritus.dev/model "nothing": no such model. Ignored']


def test_files_that_lie_elsewhere_than_in_s3_are_told_and_none_of_this_machine_is_archived() -> None:
    urls = ("https://s3.amazonaws.com/m/w.tar.gz", "/etc/passwd", "file:///etc/passwd")
    reading = read(*(a_model(f"M{number}", of_file(url)) for number, url in enumerate(urls)))
    assert [one.artifacts for one in reading.entities] == [urls[:1], (), ()]
    assert said(reading, "M") == [
        f'M0: "{urls[0]}": only s3:// can be archived; the archive step will stop at it',
        'M1: "/etc/passwd": is no place in S3; left out',
        'M2: "file:///etc/passwd": is no place in S3; left out',
    ]


def test_files_of_two_models_join_neither() -> None:
    same = "s3://models/latest.tar.gz"
    packages = [a_package("Churn", 1, url=same), a_package("Fraud", 1, url=same)]
    reading = read(a_group("Churn"), a_group("Fraud"), *packages, a_model("M", of_file(same)))
    assert (by_name(reading)["M"].kind, ends(reading)) == (Kind.MODEL, [])
    assert said(reading, "M") == [
        (
            "M: has files of :model-package-group/churn and :model-package-group/fraud; kept as a model of its own. "
            "Tag it emeritus.dev/model to say which"
        )
    ]


def test_containers_in_a_row_make_a_model_that_depends_on_each() -> None:
    reading = read(
        a_group("Churn"),
        a_package("Churn", 2),
        a_package("solo", 0),
        a_model("Row", of_package("Churn/2"), of_package("solo")),
        an_endpoint("E"),
        a_config("E", "Row"),
    )
    assert by_name(reading)["Row"].kind is Kind.MODEL
    assert by_name(reading)["solo"].kind is Kind.MODEL
    assert ends(reading) == [
        ":model/row -> :model-package/churn/2",
        ":model/row -> :model-package/solo",
        ":endpoint/e -> :model/row",
    ]


def test_a_package_of_another_account_is_told_until_that_one_is_imported() -> None:
    answers = [a_model("M", of_package("their/1", THEIRS)), an_endpoint("E"), a_config("E", "M")]
    reading = read(*answers)
    assert (by_name(reading)["M"].kind, ends(reading)) == (Kind.MODEL, [":endpoint/e -> :model/m"])
    assert said(reading, "M ->") == [
        f"M -> {THEIRS}:model-package/their/1: is in account 999999999999, eu-west-1, which nobody imported yet"
    ]
    group, version = f"{THEIRS}:model-package-group/their", f"{THEIRS}:model-package/their/1"
    theirs = [
        Entity(id=group, kind=Kind.MODEL, name="their"),
        Entity(id=version, kind=Kind.VERSION, name="their/1", model_id=group),
    ]
    reading = read(*answers, known=theirs)
    assert by_name(reading)["M"].model_id == group
    assert ends(reading) == [f":model/m -> {version}", ":endpoint/e -> :model/m"]


def test_names_that_differ_only_in_case_are_told_and_the_first_counts() -> None:
    reading = read(a_model("Churn", of_file("s3://m/1")), a_model("churn", of_file("s3://m/2")))
    assert [one.name for one in reading.entities] == ["Churn"]
    assert [short(one) for one in reading.skipped] == [
        ":model/churn churn: :model/churn declares :model/churn already, whatever the case; the first counts"
    ]


def test_what_another_catalog_describes_by_its_arn_is_described_there() -> None:
    backstage = Entity(id="resource:default/churn", kind=Kind.MODEL, name="churn", aliases=(GROUP,))
    answers = [a_group("Churn"), a_package("Churn", 2), a_model("M", of_package("Churn/2"))]
    reading = read(*answers, known=[backstage])
    assert as_one(reading, [backstage]).id_of(GROUP) == backstage.id
    assert {one.name: one.model_id for one in reading.entities} == {"Churn": "", "Churn/2": GROUP, "M": GROUP}


def test_an_account_without_models_or_endpoints_is_refused() -> None:
    for account in (an_account(), an_account({"Models": []}, {"PipelineSummaries": []})):
        with pytest.raises(Invalid) as refused:
            read_sagemaker([account])
        told = "tells of no model, version or endpoint of SageMaker"
        assert str(refused.value) == f"eu-west-1: {told}"


def test_a_permission_that_is_missing_is_told_once_with_what_it_is_for() -> None:
    account = an_account(a_group("Churn"), a_model("M", of_file("s3://m/m")))
    account.untold += [Untold("sagemaker:ListTags", "tag", one) for one in (GROUP, arn("model", "M"))]
    account.untold.append(Untold("sagemaker:ListEndpoints", "endpoint"))
    notes = [short(one) for one in read_sagemaker([account]).notes]
    assert notes == [
        (
            " sagemaker:ListTags: AWS denies it for 2, such as :model-package-group/churn; what it tells stays as it "
            "was. Allow it to the bot"
        ),
        " sagemaker:ListEndpoints: AWS denies it; what it tells stays as it was. Allow it to the bot",
    ]


def test_whatever_stands_in_an_answer_is_told_or_read_as_nothing() -> None:
    answers = [
        a_group("Churn"),
        a_package("Churn", 2),
        a_model("M", of_package("Churn/2"), of_file("s3://m/m", Mode="MultiModel")),
        an_endpoint("E"),
        a_config("E", "M", shadows=("M",)),
        a_component("C", "E", Container={"ArtifactUrl": "s3://m/c"}, BaseInferenceComponentName="C"),
        tagged(GROUP, owner="payments", e_aliases="x"),
        {"ScalableTargets": [{"ResourceId": "endpoint/E/variant/M", "MinCapacity": 1}]},
    ]
    anchor = an_endpoint("anchor")
    for number, answer in enumerate(answers):
        for strange in with_each_strange(answer):
            if not isinstance(strange, dict):
                continue
            told = json.loads(json.dumps([*answers[:number], strange, *answers[number + 1 :], anchor]))
            reading = read_sagemaker([an_account(*told)], known=KNOWN)
            assert reading.documents.read == reading.documents.kept + reading.documents.skipped
            assert reading.edges.read == reading.edges.kept + reading.edges.skipped
            json.dumps([str(one) for one in (*reading.skipped, *reading.notes)]).encode()


def test_images_reports_and_commits_are_described_in_the_archive_of_the_model() -> None:
    image = "1.dkr.ecr.eu-west-1.amazonaws.com/churn"
    specification = {
        "Containers": [{"Image": f"{image}:3", "ImageDigest": "sha256:aa", "ModelDataUrl": "s3://m/w"}]
    }
    package = a_package(
        "Churn",
        1,
        InferenceSpecification=specification,
        ModelMetrics={"ModelQuality": {"Statistics": {"S3Uri": "s3://m/q.json", "ContentDigest": "bb"}}},
        MetadataProperties={"CommitId": "3f2c", "Repository": "https://git.example.com/churn"},
    )
    deployed = a_model("Own", {"Image": f"{image}@sha256:cc", "ModelDataUrl": "s3://m/own"})
    reading = read(a_group("Churn"), package, deployed, a_model("Tagged", {"Image": f"{image}:3"}))
    found = {name: one.references for name, one in by_name(reading).items() if one.references}
    day = {"on": "2026-03-02"}
    code, metrics = ArtifactClass.CODE, ArtifactClass.METRICS
    assert found == {
        "Churn": (
            Reference(of=code, what="container image", where=f"{image}:3", digest="sha256:aa", **day),
            Reference(
                of=metrics,
                what="report",
                where="s3://m/q.json",
                name="ModelQuality Statistics",
                digest="bb",
                **day,
            ),
            Reference(
                of=code,
                what="git commit",
                where="https://git.example.com/churn",
                version="3f2c",
                **day,
            ),
        ),
        "Own": (Reference(of=code, what="container image", where=image, digest="sha256:cc", **day),),
    }
