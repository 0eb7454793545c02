"""Does OpenSSF's own verifier take the signature of a payload, and refuse it once anything of that is another?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from data.archive.model_signature import ModelSigner, read_model_signer
from data.archive.results import SIGNATURE_FILE, Sign, Wrapping
from tests.contract.archives import a_model, never, now, put
from workflows.adapters.local_directory import LocalDirectory


def a_key(curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve or ec.SECP256R1())


def pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, password: bytes = b"") -> bytes:
    how = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def public(folder: Path, key: ec.EllipticCurvePrivateKey) -> Path:
    file = folder / "model.pub"
    file.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return file


def a_bag(folder: Path, sign: Sign | None) -> tuple[Path, str]:
    """Brought back from an archive, and its id."""
    model = a_model(folder / "model")
    (model / "weights/.gitignore").write_text("*\n")
    archive = LocalDirectory(folder / "archive")
    wrapping = Wrapping(describe=lambda bag: {SIGNATURE_FILE: sign(bag, "churn-v1")} if sign else {})
    archived = put(archive, model, wrapping=wrapping).archived
    archive.fetch(archived, folder / "bag", now, never)
    return folder / "bag", archived.preservation_id


def verify(bag: Path, public_key: Path) -> None:
    """As `model_signing verify key` does with --no-ignore-git-paths."""
    import model_signing  # noqa: PLC0415 - takes a second to load

    hashing = model_signing.hashing.Config().set_ignored_paths(paths=[], ignore_git_paths=False)
    config = model_signing.verifying.Config().use_elliptic_key_verifier(public_key=public_key)
    config.set_hashing_config(hashing).verify(bag / "data", bag / SIGNATURE_FILE)


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda one: one.name)
def test_the_library_takes_what_was_signed_with_a_key_of_each_curve(
    tmp_path: Path, curve: ec.EllipticCurve
) -> None:
    key = a_key(curve)
    signer = read_model_signer(pem(key))
    assert signer is not None
    bag, _ = a_bag(tmp_path, signer.signature)

    verify(bag, public(tmp_path, key))


def test_the_id_of_an_archive_does_not_depend_on_its_signature(tmp_path: Path) -> None:
    for name in ("signed", "plain"):
        (tmp_path / name).mkdir()
    signed, with_one = a_bag(tmp_path / "signed", ModelSigner(a_key()).signature)
    plain, without = a_bag(tmp_path / "plain", None)

    assert with_one == without
    assert (signed / SIGNATURE_FILE).exists()
    assert not (plain / SIGNATURE_FILE).exists()


def flip(bag: Path) -> None:
    file = bag / "data/weights/w.bin"
    file.chmod(0o644)
    with file.open("r+b") as weights:
        first = weights.read(1)[0]
        weights.seek(0)
        weights.write(bytes([first ^ 1]))


def swap(bag: Path) -> None:
    (bag / "data/card.md").rename(bag / "other")
    (bag / "data/weights/w.bin").rename(bag / "data/card.md")
    (bag / "other").rename(bag / "data/weights/w.bin")


CHANGED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a bit flipped": (flip, r"Hash mismatch for \\?'weights/w.bin"),
    "two files swapped": (swap, r"Hash mismatch for \\?'card.md"),
    "a file more": (lambda bag: (bag / "data/more").write_bytes(b""), "Extra files found .*: more"),
    "a file less": (lambda bag: (bag / "data/card.md").unlink(), "Missing files in .*: card.md"),
}


@pytest.mark.parametrize(("change", "bad"), CHANGED.values(), ids=CHANGED)
def test_the_library_refuses_a_payload_that_was_changed(
    tmp_path: Path, change: Callable[[Path], object], bad: str
) -> None:
    key = a_key()
    bag, _ = a_bag(tmp_path, ModelSigner(key).signature)
    change(bag)

    with pytest.raises(ValueError, match=bad):
        verify(bag, public(tmp_path, key))


def test_the_library_refuses_another_key(tmp_path: Path) -> None:
    bag, _ = a_bag(tmp_path, ModelSigner(a_key()).signature)

    with pytest.raises(ValueError, match="Key mismatch"):
        verify(bag, public(tmp_path, a_key()))


UNFIT = {
    "words": b"words",
    "a public key": a_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "under a password": pem(a_key(), b"secret"),
    "of a curve that Sigstore does not know": pem(a_key(ec.SECP256K1())),
    "of another kind": pem(ed25519.Ed25519PrivateKey.generate()),
}


@pytest.mark.parametrize("content", UNFIT.values(), ids=UNFIT)
def test_a_key_that_cannot_sign_models_is_none(content: bytes) -> None:
    assert read_model_signer(content) is None
