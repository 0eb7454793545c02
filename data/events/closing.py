"""Two people say by its name that a retirement may be closed, after which nobody brings service back."""

from __future__ import annotations

from data.events.base import Event


class CloseConfirmed(Event, frozen=True, kw_only=True, tag="close confirmed"):
    """One of the two.

    entitled   who could, as roles and groups stood at that moment
    proof      what their second factor said, where the operator asks for one
    void       who had confirmed it before, and does not count any more: they left, or are in no such role now
    """

    entitled: tuple[str, ...]
    proof: str = ""
    void: tuple[str, ...] = ()
