"""One call of the Web API: token, scope, arguments, fault, rate, then the method itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qsl

from tests.fakes.slack import chat, reading
from tests.fakes.slack.chat import Answer, Args
from tests.fakes.slack.gates import Faults, Rates
from tests.fakes.slack.modals import Modals
from tests.fakes.slack.shapes import fault
from tests.fakes.slack.surfaces import ApiError
from tests.fakes.slack.workspace import APP_ID, BOT_ID, BOT_USER, TEAM_ID, Workspace

Run = Callable[[Args], Answer]


@dataclass(frozen=True)
class Method:
    """A method of the Web API: what it runs, which arguments it needs and knows, which scope it asks for.

    A scope that ends in ":" is completed by the kind of conversation: channels:, groups: or im:.
    """

    run: Run
    needed: str = ""
    known: str = ""
    scope: str = ""


@dataclass(kw_only=True)
class Call:
    """A call the bot made and what it was told; `happened` says whether it had an effect."""

    method: str
    args: Args
    answer: Answer | None = None
    status: int = 0
    happened: bool = False


@dataclass(kw_only=True)
class Reply:
    """What goes back over the wire; a status of 0 closes the connection without a word."""

    status: int
    body: Answer
    headers: dict[str, str] = field(default_factory=dict)


_CONTENT = "text blocks attachments markdown_text as_user link_names parse"
_FACE = "username icon_emoji icon_url"
_PAGE = "cursor limit"
_SPAN = f"{_PAGE} oldest latest inclusive include_all_metadata"
_PARSED = {"blocks", "view", "metadata", "attachments", "files"}


class WebApi:
    """Every method the fake speaks; others answer unknown_method."""

    def __init__(
        self,
        ws: Workspace,
        modals: Modals,
        *,
        bot_token: str,
        app_token: str,
        rates: Rates | None,
        socket_url: Callable[[], str],
    ) -> None:
        self.ws, self.rates = ws, rates
        self.bot_token, self.app_token = bot_token, app_token
        self.faults = Faults()
        self.calls: list[Call] = []
        post_extra = f"{_CONTENT} {_FACE} thread_ts"
        more = "reply_broadcast unfurl_links unfurl_media mrkdwn metadata client_msg_id"
        self.methods = {
            "auth.test": Method(self._auth_test),
            "assistant.threads.setStatus": Method(
                partial(chat.set_status, ws),
                "channel_id thread_ts status",
                "loading_messages icon_emoji icon_url username",
                "chat:write",
            ),
            "apps.connections.open": Method(lambda _args: {"url": socket_url()}),
            "chat.postMessage": Method(
                partial(chat.post, ws), "channel", f"{post_extra} {more}", "chat:write"
            ),
            "chat.postEphemeral": Method(
                partial(chat.post_ephemeral, ws), "channel user", post_extra, "chat:write"
            ),
            "chat.update": Method(
                partial(chat.update, ws), "channel ts", f"{_CONTENT} metadata reply_broadcast", "chat:write"
            ),
            "chat.delete": Method(partial(chat.delete, ws), "channel ts", "as_user", "chat:write"),
            "chat.getPermalink": Method(partial(chat.permalink, ws), "channel message_ts"),
            "conversations.info": Method(
                partial(reading.info, ws), "channel", "include_locale include_num_members", ":read"
            ),
            "conversations.history": Method(partial(reading.history, ws), "channel", _SPAN, ":history"),
            "conversations.replies": Method(partial(reading.replies, ws), "channel ts", _SPAN, ":history"),
            "conversations.members": Method(partial(reading.members, ws), "channel", _PAGE, ":read"),
            "conversations.open": Method(
                partial(reading.open_direct, ws), "", "users channel return_im", "im:write"
            ),
            "users.info": Method(partial(reading.user_info, ws), "user", "include_locale", "users:read"),
            "users.list": Method(partial(reading.user_list, ws), "", f"{_PAGE} include_locale", "users:read"),
            "dnd.info": Method(partial(reading.rest, ws), "user", "", "dnd:read"),
            "dnd.teamInfo": Method(partial(reading.team_rest, ws), "users", "", "dnd:read"),
            "users.lookupByEmail": Method(
                partial(reading.user_by_email, ws), "email", "", "users:read.email"
            ),
            "usergroups.users.list": Method(
                partial(reading.group_users, ws), "usergroup", "include_disabled team_id", "usergroups:read"
            ),
            "views.open": Method(modals.open, "trigger_id view"),
            "views.push": Method(modals.push, "trigger_id view"),
            "views.update": Method(modals.update, "view", "view_id external_id hash"),
            "views.publish": Method(modals.publish, "user_id view", "hash"),
        }

    def _auth_test(self, _args: Args) -> Answer:
        return {
            "url": "https://example.slack.com/",
            "team": "Example",
            "user": self.ws.users[BOT_USER].name,
            "team_id": TEAM_ID,
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
            "app_id": APP_ID,
            "is_enterprise_install": False,
        }

    def answer(self, name: str, args: Args, token: str | None) -> Reply:
        """Run one call and say what goes back; holds the workspace's lock throughout."""
        with self.ws.lock:
            call = Call(method=name, args=dict(args))
            self.calls.append(call)
            self._let_time_pass()
            try:
                reply = self._run(call, args, token)
            except ApiError as error:
                reply = Reply(status=200, body=self._refusal(error))
            reply.headers.setdefault("x-oauth-scopes", ",".join(sorted(self.ws.scopes)))
            call.answer, call.status = reply.body, reply.status
            self.ws.changed.notify_all()
            return reply

    def _run(self, call: Call, args: Args, token: str | None) -> Reply:
        method = self._method(call.method, token)
        planned = self.faults.take(call.method)
        kind = planned.kind if planned else ""
        if planned and kind == "rate_limited":
            return self._too_many(planned.retry_after)
        if kind.startswith("says:"):
            return Reply(status=200, body=json.loads(kind.removeprefix("says:")))
        if kind == "server_error":
            return Reply(status=500, body={"ok": False, "error": "internal_error"})
        if kind.startswith("error:"):
            raise ApiError(kind.removeprefix("error:"))
        self._check_scope(method, args)
        wait = self.rates.seconds_until_free(call.method, str(args.get("channel"))) if self.rates else 0
        if wait:
            return self._too_many(wait)
        body = {"ok": True, **method.run(self._parsed(method, args))}
        call.happened = True
        body = json.loads(json.dumps(body))
        if planned and kind == "late" and call.method == "chat.postMessage":
            self.ws.message(body["channel"], body["ts"]).hidden_for = planned.hidden_for
        if planned and kind == "late" and call.method == "files.completeUploadExternal":
            self.ws.messages[str(args["channel_id"])][-1].hidden_for = planned.hidden_for
        if kind in {"accepted_then_reset", "late"}:
            return Reply(status=0, body=body)
        return Reply(status=500 if kind == "accepted_then_500" else 200, body=body)

    def _method(self, name: str, token: str | None) -> Method:
        if name not in self.methods:
            raise ApiError("unknown_method", req_method=name)
        if not token:
            raise ApiError("not_authed")
        if token not in (self.bot_token, self.app_token):
            raise ApiError("invalid_auth")
        if (token == self.app_token) != (name == "apps.connections.open"):
            raise ApiError("not_allowed_token_type")
        return self.methods[name]

    def _check_scope(self, method: Method, args: Args) -> None:
        needed = [method.scope] if method.scope else []
        if method.scope.startswith(":"):
            channel = self.ws.channels.get(str(args.get("channel")))
            noun = "channels"
            if channel and (channel.is_private or channel.is_im):
                noun = "im" if channel.is_im else "groups"
            needed = [noun + method.scope]
        if any(args.get(name) for name in _FACE.split()):
            needed.append("chat:write.customize")
        if args.get("include_all_metadata") in (True, 1, "1", "true"):
            needed.append("metadata.message:read")
        for scope in needed:
            if scope not in self.ws.scopes:
                raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(self.ws.scopes)))

    def _parsed(self, method: Method, args: Args) -> Args:
        needed, known = method.needed.split(), method.known.split()
        for name in args:
            if name not in needed and name not in known:
                raise ApiError("invalid_arg_name", fault("unknown argument", f"/{name}"))
        for name in needed:
            if args.get(name) in (None, ""):
                raise ApiError("invalid_arguments", fault(f"missing required field: {name}", "/"))
        if args.get("attachments") or args.get("markdown_text"):
            raise ApiError("invalid_arguments", fault("this fake takes text and blocks only", "/"))
        parsed = {name: value for name, value in args.items() if value is not None}
        for name in _PARSED & set(parsed):
            if isinstance(parsed[name], str):
                try:
                    parsed[name] = json.loads(parsed[name])
                except ValueError as error:
                    code = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
                    raise ApiError(code, fault("is not JSON", f"/{name}")) from error
        return parsed

    def _let_time_pass(self) -> None:
        for messages in self.ws.messages.values():
            for message in messages:
                message.hidden_for = max(0, message.hidden_for - 1)

    @staticmethod
    def _too_many(seconds: int) -> Reply:
        body = {"ok": False, "error": "ratelimited"}
        return Reply(status=429, body=body, headers={"Retry-After": str(seconds)})

    @staticmethod
    def _refusal(error: ApiError) -> Answer:
        more = {"response_metadata": {"messages": error.messages}} if error.messages else {}
        return {"ok": False, "error": error.code, **error.extra, **more}


def parse_args(body: bytes, query: dict[str, str], content_type: str) -> tuple[Args, str | None]:
    """The arguments of a request, and the token if it came as one of them."""
    args: Args = dict(query)
    if "json" in content_type:
        parsed = json.loads(body or b"{}")
        if not isinstance(parsed, dict):
            raise ApiError("invalid_arguments", fault("must provide an object", "/"))
        args |= parsed
    else:
        args |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    token = args.pop("token", None)
    return args, token


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header."""
    found = re.fullmatch(r"Bearer (\S+)", header or "")
    return found[1] if found else None
