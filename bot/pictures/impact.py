"""The picture of a retiring model's neighbourhood: as SVG, as PNG, and in words for whoever cannot see it."""

from __future__ import annotations

from collections import defaultdict

from bot.pictures.layout import NODES_MAX, laid_out
from bot.pictures.lettering import plain
from bot.pictures.png import rendered
from bot.pictures.svg import Heading, drawn
from bot.slack.uploads import ALT_TEXT_MAX
from bot.views import limits
from data.catalog.neighbourhood import FIRST_LAYER, PART_LAYER, Mark, Neighbourhood, Node
from workflows.rules.wording import counted

SUMMARY_MAX = 4_000


def heading(neighbourhood: Neighbourhood, *, about: str = "") -> Heading:
    """`about`: the retirement and the day, where there is one."""
    consumers = neighbourhood.consumers
    model = neighbourhood.nodes[0]
    teams = {node.team for node in consumers if node.team}
    direct = sum(node.layer == FIRST_LAYER for node in consumers)
    said = "nobody is known to depend on it"
    if consumers:
        said = f"{counted(len(consumers), 'consumer')} of {counted(len(teams), 'team')}, {direct:,} directly"
        unowned = sum(Mark.UNOWNED in node.marks for node in consumers)
        said += f"; for {unowned:,} nobody can be reached" if unowned else ""
    return Heading(f"Who depends on {model.name}", f"{f'{about} · ' if about else ''}{said}")


def svg(neighbourhood: Neighbourhood, *, about: str = "") -> str:
    return drawn(laid_out(neighbourhood), heading(neighbourhood, about=about), described(neighbourhood))


def png(neighbourhood: Neighbourhood, *, about: str = "") -> bytes:
    return rendered(svg(neighbourhood, about=about), described(neighbourhood))


def described(neighbourhood: Neighbourhood, *, at_most: int | None = None) -> str:
    """All of it in words, names in full; where it may have `at_most` characters, how many are left out.

    Of what is drawn as teams only the nearest are named: everybody is in the list of all.
    """
    if at_most is None and len(neighbourhood.nodes) > NODES_MAX:
        at_most = SUMMARY_MAX
    head = heading(neighbourhood)
    named = defaultdict(list)
    for node in neighbourhood.nodes[1:]:
        named[_place(node)].append(_told(node))
    lines = [f"{head.title}: {head.subtitle}."]
    room = None if at_most is None else max(60, (at_most - len(lines[0])) // max(1, len(named)) - 2)
    for place, names in named.items():
        listed = ", ".join(names)
        if room is not None:
            few = [limits.clip(name, 80) for name in names]
            listed = limits.joined(few, room - len(place), between=", ")
        lines.append(f"{place}: {listed}.")
    text = " ".join(lines)
    return text if at_most is None else limits.clip(text, at_most)


def alt_text(neighbourhood: Neighbourhood) -> str:
    return described(neighbourhood, at_most=ALT_TEXT_MAX)


def _place(node: Node) -> str:
    if Mark.SUCCESSOR in node.marks:
        return "Successor"
    if node.layer == PART_LAYER:
        return "Served by"
    steps = node.layer - PART_LAYER
    return "Directly" if steps == 1 else f"Over {steps} steps"


def _told(node: Node) -> str:
    return f"{plain(node.name)} ({plain(node.about)})" if node.about else plain(node.name)
