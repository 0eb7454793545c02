"""What a Backstage source becomes, and what is said about everything that does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.catalog.called import NAMED_IN_BACKSTAGE
from data.importers.backstage import read_backstage
from data.importers.report import Reading
from data.records.artifacts import ArtifactClass, Reference, class_of
from data.records.catalog import EndpointKind, Entity, Kind, Measure, Measured
from data.records.checks import CheckAddress
from tests.data.catalogs import COMPANY, REAL, a_document

MODEL = """
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {{name: "{name}"}}
spec: {{type: ai-model, owner: {owner}}}
"""


@pytest.fixture
def read(tmp_path: Path):  # type: ignore[no-untyped-def]
    def reading(*documents: str) -> Reading:
        path = tmp_path / "catalog-info.yaml"
        path.write_text("---\n".join(documents))
        return read_backstage([path])

    return reading


def by_name(reading: Reading) -> dict[str, Entity]:
    return {entity.name: entity for entity in reading.entities}


def edges(reading: Reading) -> set[tuple[str, str]]:
    return {(edge.from_id.rpartition("/")[2], edge.to_id.rpartition("/")[2]) for edge in reading.dependencies}


def lines(said: tuple[object, ...]) -> list[str]:
    """Without the directory the test wrote to."""
    return [str(line).rpartition("catalog-info.yaml:")[2] for line in said]


def test_the_sample_company_is_read_whole():
    reading = read_backstage([COMPANY])
    kinds = [entity.kind for entity in reading.entities]
    assert (kinds.count(Kind.MODEL), kinds.count(Kind.ENDPOINT), kinds.count(Kind.CONSUMER)) == (12, 12, 18)
    assert [kinds.count(kind) for kind in (Kind.DATASET, Kind.PIPELINE, Kind.DASHBOARD)] == [1, 9, 2]
    assert (len(reading.groups), len(reading.people)) == (8, 16)
    assert [skipped.why for skipped in reading.skipped] == ["not a Backstage entity: no apiVersion and kind"]
    churn = by_name(reading)["churn-v1"]
    assert churn.id == "resource:default/churn-v1"
    assert churn.owner_id == "group:default/growth-ml"
    assert churn.tier == 3
    assert churn.successor_id == "resource:default/churn-v2"
    assert churn.artifacts[0] == str(COMPANY / "artifacts" / "churn-v1" / "weights.json")
    assert len(churn.artifacts) == 5
    served = by_name(reading)["churn-v1-prod"]
    assert (served.endpoint_kind, served.endpoint_ref) == (EndpointKind.LOCAL, "churn-v1-prod")
    ada = next(person for person in reading.people if person.name == "Ada Okafor")
    assert (ada.slack_id, ada.manager_id, ada.zone) == (
        "U01ADAOKAFOR",
        "user:default/vera-lund",
        "Europe/London",
    )
    insights = next(group for group in reading.groups if group.name == "insights")
    assert insights.member_ids == ("user:default/ines-costa", "user:default/henry-lau")
    assert insights.channel_id == "C01INSIGHTS"


@pytest.mark.parametrize("folder", [COMPANY, *REAL], ids=lambda folder: folder.name)
def test_every_document_and_every_edge_is_accounted_for(folder: Path):
    reading = read_backstage([folder])
    for count in (reading.documents, reading.edges):
        assert count.read == count.kept + count.skipped
    declared = [one for one in reading.entities if not one.id.startswith(NAMED_IN_BACKSTAGE)]
    assert reading.documents.kept == len(declared) + len(reading.groups) + len(reading.people)
    edges_told = {(edge.from_id, edge.to_id) for edge in reading.dependencies}
    named = {ends for ends in edges_told if any(one.startswith(NAMED_IN_BACKSTAGE) for one in ends)}
    assert reading.edges.kept == len(edges_told - named)
    assert len(reading.dependencies) == len(reading.declared_by)
    assert reading.documents.skipped + reading.edges.skipped == len(reading.skipped)
    assert all(":" in skipped.where and skipped.why for skipped in reading.skipped)


@pytest.mark.parametrize("folder", [COMPANY, *REAL], ids=lambda folder: folder.name)
def test_reading_the_same_twice_gives_the_same(folder: Path):
    assert read_backstage([folder]) == read_backstage([folder])


def test_edges_may_be_declared_from_either_end_and_count_once(read):
    reading = read(
        a_document("Resource", "m", "type: ai-model, owner: t, dependencyOf: [component:srv]"),
        a_document(
            "Component", "srv", "type: model-server, owner: t, dependsOn: [resource:m], providesApis: [web]"
        ),
        a_document("API", "web", "type: openapi, owner: t"),
        a_document("Component", "shop", "type: service, owner: t, consumesApis: [web]"),
        a_document(
            "Component", "basket", "type: service, owner: t, subcomponentOf: shop, dependsOn: [resource:m]"
        ),
    )
    assert edges(reading) == {
        ("srv", "m"),
        ("web", "srv"),
        ("shop", "web"),
        ("shop", "basket"),
        ("basket", "m"),
    }
    (skipped,) = reading.skipped
    assert skipped.where.endswith("catalog-info.yaml:11")
    assert skipped.why == f"the same edge as {reading.dependencies[0].declared_in}"
    assert reading.dependencies[0].declared_in.endswith("catalog-info.yaml:5")


def test_a_server_that_lists_its_own_api_does_not_depend_on_it(read):
    reading = read(
        a_document("Component", "srv", "type: model-server, providesApis: [web], dependsOn: [api:web]"),
        a_document("API", "web", "type: openapi, dependencyOf: [component:srv]"),
    )
    assert edges(reading) == {("web", "srv")}
    why = "provides that API itself; kept as the API depending on it"
    assert [skipped.why for skipped in reading.skipped] == [why, why]


def test_self_loops_and_edges_to_nothing_are_skipped_with_file_and_line(read):
    reading = read(
        a_document("Component", "a", "owner: t, dependsOn: [component:a, resource:ghost, 'x/y/z', group:t]"),
        a_document("Group", "t", "type: team"),
        a_document("Resource", "a", "type: ai-model, owner: t"),
        a_document("Component", "b", "owner: t, dependsOn: [a, component:a/b/c, api:a]"),
    )
    assert lines(reading.skipped) == [
        '5 Component a spec.dependsOn "resource:ghost": nobody declares resource:default/ghost; kept by name',
        '5 Component a spec.dependsOn "x/y/z": not a reference; write [kind:][namespace/]name; kept by name',
        '5 Component a spec.dependsOn "group:t": group:default/t is no component, resource or API',
        (
            '23 Component b spec.dependsOn "a": '
            "could be component:default/a or resource:default/a; write the kind"
        ),
        (
            '23 Component b spec.dependsOn "component:a/b/c": '
            "not a reference; write [kind:][namespace/]name; kept by name"
        ),
        (
            '23 Component b spec.dependsOn "api:a": nobody declares api:default/a; '
            "there is component:default/a and resource:default/a; kept by name"
        ),
        '5 Component a spec.dependsOn "component:a": depends on itself',
    ]
    assert [(edge.from_id[-1], edge.to_id) for edge in reading.dependencies] == [
        ("a", "backstage-named:resource:default/ghost"),
        ("a", "backstage-named:x/y/z"),
        ("b", "backstage-named:component:a/b/c"),
        ("b", "backstage-named:api:default/a"),
    ]
    assert (reading.edges.read, reading.edges.kept) == (7, 0)


def test_what_stands_where_a_reference_should_is_named_and_never_dropped_silently(read):
    reading = read(
        a_document("Component", "a", "type: service, owner: [t, t], dependsOn: {resource: m}"),
        a_document("Component", "b", "type: service, owner: {group: t}, dependsOn: [{resource: m}, [m], ~]"),
        a_document("Group", "t", "type: team, members: {user: u}, children: {group: s}"),
        a_document("User", "u", "memberOf: [[t]]"),
    )
    form = "not a reference; write [kind:][namespace/]name"
    assert lines(reading.skipped) == [
        f"5 Component a spec.dependsOn a mapping: {form}",
        f"11 Component b spec.dependsOn a mapping: {form}",
        f"11 Component b spec.dependsOn a list: {form}",
        f'11 Component b spec.dependsOn "": {form}',
    ]
    assert lines(reading.notes) == [
        "5 Component a spec.owner a list: name one group or user. Kept as unowned",
        "11 Component b spec.owner a mapping: name one group or user. Kept as unowned",
        f"17 Group t spec.members a mapping: {form}",
        f"17 Group t spec.children a mapping: {form}",
        f"23 User u spec.memberOf a list: {form}",
    ]
    assert by_name(reading)["a"].owner_note == "owner is a list, not one group or user"


def test_a_resource_without_a_type_is_kept_as_a_consumer_and_says_so(read):
    reading = read(
        "x-shared: &shared {type: ai-model, owner: t}\n"
        "apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: {name: m}\nspec: {<<: *shared, owner: t}\n",
        a_document("Group", "t", "type: team"),
    )
    assert by_name(reading)["m"].kind == Kind.CONSUMER
    assert lines(reading.notes) == [
        "5 Resource m spec.type: no type declared; kept as a consumer, not a model"
    ]


def test_cycles_are_kept(read):
    reading = read(
        *(
            a_document("Component", name, f"owner: t, dependsOn: [component:{to}]")
            for name, to in ("ab", "bc", "ca")
        )
    )
    assert edges(reading) == {("a", "b"), ("b", "c"), ("c", "a")}


def test_references_fold_case_and_namespace_and_say_so(read):
    reading = read(
        a_document("Resource", "Churn", "type: ai-model, owner: Team-A"),
        a_document("Group", "team-a", "type: team"),
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: x, namespace: shop}\n"
        "spec: {type: service, owner: team-a, dependsOn: ['Resource:default/CHURN', churn]}\n",
    )
    assert edges(reading) == {("x", "churn")}
    assert by_name(reading)["Churn"].owner_id == "group:default/team-a"
    assert by_name(reading)["Churn"].owner_note == 'written "Team-A", declared as "team-a"'
    assert by_name(reading)["x"].owner_note == 'found in namespace "default" only'
    assert lines(reading.notes) == [
        '5 Resource Churn spec.owner "Team-A": written "Team-A", declared as "team-a"',
        '16 Component x spec.owner "team-a": found in namespace "default" only',
        '16 Component x spec.dependsOn "Resource:default/CHURN": written "CHURN", declared as "Churn"',
        (
            '16 Component x spec.dependsOn "churn": written "churn", declared as "Churn"; found in namespace '
            '"default" only; no kind given; taken as resource:default/churn'
        ),
    ]


@pytest.mark.parametrize(
    ("owner", "owner_id", "note"),
    [
        ("payments", "group:default/payments", ""),
        ("group:other/billing", "group:other/billing", ""),
        ("user:nora", "user:default/nora", ""),
        ("nora", "user:default/nora", "no kind given; taken as user:default/nora"),
        ("Team-Payments", "", 'owner "Team-Payments": no such group; closest is "payments"'),
        ("group:dissolved", "", 'owner "group:dissolved": no such group, and nothing has a similar name'),
        ("user:henry", "", 'owner "user:henry": no such user, and nothing has a similar name'),
        ("component:m", "", 'owner "component:m": a component cannot own; name a group or a user'),
        ("a/b/c", "", 'owner "a/b/c": not a reference; write [kind:][namespace/]name'),
        ("", "", "no owner declared"),
    ],
    ids=lambda value: value or "none",
)
def test_an_owner_is_resolved_or_left_empty_with_the_reason(read, owner: str, owner_id: str, note: str):
    reading = read(
        a_document("Resource", "m", f"type: ai-model, owner: '{owner}'"),
        a_document("Group", "payments", "type: team"),
        a_document("User", "nora"),
        "apiVersion: backstage.io/v1alpha1\nkind: Group\n"
        "metadata: {name: billing, namespace: other}\nspec: {}\n",
    )
    assert (by_name(reading)["m"].owner_id, by_name(reading)["m"].owner_note) == (owner_id, note)


def test_of_two_with_the_same_id_the_first_counts_and_both_lines_are_named(read):
    reading = read(
        a_document("Resource", "LLaMA-2", "type: ai-model, owner: t"),
        a_document("Resource", "Llama-2", "type: ai-model, owner: other"),
    )
    assert [entity.name for entity in reading.entities] == ["LLaMA-2"]
    assert reading.skipped[0].where.endswith("catalog-info.yaml:7")
    assert "catalog-info.yaml:1 declares resource:default/llama-2 already" in reading.skipped[0].why


def test_documents_that_are_something_else_are_skipped_with_the_reason(read):
    reading = read(
        a_document("Component", "a", "owner: t"),
        a_document("System", "s"),
        a_document("Location", "l"),
        a_document("Template", "p"),
        a_document("Widget", "w"),
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: half}\n",
        a_document("Component", '"${{ values.name }}"'),
        a_document("Component", '"a/b"'),
        "",
    )
    assert reading.documents.kept == 1
    assert [skipped.why for skipped in reading.skipped] == [
        "a System groups things; it neither serves nor depends",
        "a Location's targets are not followed; name their files or directory instead",
        "a Template makes new things; it is none itself",
        "kind Widget is not one we read",
        "not a Backstage entity: apiVersion is apps/v1",
        "has no spec",
        "the name is a placeholder of a template",
        'a name has no "/", "#" or control characters, or references to it would be ambiguous',
        "an empty document",
    ]


@pytest.mark.parametrize(
    "name", ["n" * 300, "<!channel>", "Llama 2", "2024", "yes"], ids=lambda name: name[:12]
)
def test_a_name_is_data_whatever_it_looks_like(read, name: str):
    reading = read(MODEL.format(name=name, owner="t"))
    assert [entity.name for entity in reading.entities] == [name]


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        (f"name: {'n' * 601}", "a name has at most 600 characters; this one has 601"),
        (f"name: m, namespace: {'n' * 601}", "a name has at most 600 characters; this one has 601"),
        ("name: m, namespace: a/b", 'a namespace has no "/", "#" or control characters'),
        ('name: m, namespace: "a\\nb"', 'a namespace has no "/", "#" or control characters'),
    ],
    ids=["long name", "long namespace", "slash", "line break"],
)
def test_an_id_that_no_button_could_carry_or_that_reads_as_another_is_skipped(read, metadata: str, why: str):
    reading = read(
        f"apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: {{{metadata}}}\nspec: {{type: ai-model}}\n",
        MODEL.format(name="kept", owner="t"),
    )
    assert list(by_name(reading)) == ["kept"]
    assert reading.skipped[0].why.startswith(why)


def test_which_documents_are_models_endpoints_or_consumers(read):
    reading = read(
        a_document("Resource", "m1", "type: AI-Model"),
        a_document("AiResource", "m2", "type: model"),
        a_document("AiResource", "prompt", "type: skill"),
        a_document("Component", "e1", "type: model-server"),
        a_document("API", "e2", "type: ai-model-server"),
        a_document("Resource", "e3", "type: sagemaker", endpoint_kind="sagemaker", endpoint_ref="prod-7"),
        a_document("Component", "c1", "type: service"),
    )
    kinds = {entity.name: entity.kind.value for entity in reading.entities}
    assert kinds == {
        **dict.fromkeys(("m1", "m2"), "model"),
        **dict.fromkeys(("e1", "e2", "e3"), "endpoint"),
        **dict.fromkeys(("prompt", "c1"), "consumer"),
    }
    assert by_name(reading)["e1"].endpoint_kind == EndpointKind.MANUAL
    assert (by_name(reading)["e3"].endpoint_kind, by_name(reading)["e3"].endpoint_ref) == (
        "sagemaker",
        "prod-7",
    )


def test_annotations_that_make_no_sense_are_noted_and_never_used(read):
    reading = read(
        a_document("Resource", "m", "type: ai-model, owner: t", tier="9", successor="ghost", artefacts="x"),
        a_document("Component", "e", "type: model-server, owner: t", endpoint_kind="lambda"),
        a_document("User", "nora", slack_id="<!channel>", zone="Mars/Olympus", manager="user:nora"),
        a_document("User", "olaf", slack_id="U0123"),
        a_document("User", "twin", slack_id="U0123"),
        a_document("Group", "t", "type: team", slack_channel="#general"),
    )
    model = by_name(reading)["m"]
    assert (model.tier, model.successor_id) == (0, "")
    assert by_name(reading)["e"].endpoint_kind == EndpointKind.MANUAL
    assert [person.slack_id for person in reading.people] == ["", "U0123", ""]
    assert (reading.people[0].zone, reading.people[0].manager_id) == ("UTC", "")
    assert reading.groups[0].channel_id == ""
    notes = " / ".join(lines(reading.notes))
    for said in (
        "Resource m emeritus.dev/artefacts: unknown and ignored; we read emeritus.dev/aliases,",
        'emeritus.dev/tier "9": a tier is 1, 2 or 3; kept as unknown, the strictest',
        'emeritus.dev/successor "ghost": nobody declares resource:default/ghost. Kept by name: nobody',
        (
            'emeritus.dev/endpoint-kind "lambda": not one of local, proxy, envoy, haproxy, sagemaker, flags, manual; '
            "kept as manual"
        ),
        'User nora emeritus.dev/slack-id "<!channel>": not a Slack id like U01ABC2DEF3; ignored',
        'emeritus.dev/zone "Mars/Olympus": not an IANA time zone; kept as UTC',
        "emeritus.dev/manager: nobody manages themselves; kept without a manager",
        "emeritus.dev/slack-id U0123: is user:default/olaf's already; kept without a Slack id",
        'emeritus.dev/slack-channel "#general": not a Slack id like C01ABC2DEF3; ignored',
    ):
        assert said in notes


DAY = ("available-from", "serves_from", "2026-03-01", "one day, as 2027-03-01. Kept without")
GUIDE = ("migration-guide", "guide", "https://docs.example/m", "of at most 150 characters. Kept without")


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        *[(DAY, day) for day in ("soon", "2026-02-30", "[2026-03-01]")],
        *[(GUIDE, guide) for guide in ("javascript:x", "https://a.example/a b", "[a]")],
    ],
)
def test_a_first_day_that_is_none_and_a_guide_nobody_could_follow_are_noted_and_kept_out(
    read, what: tuple[str, str, str, str], wrong: str
):
    annotation, field, right, note = what
    model = a_document("Resource", "m", "type: ai-model, owner: a")
    fine, odd = (
        model.replace("\nspec", f"\n  annotations: {{emeritus.dev/{annotation}: {json.dumps(one)}}}\nspec")
        for one in (right, wrong)
    )
    assert getattr(by_name(read(fine))["m"], field) == right
    reading = read(odd)
    assert getattr(by_name(reading)["m"], field) == ""
    (said,) = lines([one for one in reading.notes if annotation in str(one)])
    assert said.endswith(note)


def test_checks_of_a_consumer_are_addresses_in_the_order_of_its_file(read):
    urls = {"check-scoring": "https://ci.example.com/score?run=1", "check-features": "http://10.0.0.5:8080/"}
    reading = read(a_document("Component", "web", "type: website", **urls))
    assert by_name(reading)["web"].checks == (
        CheckAddress(name="scoring", url="https://ci.example.com/score?run=1"),
        CheckAddress(name="features", url="http://10.0.0.5:8080/"),
    )
    assert not [one for one in reading.notes if "check-" in str(one)]


@pytest.mark.parametrize(
    ("name", "url", "said"),
    [
        ("check-scoring", "./score.sh", "one address, https://..., of at most 1,000 characters"),
        ("check-scoring", "file:///etc/passwd", "one address, https://..., of at most 1,000 characters"),
        ("check-scoring", "https://ci.example.com/run?signature=abc", "has a credential, which is not kept"),
        (
            "check-scoring",
            "https://ci.example.com/run?consumer=web&key=abc",
            "has a credential, which is not kept",
        ),
        ("check-scoring", "https://me:hunter2@ci.example.com/run", "has a credential, which is not kept"),
        (
            "check-scoring",
            "https://ci.example.com/xoxb-1234567890-abc",
            "has a credential, which is not kept",
        ),
        ("check-scoring", "https://a..example.com/", "one address, https://..., of at most 1,000 characters"),
        ("check-", "https://ci.example.com/", "the name of a check has 1 to 40 small letters"),
        ("check-Scoring", "https://ci.example.com/", "the name of a check has 1 to 40 small letters"),
    ],
)
def test_a_check_that_nobody_could_run_is_noted_and_kept_out(read, name: str, url: str, said: str):
    reading = read(a_document("Component", "web", "type: website", **{name: url}))
    assert by_name(reading)["web"].checks == ()
    (noted,) = [str(one) for one in reading.notes if "check-" in str(one)]
    assert said in noted


def test_an_artifact_no_file_can_be_is_noted_and_kept_so_that_its_archive_stops_there(read, tmp_path: Path):
    model = MODEL.format(name="m", owner="t").replace(
        "}\nspec", ', annotations: {emeritus.dev/artifacts: "good.bin,a\\0b, file:///w.bin"}}\nspec'
    )
    reading = read(model, a_document("Group", "t", "type: team"))
    assert by_name(reading)["m"].artifacts == (f"{tmp_path}/good.bin", f"{tmp_path}/a\\x00b", "file:///w.bin")
    assert lines(reading.notes) == [
        "4 Resource m emeritus.dev/artifacts a\\x00b: no file can be there; its archive step will stop at it"
    ]


def test_artifacts_may_be_a_list_whose_items_hold_commas(read, tmp_path: Path):
    reading = read(
        "apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata:\n  name: m\n  annotations:\n"
        "    emeritus.dev/artifacts:\n      - weights.bin\n      - a, b.bin\n      - s3://bucket/x\n"
        "      - weights.bin\n      -\n      - {path: w.bin}\nspec: {type: ai-model, owner: t}\n",
        a_document("Group", "t", "type: team"),
    )
    assert by_name(reading)["m"].artifacts == (
        f"{tmp_path}/weights.bin",
        f"{tmp_path}/a, b.bin",
        "s3://bucket/x",
        f"{tmp_path}/a mapping",
    )
    assert lines(reading.notes) == [
        (
            "12 Resource m emeritus.dev/artifacts a mapping: "
            "not one path or URI; its archive step will stop at it"
        )
    ]


HASH = "0123456789" * 4


def test_artifacts_have_the_class_in_front_of_them_and_a_page_on_the_web_is_only_referred_to(
    read, tmp_path: Path
):
    model = a_document(
        "Resource",
        "m",
        "type: ai-model",
        artifacts=(
            f"weights.bin, weights=s3://b/w, Inference Logs=logs/, a=b.bin, day=2026-03-02/w.bin,\ncard=card.md,code=git+https://x/y@{HASH},"
            f" dashboard=https://grafana/d, git+file:///repo@{HASH}, wieghts=s3://b/v, weights=https://hub/w"
        ),
    )
    reading = read(model)
    found = by_name(reading)["m"]
    assert {uri.removeprefix(f"{tmp_path}/"): class_of(uri, found.classes) for uri in found.artifacts} == {
        "weights.bin": "weights",
        "s3://b/w": "weights",
        "logs": "inference-logs",
        "a=b.bin": "weights",
        "day=2026-03-02/w.bin": "weights",
        "card.md": "card",
        f"git+https://x/y@{HASH}": "code",
        f"git+file:///repo@{HASH}": "code",
        "s3://b/v": "other",
        "https://hub/w": "weights",
    }
    assert found.references == (
        Reference(of=ArtifactClass.DASHBOARD, what="link", where="https://grafana/d"),
    )
    notes = [one for one in lines(reading.notes) if "artifacts" in one]
    assert [one.partition("artifacts ")[2][:40] for one in notes] == [
        'wieghts=s3://b/v: "wieghts" is no class ',
        "https://hub/w: only paths, file://, s3:/",
    ]


def test_links_to_dashboards_are_referred_to_once_and_other_links_are_none_of_ours(read, tmp_path: Path):
    model = a_document("Resource", "m", "type: ai-model", artifacts="dashboard=https://grafana/d").replace(
        "metadata:\n",
        """metadata:
  links:
  - {url: "https://grafana/d", title: Again, type: dashboard}
  - {url: "https://grafana/auc", title: AUC by week, type: Dashboard}
  - {url: "https://wiki/m", title: Docs, type: doc}
  - {url: "javascript:alert(1)", type: dashboard}
