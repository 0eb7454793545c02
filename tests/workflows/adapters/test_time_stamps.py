"""A service that is asked for a stamp gets one answer's time and size, and what it says is checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import Corrupt, EmeritusError, Invalid, Unavailable
from data.log.stamps import ANSWER_BYTES_MAX
from tests.data.log.authority import make_authority, serving, stamp
from tests.data.log.test_stamps import ANSWER, CHECKPOINT, HERE
from workflows.adapters.time_stamps import TimeStamps

ROOT = (HERE / "root.pem").read_text()


@pytest.mark.parametrize(
    ("said", "status", "kind", "why"),
    [
        pytest.param(ANSWER, 200, Corrupt, "nonce mismatch", id="a stamp somebody else asked for"),
        pytest.param(ANSWER[:-1], 200, Corrupt, "it is no time-stamp", id="cut"),
        pytest.param(b"", 503, Unavailable, "answers HTTP 503. It is asked again", id="out of order"),
        pytest.param(bytes(ANSWER_BYTES_MAX + 1), 200, Invalid, "at most 65,536 bytes", id="too long"),
        pytest.param(b"http://127.0.0.1:9/", 302, Unavailable, "answers HTTP 302", id="leads elsewhere"),
    ],
)
def test_what_is_no_answer_is_no_stamp(said: bytes, status: int, kind: type[EmeritusError], why: str) -> None:
    with serving(lambda _: said, status) as address, pytest.raises(kind, match=why):
        TimeStamps(address, ROOT).stamp(CHECKPOINT)


@pytest.mark.long
def test_a_real_authority_stamps_it_and_no_other_does(tmp_path: Path) -> None:
    make_authority(tmp_path, "tsa")
    make_authority(tmp_path, "other")
    ours, others = ((tmp_path / f"{name}-root.pem").read_text() for name in ("tsa", "other"))
    with serving(lambda asked: stamp(tmp_path, "tsa", asked)) as address:
        found = TimeStamps(address, ours).stamp(CHECKPOINT)
        with pytest.raises(Corrupt, match="no certificate that was given vouches for its signature"):
            TimeStamps(address, others).stamp(CHECKPOINT)

    assert found.by == "CN=tsa"
    with serving(lambda _: found.answer) as replaying, pytest.raises(Corrupt, match="nonce mismatch"):
        TimeStamps(replaying, ours).stamp(CHECKPOINT)
