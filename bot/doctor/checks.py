"""Can the checks of consumers be run? None of them is: what is looked at is whether they would be."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bot.doctor.finding import Finding
from data.catalog.snapshot import Snapshot
from data.closest import closest
from data.records.checks import Check, OwnChecks
from data.records.policy import Policy
from workflows.adapters.check_hosts import allows, port_of
from workflows.adapters.check_runs import PATH
from workflows.rules.wording import counted, named

NOT_RUN = "the policy runs none: [disable] checks_valid_hours is 0"
HOSTS = 'Add them to hosts in the file EMERITUS_CHECKS names: hosts = ["ci.example.com"]'


def _is_there(check: Check, folder: Path) -> bool:
    """As it would be found: one named with a folder from the file's own."""
    program = check.command[0]
    return bool(shutil.which(str(folder / program) if "/" in program else program, path=PATH))


def examine_checks(own: OwnChecks, there: Snapshot, policy: Policy | None = None) -> Iterator[Finding]:
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
    folder = Path(own.file).parent
    commands = (one for some in own.checks.values() for one in some if one.command)
    gone = {one.command[0] for one in commands if not _is_there(one, folder)}
    if gone:
        found = f"EMERITUS_CHECKS: {named(sorted(gone))}: no program that can be run, in {folder} or {PATH}"
        yield Finding(what="checks", ok=False, found=found, fix="Correct its path, or make it executable")
    count = sum(map(len, own.checks.values()))
    if count or declared:
        found = f"{counted(count, 'check')} of your own, {len(declared):,} in catalogs"
        if policy is not None and not policy.checks_valid_hours:
            found = f"{found}; {NOT_RUN}"
        yield Finding(what="checks", ok=True, found=found)
