"""An MLflow registry that answers over HTTP, read page by page; asking it changes nothing.

Nothing of a registry that does not answer to the end counts. Who we are is told to the address that was named
and to nobody else: redirects are not followed. Neither a token nor a password is logged, stored or quoted.
Source: mlflow.org/docs/latest/api_reference/rest-api.html, Search RegisteredModels and Search ModelVersions
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from data.errors import Invalid, Problem, Unavailable
from data.importers.json_lines import Text
from data.importers.json_objects import Object, values_of

TIMEOUT_SECONDS = 30.0  # that nothing arrives
PAGE_SECONDS_MAX = 120.0  # until a page has arrived, however slowly
PAGE_BYTES_MAX = 64 * 1024 * 1024
PAGES_MAX = 100_000
PAGE_ITEMS = {
    "registered_models": 100,
    "model_versions": 1_000,
}  # MLflow's own default, and well below its limit
_SEARCHES = {"registered_models": "registered-models", "model_versions": "model-versions"}
_TOKEN, _USER, _PASSWORD = "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"
_OF_ACCESS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@dataclass(slots=True, frozen=True)
class Access:
    """Who we are to a registry; by the variables that MLflow's own client reads."""

    token: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Access:
        token = environ.get(_TOKEN, "")
        if not token.isascii() or not token.isprintable() or " " in token:
            raise Invalid(
                [Problem(field=_TOKEN, value="", accepted="letters, digits and signs, without blanks")]
            )
        return cls(token=token, user=environ.get(_USER, ""), password=environ.get(_PASSWORD, ""))

    def headers(self) -> dict[str, str]:
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user or self.password:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {}


def address_of(text: str) -> str:
    """An address as it is remembered: without a slash at its end. Raises `Invalid` for what is none."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = SplitResult("", "", "", "", ""), "", None
    is_http = parts.scheme in ("http", "https") and host and text.isascii() and text.isprintable()
    if not is_http or " " in text or parts.query or parts.fragment:
        shown = ascii(text.rpartition("@")[2])[1:-1]
        accepted = "an address like https://mlflow.example.com, without a query. Nothing was imported"
        raise Invalid([Problem(field="address", value=shown, accepted=accepted)])
    where = f"[{host}]" if ":" in host else host
    address = f"{parts.scheme}://{where}{f':{port}' if port else ''}{parts.path.rstrip('/')}"
    if parts.username is not None or parts.password is not None:
        accepted = f"no user or password in an address; set {_USER} and {_PASSWORD}. Nothing was imported"
        raise Invalid([Problem(field="address", value=address, accepted=accepted)])
    return address


def page_of(address: str, model: str, version: str = "") -> str:
    """Where people look at a model, or a version of it."""
    return f"{address}/#/models/{quote(model, safe='')}" + (
        f"/versions/{quote(version, safe='')}" if version else ""
    )


@dataclass(slots=True)
class Registry:
    """What a registry holds, in the order it tells; the digest is that of all it said."""

    name: str
    models: list[Any]
    versions: list[Any]
    digest: str


def registry_at(address: str, access: Access) -> Registry:
    """All of it. Raises `Unavailable` where it does not answer, and `Invalid` for what no registry answers."""
    told = hashlib.sha256()
    models = list(_items(address, "registered_models", access, told))
    versions = list(_items(address, "model_versions", access, told)) if models else []
    return Registry(address, models, versions, told.hexdigest())


def _items(address: str, key: str, access: Access, told: hashlib._Hash) -> Iterator[Any]:
    token = ""
    tokens: set[str] = set()
    for _ in range(PAGES_MAX):
        query = {"max_results": str(PAGE_ITEMS[key])} | ({"page_token": token} if token else {})
        url = f"{address}/api/2.0/mlflow/{_SEARCHES[key]}/search"
        content = _answer(url, urlencode(query), access)
        told.update(content)
        page = _page(content, url, key)
        yield from page.list(key)
        token = page.text("next_page_token")
        if not token:
            return
        if token in tokens:
            break
        tokens.add(token)
    accepted = f"the last of at most {PAGES_MAX:,} pages; it tells the same ones again. Nothing was imported"
    raise Invalid([Problem(field=url, value="next_page_token", accepted=accepted)])


def _page(content: bytes, url: str, key: str) -> Object:
    text = Text(content, url)
    values = values_of(text)
    page = values[0].value if len(values) == 1 else None
    # An empty page has no list at all.
    is_page = isinstance(page, Object) and (isinstance(page.fields.get(key), list) or not page.fields)
    if not isinstance(page, Object) or not is_page:
        accepted = f"an object with {key}; is this the address of an MLflow registry? Nothing was imported"
        raise text.invalid(values[0].line if values else 1, "", accepted)
    return page


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """None is followed, so it comes back as the answer it is."""


def _answer(url: str, query: str, access: Access) -> bytes:
    headers = {"Accept": "application/json", "User-Agent": "emeritus", **access.headers()}
    request = urllib.request.Request(f"{url}?{query}", headers=headers)  # noqa: S310 - address_of saw its scheme
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=TIMEOUT_SECONDS) as response:
            return _content(response, url)
    except HTTPError as error:
        with error:
            raise _refused(error, url) from None
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        why = getattr(reason, "strerror", None) or type(reason).__name__
        raise _unavailable(url, f"does not answer to the end: {why}") from error


def _content(response: http.client.HTTPResponse, url: str) -> bytes:
    """Read to its end, within bounds of size and time."""
    until = time.monotonic() + PAGE_SECONDS_MAX
    chunks: list[bytes] = []
    size = 0
    while chunk := response.read1(65_536):
        chunks.append(chunk)
        size += len(chunk)
        if size > PAGE_BYTES_MAX:
            accepted = f"at most {PAGE_BYTES_MAX:,} bytes a page. Nothing was imported"
            raise Invalid([Problem(field=url, value="a longer answer", accepted=accepted)])
        if time.monotonic() > until:
            raise _unavailable(url, f"takes more than {PAGE_SECONDS_MAX:.0f} seconds for a page")
    if response.length:
        raise _unavailable(url, f"does not answer to the end: {response.length:,} bytes are missing")
    return b"".join(chunks)


def _refused(error: HTTPError, url: str) -> Exception:
    status = error.code
    if status in _OF_ACCESS:
        accepted = f"somebody it knows: set {_TOKEN}, or {_USER} and {_PASSWORD}. Nothing was imported"
    elif HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        accepted = f"the registry itself; {_whither(error)} was not asked. Name its own address. Nothing was imported"
    elif status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unavailable(url, f"answers {status}")
    else:
        accepted = "is this the address of an MLflow registry? Nothing was imported"
    return Invalid([Problem(field=url, value=f"answers {status}", accepted=accepted)])


def _whither(error: HTTPError) -> str:
    """The host a redirect leads to, without what else its address may hold."""
    try:
        return ascii(urlsplit(error.headers.get("Location", "")).hostname or "another page")[1:-1]
    except ValueError:
        return "another page"


def _unavailable(url: str, why: str) -> Unavailable:
    return Unavailable(f"{url} {why}. Nothing was imported; import again once it answers")
