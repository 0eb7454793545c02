"""How does one move away from a model, by its file? What replaces it, from which day on, and a page that says how."""

from __future__ import annotations

import re

from data.importers.days import day_in
from data.importers.declaration import PREFIX, Account, Declaration
from data.importers.draft import KEPT_BY_NAME, successor_name
from data.importers.refs import Index, Missing
from data.records.catalog import SuccessorName

SUCCESSORS = ("resource", "airesource")


def successor(thing: Declaration, index: Index, account: Account) -> tuple[str, SuccessorName | None]:
    """Its id; or how it is named, where nobody declares it now."""
    stated = thing.annotation("successor")
    if not stated.is_stated:
        return "", None
    found = index.find(stated.text, kinds=SUCCESSORS, namespace=thing.namespace)
    what = f"{PREFIX}successor {stated.shown}"
    if isinstance(found, Missing):
        is_named = bool(stated.text)
        kept = KEPT_BY_NAME if is_named else "Kept without a successor"
        account.note(thing, stated.line, what, f"{found.why}. {kept}")
        named = successor_name(stated.text, ids=found.tried, is_by_name=False)
        return "", named if is_named else None
    if found.id == thing.id:
        account.note(thing, stated.line, what, "a model cannot succeed itself. Kept without a successor")
        return "", None
    if found.note:
        account.note(thing, stated.line, what, found.note)
    return found.id, None


def guide(thing: Declaration, account: Account) -> str:
    """An address people can follow."""
    stated = thing.annotation("migration-guide")
    is_fine = re.fullmatch(r"https?://[^\s<>|]{1,150}", stated.text) is not None
    if stated.is_stated and not is_fine:
        what = f"{PREFIX}migration-guide {stated.shown}"
        account.note(
            thing, stated.line, what, "one address, https://..., of at most 150 characters. Kept without"
        )
    return stated.text if is_fine else ""


def serves_from(thing: Declaration, account: Account) -> str:
    """The first day on which it can be called, "2027-03-01"; empty where none is told."""
    stated = thing.annotation("available-from")
    if not stated.is_stated:
        return ""
    try:
        return day_in(stated.text)
    except ValueError:
        what = f"{PREFIX}available-from {stated.shown}"
        account.note(thing, stated.line, what, "one day, as 2027-03-01. Kept without")
        return ""
