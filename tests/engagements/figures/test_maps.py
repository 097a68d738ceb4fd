"""The world has every country and no border; maps show the numbers that may be shown, and nobody works out another."""

import csv
import gzip
import io
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from math import pi
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django_countries import countries
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from diaspora_net.accounts.models import User
from diaspora_net.core.regions import REGION_OF
from diaspora_net.core.suppression import GRAND, TOTAL, Dim, Published, subtotal
from engagements.actions.periods import close_period
from engagements.models import ClosedPeriod
from engagements.payloads.published import PublishedFigures, publish
from engagements.payloads.published_where import by_region
from engagements.queries.whereabouts import MapFilters, Whereabouts, whereabouts
from engagements.reports.charts import Spot, drawn_spots, png, svg, svg_file, world_map
from engagements.reports.charts.drawing import WIDTH
from engagements.reports.charts.world import RATIO, land, land_rings, points, project
from engagements.reports.map_figures import map_figure, report_map
from engagements.reports.report_parts import Measured
from mentors.actions.profiles import pause_profile
from mentors.models import ExpertProfile
from mentors.queries.families import family_choices, main_families
from tests.core.attacker import Attacker, publish_naively
from tests.factories import make_expert, make_person
from tests.world import World

SignIn = Callable[[User | None], Client]
SVG = "{http://www.w3.org/2000/svg}"
SMALL_ISLANDS = (
    "AG BB BS CV CK CU DM DO FJ FM GD GW GY HT JM KI KM KN LC MH MU MV NR NU PG PW SB SC SG SR ST TL TO TT TV VC VU WS"
)


def test_every_country_and_area_has_its_point() -> None:
    known = set(dict(countries)) | set(REGION_OF)
    assert known - set(points()) == set()
    assert set(SMALL_ISLANDS.split()) <= set(points())
    assert all(0 <= x <= 1 and 0 <= y <= RATIO for x, y in points().values())


def test_no_two_places_share_a_point() -> None:
    assert len(set(points().values())) == len(points())


@pytest.mark.parametrize(
    ("latitude", "longitude", "x", "y"),
    [
        (0, 0, 0.469444, 0.243358),
        (48.85, 2.35, 0.479996, 0.072804),
        (-41.3, 174.8, 0.899941, 0.390637),
        (21.3, -157.8, 0.046489, 0.164616),
        (-44, -176, 0.914786, 0.399167),
    ],
)
def test_points_lie_where_the_land_was_projected(latitude: float, longitude: float, x: float, y: float) -> None:
    """The figures are d3-geo's, which projected the land."""
    assert project(latitude, longitude) == pytest.approx((x, y), abs=2e-6)


def test_countries_lie_on_the_land() -> None:
    """Large countries at least; a silhouette of this scale has no small islands."""
    for code in ("FR", "TN", "BR", "US", "CA", "RU", "CN", "IN", "AU", "ZA", "CD", "SA", "NZ", "JP", "GL"):
        x, y = points()[code]
        assert any(_is_inside(x, y, ring) for ring in land_rings()), code
    assert not any(_is_inside(0.25, 0.3, ring) for ring in land_rings())  # the Pacific


def _is_inside(x: float, y: float, ring: list[tuple[float, float]]) -> bool:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    crossed = [
        (one[1] > y) != (other[1] > y) and x < (other[0] - one[0]) * (y - one[1]) / (other[1] - one[1] or 1) + one[0]
        for one, other in pairs
    ]
    return sum(crossed) % 2 == 1


def test_land_is_one_small_path_without_streaks() -> None:
    assert re.fullmatch(r"[mlz\d -]+", land())
    assert len(land().encode()) <= 17_500
    steps = [
        abs(one[0] - other[0]) for ring in land_rings() for one, other in pairwise(ring) if min(one[1], other[1]) < 0.47
    ]
    assert max(steps) < 0.2  # nothing jumps from one end of the world to the other, but for the lower edge
    assert all(0 <= x <= 1 and 0 <= y <= RATIO + 0.001 for ring in land_rings() for x, y in ring)


def spots(*numbers: int) -> list[Spot]:
    codes = ("FR", "DE", "CA", "US", "TV", "KI", "SA", "AU", "BR", "JP", "ZA", "NO", "IN", "SB", "MV")
    return [
        Spot(code, str(countries.name(code)), number, str(number)) for code, number in zip(codes, numbers, strict=False)
    ]


