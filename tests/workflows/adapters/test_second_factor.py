"""A program of the operator's says whether somebody proved that it is them."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows.adapters.second_factor import SecondFactorProgram
from workflows.second_factor import Proof

ABOUT = {"EMERITUS_PERSON": "U1", "EMERITUS_STEP": "confirm close"}


@pytest.mark.parametrize(
    ("script", "proof"),
    [
        ('echo "key 7 of $EMERITUS_PERSON"', Proof(holds=True, said="key 7 of U1")),
        ("exit 0", Proof(holds=True)),
        (
            'echo "Go to https://sso.example/up"; echo more; exit 1',
            Proof(holds=False, said="Go to https://sso.example/up"),
        ),
        (
            'echo "token=abc: go to https://sso.example/up?state=abc&token=7"; exit 1',
            Proof(holds=False, said="token=... go to https://sso.example/up?state=abc&token=7"),
        ),
        ("echo https://me:abc@sso.example/; exit 1", Proof(holds=False, said="https://...@sso.example/")),
        ("exit 3", Proof(holds=False, said="exit code 3")),
        ("echo token=hunter2; exit 1", Proof(holds=False, said="token=...")),
        ("sleep 60", Proof(holds=False, said="it did not end within 2 s")),
    ],
)
def test_it_holds_where_the_program_says_so(tmp_path: Path, script: str, proof: Proof) -> None:
    (program := tmp_path / "factor").write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    assert SecondFactorProgram(program=program).proof(ABOUT) == proof


def test_a_program_that_is_gone_proves_nothing(tmp_path: Path) -> None:
    found = SecondFactorProgram(program=tmp_path / "gone").proof(ABOUT)
    assert not found.holds
    assert "cannot be started" in found.said
