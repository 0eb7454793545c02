"""What answers of a model look like, what of them may differ, and what was found when two models were compared.

Of what callers sent and what models answered nothing is in here: only names of fields, numbers, and ids of inputs.
"""

from __future__ import annotations

from enum import StrEnum

from data.records.base import Record


class JsonType(StrEnum):
    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    NULL = "null"


class Field(Record, frozen=True, kw_only=True):
    """One field of an answer.

    is_required   in every object that has its parent
    minimum, maximum   both allowed themselves; None: no bound
    values        the only ones there may be, of a string; empty: any
    may_be_nan    also infinite
    """

    types: tuple[JsonType, ...]
    is_required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    may_be_nan: bool = False


class Contract(Record, frozen=True, kw_only=True):
    """What consumers may count on: fields by JSON pointer (RFC 6901), with `*` for each element of an array.

    errors    the same, of answers with a status of 400 and above
    answers   so many it was learned from; `is_cut`: they had more fields than are kept
    """

    fields: dict[str, Field] = {}
    errors: dict[str, Field] = {}
    answers: int = 0
    is_cut: bool = False


class Noise(StrEnum):
    """How the old model's answers to one input differ among each other.

    NOISY   now and then: it is counted how much more often the successor's do
    FREE    more often than not, as of a time-stamp: nothing can be held against it
    """

    EXACT = "never"
    WITHIN = "by numbers"
    NOISY = "now and then"
    FREE = "mostly"


class Tolerance(Record, frozen=True, kw_only=True):
    """What may differ in one field. `pairs` of old answers to one input had it, and `differing` of them differed."""

    noise: Noise
    within: float = 0.0
    pairs: int = 0
    differing: int = 0


class Found(Record, frozen=True, kw_only=True):
    """Something that a successor's answers have against them: in how many, and in the answers to which inputs, at most
    so many as were asked for.

    path   of the field; empty: the whole answer
    """

    path: str
    what: str
    count: int
    input_ids: tuple[str, ...] = ()


class Threshold(Record, frozen=True, kw_only=True):
    """Where one consumer turns a score into a decision: "yes" at `at` and above, or at `at` and below.

    path   of the score in an answer
    is_yes_good   for whoever is decided on
    """

    consumer_id: str
    path: str
    at: float
    is_yes_above: bool = True
    is_yes_good: bool = True


class Standing(StrEnum):
    """`OVER` and `WITHIN` are proven; `UNSURE`: too little was compared, or of something nothing is told."""

    OVER = "over"
    WITHIN = "within"
    UNSURE = "not known yet"


class Flips(Record, frozen=True, kw_only=True):
    """How many decisions of one consumer come out otherwise with the successor.

    inputs    that have a score of both models; of `untold` others one is missing or no number
    lost, gained   from yes to no, and from no to yes
    noise, again   so many flipped between two answers of the old model, of how many that it gave twice
    tau       Kendall's, of how both order these inputs; None where one model has but one score for all
    worst_ids   inputs whose decisions flipped, those first whose scores went farthest beyond the threshold
    """

    threshold: Threshold
    standing: Standing
    share_max: float
    inputs: int
    untold: int = 0
    lost: int = 0
    gained: int = 0
    noise: int = 0
    again: int = 0
    tau: float | None = None
    worst_ids: tuple[str, ...] = ()


class GroupStanding(StrEnum):
    HARMED = "harmed"
    FAVOURED = "favoured"
    QUIET = "quiet"
    TOO_FEW = "too few to tell"


class GroupChange(Record, frozen=True, kw_only=True):
    """What a successor changes for one group of people, or things, by decisions on the same inputs.

    old_good, new_good   inputs with the good decision
    lost, gained   from good to bad, and from bad to good
    p, p_adjusted   McNemar's, exact and two-sided; adjusted for all groups together (Holm)
    effect    (gained - lost) / inputs
    """

    group: str
    standing: GroupStanding
    inputs: int
    old_good: int
    new_good: int
    lost: int
    gained: int
    p: float
    p_adjusted: float
    effect: float


class Bias(Record, frozen=True, kw_only=True):
    """All groups, in order of their names. Gaps of the share of good decisions, from the best group to the worst, are
    reported, and gate nothing: they miss a small group that is harmed.

    ungrouped   inputs of which no group is told
    """

    groups: tuple[GroupChange, ...]
    old_gap: float | None = None
    new_gap: float | None = None
    ungrouped: int = 0

    @property
    def standing(self) -> Standing:
        """Of all. Harm that too few inputs could show is not known to be none."""
        found = {one.standing for one in self.groups}
        if GroupStanding.HARMED in found:
            return Standing.OVER
        is_unsure = GroupStanding.TOO_FEW in found or self.ungrouped or not self.groups
        return Standing.UNSURE if is_unsure else Standing.WITHIN


class FieldDiffers(Record, frozen=True, kw_only=True):
    """One field whose values are not as the old model's, beyond what may differ.

    raw_only   inputs where the successor differs from the old model, which agrees with itself
    noise_only   inputs where the old model differs from itself, and the successor agrees with its first answer
    p_adjusted   that either is as likely as the other (McNemar's, adjusted for all fields by Holm)
    input_ids  where the successor differs, those first where it does most
    """

    path: str
    standing: Standing
    noise: Noise
    raw_only: int
    noise_only: int
    p_adjusted: float
    input_ids: tuple[str, ...] = ()


class Comparison(Record, frozen=True, kw_only=True):
    """Recorded inputs, given to both models: all that their answers have against a successor.

    unanswered   inputs to which the successor, or the old model, gave no answer at all
    breaches   of the contract; `fields`: only those that differ anywhere
    biases     id of a consumer -> what its decisions change for groups
    """

    inputs: int
    unanswered: int = 0
    breaches: tuple[Found, ...] = ()
    fields: tuple[FieldDiffers, ...] = ()
    flips: tuple[Flips, ...] = ()
    biases: tuple[Bias, ...] = ()

    @property
    def standing(self) -> Standing:
        """`OVER` where anything is, `WITHIN` where all of it is proven."""
        found = [
            *(one.standing for one in self.fields),
            *(one.standing for one in self.flips),
            *(one.standing for one in self.biases),
        ]
        if self.breaches or Standing.OVER in found:
            return Standing.OVER
        is_unsure = self.unanswered or not self.inputs or Standing.UNSURE in found
        return Standing.UNSURE if is_unsure else Standing.WITHIN
