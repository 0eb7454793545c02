"""A registered model of a live MLflow registry that is made again from an archive. Safe to call twice.

Each folder or file of weights becomes a version, with tags that say which archive it is of; nothing that is there is
changed. Files go to a run in the registry's own store, which takes them where it serves artifacts, and are read back:
only what hashes as archived becomes a version.
Source: mlflow.org/docs/latest/api_reference/rest-api.html, Create RegisteredModel and Create ModelVersion;
mlflow/server/handlers.py of github.com/mlflow/mlflow, _upload_artifact and _validate_source_run
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlencode, urlsplit

from data.errors import Corrupt, Invalid, Refused, Unavailable
from data.importers.answers import Asking, Limits
from data.importers.mlflow import WRITTEN as PREFIX
from data.importers.mlflow_server import WHO_WE_ARE, Access, page_of
from data.records.base import Record

ARCHIVE, PLACE, RETIREMENT = f"{PREFIX}archive", f"{PREFIX}archived-as", f"{PREFIX}restored-from"
EXPERIMENT = "emeritus"
DAY = 86_400.0
LIMITS = Limits(
    silent_seconds=60.0, page_seconds=DAY, whole_seconds=7 * DAY, page_bytes=1 << 50, whole_bytes=1 << 60
)
"""Of an answer that never ends a day is enough; how large a file is, its archive says."""
AGAIN = "What was put there stays: run the same command again"
REASON_BYTES = 4_096


class Weights(Record, frozen=True, kw_only=True):
    """What becomes one version.

    place   below data/ in the archive
    files   digest by path below that; by "" where it is one file
    """

    place: str
    files: Mapping[str, str]


class Registered(Record, frozen=True, kw_only=True):
    """A version that is there and read back. `was_there`: from an earlier call."""

    version: str
    place: str
    page: str
    was_there: bool


@dataclass(frozen=True, kw_only=True)
class MlflowReturn:
    """Who we are is told to this address alone. `name`: of the model there."""

    address: str
    access: Access
    name: str
    retirement_id: str
    preservation_id: str

    def register(self, folder: Path, weights: Sequence[Weights]) -> Iterator[Registered]:
        """folder   the archive's data/, as brought back and checked"""
        if self._call("GET", "registered-models/get", {"name": self.name}) is None:
            self._call("POST", "registered-models/create", {"name": self.name})
        there = dict(self._restored())
        for one in weights:
            number = there.get(one.place, "") or self._put(folder, one)
            page = page_of(self.address, self.name, number)
            yield Registered(version=number, place=one.place, page=page, was_there=one.place in there)

    @property
    def _doing(self) -> str:
        return f"Cannot register {self.name} in MLflow"

    def _put(self, folder: Path, one: Weights) -> str:
        # A registry refuses a version that lies elsewhere than in the files of its run.
        run_id, files_at = self._run()
        below, source = unquote(urlsplit(files_at).path).strip("/"), f"{files_at}/{one.place}"
        for path, digest in one.files.items():
            kept_as = "/".join(filter(None, (below, one.place, path)))
            self._upload(kept_as, folder / one.place / path if path else folder / one.place)
            self._require_same(kept_as, digest)
        told = {RETIREMENT: self.retirement_id, ARCHIVE: self.preservation_id, PLACE: one.place}
        wanted = {
            "name": self.name,
            "source": source,
            "run_id": run_id,
            "description": f"Restored from the archive of {self.retirement_id}, {self.preservation_id}",
            "tags": [{"key": key, "value": value} for key, value in told.items()],
        }
        number = _text(self._call("POST", "model-versions/create", wanted), "model_version", "version")
        self._call("POST", "runs/update", {"run_id": run_id, "status": "FINISHED"})
        found = self._call("GET", "model-versions/get", {"name": self.name, "version": number}) or {}
        if (_text(found, "model_version", "source"), _tags(found).get(ARCHIVE)) != (
            source,
            self.preservation_id,
        ):
            reason = f"{self.address} does not show version {number or '?'} as it was told"
            raise Refused(
                self._doing, reasons=[reason], next_step="Look at the model there, then run it again"
            )
        return number

    def _run(self) -> tuple[str, str]:
        """A run for the files of a version, and where these lie. One that nothing came of has no version."""
        found = self._call("GET", "experiments/get-by-name", {"experiment_name": EXPERIMENT})
        number = _text(found, "experiment", "experiment_id")
        if not number:
            number = _text(self._call("POST", "experiments/create", {"name": EXPERIMENT}), "experiment_id")
        told = {RETIREMENT: self.retirement_id, ARCHIVE: self.preservation_id}
        made = self._call(
            "POST",
            "runs/create",
            {
                "experiment_id": number,
                "run_name": f"{self.retirement_id} {self.name}",
                "tags": [{"key": key, "value": value} for key, value in told.items()],
            },
        )
        files_at = _text(made, "run", "info", "artifact_uri")
        if urlsplit(files_at).scheme != "mlflow-artifacts":
            raise self._refused(
                f"it keeps files at {files_at[:200] or 'no place it tells'} and takes none itself"
            )
        return _text(made, "run", "info", "run_id"), files_at.rstrip("/")

    def _restored(self) -> Iterator[tuple[str, str]]:
        """Versions made of this archive before, by what of it they are."""
        sign = "'" if "'" not in self.name else '"'
        token = ""
        while True:
            asked = {"filter": f"name={sign}{self.name}{sign}", "max_results": "1000"}
            more = {"page_token": token} if token else {}
            answer = self._call("GET", "model-versions/search", {**asked, **more})
            for version in (answer or {}).get("model_versions", []):
                tags = _tags({"model_version": version})
                if version.get("name") == self.name and tags.get(ARCHIVE) == self.preservation_id:
                    yield tags.get(PLACE, ""), str(version.get("version", ""))
            token = str((answer or {}).get("next_page_token") or "")
            if not token:
                return

    def _upload(self, path: str, file: Path) -> None:
        size = file.stat().st_size
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        with file.open("rb") as content:
            # An empty file would be sent in chunks, which not every server takes.
            self._ask(f"PUT mlflow-artifacts/artifacts/{quote(path)}", headers, content if size else b"")

    def _require_same(self, path: str, digest: str) -> None:
        found = hashlib.sha256()
        self._ask(f"GET mlflow-artifacts/artifacts/{quote(path)}", into=found.update)
        if f"sha256:{found.hexdigest()}" != digest:
            raise Corrupt(
                f"{self._doing}: {self.address} gives {path} back as sha256:{found.hexdigest()}, and it is {digest}. "
                "No version was made of it"
            )

    def _call(self, method: str, path: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
        """What it answers; None where there is no such model."""
        headers = {"Accept": "application/json"}
        if method == "GET":
            content = self._ask(f"GET mlflow/{path}?{urlencode(fields)}", headers)
        else:
            headers["Content-Type"] = "application/json"
            content = self._ask(f"{method} mlflow/{path}", headers, json.dumps(fields).encode())
        if content is None:
            return None
        try:
            found = json.loads(content or b"{}")
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise self._refused(f"{self.address} answers no object")
        return found

    def _ask(
        self,
        what: str,
        headers: Mapping[str, str] = MappingProxyType({}),
        body: bytes | IO[bytes] | None = None,
        into: Callable[[bytes], object] | None = None,
    ) -> bytes | None:
        method, path = what.split(" ")
        url, _, query = f"{self.address}/api/2.0/{path}".partition("?")
        headers = {"User-Agent": "emeritus", **headers, **self.access.headers()}
        try:
            return Asking(LIMITS, again=AGAIN).page(url, query, headers, method=method, body=body, into=into)
        except Unavailable as error:
            raise Unavailable(f"{self._doing}: {error}") from error
        except Invalid as error:
            raise self._refused(f"{self.address} answers without end") from error
        except HTTPError as error:
            with error:
                said = error.read(REASON_BYTES)
            if error.code == HTTPStatus.NOT_FOUND and b"RESOURCE_DOES_NOT_EXIST" in said:
                return None
            if error.code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
                reason = f"{self.address} answers {error.code} to who we are"
                raise Refused(self._doing, reasons=[reason], next_step=f"Set {WHO_WE_ARE}") from None
            asked = f"{method} {path.partition('?')[0][:200]}"
            raise self._refused(f"{self.address} answers {asked} with {_why(error.code, said)}") from None

    def _refused(self, reason: str) -> Refused:
        step = "Correct EMERITUS_MLFLOW; where that registry serves no artifacts, leave --register out"
        return Refused(self._doing, reasons=[reason], next_step=step)


def _why(status: int, said: bytes) -> str:
    try:
        message = json.loads(said).get("message", "")
    except (ValueError, AttributeError):
        message = ""
    return f"{status}{f': {message[:200]}' if isinstance(message, str) and message else ''}"


def _text(answer: Mapping[str, Any] | None, *path: str) -> str:
    found: Any = answer or {}
    for key in path:
        found = found.get(key, "") if isinstance(found, dict) else ""
    return str(found)


def _tags(answer: Mapping[str, Any]) -> dict[str, str]:
    version = answer.get("model_version")
    tags = version.get("tags", []) if isinstance(version, dict) else []
    pairs = (one for one in tags if isinstance(one, dict)) if isinstance(tags, list) else ()
    return {str(one.get("key")): str(one.get("value")) for one in pairs}
