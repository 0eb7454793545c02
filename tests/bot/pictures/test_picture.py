"""A picture for people: no label covers another, small print is read, and what matters is seen without colours.

Boxes are measured with the metrics of the fonts, and what is measured is compared with the pixels that are drawn.
"""

from __future__ import annotations

import io
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, ImageChops, ImageDraw

from bot.pictures.impact import alt_text, described, heading, png, svg
from bot.pictures.layout import NODES_MAX, Layout, laid_out
from bot.pictures.lettering import plain
from bot.pictures.letters import Label, letters, outlines
from bot.pictures.png import ZOOM, rendered
from bot.pictures.sizes import WIDTH
from bot.pictures.svg import NO_LETTER, labels
from bot.slack.uploads import ALT_TEXT_MAX
from data.catalog.neighbourhood import Mark, Neighbourhood
from tests.bot.pictures.graphs import HOSTILE, a_neighbourhood

SIZES = (3, 30, pytest.param(300, marks=pytest.mark.long), 3_000)
INK_PIXELS = 1.5
"""An outline is smoothed over its edge, and a mark may reach a little over its line."""


def set_of(shown: Neighbourhood) -> tuple[Layout, tuple[Label, ...]]:
    layout = laid_out(shown)
    return layout, labels(layout, heading(shown))


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("count", SIZES)
def test_no_two_labels_overlap_none_is_smaller_than_nine_pixels_and_all_are_inside(count):
    layout, found = set_of(a_neighbourhood(count))
    for (left, top, right, bottom), (left2, top2, right2, bottom2) in combinations(
        [one.box for one in found], 2
    ):
        assert right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top
    assert min(one.size for one in found) >= 9
    assert all(one.box[0] >= 0 and one.box[2] <= WIDTH for one in found)
    assert all(one.box[1] >= 0 and one.box[3] <= layout.height for one in found)


@pytest.mark.parametrize("count", SIZES)
def test_every_label_stays_inside_its_chip(count):
    layout, found = set_of(a_neighbourhood(count))
    chips = [chip for band in layout.bands for chip in band.chips]
    inside = 0
    for chip in chips:
        own = [
            one
            for one in found
            if chip.x <= one.x < chip.x + chip.width and chip.y <= one.baseline < chip.y + chip.height
        ]
        inside += len(own)
        assert own
        assert all(
            one.box[2] <= chip.x + chip.width and one.box[3] <= chip.y + chip.height + 1 for one in own
        )
    assert inside >= len(chips)


@pytest.mark.parametrize("count", SIZES[:3])
def test_the_letters_that_are_drawn_are_where_they_were_measured(count):
    """Letters alone, black on white: outside of their boxes there is nothing, inside of each there is something."""
    layout, found = set_of(a_neighbourhood(count))
    view = f'viewBox="0 0 {WIDTH:g} {layout.height:g}" width="{WIDTH:g}" height="{layout.height:g}"'
    black = tuple(one._replace(colour="#000000") for one in found)
    alone = f'<svg xmlns="http://www.w3.org/2000/svg" {view}>{outlines(black)}{"".join(letters(black))}</svg>'
    ink = opened(rendered(alone, "")).getchannel("A")
    for one in found:
        left, top, right, bottom = (edge * ZOOM for edge in one.box)
        assert ink.crop((int(left), int(top), int(right) + 1, int(bottom) + 1)).getbbox(), one.setting.text
    drawing = ImageDraw.Draw(ink)
    for one in found:
        left, top, right, bottom = (edge * ZOOM for edge in one.box)
        drawing.rectangle(
            (left - INK_PIXELS, top - INK_PIXELS, right + INK_PIXELS, bottom + INK_PIXELS), fill=0
        )
    assert ink.getbbox() is None


@pytest.mark.parametrize("count", [*SIZES[:3], pytest.param(3_000, marks=pytest.mark.long)])
def test_the_png_is_sharp_complete_and_says_in_words_what_it_shows(count):
    shown = a_neighbourhood(count)
    image = opened(png(shown, about="RET-7"))
    assert image.format == "PNG"
    assert image.size == (int(WIDTH * ZOOM), round(laid_out(shown).height * ZOOM))
    assert image.info["Description"] == described(shown)
    white = Image.new("RGB", image.size, "#ffffff")
    box = ImageChops.difference(image.convert("RGB"), white).getbbox()
    assert box is not None
    assert box[2] > image.width * 0.9
    assert box[3] > image.height * 0.9


