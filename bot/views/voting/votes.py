"""How does the round of votes look: the live tally, its buttons while it is open, the modal to reject."""

from __future__ import annotations

from collections.abc import Mapping

from bot.ids import Action, Callback
from bot.views import limits
from bot.views.blocks import (
    Payload,
    actions,
    button,
    mention,
    mentions,
    message,
    modal,
    moment,
    place,
    prose_field,
    quoted,
    safe,
    section,
    weekday,
)
from bot.views.card.steps import short, zone_of
from data.events import EMERITUS, Approved, Revised, RoundProlonged, VotersChanged
from data.records.policy import OnExpiry
from data.records.retirement import Retirement
from data.records.rounds import Ballot, Choice, Purpose, Round
from workflows.rules.lifecycle import TRANSITIONS, is_going_dark
from workflows.rules.restriction import channel_of
from workflows.rules.voting.approval import cools_until, is_cooling, lapses_at, takers_back
from workflows.rules.voting.expiry import on_expiry
from workflows.rules.voting.quorum import awaited, digest_on_ballot, open_round, tally_of
from workflows.rules.voting.roles import voting
from workflows.rules.voting.verdicts import is_veto

CHOICE_MARKS = {
    Choice.APPROVE: ":white_check_mark:",
    Choice.REJECT: ":x:",
    Choice.ABSTAIN: ":heavy_minus_sign:",
}


ABOUT = {
    Purpose.RETIRE: "Votes",
    Purpose.CANCEL: "Votes on CANCELLING this retirement",
    Purpose.EXTEND: "Votes on MORE TIME",
    Purpose.OVERRULE: "Votes on GOING ON in spite of an objection",
}


def about(retirement: Retirement) -> str:
    """What was asked of those who voted last."""
    return ABOUT[retirement.round.purpose if retirement.round is not None else Purpose.RETIRE]


def ballot_line(ballot: Ballot, retirement: Retirement) -> str:
    """Who said what in the round, when, and whether it binds."""
    cast_at = moment(ballot.cast_at, zone_of(retirement))
    shown = f"    {CHOICE_MARKS[ballot.choice]} {mention(ballot.voter_id)} {ballot.choice}s, {cast_at}"
    digest = digest_on_ballot(retirement)
    if retirement.policy and is_veto(ballot, policy=retirement.policy, plan_digest=digest):
        shown += " *with a veto*"
    if ballot.plan_digest != digest:
        shown += " (an older plan: not counted)"
    return shown + quoted(ballot.comment, 200)


def tally_lines(retirement: Retirement) -> list[str]:
    """Per role: approvals of those needed, whose votes are awaited, and every ballot in the seat it fills now."""
    round_, policy = retirement.round, retirement.policy
    if round_ is None or policy is None or retirement.plan is None:
        return []
    tally = tally_of(retirement)
    waiting_for = awaited(retirement) if open_round(retirement) is not None else {}
    shown = []
    for role, needed in voting(retirement).quorum.items():
        mark = ":white_circle:" if role in tally.missing else ":white_check_mark:"
        cast = [ballot for ballot in round_.ballots if ballot.role == role]
        line = f"{mark} *{safe(role)}* {tally.approvals.get(role, 0)} of {needed}"
        if role in waiting_for:
            people = waiting_for[role]
            line += (
                f" - waiting for {mentions(people, at_most=5)}" if people else " - *nobody is left to vote*"
            )
        shown.append(line)
        ballots = [ballot_line(ballot, retirement) for ballot in cast]
        shown.append(limits.joined(ballots, 1_500, at_most=8))
    return [line for line in shown if line]


def missing(retirement: Retirement) -> str:
    """Whose approvals are short, in a line; empty while no round is open, or none is."""
    short_of = tally_of(retirement).missing if open_round(retirement) is not None else {}
    roles = _short_of(short_of)
    return f"Approvals missing: {roles}" if roles else ""


def round_words(round_: Round, retirement: Retirement) -> str:
    """When the round may close."""
    reviewed = weekday(round_.review_until, zone_of(retirement))
    return (
        f"Closes once every role has its approvals and the review has ended ({reviewed}); otherwise "
        f"{otherwise(round_, retirement)}. A vote can be changed until then."
    )


def otherwise(round_: Round, retirement: Retirement) -> str:
    """What becomes of a round in which approvals are missing."""
    on = f"on {weekday(round_.expires_at, zone_of(retirement))}"
    return {
        OnExpiry.EXPIRE: f"it expires {on}",
        OnExpiry.ESCALATE: f"{on} whoever is still to vote is told, and who leads them, and it is prolonged, once",
        OnExpiry.APPROVE: f"{on} silence counts as consent, if somebody approved and nobody rejected",
    }[on_expiry(retirement)]


def void(retirement: Retirement, by: str) -> Payload:
    """To whoever voted on the plan before: nobody looks at a card again that they have done with."""
    round_ = open_round(retirement)
    name = safe(retirement.plan.subject.model_name) if retirement.plan else ""
    who = (
        f"{mention(by)} changed the plan"
        if by != EMERITUS
        else "the approval lapsed, and it is voted on anew"
    )
    until = f" until {weekday(round_.expires_at, zone_of(retirement))}" if round_ is not None else ""
    return message(
        f":pencil2: *{retirement.id}* {name}: {who}, so your vote does not count any more. A new vote is open{until}: "
        f"look at the plan on its card in {place(channel_of(retirement))}, and vote there."
    )


