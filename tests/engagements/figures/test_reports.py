"""Reports: who may have them, what they print, and that a closed period prints the same for ever."""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from engagements.actions.donor_reports import (
    add_block,
    begin_report,
    change_block,
    move_block,
    remove_block,
    set_report,
)
from engagements.actions.periods import close_period
from engagements.actions.report_orders import make_due_files, order_archive
from engagements.models import Attendance, ClosedPeriod, DonorReport, Participant, ReportOrder, Session
from engagements.queries.donor_reports import document_of, measure
from engagements.reports.paper import pdf_file
from engagements.reports.workbook import report_csv, xlsx_file
from engagements.states.donor_reports import Readers
from engagements.states.indicators import INDICATORS
from tests.engagements.figures.hand_world import QUARTER, live_a_quarter
from tests.factories import make_programme
from tests.world import World

pytestmark = pytest.mark.django_db


def close_quarter(world: World) -> ClosedPeriod:
    return close_period(
        actor=world.chidi, country="TN", programme=None, starts_on=QUARTER.starts_on, ends_on=QUARTER.ends_on
    )


def report_of(world: World, period: ClosedPeriod | None = None) -> DonorReport:
    report = begin_report(actor=world.chidi, title="First quarter", country="TN", programme=None)
    return set_report(actor=world.chidi, report=report, title="First quarter", period=period) if period else report


def test_a_closed_period_prints_the_same_after_the_data_changed(world: World) -> None:
    live_a_quarter(world)
    period = close_quarter(world)
    assert begin_report(actor=world.chidi, title="By itself", country="TN", programme=None).period == period
    report = report_of(world, period)
    before = {readers: report_csv(document_of(report, readers), language="en") for readers in Readers}
    Session.objects.update(minutes=1000)
    report = DonorReport.objects.get(pk=report.pk)
    after = {readers: report_csv(document_of(report, readers), language="en") for readers in Readers}
    assert before == after
    assert xlsx_file(document_of(report, Readers.DONORS)) == xlsx_file(document_of(report, Readers.DONORS))
    report.period = None
    assert report_csv(document_of(report, Readers.COORDINATORS), language="en") != before[Readers.COORDINATORS]


def test_a_closed_period_keeps_figures_definitions_and_who(world: World) -> None:
    live_a_quarter(world)
    period = close_quarter(world)
    assert period.closed_by == world.chidi
    assert set(period.definitions) == set(INDICATORS)
    assert {code: figure["version"] for code, figure in period.figures["indicators"].items()} == {
        code: one.version for code, one in INDICATORS.items()
    }
    assert AuditEntry.objects.filter(verb="engagements.period.closed", object_id=str(period.pk)).count() == 1


def test_the_database_refuses_to_change_a_closed_period(world: World) -> None:
    period = close_quarter(world)
    for change in (lambda: ClosedPeriod.objects.filter(pk=period.pk).update(figures={}), lambda: period.delete()):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()
    assert ClosedPeriod.objects.get(pk=period.pk).figures == period.figures


def test_the_database_refuses_periods_that_overlap(world: World) -> None:
    period = close_quarter(world)
    period.pk, period.reference, period.starts_on = None, "another", date(2026, 3, 31)
    with pytest.raises(DatabaseError, match="do not overlap"), transaction.atomic():
        period.save(force_insert=True)
    assert ClosedPeriod.objects.count() == 1


def test_closing_is_refused(world: World) -> None:
    today = timezone.now().date()
    close = {"country": "TN", "programme": None}
    with pytest.raises(NotAllowed):
        close_period(actor=world.amina, starts_on=QUARTER.starts_on, ends_on=QUARTER.ends_on, **close)
    with pytest.raises(Invalid):
        close_period(actor=world.chidi, starts_on=QUARTER.ends_on, ends_on=QUARTER.starts_on, **close)
    with pytest.raises(Invalid):
        close_period(actor=world.chidi, starts_on=QUARTER.starts_on, ends_on=today, **close)
    with pytest.raises(Invalid):
        close_period(actor=world.chidi, starts_on=today - timedelta(days=1000), ends_on=QUARTER.ends_on, **close)
    assert not ClosedPeriod.objects.exists()
    close_quarter(world)
    with pytest.raises(Conflict):
        close_period(actor=world.chidi, starts_on=date(2026, 3, 31), ends_on=date(2026, 4, 30), **close)
    assert ClosedPeriod.objects.count() == 1


def test_readers_outside_get_no_small_number(world: World) -> None:
    """The hand-counted world is small: donors read nothing of it, coordinators read everything."""
    live_a_quarter(world)
    report = report_of(world, close_quarter(world))
    inside = measure(report, Readers.COORDINATORS).figures
    assert inside.lines["hours_confirmed"].total.value == 210
    outside = measure(report, Readers.DONORS).figures
    for code, line in outside.lines.items():
        assert line.total.value in (0, None), code
        assert all(part.value in (0, None) for one in line.breakdowns for part in one.parts.values()), code
    assert all(step.number.value is None for step in outside.funnel)
    text = report_csv(document_of(report, Readers.DONORS), language="en").decode("utf-8-sig")
    assert "Donors: no number of fewer than 5 people" in text
    assert "3.5" not in text


