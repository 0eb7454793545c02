"""What is an address that can be asked over HTTP, and what does it mean that one does not answer as it should?

What an address holds besides its place, and whatever an answer repeats of what was sent along, is neither logged,
stored nor quoted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import SplitResult, urlsplit

from data.errors import Invalid, Problem, Unavailable
from data.importers.answers import Asking, unavailable
from data.printable import without_secrets

OF_ACCESS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@dataclass(slots=True, frozen=True)
class Kind:
    """What is expected at an address, in the words of its refusals.

    what       "an MLflow registry"
    example    an address of one
    without    how to say who we are instead of in the address
    known_by   how to be somebody it knows
    """

    what: str
    example: str
    without: str
    known_by: str


def address_of(text: str, kind: Kind) -> str:
    """An address as it is remembered: without a slash at its end. Raises `Invalid` for what is none."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        parts, host = SplitResult("", "", "", "", ""), ""
    is_http = parts.scheme in ("http", "https") and host and text.isascii() and text.isprintable()
    if not is_http or " " in text or parts.query or parts.fragment:
        shown = ascii(without_secrets(text))[1:-1]
        accepted = f"an address like {kind.example}, without a query"
        raise Invalid([Problem(field="address", value=shown, accepted=accepted)])
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        accepted = "a port from 1 to 65535 behind the host, or none"
        raise Invalid([Problem(field="address", value=without_secrets(text), accepted=accepted)])
    where = f"[{host}]" if ":" in host else host
    address = f"{parts.scheme}://{where}{f':{port}' if port else ''}{parts.path.rstrip('/')}"
    if parts.username is not None or parts.password is not None:
        accepted = f"no user or password in an address; {kind.without}"
        raise Invalid([Problem(field="address", value=address, accepted=accepted)])
    return address


def answer_at(
    url: str, kind: Kind, asking: Asking, *, query: str = "", headers: Mapping[str, str] | None = None
) -> bytes:
    """Raises `Unavailable` for no answer to the end, `Invalid` for a refusal or too large a one."""
    sent = {"Accept": "application/json", "User-Agent": "emeritus", **(headers or {})}
    try:
        return asking.page(url, query, sent)
    except HTTPError as error:
        with error:
            raise _refused(error, url, kind) from None


def _refused(error: HTTPError, url: str, kind: Kind) -> Invalid | Unavailable:
    """What the status of an answer means to whoever named the address."""
    status = error.code
    if status in OF_ACCESS:
        accepted = f"somebody it knows: {kind.known_by}"
    elif HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        accepted = f"the registry itself; {whither(error)} was not asked. Name its own address"
    elif is_passing(status):
        return unavailable(url, f"answers {status}")
    else:
        accepted = f"is this the address of {kind.what}?"
    return Invalid([Problem(field=url, value=f"answers {status}", accepted=accepted)])


def is_passing(status: int) -> bool:
    """Does it answer otherwise if it is asked again later?"""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def whither(error: HTTPError) -> str:
    """The host a redirect leads to, without what else its address may hold."""
    try:
        return ascii(urlsplit(error.headers.get("Location", "")).hostname or "another page")[1:-1]
    except ValueError:
        return "another page"
