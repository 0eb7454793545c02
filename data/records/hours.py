"""When people may be written to: what the policy says for everybody, and what is known of one of them."""

from __future__ import annotations

from datetime import date, datetime

from data.records.base import Record


class Windows(Record, frozen=True, kw_only=True):
    """Working hours, as the policy in force says. They are people's and not a plan's, so no retirement keeps them.

    weekdays          working days, 0 for Monday
    from_hour         when their day begins on their own clock; `until_hour`, at most 24, when it is over
    default_zone      whose clock counts where Slack tells none
    country           whose public holidays count where nobody says another: "PT", "DE-BY"; empty for none
    hold_days_max     how long leave and do-not-disturb can hold a message; working days and hours always do
    do_not_disturb    whether Slack is asked who wants not to be disturbed
    snooze_days       for how long one press keeps reminders away
    delegate_days_max  for how many days at most somebody else may answer in one's place
    owner_hours       working hours an owner has had a request for before anybody above hears that it is open
    """

    weekdays: tuple[int, ...]
    from_hour: int
    until_hour: int
    default_zone: str
    country: str
    hold_days_max: int
    do_not_disturb: bool
    owner_hours: int
    snooze_days: int
    delegate_days_max: int

    @property
    def is_always(self) -> bool:
        """Is there no hour at which anybody would have to wait? Then nobody need be asked about."""
        whole = len(self.weekdays) == 7 and self.from_hour == 0 and self.until_hour == 24
        return whole and not self.country and not self.do_not_disturb


class Hours(Record, frozen=True, kw_only=True):
    """What is known of one person's hours.

    zone      whose clock they go by: an IANA name
    holidays  public holidays where they are
    quiet     when they want not to be disturbed: from, and until before
    away      when they are on leave: first and last day, on their own calendar
    """

    windows: Windows
    zone: str
    holidays: frozenset[date] = frozenset()
    quiet: tuple[tuple[datetime, datetime], ...] = ()
    away: tuple[tuple[date, date], ...] = ()
