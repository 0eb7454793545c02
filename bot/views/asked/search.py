"""What somebody finds: a line for each, why it was found, where its thread and its archive are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.ids import SLASH_COMMAND
from bot.views import blocks, limits
from bot.views.blocks import Payload, context, link, safe, section
from workflows.rules.wording import counted
from workflows.search.finding import Found, Hit

PAGE = 8
"""Ours: each asks Slack for the address of its thread while somebody waits."""
OTHERS_MAX = 2_000
WHY_MAX = 160
WHY_SHOWN = 3
SAYS = {
    "called": "is called",
    "why": "why it retired",
    "lesson": "a lesson",
    "attested": "attested",
    "about": "described as",
    "artifact": "has",
    "fact": "known of it",
}


def page_of(found: Found, page: int) -> Sequence[Hit]:
    """The last one where there are not so many."""
    last = max(-(-len(found.hits) // PAGE), 1)
    page = min(page, last)
    return found.hits[(page - 1) * PAGE : page * PAGE]


def found(them: Found, text: str, urls: Mapping[str, str], *, page: int = 1) -> Payload:
    """`urls`: of the cards of retirements, by id."""
    total = len(them.hits)
    if not total and not them.others:
        return blocks.message(
            f'Nothing that you may see has "{safe(text, 200)}" in it. `{SLASH_COMMAND} list all` has every retirement, '
            f"`{SLASH_COMMAND} impact` every model."
        )
    head = f'{counted(total, "find")} for "{safe(text, 200)}"'
    rows = [_row(hit, urls) for hit in page_of(them, page)]
    shown = [section(f"*{head}*"), *map(section, limits.spread(rows, at_most=PAGE))] if rows else []
    if them.others:
        others = [f"{safe(name)} ({kind})" for kind, name in them.others]
        shown.append(section(f"*No models:* {limits.joined(others, OTHERS_MAX, between=', ')}"))
    if (pages := -(-total // PAGE)) > 1:
        page = min(page, pages)
        onward = "begins anew" if page == pages else "goes on"
        shown.append(context(f"Page {page} of {pages}: `page:{page % pages + 1}` among the words {onward}"))
    return blocks.message(head, shown)


def _row(hit: Hit, urls: Mapping[str, str]) -> str:
    return " · ".join(_parts(hit, urls))


def _parts(hit: Hit, urls: Mapping[str, str]) -> Iterator[str]:
    state = hit.retirement
    if state is None:
        assert hit.model is not None
        yield f"• *{safe(hit.name)}*, which nobody retires"
    else:
        url = urls.get(state.id, "")
        yield f"• {link(url, state.id) if url else state.id} *{safe(hit.name)}*, {state.state}"
    said = [why(field, text) for field, text in hit.why if field != "name"]
    if said:
        yield safe("; ".join(said[:WHY_SHOWN]), WHY_SHOWN * WHY_MAX)
    if state is not None and state.archived is not None:
        yield f"archive `{safe(state.archived.location, 200)}`, `{SLASH_COMMAND} retention {state.id}`"
    elif hit.model is not None and hit.model.declared_in:
        yield f"in {safe(hit.model.declared_in, 200)}"


def why(field: str, text: str) -> str:
    """What it was found by, in words."""
    return f"{SAYS.get(field, field)}: {limits.clip(' '.join(text.split()), WHY_MAX)}"
