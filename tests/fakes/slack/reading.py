"""What a bot may read: conversations, their messages and members, people, user groups."""

from __future__ import annotations

import base64
from typing import Any

from tests.fakes.slack.chat import Answer, Args, as_slack_shows
from tests.fakes.slack.shapes import fault
from tests.fakes.slack.surfaces import ApiError
from tests.fakes.slack.workspace import BOT_USER, Channel, Message, User, Workspace


def _flag(args: Args, name: str) -> bool:
    return args.get(name) in (True, 1, "true", "1")


def _number(args: Args, name: str, default: int, high: int) -> int:
    text = str(args.get(name, default))
    if not text.isdigit() or not 1 <= int(text) <= high:
        raise ApiError("invalid_limit", fault(f"must be between 1 and {high}, found {text}", f"/{name}"))
    return int(text)


def _page(args: Args, rows: list[Any], default: int = 100, high: int = 999) -> tuple[list[Any], Answer]:
    """One page and the words that say whether there is another."""
    limit, start = _number(args, "limit", default, high), 0
    if cursor := args.get("cursor"):
        try:
            start = int(base64.b64decode(str(cursor), validate=True).decode().removeprefix("next:"))
        except ValueError as error:
            raise ApiError("invalid_cursor") from error
    more = start + limit < len(rows)
    following = base64.b64encode(f"next:{start + limit}".encode()).decode() if more else ""
    return rows[start : start + limit], {"has_more": more, "response_metadata": {"next_cursor": following}}


def _between(args: Args, found: list[Message]) -> list[Message]:
    oldest, latest = args.get("oldest"), args.get("latest")
    for name, bound in (("oldest", oldest), ("latest", latest)):
        if bound is not None and not str(bound).replace(".", "", 1).isdigit():
            raise ApiError(f"invalid_ts_{name}")
    low, high = float(oldest or 0), float(latest or "inf")
    if _flag(args, "inclusive"):
        return [m for m in found if low <= float(m.ts) <= high]
    return [m for m in found if low < float(m.ts) < high]


def _shown(ws: Workspace, message: Message, args: Args) -> Answer:
    shown = as_slack_shows(message, with_metadata=_flag(args, "include_all_metadata"))
    replies = [m for m in ws.messages[message.channel] if m.thread_ts == message.ts and not m.hidden_for]
    if replies:
        shown |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
    return shown


def history(ws: Workspace, args: Args) -> Answer:
    """conversations.history: newest first, without the replies inside threads."""
    channel = ws.joined_channel(args["channel"])
    visible = [m for m in ws.messages[channel.id] if not m.hidden_for]
    tops = [m for m in visible if m.thread_ts in (None, m.ts) or m.is_broadcast_reply]
    page, more = _page(args, _between(args, tops)[::-1])
    return {"messages": [_shown(ws, message, args) for message in page], **more}


def replies(ws: Workspace, args: Args) -> Answer:
    """conversations.replies: the parent first, then its replies, oldest first."""
    channel = ws.joined_channel(args["channel"])
    visible = [m for m in ws.messages[channel.id] if not m.hidden_for]
    parent = next((m for m in visible if m.ts == args["ts"]), None)
    if parent is None:
        raise ApiError("thread_not_found")
    inside = [m for m in visible if m.thread_ts == parent.ts]
    page, more = _page(args, [parent, *_between(args, inside)], default=1000, high=1000)
    return {"messages": [_shown(ws, message, args) for message in page], **more}


def _room(channel: Channel) -> Answer:
    if channel.is_im:
        other = next(uid for uid in channel.members if uid != BOT_USER)
        return {"id": channel.id, "is_im": True, "user": other, "is_user_deleted": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_member": BOT_USER in channel.members,
    }


def info(ws: Workspace, args: Args) -> Answer:
    """conversations.info"""
    channel = ws.seen_channel(args["channel"])
    counted = {"num_members": len(channel.members)} if _flag(args, "include_num_members") else {}
    return {"channel": {**_room(channel), **counted}}


def members(ws: Workspace, args: Args) -> Answer:
    """conversations.members"""
    page, more = _page(args, ws.seen_channel(args["channel"]).members)
    del more["has_more"]
    return {"members": page, **more}


def open_direct(ws: Workspace, args: Args) -> Answer:
    """conversations.open, for a direct message with one person."""
    if channel_id := args.get("channel"):
        return {"channel": {"id": ws.seen_channel(channel_id).id}}
    named = args.get("users") or []
    wanted = [uid for uid in (named if isinstance(named, list) else str(named).split(",")) if uid]
    if not wanted:
        raise ApiError("users_list_not_supplied")
    if len(wanted) > 1:
        raise ApiError("method_not_supported_for_channel_type", fault("only one person here", "/users"))
    known = set(ws.channels)
    channel = ws.direct_channel(wanted[0])
    already = {"no_op": True, "already_open": True} if channel.id in known else {}
    return {**already, "channel": {"id": channel.id}}


def _person(user: User, scopes: set[str]) -> Answer:
    profile: Answer = {"display_name": user.name, "real_name": user.real_name or user.name}
    if user.email and "users:read.email" in scopes:
        profile["email"] = user.email
    shown: Answer = {"id": user.id, "team_id": user.team_id, "name": user.name, "deleted": user.deleted}
    shown |= {"real_name": profile["real_name"], "profile": profile, "is_bot": user.is_bot}
    if not user.deleted:  # Slack stops telling these once an account is off
        shown |= {"tz": user.tz, "tz_label": user.tz, "tz_offset": user.tz_offset}
        shown |= {"is_restricted": user.is_restricted, "is_ultra_restricted": False}
    return shown


def user_info(ws: Workspace, args: Args) -> Answer:
    """users.info"""
    user = ws.users.get(str(args["user"]))
    if user is None:
        raise ApiError("user_not_found")
    return {"user": _person(user, ws.scopes)}


def user_list(ws: Workspace, args: Args) -> Answer:
    """users.list"""
    page, more = _page(args, list(ws.users.values()))
    return {
        "members": [_person(user, ws.scopes) for user in page],
        "response_metadata": more.get("response_metadata", {"next_cursor": ""}),
    }


def _rest(user: User) -> Answer:
    begins, ends = user.rests or (1, 1)
    return {"dnd_enabled": bool(user.rests), "next_dnd_start_ts": begins, "next_dnd_end_ts": ends}


def rest(ws: Workspace, args: Args) -> Answer:
    """dnd.info: of a snooze Slack tells its owner alone."""
    user = ws.users.get(str(args["user"]))
    if user is None:
        raise ApiError("user_not_found")
    return _rest(user)


def team_rest(ws: Workspace, args: Args) -> Answer:
    """dnd.teamInfo: of up to fifty people, all of them of the workspace."""
    asked = str(args["users"]).split(",")
    if len(asked) > 50:
        raise ApiError("invalid_arguments", fault("at most 50 users", "/users"))
    if not all(one in ws.users for one in asked):
        raise ApiError("user_not_visible")
    return {"users": {one: _rest(ws.users[one]) for one in asked}}


def user_by_email(ws: Workspace, args: Args) -> Answer:
    """users.lookupByEmail: people who left are not found."""
    for user in ws.users.values():
        if user.email and user.email.lower() == str(args["email"]).lower() and not user.deleted:
            return {"user": _person(user, ws.scopes)}
    raise ApiError("users_not_found")


def group_users(ws: Workspace, args: Args) -> Answer:
    """usergroups.users.list"""
    if args["usergroup"] not in ws.usergroups:
        raise ApiError("no_such_subteam")
    return {"users": list(ws.usergroups[args["usergroup"]])}
