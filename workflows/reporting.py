"""What is said of work that ended: a number, and a line that names the retirement, and nobody and no model."""

from __future__ import annotations

import logging
import re

from data.metrics import Metrics
from data.records.decision import Claim, ClaimKind, Result, outcome_of

log = logging.getLogger(__name__)

# Of a catalog, an endpoint or a consumer: not all who read logs may know of what it belongs to.
_ID = re.compile(r"/[a-z][\w.+-]*:.*", re.DOTALL)


def named(claim: Claim) -> str:
    """How a claim is called in a log. The key of a command is what Slack let somebody act with."""
    return "a command" if claim.kind is ClaimKind.INBOX else _ID.sub("/...", claim.key)


def ended(metrics: Metrics, claim: Claim, result: Result) -> None:
    kind = claim.effect.kind if claim.effect else claim.kind
    outcome = outcome_of(result)
    metrics.worked(kind, outcome)
    log.info("%s: %s, attempt %d", named(claim), outcome, claim.attempt)
