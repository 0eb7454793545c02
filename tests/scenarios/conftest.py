"""A town for every story: the sample company, its Slack and its bot, on a Monday morning in March 2026.

Its model servers are started by the stories that need them: processes are slow to start.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, serves=False) as running:
        yield running
