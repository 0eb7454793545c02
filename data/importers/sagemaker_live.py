"""What one account of SageMaker told of itself in one region, and what it did not tell, so that it stays as it was.

Who asks it is workflows/adapters/sagemaker_account.py; AWS itself is nothing this side knows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from data.importers.concealed import without_credentials
from data.importers.sagemaker_answers import (
    ARNS,
    LINEAGE,
    LISTS,
    TAGGED,
    Resource,
    Telling,
    arn_parts,
    telling_of,
)


@dataclass(slots=True, frozen=True)
class Untold:
    """What AWS did not tell, so that it stays as it was.

    action  what would have told it, as the permission for that is called
    kind    of what it would have told, all of it; with `arn` of that one thing
    why     what came instead, of "it": "AWS denies it"
    """

    action: str
    kind: str
    arn: str = ""
    why: str = "AWS denies it"
    mend: str = "Allow it to the bot"


@dataclass(slots=True)
class Live:
    """All that one account told of itself in one region. `gone` are ARNs of what was deleted while it told.

    credentials   how many it told, once it was read: none of them is in the telling
    """

    region: str
    answers: list[dict[str, Any]] = field(default_factory=list)
    untold: list[Untold] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    credentials: int = 0

    @property
    def name(self) -> str:
        return self.region

    @property
    def shown(self) -> str:
        return self.region

    @property
    def digest(self) -> str:
        return hashlib.sha256(self._content()).hexdigest()

    @property
    def head(self) -> str:
        """How the ARNs of all that is there begin; empty where nothing is."""
        heads = (arn_parts(arn) for arn in self._arns())
        return next(
            (parts["head"].lower() for parts in heads if parts and parts["region"] == self.region), ""
        )

    def places(self) -> tuple[str, ...]:
        """What of this account and region was told in full: only of that anything can be missed."""
        if not self.head:
            return ()
        listed = [kind for kind in Resource if not self.is_untold(kind)]
        tagged = [kind for kind in listed if not self.is_untold(TAGGED, of=kind)]
        lineage = [] if self.is_untold(LINEAGE) else [LINEAGE]
        return tuple(
            f"{self.head}:{kind}" for kind in (*listed, *(f"{TAGGED}/{kind}" for kind in tagged), *lineage)
        )

    def is_untold(self, kind: str, *, of: str = "") -> bool:
        """The list of a kind is; with `of`, what a kind tells is of some thing of that one."""
        return any(one.kind == kind and (f":{of}/" in one.arn if of else not one.arn) for one in self.untold)

    def telling(self) -> Telling:
        text, self.credentials = without_credentials(self._content(), self.region)
        return telling_of(text, self.region)

    def _content(self) -> bytes:
        return "\n".join(json.dumps(one, default=str) for one in self.answers).encode()

    def _arns(self) -> Iterator[str]:
        for answer in self.answers:
            for key, type_ in LISTS.items():
                yield from (str(one.get(ARNS[type_])) for one in answer.get(key, ()))
            yield from (str(answer[key]) for key in ARNS.values() if key in answer)