def test_areas_are_in_proportion_to_the_numbers_shown() -> None:
    drawing = world_map("t", "s", spots(120, 30))
    areas = [pi * disc.radius**2 for disc in drawing.discs]
    assert areas[0] / areas[1] == pytest.approx(4)


def test_twelve_are_drawn_and_the_largest_is_named() -> None:
    drawing = world_map("t", "s", spots(*range(100, 115)))
    assert len(drawing.discs) == len(drawn_spots(spots(*range(100, 115)))) == 12
    assert drawing.texts[0].words == "Maldives"
    assert len(drawing.texts) <= 12


def test_names_cover_neither_each_other_nor_another_disc() -> None:
    crowd = [
        Spot(code, str(countries.name(code)), 50, "50") for code in ("FR", "BE", "NL", "DE", "LU", "CH", "GB", "IE")
    ]
    drawing = world_map("t", "s", crowd)
    frames = [(one.x - len(one.words) * 3.3, one.y - 9, one.x + len(one.words) * 3.3, one.y) for one in drawing.texts]
    for place, one in enumerate(frames):
        assert one[0] >= -0.1
        assert one[2] <= WIDTH + 0.1
        for other in frames[place + 1 :]:
            assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]


def test_a_map_is_the_same_world_from_right_to_left() -> None:
    one, other = world_map("t", "s", spots(5, 4)), world_map("t", "s", spots(5, 4), is_rtl=True)
    assert [disc.x for disc in one.discs] == [disc.x for disc in other.discs]


def test_svg_of_a_map_carries_its_colours_and_links() -> None:
    linked = [Spot("FR", "France & <more>", 9, "9", "?residence=FR&x=1#people")]
    page, file = (svg(world_map("T", "S", linked, foot="No <border>"), name="m", is_file=one) for one in (False, True))
    for written in (page, file):
        root = ET.fromstring(written)
        shapes = [*root.iter(f"{SVG}path"), *root.iter(f"{SVG}circle"), *root.iter(f"{SVG}text")]
        assert all(shape.attrib["fill"].startswith("#") for shape in shapes)
        assert not [shape for shape in root.iter() if "style" in shape.attrib]
    links = list(ET.fromstring(page).iter(f"{SVG}a"))
    assert [link.attrib["href"] for link in links] == ["?residence=FR&x=1#people"]
    assert links[0].attrib["aria-label"] == "France & <more>: 9"
    assert ET.fromstring(page).attrib["role"] == "group"  # what is inside a picture cannot be reached by keyboard
    assert ET.fromstring(file).attrib["role"] == "img"
    assert "<a " not in file
    assert "No &lt;border&gt;" in file
    assert "No &lt;border&gt;" not in page


def test_png_of_a_map_shows_land_and_discs() -> None:
    picture = Image.open(io.BytesIO(png(world_map("T", "S", spots(9), foot="No borders.")))).convert("RGB")
    colours = {colour for _count, colour in picture.getcolors(100_000) or ()}
    assert len(colours) > 3
    assert (216, 210, 198) in colours


HOMES = ("FR", "DE", "BE", "CA", "US", "SA", "QA", "TV")
FAMILIES = ("health", "energy", "unknown")


def figures_of(table: dict[tuple[str, str], int]) -> dict[str, Any]:
    """Return figures as they are stored, of experts by country and family."""
    homes: dict[str, int] = {}
    crossed: dict[tuple[str, str], int] = {}
    for (home, family), number in table.items():
        if number:
            homes[home] = homes.get(home, 0) + number
            crossed[home, family] = number
    total = sum(homes.values())
    by = {"home": {home: {"value": number, "base": number} for home, number in homes.items()}}
    return {
        "indicators": {"experts_findable": {"version": 1, "value": total, "base": total, "by": by}},
        "funnel": [],
        "crossed": {
            "engagements_standing": [],
            "programmes": [],
            "experts_findable": [[*key, number] for key, number in sorted(crossed.items())],
        },
        "families": {family: {"en": family.title()} for family in FAMILIES if family != "unknown"},
    }


