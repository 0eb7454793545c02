"""The chart of a digest: retirements by state, on time or slipped; as SVG, as PNG, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from bot.pictures.lettering import fitted
from bot.pictures.letters import Label, letters, outlines
from bot.pictures.png import rendered
from bot.pictures.sizes import MARGIN, WIDTH
from bot.pictures.svg import AMBER, BAND, FAINT, INK, MOSS, PAPER, SOFT, Heading
from workflows.rules.hindsight.by_state import Count
from workflows.rules.hindsight.measures import LOOKS_BACK_DAYS
from workflows.rules.wording import counted

TOP, ROW, BAR, FOOT = 112.0, 52.0, 30.0, 70.0
NAMES, NUMBERS = 150.0, 300.0
"""Room for the states on the left, and for what their bars are made of on the right."""
PART_MIN = 5.0
HATCHED = "url(#slipped)"
HATCH = (
    '<defs><pattern id="slipped" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="8" height="8" fill="{AMBER}"/><rect width="2.5" height="8" fill="{PAPER}"/></pattern></defs>'
)
"""What slipped is told apart by its stripes, too, and by its number."""
ARCHIVED = f"archived: those closed in the last {LOOKS_BACK_DAYS} days"
MEANINGS = (("on time", MOSS), ("slipped", HATCHED), ("not announced yet", PAPER))


def heading(counts: Sequence[Count], *, about: str = "") -> Heading:
    """`about`: the day, and whose retirements they are where not everybody's."""
    total = sum(one.every for one in counts)
    slipped = sum(one.slipped for one in counts)
    said = f"{counted(total, 'retirement')}, {slipped:,} slipped: later than the day first announced"
    return Heading("Retirements by state", f"{about} · {said}" if about else said)


def described(counts: Sequence[Count], *, about: str = "") -> str:
    """All that is drawn, in words; short enough to be an alternative text."""
    head = heading(counts, about=about)
    rows = "; ".join(f"{one.state} {one.every:,}{_in_brackets(one)}" for one in counts)
    return f"{head.title}, {head.subtitle}. {rows}."


def png(counts: Sequence[Count], *, about: str = "") -> bytes:
    return rendered(svg(counts, about=about), described(counts, about=about))


def labels(counts: Sequence[Count], *, about: str = "") -> tuple[Label, ...]:
    """Every text of the chart, set; none reaches into another."""
    head = heading(counts, about=about)
    room = WIDTH - 2 * MARGIN
    found = [
        Label(fitted(head.title, room, 26, is_bold=True), MARGIN, 48, 26, INK),
        Label(fitted(head.subtitle, room, 14), MARGIN, 76, 14, SOFT),
    ]
    for number, one in enumerate(counts):
        baseline = _top(number) + BAR / 2 + 5.5
        name = fitted(one.state, NAMES - 12, 16, is_bold=True)
        found.append(Label(name, MARGIN, baseline, 16, INK if one.every else SOFT))
        told = fitted(_made_of(one), NUMBERS, 14)
        found.append(
            Label(told, MARGIN + NAMES + sum(_widths(one, counts).values()) + 14, baseline, 14, SOFT)
        )
    return (*found, *(label for label, _ in _legend(counts)))


def svg(counts: Sequence[Count], *, about: str = "") -> str:
    set_labels = labels(counts, about=about)
    height = _top(len(counts)) - (ROW - BAR) + FOOT
    body = [
        f'<rect width="{WIDTH:g}" height="{height:g}" fill="{PAPER}"/>',
        *(_bar(number, one, counts) for number, one in enumerate(counts)),
        *(sign for _, sign in _legend(counts)),
        *letters(set_labels),
    ]
    head = heading(counts, about=about)
    view = f'viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" height="{height:g}"'
    words = f"<title>{escape(head.title)}</title><desc>{escape(described(counts, about=about))}</desc>"
    opened = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {view}>{words}{HATCH}{outlines(set_labels)}'
    return "\n".join([opened, *body, "</svg>"]) + "\n"


def _top(number: int) -> float:
    return TOP + number * ROW


def _widths(one: Count, counts: Sequence[Count]) -> dict[str, float]:
    """Filling -> how long that part is: as long as it is many, and never so short that its border alone is left."""
    most = max((count.every for count in counts), default=0)
    room = WIDTH - 2 * MARGIN - NAMES - NUMBERS - 14 - 2 * PART_MIN
    scale = room / most if most else 0.0
    parts = ((one.on_time, MOSS), (one.slipped, HATCHED), (one.undated, PAPER))
    return {fill: max(PART_MIN, many * scale) for many, fill in parts if many}


def _bar(number: int, one: Count, counts: Sequence[Count]) -> str:
    """Its parts beside each other; where there is none, the line it would begin at."""
    x, y = MARGIN + NAMES, _top(number)
    shapes = [f'<rect x="{x - 1:g}" y="{y - 4:g}" width="2" height="{BAR + 8:g}" fill="{BAND}"/>']
    for fill, width in _widths(one, counts).items():
        shapes.append(_box(x, y, width, BAR, fill))
        x += width
    return "".join(shapes)


def _box(x: float, y: float, width: float, height: float, fill: str) -> str:
    stroke = f'stroke="{FAINT}" stroke-dasharray="4 3"' if fill == PAPER else f'stroke="{PAPER}"'
    return (
        f'<rect x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{height:g}" rx="3" fill="{fill}" '
        f'{stroke} stroke-width="1.5"/>'
    )


def _made_of(one: Count) -> str:
    parts = ((one.on_time, "on time"), (one.slipped, "slipped"), (one.undated, "not announced yet"))
    return " · ".join(f"{many:,} {what}" for many, what in parts if many) or "none"


def _in_brackets(one: Count) -> str:
    return f" ({_made_of(one).replace(' · ', ', ')})" if one.every else ""


def _legend(counts: Sequence[Count]) -> Iterator[tuple[Label, str]]:
    """What the fillings mean."""
    x, y = MARGIN, _top(len(counts)) - (ROW - BAR) + FOOT - 32
    for text, fill in MEANINGS:
        label = Label(fitted(text, 200, 12), x + 26, y + 4.3, 12, SOFT)
        yield label, _box(x, y - 8, 18, 14, fill)
        x = label.box[2] + 28
    yield Label(fitted(ARCHIVED, 400, 12), x, y + 4.3, 12, SOFT), ""