""",
        1,
    )
    assert by_name(read(model))["m"].references == (
        Reference(of=ArtifactClass.DASHBOARD, what="link", where="https://grafana/d"),
        Reference(of=ArtifactClass.DASHBOARD, what="link", where="https://grafana/auc", name="AUC by week"),
    )


def test_what_is_on_the_hub_is_a_reference_with_its_revision(read, tmp_path: Path):
    artifacts = "w.bin, hf://datasets/acme/calls@3f2c, lineage=hf://lab/base@v1, hf://lab/small, hf://odd"
    reading = read(a_document("Resource", "m", "type: ai-model", artifacts=artifacts))
    found = by_name(reading)["m"]
    assert [(one.of, one.what, one.name, one.version, one.where) for one in found.references] == [
        ("data", "dataset of Hugging Face", "acme/calls", "3f2c", "hf://datasets/acme/calls@3f2c"),
        ("lineage", "model of Hugging Face", "lab/base", "v1", "hf://lab/base@v1"),
        ("weights", "model of Hugging Face", "lab/small", "", "hf://lab/small"),
    ]
    assert found.artifacts == (f"{tmp_path}/w.bin", "hf://odd")
    notes = [one.partition("artifacts ")[2] for one in lines(reading.notes) if "artifacts" in one]
    assert notes == [
        "hf://lab/small: no revision, and what is there is another one tomorrow; write hf://org/name@REVISION",
        "hf://odd: only paths, file://, s3://, git+https:// and git+file:/// can be archived",
    ]


def test_benchmarks_are_taken_of_a_card_beside_the_file_and_of_no_other(read, tmp_path: Path):
    card = (
        "---\nmodel-index:\n- results:\n  - {dataset: {type: imdb}, metrics: [{type: f1, value: 0.9}]}\n---\n"
    )
    (tmp_path / "card.md").write_text(card)
    (tmp_path / "broken.md").write_text("---\nmodel-index: [\n---\n")
    (beyond := tmp_path.parent / "beyond.md").write_text(card.replace("imdb", "secret"))
    artifacts = f"card=card.md, card=broken.md, card={beyond}, card=none.md, card.md"
    reading = read(a_document("Resource", "m", "type: ai-model", artifacts=artifacts))
    (told,) = by_name(reading)["m"].references
    assert (told.of, told.name, told.values) == ("metrics", "imdb", (("f1", "0.9"),))
    assert ["its benchmarks are not taken" in one for one in lines(reading.notes) if "broken" in one] == [
        True
    ]


WRONG_SHAPES = """apiVersion: [backstage.io/v1alpha1]
kind: Resource
metadata:
  name: m
  namespace: [x]
  title: [A model]
  annotations:
    emeritus.dev/artifacts: {path: w.bin}
    emeritus.dev/tier: [1]
    emeritus.dev/successor: {a: b}
