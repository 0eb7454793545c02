"""Has the answers of proxied endpoints, and of flags, say that they end, and when. Safe to call twice."""

from __future__ import annotations

from abc import ABC, abstractmethod

from data.errors import NotFound, Unavailable
from data.records.deprecation import Deprecation, Lifecycle, Listing
from workflows.adapters.flags.endpoints import FlagEndpoints
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints
from workflows.adapters.traffic_proxy.route import Announced


class Answers(ABC):
    """What callers read where they call, or ask."""

    def __init__(self, endpoints: ProxyEndpoints | FlagEndpoints) -> None:
        self._endpoints = endpoints

    def write(self, deprecation: Deprecation) -> tuple[str, ...]:
        """Raises Unavailable where one was never started, or does not do yet what is wanted of it."""
        places = []
        for one in deprecation.listings:
            if self._is_there(one):
                is_new = self._endpoints.announce(one.called, self._said(deprecation, one))
                places += [one.called] if is_new or one.lifecycle is not Lifecycle.IN_SERVICE else []
        return tuple(places)

    def differs(self, deprecation: Deprecation) -> tuple[str, ...]:
        found = []
        for one in deprecation.listings:
            if not self._is_there(one):
                continue
            route, wanted = self._endpoints.folders.known(one.called), self._said(deprecation, one)
            if route.announced != wanted:
                what = f"the end on {deprecation.last_day}" if wanted else "no end"
                found.append(f"answers of {one.called} do not say {what}")
        return tuple(found)

    def _is_there(self, one: Listing) -> bool:
        """Nothing has to be lifted where nothing ever was."""
        is_there = self._endpoints.folders.config(one.called) is not None
        if not is_there and one.lifecycle is not Lifecycle.IN_SERVICE:
            raise Unavailable(self._never_started(one.called))
        return is_there

    def _said(self, deprecation: Deprecation, one: Listing) -> Announced | None:
        if one.lifecycle is Lifecycle.IN_SERVICE:
            return None
        return Announced(
            retirement_id=deprecation.retirement_id,
            since=deprecation.since,
            until=deprecation.until,
            successor=self._successor(deprecation),
        )

    @abstractmethod
    def _never_started(self, ref: str) -> str: ...

    @abstractmethod
    def _successor(self, deprecation: Deprecation) -> str: ...


class ProxyAnswers(Answers):
    """Headers on each answer (said.py)."""

    def __init__(self, endpoints: ProxyEndpoints) -> None:
        super().__init__(endpoints)
        self._proxies = endpoints.folders

    def _never_started(self, ref: str) -> str:
        return f"No proxy was ever started for {ref}: emeritus endpoint proxy {ref} --to ADDRESS"

    def _successor(self, deprecation: Deprecation) -> str:
        """Its address, which a link needs."""
        try:
            return self._proxies.known(deprecation.successor).public if deprecation.is_listed else ""
        except NotFound:
            return ""


class FlagAnswers(Answers):
    """Metadata of each evaluation (flags/flag.py)."""

    def _never_started(self, ref: str) -> str:
        return f"The flag {ref} was never served: EMERITUS_FLAGS=[HOST:]PORT emeritus serve"

    def _successor(self, deprecation: Deprecation) -> str:
        return deprecation.successor
