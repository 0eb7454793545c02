"""Which view draws which file: pictures, and lists too long for a message."""

from __future__ import annotations

from bot.uploads import File, FileView
from bot.views import impact_text, limits
from bot.views.blocks import Payload, message, safe
from bot.views.impact import summary
from bot.views.limits import clip
from data import events
from data.neighbourhood import around
from data.records.retirement import Retirement
from data.snapshot import Snapshot
from workflows.ports import Message
from workflows.rules.wording import counted

TITLE_MAX = 100  # ours: a longer one is cut off in every list of files


def picture(state: Retirement, about: Message) -> File:
    """The model's neighbourhood as it was proposed, with every consumer that is voted on."""
    # Fonts and the renderer take a while to load, and nothing else needs them.
    from bot.pictures import impact  # noqa: PLC0415

    event, there = _drawn_from(about)
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


def dependants(state: Retirement, about: Message) -> File:
    """Everybody the plan hits, a row each."""
    event, there = _drawn_from(about)
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


FILES: dict[str, FileView] = {
    "dependants": FileView("csv", dependants),
    "picture": FileView("png", picture),
}


def in_words(file: File, why: str) -> Payload:
    """What stands where the file would."""
    return message(f":paperclip: {file.instead.format(why=safe(why, 300))}.")


def _drawn_from(about: Message) -> tuple[events.Proposed | events.Revised, Snapshot]:
    (event,) = about.events
    assert isinstance(event, events.Proposed | events.Revised), "a plan is drawn"
    assert about.there is not None, "it is drawn from the catalog"
    return event, about.there
