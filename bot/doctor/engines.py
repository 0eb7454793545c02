"""Do engines of the operator's go by what is wanted of them? What somebody set in one itself is named."""

from __future__ import annotations

from collections.abc import Iterator

from bot.doctor.finding import Finding
from bot.engines import open_engines
from bot.settings import Settings
from data.errors import EmeritusError


def examine_engines(settings: Settings) -> Iterator[Finding]:
    """One that does not answer is told with the endpoints."""
    for endpoints in open_engines(settings).values():
        for ref in endpoints.refs():
            try:
                wanted, obeyed = endpoints.desired(ref), endpoints.obeyed(ref)
                overridden = endpoints.overridden(endpoints.folders.known(ref))
            except EmeritusError:
                continue
            what = f"calls of {ref}"
            if overridden:
                yield Finding(what=what, ok=False, found="; ".join(overridden))
            elif obeyed != wanted:
                shares = (
                    f"{obeyed.new_percent:g} % go to the successor, and {wanted.new_percent:g} % are wanted"
                )
                found = f"its {endpoints.name} goes by something else than is wanted: {shares}"
                yield Finding(what=what, ok=False, found=found)
            elif wanted.new:
                yield Finding(
                    what=what, ok=True, found=f"{wanted.new_percent:g} % go to {wanted.new}, as is wanted"
                )
