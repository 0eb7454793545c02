"""Is this a time-stamp of these bytes, by an authority that somebody trusts? RFC 3161, by a library.

An answer is taken for what it is: its signature leads to a certificate that was given, as it was valid at the time of
the stamp, its digest is that of the bytes, and its nonce is the one that was sent. What anybody needs to check it
again, years later and with other tools, is kept whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from data.errors import Corrupt

ANSWER_BYTES_MAX = 65_536
"""Most have 2 to 7 thousand: the signer's certificates are in it."""


class Query(NamedTuple):
    """What is sent, and the nonce that has to come back."""

    content: bytes
    nonce: int


class Stamp(NamedTuple):
    """`at`: when the authority saw the bytes, by its clock; `by`: the name in its certificate."""

    at: datetime
    by: str


def query(content: bytes) -> Query:
    """Only the digest of the content leaves this machine."""
    made = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    assert made.nonce is not None, "the builder makes one"
    return Query(made.as_bytes(), made.nonce)


def authorities_of(pem: bytes) -> list[x509.Certificate]:
    """Raises `Corrupt` for what holds no certificates."""
    try:
        return list(dict.fromkeys(x509.load_pem_x509_certificates(pem)))
    except ValueError as error:
        raise Corrupt("it holds no certificates as PEM") from error


def stamped(
    answer: bytes, content: bytes, authorities: Sequence[x509.Certificate], nonce: int | None = None
) -> Stamp:
    """Raises `Corrupt` for all that is no whole stamp of this content by one of these. `nonce`: where one was sent."""
    response = _decoded(answer)
    builder = VerifierBuilder(roots=list(authorities), nonce=nonce)
    try:
        builder.build().verify_message(response, content)
    except (VerificationError, ValueError) as error:
        raise Corrupt(f"the time-stamp does not hold: {_said(error)}") from error
    return Stamp(response.tst_info.gen_time, _signer(response))


def _decoded(answer: bytes) -> TimeStampResponse:
    if len(answer) > ANSWER_BYTES_MAX:
        raise Corrupt(f"the time-stamp has more than {ANSWER_BYTES_MAX:,} bytes")
    try:
        response = decode_timestamp_response(answer)
        if response.status not in (0, 1):
            raise Corrupt(f"the authority refused to stamp it (status {response.status})")
        if response.as_bytes() == answer:
            return response
    except ValueError as error:
        raise Corrupt("it is no time-stamp") from error
    raise Corrupt("it is no time-stamp")


def _signer(response: TimeStampResponse) -> str:
    """Of the certificate that the signature names; it is in the answer, or the verifier had refused it."""
    (signer,) = response.signed_data.signer_infos
    found = map(x509.load_der_x509_certificate, response.signed_data.certificates)
    return next(
        one.subject.rfc4514_string()
        for one in found
        if (one.issuer, one.serial_number) == (signer.issuer, signer.serial_number)
    )


def _said(error: Exception) -> str:
    """The library's words; of a chain that leads nowhere they are OpenSSL's, with places in its code."""
    said = " ".join(str(error).split())
    if said.startswith("Error while verifying certificates"):
        return "no certificate that was given vouches for its signature"
    return f"{said[:1].lower()}{said[1:200]}".rstrip(".")
