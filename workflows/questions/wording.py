"""What somebody asks in words that fit no row of the table, as a reader of language understands it. It decides nothing.

Whatever it says is read as one more wording of a question that is in the table, about names that are there: anything
else in it is left out. So the worst it can do is to have another question answered than was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.questions.names import Names
from workflows.questions.periods import Period
from workflows.questions.table import BY_ASKS, Asks
from workflows.questions.understanding import MISNAMED_MAX, NAMED_MAX, Question

EXAMPLES: Mapping[str, str] = {str(asks): row.example for asks, row in BY_ASKS.items()}
"""What a reader of language chooses from: name of a question -> how it is asked."""


def checked(answer: object, names: Names) -> Question:
    """The question that was understood: {"asks": "blocks", "names": ["churn-v1"], "period": "next week"}."""
    said: Mapping[str, Any] = answer if isinstance(answer, Mapping) else {}
    asks = next((one for one in BY_ASKS if one == said.get("asks")), Asks.UNCLEAR)
    told = said.get("names")
    named = [one for one in told if isinstance(one, str)][:NAMED_MAX] if isinstance(told, list) else []
    about = dict.fromkeys(found for one in named for found in names.meant(one))
    misnamed = [one for one in named if not names.meant(one)][:MISNAMED_MAX] if not about else []
    near = dict.fromkeys(found for one in misnamed for found in names.resembling(one))
    return Question(
        asks=asks,
        about=tuple(about)[:NAMED_MAX],
        period=next((one for one in Period if one == said.get("period")), Period.AHEAD),
        near=tuple(near)[:NAMED_MAX],
        is_misnamed=bool(misnamed),
    )
