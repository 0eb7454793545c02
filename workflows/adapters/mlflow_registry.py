"""A live MLflow registry: tags on a registered model and an alias say that it is deprecated. Safe to call twice.

Every tag of ours begins with `emeritus.dev/`; nothing else of the registry is touched. The one that names the
retirement is written first and taken away last: by it we know our own marks again, whatever broke in between. What
others had said by the same tags is kept in one more, around all that, and given back.
Source: mlflow.org/docs/latest/api_reference/rest-api.html, Set Registered Model Tag and Set Registered Model Alias
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import urlencode

from data.errors import Invalid, Refused, Unavailable
from data.importers.addresses import OF_ACCESS, is_passing, whither
from data.importers.answers import Asking, Limits
from data.importers.fields import Fields
from data.importers.json_lines import Placed, Text
from data.importers.mlflow import WRITTEN as PREFIX
from data.importers.mlflow_server import WHO_WE_ARE, Access, page_of
from data.importers.mlflow_telling import pairs_of
from data.records.deprecation import Deprecation, Lifecycle, Listing

RETIREMENT, ALIASED = f"{PREFIX}retirement", f"{PREFIX}alias"
BEFORE = f"{PREFIX}before"
MARKS = (f"{PREFIX}lifecycle", f"{PREFIX}last-day", f"{PREFIX}successor", ALIASED)
"""Besides the one that names the retirement."""
ALIAS = "deprecated"
VALUE_MAX = 5_000  # the registry's own limit for the value of a tag
LIMITS = Limits(page_seconds=60.0, whole_seconds=60.0, page_bytes=16 * 1024 * 1024)
AGAIN = "It is tried again"
REASON_BYTES = 4_096  # of an answer that refuses: enough for why


class MlflowRegistry:
    """Implements `CatalogWriter`. Who we are is told to this address alone."""

    def __init__(self, address: str, access: Access) -> None:
        self.address = address
        self._access = access

    def write(self, deprecation: Deprecation) -> tuple[str, ...]:
        places = []
        for listing in deprecation.listings:
            self._check_source(listing)
            if listing.lifecycle is Lifecycle.IN_SERVICE:
                is_written = self._lift(listing.called, deprecation.retirement_id)
            else:
                is_written = self._mark(listing, deprecation)
            if is_written:
                places.append(page_of(self.address, listing.called))
        return tuple(places)

    def differs(self, deprecation: Deprecation) -> tuple[str, ...]:
        found: list[str] = []
        for listing in deprecation.listings:
            self._check_source(listing)
            model = self._model(listing.called)
            there = _tags(model) if model else {}
            if listing.is_kept and there.get(RETIREMENT) != deprecation.retirement_id:
                continue
            if listing.lifecycle is Lifecycle.IN_SERVICE:
                if there.get(RETIREMENT) == deprecation.retirement_id:
                    found.append(f"{listing.called} is still marked by {deprecation.retirement_id}")
                continue
            if model is None:
                found.append(f"there is no registered model {listing.called}")
                continue
            wanted = _wanted(listing, deprecation)
            ours = (key for key in MARKS if key in there and key != ALIASED)
            for key in dict.fromkeys((*wanted, *ours)):
                if there.get(key) != wanted.get(key):
                    said = f"{there.get(key, 'nothing')[:80]} instead of {wanted.get(key, 'nothing')}"
                    found.append(f"{listing.called} has tag {key} = {said}")
            number = there.get(ALIASED, "")
            if number and _aliases(model).get(ALIAS) != number:
                found.append(f"{listing.called} has no alias {ALIAS} on version {number}")
        return tuple(found)

    def _mark(self, listing: Listing, deprecation: Deprecation) -> bool:
        name = listing.called
        model = self._model(name)
        if model is None and listing.is_kept:
            return False
        if model is None:
            raise Refused(
                f"Cannot mark {name} in MLflow",
                reasons=[f"{self.address} has no registered model of this name"],
                next_step="Correct its name or alias in the catalog, then import it again",
            )
        there = _tags(model)
        if listing.is_kept and there.get(RETIREMENT) != deprecation.retirement_id:
            return False
        wanted = _wanted(listing, deprecation)
        aliases = _aliases(model)
        newest = max(_versions(model), key=_ordered, default="")
        if newest and aliases.get(ALIAS, "") in ("", there.get(ALIASED)):
            # An alias of this name that people have set is theirs.
            wanted[ALIASED] = newest
        for key, value in {**_kept(name, there), **wanted}.items():
            if there.get(key) != value:
                self._say(name, key, value)
        for key in MARKS:
            if key in there and key not in wanted and key != ALIASED:
                self._say(name, key, "")
        if ALIASED in wanted and aliases.get(ALIAS) != newest:
            self._call("POST", "registered-models/alias", {"name": name, "alias": ALIAS, "version": newest})
        return True

    def _lift(self, name: str, retirement_id: str) -> bool:
        """Only what this retirement has written; a model that is gone has nothing to lift."""
        model = self._model(name)
        there = _tags(model) if model else {}
        if BEFORE in there and not _is_marked(there):
            self._say(
                name, BEFORE, ""
            )  # it broke off before anything was written, or when all was given back
        if model is None or there.get(RETIREMENT) != retirement_id:
            return False
        if ALIASED in there and _aliases(model).get(ALIAS) == there[ALIASED]:
            self._call("DELETE", "registered-models/alias", {"name": name, "alias": ALIAS})
        before = _before(there)
        for key in (*MARKS, RETIREMENT):
            if there.get(key, "") != before.get(key, ""):
                self._say(name, key, before.get(key, ""))
        if BEFORE in there:
            self._say(name, BEFORE, "")
        return True

    def _say(self, name: str, key: str, value: str) -> None:
        """Without a value there is no such tag."""
        if value:
            self._call("POST", "registered-models/set-tag", {"name": name, "key": key, "value": value})
        else:
            self._call("DELETE", "registered-models/delete-tag", {"name": name, "key": key})

    def _check_source(self, listing: Listing) -> None:
        is_address = listing.source.startswith(("http://", "https://"))
        if is_address and listing.source != self.address:
            raise Refused(
                f"Cannot mark {listing.called} in MLflow",
                reasons=[f"it was imported from {listing.source}, and EMERITUS_MLFLOW is {self.address}"],
                next_step="Let EMERITUS_MLFLOW name that registry, then start Emeritus again",
            )

    def _model(self, name: str) -> Fields | None:
        answered = self._call("GET", "registered-models/get", {"name": name})
        if answered is None:
            return None
        model = answered.fields("registered_model")
        if model.text("name") != name:
            raise _not_a_registry(f"Cannot mark {name} in MLflow", self.address, "it answers another model")
        return model

    def _call(self, method: str, path: str, fields: Mapping[str, str]) -> Fields | None:
        """What it answers; None where there is no such model."""
        url = f"{self.address}/api/2.0/mlflow/{path}"
        headers = {"Accept": "application/json", "User-Agent": "emeritus", **self._access.headers()}
        query, body = urlencode(fields), None
        if method != "GET":
            query, body = "", json.dumps(fields).encode()
            headers["Content-Type"] = "application/json"
        doing = f"Cannot mark {fields['name']} in MLflow"
        try:
            content = Asking(LIMITS, again=AGAIN).page(url, query, headers, method=method, body=body)
        except Unavailable as error:
            raise Unavailable(f"{doing}: {error}") from error
        except Invalid as error:
            raise _not_a_registry(doing, self.address, "it answers without end") from error
        except HTTPError as error:
            with error:
                said = error.read(REASON_BYTES)
                if error.code == HTTPStatus.NOT_FOUND and b"RESOURCE_DOES_NOT_EXIST" in said:
                    return None
                raise self._refused(doing, error, said) from None
        return _object(content, doing, self.address)

    def _refused(self, doing: str, error: HTTPError, content: bytes) -> Refused | Unavailable:
        status = error.code
        if is_passing(status):
            return Unavailable(f"{doing}: {self.address} answers {status}. {AGAIN}")
        if status in OF_ACCESS:
            reason = f"{self.address} answers {status} to who we are"
            step = f"Set {WHO_WE_ARE}, to somebody who may edit models"
            return Refused(doing, reasons=[reason], next_step=step)
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            return _not_a_registry(doing, self.address, f"it leads to {whither(error)}, which was not asked")
        said = _message(content)
        return _not_a_registry(doing, self.address, f"it answers {status}{f': {said}' if said else ''}")


def _not_a_registry(doing: str, address: str, reason: str) -> Refused:
    step = "Correct EMERITUS_MLFLOW, or what it does not take"
    return Refused(doing, reasons=[f"{address}: {reason}"], next_step=step)


def _object(content: bytes, doing: str, address: str) -> Fields:
    """An empty object, too: that is how a registry says that it is done."""
    try:
        values = Text(content, address).placed()
    except Invalid as error:
        raise _not_a_registry(doing, address, "it answers no JSON") from error
    if len(values) != 1 or not isinstance(values[0].value, Placed):
        raise _not_a_registry(doing, address, "it answers no object")
    return Fields(values[0].value, _unheard)


def _unheard(path: str, odd: str) -> None:
    """What is odd in a model is for its import to tell."""


def _message(content: bytes) -> str:
    try:
        found = json.loads(content)
    except ValueError:
        return ""
    said = found.get("message") if isinstance(found, dict) else ""
    return said[:200] if isinstance(said, str) else ""


def _tags(model: Fields) -> dict[str, str]:
    return pairs_of(model, "tags", ("key", "value"))


def _is_marked(there: Mapping[str, str]) -> bool:
    """By a retirement, and not only by others' tags that are called so."""
    return there.get(RETIREMENT, "").startswith("RET-")


