"""A user group of Slack may stand wherever people who decide are named, in one form; elsewhere it is refused."""

from __future__ import annotations

import pytest

from data.errors import Invalid
from data.policies import policy as policies
from data.policies.policy import parsed
from workflows.user_groups import named_in

FORM = (
    'a list of teams of the catalog, e.g. ["ml-platform"], or ["model.owner"]; user groups of Slack by their ids, '
    'e.g. ["slack:S0614TZR7"]'
)


def test_it_stands_beside_teams_wherever_people_who_decide_are_named(tmp_path) -> None:
    (own := tmp_path / "own.toml").write_text(
        """
        [roles.risk]
        groups = ["slack:S0RISK", "model.owner"]
        [attestations.privacy]
        text = "No personal data."
        groups = ["slack:S0PRIVACY", "slack:S0RISK"]
        [break_glass]
        groups = ["slack:S0GLASS"]
        [review]
        groups = ["slack:S0REVIEW"]
        """
    )
    rules = policies.read_rules(own)
    assert named_in(rules.policy) == ("slack:S0RISK", "slack:S0PRIVACY", "slack:S0GLASS")
    assert named_in(rules.policy, rules.review)[-1] == "slack:S0REVIEW"
    assert named_in(policies.read_policy()) == ()


@pytest.mark.parametrize(
    "name",
    ["slack:@risk", "slack:risk", "slack:", "Slack:S0614TZR7", "slack: S0614TZR7", "slack:s0614tzr7", "slack:U0614TZR7",
     "<!subteam^S0614TZR7>"],
)  # fmt: skip
@pytest.mark.parametrize("where", ["roles.risk", "attestations.privacy", "break_glass", "review"])
def test_any_other_form_is_refused_with_the_one_that_is_accepted(where: str, name: str) -> None:
    said = f'[{where}]\ngroups = ["{name}"]\n'
    said += 'text = "None."\n' if "attestations" in where else ""
    with pytest.raises(Invalid) as refused:
        parsed(said, source="eu.toml")
    assert [(one.field, one.accepted) for one in refused.value.problems] == [
        (f"eu.toml [{where}] groups", FORM)
    ]


@pytest.mark.parametrize(
    ("said", "accepted"),
    [
        ('[audiences.support]\ngroups = ["slack:S0614TZR7"]', 'a list of teams of the catalog, e.g. ["crm"]'),
        ('[[escalation.steps]]\nnotify = "group:slack:S0614TZR7"', "group:NAME"),
    ],
    ids=["an audience", "whom silence goes to"],
)
def test_who_decides_nothing_is_no_user_group(said: str, accepted: str) -> None:
    with pytest.raises(Invalid) as refused:
        parsed(said, source="eu.toml")
    (problem,) = refused.value.problems
    assert accepted in problem.accepted
