"""Can the checks of consumers be run? None of them is: what is looked at is whether they would be."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.doctor.finding import Finding
from data.catalog.snapshot import Snapshot
from data.closest import closest
from data.records.checks import OwnChecks
from workflows.adapters.check_addresses import allows, port_of
from workflows.rules.wording import counted, named

HOSTS = 'Add them to hosts in the file EMERITUS_CHECKS names: hosts = ["ci.example.com"]'


def examine_checks(own: OwnChecks, there: Snapshot) -> Iterator[Finding]:
    """Nothing where nobody declares one."""
    ids = [one.id for one in there.as_told()]
    declared = [check for one in ids for check in there.entity(one).checks if there.id_of(one) == one]
    for unknown in (one for one in own.checks if one not in there):
        near = closest(unknown, ids)
        found = f'EMERITUS_CHECKS: nothing in the catalog has the id "{unknown}"'
        fix = f"Correct it; closest: {near[0]}" if near else "Correct it, or import the catalog that has it"
        yield Finding(what="checks", ok=False, found=found, fix=fix)
    addresses = [urlsplit(one.url) for one in declared]
    refused = {
        one.hostname or "" for one in addresses if not allows(own.hosts, one.hostname or "", port_of(one))
    }
    if refused:
        found = f"catalogs have hosts asked that are not allowed ({named(sorted(refused))}): those checks cannot run"
        yield Finding(what="checks", ok=False, found=found, fix=HOSTS)
    count = sum(map(len, own.checks.values()))
    if count or declared:
        found = f"{counted(count, 'check')} of your own, {len(declared):,} in catalogs"
        yield Finding(what="checks", ok=True, found=found)
