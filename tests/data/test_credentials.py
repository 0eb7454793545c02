"""A credential is told from a name, also from a long or an odd one."""

from __future__ import annotations

import hashlib
import random
import string
import uuid

import pytest

from data.credentials import is_credential, may_be_credential

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP"


@pytest.mark.parametrize(
    "text",
    [
        f"Bearer {JWT}",
        "bearer x",
        JWT,
        f"svc {JWT}",
        "Basic YWRhOmh1bnRlcjI=",
        "Token 9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b",
        "api_key=hunter2",
        "password: hunter2",
        "https://ada:hunter2@models.example.com",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "xoxb-123456789-abcdef",
        "sk-proj-abcdefghij_klmnop-qrst",
        "sk-abcdefghijklmnopqrstuvwx",
        "hf_abcdefghijklmnopqrstuvwx",
        "-----BEGIN PRIVATE KEY-----",
        "client_secret=hunter2",
        "x-functions-key=abcdefgh",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc+d/e==",
        "cb?sig=abc%2Bdef",
        "https://hooks.slack.com/services/T0001/B0001/abcdef",
        "bob:Tr0ub4dor&3",
        "Ym9iOlRyMHViNGRvciYz",
        "Ym9iOmh1bnRlcjI=",
        "Ym9iOmh1bnRlcjI",
        "sk-live-4eC39HqLyjWDarjt",
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260302/eu-west-1",
    ],
)
def test_what_is_written_as_a_credential_is_one(text: str) -> None:
    assert is_credential(text)


@pytest.mark.parametrize("alphabet", [string.ascii_letters + string.digits, string.hexdigits[:16]])
def test_what_is_as_random_as_a_key_may_be_one(alphabet: str) -> None:
    there = random.Random(4)
    keys = ["".join(there.choices(alphabet, k=40)) for _ in range(200)]
    assert sum(map(may_be_credential, keys)) >= 195
    assert not any(map(is_credential, keys))


def test_what_signs_for_aws_may_be_one_beside_its_id_or_alone_and_a_path_of_that_length_is_none() -> None:
    there = random.Random(4)
    keys = ["".join(there.choices(f"{string.ascii_letters}{string.digits}+/", k=40)) for _ in range(200)]
    assert sum(map(may_be_credential, keys)) >= 198
    assert may_be_credential("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    assert may_be_credential("app (AKIAIOSFODNN7EXAMPLE)")
    path = "Growth/Churn2026/ScoringService/NightlyRu"[:40]
    assert not may_be_credential(path)


def test_a_digest_may_be_a_key_and_an_identifier_of_the_usual_form_is_none() -> None:
    there = random.Random(4)
    ids = [uuid.UUID(int=there.getrandbits(128), version=4) for _ in range(200)]
    assert not any(may_be_credential(str(one)) or may_be_credential(one.hex) for one in ids)
    assert may_be_credential(hashlib.sha256(b"x").hexdigest()[:32])


@pytest.mark.parametrize(
    "text",
    [
        "billing-etl",
        "sk-learn-scoring-service-v2",
        "token-service",
        "Basic Analytics",
        "secret-santa",
        "client-secret-rotator",
        "sk-live-scoring-service",
        "signature-service",
        "keyword:classifier-v2",
        "team:pricing-2",
        "models.example.com:8443",
        "urn:li:mlModel:Churn2Scorer",
        "models:/Churn/3",
        "recommendations",
        "churnScorerV2",
        "basic pricing",
        "PaymentsServiceForRegion1Europe",
        "TeamPaymentsServiceForRegionEurope2026",
        "spiffe://cluster.local/ns/billing/sa/reader",
        "system:serviceaccount:token:reader",
        "arn:aws:iam::123456789012:role/AWSReservedSSO_Admin_1a2b3c4d5e6f7a8b",
        "reader@billing-prod-123456.iam.gserviceaccount.com",
        "123456789012-abcdefghijklmnop.apps.googleusercontent.com",
        "billing-etl-7d9f8b6c5d-x2v4q",
        "7rjmngq9s1s2d3f4g5h6j7k8l9",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0",
        "a caller without a name",
        "",
    ],
)
def test_a_name_is_none(text: str) -> None:
    assert not may_be_credential(text)


def test_no_text_takes_long() -> None:
    assert not is_credential("token" * 20_000)
    assert not may_be_credential("a" * 100_000)
    assert not is_credential("//a" * 30_000)
    assert not is_credential("sk-" * 30_000)
    assert not is_credential("key" * 30_000)
    assert not is_credential("-a" * 30_000)


def test_a_word_behind_a_colon_that_is_mixed_as_a_password_may_be_one() -> None:
    assert may_be_credential("bob:Tr0ub4dor3")
    assert not is_credential("bob:Tr0ub4dor3")
