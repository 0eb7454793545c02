"""Would it work? Everything Emeritus needs is looked at, and for what is missing it says how to get it.

Nothing is changed and nobody is told anything.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from bot.doctor.catalogs import examine_catalogs
from bot.doctor.checks import examine_checks
from bot.doctor.finding import Finding
from bot.doctor.hours import examine_hours
from bot.doctor.imports import NothingKnown, examine_imports
from bot.doctor.joins import examine_joins
from bot.doctor.slack import examine_slack
from bot.keeping import open_catalog, open_store
from bot.local_endpoints import open_endpoints, standings, switched_off
from bot.settings import Look, Settings, look
from bot.shared_places import ARCHIVE, why_another
from bot.world import CalendarWorld
from data.catalog.catalog import Catalog
from data.errors import EmeritusError
from data.policies.policy import Rules
from data.records.attestations import Attestation
from data.records.imports import Imports
from data.records.policy import Policy, Role
from data.records.retirement import Retirement
from data.store import Trouble
from workflows.decisions.imports import STREAM
from workflows.engine import all_retirements
from workflows.machine import imports_of
from workflows.rules import policy_review
from workflows.rules.escalation import targets

PARTS = {"EMERITUS_POLICY": "policy", "EMERITUS_STORE": "store", "EMERITUS_ARCHIVE": "archive"}
"""What is wrong with these stands where the thing itself is looked at."""
NAMED_AT_MOST = 5


def examine(
    environ: Mapping[str, str], *, http: str | None = None, now: datetime | None = None
) -> Iterator[Finding]:
    """Every finding, as soon as it is known. One that fails keeps no other from being looked at."""
    seen = look(environ, slack="serve", http=http)
    settings = seen.settings
    others = [finding for name in seen.wrong.keys() - PARTS.keys() for finding in _wrong(seen, name)]
    yield from sorted(others, key=str)
    if not others:
        yield Finding(what="settings", ok=True, found="complete")
    policy: Policy | None = None
    if "EMERITUS_POLICY" in seen.wrong:
        yield from _wrong(seen, "EMERITUS_POLICY")
    else:
        rules = settings.in_force()
        policy = rules.policy
        yield Finding(what="policy", ok=True, found=f"{policy.name}, {policy.digest[:19]}")
        yield from _review(rules, (now or CalendarWorld().now()).date())
    if "EMERITUS_STORE" in seen.wrong:
        yield from _wrong(seen, "EMERITUS_STORE")
    else:
        yield from _store(settings, policy, environ)
    if "EMERITUS_ARCHIVE" in seen.wrong:
        yield from _wrong(seen, "EMERITUS_ARCHIVE")
    elif why := _why_not_shared(settings):
        yield Finding(what="archive", ok=False, found=f"{settings.archive}: {why}", fix=ARCHIVE.cure)
    else:
        yield Finding(what="archive", ok=True, found=f"{settings.archive} can be written")
    yield from examine_slack(settings, policy, frozenset(seen.wrong))


def _review(rules: Rules, today: date) -> Iterator[Finding]:
    """It works on all the same, so nothing is bad about it."""
    if policy_review.is_overdue(rules.review, today):
        said = policy_review.words(rules.review, rules.policy.name, today)
        yield Finding(
            what="policy review", ok=True, found=f"overdue: {said}; set [review] by to the next day"
        )


def _wrong(seen: Look, name: str) -> Iterator[Finding]:
    """The accepted form in each problem is the fix."""
    for problem in seen.wrong[name]:
        found = f"{problem.field} {problem.value}".rstrip()
        fix = f"{problem.accepted[:1].upper()}{problem.accepted[1:]}"
        yield Finding(what=PARTS.get(name, "settings"), ok=False, found=found, fix=fix)


def _store(settings: Settings, policy: Policy | None, environ: Mapping[str, str]) -> Iterator[Finding]:
    if not settings.database and not settings.store.exists():
        yield Finding(what="store", ok=True, found=f"{settings.store} does not exist yet and will be made")
        fix = "Run emeritus import backstage PATH"
        yield Finding(what="catalog", ok=False, found="nothing was imported", fix=fix)
        yield from examine_imports(settings.imports, Imports(), NothingKnown())
        return
    try:
        store = open_store(settings, read_only=True)
        try:
            checked = store.verify()
            held = f"{checked.entries} entries of {checked.streams} streams hold"
            fix = "Keep the record as it is, and bring back a copy from before" if checked.bad else ""
            yield Finding(what="store", ok=not checked.bad, found=checked.bad or held, fix=fix)
            yield _delivery(store.troubles())
            catalog = open_catalog(store)
            yield from _catalog(catalog, policy)
            yield from examine_joins(catalog.snapshot())
            yield from examine_checks(settings.checks, catalog.snapshot(), policy)
            if policy:
                windows = settings.in_force().windows
                yield from examine_hours(windows, catalog, store.asleep())
            yield from examine_imports(settings.imports, imports_of(store.state(STREAM)), catalog)
            yield from _endpoints(catalog, settings, switched_off(all_retirements(store)))
            yield from examine_catalogs(store, catalog, settings, environ)
        finally:
            store.close()
    except EmeritusError as error:
        yield Finding(what="store", ok=False, found=str(error))


def _why_not_shared(settings: Settings) -> str:
    """Why this directory is not the one the other replicas use. A store that cannot be read has said so."""
    if not settings.database:
        return ""
    try:
        store = open_store(settings, read_only=True)
        try:
            return why_another(store, ARCHIVE, settings.archive)
        finally:
            store.close()
    except EmeritusError:
        return ""


def _delivery(troubles: Sequence[Trouble]) -> Finding:
    """Messages, work, timers and commands that will not be tried again, or in vain until somebody mends something."""
    if not troubles:
        return Finding(what="delivery", ok=True, found="nothing has stopped for good")
    stopped = [found for found in troubles if not found.is_held_up]
    held_up = [found for found in troubles if found.is_held_up]
    counted = ((stopped, "stopped for good"), (held_up, "held up"))
    found = "; ".join(f"{len(some)} {how}: {_named(some)}" for some, how in counted if some)
    fix = "Mend what it names"
    if stopped:
        fix += ", then run emeritus stopped retry KEY; or tell the people yourselves, then dismiss it"
    return Finding(what="delivery", ok=False, found=found, fix=fix)


def _named(troubles: Sequence[Trouble]) -> str:
    named = "; ".join(f"{trouble.key} ({trouble.why})" for trouble in troubles[:NAMED_AT_MOST])
    more = f" and {len(troubles) - NAMED_AT_MOST} more" if len(troubles) > NAMED_AT_MOST else ""
    return f"{named}{more}"


def _catalog(catalog: Catalog, policy: Policy | None) -> Iterator[Finding]:
    models = len(catalog.models())
    fix = "" if models else "Run emeritus import backstage PATH"
    yield Finding(what="catalog", ok=bool(models), found=f"{models} models", fix=fix)
    for role in policy.roles if policy else ():
        yield _role(catalog, role)
    for attestation in policy.attestations if policy else ():
        if trouble := _nobody_attests(catalog, attestation):
            what = f"attestation {attestation.name}"
            yield Finding(what=what, ok=False, found=trouble, fix=CORRECT_GROUP)
    if policy and (trouble := _too_few_for_two(catalog, policy)):
        yield Finding(what="break-glass", ok=False, found=trouble, fix=f"{CORRECT_GROUP}, or name nobody")
    for target in targets(policy.tree.steps) if policy else ():
        kind, _, group = target.partition(":")
        if kind == "group" and (trouble := _members(catalog, group)[1]):
            yield Finding(what=f"escalation to {target}", ok=False, found=trouble, fix=CORRECT_GROUP)


def _endpoints(catalog: Catalog, settings: Settings, off: dict[str, Retirement]) -> Iterator[Finding]:
    """Do the catalog's local endpoints serve, but for those that were switched off?"""
    found = standings(catalog, open_endpoints(settings), off)
    for one in found:
        if one.name not in off and one.status == "absent":
            fix = f"Run emeritus endpoint start {shlex.quote(one.name)}"
            yield Finding(what=f"endpoint {one.name}", ok=False, found="it was never started here", fix=fix)
        elif one.name not in off and one.status == "unknown":
            yield Finding(what=f"endpoint {one.name}", ok=False, found=one.note)
    counted = Counter(one.status for one in found)
    if found:
        told = ", ".join(f"{count} {status}" for status, count in sorted(counted.items()))
        yield Finding(what="local endpoints", ok=True, found=told)