def approved_words(event: Approved) -> str:
    """On which plan, and which roles said nothing, where silence is consent."""
    plan = f"plan `{short(event.plan_digest)}`"
    if not event.missing:
        return f"*Approved*: every role has its approvals on {plan}"
    return (
        f"*Approved* by consent on {plan}: somebody approved, nobody rejected, and the policy counts silence as "
        f"consent; approvals not given: {_short_of(event.missing)}"
    )


def prolonged_words(event: RoundProlonged, zone: str) -> str:
    """Who has to vote is called, as the card notifies nobody; who leads them can help."""
    asked = []
    for role, needed in event.missing.items():
        people = mentions(event.voters.get(role, ()), at_most=10) or "nobody is left to vote"
        lead = event.leads.get(role, "")
        asked.append(f"{needed} of {safe(role)}: {people}{f' (lead: {mention(lead)})' if lead else ''}")
    who = limits.joined(asked, 1_500, between="; ", at_most=10)
    until = weekday(event.expires_at, zone)
    return f"The vote would have expired, approvals missing. It is prolonged, once, until {until}, for {who}"


def _short_of(missing: Mapping[str, int]) -> str:
    roles = [f"{needed} of {safe(role)}" for role, needed in missing.items()]
    return limits.joined(roles, 600, between=", ", at_most=10)


def voters_words(event: VotersChanged) -> str:
    """In which roles others may vote, and in which nobody may any more."""

    def listed(roles: list[str]) -> str:
        return limits.joined([safe(role, 100) for role in roles], 1_000, between=", ")

    others = [role for role, people in event.members.items() if people]
    emptied = [role for role, people in event.members.items() if not people]
    said = [f"others may vote now: {listed(others)}"] if others else []
    if emptied:
        fill = "fill its group in Slack, or in the catalog and import that again"
        said.append(f"nobody may vote now as {listed(emptied)}: {fill}")
    return "; ".join(said)


def value(retirement_id: str, plan_digest: str, round_number: int) -> str:
    return f"{retirement_id}|{plan_digest}|{round_number}"


def buttons(retirement: Retirement) -> list[Payload]:
    """Approve, Reject and Abstain for the open round, and Edit plan as long as the plan may be changed."""
    shown = [*choices(retirement), *edit(retirement)]
    return [actions(*shown)] if shown else []


def choices(retirement: Retirement) -> list[Payload]:
    """What a voter presses; nothing while no round is open."""
    round_ = open_round(retirement)
    if round_ is None:
        return taking_back(retirement)
    ballot = value(retirement.id, digest_on_ballot(retirement), round_.number)
    return [
        button("Approve", Action.VOTE_APPROVE, ballot, style="primary"),
        button("Reject", Action.VOTE_REJECT, ballot, style="danger"),
        button("Abstain", Action.VOTE_ABSTAIN, ballot),
    ]


def taking_back(retirement: Retirement) -> list[Payload]:
    """What whoever approved presses while nothing may be announced; the card is drawn anew once it is."""
    if not takers_back(retirement) or not is_cooling(retirement):
        return []
    assert retirement.round is not None
    ballot = value(retirement.id, digest_on_ballot(retirement), retirement.round.number)
    return [button("Take my approval back", Action.VOTE_ABSTAIN, ballot)]


def standing_words(retirement: Retirement) -> str:
    """Until when an approval can be taken back, and how long it keeps; empty where it stands as it is."""
    zone, said = zone_of(retirement), []
    if (until := cools_until(retirement)) is not None and is_cooling(retirement):
        said.append(
            f"Nothing is announced before {moment(until, zone)}: whoever approved may take it back until then, "
            "which opens the vote again."
        )
    if (lapses := lapses_at(retirement)) is not None:
        said.append(f"If it is not announced by {weekday(lapses, zone)}, it is voted on anew.")
    return " ".join(said)


def edit(retirement: Retirement) -> list[Payload]:
    """What changes the plan; nothing where none may be changed, as while it is voted whether to call it off."""
    round_ = open_round(retirement)
    # Steps may be refused, long before they are due, until a plan that names newcomers is voted on.
    may_change = (retirement.state, Revised) in TRANSITIONS and not is_going_dark(retirement)
    if round_ is not None:
        # With another plan there is nothing left of a vote on more time: it has dates of its own, and all consumers.
        may_change = round_.purpose is not Purpose.CANCEL
    return [button("Edit plan", Action.PROPOSAL_REVISE, retirement.id)] if may_change else []


def reject_modal(retirement: Retirement, plan_digest: str, round_number: int) -> Payload:
    """A rejection says why. `private_metadata`: retirement, plan_digest, round."""
    round_ = open_round(retirement)
    named = {
        Purpose.CANCEL: "cancelling ",
        Purpose.EXTEND: "more time for ",
        Purpose.OVERRULE: "going on with ",
    }
    what = f"{named.get(round_.purpose, '') if round_ is not None else ''}{retirement.id}"
    return modal(
        "Reject",
        Callback.VOTE_REJECT,
        [
            section(f"You reject *{safe(what)}* (plan `{short(plan_digest)}`). The card shows your comment."),
            prose_field(
                "What would have to change?",
                Action.VOTE_COMMENT,
                placeholder="For example: the successor has no test in our region yet",
                chars_min=retirement.policy.reject_comment_chars if retirement.policy else 1,
            ),
        ],
        metadata={"retirement": retirement.id, "plan_digest": plan_digest, "round": str(round_number)},
        submit="Reject",
    )
