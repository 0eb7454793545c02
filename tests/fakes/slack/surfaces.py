"""What is wrong with a whole message, a view or its metadata, and by which error code does Slack say so?

Pure: used by the fake to refuse and by tests/payloads.py to check what the bot builds without sending it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.fakes.slack.blocks import check_blocks
from tests.fakes.slack.shapes import Check, Json, boolean, fault, one_of, plain, shape, string

POST_TEXT_MAX = (
    40_000  # Slack truncates past it; a bot that relies on that loses words, so here it is refused
)
UPDATE_TEXT_MAX = 4_000
# Not documented; github.com/slackapi/bolt-js/issues/2509 measured about 13,200 characters over all blocks.
BLOCK_TEXT_MAX = 13_200
METADATA_BYTES_MAX = 8_000  # the error exists, its figure is unpublished: a careful guess
VIEW_BYTES_MAX = 250_000


class ApiError(Exception):
    """What the Web API answers with ok: false."""

    def __init__(self, code: str, *messages: str, **extra: object) -> None:
        super().__init__(f"{code}: {'; '.join(messages)}" if messages else code)
        self.code = code
        self.messages = list(messages)
        self.extra = extra


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "text" and isinstance(member, str):
                yield member
            else:
                yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def block_text(blocks: Json) -> str:
    """All words of the blocks, one text after the other."""
    return "\n".join(_texts(blocks))


def refuse_message(text: Json, blocks: Json, *, text_max: int) -> None:
    """Raise what Slack would answer to a message of this text and these blocks."""
    if text is not None and not isinstance(text, str):
        raise ApiError("invalid_arguments", fault("must provide a string", "/text"))
    if blocks is not None and not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format", fault("must provide an array", "/blocks"))
    if not (text and text.strip()) and not blocks:
        raise ApiError("no_text")
    if text and len(text) > text_max:
        raise ApiError("msg_too_long", fault(f"{len(text)} characters, at most {text_max}", "/text"))
    if faults := check_blocks(blocks or [], "message"):
        raise ApiError("invalid_blocks", *faults)
    if len(block_text(blocks)) > BLOCK_TEXT_MAX:
        raise ApiError(
            "msg_blocks_too_long", fault(f"{len(block_text(blocks))} characters in all", "/blocks")
        )


def _is_scalar(value: Json) -> bool:
    return isinstance(value, str | int | float | bool)


def _is_flat(value: Json) -> bool:
    return isinstance(value, dict) and all(_is_scalar(member) for member in value.values())


def refuse_metadata(metadata: Json) -> None:
    """Raise what Slack would answer to this metadata: scalars, one-level objects and lists of those."""
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise ApiError("invalid_metadata_format", fault("needs event_type and event_payload", "/metadata"))
    kind, payload = metadata["event_type"], metadata["event_payload"]
    if not isinstance(kind, str) or not kind or len(kind) > 255 or not isinstance(payload, dict):
        raise ApiError(
            "invalid_metadata_format", fault("event_type is text, event_payload a map", "/metadata")
        )
    for key, value in payload.items():
        members = value if isinstance(value, list) else [value]
        if not all(_is_scalar(member) or _is_flat(member) for member in members):
            raise ApiError(
                "invalid_metadata_schema", fault("nested too deep", f"/metadata/event_payload/{key}")
            )
    if len(json.dumps(metadata).encode()) > METADATA_BYTES_MAX:
        raise ApiError("metadata_too_large")


_ANY: Check = lambda _value, _where: iter(())  # noqa: E731
_VIEW = {"private_metadata": string(0, 3000), "callback_id": string(0, 255), "external_id": string(0, 255)}
_VIEWS = {
    "modal": shape(
        {"type": one_of("modal"), "title": plain(24), "blocks": _ANY},
        {
            **_VIEW,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
        },
    ),
    "home": shape({"type": one_of("home"), "blocks": _ANY}, _VIEW),
}


def check_view(view: Json, surface: str) -> list[str]:
    """Everything Slack would refuse about this modal or Home view; empty when it would take it."""
    found = list(_VIEWS[surface](view, "/view"))
    if not isinstance(view, dict):
        return found
    blocks = view.get("blocks")
    found += check_blocks(blocks, surface, "/view/blocks")
    kinds = [b.get("type") for b in blocks if isinstance(b, dict)] if isinstance(blocks, list) else []
    if surface == "modal" and "input" in kinds and "submit" not in view:
        found.append(fault("missing required field: submit, because the view has inputs", "/view"))
    return found


def refuse_view(view: Json, surface: str) -> None:
    """Raise what Slack would answer to this view."""
    if len(json.dumps(view).encode()) > VIEW_BYTES_MAX:
        raise ApiError("view_too_large")
    if faults := check_view(view, surface):
        raise ApiError("invalid_arguments", *faults)
