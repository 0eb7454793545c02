"""`emeritus policy`: is this file a policy, what would it change, and what do people wish it said, and hear?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import msgspec

from bot.commands import wanted
from bot.commands.machine import failure
from bot.commands.opening import as_json, print_json, say, settings_for, store_to_read
from bot.world import CalendarWorld
from data.errors import Invalid
from data.policies.diff import Difference, differences, differences_beside
from data.policies.notice_texts import PARTS, examples, filled
from data.policies.policy import read_policy, read_rules
from data.records.notices import Audience
from workflows.reviews import is_settled, suggested
from workflows.rules.hindsight import policy_review
from workflows.rules.hindsight.lessons import Lesson
from workflows.rules.wording import counted


@click.group()
def policy() -> None:
    """The rules retirements run by."""


@policy.command("check")
@click.argument("file", type=wanted.path)
@as_json
@click.pass_context
def check(ctx: click.Context, file: Path, is_json: bool) -> None:
    """Check a policy file; exits 1 and tells everything that is wrong with it at once."""
    try:
        rules = read_rules(file)
    except Invalid as error:
        if is_json:
            print_json({"ok": False, **failure(error), "digest": "", "policy": None, "review": None})
        else:
            say(*str(error).split("\n"), err=True)
        ctx.exit(1)
    found, today = rules.policy, CalendarWorld().now().date()
    if is_json:
        well = {"ok": True, "error": "", "next_step": "", "problems": ()}
        review = {"by": rules.review.review_by, "is_overdue": policy_review.is_overdue(rules.review, today)}
        print_json({**well, "digest": found.digest, "policy": found, "review": review})
    else:
        say(f"{found.name} is a policy: {', '.join(found.quorum)} vote; digest {found.digest}")
        if not (found.holds_groups or found.holds_people):
            say("[holds] names nobody: a legal hold can be placed, and nobody could release it.")
        if said := policy_review.words(rules.review, found.name, today):
            say(f"{said}." if not policy_review.is_overdue(rules.review, today) else f"Overdue: {said}.")


@policy.command("diff")
@click.argument("before", type=wanted.path)
@click.argument("after", type=wanted.path, required=False)
@as_json
@click.pass_context
def diff(ctx: click.Context, before: Path, after: Path | None, is_json: bool) -> None:
    """What AFTER says otherwise than BEFORE, key by key; with one file, what it says otherwise than the shipped
    policy. Exits 0 where they say the same, 1 where they do not, 2 where one of them is no policy."""
    try:
        files = (before, after) if after else (None, before)
        old, new = map(read_rules, files)
    except Invalid as error:
        raise click.UsageError(str(error)) from error
    found = (
        *differences(old.policy, new.policy),
        *differences_beside(old.criteria, new.criteria),
        *differences_beside(old.windows, new.windows),
        *differences_beside(old.review, new.review),
        *differences_beside(old.prices, new.prices),
        *differences_beside(old.anchors, new.anchors),
    )
    if is_json:
        print_json({"before": old.policy.digest, "after": new.policy.digest, "differences": found})
    else:
        say(*(_line(one) for one in found), *([] if found else [f"They say the same: {old.policy.digest}"]))
        if found:
            say("A running retirement keeps the policy it was proposed under.")
    ctx.exit(1 if found else 0)


@policy.command("notices")
@click.argument("file", type=wanted.path, required=False)
@click.option(
    "--audience", type=click.Choice([one.value for one in Audience]), help="Only what these are told."
)
@as_json
@click.pass_context
def notices(ctx: click.Context, file: Path | None, audience: str | None, is_json: bool) -> None:
    """What each audience is told, with examples in the places of a retirement's own; without FILE, as shipped."""
    try:
        found = read_policy(file)
    except Invalid as error:
        if is_json:
            print_json({**failure(error), "texts": ()})
        else:
            say(*str(error).split("\n"), err=True)
        ctx.exit(1)
    shown = [
        {
            "audience": text.audience,
            "when": when,
            "text": filled(part, examples(text.audience, is_closed=when == PARTS[1])),
        }
        for text in found.texts
        if audience in (None, text.audience)
        for when, part in zip(PARTS, (text.under_way, text.closed), strict=True)
    ]
    if is_json:
        print_json({"error": "", "next_step": "", "problems": (), "texts": shown})
        return
    for one in shown:
        say(f"# {one['audience']}, {one['when']}", "", *one["text"].split("\n"), "")


@policy.command("suggestions")
@click.option("--all", "is_all", is_flag=True, help="Those, too, that were there when it was last reviewed.")
@as_json
def suggestions(is_all: bool, is_json: bool) -> None:
    """What people who looked back on retirements wish to be looked at when the policy is reviewed."""
    settings = settings_for()
    last = settings.in_force().review.review_last
    with store_to_read(settings) as store:
        every = suggested(store)
    shown = [one for one in every if is_all or not is_settled(one, last)]
    if is_json:
        print_json([_suggestion(one, last) for one in shown])
        return
    say(*(_suggested(one, last) for one in shown))
    if not every:
        say("Nobody suggested anything in a review.")
    if hidden := len(every) - len(shown):
        say(
            f"{counted(hidden, 'suggestion')} up to {last}, when the policy was last looked through "
            "([review] last), counted as settled: --all lists all."
        )


def _suggested(one: Lesson, last: str) -> str:
    said = _suggestion(one, last)
    line = f"{said['on']} {said['id']} {said['model']}, {said['stage']}: {said['change']} ({said['by']})"
    return f"{line}, settled" if said["is_settled"] else line


def _suggestion(one: Lesson, last: str) -> dict[str, Any]:
    plan, review = one.retirement.plan, one.review
    return {
        "id": one.retirement.id,
        "model": plan.subject.model_name if plan else "",
        "stage": review.stage,
        "change": str(review.change),
        "by": review.by,
        "on": review.at.date().isoformat(),
        "is_settled": is_settled(one, last),
    }


def _line(one: Difference) -> str:
    return f"{one.key}: {_shown(one.before)} -> {_shown(one.after)}"


def _shown(value: Any) -> str:
    """On one line, as the file would have it."""
    return "(not there)" if value is None else json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


COMMANDS = (policy,)