def read_both(told: PublishedFigures, homes: set[str], k: int) -> Attacker:
    """Let a reader who even knows which countries there are read the map's table and that of the families."""
    line = told.lines["experts_findable"]
    parts = line.breakdowns[0].parts
    home = by_region("home", homes)
    lines = [*home.categories, *(subtotal(group) for group, _members in home.groups)]
    numbers = {(one, TOTAL): parts[one].value if one in parts else None for one in lines} | {GRAND: line.total.value}
    regions = tuple(sorted({REGION_OF[one] for one in homes}))
    dims = [Dim("region", regions), Dim("family", tuple(sorted({column for _row, column in told.families if column})))]
    keys = [(row, column) for row in (*regions, TOTAL) for column in (*dims[1].categories, TOTAL)]
    cells = {key: told.families[key].value if key in told.families else None for key in keys}
    attacker = Attacker().reads("home", Published(numbers, k), [home], k)  # type: ignore[arg-type]
    attacker.reads("family", Published(cells, k), dims, k)  # type: ignore[arg-type]
    same = [((subtotal(group), TOTAL), (group, TOTAL)) for group, _members in home.groups]
    return attacker.equates("home", "family", [*same, (GRAND, GRAND)])


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from([5, 10]))
def test_map_and_families_together_tell_no_small_number(data: st.DataObject, k: int) -> None:
    counts = st.one_of(st.just(0), st.integers(1, 12), st.integers(0, 60))
    table = {(home, family): data.draw(counts) for home in HOMES for family in FAMILIES}
    figures = figures_of(table)
    found = figures["indicators"]["experts_findable"]
    if not found["value"]:
        return
    attacker = read_both(publish(figures, k), set(found["by"]["home"]), k)
    true = {("home", (home, TOTAL)): part["value"] for home, part in found["by"]["home"].items()}
    for home, family, number in figures["crossed"]["experts_findable"]:
        key = "family", (REGION_OF[home], family)
        true[key] = true.get(key, 0) + number
    for (name, key), value in true.items():
        if 0 < value < k:
            low, high = attacker.bounds(name, key)
            assert high - low >= (k - 1) // 2, (name, key, value, low, high)


def test_the_reader_works_out_what_is_only_left_out_where_it_is_small() -> None:
    """The control: without anything else left out, the map's table alone gives a small country away."""
    home = by_region("home", {"FR", "DE", "CA"})
    true = {"FR": 40, "DE": 4, "group:155": 44, "CA": 20, "group:021": 20, TOTAL: 64}
    naive = publish_naively({(row, TOTAL): number for row, number in true.items()}, 10)
    assert Attacker().reads("home", naive, [home], 10).bounds("home", ("DE", TOTAL)) == (4, 4)


def test_regions_are_left_out_alike_on_the_map_and_by_family() -> None:
    """Both tables add up to the same regions, so a total that one left out must not stand in the other."""
    dice = random.Random(7)
    for _ in range(200):
        table = {(home, family): dice.choice([0, 0, 1, 3, 8, 20]) for home in HOMES for family in FAMILIES}
        told = publish(figures_of(table), 10)
        parts = told.lines["experts_findable"].breakdowns[0].parts
        for row, column in told.families:
            if row and not column:
                shown = parts.get(subtotal(row))
                assert (shown.value if shown else None) == told.families[row, column].value, (table, row)


def test_where_a_few_live_is_not_even_named() -> None:
    table = {("FR", "health"): 40, ("DE", "health"): 22, ("BE", "energy"): 3, ("TV", "health"): 2}
    told = publish(figures_of(table), 10)
    parts = told.lines["experts_findable"].breakdowns[0].parts
    assert "TV" not in parts
    assert "BE" not in parts
    figure = report_map(Measured(told), is_rtl=False)
    assert figure.drawing is not None
    everything = svg_file(figure.drawing, name="m").decode() + str(figure.table) + figure.note
    assert "Tuvalu" not in everything
    assert "Belgium" not in everything
    exact = report_map(Measured(publish(figures_of(table), 1)), is_rtl=False)
    assert "Tuvalu" in str(exact.table)


def test_discs_are_as_large_as_the_table_says() -> None:
    """A disc of the true number would tell what the table rounds."""
    table = {("FR", "health"): 44, ("DE", "health"): 36, ("CA", "energy"): 17}
    told = publish(figures_of(table), 10)
    figure = report_map(Measured(told), is_rtl=False)
    assert figure.drawing is not None
    shown = {row[0]: row[1] for row in figure.table.rows}
    assert shown["France"] == shown["Germany"] == 40
    radii = {disc.words: disc.radius for disc in figure.drawing.discs}
    assert radii["France: 40"] == radii["Germany: 40"]