CORRECT_GROUP = "Correct the group in the policy, or the people in the catalog"


def _members(catalog: Catalog, group: str) -> tuple[tuple[str, ...], str]:
    """Who is in it, and why nobody is."""
    try:
        members = catalog.members(group)
    except EmeritusError as error:
        return (), str(error)
    return members, "" if members else f'nobody of "{group}" has a Slack id in the catalog'


def _role(catalog: Catalog, role: Role) -> Finding:
    """Can this role be filled? "model.owner" differs by model and is looked at when somebody proposes."""
    people, troubles = set(role.people), []
    for group in role.groups:
        if group == "model.owner":
            continue
        members, trouble = _members(catalog, group)
        people.update(members)
        troubles += [trouble] if trouble else []
    is_by_model = "model.owner" in role.groups
    enough = is_by_model or len(people) >= role.approvals
    found = (
        "whoever owns the model" if is_by_model else f"{len(people)} people for {role.approvals} approvals"
    )
    fix = "" if enough and not troubles else CORRECT_GROUP
    return Finding(
        what=f"role {role.name}", ok=enough and not troubles, found="; ".join([found, *troubles]), fix=fix
    )


def _nobody_attests(catalog: Catalog, attestation: Attestation) -> str:
    """Why nobody could put their name to it; empty where somebody can, or a voting role does, which is looked at."""
    if attestation.people or attestation.roles or "model.owner" in attestation.groups:
        return ""
    looked_at = [_members(catalog, group) for group in attestation.groups]
    return "" if any(members for members, _ in looked_at) else "; ".join(why for _, why in looked_at)


def _too_few_for_two(catalog: Catalog, policy: Policy) -> str:
    """Why no two people can shorten a notice although the policy names some; owners differ by model."""
    groups, people = policy.break_glass_groups, set(policy.break_glass_people)
    if "model.owner" in groups or not (groups or people):
        return ""
    looked_at = [_members(catalog, group) for group in groups]
    people.update(member for members, _ in looked_at for member in members)
    few = f"{len(people)} people, and it takes two" if len(people) < 2 else ""
    return "; ".join(filter(None, [few, *(why for _, why in looked_at)]))


def report(
    environ: Mapping[str, str],
    say: Callable[[Finding], None],
    *,
    http: str | None = None,
    now: datetime | None = None,
) -> bool:
    """Say every finding; whether all is well. `http` is what `serve` would be given; `now`, where it is not now."""
    well = True
    for finding in examine(environ, http=http, now=now):
        say(finding)
        well = well and finding.ok
    return well
