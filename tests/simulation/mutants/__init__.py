"""Known bugs, each put in by handing the bot one part that is wrong: is the harness able to see them?

Every mutant is a part of its own (a store, a machine, a messenger, a gatherer, an archive) around the real one; no
module is patched. What they break is in their docstrings; one file for each kind of promise that is broken.
"""

from __future__ import annotations

from tests.simulation.faults import Weather
from tests.simulation.mutants import claims, commits, couriers, decisions, evidence, inbox
from tests.simulation.process import Parts

MUTANTS: dict[str, Parts] = {
    name: parts
    for area in (commits, inbox, claims, couriers, decisions, evidence)
    for name, parts in area.MUTANTS.items()
}

CRASHING = Weather(crashes=0.03, whims=1.0)
ANSWERLESS = Weather(lost_calls=0.2)
STANDING_STILL = Weather(pauses=0.3, lost_calls=0.1, crashes=0.002)
IMPORTING = Weather(imports=0.25, crashes=0.002)
WHIMSICAL = Weather(whims=0.8, crashes=0.002)
CLICKING = Weather(odd_clicks=0.9, whims=0.8, crashes=0.002)

WEATHERS: dict[str, Weather] = {
    "no-receipts": CRASHING,
    "unknown-is-done": ANSWERLESS,
    "no-fence": STANDING_STILL,
    "no-catalog-version": IMPORTING,
    "old-impact": IMPORTING,
    "no-dedupe": CLICKING,
    "any-plan": CLICKING,
    "other-dates": WHIMSICAL,
    "old-stand-ins": WHIMSICAL,
    "no-stand-ins": WHIMSICAL,
}
"""Where a bug shows soon. The others show in any weather."""
