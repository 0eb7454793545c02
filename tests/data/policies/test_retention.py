"""For how long archives are kept, by the policy: class by class over the shipped rules."""

from __future__ import annotations

import pytest

from data.errors import Invalid
from data.policies import policy as policies
from data.policies.diff import differences
from data.policies.retention import RETENTION
from data.records.retention import Retention, StartsFrom, Storage


def test_a_class_says_only_what_is_otherwise_than_for_everything_else() -> None:
    policy = policies.parsed('[retention.weights]\nkeep_days_min = 3650\nstorage = "cold"', source="eu.toml")
    assert policy.kept_by("weights") == Retention(
        of="weights", starts_from=StartsFrom.CLOSED, keep_days_min=3650, storage=Storage.COLD
    )
    assert policy.kept_by("code") == policies.read_policy().kept_by("default")
    assert policies.read_policy().regulated_keep_days == 3650


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("retention = 7", "a table for each class"),
        ("[retention.Weights]\nkeep_days_min = 1", "default, or a class of artifacts: weights, code, data"),
        ("[retention.weights]\nkeep_days_min = -1", "a whole number of days from 0 to 36500"),
        ("[retention.weights]\nkeep_days_max = 30", "0, or at least keep_days_min, 2190"),
        ('[retention.weights]\nfrom = "birth"', "one of archived, disabled, closed"),
        ('[retention.weights]\nstorage = "tape"', "one of standard, infrequent, cold"),
        ("[retention.weights]\nkeep_years_min = 3", "unknown; known here: " + ", ".join(RETENTION)),
    ],
)
def test_what_is_wrong_is_named_with_what_would_be_accepted(toml: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        policies.parsed(toml, source="eu.toml")
    assert said in str(refused.value)


def test_what_another_policy_keeps_otherwise_is_told() -> None:
    other = policies.parsed('name = "default"\n[retention.default]\nfrom = "disabled"', source="default.toml")
    told = {one.key: (one.before, one.after) for one in differences(policies.read_policy(), other)}
    assert told == {"retention.default.from": ("closed", "disabled")}
