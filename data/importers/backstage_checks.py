"""Which addresses are asked whether something works, by its file? `emeritus.dev/check-scoring: https://...`."""

from __future__ import annotations

import re

from data.addresses import ADDRESS_MAX, is_address
from data.importers.declaration import PREFIX, Account, Declaration
from data.printable import SECRET
from data.records.checks import NAME, CheckAddress

CHECK = "check-"
ACCEPTED = (
    f"one address, https://..., of at most {ADDRESS_MAX:,} characters, without a user or password. Left out"
)

NOT_KEPT = "has a credential, which is not kept, and without it another address would be asked. Left out"


def checks(thing: Declaration, account: Account) -> tuple[CheckAddress, ...]:
    """In the order of the file. What cannot be asked is told, and is no check."""
    found = []
    annotations = thing.metadata.get("annotations")
    for key in annotations.keys():  # noqa: SIM118 - a Node is no dict
        if not key.startswith(f"{PREFIX}{CHECK}"):
            continue
        node, name = annotations.get(key), key.removeprefix(f"{PREFIX}{CHECK}")
        if re.fullmatch(NAME, name) is None:
            rule = "the name of a check has 1 to 40 small letters, digits or -, e.g. check-scoring. Left out"
            account.note(thing, node.line, key, rule)
        elif SECRET in node.text:
            account.note(thing, node.line, key, NOT_KEPT)
        elif not is_address(node.text):
            # What it holds besides its place may be a secret.
            account.note(thing, node.line, key, ACCEPTED)
        else:
            found.append(CheckAddress(name=name, url=node.text))
    return tuple(found)
