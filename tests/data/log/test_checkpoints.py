"""Is a checkpoint one that Go's sumdb would take, and is nothing taken for one that is none?"""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from data.errors import Corrupt, Invalid
from data.log.checkpoints import Head, head_of, opened
from data.log.keys import PublicKey, Signer, read_key, read_signer

SIGNER = Signer("example.com/record", bytes(range(32)))
HEAD = Head("example.com/record", 7, bytes.fromhex("dd" * 32))
SIGNED = SIGNER.sign(HEAD).encode()


def test_a_checkpoint_is_signed_and_read_back() -> None:
    assert SIGNED.decode().splitlines()[:4] == [
        "example.com/record",
        "7",
        "3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d0=",
        "",
    ]
    assert opened(SIGNED, [SIGNER.public]) == (HEAD, SIGNER.public)
    assert head_of(SIGNED) == HEAD
    assert read_key(f"{SIGNER.public}\n") == SIGNER.public


def test_a_published_key_and_signature_are_read_as_go_reads_them() -> None:
    """The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note."""
    key = read_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    signature = base64.b64decode(line)

    assert key.id == signature[:4]
    assert key.signed(text, signature[4:])
    assert not key.signed(text + "\n", signature[4:])


def test_no_bit_of_a_checkpoint_can_be_flipped() -> None:
    for bit in range(len(SIGNED) * 8):
        wrong = bytearray(SIGNED)
        wrong[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Corrupt):
            opened(bytes(wrong), [SIGNER.public])


def test_what_others_signed_beside_us_is_left_alone() -> None:
    witness = Signer("witness.example", bytes(32))
    cosigned = SIGNED.decode() + "— witness.example " + "A" * 96 + "\n"

    assert opened(cosigned.encode(), [SIGNER.public, witness.public]) == (HEAD, SIGNER.public)


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ([], "no key that is known of example.com/record signed it"),
        (
            [Signer("example.com/record", bytes(32)).public],
            "no key that is known of example.com/record signed it",
        ),
        (
            [PublicKey("example.com/other", SIGNER.public.raw)],
            "no key that is known of example.com/record signed it",
        ),
    ],
    ids=["none", "another key", "another name"],
)
def test_a_checkpoint_that_no_known_key_signed_is_refused(keys: list[PublicKey], why: str) -> None:
    with pytest.raises(Corrupt) as corrupt:
        opened(SIGNED, keys)

    assert str(corrupt.value) == why


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/record\n7\n",
        SIGNED.decode().replace("\n7\n", "\n07\n"),
        SIGNED.decode().replace("\n7\n", "\n-7\n"),
        SIGNED.decode().replace("\n7\n", f"\n{'9' * 30}\n"),
        SIGNED.decode().replace("0=\n", "1=\n", 1),
        SIGNED.decode().replace("\n\n", "\nan extension\n\n"),
        SIGNED.decode().partition("—")[0],
        SIGNED.decode() + "more",
        "x" * 200_000 + SIGNED.decode(),
    ],
)
def test_what_is_no_checkpoint_is_named_as_none(text: str) -> None:
    with pytest.raises(Corrupt, match="it is no checkpoint of a log"):
        opened(text.encode(), [SIGNER.public])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com+00000000+AQ==",
        str(SIGNER.public).replace("example.com/record", "example.com/other"),
    ],
)
def test_what_is_no_public_key_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(Invalid) as invalid:
        read_key(text)

    assert str(invalid.value) == (
        f'public key "{text}": NAME+ID+KEY on one line, as emeritus key show prints it'
    )


def test_a_private_key_in_the_place_of_a_public_one_is_not_repeated() -> None:
    with pytest.raises(Invalid) as invalid:
        read_key("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")

    assert str(invalid.value) == (
        "public key is a private one: NAME+ID+KEY on one line, as emeritus key show prints it"
    )


def test_a_key_file_holds_what_go_takes_and_nothing_else_is_one() -> None:
    """The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note."""
    text = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n"
    signer = read_signer(text)

    assert signer is not None
    assert str(signer.public) == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert signer.text() == text
    assert "AYEK" not in repr(signer)
    assert read_signer(str(signer.public)) is None
    assert read_signer(text.replace("c74f20a3", "c74f20a4")) is None
    assert read_signer("") is None


def test_openssl_takes_the_signature(tmp_path: Path) -> None:
    line = SIGNED.decode().splitlines()[-1]
    (tmp_path / "key.pem").write_text(SIGNER.public.pem())
    (tmp_path / "text").write_text(HEAD.text)
    (tmp_path / "signature").write_bytes(base64.b64decode(line.rpartition(" ")[2])[4:])
    asked = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-in",
        "text",
        "-sigfile",
        "signature",
    ]

    assert subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True).stdout == (
        b"Signature Verified Successfully\n"
    )
