"""What a policy file may say, and how one that may not is answered: with all that is wrong, at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.errors import Invalid
from data.policies import policy as policies
from data.policies.attestations import ATTESTATION
from data.policies.fields import FIELDS
from data.policies.tables import ROLE, TIER
from data.records.anchors import AnchorRules
from data.records.hours import Windows
from data.records.policy import Criteria, Criterion, Policy, Review
from data.records.retention import Prices


def problems(toml: str) -> list[str]:
    with pytest.raises(Invalid) as refused:
        policies.parsed(toml, source="eu.toml")
    return [str(problem) for problem in refused.value.problems]


def test_the_shipped_policy_says_what_the_sources_beside_its_numbers_say() -> None:
    policy = policies.read_policy()

    assert (policy.review_days, policy.round_expires_days) == (14, 30)
    assert [policy.notice_days(tier) for tier in (1, 2, 3)] == [180, 90, 30]
    assert policy.reminder_days == (90, 60, 30, 7, 1, 0)
    assert (policy.acknowledge_days, policy.escalate_again_days) == (7, 3)
    assert (policy.archive_lead_days, policy.migrate_lead_days) == (21, 7)
    assert (policy.zero_traffic_days, policy.dark_window_days) == (30, 30)
    assert (policy.step_hour, policy.zone, policy.recheck_hours) == (9, "UTC", 24)
    assert (policy.digest_weekday, policy.digest_hour) == (0, 9)
    assert policy.governance_channel == "#model-retirements"
    assert policy.quorum == {"owner": 1, "platform": 1, "product": 1, "security": 1}
    assert policy.veto_roles == {"security"}


def test_an_unknown_tier_counts_as_the_strictest() -> None:
    assert policies.read_policy().notice_days(0) == 180


def test_brownouts_grow_and_models_of_tier_3_have_none() -> None:
    policy = policies.read_policy()
    assert [policy.brownouts(tier) for tier in (0, 1, 2, 3)] == [(5, 15, 60, 240, 1440)] * 3 + [()]
    assert policies.parsed("[brownouts]\nminutes = []", source="none.toml").brownouts(1) == ()


SOURCES = "OEP-21|OpenAI|Azure|Alibaba|LiteLLM|PyPI|Siddiqi|RFC [0-9]+|EU AI Act|SEC rule|Amazon S3|sourcify"


def test_every_number_of_the_shipped_policy_has_its_source_or_our_reason_beside_it() -> None:
    """A comment that only explains the key is neither."""
    lines = policies.DEFAULT.read_text(encoding="utf-8").splitlines()
    numbers = [line for line in lines if re.match(r"\w+ = \[?[0-9]", line)]
    sourced = re.compile(rf".+  # .*({SOURCES}|ours, because \w+ \w+)")

    assert len(numbers) == 67
    assert [line for line in numbers if not sourced.match(line)] == []


def test_every_key_says_what_it_means() -> None:
    keys = {name: key for table in (*FIELDS.values(), ROLE, TIER, ATTESTATION) for name, key in table.items()}

    assert [name for name, key in keys.items() if not key.says] == []


def test_a_file_of_ones_own_says_only_what_differs() -> None:
    policy = policies.parsed(
        '[channels]\ngovernance = "C024BE91L"\n[tiers.3]\nnotice_days = 45', source="eu.toml"
    )

    assert (policy.name, policy.governance_channel) == ("eu", "C024BE91L")
    assert [policy.notice_days(tier) for tier in (1, 2, 3)] == [180, 90, 45]
    assert policy.roles == policies.read_policy().roles


def test_roles_of_ones_own_replace_all_shipped_ones() -> None:
    policy = policies.parsed('[roles.risk]\npeople = ["U1AB"]\nveto = true', source="eu.toml")

    assert policy.quorum == {"risk": 1}
    assert policy.veto_roles == {"risk"}


@pytest.mark.parametrize(
    ("tier", "is_regulated", "roles", "notice"),
    [
        (2, False, ["owner"], 90),
        (3, True, ["owner", "legal"], 180),
        (1, False, ["owner", "legal", "board"], 180),
        (0, False, ["owner", "legal", "board"], 180),
    ],
    ids=["neither", "a regulation", "its tier", "no tier"],
)
def test_who_votes_and_how_long_the_notice_is_follows_from_tier_and_regulation(
    tier: int, is_regulated: bool, roles: list[str], notice: int
) -> None:
    policy = policies.parsed(
        """
        [roles.owner]
        groups = ["model.owner"]
        [roles.legal]
        people = ["U1LEGAL"]
        tiers = [1]
        regulated = true
        [roles.board]
        people = ["U1BOARD"]
        tiers = [1]
        """,
        source="eu.toml",
    )
    assert list(policy.asking(tier, is_regulated=is_regulated).quorum) == roles
    assert policy.notice_days_of(tier, is_regulated=is_regulated) == notice


def test_somebody_votes_on_every_model() -> None:
    only = '[roles.legal]\npeople = ["U1AB"]\nregulated = true\n'
    with pytest.raises(Invalid) as refused:
        policies.parsed(only, source="eu.toml")
    assert "at least one that votes on models" in str(refused.value)


def test_the_digest_names_the_version_and_changes_with_it() -> None:
    shipped, changed = policies.read_policy(), policies.parsed("[steps]\nhour = 10", source="default.toml")

    assert shipped.digest == policies.read_policy().digest == policies.digest_of(shipped)
    assert shipped.digest.startswith("sha256:")
    assert changed.digest != shipped.digest


BOTH = '[roles.owner]\npeople = ["U1AB"]\n[roles.risk]\npeople = ["U1AB"]\n'


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        pytest.param(
            BOTH,
            ["[roles.risk] people", "owner and risk vote on the same models", "need 2"],
            id="one for two",
        ),
        pytest.param(BOTH + 'groups = ["slack:S0614TZR7"]\n', [], id="and whoever is in a group"),
        pytest.param(BOTH.replace('"]\n[roles.risk]', '", "U2CD"]\n[roles.risk]'), [], id="two for two"),
        pytest.param(
            BOTH + "tiers = [1]\n[roles.all]\npeople = ['U3EF']\n", ["owner and risk"], id="of tier 1"
        ),
        pytest.param(
            BOTH.replace("[roles.risk]", "tiers = [2]\n[roles.risk]")
            + 'tiers = [1]\n[roles.all]\npeople = ["U3EF"]\n',
            [],
            id="of different tiers",
        ),
        pytest.param(
            '[break_glass]\ngroups = []\npeople = ["U1AB"]',
            ["[break_glass] people", "it takes two"],
            id="one alone",
        ),
        pytest.param('[break_glass]\npeople = ["U1AB"]\ngroups = ["security"]', [], id="one and a group"),
        pytest.param(
            "[break_glass]\nnotice_days_min = 400",
            ["notice_days_min = 400", "less than the longest notice, 180"],
            id="a short notice that is longer",
        ),
    ],
)
def test_what_could_never_be_done_is_refused(toml: str, said: list[str]) -> None:
    if not said:
        assert policies.parsed(toml, source="eu.toml")
        return
    (problem,) = problems(toml)
    assert [one for one in said if one not in problem] == []


def test_what_does_not_fit_together_is_reported_beside_what_is_malformed() -> None:
    found = problems(
        """
        [steps]
        hour = "nine"
        [rounds]
        review_days = 20
        expires_days = 10
        [windows]
        from_hour = 18
        until_hour = 9
        [archive]
        lead_days = "three weeks"
        [migrate]
        lead_days = 30
        [tiers.2]
        notice_days = 20
        """
    )
    assert sorted(one.split("] ")[1].partition(" ")[0] for one in found) == [
        "expires_days",
        "hour",
        "lead_days",
        "lead_days",
        "notice_days",
        "until_hour",
    ], "and nothing of the lead days that rest on what nobody can read"


def test_a_role_is_judged_whatever_is_wrong_in_another_and_no_form_is_asked_for_that_cannot_be() -> None:
    found = problems(
        """
        [archive]
        lead_days = 40
        [migrate]
        lead_days = 35
        [roles.owner]
        groups = ["model.owner"]
        approvals = 0
        [roles.platform]
        people = ["U1AB"]
        approvals = 2
        """
    )
    assert found == [
        "eu.toml [roles.owner] approvals = 0: a whole number of approvals from 1 to 20",
        (
            "eu.toml [archive] lead_days = 40: at most the shortest notice, 30: nothing is archived for a switch-off "
            "not yet announced"
        ),
        "eu.toml [roles.platform] approvals = 2: at most the number of its people, 1",
    ]


def test_what_is_no_table_of_a_role_is_said_once() -> None:
    assert problems("[roles]\nowner = 5\n") == ["eu.toml roles.owner = 5: a table, [roles.owner]"]


def test_a_mark_before_the_text_is_none_of_it_and_a_key_that_is_there_twice_is_said(tmp_path: Path) -> None:
    file = tmp_path / "eu.toml"
    file.write_bytes(b"\xef\xbb\xbf[steps]\nhour = 9\n")
    assert policies.read_policy(file).step_hour == 9
    with pytest.raises(Invalid, match="a key or a table is there twice: leave one"):
        policies.parsed("[steps]\nhour = 9\nhour = 10\n", source="eu.toml")


def test_all_problems_are_reported_at_once_with_the_accepted_form() -> None:
    toml = """
    colour = "blue"
    [rounds]
    review_days = "two weeks"
    reviewdays = 3
    [reminders]
    days_before = [7, 30, 7]
    [digest]
    weekday = "someday"
    [steps]
    zone = "Mars/Olympus"
    [channels]
    governance = "general chat"
    [tiers.4]
    notice_days = 5
    [roles.risk]
    approvals = true
    """

    assert sorted(problems(toml)) == sorted(
        [
            (
                "eu.toml colour: unknown; known here: name, channels, rounds, regulated, holds, grants, break_glass, "
                "callers, reminders, delegation, escalation, windows, notices, archive, migrate, brownouts, disable, "
                "steps, digest, review, candidates, prices, anchors, roles, tiers, attestations, audiences, retention"
            ),
            'eu.toml [rounds] review_days = "two weeks": a whole number of days from 0 to 365',
            f"eu.toml [rounds] reviewdays = 3: unknown; known here: {', '.join(FIELDS['rounds'])}",
            (
                "eu.toml [reminders] days_before = [7, 30, 7]: different whole numbers of days from 0 to "
                "3650, the largest first, e.g. [30, 7, 1, 0]"
            ),
            (
                'eu.toml [digest] weekday = "someday": one of monday, tuesday, wednesday, thursday, '
                "friday, saturday, sunday"
            ),
            'eu.toml [steps] zone = "Mars/Olympus": the IANA name of a time zone, e.g. "Europe/Lisbon"',
            (
                'eu.toml [channels] governance = "general chat": a channel as "#name" or by its id, '
                'e.g. "C024BE91L"'
            ),
            'eu.toml [tiers] 4 = {"notice_days": 5}: unknown; known here: 1, 2, 3',
            "eu.toml [roles.risk] approvals = true: a whole number of approvals from 1 to 20",
            "eu.toml [roles.risk]: nobody could vote; give it groups or people",
        ]
    )


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        pytest.param(
            "[tiers.1]\nnotice_days = 60",
            "eu.toml [tiers.1] notice_days = 60: at least the 90 of tier 2: tier 1 is the strictest",
            id="tier 1 shorter than tier 2",
        ),
        pytest.param(
            "[archive]\nlead_days = 31",
            "eu.toml [archive] lead_days = 31: at most the shortest notice, 30: nothing is archived "
            "for a switch-off not yet announced",
            id="archived before it is announced",
        ),
        pytest.param(
            "[migrate]\nlead_days = 21",
            (
                "eu.toml [migrate] lead_days = 21: less than [archive] lead_days, 21: the archive is "
                "proven first"
            ),
            id="moved before the archive is proven",
        ),
        pytest.param(
            "[disable]\nchecks_valid_hours = 0\n[tiers.2]\nchecks_required = true",
            (
                "eu.toml [disable] checks_valid_hours = 0: at least 1, where [tiers.2] checks_required = true: "
                "with 0 none is run"
            ),
            id="checks that are required and never run",
        ),
        pytest.param(
            "[brownouts]\nminutes = [60, 15]",
            "eu.toml [brownouts] minutes = [60, 15]: growing whole numbers of minutes from 1 to 1440, 10 of them at "
            "most, e.g. [5, 60]",
            id="brownouts that shrink",
        ),
        pytest.param(
            "[brownouts]\nminutes = [5, 60, 1440]\nlead_days = 2",
            "eu.toml [brownouts] minutes = [5, 60, 1440]: at most one for each of the 2 days of lead_days",
            id="more brownouts than days",
        ),
        pytest.param(
            "[brownouts]\nminutes = [5, 150]\n[windows]\nfrom_hour = 9\nuntil_hour = 11",
            "eu.toml [brownouts] minutes = [5, 150]: no more than the 120 minutes of a day of [windows], or at least "
            "240, which may run over its end",
            id="a short brownout that outlasts the day",
        ),
        pytest.param(
            "[rounds]\nexpires_days = 14",
            (
                "eu.toml [rounds] expires_days = 14: more than review_days, 14: a round must be able "
                "to close before it expires"
            ),
            id="a round that can never close",
        ),
        pytest.param(
            "[rounds]\napproval_days = 5\ncool_off_hours = 120",
            "eu.toml [rounds] approval_days = 5: 0, or more than cool_off_hours, 120: an approval must outlast it "
            "to be announced",
            id="an approval that lapses before anything may be announced",
        ),
        pytest.param(
            "[escalation]\nacknowledge_days = 24",
            "eu.toml [escalation] acknowledge_days = 24: at most 23: consumers must have moved by then where "
            "the notice is shortest",
            id="acknowledged after it must be migrated",
        ),
        pytest.param(
            '[roles.risk]\npeople = ["U1AB"]\napprovals = 2',
            "eu.toml [roles.risk] approvals = 2: at most the number of its people, 1",
            id="more approvals than people",
        ),
        pytest.param(
            "roles = {}",
            'eu.toml [roles]: at least one role, e.g. [roles.owner] with groups = ["model.owner"]',
        ),
        pytest.param(
            '[archive]\nclasses = ["weights", "wieghts"]',
            'eu.toml [archive] classes = ["weights", "wieghts"]: a list of any of weights, code, data, '
            "hyperparameters, preprocessing, metrics, dashboard, card, lineage, inference-logs, other, each once",
            id="a class nobody knows",
        ),
        pytest.param(
            '[archive]\ndescribed = ["weights"]',
            'eu.toml [archive] described = ["weights"]: a list of any of code, data, hyperparameters, '
            "preprocessing, metrics, dashboard, card, lineage, inference-logs, other, each once",
            id="weights that nobody copies",
        ),
        pytest.param("rounds = 3", "eu.toml rounds = 3: a table, [rounds]", id="no table"),
        pytest.param(
            "[steps]\nhour = true",
            "eu.toml [steps] hour = true: a whole number of hours from 0 to 23",
            id="true is no 1",
        ),
        pytest.param(
            f"a = {'[' * 5_000}{']' * 5_000}",
            "eu.toml: nested too deeply: no policy has more than 16 levels",
            id="lists deeper than the reader",
        ),
        pytest.param(
            f"[tiers]\n{'.'.join('4' * 5_000)} = 1",
            "eu.toml: nested too deeply: no policy has more than 16 levels",
            id="keys deeper than the writer",
        ),
        pytest.param(
            f"[steps]\nhour = 0x{'f' * 5_000}",
            "eu.toml [steps] hour = ...: a whole number of hours from 0 to 23",
            id="more digits than Python writes",
        ),
        pytest.param(
            f'[steps]\nzone = "{"z" * 5_000}"',
            f'eu.toml [steps] zone = "{"z" * 199}...: the IANA name of a time zone, e.g. "Europe/Lisbon"',
            id="a text nobody would read to its end",
        ),
        pytest.param(
            "[steps\n",
            "eu.toml: not TOML: Expected ']' at the end of a table declaration (at line 1, column 7)",
            id="not TOML",
        ),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_with_the_rule(toml: str, problem: str) -> None:
    assert problems(toml) == [problem]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cannot be read \\(No such file or directory\\); name a TOML file"):
        policies.read_policy(tmp_path / "eu.toml")


def test_more_digits_than_python_reads_are_no_bug() -> None:
    (problem,) = problems(f"[steps]\nhour = {'9' * 5_000}")

    assert problem.startswith("eu.toml: not TOML: Exceeds the limit")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "eu.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(Invalid, match="not UTF-8 text"):
        policies.read_policy(tmp_path / "eu.toml")


def test_every_field_of_the_record_can_be_set_from_the_file() -> None:
    fields = {key.field for keys in FIELDS.values() for key in keys.values()}

    records = {
        *Policy.__struct_fields__,
        *Criteria.__struct_fields__,
        *Windows.__struct_fields__,
        *Review.__struct_fields__,
        *Prices.__struct_fields__,
        *AnchorRules.__struct_fields__,
    }
    assert (
        fields - {"on_exhausted"}
        | {"name", "digest", "roles", "tiers", "attestations", "audiences", "retention", "default_zone"}
        == records
    )


def test_when_people_are_written_to_is_in_the_same_file_and_in_no_retirement(tmp_path: Path) -> None:
    (own := tmp_path / "eu.toml").write_text(
        '[steps]\nzone = "Europe/Lisbon"\n[windows]\ndays = ["sunday", "monday"]\nholidays = "DE-BY"\n'
    )

    assert policies.read_windows(own) == Windows(
        weekdays=(0, 6),
        from_hour=9,
        until_hour=17,
        default_zone="Europe/Lisbon",
        country="DE-BY",
        hold_days_max=7,
        do_not_disturb=True,
        owner_hours=8,
        snooze_days=3,
        delegate_days_max=60,
    )
    elsewhere = "[windows]\nfrom_hour = 7\n"
    assert policies.parsed(elsewhere, source="default.toml").digest == policies.read_policy().digest


HOURS = {
    'days = ["caturday"]': 'a list of working days, e.g. ["monday", "tuesday", "wednesday", "thursday", "friday"]',
    "days = []": 'a list of working days, e.g. ["monday", "tuesday", "wednesday", "thursday", "friday"]',
    'holidays = "XX"': 'a country by its ISO code, with a part of it or without, e.g. "PT" or "DE-BY"; "" for none',
    'holidays = "DE-ZZ"': 'a country by its ISO code, with a part of it or without, e.g. "PT" or "DE-BY"; "" for none',
    "until_hour = 9": "an hour after from_hour, 9",
}


@pytest.mark.parametrize(("said", "accepted"), HOURS.items(), ids=HOURS)
def test_hours_that_nobody_has_are_refused_with_the_form_that_is_accepted(said: str, accepted: str) -> None:
    with pytest.raises(Invalid) as refused:
        policies.parsed(f"[windows]\n{said}\n", source="eu.toml")
    assert [problem.accepted for problem in refused.value.problems] == [accepted]


def test_what_speaks_for_retiring_a_model_is_in_the_same_file_and_in_no_retirement(tmp_path: Path) -> None:
    (own := tmp_path / "eu.toml").write_text('[candidates]\ncriteria = ["idle", "support"]\nidle_days = 7\n')

    assert policies.read_criteria(own) == Criteria(
        looks_at=(Criterion.IDLE, Criterion.SUPPORT), calls_per_day_max=10, idle_days=7, support_days=180,
        decay_share_max=0.05, drift_psi_max=0.25, cost_per_month_max=1000, measured_days=90,
    )  # fmt: skip
    assert policies.read_criteria().looks_at == tuple(Criterion)
    assert policies.parsed(own.read_text(), source="default.toml").digest == policies.read_policy().digest


def test_restricted_models_have_a_channel_of_their_own() -> None:
    assert policies.parsed('[channels]\nrestricted = "GSEC"', source="eu.toml").restricted_channel == "GSEC"
    with pytest.raises(Invalid) as invalid:
        policies.parsed('[channels]\ngovernance = "CGOV"\nrestricted = "CGOV"', source="eu.toml")
    assert [str(one) for one in invalid.value.problems] == [
        'eu.toml [channels] restricted = "CGOV": a private channel, other than [channels] governance'
    ]


def test_when_the_policy_is_looked_through_is_in_the_same_file_and_in_no_retirement(tmp_path: Path) -> None:
    (own := tmp_path / "default.toml").write_text(
        '[review]\nby = "2028-05-01"\ngroups = []\npeople = ["U024BE7LH"]\n'
    )

    assert policies.read_review(own) == Review(review_by="2028-05-01", review_people=("U024BE7LH",))
    assert policies.read_policy(own).digest == policies.read_policy().digest


@pytest.mark.parametrize("by", ["2027-02-30", "next year", "2027-5-1", "20270501"])
def test_a_day_that_is_none_is_refused_with_the_form_that_is_accepted(by: str) -> None:
    assert problems(f'[review]\nby = "{by}"') == [
        f'eu.toml [review] by = "{by}": a day, e.g. "2027-05-01", or "" for none'
    ]


def test_whom_a_policy_counts_to_an_audience_is_checked_like_all_else() -> None:
    assert problems(
        '[audiences.suport]\nchannels = ["#s"]\n[audiences.support]\nchannels = ["s"]\nteams = ["crm"]'
    ) == [
        (
            'eu.toml [audiences] suport = {"channels": ["#s"]}: unknown; known here: ml-engineers, data-engineers, '
            "product-owners, support, governance"
        ),
        'eu.toml [audiences.support] channels = ["s"]: a list of channels, e.g. ["#support", "C024BE91L"]',
        'eu.toml [audiences.support] teams = ["crm"]: unknown; known here: groups, people, channels',
    ]
