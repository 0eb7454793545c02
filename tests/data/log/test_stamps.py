"""A stamp counts for the bytes it was made of, from whom it was asked of, and for nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import Corrupt
from data.log.stamps import authorities_of, query, stamped

HERE = Path(__file__).parent / "stamped"
CHECKPOINT, ANSWER = (HERE / "checkpoint").read_bytes(), (HERE / "checkpoint.tsr").read_bytes()
ROOT, OTHER = (authorities_of((HERE / f"{name}.pem").read_bytes()) for name in ("root", "other-root"))
STAMPED_AT = "2026-11-28T10:57:03+00:00"
NONCE = int((HERE / "nonce").read_text())


def test_a_stamp_holds_and_says_when_and_by_whom() -> None:
    found = stamped(ANSWER, CHECKPOINT, ROOT, NONCE)

    assert (found.at.isoformat(), found.by) == (STAMPED_AT, "CN=example")
    assert found == stamped(ANSWER, CHECKPOINT, [*OTHER, *ROOT])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({"content": CHECKPOINT + b"\n"}, "mismatch between messages", id="other bytes"),
        pytest.param({"authorities": OTHER}, "no certificate that was given", id="another authority"),
        pytest.param({"nonce": NONCE + 1}, "nonce mismatch", id="another nonce"),
        pytest.param({"answer": ANSWER + b"\0"}, "it is no time-stamp", id="more behind it"),
        pytest.param({"answer": bytes(70_000)}, "more than 65,536 bytes", id="too long"),
        pytest.param({"answer": b"0\x050\x03\x02\x01\x02"}, "refused to stamp it", id="refused"),
        pytest.param({"answer": b"<html>"}, "it is no time-stamp", id="something else"),
        pytest.param({"answer": b""}, "it is no time-stamp", id="nothing"),
    ],
)
def test_what_is_no_stamp_of_it_is_refused(changed: dict[str, object], why: str) -> None:
    given: dict[str, object] = {"answer": ANSWER, "content": CHECKPOINT, "authorities": ROOT, "nonce": NONCE}

    with pytest.raises(Corrupt, match=why):
        stamped(**{**given, **changed})  # type: ignore[arg-type]


def test_a_stamp_that_was_cut_anywhere_is_none() -> None:
    for length in range(len(ANSWER)):
        with pytest.raises(Corrupt):
            stamped(ANSWER[:length], CHECKPOINT, ROOT)


def test_only_a_digest_is_sent_and_no_two_queries_are_the_same() -> None:
    one, other = query(CHECKPOINT), query(CHECKPOINT)

    assert one.nonce != other.nonce
    assert len(one.content) < 80


@pytest.mark.parametrize(
    "pem", [b"", b"no PEM", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_certificates_is_refused(pem: bytes) -> None:
    with pytest.raises(Corrupt, match="no certificates"):
        authorities_of(pem)
