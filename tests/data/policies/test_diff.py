"""What is different in another policy: every key of it, by the name it has in the file, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from data.policies.diff import differences, differences_beside
from data.policies.fields import FIELDS
from data.policies.policy import (
    DEFAULT,
    parsed,
    read_criteria,
    read_policy,
    read_prices,
    read_review,
    read_rules,
    read_windows,
)

SHIPPED = read_policy()


def changed(toml: str) -> list[tuple[str, Any, Any]]:
    found = differences(SHIPPED, parsed(f'name = "default"\n{toml}', source="own.toml"))
    return [(one.key, one.before, one.after) for one in found]


def test_a_policy_is_no_different_from_itself() -> None:
    assert differences(SHIPPED, read_policy(DEFAULT)) == ()


def test_keys_are_named_as_a_file_has_them_and_in_its_order() -> None:
    toml = '[digest]\nweekday = "friday"\n[tiers.1]\nnotice_days = 200\n[reminders]\ndays_before = [30, 0]\n'
    assert changed(toml) == [
        ("reminders.days_before", [90, 60, 30, 7, 1, 0], [30, 0]),
        ("digest.weekday", "monday", "friday"),
        ("tiers.1.notice_days", 180, 200),
    ]


def test_roles_that_come_and_go_are_told_by_all_they_say() -> None:
    toml = '[roles.owner]\ngroups = ["model.owner"]\napprovals = 2\n'
    toml += '[roles.legal]\npeople = ["U024BE7LH"]\nveto = true\n'
    found = changed(toml)
    assert ("roles.owner.approvals", 1, 2) in found
    assert ("roles.legal.people", None, ["U024BE7LH"]) in found
    assert ("roles.legal.veto", None, True) in found
    assert ("roles.platform.groups", ["ml-platform"], None) in found
    assert not [key for key, *_ in found if key == "roles.legal.groups"]


def test_nothing_a_policy_says_is_left_out(tmp_path: Path) -> None:
    """Every field of the record but its digest makes a difference."""
    shutil.copytree(DEFAULT.parent / "notices", tmp_path / "words")
    five = "{what} {when} {why} {successor} {action}"
    (tmp_path / "words" / "support.md").write_text(f"{five}\n---\n{five}")
    named = f'name = "other"\n[notices]\nfolder = "{tmp_path / "words"}"\n'
    other = parsed(
        named
        + """
        [channels]
        governance = "#elsewhere"
        restricted = "#few"
        [regulated]
        notice_days = 200
        keep_days_min = 12
        [holds]
        groups = ["legal"]
        people = ["U024BE7LH"]
        [grants]
        groups = ["legal"]
        people = ["U024BE7LH"]
        days_max = 5
        link_minutes = 5
        [retention.default]
        keep_days_min = 1
        [rounds]
        review_days = 1
        expires_days = 2
        on_expiry = "escalate"
        prolong_days = 3
        cool_off_hours = 12
        approval_days = 5
        reject_comment_chars = 20
        [reminders]
        days_before = [5]
        [escalation]
        acknowledge_days = 1
        again_days = 1
        steps = [{ notify = "lead" }]
        [archive]
        lead_days = 5
        classes = ["weights", "code"]
        described = ["data"]
        [migrate]
        lead_days = 2
        [brownouts]
        minutes = [10]
        lead_days = 4
        moved_calls_max = 3
        errors_percent_max = 2
        [disable]
        zero_traffic_days = 1
        dark_window_days = 2
        checks_valid_hours = 5
        [steps]
        hour = 3
        zone = "Europe/Lisbon"
        recheck_hours = 2
        [break_glass]
        groups = ["legal"]
        people = ["U024BE7LH"]
        notice_days_min = 5
        review_hours = 5
        zero_traffic_days = 5
        look_back_days = 5
        [callers]
        extension_days = 5
        [digest]
        weekday = "friday"
        hour = 4
        [tiers]
        1 = { notice_days = 103, archive_classes = ["card"] }
        2 = { notice_days = 102 }
        3 = { notice_days = 101 }
        [roles.one]
        people = ["U024BE7LH"]
        [attestations.legal]
        text = "It is so."
        people = ["U024BE7LH"]
        [audiences.support]
        channels = ["#support"]
        """,
        source="other.toml",
    )
    same = {name for name in other.__struct_fields__ if getattr(other, name) == getattr(SHIPPED, name)}
    assert same == set(), "this test changes every field"
    told = {one.key for one in differences(SHIPPED, other)}
    kept = {
        section: keys
        for section, keys in FIELDS.items()
        if section not in ("anchors", "candidates", "prices", "review", "windows")
    }
    sections = {f"{section}.{key}" for section, keys in kept.items() for key in keys} - {
        "delegation.days_max",
        "escalation.owner_hours",
        "escalation.on_exhausted",
        "escalation.steps",
        "notices.folder",
        "reminders.snooze_days",
    }
    assert {"escalation.steps.1", "escalation.steps.2", "tiers.1.archive_classes"} <= told
    classes = next(one for one in differences(SHIPPED, other) if one.key == "archive.classes")
    assert (classes.before, classes.after) == (["weights"], ["weights", "code"])
    assert [key for key in told if key.startswith("notices.")] == ["notices.support"]
    assert {"attestations.legal.text", "attestations.privacy.valid_days"} <= told
    assert [key for key in told if key.startswith("audiences.")] == ["audiences.support.channels"]
    assert sections | {"name", "tiers.1.notice_days", "tiers.2.notice_days", "tiers.3.notice_days"} <= told


def test_a_tree_is_told_step_by_step() -> None:
    toml = """
    [escalation]
    on_exhausted = "coordinator"
    [[escalation.steps]]
    notify = ["manager"]
    [[escalation.steps]]
    when = { tier = 1, days_left_max = 3 }
    then = [{ notify = "lead" }, { wait_until = "window" }]
    """
    branch = {
        "when": {"tier": [1], "days_left_max": 3},
        "then": [{"notify": ["lead"]}, {"wait_until": "window"}],
    }
    assert changed(toml) == [
        ("escalation.steps.2", {"wait_days": 3}, branch),
        ("escalation.on_exhausted", "channel", "coordinator"),
    ]


def test_what_speaks_for_retiring_a_model_is_told_as_well(tmp_path: Path) -> None:
    (own := tmp_path / "own.toml").write_text(
        '[candidates]\ncriteria = ["idle"]\ncalls_per_day_max = 1\nidle_days = 2\nsupport_days = 3\n'
        "decay_share_max = 0.1\ndrift_psi_max = 0.2\ncost_per_month_max = 5\nmeasured_days = 7\n"
        'cost_currency = "EUR"\n'
    )
    found = differences_beside(read_criteria(), read_criteria(own))
    assert {one.key for one in found} == {f"candidates.{key}" for key in FIELDS["candidates"]}
    assert found[0].after == ["idle"]
    assert differences_beside(read_criteria(), read_criteria(DEFAULT)) == ()


def test_when_the_policy_is_looked_through_is_told_as_well(tmp_path: Path) -> None:
    (own := tmp_path / "own.toml").write_text(
        '[review]\nby = "2028-05-01"\ngroups = []\npeople = ["U024BE7LH"]\n'
    )
    found = differences_beside(read_review(), read_review(own))
    assert {one.key: one.after for one in found} == {
        "review.by": "2028-05-01",
        "review.groups": [],
        "review.people": ["U024BE7LH"],
    }


def test_when_people_are_written_to_is_told_as_well(tmp_path: Path) -> None:
    (own := tmp_path / "own.toml").write_text(
        "[delegation]\ndays_max = 30\n[escalation]\nowner_hours = 4\n[reminders]\nsnooze_days = 9\n"
        '[windows]\ndays = ["sunday", "monday"]\nfrom_hour = 8\nuntil_hour = 16\nholidays = "PT"\n'
        "do_not_disturb = false\nhold_days_max = 3\n"
    )
    found = differences_beside(read_windows(), read_windows(own))
    assert {one.key for one in found} == {
        "delegation.days_max",
        "escalation.owner_hours",
        "reminders.snooze_days",
        *(f"windows.{key}" for key in FIELDS["windows"]),
    }
    (days,) = [one for one in found if one.key == "windows.days"]
    assert days.after == ["monday", "sunday"]


def test_prices_of_ones_own_are_told_too(tmp_path: Path) -> None:
    (own := tmp_path / "own.toml").write_text("[prices]\ncold_usd_per_gb_month = 0.004\n")
    found = differences_beside(read_prices(), read_prices(own))
    assert [(one.key, one.before, one.after) for one in found] == [
        ("prices.cold_usd_per_gb_month", 0.0036, 0.004)
    ]


def test_how_long_anchors_are_locked_is_told_too(tmp_path: Path) -> None:
    (own := tmp_path / "own.toml").write_text('[anchors]\nlock_days = 400\nchannel = "#record"\n')
    before, after = read_rules(), read_rules(own)
    assert {one.key: one.after for one in differences_beside(before.anchors, after.anchors)} == {
        "anchors.lock_days": 400,
        "anchors.channel": "#record",
    }
    assert replace(after.policy, name=before.policy.name, digest="") == replace(before.policy, digest="")
