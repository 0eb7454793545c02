"""What does an Envoy say of itself, on its admin address? Asking twice is safe, and so is flushing its logs."""

from __future__ import annotations

import http.client
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from data.errors import Unavailable

TIMEOUT_SECONDS = 2.0
ANSWER_BYTES_MAX = 64 * 1024 * 1024  # all routes of a large one
_JSON = msgspec.json.Decoder(dict[str, Any])


class Runtime(msgspec.Struct, frozen=True, kw_only=True):
    """One key: what it is now, and in which layers it is set."""

    final: str
    layers: dict[str, str] = {}


class Admin:
    """`address`: http://HOST:PORT."""

    def __init__(self, address: str) -> None:
        self.address = address

    def routes(self, name: str) -> dict[str, Any] | None:
        """The route configuration that it goes by; None where it has none of this name."""
        found = self._asked("GET", "/config_dump?resource=dynamic_route_configs")
        configs = (one.get("route_config", {}) for one in found.get("configs", ()))
        return next((one for one in configs if one.get("name") == name), None)

    def runtime(self) -> dict[str, Runtime]:
        found = self._asked("GET", "/runtime")
        names = found.get("layers", ())
        return {
            key: Runtime(
                final=one.get("final_value", ""),
                layers={
                    name: value
                    for name, value in zip(names, one.get("layer_values", ()), strict=False)
                    if value
                },
            )
            for key, one in found.get("entries", {}).items()
        }

    def started(self) -> datetime:
        """When its process began: to the millisecond, which /server_info does not tell."""
        found = self._asked("GET", "/config_dump?mask=last_updated")
        try:
            return datetime.fromisoformat(found["configs"][0]["last_updated"])
        except (LookupError, TypeError, ValueError) as error:
            raise Unavailable(f"The Envoy at {self.address} does not tell when it began") from error

    def counters(self, begin: str) -> dict[str, int]:
        """Since its start: those whose names begin so, by the rest of their names."""
        pattern = f"^{begin}".replace(".", "\\.")
        found = self._asked("GET", f"/stats?format=json&filter={pattern}")
        return {one["name"][len(begin) :]: one["value"] for one in found.get("stats", ()) if "value" in one}

    def flush(self) -> None:
        """Have calls that it keeps in memory written to its logs."""
        self._answer("POST", "/reopen_logs")

    def _asked(self, method: str, path: str) -> dict[str, Any]:
        answer = self._answer(method, path)
        try:
            return _JSON.decode(answer)
        except msgspec.MsgspecError as error:
            raise Unavailable(f"Who answers at {self.address} is not an Envoy's admin address") from error

    def _answer(self, method: str, path: str) -> bytes:
        parts = urlsplit(self.address)
        assert parts.hostname
        line = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=TIMEOUT_SECONDS)
        try:
            line.request(method, path)
            answer = line.getresponse()
            content = answer.read(ANSWER_BYTES_MAX)
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(
                f"The Envoy at {self.address} does not answer ({error}); asked again"
            ) from error
        finally:
            line.close()
        if answer.status != http.client.OK:
            raise Unavailable(f"The Envoy at {self.address} answers {method} {path} with {answer.status}")
        return content
