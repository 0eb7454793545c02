"""Endpoints that something stands in front of, or is asked about: what is wanted of each is kept, and that is told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic

from workflows.adapters.endpoint_folders import C, EndpointFolders, Status
from workflows.adapters.traffic_proxy.route import Announced


class LedEndpoints(ABC, Generic[C]):
    """Their `EndpointControl`, but for `describe`; an endpoint is named by its ref. Calling anything twice is safe."""

    folders: EndpointFolders[C]

    @abstractmethod
    def change(self, ref: str, **wanted: object) -> bool:
        """Have it so from now on; whether that changed anything. Raises `NotFound`; `Unavailable` where it is not."""

    def led(self, ref: str) -> C | None:
        """What is wanted of it; None where there is no such endpoint. Raises `Corrupt`."""
        return self.folders.config(ref)

    def refs(self) -> list[str]:
        """Every endpoint there is, open or not. Raises `Corrupt`."""
        return self.folders.refs()

    def disable(self, ref: str) -> None:
        """Tell callers of the old model that service has ended; the models themselves are not touched."""
        self.change(ref, wanted=Status.DISABLED)

    def restore(self, ref: str) -> None:
        """Lead them as it was wanted last."""
        self.change(ref, wanted=Status.SERVING)

    def announce(self, ref: str, announced: Announced | None) -> bool:
        """Have every answer say so, or nothing any more. Whether that changed anything."""
        return self.change(ref, announced=announced)
