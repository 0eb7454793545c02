"""Is a key refused that others could read, or that lies beside what it vouches for?"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.signing_key import make, model_signature_of, signer_of, why_no_key, why_no_model_key
from data.errors import Invalid


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home" / "emeritus.db"


def beside(store: Path) -> Path:
    key = store.parent / "keys" / "key"
    key.parent.mkdir()
    make(key, "example.com/record")
    return key


def linked(store: Path) -> Path:
    key = store.parent.parent / "key"
    key.symlink_to(beside(store))
    return key


def shared(store: Path) -> Path:
    key = store.parent.parent / "key"
    make(key, "example.com/record")
    key.chmod(0o640)
    return key


def spoilt(store: Path) -> Path:
    key = store.parent.parent / "key"
    key.write_text("words")
    key.chmod(0o600)
    return key


WHY = [
    pytest.param(
        lambda store: store.parent.parent / "gone",
        "no such file; make one with ",
        id="gone",
    ),
    pytest.param(
        beside, "it is in {home}, as the record is: whoever copies that has both; ", id="beside the record"
    ),
    pytest.param(
        linked, "it is in {home}, as the record is: whoever copies that has both; ", id="linked from there"
    ),
    pytest.param(shared, "others may read it (mode 0640); run chmod 600 on it", id="readable by others"),
    pytest.param(spoilt, "holds no key; make one with emeritus key new FILE", id="no key"),
    pytest.param(lambda store: store.parent.parent, "no file; make one with ", id="a directory"),
]


@pytest.mark.parametrize(("key", "why"), WHY)
def test_a_key_that_must_not_sign_is_refused(store: Path, key: Callable[[Path], Path], why: str) -> None:
    assert why_no_key(key(store), store).startswith(why.format(home=store.parent))


def test_a_key_for_models_is_held_to_the_same(store: Path, tmp_path: Path) -> None:
    of_the_log = tmp_path / "key"
    make(of_the_log, "example.com/record")
    model = tmp_path / "model.key"
    command = "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out"
    subprocess.run([*command.split(), model], check=True)

    assert why_no_model_key(model, store) == ""
    assert model_signature_of(model) is not None
    assert model_signature_of(None) is None
    assert why_no_model_key(tmp_path / "gone", store) == (
        f"no such file; make one with {command} FILE, or leave it out to sign nothing"
    )
    assert why_no_model_key(of_the_log, store) == (
        "holds no private key of P-256, P-384 or P-521 that opens without a password; "
        f"make one with {command} FILE"
    )
    with pytest.raises(Invalid, match="EMERITUS_MODEL_SIGNING_KEY = "):
        model_signature_of(of_the_log)


def test_a_key_elsewhere_signs(store: Path, tmp_path: Path) -> None:
    public = make(tmp_path / "key", "example.com/record")

    assert why_no_key(tmp_path / "key", store) == ""
    signer = signer_of(tmp_path / "key")
    assert signer is not None
    assert signer.public == public
    assert signer_of(None) is None


def test_a_key_that_was_spoilt_since_is_named_and_its_content_is_not(store: Path) -> None:
    with pytest.raises(Invalid) as invalid:
        signer_of(spoilt(store))

    assert str(invalid.value).startswith("EMERITUS_SIGNING_KEY = ")
    assert str(invalid.value).endswith(": holds no key; make one with emeritus key new FILE")
    assert "words" not in str(invalid.value)