def _kept(name: str, there: Mapping[str, str]) -> dict[str, str]:
    """What others said by tags that we write, before we write the first one."""
    theirs = {key: there[key] for key in (*MARKS, RETIREMENT) if key in there}
    if _is_marked(there) or not theirs:
        return {}
    kept = json.dumps(theirs, ensure_ascii=False, sort_keys=True)
    if len(kept) > VALUE_MAX:
        reason = f"its tags {', '.join(theirs)} are somebody's, and too long to be given back"
        step = f"Call them otherwise: {PREFIX} is for tags of Emeritus"
        raise Refused(f"Cannot mark {name} in MLflow", reasons=[reason], next_step=step)
    return {BEFORE: kept}


def _before(there: Mapping[str, str]) -> dict[str, str]:
    try:
        found = json.loads(there.get(BEFORE, "{}"))
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _aliases(model: Fields) -> dict[str, str]:
    return pairs_of(model, "aliases", ("alias", "version"))


def _versions(model: Fields) -> list[str]:
    found = (one.word("version") for one in model.items("latest_versions"))
    return [number for number in found if number]


def _ordered(number: str) -> tuple[int, str]:
    return (int(number), "") if number.isdecimal() else (-1, number)


def _wanted(listing: Listing, deprecation: Deprecation) -> dict[str, str]:
    """In the order in which they are written."""
    wanted = {
        RETIREMENT: deprecation.retirement_id,
        f"{PREFIX}lifecycle": str(listing.lifecycle),
        f"{PREFIX}last-day": f"{deprecation.last_day}",
    }
    if deprecation.successor:
        wanted[f"{PREFIX}successor"] = deprecation.successor[:VALUE_MAX]
    return wanted