def test_periods_closed_before_the_map_existed_say_so() -> None:
    figures = figures_of({("FR", "health"): 44})
    figures["indicators"].pop("experts_findable")
    figures["crossed"].pop("experts_findable")
    figures.pop("families")
    figure = report_map(Measured(publish(figures, 10)), is_rtl=False)
    assert figure.drawing is None
    assert "not counted yet" in figure.note


def test_a_map_of_nobody_draws_nothing() -> None:
    assert map_figure("Map", {}).drawing is None


# What the database says


def people_abroad(world: World) -> dict[str, ExpertProfile]:
    """Amina lives in France; two more of Tunisia in Tuvalu and France, one of Ghana, one hidden, one draft."""
    made = {}
    for name, home, skills, extra in (
        ("tala", "TV", {"grid-operation": (4, 9)}, {}),
        ("farid", "FR", {"training-nurses": (2, 1), "echocardiography": (4, 9)}, {}),
        ("gifty", "FR", {"cardiology": (4, 9)}, {"origins": ("GH",)}),
        ("draft", "FR", {"cardiology": (4, 9)}, {"is_published": False}),
    ):
        person = make_person(f"{name}@example.org", name.title(), join_role="expert")
        made[name] = make_expert(person, skills=skills, residence=home, **extra)  # type: ignore[arg-type]
    return made


def told_homes(found: Whereabouts) -> dict[str, float | None]:
    return {home: number.value for home, number in found.numbers.items() if len(home) == 2}


@pytest.mark.django_db
def test_the_desk_counts_its_own_experts_by_home_and_family(world: World) -> None:
    people = people_abroad(world)
    found = whereabouts(world.chidi, {"TN"}, MapFilters())
    assert told_homes(found) == {"FR": 2, "TV": 1}
    assert {key: one.value for key, one in found.cells.items() if len(key[0]) == 2 and key[1] and one.value} == {
        ("FR", "cardiology"): 2,  # echocardiography lies beneath cardiology, and outweighs nurses
        ("TV", "grid-operation"): 1,
    }
    assert found.numbers["group:155"].value == 2
    pause_profile(actor=people["farid"].user, profile=people["farid"])
    assert told_homes(whereabouts(world.chidi, {"TN"}, MapFilters())) == {"FR": 2, "TV": 1}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filters", "homes"),
    [
        (MapFilters(family="grid-operation"), {"TV": 1}),
        (MapFilters(skill="train nurses"), {"FR": 2}),
        (MapFilters(skill="cardiology"), {"FR": 2}),
        (MapFilters(language="ar"), {}),
        (MapFilters(language="fr"), {"FR": 2, "TV": 1}),
        (MapFilters(recognised=True), {}),
        (MapFilters(country="GH"), {}),
    ],
)
def test_filters_narrow_the_map(world: World, filters: MapFilters, homes: dict[str, int]) -> None:
    people_abroad(world)
    assert told_homes(whereabouts(world.chidi, {"TN"}, filters)) == homes


@pytest.mark.django_db
def test_families_are_the_topmost_concepts(world: World) -> None:
    people = people_abroad(world)
    assert [slug for slug, _name in family_choices("en")] == ["cardiology"]  # with something beneath it
    assert main_families([]) == {}
    found = main_families([people["farid"].pk, people["tala"].pk])
    assert len(found) == 2


@pytest.mark.django_db
def test_experts_that_only_coordinators_introduce_are_in_no_number_outside(world: World) -> None:
    people = people_abroad(world)
    before = close(world).figures
    ExpertProfile.objects.filter(pk=people["tala"].pk).update(audience="coordinators")
    after = close(world, days=-1).figures
    assert set(before["indicators"]["experts_findable"]["by"]["home"]) == {"FR", "TV"}
    assert set(after["indicators"]["experts_findable"]["by"]["home"]) == {"FR"}
    assert [row[0] for row in after["crossed"]["experts_findable"]] == ["FR"]
    assert set(after["families"]) == {"cardiology"}


def close(world: World, days: int = 0) -> ClosedPeriod:
    """Close a day of the past, as if everybody had been there before."""
    ExpertProfile.objects.update(
        published_at=timezone.now() - timedelta(days=90), created_at=timezone.now() - timedelta(days=90)
    )
    day = timezone.now().date() + timedelta(days=days - 2)
    return close_period(actor=world.chidi, country="TN", programme=None, starts_on=day, ends_on=day)


