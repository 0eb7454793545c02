"""What does a typed command that is kept ask for?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot import payloads
from bot.typed.command_parts import Part, hours_of
from bot.typed.delegation import wish
from bot.typed.usage import Typed
from bot.typed.words import named_or_off
from data.printable import uncoloured
from data.records.base import Prose
from data.records.progress import StepKind
from workflows.commands import (
    AskPrune,
    Attest,
    BreakGlass,
    Cancel,
    ClaimCaller,
    Command,
    ConfirmClose,
    GrantRead,
    HandOver,
    NamePlaybook,
    Object,
    Pause,
    PlaceHold,
    ReleaseHold,
    Restore,
    Resume,
    ReviewBreakGlass,
    RevokeRead,
    RunChecks,
    RunStep,
    Subscribe,
    TakeOver,
    Waive,
)


def command(request: Typed, by: str, *, here: str = "") -> Command:
    """What a command that is kept asks for. `here`: the channel it was typed in."""
    why = Prose(prose=request.parts.get(Part.REASON, ""))
    asked: Mapping[str, Callable[[], Command]] = {
        "archive": lambda: RunStep(by=by, step=StepKind.ARCHIVE),
        "disable": lambda: RunStep(by=by, step=StepKind.DISABLE),
        "restore": lambda: Restore(by=by, why=why),
        "pause": lambda: Pause(by=by, why=why),
        "resume": lambda: Resume(by=by),
        "cancel": lambda: Cancel(by=by, why=why),
        "check": lambda: RunChecks(by=by, consumer=request[Part.MAYBE_CONSUMER]),
        "waive": lambda: Waive(by=by, what=request[Part.WHAT], reason=why),
        "take": lambda: TakeOver(by=by, consumer_id=request[Part.CONSUMER]),
        "object": lambda: Object(by=by, consumer_id=request[Part.CONSUMER], reason=why),
        "claim": lambda: ClaimCaller(by=by, caller=request[Part.CALLER], team=request[Part.MAYBE_TEAM]),
        "subscribe": lambda: Subscribe(
            by=by,
            place=here if request[Part.HERE] else by,
            often="off" if request[Part.OFTEN].casefold() == "off" else "weekly",
        ),
        "attest": lambda: Attest(
            by=by, name=request[Part.ATTESTATION], evidence=Prose(prose=request[Part.EVIDENCE])
        ),
        "confirm": lambda: ConfirmClose(by=by, model=uncoloured(request[Part.NAME]).strip()),
        "hold": lambda: PlaceHold(by=by, why=why),
        "release": lambda: ReleaseHold(by=by, number=payloads.number(request[Part.HOLD]), why=why),
        "grant": lambda: GrantRead(
            by=by, to=request[Part.PERSON], hours=hours_of(request[Part.TIME]), why=why
        ),
        "revoke": lambda: RevokeRead(by=by, to=request[Part.PERSON], why=why),
        "prune": lambda: AskPrune(by=by, what=request[Part.CLASS], why=why),
        "break-glass": lambda: BreakGlass(by=by, notice_days=payloads.number(request[Part.DAYS]), why=why),
        "look-back": lambda: ReviewBreakGlass(by=by, review=Prose(prose=request[Part.TEXT])),
        "playbook": lambda: NamePlaybook(by=by, name=named_or_off(request[Part.PLAYBOOK])),
        "handover": lambda: HandOver(by=by, to=request[Part.PERSON]),
        "delegate": lambda: wish(request[Part.DELEGATION], by),
    }
    return asked[request.word]()
