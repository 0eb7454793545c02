"""An OpenSSF model signature of the payload, beside it: whoever has the public key checks it, without us and offline.

https://github.com/ossf/model-signing-spec: an in-toto statement of each file's digest, in a DSSE envelope, in a
Sigstore bundle. It is put together here from digests that are known already: the `model-signing` library would read
every byte once more, and brings thirty packages with it. The tests verify with that library.
"""

from __future__ import annotations

import base64
import hashlib

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from data.archive.results import Bag

_BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_STATEMENT, _PREDICATE = "https://in-toto.io/Statement/v1", "https://model_signing/signature/v1.0"
_PAYLOAD = "application/vnd.in-toto+json"
_HASHES: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "secp256r1": hashes.SHA256,
    "secp384r1": hashes.SHA384,
    "secp521r1": hashes.SHA512,
}
"""Which goes with a key of which curve: Sigstore's protobuf-specs, PublicKeyDetails."""


class ModelSigner:
    """Signs payloads. Nothing shows the private part."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    def signature(self, bag: Bag, model_name: str) -> bytes:
        """What `model_signing verify key` takes for the folder data/ of this bag."""
        statement = msgspec.json.encode(_statement(bag, model_name))
        signed = self._key.sign(_encoded(statement), ec.ECDSA(_HASHES[self._key.curve.name]()))
        public = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        envelope = {
            "payload": base64.b64encode(statement).decode(),
            "payloadType": _PAYLOAD,
            "signatures": [{"sig": base64.b64encode(signed).decode(), "keyid": ""}],
        }
        bundle = {
            "mediaType": _BUNDLE,
            "verificationMaterial": {
                "publicKey": {"hint": hashlib.sha256(public).hexdigest()},
                "tlogEntries": [],
            },
            "dsseEnvelope": envelope,
        }
        return msgspec.json.format(msgspec.json.encode(bundle)) + b"\n"


def read_model_signer(pem: bytes) -> ModelSigner | None:
    """Who signs with what a key file holds; None where it holds no private key that is ready to sign models."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _HASHES:
        return ModelSigner(key)
    return None


def _statement(bag: Bag, model_name: str) -> dict[str, object]:
    digests = [(file.path, file.artifact_id.removeprefix("sha256:")) for file in bag.files]
    whole = hashlib.sha256(b"".join(bytes.fromhex(digest) for _, digest in digests))
    return {
        "_type": _STATEMENT,
        "subject": [{"name": model_name, "digest": {"sha256": whole.hexdigest()}}],
        "predicateType": _PREDICATE,
        "predicate": {
            "serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False},
            "resources": [
                {"name": path, "algorithm": "sha256", "digest": digest} for path, digest in digests
            ],
        },
    }


def _encoded(statement: bytes) -> bytes:
    """What is signed (DSSE's pre-authentication encoding)."""
    return b"DSSEv1 %d %b %d %b" % (len(_PAYLOAD), _PAYLOAD.encode(), len(statement), statement)
