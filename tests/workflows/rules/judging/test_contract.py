"""What consumers count on in an answer is learned from the old model, and a successor is held to it."""

from __future__ import annotations

import math

import pytest

from data.records.outputs import Contract, Field, Found, JsonType
from workflows.rules.judging.contract import FIELDS_MAX, Answer, breaches, found, learned


def a_body(number: int = 0, **changed: object) -> dict[str, object]:
    body: dict[str, object] = {
        "score": number / 40,
        "label": ("no", "yes")[number % 2],
        "request": f"r{number}",
        "rank": number,
        "why": [{"feature": "age", "weight": 0.5}, {"feature": "tenure", "weight": -1.0}],
        "note": None if number % 3 else "late",
        "only/sometimes": True,
    }
    if number % 2:
        del body["only/sometimes"]
    return {**body, **changed}


OLD = [Answer(200, a_body(number)) for number in range(40)]
REFUSED = [Answer(422, {"error": {"code": code, "field": "age"}}) for code in ("missing", "range") * 20]
CONTRACT = learned(
    [*OLD, *REFUSED], Contract(fields={"/score": Field(types=(JsonType.NUMBER,), maximum=1.0)})
)


def without(name: str) -> dict[str, object]:
    body = a_body()
    del body[name]
    return body


def test_a_contract_is_what_all_answers_of_the_old_model_have_in_common():
    assert CONTRACT.fields == {
        "": Field(types=(JsonType.OBJECT,)),
        "/score": Field(types=(JsonType.NUMBER,), maximum=1.0),
        "/label": Field(types=(JsonType.STRING,), is_required=True, values=("no", "yes")),
        "/request": Field(types=(JsonType.STRING,), is_required=True),
        "/rank": Field(types=(JsonType.INTEGER,), is_required=True),
        "/why": Field(types=(JsonType.ARRAY,), is_required=True),
        "/why/*": Field(types=(JsonType.OBJECT,)),
        "/why/*/feature": Field(types=(JsonType.STRING,), is_required=True, values=("age", "tenure")),
        "/why/*/weight": Field(types=(JsonType.NUMBER,), is_required=True),
        "/note": Field(types=(JsonType.NULL, JsonType.STRING), is_required=True),
        "/only~1sometimes": Field(types=(JsonType.BOOLEAN,)),
    }
    assert CONTRACT.errors["/error/code"] == Field(
        types=(JsonType.STRING,), is_required=True, values=("missing", "range")
    )
    assert (CONTRACT.answers, CONTRACT.is_cut) == (80, False)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (a_body(3), []),
        (a_body(added={"deep": [1]}), []),
        (a_body(score=0), []),
        (a_body(rank=7.0), []),
        (without("only/sometimes"), []),
        (without("label"), [("/label", "is missing")]),
        (a_body(why=[]), []),
        (a_body(why=[{"feature": "age"}, {"feature": "age"}]), [("/why/*/weight", "is missing")]),
        (a_body(score="0.4"), [("/score", "is a string, not a number")]),
        (a_body(score=1.2), [("/score", "is above 1")]),
        (a_body(score=True), [("/score", "is a boolean, not a number")]),
        (a_body(score=None), [("/score", "is null, not a number")]),
        (a_body(score=math.nan), [("/score", "is not a finite number")]),
        (a_body(rank=7.5), [("/rank", "is a number, not an integer")]),
        (a_body(note=3), [("/note", "is an integer, not null or a string")]),
        (a_body(label="maybe"), [("/label", "is none of its 2 values")]),
        (a_body(request="never seen"), []),
        ([a_body()], [("", "is an array, not an object")]),
    ],
    ids=[
        "as ever",
        "a field was added",
        "a whole number where there are any",
        "a whole number written with a point",
        "without what only some had",
        "a field is gone",
        "an empty list",
        "a field of each element is gone",
        "text for a number",
        "above its range",
        "a truth value for a number",
        "null",
        "NaN",
        "a fraction for a whole number",
        "a third type",
        "a label nobody knows",
        "text that is free",
        "wrapped in a list",
    ],
)
def test_a_successor_is_held_to_it(body, expected):
    assert breaches(CONTRACT, OLD[0], Answer(200, body)) == expected


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (REFUSED[1], []),
        (Answer(400, {"error": {"code": "range", "field": "x"}}), []),
        (Answer(422, {"detail": "no"}), [("/error", "is missing")]),
        (Answer(500, {"error": {}}), [("", "has status 5xx where the old model's has 4xx")]),
        (Answer(200, a_body()), [("", "has status 2xx where the old model's has 4xx")]),
    ],
    ids=["the same", "another status of its kind", "another shape", "a crash", "an answer"],
)
def test_what_the_old_model_refuses_is_refused_in_the_same_form(new, expected):
    assert breaches(CONTRACT, REFUSED[0], new) == expected


def test_a_range_that_was_declared_holds_at_both_ends():
    declared = Contract(fields={"/x": Field(types=(JsonType.NUMBER,), minimum=0, maximum=1)})
    said = [breaches(declared, Answer(200, {}), Answer(200, {"x": x})) for x in (0, 1, -0.1, 1.1)]
    assert said == [[], [], [("/x", "is below 0")], [("/x", "is above 1")]]


def test_nan_is_taken_from_a_successor_where_the_old_model_gave_it():
    loose = learned([Answer(200, {"x": math.nan}), Answer(200, {"x": 1.0})])
    assert breaches(loose, Answer(200, {}), Answer(200, {"x": math.inf})) == []


def test_a_contract_of_endless_fields_is_cut_and_says_so():
    wide = learned([Answer(200, {f"customer {n}": n for n in range(FIELDS_MAX + 1)})])
    assert (len(wide.fields), wide.is_cut) == (FIELDS_MAX, True)


def test_breaches_are_listed_with_the_first_inputs_that_show_them():
    gone, odd = ("/label", "is missing"), ("/score", "is above 1")
    wrong = [("in-1", [odd]), ("in-2", [gone, odd]), ("in-3", []), ("in-4", [odd])]
    assert found(wrong, ids_max=2) == (
        Found(path="/score", what="is above 1", count=3, input_ids=("in-1", "in-2")),
        Found(path="/label", what="is missing", count=1, input_ids=("in-2",)),
    )
