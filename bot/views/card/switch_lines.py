"""What became of single endpoints, as lines in the card's thread: switched by an adapter, or by hand and by word."""

from __future__ import annotations

from bot.ids import SLASH_COMMAND
from bot.views import limits
from bot.views.blocks import mention, quoted, safe
from data import events
from data.records.retirement import Retirement
from workflows.rules.plans.switches import Switched
from workflows.rules.wording import counted, typed


def line(event: Switched | events.AskedAgain, retirement: Retirement) -> str:  # noqa: PLR0911 - one case per event
    """One event as mrkdwn, as in lines.py."""
    by = mention(event.by)
    match event:
        case events.EndpointDisabled():
            return f":electric_plug: {endpoint(retirement, event.endpoint_id)} is off; it can be restored"
        case events.EndpointGone():
            name = endpoint(retirement, event.endpoint_id)
            if event.by == event.vouched_by:
                return f":electric_plug: {name} cannot come back, says {by}: service does not wait for it"
            gone = f":electric_plug: {name} was gone already"
            return f"{gone}, as {mention(event.vouched_by)} had said; nothing was switched off"
        case events.SwitchDelayed():
            name, why = endpoint(retirement, event.endpoint_id), safe(event.reason, limits.PROSE_MAX)
            waived = f"{retirement.id} {safe(typed(retirement.endpoint_name(event.endpoint_id), event.endpoint_id))}"
            if event.action == "disable":
                return (
                    f":hourglass: {name} is being switched off, and may be off already: {why}\n"
                    f"It is looked at again by itself. `{SLASH_COMMAND} restore {retirement.id} REASON` brings it back"
                )
            return (
                f":rotating_light: {name} is *not back yet*: {why}\n"
                f"{mention(retirement.coordinator_id)}, it is tried again by itself once that is mended; "
                f"where it is gone for good, `{SLASH_COMMAND} waive {waived} REASON` "
                "ends the wait"
            )
        case events.EndpointRestored():
            return f":electric_plug: {endpoint(retirement, event.endpoint_id)} serves again"
        case events.ManualReported():
            name = endpoint(retirement, event.endpoint_id)
            evidence = quoted(event.evidence, limits.INPUT_MAX)
            return f":raised_hand: {by} reports {safe(event.action)} of {name}{evidence}"
        case events.ManualContradicted():
            name = endpoint(retirement, event.endpoint_id)
            return f":x: {by} looked: the {safe(event.action)} of {name} is not so"
        case events.ManualChecked():
            return f":mag: {by} checked {safe(event.action)} of {endpoint(retirement, event.endpoint_id)}"
        case events.AskedAgain():
            names = limits.joined(
                [endpoint(retirement, one) for one in event.endpoint_ids], 1_000, between=", "
            )
            again = f"told {counted(len(event.to), 'person', 'people')} again"
            heard = "the governance channel is told" if event.level > 1 else again
            return f":rotating_light: Still to {safe(event.action)} by hand: {names}; {heard}"


def endpoint(retirement: Retirement, endpoint_id: str) -> str:
    return f"*{safe(retirement.endpoint_name(endpoint_id))}*"
