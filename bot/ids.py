"""Every id Slack hands back to us: buttons, inputs, modals. No id is written anywhere else as a literal."""

from __future__ import annotations

from enum import StrEnum

SLASH_COMMAND = "/retire"
HTTP_PATH = "/slack/events"
HOME_OPENED = "app_home_opened"
"""Slack's name of an event that is subscribed to: somebody looks at the app's Home."""
MESSAGE, MESSAGE_IM = "message", "message.im"
"""What somebody writes to the app; as it is subscribed to, that is in direct messages with it."""
FILE_SHARED = "file_shared"
"""A file was shared; subscribed to only where a channel's files are imported."""


class Action(StrEnum):
    """Buttons and selects. A button's value is `RET-n` or `RET-n|consumer id|...`, always read by payloads.py."""

    VOTE_APPROVE = "vote.approve"
    VOTE_REJECT = "vote.reject"
    VOTE_ABSTAIN = "vote.abstain"
    PROPOSAL_REVISE = "proposal.revise"
    PROPOSAL_MODEL = "proposal.model"
    PROPOSAL_MODEL_SEARCH = "proposal.model_search"
    PROPOSAL_ENDPOINTS = "proposal.endpoints"
    PROPOSAL_SUCCESSOR = "proposal.successor"
    PROPOSAL_SUCCESSOR_SEARCH = "proposal.successor_search"
    PROPOSAL_REASON = "proposal.reason"
    PROPOSAL_WHY = "proposal.why"
    PROPOSAL_TARGET = "proposal.target"
    DUTY_ACKNOWLEDGE = "duty.acknowledge"
    DUTY_MIGRATED = "duty.migrated"
    DUTY_MORE_TIME = "duty.more_time"
    DUTY_NOT_MINE = "duty.not_mine"
    DUTY_ACKNOWLEDGE_ALL = "duty.acknowledge_all"
    DUTY_CONTEST = "duty.contest"
    DUTY_TAKE = "duty.take"
    DUTY_SNOOZE = "duty.snooze"
    DUTY_SHOW_ALL = "duty.show_all"
    DUTY_SHOW_TEAM = "duty.show_team"
    DUTY_PAGE = "duty.page"
    CALLER_CLAIM = "caller.claim"
    EXTENSION_GRANT = "extension.grant"
    EXTENSION_REFUSE = "extension.refuse"
    EXTENSION_UNTIL = "extension.until"
    EXTENSION_REASON = "extension.reason"
    MANUAL_REPORT = "manual.report"
    MANUAL_CHECK = "manual.check"
    MANUAL_CONTRADICT = "manual.contradict"
    MANUAL_EVIDENCE = "manual.evidence"
    VOTE_COMMENT = "vote.comment"
    DELEGATION_DECLINE = "delegation.decline"
    HOME_PAGE = "home.page"
    HOME_PROPOSE = "home.propose"
    QUESTION_ASK = "question.ask"
    QUESTION_PROPOSE = "question.propose"
    ANSWER_FEEDBACK = "answer.feedback"


class Callback(StrEnum):
    """Modals. `private_metadata` carries ids only, as JSON."""

    PROPOSAL_SUBMIT = "proposal.submit"
    PROPOSAL_REVISED = "proposal.revised"
    VOTE_REJECT = "vote.reject_submit"
    EXTENSION_ASK = "extension.ask"
    DUTIES = "duty.list"
    MANUAL_REPORT = "manual.report_submit"
