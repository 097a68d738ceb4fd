"""Charts are true to their numbers, readable without colour, and safe to put on a page."""

import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from engagements.reports.charts import Bar, Columns, Drawing, Row, bars, columns, funnel, png, stacked, svg
from engagements.reports.charts.drawing import WIDTH, Side

SVG = "{http://www.w3.org/2000/svg}"


def three_bars(**values: bool) -> Drawing:
    rows = [Bar("Nursing", 40, "40"), Bar("Water & <soil>", 10, "10"), Bar("Law", None, "not shown")]
    return bars("By field", "Nursing: 40; Water: 10", rows, **values)


def test_bars_are_as_long_as_the_numbers_that_are_shown() -> None:
    drawing = three_bars()
    assert [box.width for box in drawing.boxes] == [WIDTH, WIDTH / 4]  # nothing for the number that is left out
    assert "not shown" in [text.words for text in drawing.texts]


def test_a_small_number_above_zero_can_be_seen() -> None:
    drawing = bars("Few", "", [Bar("Many", 10_000, "10,000"), Bar("One", 1, "1"), Bar("None", 0, "0")])
    assert [box.width for box in drawing.boxes] == [WIDTH, 2.0]


def test_svg_names_itself_and_says_its_numbers() -> None:
    root = ET.fromstring(svg(three_bars(), name="field"))
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "field-title field-desc"
    assert [root.find(f"{SVG}{tag}").text for tag in ("title", "desc")] == ["By field", "Nursing: 40; Water: 10"]
    assert "Water & <soil>" in [text.text for text in root.iter(f"{SVG}text")]


def test_svg_escapes_what_somebody_typed() -> None:
    written = svg(bars('"><script>', "</desc><script>", [Bar("<b>", 1, "&")]), name="x")
    assert "<script>" not in written
    assert "<b>" not in written


def test_svg_needs_no_style_to_be_seen() -> None:
    """Files and PDF readers know nothing of the page's style sheet, and the policy of the page allows no style."""
    for file in (False, True):
        root = ET.fromstring(svg(three_bars(), name="x", is_file=file))
        assert all(shape.attrib["fill"] for shape in [*root.iter(f"{SVG}rect"), *root.iter(f"{SVG}text")])
        assert not [shape for shape in root.iter() if "style" in shape.attrib]


def test_right_to_left_mirrors_bars_and_keeps_time() -> None:
    mirrored = three_bars(is_rtl=True)
    assert [box.x for box in mirrored.boxes] == [0, WIDTH * 3 / 4]
    assert {text.x for text in mirrored.texts if text.side == Side.START} == {WIDTH}
    data = Columns(["Jan", "Feb"], [1, 2], ["1", "2"])
    one, other = columns("Hours", "", data), columns("Hours", "", data, is_rtl=True)
    assert [box.x for box in one.boxes] == [box.x for box in other.boxes]
    assert 'direction="rtl"' in svg(other, name="x")


def test_columns_stand_against_the_target_and_on_each_other() -> None:
    data = Columns(["Jan", "Feb"], [10, 20], ["10", "25"], [0, 5], 50, "Target: 50 a month")
    drawing = columns("Hours", "", data)
    heights = [box.height for box in drawing.boxes]
    assert heights == [30, 60, 15]  # of 150 for 50
    assert drawing.boxes[2].y + drawing.boxes[2].height == drawing.boxes[1].y
    [target] = [line for line in drawing.lines if line.is_dashed]
    assert target.y == drawing.boxes[0].y + 30 - 150


def test_parts_of_a_bar_are_told_apart_without_colour() -> None:
    drawing = stacked("Work", "", [Row("Training", [10, 20, None, 10], "40")], ["a", "b", "c", "d"])
    parts = drawing.boxes[4:]
    assert [box.width for box in parts] == [WIDTH / 4, WIDTH / 2, WIDTH / 4]
    assert [text.words for text in drawing.texts if text.side == Side.MIDDLE and text.y > 100] == ["1", "2", "4"]
    assert len({box.fill for box in parts}) == 3


def test_the_funnel_says_what_lies_between_its_steps() -> None:
    steps = [Bar("Posted", 10, "10"), Bar("Contact", 8, "8", "80 % · median 2 days")]
    assert "80 % · median 2 days" in [text.words for text in funnel("Way", "", steps).texts]


@pytest.mark.parametrize("words", ["Nursing", "تمريض"])
def test_png_shows_something_whatever_the_script(words: str) -> None:
    image = Image.open(io.BytesIO(png(bars("x", "", [Bar(words, 3, "3")]))))
    assert image.width == 1224
    assert len(image.convert("RGB").getcolors(1 << 20) or []) > 3
