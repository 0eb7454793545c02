"""What several questions are said with: parts of the wordings that table.py is made of. Names are `NAME` in them."""

from __future__ import annotations

USES = r"(?:us(?:e|es|ed|ing)\b|call|depend|consum|rel(?:y|ies)\b)"
NOT = (
    r"\b(?:not|no|nobody|(?:has|have|did|does|do|is|are)n'?t|yet to|late|overdue|silent|missing|"
    rf"still(?! {USES}))\b"
)
RETIRING = (
    r"\b(?:retire|retiring|propose|proposing|proposal|sunset|decommission|switch(?:ing)? off|turn(?:ing)? off|"
    r"shut(?:ting)? down|get(?:ting)? rid of|phas(?:e|ing) out|deprecat(?:e|ing))\b"
)
GONE = r"(?:retired|removed|deprecated|decommissioned|phased out|switched off|turned off|shut down)"
ASKED_OF = r"(?:answers?|acknowledge?ments?|replies|votes?|approvals?)"
HOW_MUCH = r"(?:\w+ ){0,2}(?:when|how (?:many|long|soon|much))\b"
"""How a question for a day or a number begins, whatever it goes on about."""
ANSWERED = r"(?:answer|vot|acknowledg|respon|repl|mov|migrat|confirm|attest|sign)\w*"
DOES = r"(?:do|answer|attest|confirm|vote|sign|decide|acknowledge|owe|look at|migrate|move)\b"
"""What is asked of people."""
PRESSES = (
    r"(?:vote|approve|reject|abstain|acknowledge|answer|migrate|move|ask|request|get more|extend|report)\b"
)
"""What people do with buttons."""
KEPT = (
    r"(?:\blegal holds?\b|\b(?:keep|kept|keeps|keeping)\b.*\bcosts?\b|\bcosts?\b.*\b(?:keep|kept|keeping)\b)"
)
MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
NAMED = r"(?:attest(?:ed|ations?|s)?|confirm(?:ed|ations?|s)?|sign(?:ed|atures?|s)?)"
"""What people put their names to."""

PROPOSES = (
    rf"^(?!{HOW_MUCH}).*"
    r"\b(?:help|want|wish|like|need|let's|lets|please|can|could|how|should|shall|propose|start|begin)\b.*"
    + RETIRING,
    rf"^(?:{RETIRING})",
    rf"\b(?:guide|walk|lead|assist|help|talk)\b(?: me| us)?\b.*\b(?:retirement|proposal|{RETIRING})",
    rf"^(?!{HOW_MUCH}).*\bNAME (?:should|must|has to|needs to|ought to) (?:be {GONE}|go\b)",
    (
        r"\b(?:start|begin|create|file|make|draft|new|open (?:an?|the|new))\b(?: (?:an?|the|new)){0,2} "
        r"(?:retirement|proposal)\b"
    ),
    r"^(?:please )?(?:remove|delete|kill) NAME$",
    rf"\bwant NAME (?:gone|{GONE})",
    r"\b(?:take|get) NAME (?:out of (?:service|production)|offline|down)\b",
)
"""How somebody says that they want a model retired."""
REPLIES = (
    r"^(?:ok|okay|yes|no|done|ack|acknowledged|migrated|moved|approved?|rejected?|abstain|not mine)\b",
    (
        r"\b(?:i|we|i've|we've) (?:have |already |all |now )*"
        r"(?:acknowledged?|approve|reject|abstain|vote|migrated|moved|done|finished|need more time)\b"
    ),
    r"\b(?:it is|it's|that is|that's|this is) (?:done|migrated|not mine)\b",
)
"""What people answer in words, as they do below a message that asks them: its buttons are what counts."""