@pytest.mark.django_db
def test_the_desk_map_links_to_who_lives_there(world: World, as_person: SignIn) -> None:
    people_abroad(world)
    client = as_person(world.chidi)
    page = client.get(reverse("engagements:desk-map")).content.decode()
    assert "Most live in France (2)" in page
    assert "?residence=FR#people" in page
    assert "Farid" not in page
    there = client.get(reverse("engagements:desk-map"), {"residence": "FR"}).content.decode()
    assert "Farid" in there
    assert "Tala" not in there
    assert "Gifty" not in there


@pytest.mark.django_db
def test_the_page_stays_within_its_weight(world: World, as_person: SignIn) -> None:
    people_abroad(world)
    page = as_person(world.chidi).get(reverse("engagements:desk-map"), {"residence": "FR"})
    assert len(gzip.compress(page.content, 6)) <= 20_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["country=XX", "family=nothing", "language=%00", "page=99&residence=FR", "residence=ZZ"]
)
def test_filters_that_make_no_sense_are_answered(world: World, as_person: SignIn, query: str) -> None:
    people_abroad(world)
    assert as_person(world.chidi).get(f"{reverse('engagements:desk-map')}?{query}").status_code in (200, 422)


@pytest.mark.django_db
@pytest.mark.parametrize("more", [0, 2])
def test_the_map_costs_the_same_for_one_expert_and_for_three(world: World, as_person: SignIn, more: int) -> None:
    for number in range(more):
        person = make_person(f"more{number}@example.org", f"More {number}", join_role="expert")
        make_expert(person, skills={"cardiology": (4, 9)})
    client = as_person(world.chidi)
    client.get(reverse("engagements:desk-map"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(reverse("engagements:desk-map"), {"residence": "FR"})
    assert len(queries) == 19, [query["sql"][:90] for query in queries]


@pytest.mark.django_db
def test_the_public_map_tells_closed_periods_only(world: World, as_person: SignIn) -> None:
    client = as_person(None)
    assert "No country has closed a period yet." in client.get(reverse("engagements:map")).content.decode()
    for number in range(14):
        person = make_person(f"more{number}@example.org", f"More {number}", join_role="expert")
        make_expert(person, skills={"cardiology": (4, 9)})
    people_abroad(world)
    close(world)
    page = client.get(reverse("engagements:map")).content.decode()
    assert "Tuvalu" not in page
    assert "no borders" in page
    assert "More 1" not in page
    before = {
        kind: client.get(reverse("engagements:map-file", args=[kind])).content for kind in ("csv", "xlsx", "svg", "png")
    }
    ExpertProfile.objects.update(residence="CA")
    after = {
        kind: client.get(reverse("engagements:map-file", args=[kind])).content for kind in ("csv", "xlsx", "svg", "png")
    }
    assert before == after


@pytest.mark.django_db
def test_every_file_tells_what_the_page_tells(world: World, as_person: SignIn) -> None:
    for number in range(14):
        person = make_person(f"more{number}@example.org", f"More {number}", join_role="expert")
        make_expert(person, skills={"cardiology": (4, 9)})
    people_abroad(world)
    close(world)
    client = as_person(None)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(reverse("engagements:map-file", args=["xlsx"])).content))
    told = str([[cell.value for cell in row] for one in sheet for row in one.iter_rows()])
    lines = client.get(reverse("engagements:map-file", args=["csv"])).content.decode("utf-8-sig")
    pdf = PdfReader(io.BytesIO(client.get(reverse("engagements:map-file", args=["pdf"])).content))
    printed = "".join(page.extract_text() for page in pdf.pages)
    drawn = client.get(reverse("engagements:map-file", args=["svg"])).content.decode()
    for text in (told, lines, printed, drawn):
        assert "France" in text
        assert "Tuvalu" not in text
        assert "legal status" in " ".join(text.split())
    rows = {row[1]: row[3] for row in csv.reader(io.StringIO(lines)) if row[0] == "Map of the experts who can be found"}
    assert rows["France"] == rows["Western Europe, all together"] == "20"  # of 16, in tens


def test_the_map_speaks_the_reader_s_language() -> None:
    with override("ar"):
        figure = report_map(Measured(publish(figures_of({("FR", "health"): 44}), 10)), is_rtl=True)
    assert figure.drawing is not None
    assert 'direction="rtl"' in svg(figure.drawing, name="m")
