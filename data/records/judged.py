"""How a successor does beside the model it replaces: what was counted of both, and what that proves so far."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from data.records.base import Record
from data.records.traffic import Observed


class Verdict(StrEnum):
    """`HOLD`: neither is proven. That nothing speaks against a successor never makes it `PROMOTE`."""

    ABORT = "abort"
    PROMOTE = "promote"
    HOLD = "hold"


class Gap(StrEnum):
    """Why nothing can be said just now. It holds a successor where it is, and is never taken for zero."""

    SILENT = "it is not told any more"
    NOT_A_NUMBER = "what is told is not a number"
    BACKWARDS = "its counter went backwards"
    MORE_THAN_CALLS = "more is counted of it than there were calls"
    UNCALLED_NEW = "the successor gets no calls"
    UNCALLED_OLD = "the old model gets no calls"


class Margins(Record, frozen=True, kw_only=True):
    """What is proven before anything is done, and how surely. Ratios are of shares: bad on new / bad on old.

    abort_ratio    the successor is given up once it is proven to do worse than this
    promote_ratio  it goes on once it is proven to do better than this
    alpha      chance that a successor is given up though it does no worse than `abort_ratio`, over all looks, metrics
               and consumers together
    promote_alpha  chance that one goes on though it does worse than `promote_ratio`, over all looks
    floor      share of calls, 0 to 1, that may be bad whatever the old model does; 0: none
    burst_max  of the bad calls of one consumer so many count in a minute: what breaks together has one cause
    burst_share  or as many as this share of its calls, if that is more: who calls a lot has a lot of causes
    """

    abort_ratio: float = 1.2
    promote_ratio: float = 2.0
    alpha: float = 0.05
    promote_alpha: float = 0.05
    floor: float = 0.0
    burst_max: float = 10.0
    burst_share: float = 0.1


class Frozen(Record, frozen=True, kw_only=True):
    """How often calls of one consumer were bad while the old model answered them: a share, 0 to 1.

    low, high   it is between these, with odds of a thousand to one at either end
    """

    calls: int
    bad: int
    low: float
    high: float


class Evidence(Record, frozen=True, kw_only=True):
    """All that is kept of one metric: it goes on from here after any restart.

    abort, promote   log likelihood ratio per alternative, in the order of rules/judging/evidence.py; of `abort`, the
               sum over all looks at which it may have turned bad, each with its weight
    floor_abort, floor_promote   the same, against `margins.floor`; they stay as they are where that is 0
    starts, since_start   how many such looks there were besides the first, and minutes since the latest
    unstarted  weight of those that are still to come
    abort_peak       the most that ever spoke for giving up, as a log e-value
    weighed_new, weighed_old   sums of bad calls, each weighed with the share of the other arm's calls in its look and
               consumer: their quotient is the ratio, whoever moved first (Mantel and Haenszel)
    spent      consumer -> how much of `burst_max` is used up just now; it wears off within a minute
    capped     bad calls that did not count for that
    frozen     consumer -> what is gone by once none of its calls goes to the old model any more
    """

    margins: Margins
    abort: tuple[float, ...]
    promote: tuple[float, ...]
    floor_abort: tuple[float, ...]
    floor_promote: tuple[float, ...]
    starts: int = 0
    since_start: float = 0.0
    unstarted: float = 0.0
    abort_peak: float = 0.0
    old_calls: int = 0
    old_bad: int = 0
    new_calls: int = 0
    new_bad: int = 0
    weighed_old: float = 0.0
    weighed_new: float = 0.0
    capped: float = 0.0
    spent: dict[str, float] = {}
    frozen: dict[str, Frozen] = {}


class Gate(Record, frozen=True, kw_only=True):
    """One metric, of one consumer that is judged apart or of all together, where `consumer` is empty.

    began_at    of the first look; `looked_at`: of the latest
    new_called_at   the latest look at which the successor had been called; `old_called_at`: the old model, or the
               successor by somebody whose share of bad calls on the old one is frozen
    gap, gap_since   what kept the latest look from saying anything, and since when
    barred      why it decides nothing: it fired with old against old
    is_paired   both models got each call: bad on one of them only is what counts
    """

    metric: str
    evidence: Evidence
    is_paired: bool = False
    consumer: str = ""
    began_at: datetime | None = None
    looked_at: datetime | None = None
    old_called_at: datetime | None = None
    new_called_at: datetime | None = None
    gap: Gap | None = None
    gap_since: datetime | None = None
    barred: str = ""


class Judging(Record, frozen=True, kw_only=True):
    """One successor on its way: its gates, and the counters as they stood at the latest look."""

    gates: tuple[Gate, ...]
    seen: Observed | None = None


class Needed(Record, frozen=True, kw_only=True):
    """What it likely takes until there is a verdict. `seconds` is None where nobody calls."""

    calls: int
    seconds: int | None = None


class Judgement(Record, frozen=True, kw_only=True):
    """What one gate comes to.

    ratio     share of bad calls on new / on old, as likely as any; None while nothing was bad
    needed    None where no number of calls is likely to decide it, or there is nothing to reckon from
    is_paired   as in Gate: then `old_bad` were bad on old only, `new_bad` on new only
    barred    as in Gate: it is told, and decides nothing
    """

    verdict: Verdict
    metric: str
    consumer: str
    margins: Margins
    old_calls: int
    old_bad: int
    new_calls: int
    new_bad: int
    ratio: float | None = None
    needed: Needed | None = None
    is_paired: bool = False
    gap: Gap | None = None
    gap_since: datetime | None = None
    barred: str = ""


class Drift(Record, frozen=True, kw_only=True):
    """Whether a successor's predictions are spread over fixed bins as the old model's are.

    rising, falling   per bin: that the successor's predictions fall into it more often, or less often
    peak      the most that ever spoke for either, as a log e-value of all bins together
    """

    rising: tuple[Evidence, ...]
    falling: tuple[Evidence, ...]
    peak: float = 0.0
