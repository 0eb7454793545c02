"""Would it work? Everything Emeritus needs is looked at, and for what is missing it says how to get it.

Nothing is changed and nobody is told anything; in a bucket of archives a tiny object is left for some minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from bot.doctor.anchors import examine_anchors
from bot.doctor.archive import examine_archive
from bot.doctor.catalogs import examine_catalogs
from bot.doctor.checks import examine_checks
from bot.doctor.engines import examine_engines
from bot.doctor.finding import Finding
from bot.doctor.fixity import examine_rounds
from bot.doctor.hours import examine_hours
from bot.doctor.imports import NothingKnown, examine_imports
from bot.doctor.joins import examine_joins
from bot.doctor.log import examine_log
from bot.doctor.slack import examine_slack
from bot.doctor.teams import Asked, examine_teams, examine_user_groups
from bot.keeping import open_catalog, open_store
from bot.local_endpoints import KINDS, own, standings, start_of
from bot.settings import Look, Settings, look
from bot.world import CalendarWorld
from data.catalog.catalog import Catalog
from data.errors import EmeritusError
from data.policies.policy import Rules
from data.records.facts import UserGroup
from data.records.imports import Imports
from data.records.policy import Policy
from data.records.retirement import Retirement
from data.store import Trouble
from workflows.decisions.imports import STREAM
from workflows.engine import all_retirements
from workflows.machine import imports_of
from workflows.rules.hindsight import policy_review
from workflows.user_groups import named_in

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
    asked: dict[str, UserGroup] = {}
    if "EMERITUS_POLICY" in seen.wrong:
        yield from _wrong(seen, "EMERITUS_POLICY")
    else:
        rules = settings.in_force()
        policy = rules.policy
        yield Finding(what="policy", ok=True, found=f"{policy.name}, {policy.digest[:19]}")
        yield from _review(rules, (now or CalendarWorld().now()).date())
        if not seen.wrong.keys() & {"SLACK_API_URL", "SLACK_BOT_TOKEN"}:
            yield from examine_user_groups(settings, named_in(policy, rules.review), asked)
    if "EMERITUS_STORE" in seen.wrong:
        yield from _wrong(seen, "EMERITUS_STORE")
    else:
        yield from _store(settings, policy, asked, environ)
    if "EMERITUS_ARCHIVE" in seen.wrong:
        yield from _wrong(seen, "EMERITUS_ARCHIVE")
    else:
        yield from examine_archive(settings, now or CalendarWorld().now())
    yield from examine_slack(settings, policy, frozenset(seen.wrong))


def _review(rules: Rules, today: date) -> Iterator[Finding]:
    """It works on all the same, so nothing is bad about it."""
    if policy_review.is_overdue(rules.review, today):
        said = policy_review.words(rules.review, rules.policy.name, today)
        yield Finding(
            what="policy review",
            ok=True,
            found=f"overdue: {said}; set [review] by to the day of its next review",
        )


def _wrong(seen: Look, name: str) -> Iterator[Finding]:
    """The accepted form in each problem is the fix."""
    for problem in seen.wrong[name]:
        found = f"{problem.field} {problem.value}".rstrip()
        fix = f"{problem.accepted[:1].upper()}{problem.accepted[1:]}"
        yield Finding(what=PARTS.get(name, "settings"), ok=False, found=found, fix=fix)


def _store(
    settings: Settings, policy: Policy | None, asked: Asked, environ: Mapping[str, str]
) -> Iterator[Finding]:
    if not settings.database and not settings.store.exists():
        yield Finding(what="store", ok=True, found=f"{settings.store} does not exist yet and will be made")
        fix = "Run emeritus import backstage PATH"
        yield Finding(what="catalog", ok=False, found="nothing was imported", fix=fix)
        yield from examine_imports(settings.imports, Imports(), NothingKnown())
        return
    try:
        store = open_store(settings, read_only=True)
        try:
            anchored = examine_anchors(settings, store, CalendarWorld().now())
            checked = store.verify(anchored.kept)
            held = f"{checked.entries} entries of {checked.streams} streams hold"
            fix = anchored.advice or "Keep the record as it is, and bring back a copy from before"
            fix = fix if checked.bad else ""
            yield Finding(what="store", ok=not checked.bad, found=checked.bad or held, fix=fix)
            yield from anchored.findings
            if not checked.bad:
                yield from examine_log(store, checked, settings.signing_key)
            yield _delivery(store.troubles())
            catalog = open_catalog(store)
            yield from _catalog(catalog, policy, asked)
            yield from examine_joins(catalog.snapshot())
            yield from examine_checks(settings.checks, catalog.snapshot(), policy)
            if policy:
                windows = settings.in_force().windows
                yield from examine_hours(windows, catalog, store.asleep())
            yield from examine_imports(settings.imports, imports_of(store.state(STREAM)), catalog)
            yield from examine_rounds(store, CalendarWorld().now())
            yield from _endpoints(catalog, settings, all_retirements(store))
            yield from examine_engines(settings)
            yield from examine_catalogs(store, catalog, settings, environ)
        finally:
            store.close()
    except EmeritusError as error:
        yield Finding(what="store", ok=False, found=str(error))


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


def _catalog(catalog: Catalog, policy: Policy | None, asked: Asked) -> Iterator[Finding]:
    models = len(catalog.models())
    fix = "" if models else "Run emeritus import backstage PATH"
    yield Finding(what="catalog", ok=bool(models), found=f"{models} models", fix=fix)
    if policy:
        yield from examine_teams(catalog, policy, asked)


def _endpoints(catalog: Catalog, settings: Settings, retirements: Sequence[Retirement]) -> Iterator[Finding]:
    """Do the endpoints of ours serve, but for those that were switched off?"""
    for kind, endpoints in own(settings).items():
        found = standings(catalog, endpoints, retirements, kind)
        what, _ = KINDS[kind]
        for one in found:
            if not one.is_off and one.status == "absent":
                fix = f"Run {start_of(kind, one.name)}"
                yield Finding(
                    what=f"endpoint {one.name}", ok=False, found="it was never started here", fix=fix
                )
            elif not one.is_off and one.status == "unknown":
                yield Finding(what=f"endpoint {one.name}", ok=False, found=one.note)
        counted = Counter(one.status for one in found)
        if found:
            told = ", ".join(f"{count} {status}" for status, count in sorted(counted.items()))
            yield Finding(what=f"{what}s", ok=True, found=told)


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
