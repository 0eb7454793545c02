"""Which view draws which file: pictures, and lists too long for a message."""

from __future__ import annotations

from datetime import datetime

from bot.slack.uploads import File, FileView
from bot.views import limits
from bot.views.blocks import Payload, day, message, safe
from bot.views.graph import impact_text
from bot.views.graph.impact import summary
from bot.views.limits import clip
from bot.views.telling import outlook
from data import events
from data.catalog.neighbourhood import around
from data.catalog.snapshot import Snapshot
from data.records.retirement import Retirement
from workflows.ports import Message
from workflows.rules.hindsight.by_state import by_state
from workflows.rules.telling.messages import is_person
from workflows.rules.wording import counted

TITLE_MAX = 100  # ours: a longer one is cut off in every list of files


def picture(about: Message) -> File:
    """The model's neighbourhood as it was proposed, with every consumer that is voted on."""
    # Fonts and the renderer take a while to load, and nothing else needs them.
    from bot.pictures import impact  # noqa: PLC0415

    event, there, state = _drawn_from(about)
    subject = event.plan.subject
    model = there.entity(subject.model_id)
    endpoint_ids = [endpoint.id for endpoint in subject.endpoints]
    shown = around(
        there, model, event.impact, endpoint_ids=endpoint_ids, successor_id=event.plan.successor_id
    )
    name = clip(subject.model_name, limits.NAME_MAX)
    return File(
        title=clip(f"Who depends on {name}", TITLE_MAX),
        comment=f":frame_with_picture: *Who depends on {safe(name)}*: {summary(event.impact)}",
        content=impact.png(shown, about=f"{state.id} · {event.at:%Y-%m-%d}"),
        alt_text=impact.alt_text(shown),
        instead=f"The picture of who depends on *{safe(name)}* is not here: {{why}}. "
        f"`emeritus impact {safe(name)} --format png > impact.png` draws it",
    )


def dependants(about: Message) -> File:
    """Everybody the plan hits, a row each."""
    event, there, state = _drawn_from(about)
    subject = event.plan.subject
    table = impact_text.table(there.entity(subject.model_id), there, event.impact)
    every = counted(len(event.impact), "consumer")
    name = clip(subject.model_name, limits.NAME_MAX)
    return File(
        title=clip(f"All {every} of {name}", TITLE_MAX),
        comment=f":card_index_dividers: *All {every}* that {state.id} hits, with their teams, owners and ways",
        content=table.encode(),
        instead=f"The file with all {every} is not here: {{why}}. "
        f"`emeritus impact {safe(name)} --format csv > impact.csv` writes it",
    )


def chart(about: Message) -> File:
    """Retirements by state, on time or slipped, of what the digest tells its reader of."""
    from bot.pictures import chart as drawing  # noqa: PLC0415 - as above

    until = datetime.fromisoformat(about.params["until"])
    counts = by_state((one.retirement for one in about.histories), about.outcomes, until)
    whose = "yours, " if is_person(about.params["channel"]) else ""
    on = f"{whose}{day(until, about.params['zone'])}"
    words = drawing.described(counts, about=on)
    return File(
        title=drawing.heading(counts).title,
        comment=f":bar_chart: *{drawing.heading(counts).title}*: {drawing.heading(counts).subtitle}",
        content=drawing.png(counts, about=on),
        alt_text=words,
        instead=f"The chart of this digest is not here: {{why}}. In words: {words.removesuffix('.')}",
    )


def ahead(about: Message) -> File:
    """Everything people will be told if nobody answers, as it was when it was announced."""
    assert about.retirement is not None, "it is about a retirement"
    name = about.retirement.id
    every = counted(len(about.ahead), "message")
    return File(
        title=clip(f"Who hears what of {name}, and when", TITLE_MAX),
        comment=f":calendar: *Who hears what and when* if nobody answers: all {every}, each in their own hours",
        content=outlook.table(about.ahead, about.retirement).encode(),
        instead=f"The file with all {every} ahead is not here: {{why}}. {outlook.all_of(about.retirement)} prints them",
    )


def audit(about: Message) -> File:
    """The bundle that an outsider checks."""
    assert about.retirement is not None, "it is about a retirement"
    name = about.retirement.id
    return File(
        title=clip(f"Evidence of {name}", TITLE_MAX),
        comment=f":scales: *Evidence of {name}*: all that is on record, with proofs and a report. Who checks it needs "
        f"nothing of ours but the public key: `emeritus audit verify FILE --key KEY`, or as README.txt in it says",
        content=about.bundle,
        instead=f"The audit bundle is not here: {{why}}. `emeritus audit export {name}` writes it",
    )


FILES: dict[str, FileView] = {
    "ahead": FileView("csv", ahead),
    "audit": FileView("zip", audit),
    "digest chart": FileView("png", chart),
    "dependants": FileView("csv", dependants),
    "picture": FileView("png", picture),
}


def in_words(file: File, why: str) -> Payload:
    """What stands where the file would."""
    return message(f":paperclip: {file.instead.format(why=safe(why, 300))}.")


def _drawn_from(about: Message) -> tuple[events.Proposed | events.Revised, Snapshot, Retirement]:
    (event,) = about.events
    assert isinstance(event, events.Proposed | events.Revised), "a plan is drawn"
    assert about.there is not None, "it is drawn from the catalog"
    assert about.retirement is not None, "it is about a retirement"
    return event, about.there, about.retirement
