"""Which questions are there? One table: what people may ask, how they say it, and what an answer needs to know.

The words of a question are looked at with every name in it replaced by `NAME`, in lower case. The first row that fits
is meant, so what is more particular stands further up. Rejected: a language model in this place. It would understand
more, and nobody could say beforehand what; one may be asked where the table is silent (workflows/ports.py, `Wording`).
"""

from __future__ import annotations

import re
from enum import StrEnum
from re import Pattern
from typing import NamedTuple

from workflows.questions.wishes import BY_COMMAND, WISHES

NAME = "NAME"


class Asks(StrEnum):
    """What somebody wants to know."""

    HELP = "help"
    CHECKS = "checks"
    SILENT = "silent"
    BLOCKS = "blocks"
    FED, ORIGIN = "fed", "origin"
    STORY = "story"
    PROPOSE = "propose"
    CHANGE = "change"
    MINE = "mine"
    DUE = "due"
    IMPACT = "impact"
    CLASS = "class"
    WHO = "who"
    LIST = "list"
    STANDS = "stands"
    UNCLEAR = "unclear"


class About(StrEnum):
    """What a question is about: no particular one, one that may be left out, one that may not."""

    NOTHING = "nothing"
    ANY = "any"
    ONE = "one"


class Row(NamedTuple):
    """`example` is what it is asked as where people are shown what they may ask; `says`: what it answers."""

    asks: Asks
    about: About
    example: str
    says: str
    words: Pattern[str]

    @property
    def is_of_lineage(self) -> bool:
        """Is it about what something fed or came from? Then it may be about a dataset or a job, too."""
        return self.asks in (Asks.FED, Asks.ORIGIN)

    @property
    def is_of_model(self) -> bool:
        """Is it about a model of the catalog, rather than about its retirement?"""
        return self.asks in (Asks.IMPACT, Asks.CLASS, Asks.WHO, Asks.PROPOSE)


def _words(*alternatives: str) -> Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in alternatives))


_USES = r"(?:us(?:e|es|ed|ing)\b|call|depend|consum|rel(?:y|ies)\b)"
_NOT = (
    r"\b(?:not|no|nobody|(?:has|have|did|does|do|is|are)n'?t|yet to|late|overdue|silent|missing|"
    rf"still(?! {_USES}))\b"
)
_RETIRING = (
    r"\b(?:retire|retiring|propose|proposing|proposal|sunset|decommission|switch(?:ing)? off|turn(?:ing)? off|"
    r"shut(?:ting)? down|get(?:ting)? rid of|phas(?:e|ing) out)\b"
)
_ASKED_OF = r"(?:answers?|acknowledge?ments?|replies|votes?|approvals?)"
_HOW_MUCH = r"(?:\w+ ){0,2}(?:when|how (?:many|long|soon|much))\b"
"""How a question for a day or a number begins, whatever it goes on about."""
_NAMED = r"(?:attest(?:ed|ations?|s)?|confirm(?:ed|ations?|s)?|sign(?:ed|atures?|s)?)"
"""What people put their names to."""

