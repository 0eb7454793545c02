"""The operator's own program says whether somebody proved lately that it is them. Safe to run again.

Exit code 0: they did; the first line it prints is kept. Any other: its first line tells them where to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data.printable import in_lines, shortened, uncoloured, without_secrets_in
from data.records.checks import Check, CheckEnd
from workflows.adapters.check_runs import commanded
from workflows.second_factor import Proof

SECONDS = 2
"""Slack waits three for the answer to a form."""
_ADDRESS = re.compile(r"(https?://[^\s\"'<>@]+)(?!\S*@)")
SAID_MAX = 200
WHERE_MAX = 500


@dataclass(frozen=True, kw_only=True)
class SecondFactorProgram:
    """Implements `SecondFactor`."""

    program: Path

    def proof(self, about: Mapping[str, str]) -> Proof:
        asked = Check(
            name="second-factor", command=(str(self.program),), timeout_seconds=SECONDS, is_own=True
        )
        ran = commanded(asked, about, lambda: False, folder=self.program.parent)
        assert ran is not None, "nobody stops it"
        lines = in_lines(uncoloured(ran.log)).strip().splitlines()
        said = lines[0] if lines else ""
        if ran.end is CheckEnd.PASSED:
            return Proof(holds=True, said=shortened(without_secrets_in(said), SAID_MAX))
        return Proof(holds=False, said=shortened(_with_addresses(said), WHERE_MAX) or ran.why)


def _with_addresses(said: str) -> str:
    """Told to that person alone: where to prove it is of no use without what the address asks."""
    parts = enumerate(_ADDRESS.split(said))
    return "".join(part if number % 2 else without_secrets_in(part) for number, part in parts)
