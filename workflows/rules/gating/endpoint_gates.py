"""Does anybody still call an endpoint, and is it still dark? What nobody can say is never zero, and never dark."""

from __future__ import annotations

from data.records.catalog import EndpointKind
from data.records.facts import Facts, Reading
from data.records.retirement import Retirement
from data.records.waivers import TRAFFIC
from workflows.rules.consumers.vouching import who_vouches
from workflows.rules.gating.gates import Gate
from workflows.rules.plans import break_glass
from workflows.rules.wording import counted, typed


def traffic(state: Retirement, reading: Reading) -> list[Gate]:
    assert state.policy is not None
    needed = break_glass.zero_traffic_days(state)
    unmet = kind = ""
    if reading.status == "unknown":
        kind = "unknown"
        unmet = f"does not answer: nobody can say whether it serves{_said(reading)}"
    elif reading.status == "absent" and not who_vouches(state, reading.endpoint_id):
        # A name that is misspelt in the catalog looks the same as an endpoint that is gone.
        kind = "absent"
        unmet = (
            "is unknown where it should be served: correct its emeritus.dev/endpoint-ref, import, and press "
            f"Edit plan on the card, or name who vouches that it is gone, "
            f"/retire waive {state.id} {typed(reading.endpoint_id)} REASON"
        )
    elif reading.status != "serving":
        pass
    elif reading.calls < 0:
        if not who_vouches(state, TRAFFIC):
            remedy = f"/retire waive {state.id} traffic REASON"
            kind = "unmetered"
            unmet = f"has no meter: name who vouches that nobody calls it, {remedy}"
    elif reading.calls > 0:
        by = f" by {', '.join(reading.callers)}" if reading.callers else ""
        kind = "called"
        unmet = f"was called {counted(reading.calls, 'time')}{by} in the last {counted(needed, 'day')}"
    elif reading.days < needed:
        kind = "metered too shortly"
        unmet = f"is metered for {counted(reading.days, 'day')} only, and {needed} without a call are needed"
    return [Gate(f"traffic/{reading.endpoint_id}/{kind}", f"{reading.endpoint_id} {unmet}")] if unmet else []


def _said(reading: Reading) -> str:
    return f" ({reading.why})" if reading.why else ""


def unread(state: Retirement, facts: Facts) -> list[Gate]:
    """An endpoint of the plan that nobody looked at blocks, too."""
    assert state.plan is not None
    read = {reading.endpoint_id for reading in facts.readings}
    return [
        Gate(f"unread/{endpoint.id}", f"{endpoint.id} was not looked at")
        for endpoint in state.plan.subject.endpoints
        if endpoint.id not in read
    ]


def evidence(state: Retirement, reading: Reading) -> str:
    assert state.policy is not None
    if reading.status == "absent":
        return f"{reading.endpoint_id}: gone already, waived by name"
    if reading.status != "serving":
        return f"{reading.endpoint_id}: {reading.status} already"
    if reading.calls < 0:
        return f"{reading.endpoint_id}: no meter, waived by name"
    in_days = f"in {counted(break_glass.zero_traffic_days(state), 'day')}"
    return f"{reading.endpoint_id}: {counted(reading.calls, 'call')} {in_days}"


def still_dark(state: Retirement, facts: Facts) -> list[Gate]:
    """What two people vouched for by hand is dark by their word; everything else has to be seen."""
    assert state.plan is not None
    seen = {reading.endpoint_id: reading for reading in facts.readings}
    unmet = []
    for endpoint in state.plan.subject.endpoints:
        if endpoint.kind is EndpointKind.MANUAL and endpoint.id in state.disabled_ids:
            continue
        match seen[endpoint.id].status if endpoint.id in seen else "":
            case "disabled" | "absent":
                pass
            case "serving":
                remedy = (
                    f"switch it off where it runs, or bring service back, /retire restore {state.id} REASON"
                )
                unmet.append(Gate(f"dark/{endpoint.id}/serving", f"{endpoint.id} serves again: {remedy}"))
            case "unknown":
                said = _said(seen[endpoint.id])
                why = f"{endpoint.id} does not answer: nobody can say whether it is dark{said}"
                unmet.append(Gate(f"dark/{endpoint.id}/unknown", why))
            case _:
                unmet.append(Gate(f"dark/{endpoint.id}/unread", f"{endpoint.id} was not looked at"))
    return unmet
