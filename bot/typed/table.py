"""What can be typed after /retire? One table: help, parsing, README and the hint are drawn from it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.typed.command_parts import Part
from data.records.base import Record


class Usage(Record, frozen=True, kw_only=True):
    """One row. `who` may run it; `keeps` is "yes" for what is kept and decided, "no" for what only reads."""

    takes: tuple[Part, ...] = ()
    says: str
    who: str = "everyone"
    keeps: str = "yes"


COORDINATORS = "the coordinator, or an owner of the endpoints"

COMMANDS: Mapping[str, Usage] = {
    "propose": Usage(
        takes=(Part.MAYBE_MODEL, Part.LIKE),
        says="Opens the form that proposes a retirement; with a playbook, filled in as that one was",
        who="the model's owners",
    ),
    "list": Usage(
        takes=(Part.ALL, Part.PAGE),
        says="Lists the retirements under way, 50 at a time; `all` adds those that ended",
        keeps="no",
    ),
    "show": Usage(takes=(Part.RETIREMENT,), says="Shows where one stands and what is missing", keeps="no"),
    "plan": Usage(
        takes=(Part.RETIREMENT,),
        says="Shows its dated steps, what keeping its archive costs, and who will hear what, and when",
        keeps="no",
    ),
    "audit": Usage(
        takes=(Part.RETIREMENT,),
        says="Says who approved it, when, why and on what evidence; a file that outsiders check without us proves it",
        keeps="no",
    ),
    "impact": Usage(
        takes=(Part.MAYBE_MODEL,),
        says="Shows who depends on a model, directly or through others; without one, lists the models",
        keeps="no",
    ),
    "who": Usage(
        takes=(Part.MAYBE_MODEL,),
        says="Shows who answers for a model, why, and what is missing; without one, lists the models",
        keeps="no",
    ),
    "candidates": Usage(
        says="Shows which models are worth retiring by the policy's criteria, and why", keeps="no"
    ),
    "digest": Usage(
        says="Shows this week's digest: at risk, due, changed, and how retirements go", keeps="no"
    ),
    "stats": Usage(
        takes=(Part.MAYBE_RETIREMENT,),
        says="Shows how retirements go, in numbers; with one, how it goes beside the median of its tier",
        keeps="no",
    ),
    "search": Usage(
        takes=(Part.WORDS,),
        says="Finds models, retired ones too, by words, a time (`2026-11`), `owner:`, `domain:`, `state:`, `class:`, "
        "`since:`, or what something fed (`feeds:NAME`) and came from (`from:`, `into:`)",
        keeps="no",
    ),
    "lessons": Usage(
        takes=(Part.MAYBE_WORDS,),
        says="Shows what people learned from retirements, the newest first, or where all these words are",
        keeps="no",
    ),
    "playbooks": Usage(
        takes=(Part.MAYBE_WORDS,),
        says="Shows the playbooks, the newest first, or where all these words are, each to begin another one like it",
        keeps="no",
    ),
    "playbook": Usage(
        takes=(Part.RETIREMENT, Part.PLAYBOOK),
        says="Makes a closed retirement a playbook, which others are proposed like by its name; `off` takes it back",
        who="the coordinator, or the model's owners",
    ),
    "subscribe": Usage(
        takes=(Part.OFTEN, Part.HERE),
        says="Sends you the digest each week on your own morning, or with `here` this channel; `off` ends it",
        who="everyone; for a channel, the voting roles and who is in the governance channel",
    ),
    "delegate": Usage(
        takes=(Part.DELEGATION,),
        says="Has somebody else answer what is asked of you, up to and including a day; shows it, and `off` ends it",
        who="everyone but guests and people of other workspaces",
    ),
    "archive": Usage(
        takes=(Part.RETIREMENT,), says="Archives now, ahead of its date; this stops nothing", who=COORDINATORS
    ),
    "disable": Usage(
        takes=(Part.RETIREMENT,),
        says="Switches off when that is due, or tries a held step again",
        who=COORDINATORS,
    ),
    "restore": Usage(
        takes=(Part.RETIREMENT, Part.REASON), says="Brings switched-off endpoints back", who=COORDINATORS
    ),
    "pause": Usage(
        takes=(Part.RETIREMENT, Part.REASON), says="Stops all dates until it is resumed", who=COORDINATORS
    ),
    "resume": Usage(
        takes=(Part.RETIREMENT,),
        says="Goes on; dates ahead move by the days of all its pauses together, a begun one in full",
        who=COORDINATORS,
    ),
    "cancel": Usage(
        takes=(Part.RETIREMENT, Part.REASON),
        says="Withdraws a proposal; once approved, opens a vote on calling it off",
        who="the coordinator, or the proposer",
    ),
    "check": Usage(
        takes=(Part.RETIREMENT, Part.MAYBE_CONSUMER),
        says="Runs the checks of a consumer, or of all of them, that have to pass before the switch-off",
        who="the coordinator, or an owner of the endpoints or of a consumer",
    ),
    "waive": Usage(
        takes=(Part.RETIREMENT, Part.WHAT, Part.REASON),
        says="In your name, goes on without a consumer, all callers only one file tells of, a consumer's checks, a "
        "class of artifacts that the archive lacks, a meter, brownouts, an endpoint that is gone or was added",
        who="the coordinator",
    ),
    "object": Usage(
        takes=(Part.RETIREMENT, Part.CONSUMER, Part.REASON),
        says="Says that it must not go on for a consumer: people vote on whether it does in spite of that",
        who="the consumer's owners",
    ),
    "take": Usage(
        takes=(Part.RETIREMENT, Part.CONSUMER),
        says="Makes what is asked of a consumer's owners yours, until one of them takes it back",
        who="the consumer's owners, or the coordinator",
    ),
    "claim": Usage(
        takes=(Part.RETIREMENT, Part.CALLER, Part.MAYBE_TEAM),
        says="Says that a caller nobody declares is your team's, which answers for it from then on",
        who="whoever is in a team of the catalog",
    ),
    "attest": Usage(
        takes=(Part.RETIREMENT, Part.ATTESTATION, Part.EVIDENCE),
        says="Puts your name to what the policy wants attested before a switch-off, with what shows it",
        who="whom the policy names for it",
    ),
    "confirm": Usage(
        takes=(Part.RETIREMENT, Part.NAME),
        says="Says by its model's name, in full, that a dark one may be closed, where the policy wants two people to",
        who="the coordinator, the owners of the model or its endpoints, the voting roles",
    ),
    "hold": Usage(
        takes=(Part.RETIREMENT, Part.REASON),
        says="Places a legal hold: nothing of the archive goes, whatever the policy says, until it is released",
        who="the coordinator, the owners of the model or its endpoints, the voting roles, whom the policy names",
    ),
    "release": Usage(
        takes=(Part.RETIREMENT, Part.HOLD, Part.REASON),
        says="Ends a legal hold, by the number that the card shows",
        who="whom the policy names for legal holds",
    ),
    "retention": Usage(
        takes=(Part.RETIREMENT,),
        says="Shows until when each class of its archive is kept, by which rule, what holds it, and what that costs",
        keeps="no",
    ),
    "prune": Usage(
        takes=(Part.RETIREMENT, Part.CLASS, Part.REASON),
        says="Asks a second person to let a class of its archive go for good, once its days are over",
        who="the coordinator, the model's owners, whom the policy names for legal holds",
    ),
    "grant": Usage(
        takes=(Part.RETIREMENT, Part.PERSON, Part.TIME, Part.REASON),
        says="Lets somebody else read the archive for so many days or hours; they are told, and so is the thread",
        who="the model's owners, whom the policy names for it",
    ),
    "revoke": Usage(
        takes=(Part.RETIREMENT, Part.PERSON, Part.REASON),
        says="Ends that before its time",
        who="whoever let them, and who could; the coordinator, the voting roles, and whoever has it",
    ),
    "files": Usage(
        takes=(Part.RETIREMENT, Part.PAGE),
        says="Gives you short-lived links to the files of an archive that you may read; which ones is on record",
        who="whom it was granted to",
        keeps="no",
    ),
    "break-glass": Usage(
        takes=(Part.RETIREMENT, Part.DAYS, Part.REASON),
        says="Asks a second person to shorten the notice to so many days, where waiting would do harm",
        who="whom the policy names for it, two of them",
    ),
    "look-back": Usage(
        takes=(Part.RETIREMENT, Part.TEXT),
        says="Looks back on a switch-off whose notice was shortened, which is not closed before that",
        who="somebody else than the two: the coordinator, the model's owners, the voting roles",
    ),
    "handover": Usage(
        takes=(Part.RETIREMENT, Part.PERSON),
        says="Makes somebody else the coordinator",
        who="the coordinator",
    ),
    "help": Usage(says="Shows this", keeps="no"),
}
