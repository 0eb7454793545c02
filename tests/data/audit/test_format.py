"""A bundle that was published reads the same for ever: what is drawn from its entries never changes."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

from data.audit.bundle import FORMAT
from data.sqlite.store import SqliteStore
from tests.contract.scripted import NOW, Scripted
from tests.contract.test_store_log import SIGNER, use
from tests.data.recorded import record


def test_a_bundle_of_format_one_has_these_bytes(tmp_path: Path) -> None:
    """Another digest is another format: leave what draws this one, give the new one its own number, and note both."""
    with closing(SqliteStore(tmp_path / "emeritus.db", Scripted())) as store:
        record(store, "whole", state=b"{}")
        use(store, SIGNER)
        store.seal(NOW, SIGNER)
        bundle = store.bundle("RET-1")

    assert FORMAT == "emeritus-audit/1"
    assert hashlib.sha256(bundle).hexdigest()[:16] == "574b6c65bf2e5543"
