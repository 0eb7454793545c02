"""The chat.* methods: what a bot may post, change and remove, and where."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.shapes import fault
from tests.fakes.slack.surfaces import (
    POST_TEXT_MAX,
    UPDATE_TEXT_MAX,
    ApiError,
    refuse_message,
    refuse_metadata,
)
from tests.fakes.slack.workspace import APP_ID, BOT_ID, BOT_USER, TEAM_ID, Channel, Message, Workspace

Args = dict[str, Any]
Answer = dict[str, Any]


def as_slack_shows(message: Message, *, with_metadata: bool = True) -> Answer:
    """A message in the form the Web API and the interaction payloads use."""
    shown: Answer = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    shown |= {"team": TEAM_ID}
    if message.user == BOT_USER:
        shown |= {"bot_id": BOT_ID, "app_id": APP_ID}
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.files:
        shown |= {"files": message.files, "upload": False}
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.client_msg_id:
        shown["client_msg_id"] = message.client_msg_id
    if message.edits:
        shown["edited"] = {"user": message.user, "ts": message.ts}
    if message.metadata and with_metadata:
        shown["metadata"] = message.metadata
    return shown


def _truthy(value: object) -> bool:
    return value in (True, 1, "true", "1")


def _spell_out_broadcasts(args: Args) -> None:
    """`link_names` and parse=full turn a bare @channel into a notification: accepted, but made visible."""
    if args.get("parse") == "full" or _truthy(args.get("link_names")):
        text = str(args.get("text", ""))
        for word in ("channel", "here", "everyone"):
            text = text.replace(f"@{word}", f"<!{word}>")
        args["text"] = text


def _thread_parent(ws: Workspace, channel: Channel, args: Args) -> str | None:
    thread_ts = args.get("thread_ts")
    if thread_ts is None:
        if _truthy(args.get("reply_broadcast")):
            raise ApiError("invalid_arguments", fault("needs thread_ts", "/reply_broadcast"))
        return None
    parent = next((m for m in ws.messages[channel.id] if m.ts == thread_ts), None)
    if parent is None or parent.thread_ts not in (None, parent.ts):
        raise ApiError("cannot_reply_to_message", fault(f"no thread starts at {thread_ts}", "/thread_ts"))
    return str(thread_ts)


def _content(ws: Workspace, args: Args, text_max: int) -> tuple[str, list[dict[str, Any]]]:
    refuse_message(args.get("text"), args.get("blocks"), text_max=text_max)
    return args.get("text") or "", ws.stored_blocks(args.get("blocks"))


def _writable(ws: Workspace, channel_id: str) -> Channel:
    if channel_id[:1] in {"U", "W"}:
        try:
            return ws.direct_channel(channel_id)
        except ApiError as error:
            code = "channel_not_found" if error.code == "user_not_found" else error.code
            raise ApiError(code) from error
    channel = ws.seen_channel(channel_id)
    if BOT_USER not in channel.members and (channel.is_private or "chat:write.public" not in ws.scopes):
        raise ApiError("not_in_channel")
    if channel.is_archived:
        raise ApiError("is_archived")
    if channel.is_im:
        other = next(uid for uid in channel.members if uid != BOT_USER)
        ws.direct_channel(other)
    return channel


def post(ws: Workspace, args: Args) -> Answer:
    """chat.postMessage"""
    channel = _writable(ws, str(args["channel"]))
    _spell_out_broadcasts(args)
    if args.get("metadata") is not None:
        refuse_metadata(args["metadata"])
    thread_ts = _thread_parent(ws, channel, args)
    text, blocks = _content(ws, args, POST_TEXT_MAX)
    message = Message(
        channel=channel.id,
        ts=ws.new_ts(),
        user=BOT_USER,
        text=text,
        blocks=blocks,
        metadata=args.get("metadata"),
        thread_ts=thread_ts,
        client_msg_id=args.get("client_msg_id"),
        is_broadcast_reply=_truthy(args.get("reply_broadcast")),
    )
    ws.store(message)
    ws.statuses.pop((channel.id, str(thread_ts)), None)
    return {"channel": channel.id, "ts": message.ts, "message": as_slack_shows(message)}


def set_status(ws: Workspace, args: Args) -> Answer:
    """assistant.threads.setStatus: shown in a thread until the app posts there."""
    channel = _writable(ws, str(args["channel_id"]))
    if _thread_parent(ws, channel, args) is not None:
        ws.statuses[channel.id, str(args["thread_ts"])] = str(args["status"])
    return {}


def post_ephemeral(ws: Workspace, args: Args) -> Answer:
    """chat.postEphemeral: seen by one member, kept nowhere."""
    channel = _writable(ws, str(args["channel"]))
    if args["user"] not in channel.members:
        raise ApiError("user_not_in_channel")
    thread_ts = _thread_parent(ws, channel, args)
    text, blocks = _content(ws, args, POST_TEXT_MAX)
    message = Message(
        channel=channel.id,
        ts=ws.new_ts(),
        user=BOT_USER,
        text=text,
        blocks=blocks,
        thread_ts=thread_ts,
        ephemeral_to=args["user"],
    )
    ws.store(message)
    return {"message_ts": message.ts}


def _own(ws: Workspace, args: Args, refusal: str) -> Message:
    message = ws.message(ws.joined_channel(args["channel"]).id, args["ts"])
    if message.user != BOT_USER:
        raise ApiError(refusal)
    return message


def update(ws: Workspace, args: Args) -> Answer:
    """chat.update: text alone removes the blocks, blocks alone keep the text, metadata left out is kept."""
    message = _own(ws, args, "cant_update_message")
    _spell_out_broadcasts(args)
    if metadata := args.get("metadata"):
        refuse_metadata(metadata)
    text, blocks = _content(ws, args, UPDATE_TEXT_MAX)
    if "metadata" in args:
        message.metadata = metadata or None
    ws.edit(message, text or message.text, blocks)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": as_slack_shows(message),
    }


def delete(ws: Workspace, args: Args) -> Answer:
    """chat.delete"""
    message = _own(ws, args, "cant_delete_message")
    ws.messages[message.channel].remove(message)
    return {"channel": message.channel, "ts": message.ts}


def permalink(ws: Workspace, args: Args) -> Answer:
    """chat.getPermalink"""
    message = ws.message(ws.seen_channel(args["channel"]).id, args["message_ts"])
    link = f"https://example.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return {"channel": message.channel, "permalink": link}
