"""A laid-out neighbourhood as SVG: bands, edges, chips, and letters as outlines. Nothing is told by colour alone."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from bot.pictures.layout import Band, Flow, Layout
from bot.pictures.lettering import fitted, plain, unknown
from bot.pictures.letters import ASCENT, DESCENT, Label, letters, outlines
from bot.pictures.placing import Chip, Route
from bot.pictures.sizes import MARGIN, PADDING, ROOMY, TIP, TITLE_SIZE, WIDTH
from data.catalog.neighbourhood import MODEL_LAYER, Mark
from workflows.rules.wording import counted

INK, SOFT, FAINT, PAPER, BAND = "#2b2333", "#655c70", "#cfc8d8", "#ffffff", "#f5f2f8"
AUBERGINE, MOSS, AMBER, LINE = "#3b2f4a", "#1f6f4a", "#9a5b00", "#8d7fa3"
TEAMS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#7a5195", "#5f6b2f")
"""Told apart also by who does not tell all colours apart (Okabe and Ito, 2008), two of ours added."""
CORNER = 6.0
NO_LETTER = "a letter no font here has: emeritus[cjk] adds those of Chinese, Japanese and Korean"
BADGES = {Mark.RETIRES: "RETIRES", Mark.SUCCESSOR: "SUCCESSOR"}


class Heading(NamedTuple):
    title: str
    subtitle: str


def labels(layout: Layout, heading: Heading) -> tuple[Label, ...]:
    """Every text of the picture, set; none reaches into another."""
    room = WIDTH - 2 * MARGIN
    found = [
        Label(fitted(heading.title, room, 26, is_bold=True), MARGIN, 48, 26, INK),
        Label(fitted(heading.subtitle, room, 14), MARGIN, 76, 14, SOFT),
    ]
    for band in layout.bands:
        x = MARGIN + PADDING
        title = fitted(band.title, room - 2 * PADDING, TITLE_SIZE, is_bold=True)
        found.append(Label(title, x, band.y + 23, TITLE_SIZE, SOFT))
        for chip in band.chips:
            found += _chip_labels(chip, layout)
    found += [_flow_label(flow) for flow in layout.flows]
    return (*found, *(label for label, _ in _legend(layout)))


def _chip_labels(chip: Chip, layout: Layout) -> Iterator[Label]:
    marks = chip.node.marks
    size = ROOMY if chip.node.layer == MODEL_LAYER else layout.size
    is_dark = Mark.RETIRES in marks
    left = chip.x + (34 if _has_sign(chip) else 16)
    room = chip.x + chip.width - 10 - left
    badge = next((BADGES[mark] for mark in BADGES if mark in marks), "")
    about = badge or chip.node.about or chip.node.team
    colour = PAPER if is_dark else INK
    name = fitted(chip.node.name, room, size.name, is_bold=bool(badge))
    middle = chip.y + chip.height / 2
    if not about:
        yield Label(name, left, middle + 0.36 * size.name, size.name, colour)
        return
    line = ASCENT + DESCENT
    top = middle - line * (size.name + size.about) / 2
    yield Label(name, left, top + ASCENT * size.name, size.name, colour)
    soft = FAINT if is_dark else MOSS if badge else AMBER if Mark.UNOWNED in marks else SOFT
    below = fitted(about, room, size.about, is_bold=bool(badge))
    yield Label(below, left, top + line * size.name + ASCENT * size.about, size.about, soft)


def _has_sign(chip: Chip) -> bool:
    return bool(chip.node.marks & {Mark.UNOWNED, Mark.ONLY_SEEN, Mark.UNSEEN})


def drawn(layout: Layout, heading: Heading, description: str) -> str:
    """The whole picture as one SVG document, with every name in full for who hovers or listens."""
    set_labels = labels(layout, heading)
    chips = {chip.node.id: chip for band in layout.bands for chip in band.chips}
    body = [
        f'<rect width="{WIDTH:g}" height="{layout.height:g}" fill="{PAPER}"/>',
        *map(_band, layout.bands),
        *_edges(layout),
        *(_behind(label) for label in set_labels if label.size == TITLE_SIZE),
        *(_chip(chip, layout) for chip in chips.values()),
        *(sign for _, sign in _legend(layout)),
        *letters(set_labels),
    ]
    view = f'viewBox="0 0 {WIDTH:g} {layout.height:g}" width="{WIDTH:g}" height="{layout.height:g}"'
    title = f"<title>{_xml(heading.title)}</title><desc>{_xml(description)}</desc>"
    opened = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {view}>{title}{outlines(set_labels)}'
    return "\n".join([opened, *body, "</svg>"]) + "\n"


def _xml(text: str) -> str:
    return escape(plain(text))


def _band(band: Band) -> str:
    return (
        f'<rect x="{MARGIN:g}" y="{band.y:g}" width="{WIDTH - 2 * MARGIN:g}" height="{band.height:g}" '
        f'rx="14" fill="{BAND}"/>'
    )


def _behind(label: Label) -> str:
    """Edges pass behind a band's title, not through it."""
    left, top, right, bottom = label.box
    return (
        f'<rect x="{left - 5:g}" y="{top:g}" width="{right - left + 10:g}" height="{bottom - top:g}" rx="5" '
        f'fill="{BAND}"/>'
    )


