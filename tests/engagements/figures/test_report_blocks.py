"""The blocks that donors ask for: map, gaps, stories with consent, logos and annexes, the same in every file."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from diaspora_net.accounts.models import User
from diaspora_net.core.errors import Conflict, Invalid, NotAllowed
from diaspora_net.core.models import AuditEntry
from diaspora_net.core.uploads.sandbox import Uninspected
from engagements.actions import report_pictures as pictures
from engagements.actions.donor_reports import add_block, begin_report, remove_block, set_report
from engagements.actions.periods import close_period
from engagements.actions.report_orders import make_due_files, order_archive
from engagements.actions.report_pictures import Consent, Upload, add_logo, add_story, remove_logo
from engagements.models import DonorReport, Need, ReportPicture
from engagements.queries.donor_reports import document_of
from engagements.reports.charts import svg_file
from engagements.reports.paper import pdf_file
from engagements.reports.workbook import report_csv, xlsx_file
from engagements.states.donor_reports import Readers
from mentors.models import ExpertProfile, SkillLabel
from tests import world as story
from tests.core.uploads.corpus import CANARY, pdf, picture, placed_picture
from tests.factories import make_expert, make_person
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


def consent(**changes: Any) -> Consent:
    values = {
        "text": "In reports to donors, until 2028.",
        "given_by": "Leïla Trabelsi",
        "given_on": timezone.now().date(),
    }
    return Consent(**{**values, **changes})


def photo(content: bytes | None = None, name: str = "nurses.jpg") -> Upload:
    return Upload(name, [content if content is not None else picture("JPEG")])


def tell(world: World, report: DonorReport, **changes: Any) -> ReportPicture:
    values: dict[str, Any] = {
        "heading": "Six nurses read them now",
        "text": "Leïla reads a heart trace alone.",
        "upload": photo(),
        "alt": "Three nurses read a heart trace",
        "consent": consent(),
    }
    return add_story(actor=world.chidi, report=report, **{**values, **changes})


def full_report(world: World) -> DonorReport:
    """A report of a closed period with a map, gaps, a story, annexes and a logo."""
    for number in range(24):
        person = make_person(f"more{number}@example.org", f"More {number}", join_role="expert")
        make_expert(person, skills={"cardiology": (4, 9)})
    far = make_person("tala@example.org", "Tala", join_role="expert")
    make_expert(far, skills={"grid-operation": (4, 9)}, residence="TV")
    story.after_need_published(world, places=15, title="Traces")
    ExpertProfile.objects.update(
        published_at=timezone.now() - timedelta(days=90), created_at=timezone.now() - timedelta(days=90)
    )
    report = begin_report(actor=world.chidi, title="The year", country="TN", programme=None)
    for chart in ("map", "families", "gaps"):
        add_block(actor=world.chidi, report=report, kind="chart", chart=chart)
    add_block(actor=world.chidi, report=report, kind="annexes", text="The agreement\nThe list of trainings")
    tell(world, report)
    add_logo(actor=world.chidi, report=report, upload=photo(picture("PNG"), "logo.png"), alt="Ministry of Health")
    day = timezone.now().date() - timedelta(days=2)
    period = close_period(actor=world.chidi, country="TN", programme=None, starts_on=day, ends_on=day)
    return set_report(actor=world.chidi, report=report, title="The year", period=period)


def files_of(report: DonorReport, readers: Readers) -> dict[str, bytes]:
    document = document_of(DonorReport.objects.get(pk=report.pk), readers)
    drawn = {
        str(figure.key): svg_file(figure.drawing, name=str(figure.key)) for figure in document.figures if figure.drawing
    }
    return {
        **drawn,
        "csv": report_csv(document, language="en"),
        "xlsx": xlsx_file(document),
        "pdf": pdf_file(document, language="en"),
    }


def test_everything_prints_the_same_after_the_data_changed(world: World) -> None:
    report = full_report(world)
    before = {readers: files_of(report, readers) for readers in Readers}
    assert {"map", "gaps"} <= set(before[Readers.COORDINATORS])
    ExpertProfile.objects.update(residence="CA", state="paused")
    Need.objects.update(state="closed")
    SkillLabel.objects.update(text="renamed")
    assert {readers: files_of(report, readers) for readers in Readers} == before


def test_blocks_stand_in_every_file(world: World) -> None:
    report = full_report(world)
    files = files_of(report, Readers.PUBLIC)
    printed = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(files["pdf"])).pages).split())
    for words in (
        "Most live in France (30)",
        "Annex 1: The agreement",
        "Annex 2",
        "Six nurses read them now",
        "legal status",
    ):
        assert words in printed
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    told = str([[cell.value for cell in row] for one in sheet for row in one.iter_rows()])
    for text in (printed, told, files["csv"].decode("utf-8-sig"), files["map"].decode()):
        assert "France" in text
        assert "Tuvalu" not in text
    assert "interpret electrocardiograms" in told
    assert b"Leila Trabelsi" not in files["pdf"]
    assert "Trabelsi" not in printed  # who agreed is for coordinators


def test_the_pdf_carries_logo_and_photo(world: World) -> None:
    report = full_report(world)
    content = pdf_file(document_of(report, Readers.DONORS), language="en")
    found = [len(page.images) for page in PdfReader(io.BytesIO(content)).pages]
    assert found[0] >= 1
    assert sum(found) == 2
    assert pdf_file(document_of(report, Readers.DONORS), language="ar")


def test_gaps_hide_few_experts_and_draw_what_is_told(world: World) -> None:
    report = full_report(world)
    exact = document_of(report, Readers.COORDINATORS).figures
    told = next(figure for figure in exact if figure.key == "gaps").table.rows
    assert ("interpret electrocardiograms", 15, 1) in told
    public = next(figure for figure in document_of(report, Readers.PUBLIC).figures if figure.key == "gaps")
    assert ("interpret electrocardiograms", 15, "not shown") in public.table.rows


def test_an_archive_holds_the_photo(world: World) -> None:
    report = full_report(world)
    order = order_archive(actor=world.chidi, report=report, readers=Readers.DONORS, language="en")
    assert make_due_files() == 1
    order.refresh_from_db()
    names = zipfile.ZipFile(io.BytesIO(bytes(order.content or b""))).namelist()
    assert any(name.startswith("photos/") for name in names)
    assert any(name.endswith("map.svg") for name in names)


def test_a_photo_is_drawn_anew_and_tells_no_place(world: World) -> None:
    report = begin_report(actor=world.chidi, title="R", country="TN", programme=None)
    original = placed_picture()
    assert CANARY in original
    kept = tell(world, report, upload=photo(original))
    assert CANARY not in bytes(kept.content)
    assert not Image.open(io.BytesIO(bytes(kept.content))).getexif()
    assert (kept.consent_by, kept.alt) == ("Leïla Trabelsi", "Three nurses read a heart trace")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"alt": " "}, "alt"),
        ({"consent": consent(text="")}, "consent"),
        ({"consent": consent(given_by="")}, "consent_by"),
        ({"consent": consent(given_on=timezone.now().date() + timedelta(days=2))}, "consent_on"),
        ({"upload": photo(pdf(), "photo.pdf")}, "upload"),
        ({"upload": photo(pdf(), "photo.jpg")}, "upload"),
        ({"upload": photo(b"", "photo.jpg")}, "upload"),
        ({"upload": photo(b"GIF89a", "photo.gif")}, "upload"),
        ({"upload": photo(b"x" * (10 * 1024 * 1024 + 1))}, "upload"),
    ],
)
def test_a_story_without_what_it_needs_is_refused(world: World, changes: dict[str, Any], field: str) -> None:
    report = begin_report(actor=world.chidi, title="R", country="TN", programme=None)
    before = list(report.blocks)
    with pytest.raises(Invalid) as refused:
        tell(world, report, **changes)
    assert field in refused.value.fields
    report.refresh_from_db()
    assert report.blocks == before
    assert not ReportPicture.objects.exists()


def test_the_database_wants_consent_and_keeps_pictures_as_they_are(world: World) -> None:
    report = begin_report(actor=world.chidi, title="R", country="TN", programme=None)
    kept = tell(world, report)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        ReportPicture.objects.filter(pk=kept.pk).update(alt="Something else")
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportPicture.objects.create(
            report=report,
            kind="photo",
            content=b"x",
            media_type="image/png",
            width=1,
            height=1,
            alt="x",
            added_by=world.chidi,
        )


def test_nothing_passes_while_files_cannot_be_checked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_args: object) -> None:
        raise Uninspected

    report = begin_report(actor=world.chidi, title="R", country="TN", programme=None)
    monkeypatch.setattr(pictures, "inspect", silent)
    with pytest.raises(Conflict):
        tell(world, report)
    assert not ReportPicture.objects.exists()


def test_only_coordinators_of_the_country_add_pictures(world: World) -> None:
    report = begin_report(actor=world.chidi, title="R", country="TN", programme=None)
    for actor in (world.amina, world.bereket, world.dana):
        with pytest.raises(NotAllowed):
            add_story(actor=actor, report=report, heading="", text="", upload=photo(), alt="x", consent=consent())
        with pytest.raises(NotAllowed):
            add_logo(actor=actor, report=report, upload=photo(), alt="x")
    assert not ReportPicture.objects.exists()


def test_a_story_taken_away_takes_its_photo_with_it(world: World) -> None:
    report = begin_report(actor=world.chidi, title="R", country="TN", programme=None)
    tell(world, report)
    report.refresh_from_db()
    remove_block(actor=world.chidi, report=report, block=report.blocks[-1]["id"])
    assert not ReportPicture.objects.exists()
    assert AuditEntry.objects.filter(verb="engagements.donor_report.photo_added").count() == 1


def test_four_logos_and_no_more(world: World) -> None:
    report = begin_report(actor=world.chidi, title="R", country="TN", programme=None)
    for number in range(4):
        add_logo(actor=world.chidi, report=report, upload=photo(picture("PNG"), "logo.png"), alt=f"Partner {number}")
    with pytest.raises(Conflict):
        add_logo(actor=world.chidi, report=report, upload=photo(), alt="One more")
    first = report.pictures.order_by("pk")[0]
    remove_logo(actor=world.chidi, report=report, logo=first.reference)
    assert report.pictures.count() == 3


def test_pages_add_a_story_and_a_logo(world: World, as_person: SignIn) -> None:
    report = begin_report(actor=world.chidi, title="R", country="TN", programme=None)
    client = as_person(world.chidi)
    address = reverse("engagements:donor-report-story", args=[report.reference])
    fields = {
        "heading": "Six nurses",
        "text": "They read.",
        "alt": "Nurses",
        "consent": "In reports.",
        "consent_by": "Leïla",
        "consent_on": timezone.now().date().isoformat(),
    }
    refused = client.post(address, {**fields, "upload": SimpleUploadedFile("a.jpg", b"no picture")})
    assert refused.status_code == 422
    assert "They read." in refused.content.decode()
    done = client.post(address, {**fields, "upload": SimpleUploadedFile("a.jpg", picture("JPEG"))})
    assert done.status_code == 302
    logos = reverse("engagements:donor-report-logos", args=[report.reference])
    client.post(logos, {"alt": "Ministry", "upload": SimpleUploadedFile("l.png", picture("PNG"))})
    page = client.get(reverse("engagements:donor-report", args=[report.reference])).content.decode()
    sources = re.findall(r'<img[^>]*src="([^"]+)"', page)
    assert len(sources) == 2
    for source in sources:
        answer = client.get(source)
        assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
        assert as_person(world.amina).get(source).status_code == 404
    assert 'alt="Nurses"' in page
    assert "They read." in page