spec:
  type: ai-model
  owner: group:default/t
  lifecycle: [production]
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: e, annotations: {emeritus.dev/endpoint-kind: [local], emeritus.dev/endpoint-ref: [e]}}
spec: {type: [model-server], owner: t}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata:
  name: n
  annotations:
    - emeritus.dev/tier: 1
spec: {type: [ai-model], owner: t}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: u, annotations: {emeritus.dev/slack-id: [U01], emeritus.dev/zone: [UTC], emeritus.dev/manager: [v]}}
spec: {profile: {displayName: [Uma]}}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: t, annotations: {emeritus.dev/slack-channel: {id: C01}}}
spec: {type: team, profile: [x]}
"""


def test_a_list_or_mapping_where_one_text_should_stand_is_told_with_what_is_accepted(read, tmp_path: Path):
    reading = read(WRONG_SHAPES)
    assert lines(reading.notes) == [
        "1 Resource m apiVersion a list: name one version. Read as one of Backstage's",
        "5 Resource m metadata.namespace a list: name one namespace. Kept in default",
        "6 Resource m metadata.title a list: write one title. Ignored",
        "26 Resource n metadata.annotations a list: write a mapping, KEY: VALUE. Ignored",
        "32 User u spec.profile.displayName a list: write one name. Ignored",
        "37 Group t spec.profile a list: write a mapping, KEY: VALUE. Ignored",
        (
            "8 Resource m emeritus.dev/artifacts a mapping: "
            "not one path or URI; its archive step will stop at it"
        ),
        (
            "10 Resource m emeritus.dev/successor a mapping: "
            "not a reference; write [kind:][namespace/]name. Kept without a successor"
        ),
        "9 Resource m emeritus.dev/tier a list: a tier is 1, 2 or 3; kept as unknown, the strictest",
        "14 Resource m spec.lifecycle a list: name one lifecycle. Kept without one",
        "19 Component e spec.type a list: name one type. Kept as an endpoint",
        (
            "18 Component e emeritus.dev/endpoint-kind a list: "
            "not one of local, proxy, envoy, haproxy, sagemaker, flags, manual; kept as manual"
        ),
        (
            "18 Component e emeritus.dev/endpoint-ref a list: "
            "write the one name its platform knows it by. Kept as e"
        ),
        "27 Resource n spec.type a list: name one type. Kept as a consumer",
        "36 Group t emeritus.dev/slack-channel a mapping: not a Slack id like C01ABC2DEF3; ignored",
        "31 User u emeritus.dev/slack-id a list: not a Slack id like U01ABC2DEF3; ignored",
        "31 User u emeritus.dev/manager a list: not a reference; write [kind:][namespace/]name",
        "31 User u emeritus.dev/zone a list: not an IANA time zone; kept as UTC",
    ]
    assert reading.skipped == ()
    assert by_name(reading)["m"].artifacts == (f"{tmp_path}/a mapping",)


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ("kind: [Component]\nmetadata: {name: a}\nspec: {}\n", "document a: kind is a list; write one word"),
        (
            "kind: Component\nmetadata: {name: {a: b}}\nspec: {}\n",
            "Component: metadata.name is a mapping; write one word",
        ),
        (
            "kind: Component\nmetadata: {name: a}\nspec: [type]\n",
            "Component a: spec is a list; write a mapping",
        ),
    ],
    ids=["kind", "name", "spec"],
)
def test_a_document_whose_kind_name_or_spec_has_the_wrong_shape_is_skipped_and_says_so(
    read, document: str, line: str
):
    """Also at the end of a file: what was cut off has none of these shapes."""
    reading = read(a_document("Group", "t", "type: team"), f"apiVersion: backstage.io/v1alpha1\n{document}")
    assert lines(reading.skipped) == [f"7 {line}"]


def test_membership_is_told_by_groups_and_by_users(read):
    reading = read(
        a_document("Group", "t", "type: team, children: [sub], members: [olaf, gone]"),
        a_document("Group", "sub", "type: team"),
        a_document("User", "olaf", "memberOf: [t]"),
        a_document("User", "nora", "memberOf: [t, nowhere]"),
    )
    assert reading.groups[0].member_ids == ("user:default/olaf", "user:default/gone", "user:default/nora")
    assert reading.groups[1].parent_id == "group:default/t"
    assert lines(reading.notes) == [
        "5 Group t spec.members: nobody declares gone",
        '23 User nora spec.memberOf "nowhere": nobody declares group:default/nowhere',
    ]


def test_references_may_point_to_what_an_earlier_import_declared(tmp_path: Path):
    first = tmp_path / "models.yaml"
    first.write_text(
        a_document("Resource", "m", "type: ai-model, owner: t") + "---\n" + a_document("Group", "t")
    )
    second = tmp_path / "consumers.yaml"
    second.write_text(a_document("Component", "c", "owner: t, dependsOn: [resource:m]"))
    known = read_backstage([first])
    reading = read_backstage([second], known=(*known.entities, *known.groups))
    assert edges(reading) == {("c", "m")}
    assert by_name(reading)["c"].owner_id == "group:default/t"


def test_annotations_tell_what_was_measured_of_a_model_and_of_an_endpoint(tmp_path: Path) -> None:
    documents = (
        a_document("Resource", "m", "type: ai-model", decay="0.07 on 2026-02-01", drift="high"),
        a_document("Component", "live", "type: model-server", cost_per_month="1200 EUR on 2026-02-02"),
    )
    (path := tmp_path / "c.yaml").write_text("---\n".join(documents))
    reading = read_backstage([path])

    assert {one.id: one.measured for one in reading.entities} == {
        "resource:default/m": (
            Measured(measure=Measure.DECAY, value=0.07, on="2026-02-01", told_in=f"{path}:6"),
        ),
        "component:default/live": (
            Measured(measure=Measure.COST, value=1200, on="2026-02-02", told_in=f"{path}:15", currency="EUR"),
        ),
    }
    told = [(one.where, one.note) for one in reading.notes if "VALUE" in one.note]
    assert told == [(f"{path}:7", '"high" is not VALUE on DAY, as 0.07 on 2026-03-02. Left out')]
