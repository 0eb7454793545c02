"""A proposal, step by step in a thread: what is to be known, a menu for what comes next, and the form at the end.

What is chosen travels in the ids of the menus and in the last button, so nothing of it is kept anywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from bot.ids import SLASH_COMMAND, Action
from bot.views import limits
from bot.views.asked.home import value as page
from bot.views.blocks import Payload, actions, button, context, mentions, option, plain, safe, section
from bot.views.graph import impact
from bot.views.hindsight import playbooks
from data.records.catalog import Entity
from data.records.facts import Facts
from data.records.plan import Reason
from data.records.policy import Policy
from workflows.home import OVERVIEW
from workflows.questions.answers import Answer, Guide
from workflows.questions.choices import LEAVE, NO_SUCCESSOR
from workflows.rules.voting.roles import Weighed, asked, notice_days
from workflows.rules.wording import counted

NONE = "No successor"
NOTES_MAX = 8
LEFT = "*Nothing was proposed*, and nothing has to be undone. _Help me retire MODEL_ begins again."
HOW = (
    "Choose, or type it here: a reason, a name, _no successor_. A menu above may be used again to change it, or type "
    "_back_ or _start over_. Leave it, and nothing was proposed."
)
MODEL, REASON, SUCCESSOR = "model", "reason", "successor"
"""What a menu asks for: how the id of its block begins; bot/typed/asked.py reads it."""


def blocks(found: Answer) -> Iterator[Payload]:
    guide, model, question = found.guide, found.model, found.question
    assert guide is not None
    if question.choice == LEAVE:
        yield section(LEFT)
        return
    if model is None:
        yield from _which(guide)
    elif guide.refusal:
        who = f" Ask one of them: {mentions(guide.ask)}" if guide.ask else ""
        yield section(f":no_entry: {safe(guide.refusal, limits.REASON_MAX)}.{who}")
    elif question.reason is None:
        yield from _about(model, guide)
    elif not question.successor_id or guide.trouble:
        yield from _followed(model, question.reason, guide, is_chosen=bool(question.successor_id))
    else:
        yield from _ready(model, question.reason, guide)
    if not guide.refusal and not (model is not None and guide.trouble and question.reason is None):
        yield context(HOW)


def _which(guide: Guide) -> Iterator[Payload]:
    if not guide.own:
        yield section(
            "*There is no model you may propose to retire*: this is for a model's owners, and the catalog has none of "
            "yours. _Who answers for MODEL?_ says whom to ask."
        )
        return
    yield section("*Which of your models?*")
    yield _menu("Choose a model", MODEL, [option(one.name, one.id) for one in guide.own])
    if len(guide.own) > limits.OPTIONS_MAX:
        yield section("Your others are found by the form, or by their names: _Help me retire MODEL_.")
    yield actions(button("Open the empty form", Action.HOME_PROPOSE, page(OVERVIEW)))


def _about(model: Entity, guide: Guide) -> Iterator[Payload]:
    """What there is to know before anything is chosen."""
    seen = guide.seen
    assert seen is not None
    yield section(f"*Retire {safe(model.name)}*, step 1 of 3: why?\n" + "\n".join(_known(model, seen, guide)))
    if guide.trouble:
        yield section("\n".join(f":no_entry: {safe(one, limits.REASON_MAX)}" for one in guide.trouble))
        return
    menu = [option(one, one) for one in Reason]
    yield _menu("Choose a reason", f"{REASON}|{limits.option_value(model.id)}", menu)


def _known(model: Entity, seen: Facts, guide: Guide) -> Iterator[str]:
    subject = seen.subject
    assert subject is not None
    assert seen.policy is not None
    endpoints = limits.joined([safe(one.name) for one in subject.endpoints], 400, between=", ", at_most=5)
    yield f"*Switches off* {endpoints or 'no endpoint: there is nothing to switch off'}"
    yield f"*Hits* {impact.summary(seen.impact)}"
    yield (
        f"*Notice* {counted(notice_days(seen.policy, subject), 'day')} ({_tier(model)}): service ends on "
        f"{guide.earliest_on:%a %Y-%m-%d} at the earliest"
    )
    yield f"*Needs approvals* {_roles(seen.policy, subject)}"
    yield f"*Archives* {counted(len(subject.artifacts), 'place')} of artifacts"
    if not subject.artifacts:
        yield (
            ":warning: The catalog lists no artifacts, and the archive step will wait for them: name them there "
            "(emeritus.dev/artifacts) and import it"
        )
    notes = [f":grey_question: {safe(str(one), limits.PROSE_MAX)}" for one in seen.impact_notes]
    if notes:
        yield limits.joined(notes, 1_500, at_most=NOTES_MAX)


def classified(model: Entity, policy: Policy) -> str:
    """What its catalog says of its risk, and what this policy asks for because of it."""
    days = counted(notice_days(policy, model), "day")
    regulated = "" if model.regulated else "; its catalog names no regulation"
    return (
        f"*{safe(model.name)}*: {_tier(model)}{regulated}\n*Notice* {days} at least, by the policy "
        f"{safe(policy.name)}\n*Needs approvals* {_roles(policy, model)}"
    )


def _tier(model: Entity) -> str:
    tier = f"tier {model.tier}" if model.tier else "no tier, so the strictest"
    return f"{tier}; regulated: {safe(model.regulated)}" if model.regulated else tier


def _roles(policy: Policy, weighed: Weighed) -> str:
    return ", ".join(f"{number} of {safe(role)}" for role, number in asked(policy, weighed).quorum.items())


def _followed(model: Entity, reason: Reason, guide: Guide, *, is_chosen: bool) -> Iterator[Payload]:
    """What replaces it; asked again where what was chosen cannot."""
    said = [f"*Retire {safe(model.name)}*, {reason}. Step 2 of 3: what replaces it?"]
    if is_chosen:
        said += [f":no_entry: {safe(one, limits.REASON_MAX)}" for one in guide.trouble]
    menu = [option(one.name, one.id) for one in guide.successors]
    if reason is not Reason.REPLACED:
        menu = [option(NONE, NO_SUCCESSOR), *menu]
    if not menu:
        none = (
            "The catalog has no other model, and what is replaced needs a successor: import its catalog and ask me "
            f"again, or choose another reason: _Help me retire {safe(model.name)}_."
        )
        yield section("\n".join([*said, none]))
        return
    yield section("\n".join(said))
    yield _menu("What replaces it", f"{SUCCESSOR}|{reason}|{limits.option_value(model.id)}", menu)


def _ready(model: Entity, reason: Reason, guide: Guide) -> Iterator[Payload]:
    after = f"followed by {safe(guide.successor.name)}" if guide.successor else "without a successor"
    yield section(
        f"*Retire {safe(model.name)}*, {reason}, {after}. Step 3 of 3: the form has all of this filled in, and service "
        f"ending on {guide.earliest_on}, the first day possible. Say there why, in a sentence; nothing is proposed "
        "before you put it to the vote."
    )
    for one in guide.playbooks:
        name = f'"{safe(model.name)}"' if " " in model.name else safe(model.name)
        like = f"`{SLASH_COMMAND} propose {name} like {safe(one.playbook)}`"
        yield section(f":notebook: The playbook {playbooks.named(one)} retired for the same reason: {like}")
    successor_id = guide.successor.id if guide.successor else ""
    carried = json.dumps([model.id, str(reason), successor_id], separators=(",", ":"))
    yield actions(button("Open the form", Action.QUESTION_PROPOSE, carried, style="primary"))


def _menu(words: str, block_id: str, options: Sequence[Payload]) -> Payload:
    select: Payload = {
        "type": "static_select",
        "action_id": str(Action.GUIDE_CHOOSE),
        "placeholder": plain(words, limits.PLACEHOLDER_MAX),
        "options": list(options[: limits.OPTIONS_MAX]),
    }
    return {**actions(select), "block_id": block_id}
