"""What goes into the archive of a model, and what the policy wants there that nothing names."""

from __future__ import annotations

from collections.abc import Iterator

from bot.views import limits
from bot.views.blocks import mention, quoted, safe
from data.archive.pieces import references_of
from data.records.archived import Archived
from data.records.artifacts import ArtifactClass, Reference, class_of
from data.records.retirement import Retirement
from workflows.rules.gating import completeness


def planned(retirement: Retirement, rest: str) -> Iterator[str]:
    """What is copied, what is only described, and what is missing."""
    assert retirement.plan is not None
    subject = retirement.plan.subject
    only_described = retirement.policy.archive_described if retirement.policy else ()
    classed = [(one, class_of(one, subject.classes)) for one in subject.artifacts]
    copied = [f"{safe(one, 300)}{_of(of)}" for one, of in classed if of not in only_described]
    yield f"*Archives* {_in_a_row(copied, rest) or 'nothing'}"
    if references := references_of(subject, only_described):
        described = [f"{_what(one)}{_of(one.of)}" for one in references]
        yield f"*Describes in it* {_in_a_row(described, rest)}"
    yield from missing(retirement)


def missing(retirement: Retirement) -> Iterator[str]:
    """Of the classes that the policy asks for: which nothing is named of, and who goes without which."""
    if left := completeness.left(retirement):
        yield f":warning: *Missing in the archive* {', '.join(left)}: the policy asks for them"
    if retirement.plan is not None and retirement.policy is not None:
        dashboards = completeness.unexported(retirement.plan.subject, retirement.policy)
        names = limits.joined([safe(one, 200) for one in dashboards], 600, between=", ")
        if names:
            yield f":warning: *No exported snapshot* of {names}: its archive only says where that is"
    without = completeness.waived(retirement)
    if without:
        said = [
            f"{safe(of)}, {mention(one.by)}{quoted(one.reason, limits.REASON_MAX)}"
            for of, one in without.items()
        ]
        yield limits.joined(["*The archive goes without*", *said], limits.SECTION_MAX - 100)


def not_had(archived: Archived) -> str:
    """What was to be copied, and of which the archive only says what it was."""
    if not archived.only_described:
        return ""
    names = limits.joined([safe(one, 200) for one in archived.only_described], 1_000, between=", ")
    return f". :warning: Its repository could not be had, so only which commit it was is kept of {names}"


def _of(of: ArtifactClass) -> str:
    return "" if of is ArtifactClass.WEIGHTS else f" ({of})"


def _what(one: Reference) -> str:
    called = " ".join(filter(None, (one.what, one.name or one.where, one.version)))
    return safe(called, 300)


def _in_a_row(names: list[str], rest: str) -> str:
    return limits.joined(names, limits.SECTION_MAX - 100, between=", ", rest=rest)
