"""What waits for somebody's working hours is looked at once more before it goes, wherever in the line it stands."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from data.policies.policy import read_windows
from data.records.hours import Hours
from tests.builders import a_policy
from tests.workflows.living import FIRST_DAY, ROLES, Living, company, people_in

OWNER = "UOWNER"


def test_of_several_reminders_that_waited_for_one_morning_only_the_last_is_sent(tmp_path: Path):
    """They stand one behind the other; once only the first was looked at again, and the others came in a row."""
    reading = company({"team": (OWNER,)}, {}, consumers=1)
    tuesdays = replace(read_windows(), weekdays=(1,))
    hours = {one: Hours(windows=tuesdays, zone="UTC") for one in people_in(reading)}
    policy = a_policy(roles=ROLES, review_days=1, reminder_days=(2, 1, 0), recheck_hours=168)
    with Living(tmp_path, policy, reading, hours) as life:
        life.proposes()
        life.approves()
        life.until(FIRST_DAY + timedelta(days=70))
        told = [params["milestone"] for _, to, notice, params in life.notebook.sent if notice == "reminder"]
    assert told == ["migrate-0d@2027-02-26"]
