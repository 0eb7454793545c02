"""What happens to an archive between its making and its end, and to what people wrote."""

from __future__ import annotations

from data.events.base import Event
from data.events.fixity import ArchiveAudited, ArchiveMended
from data.events.granting import OnGrants
from data.records.base import Prose


class HoldPlaced(Event, frozen=True, kw_only=True, tag="hold placed"):
    """From now on nothing of the archive goes, whatever its policy says."""

    number: int
    why: Prose


class HoldReleased(Event, frozen=True, kw_only=True, tag="hold released"):
    """This hold ends; others may go on.

    entitled   who could, as groups stood at that moment
    proof      what their second factor said, where the operator asks for one
    """

    number: int
    why: Prose
    entitled: tuple[str, ...]
    proof: str = ""


class PruneAsked(Event, frozen=True, kw_only=True, tag="prune asked"):
    """These classes of the archive are to go for good, if a second person says so, too.

    rules      class -> the rule of the policy that lets it go
    entitled   who could ask, as roles and groups stood at that moment
    overrides  class -> which minimum it is let go before, and by which rule, as both people were told
    """

    classes: tuple[str, ...]
    rules: dict[str, str]
    why: Prose
    entitled: tuple[str, ...]
    overrides: dict[str, str] = {}


class PruneConfirmed(Event, frozen=True, kw_only=True, tag="prune confirmed"):
    """The second person typed the model's name. `number`: of what was asked. Others as in `HoldReleased`."""

    number: int
    entitled: tuple[str, ...]
    proof: str = ""


class PruneDropped(Event, frozen=True, kw_only=True, tag="prune dropped"):
    """It is not to go after all, or cannot now: somebody took it back, or `because` says what came between."""

    number: int
    because: str = ""


class ClassPruned(Event, frozen=True, kw_only=True, tag="class pruned"):
    """One class is gone from the archive. `tombstone`: SHA-256 of what stands in its place."""

    number: int
    of: str
    files: int
    bytes: int
    tombstone: str


class ArchivePruned(Event, frozen=True, kw_only=True, tag="archive pruned"):
    """Nothing is left of the archive but its manifest and tombstones."""


class Erased(Event, frozen=True, kw_only=True, tag="erased"):
    """What people wrote in `entry` is gone for good: its commitments stay, and nobody can say what they were of.

    texts     how many there were
    because   in words of an operator's, which stay and therefore name nobody
    in_spite_of   the legal holds that there were
    """

    entry: int
    texts: int
    because: str
    in_spite_of: tuple[int, ...] = ()


OnArchives = (
    HoldPlaced
    | HoldReleased
    | PruneAsked
    | PruneConfirmed
    | PruneDropped
    | ClassPruned
    | ArchivePruned
    | Erased
    | ArchiveAudited
    | ArchiveMended
    | OnGrants
)