def test_numbers_of_today_never_leave_the_house(world: World) -> None:
    report = report_of(world)
    for readers in (Readers.DONORS, Readers.PUBLIC):
        with pytest.raises(Conflict):
            measure(report, readers)
        with pytest.raises(Conflict):
            order_archive(actor=world.chidi, report=report, readers=readers, language="en")
    assert not ReportOrder.objects.exists()


def test_so_far_adds_up_what_the_same_readers_were_told(world: World) -> None:
    live_a_quarter(world)
    close_quarter(world)
    second = close_period(
        actor=world.chidi, country="TN", programme=None, starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30)
    )
    report = report_of(world, second)
    assert measure(report, Readers.COORDINATORS).earlier["hours_confirmed"] == 210
    assert measure(report, Readers.DONORS).earlier["hours_confirmed"] == 0


def test_a_programme_report_says_how_much_of_the_target_is_reached(world: World) -> None:
    live_a_quarter(world)
    programme = make_programme(world.chidi)
    programme.needs.model.objects.update(programme=programme)
    programme.targets.create(indicator="hours_confirmed", number=7)
    period = close_period(
        actor=world.chidi, country="TN", programme=programme, starts_on=QUARTER.starts_on, ends_on=QUARTER.ends_on
    )
    report = begin_report(actor=world.chidi, title="Nurses", country="TN", programme=programme)
    report = set_report(actor=world.chidi, report=report, title="Nurses", period=period)
    programme.targets.update(number=1000)
    table = document_of(report, Readers.COORDINATORS).sections[0].table
    assert table is not None
    assert [row[:5] for row in table.rows if row[0] == "Hours confirmed"] == [("Hours confirmed", 3.5, 3.5, 7.0, 50)]


def test_a_workbook_holds_numbers_and_no_formula(world: World) -> None:
    live_a_quarter(world)
    report = report_of(world, close_quarter(world))
    set_report(actor=world.chidi, report=report, title='=HYPERLINK("http://example.org")', period=report.period)
    book = openpyxl.load_workbook(io.BytesIO(xlsx_file(document_of(report, Readers.COORDINATORS))))
    assert book.sheetnames[0] == "About"
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert book["About"]["A1"].value == '=HYPERLINK("http://example.org")'
    rows = {row[0].value: row[1] for row in book["Indicators"].iter_rows(min_row=2)}
    assert (rows["Hours confirmed"].value, rows["Hours confirmed"].data_type) == (3.5, "n")
    assert rows["Result still in use after 12 months"].value == "nothing to count"


def test_a_csv_file_holds_no_formula(world: World) -> None:
    programme = make_programme(world.chidi, name="=1+1")
    report = begin_report(actor=world.chidi, title="Nurses", country="TN", programme=programme)
    text = report_csv(document_of(report, Readers.COORDINATORS), language="en").decode("utf-8-sig")
    first = [row[1] for row in csv.reader(io.StringIO(text))][1]
    assert first == "'=1+1"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_pdf_says_for_whom_it_is(world: World, language: str) -> None:
    from django.utils import translation

    live_a_quarter(world)
    report = report_of(world, close_quarter(world))
    with translation.override(language):
        pdf = PdfReader(io.BytesIO(pdf_file(document_of(report, Readers.PUBLIC), language=language)))
    assert len(pdf.pages) >= 2
    if language == "en":
        text = "".join(page.extract_text() for page in pdf.pages)
        assert "Everybody: no number of fewer than 10 people" in text
        assert "not shown" in text


def test_blocks_are_added_moved_changed_and_taken_away(world: World) -> None:
    report = report_of(world)
    kinds = [block["kind"] for block in report.blocks]
    block = add_block(actor=world.chidi, report=report, kind="text", heading="What was hard", text="Rain.")
    move_block(actor=world.chidi, report=report, block=block, is_up=True)
    change_block(actor=world.chidi, report=report, block=block, heading="What was hard", text="Rain and roads.")
    report = DonorReport.objects.get(pk=report.pk)
    assert [one["kind"] for one in report.blocks] == [*kinds[:-1], "text", kinds[-1]]
    assert document_of(report, Readers.COORDINATORS).sections[-2].paragraphs == ("Rain and roads.",)
    remove_block(actor=world.chidi, report=report, block=block)
    move_block(actor=world.chidi, report=report, block=report.blocks[0]["id"], is_up=True)
    assert [one["kind"] for one in DonorReport.objects.get(pk=report.pk).blocks] == kinds


