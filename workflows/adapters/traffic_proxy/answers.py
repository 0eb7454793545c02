"""Has the answers of proxied endpoints say that they end, and when. Safe to call twice."""

from __future__ import annotations

from data.errors import NotFound, Unavailable
from data.records.deprecation import Deprecation, Lifecycle, Listing
from workflows.adapters.traffic_proxy.endpoints import ProxyEndpoints
from workflows.adapters.traffic_proxy.route import Announced


class ProxyAnswers:
    """The catalog that callers read: headers on each answer (said.py)."""

    def __init__(self, endpoints: ProxyEndpoints) -> None:
        self._endpoints = endpoints

    def write(self, deprecation: Deprecation) -> tuple[str, ...]:
        """Raises Unavailable where a proxy was never started, or does not do yet what is wanted of it."""
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
            raise Unavailable(
                f"No proxy was ever started for {one.called}: emeritus endpoint proxy {one.called} --to ADDRESS"
            )
        return is_there

    def _said(self, deprecation: Deprecation, one: Listing) -> Announced | None:
        if one.lifecycle is Lifecycle.IN_SERVICE:
            return None
        return Announced(
            retirement_id=deprecation.retirement_id,
            since=deprecation.since,
            until=deprecation.until,
            successor=self._address(deprecation) if deprecation.is_listed else "",
        )

    def _address(self, deprecation: Deprecation) -> str:
        try:
            return self._endpoints.folders.known(deprecation.successor).public
        except NotFound:
            return ""
