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
from workflows.questions.words import (
    ANSWERED,
    ASKED_OF,
    DOES,
    GONE,
    KEPT,
    MONTH,
    NAMED,
    NOT,
    PRESSES,
    PROPOSES,
    REPLIES,
)

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
            r"\bwho\b.*" + NOT,
            r"\b(?:which|what) (?:\w+ ){0,2}(?:owners?|teams?|consumers?|people|voters?)\b.*" + NOT,
            r"\bwho\b.*\b(?:chase|nudge|outstanding|pending|ignor\w+|owes?)\b",
            r"\bwhose\b.*\b(?:outstanding|missing|open|pending)\b",
            rf"^(?:has|have|did|is|are) (?:everybody|everyone|all|anybody|anyone)\b.*\b{ANSWERED}",
            r"\bwhom? (?:(?:are|do|does|is) )?(?:we|you|it|they|NAME|i) (?:still )?(?:wait|waits|waiting)\b",
            r"\bwhom?\b.*\b(?:must|should|(?:has|have|needs?|is|are) to) (?:attest|confirm|sign)\b",
            rf"\b(?:{ASKED_OF}|{NAMED})\b.*\b(?:missing|outstanding|open|pending|due|late)\b",
            rf"(?<!my )\b(?:missing|outstanding|open|pending) (?:{ASKED_OF}|{NAMED})\b",
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
            rf"^(?!.*{KEPT}).*\b(?:hold|holds|holding|held|keep|keeps|keeping|stop|stops|stopping)\b(?!.*\bnext\b)",
            r"\b(?:stuck|stalled|prevents?|preventing|delay(?:s|ed|ing)?|obstacles?|bottlenecks?)\b",
            r"\bin the way\b",
            r"\bwhy\b.*(?:\bnot\b|n't\b|\bcannot\b).*\b(?:go on|going on|proceed\w*|continu\w+|progress\w*|finish\w*|"
            r"switched off|turned off|over|dark)\b",
            rf"^(?:can|may|could) NAME (?:\w+ )?be {GONE}",
            r"^(?!.*\b(?:me|i)\b).*\b(?:left to (?:do|be done)|remains? (?:before|until|to|for)|"
            r"open (?:issues?|points?|items?))\b",
            r"\bgates? (?:of |for )?NAME\b",
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
            rf"\bwhere\b(?! (?:do|can|could|should|may|must) (?:i|we) {PRESSES})",
            r"\bwhen (?:was|were|did|has|had)\b",
            r"\bwhat (?:has |had |did )?(?:happened|happen|became|become|come) (?:to|of|with)\b",
            rf"^(?!{BY_COMMAND}|.*(?:\bhow long\b|\buntil when\b|\bwho (?:can|may)\b|{KEPT}))"
            r".*\b(?:history|story|reasons?|archived?|record)\b",
            r"\bwho (?:has |have |had |all )*"
            r"(?:approved|decided|proposed|retired|voted|rejected|attested|confirmed|cancelled|closed|signed)\b",
            r"\b(?:how come|what led to|background (?:of|on))\b",
        ),
    ),
    Row(
        asks=Asks.PROPOSE,
        about=About.ANY,
        example="Help me retire MODEL",
        says="looks at what a proposal needs, step by step, and opens the form filled in",
        words=_words(*PROPOSES),
    ),
    Row(
        asks=Asks.CHANGE,
        about=About.NOTHING,
        example="How do I pause MODEL?",
        says="the commands that change something, and who may run them; it runs none",
        words=_words(
            *(one for some in WISHES.values() for one in some),
            rf"^(?:how|where) (?:(?:do|can|could|should|may|must) (?:i|we|one|people)|to) {PRESSES}",
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
            rf"^(?!(?:how|where|why|when|whom?)\b).*\b(?:do|must|should|need|have) i (?:still |now |yet )*"
            rf"(?:have to |need to )?{DOES}(?!.*\binstead\b)",
            r"^do i have\b.*\b(?:anything|something|open|left|to do|due|waiting|pending|outstanding)\b",
            rf"\bi (?:still |now )*(?:have to|must|need to|should) {DOES}",
            *REPLIES,
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
            rf"\b(?:in|during|until|by|before|after|on) (?:the )?(?:\w+ of )?{MONTH}\b",
            r"\bhappen(?:s|ing)?\b.*\b(?:(?:on|by|until|before|after|since|during|within)\b|in the|weekend|20[0-9]{2})",
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
            r"^(?!.*\binstead\b).*\b(?:depend\w*|uses?|using|used|consum\w*|affect\w*|impact\w*|breaks?|hits?|downstream|relies|rely|call(?:s|ing|ed)?)\b",
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
            r"\bwho (?:answers?|owns?|runs|maintains|looks after)\b",
            r"\bwhose (?:\w+ )?(?:is|are) NAME\b",
            r"\bwhose (?:model )?NAME\b",
            r"\bwhom? (?:do|can|could|should|may|must) (?:i|we|one) (?:contact|ask|(?:talk|write|turn|speak) to)\b",
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
            r"\b(?:coordinat\w+|who leads)\b",
            r"\bhow (?:is|are|was|far|has|goes|about|do(?:es)? (?:NAME|it|they|this|that))\b",
            r"\b(?:status|state|progress|stands?|doing|far|about|info|details?|show|plan)\b",
        ),
    ),
)
BY_ASKS = {row.asks: row for row in ROWS}


def fitting(words: str) -> Row | None:
    """The first row that fits these words; None where none does."""
    return next((row for row in ROWS if row.words.search(words)), None)
