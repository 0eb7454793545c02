"""An MLflow registry that answers over HTTP, read page by page; asking it changes nothing.

Nothing of a registry that does not answer to the end counts (answers.py). Neither a token nor a password is
logged, stored or quoted.
Source: mlflow.org/docs/latest/api_reference/rest-api.html, Search RegisteredModels and Search ModelVersions
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from data.errors import Invalid, Problem
from data.importers.addresses import Kind, answer_at
from data.importers.answers import Asking, Limits, unavailable
from data.importers.concealed import without_credentials
from data.importers.fields import shown, word_of
from data.importers.json_lines import Placed, Text
from data.importers.mlflow_live_runs import runs_of
from data.importers.mlflow_telling import is_prompt, unlisted

PAGES_MAX = 100_000
PAGE_ITEMS = {
    "registered_models": 100,
    "model_versions": 1_000,
}  # MLflow's own default, and well below its limit
_SEARCHES = {"registered_models": "registered-models", "model_versions": "model-versions"}
_TOKEN, _USER, _PASSWORD = "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"
WHO_WE_ARE = f"{_TOKEN}, or {_USER} and {_PASSWORD}"
MLFLOW = Kind(
    what="an MLflow registry",
    example="https://mlflow.example.com",
    without=f"set {_USER} and {_PASSWORD}",
    known_by=f"set {WHO_WE_ARE}",
)


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


def page_of(address: str, model: str, version: str = "") -> str:
    """Where people look at a model, or a version of it."""
    return f"{address}/#/models/{quote(model, safe='')}" + (
        f"/versions/{quote(version, safe='')}" if version else ""
    )


@dataclass(slots=True)
class Registry:
    """What a registry holds, in the order it tells; the digest is that of all it said.

    runs_untold  of how many runs nothing was told that were asked for
    """

    name: str
    models: list[Any]
    versions: list[Any]
    digest: str
    credentials: int = 0
    runs: list[Placed] = field(default_factory=list)
    runs_untold: int = 0

    @property
    def shown(self) -> str:
        return self.name


@dataclass(slots=True)
class _Heard:
    """What all pages said, and how many credentials were in them."""

    digest: hashlib._Hash
    credentials: int = 0

    def page(self, content: bytes, url: str) -> bytes:
        self.digest.update(content)
        text, credentials = without_credentials(content, url)
        self.credentials += credentials
        return text


def registry_at(
    address: str,
    access: Access,
    *,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    clock: Callable[[], float] = time.monotonic,
) -> Registry:
    """All of it. Raises `Unavailable` where it does not answer, and `Invalid` for what no registry answers."""
    heard = _Heard(hashlib.sha256())
    asking = Asking(limits, clock)
    models = list(_items(address, "registered_models", access, asking, heard))
    if not models:
        accepted = "tells of no registered model"
        raise Invalid([Problem(field=address, value="", accepted=accepted)])
    strange = [
        Problem(field=address, value=f"{key} {found}", accepted="a list")
        for _, key, found in unlisted(models)
    ]
    if strange:
        raise Invalid(strange)
    versions = list(_items(address, "model_versions", access, asking, heard))
    _check(address, models, versions)

    def run(run_id: str) -> bytes:
        url, query = f"{address}/api/2.0/mlflow/runs/get", urlencode({"run_id": run_id})
        return heard.page(answer_at(url, MLFLOW, asking, query=query, headers=access.headers()), url)

    runs, untold = runs_of(models, versions, run)
    return Registry(address, models, versions, heard.digest.hexdigest(), heard.credentials, runs, untold)


def _check(address: str, models: Iterable[Any], versions: Iterable[Any]) -> None:
    """Models tell which of their versions are the latest, so no list of versions can be empty unseen."""
    listed = {word_of(one.get("name")) for one in versions if isinstance(one, Placed)}
    for one in models:
        name = word_of(one.get("name")) if isinstance(one, Placed) else ""
        if name and one.get("latest_versions") and name not in listed and not is_prompt(one):
            raise unavailable(
                address, f"tells that {ascii(name[:80])[1:-1]} has versions, and lists none of it"
            )


def _items(address: str, key: str, access: Access, asking: Asking, heard: _Heard) -> Iterator[Any]:
    token = ""
    tokens: set[str] = set()
    url = f"{address}/api/2.0/mlflow/{_SEARCHES[key]}/search"
    for _ in range(PAGES_MAX):
        query = {"max_results": str(PAGE_ITEMS[key])} | ({"page_token": token} if token else {})
        content = answer_at(url, MLFLOW, asking, query=urlencode(query), headers=access.headers())
        page = _page(heard.page(content, url), url, key)
        yield from page.get(key) or []
        token = _next(page, url, tokens)
        if not token:
            return
        tokens.add(token)
    accepted = f"the last of at most {PAGES_MAX:,} pages"
    raise Invalid([Problem(field=url, value="next_page_token", accepted=accepted)])


def _next(page: Placed, url: str, tokens: Container[str]) -> str:
    """The token of the page that follows; empty on the last one."""
    token = page.get("next_page_token")
    if token is None or (isinstance(token, str) and token not in tokens):
        return token or ""
    accepted = "a text, or nothing on the last page"
    if isinstance(token, str):
        accepted = "another one on each page, as it tells the same ones again"
    value = f"next_page_token {shown(token)}"
    raise Invalid([Problem(field=url, value=value, accepted=accepted)])


def _page(content: bytes, url: str, key: str) -> Placed:
    text = Text(content, url)
    values = text.placed()
    page = values[0].value if len(values) == 1 else None
    # An empty page has no list at all.
    if isinstance(page, Placed) and (isinstance(page.get(key), list) or page.keys() <= {"next_page_token"}):
        return page
    accepted = f"an object with {key}; is this the address of an MLflow registry?"
    raise text.invalid(values[0].line if values else 1, "", accepted)
