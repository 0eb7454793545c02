"""An MLflow registry over HTTP that keeps tags and aliases, and refuses what the real one refuses.

As mlflow/server/handlers.py does it: GET takes a query, all else a JSON body of type application/json with known
fields, none missing; a model there is not is RESOURCE_DOES_NOT_EXIST; an alias needs a version that is there.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/"
RUN_FILES = "mlflow-artifacts:/7/r1/artifacts"
TAKES = {
    ("GET", "registered-models/get"): {"name"},
    ("POST", "registered-models/set-tag"): {"name", "key", "value"},
    ("DELETE", "registered-models/delete-tag"): {"name", "key"},
    ("POST", "registered-models/alias"): {"name", "alias", "version"},
    ("DELETE", "registered-models/alias"): {"name", "alias"},
}


@dataclass
class Model:
    versions: list[str] = field(default_factory=lambda: ["1", "2", "10"])
    tags: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)


@dataclass
class FakeMlflow:
    """`fails` are answers given instead, the next first; `breaks_after` so many writes it answers 503 for ever.

    written   every write that took, as (method, path, fields)
    registered   models and versions that were made, and `artifacts` that were put; it `spoils` those it gives back
    """

    models: dict[str, Model]
    token: str = ""
    address: str = ""
    fails: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    breaks_after: int | None = None
    written: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    registered: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    artifacts: dict[str, bytes] = field(default_factory=dict)
    spoils: bool = False

    def answer(  # noqa: PLR0911 - one case per refusal
        self, method: str, path: str, fields: dict[str, str]
    ) -> tuple[int, Any]:
        if (made := self._made(method, path, fields)) is not None:
            return made
        takes = TAKES.get((method, path))
        if takes is None:
            return 404, {"error_code": "ENDPOINT_NOT_FOUND", "message": f"{method} {path}"}
        if fields.keys() != takes or not all(fields.values()):
            return 400, {"error_code": "INVALID_PARAMETER_VALUE", "message": f"{path} takes {sorted(takes)}"}
        model = self.models.get(fields["name"])
        if model is None:
            return 404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "Registered Model not found"}
        if method == "GET":
            return 200, {"registered_model": self._shown(fields["name"], model)}
        if self.breaks_after is not None and len(self.written) >= self.breaks_after:
            return 503, {}
        why = self._write(method, path, fields, model)
        if why:
            return 400, {"error_code": "INVALID_PARAMETER_VALUE", "message": why}
        self.written.append((method, path, fields))
        return 200, {}

    def _made(  # noqa: PLR0911 - one case per call
        self, method: str, path: str, fields: dict[str, Any]
    ) -> tuple[int, Any] | None:
        versions = self.registered.get(fields.get("name", ""))
        match method, path:
            case "POST", "registered-models/create" if versions is None:
                self.registered[fields["name"]] = []
                return 200, {"registered_model": {"name": fields["name"]}}
            case "GET", "registered-models/get" if versions is not None:
                return 200, {"registered_model": {"name": fields["name"]}}
            case "GET", "model-versions/search":
                every = [one for those in self.registered.values() for one in those]
                return 200, {"model_versions": every} if every else {}
            case "GET", "experiments/get-by-name":
                return 404, {"error_code": "RESOURCE_DOES_NOT_EXIST"}
            case "POST", "experiments/create":
                return 200, {"experiment_id": "7"}
            case "POST", "runs/create":
                return 200, {"run": {"info": {"run_id": "r1", "artifact_uri": RUN_FILES}}}
            case "POST", "runs/update":
                return 200, {}
            case "POST", "model-versions/create" if not fields["source"].startswith(f"{RUN_FILES}/"):
                return 400, {
                    "error_code": "INVALID_PARAMETER_VALUE",
                    "message": "Invalid model version source",
                }
            case "POST", "model-versions/create" if versions is not None:
                versions.append({**fields, "version": str(len(versions) + 1)})
                return 200, {"model_version": versions[-1]}
            case "GET", "model-versions/get" if versions is not None:
                return 200, {"model_version": versions[int(fields["version"]) - 1]}
            case _:
                return None

    def _write(self, method: str, path: str, fields: dict[str, str], model: Model) -> str:
        if path.endswith("alias") and method == "POST":
            if fields["version"] not in model.versions:
                return f"Model Version {fields['version']} not found"
            model.aliases[fields["alias"]] = fields["version"]
        elif path.endswith("alias"):
            del model.aliases[fields["alias"]]
        elif method == "POST":
            if len(fields["key"]) > 250 or len(fields["value"]) > 5_000:
                return "a tag is at most 250 and 5000 characters"
            model.tags[fields["key"]] = fields["value"]
        else:
            del model.tags[fields["key"]]
        return ""

    @staticmethod
    def _shown(name: str, model: Model) -> dict[str, Any]:
        shown: dict[str, Any] = {"name": name, "creation_timestamp": 1}
        # An empty list is left out, as protobuf does.
        if model.versions:
            shown["latest_versions"] = [{"name": name, "version": one} for one in model.versions]
        if model.tags:
            shown["tags"] = [{"key": key, "value": value} for key, value in model.tags.items()]
        if model.aliases:
            shown["aliases"] = [{"alias": key, "version": value} for key, value in model.aliases.items()]
        return shown


@contextmanager
def an_mlflow(**models: Model) -> Iterator[FakeMlflow]:
    fake = FakeMlflow(models)

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if fake.fails:
                status, headers, content = fake.fails.pop(0)
                self._say(status, content, headers)
                return
            if fake.token and self.headers.get("Authorization") != f"Bearer {fake.token}":
                self._say(401, b"You are not authenticated", {})
                return
            if self.path.startswith(ARTIFACTS):
                name = unquote(self.path.removeprefix(ARTIFACTS))
                if self.command == "PUT":
                    fake.artifacts[name] = body
                content = b"{}" if self.command == "PUT" else fake.artifacts[name]
                self._say(200, content + b"!" if fake.spoils else content, {})
                return
            if self.command == "GET":
                fields = dict(parse_qsl(parts.query))
            elif self.headers.get("Content-Type") != "application/json" or parts.query:
                self._say(400, b'{"error_code": "BAD_REQUEST", "message": "a JSON body, and no query"}', {})
                return
            else:
                fields = json.loads(body)
            path = parts.path.removeprefix("/api/2.0/mlflow/")
            status, answer = fake.answer(self.command, path, fields)
            self._say(status, json.dumps(answer).encode(), {})

        do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - as the base class calls them

        def _say(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for header, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    fake.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
