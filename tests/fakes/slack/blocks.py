"""Which blocks does Slack take on which surface, and what is wrong with a list of them?

Types this fake has not learned are refused as unsupported rather than waved through: file, video, card,
carousel, container, plan, task_card, data_table, data_visualization.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.fakes.slack.elements import ID, IN_ACTIONS, IN_INPUT, IN_SECTION, MODAL_ONLY, PICTURE, URL, among
from tests.fakes.slack.shapes import (
    Check,
    Extra,
    Json,
    boolean,
    either,
    fault,
    integer,
    items,
    marked,
    one_of,
    plain,
    shape,
    string,
    variant,
)

MESSAGE_BLOCKS_MAX = 50
VIEW_BLOCKS_MAX = 100
MARKDOWN_CHARS_MAX = 12_000
CLICKABLE = {"actions", "section", "input", "context_actions"}


def _block(required: dict[str, Check], optional: dict[str, Check], *extras: Extra) -> Check:
    return shape({"type": string(1, 50), **required}, {"block_id": ID, **optional}, *extras)


def _says_something(block: dict[str, Json], where: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield fault("must provide text or fields", where)


def _even_rows(block: dict[str, Json], where: str) -> Iterator[str]:
    rows = block.get("rows")
    widths = {len(row) for row in rows if isinstance(row, list)} if isinstance(rows, list) else set()
    if len(widths) > 1:
        yield fault(f"rows have different numbers of cells: {sorted(widths)}", f"{where}/rows")


_INK = {"style": shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))}
_TYPE: dict[str, Check] = {"type": string(1, 50)}
_RICH_LEAF = variant(
    {
        "text": shape({**_TYPE, "text": string(1, 3000)}, _INK),
        "link": shape({**_TYPE, "url": URL}, {**_INK, "text": string(1, 3000), "unsafe": boolean}),
        "user": shape({**_TYPE, "user_id": ID}, _INK),
        "usergroup": shape({**_TYPE, "usergroup_id": ID}, _INK),
        "channel": shape({**_TYPE, "channel_id": ID}, _INK),
        "emoji": shape({**_TYPE, "name": string(1, 100)}, {**_INK, "unicode": string(1, 100)}),
        "broadcast": shape({**_TYPE, "range": one_of("here", "channel", "everyone")}, _INK),
        "date": shape(
            {**_TYPE, "timestamp": integer(0, 10**11), "format": string(1, 100)},
            {**_INK, "url": URL, "fallback": string(1, 300)},
        ),
    },
    "rich text element",
)
_LEAVES = items(_RICH_LEAF, 0, 1000)
_BORDER = {"border": integer(0, 1)}
_RICH_SECTION = shape({"type": one_of("rich_text_section"), "elements": _LEAVES}, {})
RICH_TEXT = _block(
    {
        "elements": items(
            variant(
                {
                    "rich_text_section": _RICH_SECTION,
                    "rich_text_list": shape(
                        {
                            **_TYPE,
                            "style": one_of("bullet", "ordered"),
                            "elements": items(_RICH_SECTION, 1, 500),
                        },
                        {**_BORDER, "indent": integer(0, 8), "offset": integer(0, 10**6)},
                    ),
                    "rich_text_quote": shape({**_TYPE, "elements": _LEAVES}, _BORDER),
                    "rich_text_preformatted": shape({**_TYPE, "elements": _LEAVES}, _BORDER),
                },
                "rich text block",
            ),
            1,
            500,
        )
    },
    {},
)
_CELL = variant({"raw_text": shape({**_TYPE, "text": string(1, 3000)}, {}), "rich_text": RICH_TEXT}, "cell")
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
BLOCKS: dict[str, Check] = {
    "section": _block(
        {},
        {
            "text": either(3000),
            "fields": items(either(2000), 1, 10),
            "accessory": variant(
                {**dict.fromkeys(IN_SECTION, among(IN_SECTION)), "image": PICTURE}, "accessory"
            ),
            "expand": boolean,
        },
        _says_something,
    ),
    "divider": _block({}, {}),
    "header": _block({"text": plain(150)}, {}),
    "image": _block({"alt_text": string(1, 2000), "image_url": URL}, {"title": plain(2000)}),
    "actions": _block({"elements": items(among(IN_ACTIONS), 1, 25)}, {}),
    "context": _block(
        {
            "elements": items(
                variant({"plain_text": plain(2000), "mrkdwn": marked(2000), "image": PICTURE}, "element"),
                1,
                10,
            )
        },
        {},
    ),
    "context_actions": _block({"elements": items(among({"feedback_buttons", "icon_button"}), 1, 5)}, {}),
    "input": _block(
        {"label": plain(2000), "element": among(IN_INPUT)},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "markdown": _block({"text": string(1, MARKDOWN_CHARS_MAX)}, {}),
    "rich_text": RICH_TEXT,
    "table": _block(
        {"rows": items(items(_CELL, 1, 20), 1, 100)},
        {"column_settings": items(_COLUMN, 1, 20)},
        _even_rows,
    ),
    "alert": _block(
        {"text": either(200)}, {"level": one_of("default", "info", "warning", "error", "success")}
    ),
}
SURFACES: dict[str, set[str]] = {
    "message": set(BLOCKS) - {"alert"},
    "modal": set(BLOCKS) - {"markdown", "context_actions", "table"},
    "home": set(BLOCKS) - {"markdown", "context_actions", "alert"},
}


def interactive(block: dict[str, Json]) -> list[dict[str, Json]]:
    """The elements of a block that a person can use."""
    if block.get("type") not in CLICKABLE:
        return []
    elements = block.get("elements")
    found = [*(elements if isinstance(elements, list) else []), block.get("accessory"), block.get("element")]
    return [element for element in found if isinstance(element, dict) and element.get("type") != "image"]


def _repeats(ids: list[Json]) -> list[Json]:
    return sorted({name for name in ids if name is not None and ids.count(name) > 1}, key=str)


def check_blocks(blocks: Json, surface: str, where: str = "/blocks") -> list[str]:
    """Everything Slack would refuse about these blocks on this surface; empty when it would take them."""
    limit = MESSAGE_BLOCKS_MAX if surface == "message" else VIEW_BLOCKS_MAX
    kinds = {kind: BLOCKS[kind] for kind in SURFACES[surface]}
    found = list(items(variant(kinds, f"{surface} block"), 0, limit)(blocks, where))
    known = [b for b in blocks if isinstance(b, dict)] if isinstance(blocks, list) else []
    found += [
        fault(f"block_id is used twice: {name}", where)
        for name in _repeats([b.get("block_id") for b in known])
    ]
    focused = 0
    for index, block in enumerate(known):
        elements = interactive(block)
        found += [
            fault(f"action_id is used twice in one block: {name}", f"{where}/{index}")
            for name in _repeats([element.get("action_id") for element in elements])
        ]
        if surface != "modal":
            found += [
                fault(f"only a modal may hold {element['type']}", f"{where}/{index}")
                for element in elements
                if element.get("type") in MODAL_ONLY
            ]
        focused += sum(element.get("focus_on_load") is True for element in elements)
    if focused > 1:
        found.append(fault("only one element may have focus_on_load", where))
    prose = sum(len(str(b.get("text", ""))) for b in known if b.get("type") == "markdown")
    if prose > MARKDOWN_CHARS_MAX:
        found.append(fault(f"markdown blocks hold {prose} characters together", where))
    return found
