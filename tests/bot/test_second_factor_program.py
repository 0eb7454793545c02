"""Which program may say that somebody proved that it is them? One that runs, and that nobody else can change."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.places import why_no_program

FINE = b"#!/bin/sh\necho key 7\n"
OPEN = "a program that everybody may write, or that lies where everybody may: chmod o-w both"


@pytest.mark.parametrize(
    ("begins", "mode", "folder_mode", "why"),
    [
        pytest.param(FINE, 0o700, 0o700, "", id="a script"),
        pytest.param(b"\x7fELF\x02\x00", 0o700, 0o700, "", id="a program of its own"),
        pytest.param(FINE, 0o700, 0o1777, "", id="where only its owner may put another in its place"),
        pytest.param(FINE, 0o702, 0o700, OPEN, id="everybody may write it"),
        pytest.param(FINE, 0o700, 0o707, OPEN, id="everybody may put another in its place"),
        pytest.param(
            b"echo key 7\n",
            0o700,
            0o700,
            'a script without a first line that says by what it is run; begin it with "#!/bin/sh"',
            id="nothing says by what it is run",
        ),
        pytest.param(
            b"#!/nowhere/python\n",
            0o700,
            0o700,
            "a script whose first line names a program that is not there; correct that line",
            id="what it is run by is not there",
        ),
        pytest.param(
            FINE,
            0o600,
            0o700,
            "no program that can be run; give the path of one, or leave it out to ask for no second factor",
            id="it cannot be run",
        ),
    ],
)
def test_a_second_factor_is_asked_of_a_program_that_runs_and_is_the_operators_own(
    tmp_path: Path, begins: bytes, mode: int, folder_mode: int, why: str
) -> None:
    (folder := tmp_path / "factor").mkdir()
    (program := folder / "ask").write_bytes(begins)
    program.chmod(mode)
    folder.chmod(folder_mode)
    assert why_no_program(str(program)) == why