def _edges(layout: Layout) -> Iterator[str]:
    """Every dependency as its own line, with one tip for all that lead to the same side of a chip."""
    tips: dict[tuple[float, float], tuple[float, float]] = {}
    for route in layout.routes:
        dashed = ' stroke-dasharray="2 5" stroke-linecap="round"' if route.link.is_seen else ""
        yield f'<path class="dependency" d="{_rounded(route)}" fill="none" stroke="{LINE}" stroke-width="1.4"{dashed}/>'
        tips[route.points[-1]] = route.points[-2]
    for (x, y), (_, from_y) in tips.items():
        back = TIP if from_y > y else -TIP
        at = y + back / 8
        yield f'<path d="M{x - 4:g} {y + back:g}L{x:g} {at:g}L{x + 4:g} {y + back:g}Z" fill="{LINE}"/>'
    yield from map(_flow, layout.flows)
    (model, *after) = layout.bands[0].chips
    for successor in after:
        yield _succession(model, successor)


def _rounded(route: Route) -> str:
    """Its corners are round, by no more than half of the shorter stretch."""
    x, y = route.points[0]
    drawn = [f"M{x:.1f} {y:.1f}"]
    turns = [*dict.fromkeys(route.points)]
    for before, at, after in zip(turns, turns[1:], turns[2:], strict=False):
        radius = min(CORNER, _length(before, at) / 2, _length(at, after) / 2)
        (x, y), (to_x, to_y) = _toward(at, before, radius), _toward(at, after, radius)
        drawn.append(f"L{x:.1f} {y:.1f}Q{at[0]:.1f} {at[1]:.1f} {to_x:.1f} {to_y:.1f}")
    x, y = turns[-1]
    return "".join([*drawn, f"L{x:.1f} {y:.1f}"])