def test_the_model_its_successor_and_what_nobody_answers_for_are_told_apart_in_grey():
    """By words and by outlines: a double one, a thick one, a dashed one."""
    shown = a_neighbourhood(30)
    texts = [one.setting.text for one in set_of(shown)[1]]
    assert {"RETIRES", "SUCCESSOR", "nobody answers for it"} <= set(texts)
    assert {"nobody can be reached for it", "seen calling, declared nowhere"} <= set(texts)
    drawn = groups(svg(shown))
    dashed = {name for name, inside in drawn.items() if "stroke-dasharray" in inside}
    unowned = {f"{node.name} ({node.id}): {node.about}" for node in shown.nodes if Mark.UNOWNED in node.marks}
    assert {plain(name) for name in unowned} == dashed
    assert len(dashed) == 2
    assert drawn["churn-v1 (model:churn)"].count("<ns0:rect") == 2


def groups(document: str) -> dict[str, str]:
    """What is told of each chip -> how it is drawn."""
    root = ET.fromstring(document)
    return {
        group.attrib["aria-label"]: ET.tostring(group, encoding="unicode")
        for group in root.iter("{http://www.w3.org/2000/svg}g")
        if "aria-label" in group.attrib
    }


@pytest.mark.parametrize("count", [30, 300])
def test_every_node_is_a_chip_with_its_whole_name_and_every_edge_is_drawn(count):
    shown = a_neighbourhood(count)
    document = svg(shown)
    assert len(groups(document)) == len(shown.nodes)
    assert any("W" * 400 in told for told in groups(document))
    ways = [path for path in ET.fromstring(document).iter() if path.get("class") == "dependency"]
    assert len(ways) == len(shown.links)
    assert sum("stroke-dasharray" in path.attrib for path in ways) == sum(
        link.is_seen for link in shown.links
    )


def test_no_name_becomes_a_part_of_the_document():
    root = ET.fromstring(svg(a_neighbourhood(30)))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags == {"svg", "title", "desc", "defs", "path", "rect", "g", "circle", "use", "clipPath"}


def test_above_three_hundred_nodes_each_layer_counts_its_teams():
    shown = a_neighbourhood(3_000)
    layout = laid_out(shown)
    assert layout.is_summary
    counts = [
        int(chip.node.about.split()[0].replace(",", "")) for band in layout.bands[2:] for chip in band.chips
    ]
    assert sum(counts) == len(shown.consumers)
    assert (
        layout.bands[2].title == f"Depend on it directly · {sum(node.layer == 2 for node in shown.nodes):,}"
    )
    assert len(layout.flows) == len(layout.bands) - 1
    assert sum(flow.dependencies for flow in layout.flows) <= len(shown.links)
    assert layout.flows[1].dependencies == sum(link.to_id.startswith("endpoint:") for link in shown.links)
    assert not laid_out(a_neighbourhood(NODES_MAX)).is_summary


def test_many_teams_are_the_largest_and_how_many_more():
    shown = a_neighbourhood(3_000)
    crowd = Neighbourhood(
        nodes=tuple(
            node
            if node.layer < 2
            else type(node)(id=node.id, name=node.name, layer=2, team=f"team {node.id}")
            for node in shown.nodes
        ),
        links=(),
    )
    (band,) = laid_out(crowd).bands[2:]
    assert len(band.chips) == 24
    assert band.chips[-1].node.name == f"{len(crowd.consumers) - 23:,} more teams"


@pytest.mark.parametrize("count", SIZES)
def test_the_words_for_who_cannot_see_it_fit_and_end_in_no_name_torn(count):
    told = alt_text(a_neighbourhood(count))
    assert len(told) <= ALT_TEXT_MAX
    assert told.startswith("Who depends on churn-v1: ")
    assert "billing-etl" in told


def test_a_model_nobody_depends_on_is_drawn_alone():
    shown = a_neighbourhood(30, names=HOSTILE)
    alone = Neighbourhood(nodes=shown.nodes[:1], links=())
    assert [band.title for band in laid_out(alone).bands] == ["What retires"]
    assert alt_text(alone) == "Who depends on churn-v1: nobody is known to depend on it."
    assert opened(png(alone)).width == 2400


def test_the_same_neighbourhood_gives_the_same_picture():
    assert png(a_neighbourhood(30)) == png(a_neighbourhood(30))


@pytest.mark.parametrize(
    ("name", "is_said"), [("billing-etl", False), ("\U000130c0 scribe", True)], ids=["all", "some"]
)
def test_letters_that_no_font_has_are_boxes_and_the_picture_says_what_they_are(name, is_said):
    texts = [one.setting.text for one in set_of(a_neighbourhood(3, names=(name,)))[1]]
    assert (NO_LETTER in texts) is is_said
