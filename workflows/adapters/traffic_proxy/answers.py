"""Has answers of what stands in front of an endpoint, and of flags, say that it ends, and when. Safe to call twice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, Protocol, TypeVar

from data.errors import Unavailable
from data.records.deprecation import Deprecation, Lifecycle, Listing
from workflows.adapters.traffic_proxy.route import Announced


class Led(Protocol):
    """What is wanted of one endpoint."""

    @property
    def announced(self) -> Announced | None: ...


class Addressed(Led, Protocol):
    @property
    def public(self) -> str: ...


Kept_co = TypeVar("Kept_co", bound=Led, covariant=True)


class Front(Protocol[Kept_co]):
    """All endpoints behind proxies of ours, behind one kind of engine, or that callers ask for."""

    def led(self, ref: str) -> Kept_co | None:
        """None where there is no such endpoint."""
        ...

    def announce(self, ref: str, announced: Announced | None) -> bool: ...


class Answers(ABC, Generic[Kept_co]):
    """What callers read where they call, or ask. An endpoint has one of the fronts."""

    def __init__(self, *fronts: Front[Kept_co]) -> None:
        self._fronts = fronts

    def write(self, deprecation: Deprecation) -> tuple[str, ...]:
        """Raises Unavailable where one was never started, or does not do yet what is wanted of it."""
        places = []
        for one in deprecation.listings:
            if (front := self._front(one)) is not None:
                is_new = front.announce(one.called, self._said(deprecation, one))
                places += [one.called] if is_new or one.lifecycle is not Lifecycle.IN_SERVICE else []
        return tuple(places)

    def differs(self, deprecation: Deprecation) -> tuple[str, ...]:
        found = []
        for one in deprecation.listings:
            front, wanted = self._front(one), self._said(deprecation, one)
            led = front.led(one.called) if front else None
            if led is not None and led.announced != wanted:
                what = f"the end on {deprecation.last_day}" if wanted else "no end"
                found.append(f"answers of {one.called} do not say {what}")
        return tuple(found)

    def _front(self, one: Listing) -> Front[Kept_co] | None:
        """Nothing has to be lifted where nothing ever was."""
        front = next((front for front in self._fronts if front.led(one.called) is not None), None)
        if front is None and one.lifecycle is not Lifecycle.IN_SERVICE:
            raise Unavailable(self._never_started(one.called))
        return front

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


class ProxyAnswers(Answers[Addressed]):
    """Headers on each answer (said.py)."""

    def _never_started(self, ref: str) -> str:
        return (
            f"No proxy was ever started for {ref}: emeritus endpoint proxy {ref} --to ADDRESS, "
            "or emeritus endpoint envoy or haproxy where one of these is in front"
        )

    def _successor(self, deprecation: Deprecation) -> str:
        """Its address, which a link needs."""
        if not deprecation.is_listed:
            return ""
        found = (front.led(deprecation.successor) for front in self._fronts)
        return next((led.public for led in found if led is not None), "")


class FlagAnswers(Answers[Led]):
    """Metadata of each evaluation (flags/flag.py)."""

    def _never_started(self, ref: str) -> str:
        return f"The flag {ref} was never served: EMERITUS_FLAGS=[HOST:]PORT emeritus serve"

    def _successor(self, deprecation: Deprecation) -> str:
        return deprecation.successor
