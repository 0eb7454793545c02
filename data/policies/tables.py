"""Which tables of a policy does each of its roles, audiences and tiers have, and which keys are in them?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from data.policies.checks import CHANNEL_NAME, CLASSES, GROUPS, PEOPLE, TEAM_NAME, tiers
from data.policies.keys import Key
from data.toml_checks import flag, whole, words

ROLE: Mapping[str, Key] = {
    "approvals": Key(says="how many must approve; 1 where it is left out", check=whole(1, 20, "approvals")),
    "groups": Key(
        says="whose members may vote: teams of the catalog, `model.owner` for the model's own, and "
        "[user groups of Slack](#user-groups-of-slack)",
        check=GROUPS,
    ),
    "people": Key(says="who may vote besides: Slack user ids", check=PEOPLE),
    "veto": Key(says="a rejection ends the round; elsewhere it only withholds an approval", check=flag),
    "tiers": Key(
        says="whose models need it; all where it is left out, and of an unknown tier every one", check=tiers
    ),
    "regulated": Key(
        says="whether models under a [regulation](#who-approves) need it; others then only where `tiers` has theirs",
        check=flag,
    ),
}
AUDIENCE: Mapping[str, Key] = {
    "groups": Key(
        says="teams of the catalog that are told in these words, whatever of theirs depends on the model",
        check=words(TEAM_NAME, 'a list of teams of the catalog, e.g. ["crm"]'),
    ),
    "people": Key(
        says="who is told in these words, though nothing of theirs depends on it: Slack user ids",
        check=PEOPLE,
    ),
    "channels": Key(
        says="channels that are told as well; Emeritus must be a member",
        check=words(CHANNEL_NAME, 'a list of channels, e.g. ["#support", "C024BE91L"]'),
    ),
}
TIER: Mapping[str, Key] = {
    "notice_days": Key(
        says="how long consumers of such models are warned before the switch-off",
        check=whole(1, 3650, "days"),
    ),
    "migration_guide": Key(
        says="whether such a model, or its successor, has to name a page that says how to move before it is proposed",
        check=flag,
    ),
    "checks_required": Key(
        says="whether each consumer of such a model has to have a [check](../../bot/README.md#checks-of-consumers)",
        check=flag,
    ),
    "closed_by_two": Key(
        says="whether two people type the name of such a model before its retirement is closed, and cannot be restored",
        check=flag,
    ),
    "brownouts": Key(
        says="whether the switch-off of such a model has [brownouts](#brownouts) before, where a proxy can hold them",
        check=flag,
    ),
    "archive_classes": Key(
        says="what the archive of such a model has to have besides `[archive] classes`", check=CLASSES
    ),
}
ROLE_NAME = re.compile(r"[a-z][a-z0-9 _-]{0,39}")
