"""What model cards become: models built from models and datasets, what follows them, and what they are joined to."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from data.catalog.catalog import Catalog
from data.errors import Invalid
from data.importers.huggingface import read_huggingface
from data.importers.huggingface_cards import OnHub, on_hub
from data.importers.report import ImportReport, Reading
from data.records.artifacts import ArtifactClass, Reference
from data.records.catalog import Entity, Group, Kind, Person
from tests.data.catalogs import MONDAY, a_document, imported
from tests.data.importers.strange import with_each_strange

CHURN = "huggingface:acme/churn"


def a_card(path: Path, repository: str, front: str) -> Path:
    (folder := path / repository).mkdir(parents=True, exist_ok=True)
    (file := folder / "README.md").write_text(f"---\n{front}\n---\n# Card\n")
    return file


def read(*paths: Path, known: tuple[Entity | Group | Person, ...] = ()) -> Reading:
    return read_huggingface(paths, known=known)


def take(catalog: Catalog, *paths: Path) -> ImportReport:
    reading = read_huggingface(paths, known=catalog.known_outside("huggingface", paths))
    return catalog.import_(reading, format="huggingface", now=MONDAY)


def lines(things: tuple[object, ...]) -> list[str]:
    return [re.sub(r"\S*/(\w+/\w+)/README\.md:", r"\1:", str(thing)) for thing in things]


def ends(reading: Reading) -> list[str]:
    edges = [f"{edge.from_id} -> {edge.to_id}" for edge in reading.dependencies]
    return [edge.replace("huggingface:", "") for edge in edges]


def test_a_model_depends_on_its_base_models_and_datasets_and_names_its_successor(tmp_path: Path):
    a_card(
        tmp_path,
        "acme/churn",
        "license: mit\nbase_model:\n- Lab/Base-7B\n- lab/small\nbase_model_relation: merge\n"
        "datasets: [acme/calls, imdb]\nnew_version: acme/churn-2\nemeritus: {tier: 2, aliases: [crm-churn], owner: ml}",
    )
    a_card(tmp_path, "acme/churn-2", "base_model: acme/churn\nbase_model_relation: finetune")
    ml = Group(id="group:default/ml", name="ml")
    reading = read(tmp_path, known=(ml,))
    churn = next(one for one in reading.entities if one.id == CHURN)
    assert churn == Entity(
        id=CHURN,
        kind=Kind.MODEL,
        name="acme/churn",
        owner_id=ml.id,
        owner_names=("ml",),
        tier=2,
        successor_id="huggingface:acme/churn-2",
        declared_in=f"{tmp_path}/acme/churn/README.md:1",
        aliases=("acme/churn", "crm-churn"),
    )
    assert [(one.id, one.kind, one.name) for one in reading.entities][2:] == [
        ("huggingface:lab/base-7b", Kind.MODEL, "Lab/Base-7B"),
        ("huggingface:lab/small", Kind.MODEL, "lab/small"),
        ("huggingface:datasets/acme/calls", Kind.DATASET, "acme/calls"),
        ("huggingface:datasets/imdb", Kind.DATASET, "imdb"),
    ]
    assert ends(reading) == [
        "acme/churn -> lab/base-7b",
        "acme/churn -> lab/small",
        "acme/churn -> datasets/acme/calls",
        "acme/churn -> datasets/imdb",
        "acme/churn-2 -> acme/churn",
    ]
    assert reading.dependencies[1].declared_in == f"{tmp_path}/acme/churn/README.md:5"
    assert set(reading.declared_by) == {CHURN, "huggingface:acme/churn-2"}
    assert (reading.skipped, reading.notes) == ((), ())


@pytest.mark.parametrize(
    ("place", "front", "repository"),
    [
        ("org/name", "license: mit", "org/name"),
        ("hub/models--org--my-name/snapshots/0a1b", "license: mit", "org/my-name"),
        ("hub/models--gpt2/snapshots/0a1b", "license: mit", "gpt2"),
        ("src/my model", "emeritus: {model_id: org/name}", "org/name"),
        ("org/name", "emeritus: {model_id: https://huggingface.co/acme/churn}", "acme/churn"),
    ],
    ids=[
        "folders",
        "cache",
        "cache of one without an organisation",
        "said in the card",
        "said as an address",
    ],
)
def test_the_repository_is_what_the_card_says_or_where_it_lies(
    tmp_path: Path, place: str, front: str, repository: str
):
    card = a_card(tmp_path, place, front)
    assert [one.name for one in read(card).entities] == [repository]
    assert [one.name for one in read(tmp_path).entities] == [repository]


def test_a_card_of_another_system_is_read_as_well_and_lines_are_counted_as_people_see_them(tmp_path: Path):
    """With the line breaks and the byte order mark of Windows."""
    card = a_card(tmp_path, "org/name", "license: mit")
    card.write_bytes(b"\xef\xbb\xbf---\r\nlicense: mit\r\nbase_model: lab/base\r\n---\r\n# Card\r\n")
    (edge,) = read(card).dependencies
    assert (edge.to_id, edge.declared_in) == ("huggingface:lab/base", f"{card}:3")


def test_what_is_no_card_of_a_model_is_skipped_with_the_reason(tmp_path: Path):
    a_card(tmp_path, "a/model", "license: mit")
    a_card(tmp_path, "b/data", "task_categories: [text-classification]\nlicense: mit")
    a_card(tmp_path, "hub/datasets--b--more/snapshots/1", "license: mit")
    a_card(tmp_path, "c/space", "sdk: gradio\nlicense: mit")
    a_card(tmp_path, "d/page", "title: About")
    a_card(tmp_path, "e e/f f", "license: mit")
    a_card(tmp_path, "f/odd", "emeritus: {model_id: [x]}")
    a_card(tmp_path, "again", "emeritus: {model_id: A/Model}")
    (tmp_path / "README.md").write_text("# A folder of models\n\n---\n")
    (tmp_path / "notes.md").write_text("---\nno end")
    reading = read(tmp_path)
    assert [one.name for one in reading.entities] == ["a/model"]
    assert (reading.documents.read, reading.documents.kept, reading.documents.skipped) == (9, 1, 8)
    assert [one.why.replace(f"{tmp_path}/", "") for one in reading.skipped] == [
        "has no YAML between two lines of ---",
        "a/model/README.md:1 is its card already; the first counts",
        "is the card of a dataset",
        "is the card of a Space",
        "says nothing that a model card says",
        "lies in no folder org/name; put emeritus: {model_id: org/name} into it",
        "model_id a list is no repository; write org/name",
        "is the card of a dataset",
    ]


def test_what_is_named_and_is_no_repository_is_told_and_withdraws_nothing(catalog: Catalog, tmp_path: Path):
    a_card(tmp_path, "acme/churn", "base_model: lab/base\ndatasets: [acme/calls]")
    take(catalog, tmp_path)
    a_card(
        tmp_path,
        "acme/churn",
        "base_model: [./checkpoint-100, {a: b}, https://huggingface.co/lab/base/]\nbase_model_relation: copy\n"
        "datasets: https://huggingface.co/datasets/acme/calls\nnew_version: acme/next\nemeritus: {team: ml, tier: 9}",
    )
    report = take(catalog, tmp_path)
    assert report.withdrawn == ()
    assert lines(report.skipped) == [
        ('acme/churn:2 acme/churn -> ./checkpoint-100: base_model "./checkpoint-100" is no repository of the Hub; '
        "write org/name"),
        "acme/churn:2 acme/churn -> a mapping: base_model a mapping is no repository of the Hub; write org/name",
    ]  # fmt: skip
    assert lines(report.notes) == [
        'acme/churn:3 acme/churn base_model_relation: "copy" is none of adapter, finetune, merge, quantized; ignored',
        "acme/churn:6 acme/churn emeritus.team: unknown and ignored; we read model_id, owner, tier, aliases",
        'acme/churn:6 acme/churn: emeritus.tier "9": a tier is 1, 2 or 3; kept as unknown, the strictest',
        'acme/churn:5 acme/churn: new_version "acme/next": nobody declares it. Kept by name: nobody can move to it yet',
    ]


def test_a_base_that_a_card_does_not_name_any_more_is_withdrawn(catalog: Catalog, tmp_path: Path):
    a_card(tmp_path, "acme/churn", "base_model: lab/base")
    take(catalog, tmp_path)
    a_card(tmp_path, "acme/churn", "license: mit")
    report = take(catalog, tmp_path)
    assert report.withdrawn == ("huggingface:acme/churn -> huggingface:lab/base",)
    assert report.unseen == ("huggingface:lab/base",)


def test_letters_count_whatever_their_case_and_names_that_begin_alike_are_different_models(tmp_path: Path):
    a_card(tmp_path, "lab/Llama-2", "license: mit")
    a_card(tmp_path, "acme/churn", "base_model: [lab/LLaMA-2, lab/Llama-2-7b]")
    a_card(tmp_path, "acme/self", "base_model: acme/Self")
    reading = read(tmp_path)
    assert ends(reading) == ["acme/churn -> lab/llama-2", "acme/churn -> lab/llama-2-7b"]
    assert [one.note for one in reading.notes] == [
        'written "lab/LLaMA-2", elsewhere "lab/Llama-2"; the case of letters does not count',
        'written "acme/Self", elsewhere "acme/self"; the case of letters does not count',
    ]
    assert [one.why for one in reading.skipped] == ["depends on itself"]


def test_a_model_of_another_catalog_is_the_repository_it_is_given_as_an_alias(
    catalog: Catalog, tmp_path: Path
):
    (company := tmp_path / "catalog.yaml").write_text(
        a_document("Resource", "churn-v1", "type: ai-model", aliases="acme/churn")
        + "---\n"
        + a_document("Resource", "base", "type: ai-model", aliases="Lab/Base")
    )
    imported(catalog, company)
    cards = tmp_path / "cards"
    a_card(cards, "acme/churn", "base_model: lab/base\nnew_version: acme/churn-2")
    a_card(cards, "acme/churn-2", "base_model: acme/churn\nnew_version: lab/base")
    report = take(catalog, cards)
    assert [(one.consumer_id, one.distance) for one in catalog.impact("resource:default/base").consumers] == [
        ("resource:default/churn-v1", 1),
        ("huggingface:acme/churn-2", 2),
    ]
    assert [one.id for one in catalog.succession("huggingface:acme/churn-2").models] == [
        "resource:default/base"
    ]
    notes = [one.note for one in report.notes]
    assert "is one with resource:default/churn-v1: both are called acme/churn" in notes
    assert take(catalog, cards).changed is False


def test_what_one_import_only_names_another_may_describe(catalog: Catalog, tmp_path: Path):
    a_card(one := tmp_path / "one", "acme/churn", "base_model: lab/base\ndatasets: imdb")
    a_card(two := tmp_path / "two", "lab/base", "datasets: imdb\nemeritus: {tier: 1}")
    for path in (one, two, one, two):
        take(catalog, path)
    assert catalog.entity("huggingface:lab/base").tier == 1
    assert [take(catalog, path).changed for path in (one, two)] == [False, False]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("---\nlicense: mit\n", "README.md:1: begins with --- and has no second one: is the file complete?"),
        ("---\nbase_model: [a\n---\n", "README.md:2 did not find expected ',' or ']'"),
        ("---\nlicense: mit\nlicense: x\n---\n", "README.md:3 license: each key once; line 2 has it already"),
        ("---\nbase_model: {{ base }}\n---\n", "README.md:2 a key that is a list or mapping: text as key"),
        (
            "---\n- a\n---\n",
            "README.md:2 a list: no fields such as base_model, which stand on top of a model card",
        ),
        ("# Title\n", "README.md:1: is no README.md with YAML between two lines of --- on top"),
        ("", "README.md:1: is no README.md with YAML"),
        ("---\n---\n", "README.md:1: is no README.md with YAML"),
    ],
    ids=["cut off", "no YAML", "twice", "placeholder", "a list", "no card", "empty", "nothing in it"],
)
def test_a_card_that_is_not_whole_changes_nothing(tmp_path: Path, content: str, problem: str):
    (file := tmp_path / "README.md").write_text(content)
    with pytest.raises(Invalid) as refused:
        read(file)
    assert str(refused.value).replace(f"{tmp_path}/", "").startswith(problem)


def test_a_folder_without_any_card_is_refused(tmp_path: Path):
    (tmp_path / "NOTES.md").write_text("# Notes\n")
    with pytest.raises(Invalid) as refused:
        read(tmp_path)
    assert str(refused.value) == f"{tmp_path}: has no README.md"


def test_whatever_stands_where_something_else_should_is_told_or_refused(catalog: Catalog, tmp_path: Path):
    """JSON is YAML, too."""
    whole = {
        "base_model": ["lab/base"],
        "base_model_relation": "merge",
        "datasets": ["imdb"],
        "new_version": "lab/base",
        "emeritus": {"model_id": "acme/churn", "owner": "ml", "tier": "1", "aliases": ["x"]},
    }
    card = a_card(tmp_path, "acme/churn", "")
    for strange in with_each_strange(whole):
        card.write_text(f"---\n{json.dumps(strange)}\n---\n")
        try:
            reading = read(card)
        except Invalid:
            continue
        assert reading.documents.read == reading.documents.kept + reading.documents.skipped
        catalog.import_(reading, format="huggingface", now=MONDAY)


@pytest.mark.parametrize(
    "stated", ["base_model: {name: lab/base}", "base_model: [[lab/base]]", "datasets: x y"]
)
def test_what_cannot_be_read_as_a_base_or_dataset_withdraws_nothing(
    catalog: Catalog, tmp_path: Path, stated: str
):
    take(catalog, a_card(tmp_path, "acme/churn", "base_model: lab/base\ndatasets: [imdb]"))
    assert take(catalog, a_card(tmp_path, "acme/churn", stated)).withdrawn == ()


def test_a_model_that_could_be_two_others_by_now_keeps_what_it_depends_on(catalog: Catalog, tmp_path: Path):
    card = a_card(tmp_path, "acme/churn", "base_model: lab/base")
    for name in ("one", "other"):
        (company := tmp_path / f"{name}.yaml").write_text(
            a_document("Resource", name, "type: ai-model", aliases="acme/churn")
        )
        imported(catalog, company)
        assert take(catalog, card).withdrawn == ()
    assert set(catalog.lineage().edges) == {(CHURN, "huggingface:lab/base")}


RESULTS = """model-index:
- name: churn
  results:
  - task: {type: text-classification, name: Text Classification}
    dataset: {name: GLUE, type: glue, config: qqp, split: validation, revision: 3f2c1e0b}
    metrics:
    - {type: accuracy, value: 0.878, date: "2026-03-02"}
    - {type: f1, value: 0.84, name: F1 macro, date: 2026-03-02T09:00:00Z}
    - {type: f1, value: 0.86, name: F1 micro, date: 2026-03-02}
    - {type: loss, value: 0.3}
    - {type: nothing}
    source: {name: board, url: "https://board.example.com/churn"}
  - dataset: {type: imdb}
    metrics: {name: BLEU, value: "20.0 ± 1.2"}"""
GLUE = Reference(
    of=ArtifactClass.METRICS,
    what="benchmark Text Classification",
    where="https://board.example.com/churn",
    name="GLUE (glue, qqp, validation)",
    version="3f2c1e0b",
    on="2026-03-02",
    values=(("accuracy", "0.878"), ("f1", "0.84"), ("f1 (F1 micro)", "0.86")),
)
BENCHMARKS = (
    GLUE,
    replace(GLUE, on="", values=(("loss", "0.3"),)),
    Reference(of=ArtifactClass.METRICS, what="benchmark", name="imdb", values=(("BLEU", "20.0 ± 1.2"),)),
)


def test_benchmarks_of_a_card_are_captured_with_metric_dataset_value_and_day(tmp_path: Path):
    reading = read(a_card(tmp_path, "acme/churn", RESULTS))
    assert reading.entities[0].references == BENCHMARKS
    assert lines(reading.notes) == [
        "acme/churn:12 acme/churn model-index: a metric of model-index without a type and one value; left out"
    ]


def test_more_results_than_an_archive_describes_are_told(tmp_path: Path):
    many = "\n".join(
        f"  - {{dataset: {{type: d{at}}}, metrics: [{{type: a, value: 1}}]}}" for at in range(201)
    )
    reading = read(a_card(tmp_path, "acme/churn", f"model-index:\n- results:\n{many}"))
    assert len(reading.entities[0].references) == 200
    assert [one.note for one in reading.notes] == ["201 results; the first 200 are described in an archive"]


@pytest.mark.parametrize("index", ["3", "[{results: [x, [y]]}]", "{results: {}}"])
def test_a_model_index_of_another_shape_tells_nothing(tmp_path: Path, index: str):
    assert read(a_card(tmp_path, "acme/churn", f"model-index: {index}")).entities[0].references == ()


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        ("hf://org/name@3f2c", OnHub("models", "org/name", "3f2c")),
        ("hf://models/org/name@v1/model.bin", OnHub("models", "org/name", "v1")),
        ("hf://datasets/org/name@refs%2Fpr%2F1", OnHub("datasets", "org/name", "refs/pr/1")),
        ("hf://org/name", OnHub("models", "org/name", "")),
        ("hf://org", None),
        ("hf://org/na..me", None),
        ("s3://org/name@3f2c", None),
    ],
)
def test_an_address_of_the_hub_names_a_repository_and_its_revision(uri: str, found: OnHub | None):
    assert on_hub(uri) == found
