"""Is this the address of a service that could be asked? Each function answers why not, as a clause, else nothing."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

SLACK_API_URL = "https://slack.com/api/"
SENT = r"[\x21-\x7e]"  # tokens and addresses travel in the head of a request, which is ASCII


def why_no_api(text: str) -> str:
    """The tokens are sent there, so they are sent encrypted, or not off this machine."""
    try:
        url = urlsplit(text)
        is_web = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
        is_web = is_web and re.fullmatch(f"{SENT}+", text) is not None
    except ValueError:  # brackets that do not match, a port that is none
        is_web = False
    if not is_web:
        return f"the address of a Slack Web API, e.g. {SLACK_API_URL}"
    if url.scheme == "http" and not is_this_machine(url.hostname or ""):
        return "https://, unless it is on this machine: others could read the tokens on their way"
    return ""


def why_no_registry(text: str) -> str:
    alone = "no user or password in an address; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
    return _why_none(text, "an MLflow registry, e.g. https://mlflow.example.com", alone) if text else ""


def why_no_stamps(text: str) -> str:
    """Plain HTTP will do: an answer proves itself by its signature."""
    alone = "no user or password in an address: it is on the record, and in audit bundles"
    return _why_none(text, "a time-stamping service (RFC 3161), e.g. https://tsa.example.com", alone)


def _why_none(text: str, what: str, alone: str) -> str:
    """`alone`: why it holds no password."""
    accepted = f"the address of {what}, without a query"
    try:
        url = urlsplit(text)
        is_web = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:  # brackets that do not match, a port that is none
        return accepted
    if not is_web or url.query or url.fragment or not re.fullmatch(f"{SENT}+", text):
        return accepted
    return alone if url.username is not None or url.password is not None else ""


def is_this_machine(host: str) -> bool:
    """Whatever goes there stays here."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
