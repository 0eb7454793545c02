"""Which keys may a policy have, what does each mean, and what may it say?"""

from __future__ import annotations

from collections.abc import Mapping

from data.policies.anchors import ANCHORS
from data.policies.brownouts import BROWNOUTS
from data.policies.candidates import CANDIDATES
from data.policies.checks import (
    CHANNEL,
    CLASSES,
    DESCRIBED,
    GROUPS,
    PEOPLE,
    WEEKDAYS,
    channel_or_none,
    days_before,
    place,
    weekdays,
    zone,
)
from data.policies.escalation import LAST
from data.policies.keys import Key
from data.policies.prices import PRICES
from data.policies.review import REVIEW
from data.records.policy import OnExpiry
from data.toml_checks import flag, text, whole, word_of

# Section -> key. What is neither in here nor in a role or tier is unknown.
FIELDS: Mapping[str, Mapping[str, Key]] = {
    "channels": {
        "governance": Key(
            says="where cards, votes, escalations and the digest go; Emeritus must be a member",
            field="governance_channel",
            check=CHANNEL,
        ),
        "restricted": Key(
            says='a private channel for cards of [restricted models](#restricted-models); `""` for none, and none of '
            "them retires",
            field="restricted_channel",
            check=channel_or_none,
        ),
    },
    "rounds": {
        "review_days": Key(
            says="a vote never closes earlier", field="review_days", check=whole(0, 365, "days")
        ),
        "expires_days": Key(
            says="a round without a quorum ends after these, counted from the day its card is in the channel",
            field="round_expires_days",
            check=whole(1, 730, "days"),
        ),
        "on_expiry": Key(
            says="what becomes of such a round: `expire`; `escalate`, once: whose votes are missing and their leads "
            "are told, and it is prolonged; or `approve`, where somebody approved and nobody rejected, never for "
            "tier 1 or an unknown tier",
            field="on_expiry",
            check=word_of(tuple(OnExpiry)),
        ),
        "prolong_days": Key(
            says="by how much `escalate` prolongs it, counted from when they are told",
            field="prolong_days",
            check=whole(1, 365, "days"),
        ),
        "cool_off_hours": Key(
            says="nothing is announced earlier after an approval, and who approved may take it back until then, which "
            "opens the round again; 0 for none",
            field="cool_off_hours",
            check=whole(0, 720, "hours"),
        ),
        "approval_days": Key(
            says="an approved plan that is not announced within these is voted on anew; 0 lets approvals keep",
            field="approval_days",
            check=whole(0, 730, "days"),
        ),
        "reject_comment_chars": Key(
            says="how long at least the comment of a rejection is; 0 lets people reject without one",
            field="reject_comment_chars",
            check=whole(0, 1000, "characters"),
        ),
    },
    "regulated": {
        "notice_days": Key(
            says="how long consumers are warned at least of a model that its catalog says is regulated",
            field="regulated_notice_days",
            check=whole(1, 3650, "days"),
        ),
        "keep_days_min": Key(
            says="how long its archive is kept at least, whatever class an artifact is of; 0 adds nothing",
            field="regulated_keep_days",
            check=whole(0, 36_500, "days"),
        ),
    },
    "holds": {
        "groups": Key(
            says="who may release a [legal hold](#how-long-archives-are-kept), besides placing one: teams of the "
            "catalog; `model.owner` is the model's own",
            field="holds_groups",
            check=GROUPS,
        ),
        "people": Key(says="and these, by their Slack user ids", field="holds_people", check=PEOPLE),
    },
    "grants": {
        "groups": Key(
            says="who lets people [read archives](#reading-an-archive), besides a model's owners: teams of the catalog",
            field="grants_groups",
            check=GROUPS,
        ),
        "people": Key(says="and these, by their Slack user ids", field="grants_people", check=PEOPLE),
        "days_max": Key(
            says="for how many days at most", field="grant_days_max", check=whole(1, 366, "days")
        ),
        "link_minutes": Key(
            says="how long links live", field="grant_link_minutes", check=whole(1, 60, "minutes")
        ),
    },
    "break_glass": {
        "groups": Key(
            says="who may shorten the notice where waiting would do harm, two of them together: teams of the catalog; "
            "`model.owner` is the model's own",
            field="break_glass_groups",
            check=GROUPS,
        ),
        "people": Key(says="and these, by their Slack user ids", field="break_glass_people", check=PEOPLE),
        "notice_days_min": Key(
            says="to how few days at least: the archive is proven on the first, and consumers move until the last",
            field="break_glass_notice_days",
            check=whole(2, 3650, "days"),
        ),
        "review_hours": Key(
            says="the vote on the plan with the earlier dates never closes earlier",
            field="break_glass_review_hours",
            check=whole(1, 8760, "hours"),
        ),
        "zero_traffic_days": Key(
            says="no call for this long before such a switch-off, instead of `[disable] zero_traffic_days`",
            field="break_glass_zero_traffic_days",
            check=whole(0, 3650, "days"),
        ),
        "look_back_days": Key(
            says="how long after the switch-off somebody else has looked back on it",
            field="break_glass_look_back_days",
            check=whole(1, 3650, "days"),
        ),
    },
    "callers": {
        "extension_days": Key(
            says="how much later the dates ahead would be where people vote on more time for callers that were found; "
            "0 holds no such vote",
            field="extension_days",
            check=whole(0, 365, "days"),
        )
    },
    "reminders": {
        "days_before": Key(
            says="when consumers are reminded, before the day they must have moved",
            field="reminder_days",
            check=days_before,
        ),
        "snooze_days": Key(
            says="for how long Snooze keeps reminders away, never past the day an answer is due",
            field="snooze_days",
            check=whole(1, 30, "days"),
        ),
    },
    "delegation": {
        "days_max": Key(
            says="for how many days somebody else may answer at most: `/retire delegate`",
            field="delegate_days_max",
            check=whole(1, 366, "days"),
        )
    },
    "escalation": {
        "acknowledge_days": Key(
            says="from when an owner is asked; then silence is escalated, step by step",
            field="acknowledge_days",
            check=whole(1, 365, "days"),
        ),
        "again_days": Key(
            says="how long a step waits that names these, and after how many the governance channel hears of an "
            "endpoint nobody switches by hand",
            field="escalate_again_days",
            check=whole(1, 365, "days"),
        ),
        "owner_hours": Key(
            says="nobody above hears before the owner had a request for so many of their own working hours",
            field="owner_hours",
            check=whole(0, 80, "hours"),
        ),
        "steps": Key(
            says="whom silence goes to, in which order: [the tree](#whom-silence-goes-to)",
            field="escalation",
            check=lambda _value: "",  # read as a whole by data/policies/escalation.py
        ),
        "on_exhausted": Key(
            says="who hears when no step is left, or a step finds nobody: `channel` or `coordinator`",
            field="on_exhausted",
            check=word_of(LAST),
        ),
    },
    "windows": {
        "days": Key(says="working days: direct messages go on these", field="weekdays", check=weekdays),
        "from_hour": Key(
            says="when the day begins, on the clock of whoever is written to",
            field="from_hour",
            check=whole(0, 23, "hours"),
        ),
        "until_hour": Key(says="when it is over", field="until_hour", check=whole(1, 24, "hours")),
        "holidays": Key(
            says="whose public holidays count for whom no list of accounts names a country: "
            '`"PT"`, `"DE-BY"`, `""` for none',
            field="country",
            check=place,
        ),
        "do_not_disturb": Key(
            says="whether who wants not to be disturbed in Slack is not", field="do_not_disturb", check=flag
        ),
        "hold_days_max": Key(
            says="leave and do-not-disturb hold a message for no longer",
            field="hold_days_max",
            check=whole(0, 60, "days"),
        ),
    },
    "notices": {
        "folder": Key(
            says="where the texts are that people are told, seen from the policy's file: "
            "[in whose words](#in-whose-words)",
            field="texts",
            check=text(r"[^\x00]{1,400}", 'a folder, e.g. "notices"'),
        )
    },
    "archive": {
        "lead_days": Key(
            says="artifacts are copied and proven this long before the switch-off",
            field="archive_lead_days",
            check=whole(2, 3650, "days"),
        ),
        "classes": Key(
            says="what the archive of every model has to have, of "
            "[these classes](../importers/README.md#what-is-kept-of-a-model); what a catalog does not name holds the "
            "archive step until somebody goes without it by name",
            field="archive_classes",
            check=CLASSES,
        ),
        "described": Key(
            says="classes of which nothing is copied: the archive says where it was, as for what has personal data in "
            "it; never weights",
            field="archive_described",
            check=DESCRIBED,
        ),
    },
    "migrate": {
        "lead_days": Key(
            says="consumers must have moved this long before the switch-off",
            field="migrate_lead_days",
            check=whole(0, 3650, "days"),
        )
    },
    "brownouts": BROWNOUTS,
    "disable": {
        "zero_traffic_days": Key(
            says="no call for this long before the switch-off; only days on which it ran count",
            field="zero_traffic_days",
            check=whole(0, 3650, "days"),
        ),
        "dark_window_days": Key(
            says="off, yet restorable at once, before the retirement is closed",
            field="dark_window_days",
            check=whole(1, 3650, "days"),
        ),
        "checks_valid_hours": Key(
            says="how old a [check](../../bot/README.md#checks-of-consumers) of a consumer may be when it is switched "
            "off; 0 runs none, where no tier has `checks_required`",
            field="checks_valid_hours",
            check=whole(0, 720, "hours"),
        ),
    },
    "steps": {
        "hour": Key(says="steps run at this hour of the day", field="step_hour", check=whole(0, 23, "hours")),
        "zone": Key(says="whose hours these are: an IANA time zone", field="zone", check=zone),
        "recheck_hours": Key(
            says="how often a step that is held looks again",
            field="recheck_hours",
            check=whole(1, 168, "hours"),
        ),
    },
    "digest": {
        "weekday": Key(says="the day of the weekly digest", field="digest_weekday", check=word_of(WEEKDAYS)),
        "hour": Key(says="the hour of the weekly digest", field="digest_hour", check=whole(0, 23, "hours")),
    },
    "review": REVIEW,
    "candidates": CANDIDATES,
    "prices": PRICES,
    "anchors": ANCHORS,
}