ROWS: tuple[Row, ...] = (
    Row(
        asks=Asks.HELP,
        about=About.NOTHING,
        example="What can I ask?",
        says="lists all of this",
        words=_words(
            r"^(?:help|hi|hello|hey|good (?:morning|day|evening)|thanks|thank you)"
            r"(?: (?:me|there|you|all|everybody|emeritus|please|so much|a lot))*$",
            r"^what (?:can|could|may) (?:you|i|we|one) (?:do|ask|say|answer)",
            r"^(?:who|what) are you\b",
            r"^how do(?:es)? (?:you|this|it) work",
        ),
    ),
    Row(
        asks=Asks.CHECKS,
        about=About.ONE,
        example="Did the checks of MODEL pass?",
        says="how each check of its consumers ended that was run",
        words=_words(
            rf"^(?!.*(?:{'|'.join((*WISHES['waive'], *WISHES['check']))})).*\b"
            r"(?:checks|(?:an?|the|which|any|each|every|its|last|no) (?:\w+ )?check)\b",
        ),
    ),
    Row(
        asks=Asks.SILENT,
        about=About.ANY,
        example="Who has not answered?",
        says="who still owes an answer, a vote, their name or a switch by hand, and until when",
        words=_words(
            r"\bwho\b.*" + _NOT,
            r"\bwhom? (?:(?:are|do|does|is) )?(?:we|you|it|they|NAME|i) (?:still )?(?:wait|waits|waiting)\b",
            r"\bwhom?\b.*\b(?:must|should|(?:has|have|needs?|is|are) to) (?:attest|confirm|sign)\b",
            rf"\b(?:{_ASKED_OF}|{_NAMED})\b.*\b(?:missing|outstanding|open|due|late)\b",
            rf"(?<!my )\b(?:missing|outstanding|open) (?:{_ASKED_OF}|{_NAMED})\b",
            r"\bunanswered\b",
            r"^(?!.*\b(?:me|my|i)\b).*\b(?:anything|anybody|anyone|what|what's|which)\b.*\boverdue\b",
        ),
    ),
    Row(
        asks=Asks.BLOCKS,
        about=About.ONE,
        example="What blocks MODEL?",
        says="what keeps a retirement from going on, and who can change that",
        words=_words(
            r"\b(?:un)?block(?:s|ed|ing|ers?)?\b",
            r"\b(?:hold|holds|holding|held|keep|keeps|keeping|stop|stops|stopping)\b(?!.*\bnext\b)",
            r"\b(?:stuck|stalled|prevents?|preventing|delay(?:s|ed|ing)?|obstacles?|bottlenecks?)\b",
            r"\bin the way\b",
            r"\b(?:is|what's|whats|still) missing\b",
            r"\b(?:not|n't) (?:moving|progressing|going (?:on|ahead|forward)|advancing)\b",
            r"\bwhat (?:does|do|is|are) (?:it|NAME|we) (?:still )?(?:wait|waiting|need)",
        ),
    ),
    Row(
        asks=Asks.ORIGIN,
        about=About.ONE,
        example="What did MODEL come from?",
        says="the data, jobs and models it was made of, also of a retired one",
        words=_words(
            r"\b(?:what|where|which)\b.*\b(?:did|does|do)\b.*\bcome from\b",
            r"^(?:what|which)(?: (?!was|were|is|are)\w+)? (?:feeds|fed|(?:goes|went|flows) into)\b",
            r"\b(?:lineage|origins?|upstream|provenance)\b",
        ),
    ),
    Row(
        asks=Asks.FED,
        about=About.ONE,
        example="What did MODEL feed?",
        says="all that came to depend on it, also of a retired one or a dataset",
        words=_words(
            r"^(?:what|who|which)\b.*\b(?:did|does|do)\b.*\bfeed\b",
            r"^(?:what|which)(?: \w+)? (?:came|comes|(?:was |were |is |are )?(?:built|made|derived|trained|fed)) "
            r"(?:from|of|on|with|by)\b",
        ),
    ),
    Row(
        asks=Asks.STORY,
        about=About.ONE,
        example="Why was MODEL retired, and where is it now?",
        says="who decided what when and why, and where its artifacts are",
        words=_words(
            r"\bwhy\b",
            r"\bwhere\b",
            r"\bwhen (?:was|were|did|has|had)\b",
            r"\bwhat (?:has |had |did )?(?:happened|happen|became|become|come) (?:to|of|with)\b",
            rf"^(?!{BY_COMMAND}).*\b(?:history|story|reasons?|archived?|record)\b",
            r"\bwho (?:has |have |had |all )*"
            r"(?:approved|decided|proposed|voted|rejected|attested|confirmed|cancelled|closed)\b",
        ),
    ),
    Row(
        asks=Asks.PROPOSE,
        about=About.ANY,
        example="Help me retire MODEL",
        says="looks at what a proposal needs, step by step, and opens the form filled in",
        words=_words(
            rf"^(?!{_HOW_MUCH}).*"
            r"\b(?:help|want|wish|like|need|let's|lets|please|can|could|how|should|shall|propose|start|begin)\b.*"
            + _RETIRING,
            r"^(?:" + _RETIRING + ")",
        ),
    ),
    Row(
        asks=Asks.CHANGE,
        about=About.NOTHING,
        example="How do I pause MODEL?",
        says="the commands that change something, and who may run them; it runs none",
        words=_words(
            *(one for some in WISHES.values() for one in some),
        ),
    ),
    Row(
        asks=Asks.MINE,
        about=About.NOTHING,
        example="What waits for me?",
        says="your votes, your answers and what is overdue, with their buttons",
        words=_words(
            r"\b(?:for|from|of|on) me\b",
            r"^(?:please )?(?:snooze|remind)\b",  # its buttons put off what can wait
            r"\bmy (?:\w+ )?(?:votes?|answers?|tasks?|todos?|consumers?|list|turn|plate|obligations?|proposals?)\b",
            r"(?<!who )(?<!whom )\b(?:do|must|should|have|need) i\b",
            r"\bi (?:have to|must|need to|owe|should)\b",
            # What people answer in words, as they do below a message that asks them: its buttons are what counts.
            r"^(?:ok|okay|yes|no|done|ack|acknowledged|migrated|moved|approved?|rejected?|abstain|not mine)\b",
            r"\b(?:i|we|i've|we've) (?:have |already |all |now )*"
            r"(?:acknowledged?|approve|reject|abstain|vote|migrated|moved|done|finished|need more time)\b",
            r"\b(?:it is|it's|that is|that's|this is) (?:done|migrated|not mine)\b",
        ),
    ),
    Row(
        asks=Asks.DUE,
        about=About.ANY,
        example="What happens next week?",
        says="what falls due, of one retirement or of all: today, this or next week or month, or a month by its name",
        words=_words(
            r"\b(?:next|upcoming|coming|due|when|scheduled?|calendar|today|tomorrow|soon|dates?|deadlines?|timeline)\b",
            r"\bthis (?:week|month)\b",
            r"\bhow (?:long|soon|much time)\b",
            r"\blast day\b",
        ),
    ),
    Row(
        asks=Asks.IMPACT,
        about=About.ONE,
        example="Who depends on MODEL?",
        says="its consumers by team, and how that is known",
        words=_words(
            r"\b(?:depend\w*|uses?|using|used|consum\w*|affect\w*|impact\w*|breaks?|hits?|downstream|relies|rely|call(?:s|ing|ed)?)\b",
        ),
    ),
    Row(
        asks=Asks.CLASS,
        about=About.ONE,
        example="Is MODEL regulated?",
        says="its tier and regulation, and the notice and approvals that both ask for",
        words=_words(
            r"\b(?:regulat\w+|tiers?|classified|classification)\b",
            r"\bwho (?:may |can )?(?:approves?|votes?|decides?)\b",
        ),
    ),
    Row(
        asks=Asks.WHO,
        about=About.ONE,
        example="Who answers for MODEL?",
        says="its owners, what says so, and what is missing",
        words=_words(
            r"\b(?:who|whom|whose)\b",
            r"\b(?:owners?|owns|owned|ownership|responsible|contacts?|in charge)\b",
        ),
    ),
    Row(
        asks=Asks.LIST,
        about=About.NOTHING,
        example="What is being retired?",
        says="all that is under way",
        words=_words(
            r"^(?!.*\bNAME\b).*\b(?:list|which|what|what's|show|all|every|any|anything|how many)\b.*"
            r"\b(?:retir\w*|models?|under ?way|going on|leaving|sunset\w*)\b",
            r"^(?:list|retirements)$",
        ),
    ),
    Row(
        asks=Asks.STANDS,
        about=About.ONE,
        example="How does MODEL stand?",
        says="one retirement with its plan, votes and consumers",
        words=_words(
            r"^NAME$",
            r"\b(?:replac\w+|successors?|instead of|follows|after)\b",
            r"\b(?:how|status|state|progress|stands?|doing|far|about|info|details?|show|plan)\b",
        ),
    ),
)
BY_ASKS = {row.asks: row for row in ROWS}


def fitting(words: str) -> Row | None:
    """The first row that fits these words; None where none does."""
    return next((row for row in ROWS if row.words.search(words)), None)
