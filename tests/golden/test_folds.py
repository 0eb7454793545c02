"""Is every change of what events fold to counted, so that stored states are folded anew?"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import msgspec

from data.records.anchors import Anchoring
from data.records.delegation import Delegation
from data.records.digests import DigestState
from data.records.fixity import Rounds
from data.records.imports import Imports
from data.records.log import LogKeys
from data.records.retirement import Retirement
from tests.golden.reading import bare, folded, recorded
from workflows.machine import FOLD_VERSION, CatalogState

FOLDS = Path(__file__).parent / "folds.json"


def fingerprint() -> str:
    """Over what states can hold, in the order in which it is written, and over what all ledgers fold to."""
    _, parts = msgspec.json.schema_components(
        [Retirement, DigestState, Delegation, CatalogState, Imports, LogKeys, Rounds, Anchoring]
    )
    states = {f"{ledger.parent.name}/{ledger.stem}": folded(ledger) for ledger in recorded()}
    text = json.dumps([dict(sorted(bare(parts).items())), states])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_states_that_come_out_otherwise_are_another_fold() -> None:
    """Once released, a number keeps its states: count FOLD_VERSION up in workflows/machine.py, and note it here.

    A ledger that was recorded anew, without any change of the code, keeps the number.
    """
    known = json.loads(FOLDS.read_text(encoding="utf-8"))
    assert known[str(FOLD_VERSION)] == fingerprint()
    assert max(map(int, known)) == FOLD_VERSION
