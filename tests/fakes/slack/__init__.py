"""A strict Slack on a loopback port: the Web API, signed requests, Socket Mode, people who press buttons."""

from tests.fakes.slack.at_modals import BadAnswer
from tests.fakes.slack.delivery import BotAnswer, Envelope, into_bolt, sign
from tests.fakes.slack.fake import SCOPES, SlackFake
from tests.fakes.slack.files import DOWNLOAD, File
from tests.fakes.slack.gates import Fault
from tests.fakes.slack.inputs import NotOnScreen
from tests.fakes.slack.workspace import BOT_USER, Channel, OpenView, User

__all__ = [
    "BOT_USER",
    "DOWNLOAD",
    "SCOPES",
    "BadAnswer",
    "BotAnswer",
    "Channel",
    "Envelope",
    "Fault",
    "File",
    "NotOnScreen",
    "OpenView",
    "SlackFake",
    "User",
    "into_bolt",
    "sign",
]
