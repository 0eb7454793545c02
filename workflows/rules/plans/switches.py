"""Which endpoints are off, by an adapter or by the word of two people, and which switch has not come to its end?"""

from __future__ import annotations

from msgspec.structs import replace

from data import events
from data.records.retirement import Retirement
from data.records.switches import Delay, ManualCheck

Switched = (
    events.EndpointDisabled
    | events.EndpointGone
    | events.EndpointRestored
    | events.SwitchDelayed
    | events.ManualReported
    | events.ManualChecked
    | events.ManualContradicted
)


def switched(  # noqa: PLR0911 - one case per event
    state: Retirement, event: Switched
) -> Retirement:
    """The state after what happened to one endpoint."""
    match event:
        case events.EndpointDisabled():
            known = settled(state, event.endpoint_id)
            return replace(known, disabled_ids=(*known.disabled_ids, event.endpoint_id))
        case events.EndpointGone():
            known = _back(state, event.endpoint_id)
            return replace(known, gone_ids=(*known.gone_ids, event.endpoint_id))
        case events.EndpointRestored():
            return _back(state, event.endpoint_id)
        case events.SwitchDelayed():
            delay = Delay(
                endpoint_id=event.endpoint_id, action=event.action, reason=event.reason, at=event.at
            )
            return replace(state, delays=(*settled(state, event.endpoint_id).delays, delay))
        case events.ManualReported():
            report = ManualCheck(
                endpoint_id=event.endpoint_id,
                action=event.action,
                confirmed_by=event.by,
                evidence=event.evidence,
            )
            return replace(state, manual=(*_others(state, event.endpoint_id, event.action), report))
        case events.ManualContradicted():
            return replace(state, manual=_others(state, event.endpoint_id, event.action))
        case events.ManualChecked():
            checked = tuple(
                check
                if _differs(check, event.endpoint_id, event.action)
                else replace(check, checked_by=event.by)
                for check in state.manual
            )
            return replace(state, manual=checked)


def settled(state: Retirement, endpoint_id: str = "", *, action: str = "") -> Retirement:
    """Without the delays of this endpoint, or of this action: how it came out is known."""
    left = tuple(
        delay for delay in state.delays if delay.endpoint_id != endpoint_id and delay.action != action
    )
    return replace(state, delays=left)


def _back(state: Retirement, endpoint_id: str) -> Retirement:
    left = tuple(kept for kept in state.disabled_ids if kept != endpoint_id)
    return replace(settled(state, endpoint_id), disabled_ids=left)


def _others(state: Retirement, endpoint_id: str, action: str) -> tuple[ManualCheck, ...]:
    return tuple(check for check in state.manual if _differs(check, endpoint_id, action))


def _differs(check: ManualCheck, endpoint_id: str, action: str) -> bool:
    return (check.endpoint_id, check.action) != (endpoint_id, action)