def _length(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _toward(start: tuple[float, float], end: tuple[float, float], by: float) -> tuple[float, float]:
    length = _length(start, end)
    return (
        start[0] + (end[0] - start[0]) * by / length,
        start[1] + (end[1] - start[1]) * by / length,
    )


def _flow(flow: Flow) -> str:
    """The thicker the more dependencies: a line and a half for ten times as many."""
    x, width = WIDTH / 2, 2 + 2 * log10(max(1, flow.dependencies))
    tip = f"M{x - 9:g} {flow.top + 12:g}L{x:g} {flow.top + 1:g}L{x + 9:g} {flow.top + 12:g}Z"
    line = f'<path d="M{x:g} {flow.bottom:g}V{flow.top + 10:g}" stroke="{LINE}" stroke-width="{width:.1f}"/>'
    return f'{line}<path d="{tip}" fill="{LINE}"/>'


def _flow_label(flow: Flow) -> Label:
    text = counted(flow.dependencies, "dependency", "dependencies")
    return Label(fitted(text, 300, 12), WIDTH / 2 + 18, (flow.top + flow.bottom) / 2 + 5, 12, SOFT)


def _succession(model: Chip, successor: Chip) -> str:
    y, x, to_x = model.y + model.height / 2, model.x + model.width, successor.x - 3
    return (
        f'<path d="M{x:g} {y:g}H{to_x - 4:g}" stroke="{MOSS}" stroke-width="3" fill="none"/>'
        f'<path d="M{to_x - 9:g} {y - 6:g}L{to_x:g} {y:g}L{to_x - 9:g} {y + 6:g}Z" fill="{MOSS}"/>'
    )


def _chip(chip: Chip, layout: Layout) -> str:
    node, marks = chip.node, chip.node.marks
    fill, stroke, width, dashes = PAPER, FAINT, 1.0, ""
    if Mark.RETIRES in marks:
        fill, stroke = AUBERGINE, AUBERGINE
    elif Mark.SUCCESSOR in marks:
        stroke, width = MOSS, 2.5
    elif Mark.UNOWNED in marks:
        stroke, width, dashes = AMBER, 1.6, ' stroke-dasharray="6 4"'
    elif Mark.PART in marks:
        stroke, width = AUBERGINE, 1.4
    told = f"{node.name} ({node.id})" + (f": {node.about}" if node.about else "")
    box = f'x="{chip.x:g}" y="{chip.y:g}" width="{chip.width:g}" height="{chip.height:g}" rx="8"'
    shapes = [f'<rect {box} fill="{fill}" stroke="{stroke}" stroke-width="{width:g}"{dashes}/>']
    if Mark.RETIRES in marks:
        inner = f'x="{chip.x + 3.5:g}" y="{chip.y + 3.5:g}" width="{chip.width - 7:g}" height="{chip.height - 7:g}"'
        shapes.append(f'<rect {inner} rx="5" fill="none" stroke="{PAPER}" stroke-width="1.2"/>')
    if node.team:
        tall = chip.height - 16
        shapes.append(
            f'<rect x="{chip.x + 6:g}" y="{chip.y + 8:g}" width="3.5" height="{tall:g}" rx="1.75" '
            f'fill="{_team_colour(node.team, layout)}"/>'
        )
    if _has_sign(chip):
        shapes.append(_sign(next(iter(sorted(marks - {Mark.PART}))), chip.x + 20, chip.y + chip.height / 2))
    label = quoteattr(plain(told))
    return f'<g role="img" aria-label={label}><title>{_xml(told)}</title>{"".join(shapes)}</g>'


def _team_colour(team: str, layout: Layout) -> str:
    number = layout.teams.index(team)
    return TEAMS[number] if number < len(TEAMS) else FAINT


def _sign(mark: Mark, x: float, y: float) -> str:
    """A question mark for whom nobody answers, an eye for what only was seen, a stroke for what left."""
    ring = f'<circle cx="{x:g}" cy="{y:g}" r="7" fill="{PAPER}" stroke="{AMBER}" stroke-width="1.5"/>'
    if mark is Mark.UNOWNED:
        dot = f'<circle cx="{x:g}" cy="{y + 4:g}" r="1.1" fill="{AMBER}"/>'
        hook = f"M{x - 2.4:g} {y - 2:g}a2.4 2.4 0 1 1 3.6 2.1q-1.2 .7 -1.2 1.6"
        return f'{ring}<path d="{hook}" fill="none" stroke="{AMBER}" stroke-width="1.5"/>{dot}'
    if mark is Mark.ONLY_SEEN:
        return f'{ring}<circle cx="{x:g}" cy="{y:g}" r="2.6" fill="{AMBER}"/>'
    return f'{ring}<path d="M{x - 4:g} {y:g}h8" stroke="{AMBER}" stroke-width="1.8"/>'


def _legend(layout: Layout) -> Iterator[tuple[Label, str]]:
    """What the signs mean, of those that are there."""
    there = {mark for band in layout.bands for chip in band.chips for mark in chip.node.marks}
    texts = {
        Mark.UNOWNED: "nobody can be reached for it",
        Mark.ONLY_SEEN: "seen calling, declared nowhere",
        Mark.UNSEEN: "not in the catalog any more",
    }
    x, y = MARGIN + 8, layout.height - 34
    for mark, text in texts.items():
        if mark in there:
            label = Label(fitted(text, 300, 12), x + 14, y + 4.3, 12, SOFT)
            yield label, _sign(mark, x, y)
            x = label.box[2] + 30
    arrow = f'<path d="M{x:g} {y + 7:g}V{y - 5:g}" stroke="{LINE}" stroke-width="1.6"/>'
    tip = f'<path d="M{x - 4:g} {y - 2:g}L{x:g} {y - 9:g}L{x + 4:g} {y - 2:g}Z" fill="{LINE}"/>'
    text = "depends on; joined lines lead to the same; dotted: only calls say so; stripe: team"
    if layout.is_summary:
        text = "depends on, thicker where many do; the file of all of them has each"
    label = Label(fitted(text, WIDTH - MARGIN - x - 14, 12), x + 14, y + 4.3, 12, SOFT)
    yield label, arrow + tip
    if any(unknown(chip.node.name) for band in layout.bands for chip in band.chips):
        x = MARGIN + 8
        box = f'<rect x="{x - 4:g}" y="{y + 14:g}" width="8" height="11" fill="none" stroke="{SOFT}"/>'
        yield Label(fitted(NO_LETTER, WIDTH - MARGIN - x - 14, 12), x + 14, y + 24, 12, SOFT), box
