"""What a policy wants attested before a switch-off: who may, for how long it counts, and what is refused."""

from __future__ import annotations

import pytest

from data.errors import Invalid
from data.policies.policy import parsed, read_policy
from data.records.attestations import Attestation

LEGAL = '[attestations.legal]\ntext = "It may go."\npeople = ["U024BE7LH"]\n'


def attestations(toml: str) -> tuple[Attestation, ...]:
    return parsed(toml, source="eu.toml").attestations


def test_the_shipped_policy_asks_three_of_tier_1_and_every_model_has_somebody_for_them() -> None:
    shipped = read_policy().attestations

    assert [one.name for one in shipped] == ["retention", "access", "privacy"]
    assert {one.tiers for one in shipped} == {(1,)}
    assert {one.groups for one in shipped} == {("model.owner",)}


def test_attestations_of_ones_own_replace_all_shipped_ones() -> None:
    assert attestations(LEGAL) == (
        Attestation(name="legal", text="It may go.", people=("U024BE7LH",), tiers=(1, 2, 3), valid_days=90),
    )


def test_an_empty_table_asks_for_none() -> None:
    assert attestations("[attestations]\n") == ()


def test_a_voting_role_may_be_who_attests() -> None:
    (legal,) = attestations(
        '[attestations.legal]\ntext = "It may go."\nroles = ["security"]\ntiers = [1, 2]\n'
    )

    assert (legal.roles, legal.tiers) == (("security",), (1, 2))


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        pytest.param(
            "attestations = 3",
            "eu.toml attestations = 3: a table for each, e.g. [attestations.retention]",
            id="no table",
        ),
        pytest.param(
            '[attestations.legal]\npeople = ["U024BE7LH"]',
            "eu.toml [attestations.legal] text: missing; the words that somebody puts their name to",
            id="no text",
        ),
        pytest.param(
            '[attestations.legal]\ntext = "It may go."',
            "eu.toml [attestations.legal]: nobody could attest it; give it roles, groups or people",
            id="nobody",
        ),
        pytest.param(
            LEGAL + 'roles = ["lawyers"]',
            'eu.toml [attestations.legal] roles = "lawyers": a role of this policy: owner, platform, product, security',
            id="unknown role",
        ),
        pytest.param(
            LEGAL + "tiers = [2, 1]",
            "eu.toml [attestations.legal] tiers = [2, 1]: a list of tiers, each once, e.g. [1, 2, 3]",
            id="tiers in disorder",
        ),
        pytest.param(
            LEGAL + "tiers = []",
            "eu.toml [attestations.legal] tiers = []: a list of tiers, each once, e.g. [1, 2, 3]",
            id="no tier",
        ),
        pytest.param(
            LEGAL + "valid_days = 0",
            "eu.toml [attestations.legal] valid_days = 0: a whole number of days from 1 to 3650",
            id="never valid",
        ),
        pytest.param(
            LEGAL + "signed = true",
            "eu.toml [attestations.legal] signed = true: unknown; known here: "
            "text, roles, groups, people, tiers, valid_days",
            id="unknown key",
        ),
        pytest.param(
            LEGAL.replace("legal", '"The law"'),
            "eu.toml [attestations] The law: its name, which people type, has 1 to 40 small letters, digits, _ or -",
            id="a name nobody types",
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_would_be_accepted(toml: str, problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        attestations(toml)

    assert str(refused.value) == problem