def test_writing_is_refused_and_writes_nothing(world: World) -> None:
    report = report_of(world)
    listed = add_block(actor=world.chidi, report=report, kind="annexes", text="The agreement")
    before = list(report.blocks)
    with pytest.raises(NotAllowed):
        add_block(actor=world.amina, report=report, kind="text", text="x")
    with pytest.raises(Invalid):
        add_block(actor=world.chidi, report=report, kind="chart")
    with pytest.raises(Invalid, match="The list is empty"):
        add_block(actor=world.chidi, report=report, kind="annexes", text=" \n")
    with pytest.raises(Invalid, match="The list is empty"):
        change_block(actor=world.chidi, report=report, block=listed, heading="Annexes", text=" \n")
    with pytest.raises(Invalid):
        set_report(actor=world.chidi, report=report, title=" ", period=None)
    with pytest.raises(NotAllowed):
        begin_report(actor=world.bereket, title="Mine", country="TN", programme=None)
    with pytest.raises(Invalid):
        begin_report(
            actor=world.chidi, title="Theirs", country="TN", programme=make_programme(world.chidi, country="GH")
        )
    assert DonorReport.objects.get().blocks == before


def test_an_archive_is_made_in_the_background_once(world: World) -> None:
    live_a_quarter(world)
    report = report_of(world, close_quarter(world))
    order = order_archive(actor=world.chidi, report=report, readers=Readers.COORDINATORS, language="fr")
    again = order_archive(actor=world.chidi, report=report, readers=Readers.COORDINATORS, language="fr")
    assert (order.pk, order.state) == (again.pk, "waiting")
    assert (make_due_files(), make_due_files()) == (1, 0)
    order.refresh_from_db()
    assert (order.state, order.done_parts, order.leased_until) == ("done", order.all_parts, None)
    names = zipfile.ZipFile(io.BytesIO(bytes(order.content))).namelist()
    assert names[:3] == ["report.pdf", "report.xlsx", "report.csv"]
    assert "figures/2-hours.png" in names


def test_an_archive_that_cannot_be_made_is_given_up_after_three_tries(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("engagements.actions.report_orders.parts_of", broken)
    report = report_of(world)
    order = order_archive(actor=world.chidi, report=report, readers=Readers.COORDINATORS, language="en")
    for _ in range(4):
        assert make_due_files() == 0
        ReportOrder.objects.update(leased_until=None)
    order.refresh_from_db()
    assert (order.state, order.tries) == ("failed", 3)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    world: World, as_person: Callable[..., Client], count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _ in range(count):
        report_of(world)
    client = as_person(world.chidi)
    client.get(reverse("engagements:donor-reports"))
    with django_assert_num_queries(9):
        page = client.get(reverse("engagements:donor-reports"))
    assert page.content.decode().count("First quarter") >= count


def test_pages_and_files_of_a_report(world: World, as_person: Callable[..., Client]) -> None:
    live_a_quarter(world)
    report = report_of(world, close_quarter(world))
    client = as_person(world.chidi)
    page = client.get(reverse("engagements:donor-report", args=[report.reference]), {"readers": "donors"})
    assert page.status_code == 200
    assert b"not shown" in page.content
    for kind in ("pdf", "xlsx", "csv"):
        answer = client.get(reverse("engagements:donor-report-file", args=[report.reference, kind]))
        assert (answer.status_code, answer["Content-Disposition"].startswith("attachment")) == (200, True)
    figure = client.get(reverse("engagements:donor-report-figure", args=[report.reference, "funnel", "svg"]))
    assert figure.content.startswith(b"<svg ")
    numbers = client.get(reverse("engagements:numbers"))
    assert numbers.status_code == 200


def test_a_participant_named_at_two_engagements_is_one_person(world: World) -> None:
    live_a_quarter(world)
    session = Session.objects.filter(engagement__need__title="A").get()
    again = Participant.objects.create(
        engagement=session.engagement, name="LEÏLA", language="en", added_by=world.bereket
    )
    Attendance.objects.create(session=session, participant=again)
    assert measure(report_of(world), Readers.COORDINATORS).figures.lines["people_reached"].total.value == 1


def test_a_closed_period_keeps_its_words_when_the_definition_changes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = report_of(world, close_quarter(world))
    changed = replace(INDICATORS["needs_posted"], version=2, definition="Something else.")
    monkeypatch.setitem(INDICATORS, "needs_posted", changed)
    rows = {row[3]: row for row in document_of(report, Readers.COORDINATORS).definitions.rows}
    assert rows["needs_posted"][1:] == (
        "Needs that were opened in the period.",
        "Needs by day of opening.",
        "needs_posted",
        1,
    )
    report.period = None
    rows = {row[3]: row for row in document_of(report, Readers.COORDINATORS).definitions.rows}
    assert rows["needs_posted"][1] == "Something else."
