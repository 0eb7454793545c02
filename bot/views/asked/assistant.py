"""An answer in a thread with one person: what the record says, entry by entry, and what they may press or ask next.

Whoever reads it is alone with us, so people are named and nobody is notified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from bot.ids import SLASH_COMMAND, Action
from bot.views import limits
from bot.views.asked import answers, asking, own
from bot.views.asked.assistant_lines import cited, lines, where_now
from bot.views.asked.home import UNKNOWN
from bot.views.blocks import (
    HELPED,
    Payload,
    actions,
    button,
    context,
    day,
    feedback,
    mention,
    message,
    moment,
    quoted,
    safe,
    section,
)
from bot.views.card import steps
from bot.views.card.proposal import headline, name_of, obligation_counts
from bot.views.catalog import who
from bot.views.graph import impact
from bot.views.proposing import guide
from data.catalog.snapshot import Snapshot
from data.records.catalog import Entity
from data.records.retirement import Retirement
from workflows.questions.answers import Answer, Choice, What
from workflows.questions.periods import Period
from workflows.questions.table import Asks
from workflows.questions.understanding import Question, needs_one
from workflows.rules.wording import typed

SECTIONS_MAX = 3
YEAR = timedelta(days=366)
"""Whoever is told all that is ahead asked for no last day."""
NO_AGENTS = "no agents"
CHOICES_MAX = NEWEST_MAX = 8
NAMES = {
    Asks.BLOCKS: "What blocks it?",
    Asks.SILENT: "Who has not answered?",
    Asks.STORY: "Why, and where is it?",
    Asks.PROPOSE: "Help me retire it",
    Asks.DUE: "What happens next?",
    Asks.FED: "What did it feed?",
    Asks.ORIGIN: "What did it come from?",
    Asks.IMPACT: "Who depends on it?",
    Asks.CLASS: "Is it regulated?",
    Asks.CHECKS: "Did its checks pass?",
    Asks.WHO: "Who answers for it?",
    Asks.STANDS: "How does it stand?",
}
"""What a button says that asks."""
EXACT = (
    f"Names are matched exactly. `{SLASH_COMMAND} list all` has retirements, `{SLASH_COMMAND} impact` models."
)


def answer(found: Answer, links: Mapping[str, str], there: Snapshot) -> Payload:
    """`links`: the addresses of messages, by their places (answers.py); `NO_AGENTS` where Slack knows of none."""
    if not found.is_known:
        return message(UNKNOWN.replace("*", ""), [section(UNKNOWN)])
    shown = list(_shown(found, links, there))
    asked = [actions(_ask(one)) for one in found.choices[:CHOICES_MAX]]
    where = f"the catalog, version {there.version}," if _is_of_catalog(found) else "the record"
    newest = "".join(cited(one, links) for one in found.newest[:NEWEST_MAX])
    more = len(found.newest) - NEWEST_MAX
    rest = f" +{more:,} more" if more > 0 else ""
    as_of = context(f"From {where} as of {moment(found.now, found.zone)}{newest}{rest}.")
    judged = [] if NO_AGENTS in links else [feedback(Action.ANSWER_FEEDBACK, found.question.asks)]
    blocks = [*shown, *asked, as_of, *judged]
    return message(_in_words(shown), blocks)


def gone() -> Payload:
    """In the place of an answer that may have quoted what was erased since."""
    return message(
        ":wastebasket: What I answered here had words in it, or may have, that were erased from the record since. "
        "Ask again, and I answer from the record as it is now."
    )


def _is_of_catalog(found: Answer) -> bool:
    is_of_model = found.question.asks in (Asks.IMPACT, Asks.CLASS, Asks.WHO, Asks.PROPOSE)
    return found.reached is not None or (found.model is not None and is_of_model)


def thanked(verdict: str) -> Payload:
    """What is said to whoever told whether an answer helped."""
    if verdict == HELPED:
        return answers.said("Thank you. Only that is counted, and none of your words are kept.")
    return answers.said(
        f"Thank you. Only that is counted, and none of your words are kept. Ask me _What can I ask?_ for all I "
        f"understand, or run `{SLASH_COMMAND} help`."
    )


def _ask(choice: Choice) -> Payload:
    question = Question(asks=choice.asks, about=(choice.about,), period=choice.period)
    label = choice.name if choice.is_which else NAMES[choice.asks]
    return button(label, Action.QUESTION_ASK, asking.value(question))


def _in_words(shown: Sequence[Payload]) -> str:
    """For notifications: the first line."""
    return str(shown[0]["text"]["text"]).partition("\n")[0].replace("*", "")


def _shown(found: Answer, links: Mapping[str, str], there: Snapshot) -> Iterator[Payload]:
    asks = found.question.asks
    if found.question.is_misnamed:
        yield section(
            "*Nothing I may tell you of is called that.* Did you mean one of these?"
            if found.choices
            else f"*Nothing I may tell you of is called that.* {EXACT}"
        )
    elif asks in (Asks.HELP, Asks.UNCLEAR):
        yield from asking.help_on(asks, found.choices)
    elif asks in WHOLE:
        yield from WHOLE[asks](found)
    elif any(one.is_which for one in found.choices):
        more = len(found.choices) - CHOICES_MAX
        rest = f" +{more:,} more: name one by its number, `{SLASH_COMMAND} list` has all" if more > 0 else ""
        yield section(f"*Which one?*{rest}")
    elif asks is Asks.DUE and found.question.period is Period.UNKNOWN:
        yield from asking.which_time(found.question)
    elif found.guide is not None:
        yield from guide.blocks(found)
    elif found.reached is not None:
        yield section(_lineage(found, found.reached))
    elif found.model is not None and asks in (Asks.IMPACT, Asks.CLASS, Asks.WHO):
        yield from _of_model(found.model, found, there)
    elif not found.listed:
        yield section(_nothing(found))
    elif asks in (Asks.DUE, Asks.SILENT):
        yield from _over_all(found, links)
    else:
        yield from _of_one(found.listed[0], found, links)


WHOLE: dict[Asks, Callable[[Answer], Iterable[Payload]]] = {
    Asks.CHANGE: lambda found: asking.changes(found.question),
    Asks.LIST: lambda found: _blocks_of(answers.listing(found.listed)),
    Asks.MINE: own.waiting,
}
"""What is answered as it is, whatever is named."""


def _lineage(found: Answer, reached: Sequence[tuple[str, str]]) -> str:
    """What something fed or came from, as the catalog and plans that were frozen tell."""
    is_fed = found.question.asks is Asks.FED
    said = "fed" if is_fed else "came from"
    if not reached:
        none = "Nothing is known that it fed" if is_fed else "Nothing is known that it came from"
        return f"*{safe(found.about)}*: {none}."
    named = [f"{safe(name)} ({kind})" for kind, name in reached]
    asked = f"{'feeds' if is_fed else 'into'}:{typed(found.about)}"
    more = f": `{SLASH_COMMAND} search {safe(asked, 300)}` has them"
    return f"*{safe(found.about)} {said}* {limits.joined(named, 2_500, between=', ', rest=more)}"


def _of_model(model: Entity, found: Answer, there: Snapshot) -> Iterator[Payload]:
    match found.question.asks:
        case Asks.IMPACT:
            yield from _impact(model, there)
        case Asks.CLASS:
            assert found.policy is not None
            yield section(guide.classified(model, found.policy))
        case _:
            consumers = there.impact(model.id).consumers
            yield from _blocks_of(who.answer(there.responsible(model.id), consumers))


def _blocks_of(payload: Payload) -> list[Payload]:
    blocks: list[Payload] = payload.get("blocks") or [section(payload["text"])]
    return blocks


def _impact(model: Entity, there: Snapshot) -> list[Payload]:
    notes = [one for one in (there.owned(model).owner_note,) if one]
    consumers = there.impact(model.id).consumers
    head = f"*{safe(model.name)}*: {impact.summary(consumers)}"
    told = impact.full_lines(consumers, notes, model.id, stop=answers.ROOM_MAX, there=there)
    beyond = impact.lines_of(consumers, notes) - len(told)
    rest = f"; `emeritus impact {safe(model.name)}` prints all"
    rows = limits.spread(
        [*impact.counts(consumers, there), *told], at_most=SECTIONS_MAX, rest=rest, beyond=beyond
    )
    return [section(head), *map(section, rows)]


def _nothing(found: Answer) -> str:
    if found.model is not None:
        return f"*{safe(found.model.name)}* is in the catalog, and nobody retires it."
    if found.question.about:
        return "*The catalog does not have that model any more.*"
    if needs_one(found.question):
        return f"*Nothing is being retired.* {EXACT}"
    return "*Nothing is being retired*, so nothing is due, and nobody owes anything."


def _over_all(found: Answer, links: Mapping[str, str]) -> Iterator[Payload]:
    """What is due, or who is silent, retirement by retirement."""
    is_due = found.question.asks is Asks.DUE
    assert found.after is not None
    assert found.until is not None
    rows: list[str] = []
    points = defaultdict(list)
    for one in found.points:
        points[one.state.id].append(one)
    for state in found.listed:
        told = lines(points[state.id], found, links)
        rows += [headline(state), *told] if told else []
    if is_due:
        last = "" if found.until - found.after > YEAR else day(found.until, found.zone)
        span = f"between {day(found.after, found.zone)} and {last}" if last else "from now on"
        head = f"*What happens {span}*" if rows else f"*Nothing falls due {span}.*"
    else:
        head = (
            "*Who has not answered*"
            if rows
            else "*Nobody owes an answer, a vote, their name or a switch by hand.*"
        )
    yield section(head)
    yield from map(
        section, limits.spread(rows, at_most=SECTIONS_MAX, rest=f": `{SLASH_COMMAND} list` has all")
    )
    if not is_due and len(found.listed) == 1:
        yield from own.of_one(found.listed[0], found)


def _of_one(state: Retirement, found: Answer, links: Mapping[str, str]) -> Iterator[Payload]:
    told = lines(found.points, found, links)
    is_free = all(one.what is What.NEXT for one in found.points)
    assert state.plan is not None
    match found.question.asks:
        case Asks.STORY:
            why = f"*Why* {state.plan.reason}{quoted(state.why)}"
            yield section("\n".join([f"*{state.id}* {safe(name_of(state))}: {why}", *where_now(state)]))
        case Asks.CHECKS:
            show = f"`{SLASH_COMMAND} show {state.id}`"
            ran = f"how they ended last; {show} has which of them count" if told else f"none has run; {show}"
            yield section(f"{headline(state)}, checks of its consumers: {ran}")
        case Asks.BLOCKS:
            head = "nothing blocks it" if is_free else "what blocks it"
            yield section(f"{headline(state)}: {head}")
        case _:
            counts = obligation_counts(state, found.now) if state.obligations else ""
            who_leads = f"Coordinator {mention(state.coordinator_id)}"
            after = state.plan.successor_name or state.plan.successor_id
            instead = f"*Instead* {safe(after) or 'nothing: it has no successor'}"
            yield section("\n".join(filter(None, [headline(state), f"{who_leads}; {instead}", counts])))
            told = [*steps.lines(state), *told]
    has_all = "audit" if found.question.asks is Asks.STORY else "show"
    rest = f": `{SLASH_COMMAND} {has_all} {state.id}` has all"
    yield from map(section, limits.spread(told, at_most=SECTIONS_MAX, rest=rest))
    if found.question.asks not in (Asks.STORY, Asks.CHECKS):
        yield from own.of_one(state, found)
