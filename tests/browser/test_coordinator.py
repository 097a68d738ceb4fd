"""A coordinator's day, from signing in to a report that a donor opens: on a desktop, on a phone, and without script."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core import mail
from playwright.sync_api import Page, ViewportSize, expect
from pypdf import PdfReader

from engagements.actions.report_sending import send_due_report_mails
from engagements.models import DonorReport, Need, PipelineView, Programme
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.engagements.figures.hand_world import QUARTER, live_a_quarter
from tests.factories import PASSWORD
from tests.world import World, after_need_submitted, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
# A template asks for so little that nobody needs five minutes: what is typed or chosen, and the pages it takes.
MOST_FIELDS, MOST_PAGES = 7, 4


@pytest.fixture
def cast(transactional_db: None) -> World:
    world = make_world()
    live_a_quarter(world)
    return world


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press the button and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def follow(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=name).first.click()


@pytest.mark.parametrize(
    ("size", "script"), [(DESKTOP, True), (PHONE, True), (PHONE, False)], ids=["desktop", "phone", "no-script"]
)
def test_from_signing_in_to_a_report_that_a_donor_opens(
    visit: Visit, cast: World, size: ViewportSize, script: bool
) -> None:
    need = after_need_submitted(cast, title="To be checked")
    page = visit("/account/login/", None, size, script=script)
    page.locator("[name=login]").fill(cast.chidi.email)
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("[name=password]").press("Enter")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    open_in_place(page, need, script=script)
    keep_a_view(page)
    start_a_programme(page)
    close_the_quarter(page)
    rows = write_a_report(page)
    send_it(visit, page, rows, size, script=script)


def open_in_place(page: Page, need: Need, *, script: bool) -> None:
    """Read a need and open it: on the desk itself, or on its page where there is no script."""
    page.locator(f"#item-check-{need.pk} .actions a").first.click()
    button = page.get_by_role("button", name="Open the need")
    expect(button).to_be_visible()
    for box in page.locator("form", has=button).get_by_role("checkbox").all():
        box.check()
    button.click()
    expect(page.get_by_text("The need is open").first).to_be_visible()
    if script:
        expect(page.locator(f"#item-check-{need.pk}")).to_be_focused()
    need.refresh_from_db()
    assert need.state == "published"


def keep_a_view(page: Page) -> None:
    page.goto("/desk/pipeline/")
    page.locator("details.fold summary").first.click()
    page.locator("form.filters [name=text]").fill("A")
    press(page, "Show")
    follow(page, "Save this view")
    page.get_by_role("textbox", name="Name").fill("Hospitals")
    press(page, "Save")
    assert PipelineView.objects.get().name == "Hospitals"


def start_a_programme(page: Page) -> None:
    """Come from a template to a running programme, and count what that asks of one."""
    pages = 0
    page.goto("/desk/programmes/")
    for name in ("New programme", "Joint shortage"):
        follow(page, name)
        pages += 1
    form = page.locator("main form.form")
    given = {
        "name": "Nurses both ways",
        "origin_countries": "Tunisia",
        "destination_countries": "Italy",
        "starts_on": "2027-01-01",
        "ends_on": "2029-12-31",
    }
    asked = form.locator("input:not([type=hidden]), select, textarea")
    fields = {box.get_attribute("name") for box in asked.all()}
    assert set(given) < fields
    assert len(fields) <= MOST_FIELDS, fields
    for name, value in given.items():
        form.locator(f"[name={name}]").fill(value)
    for name in ("Check", "Start"):
        press(page, name)
        pages += 1
    expect(page.get_by_text("The programme runs")).to_be_visible()
    assert pages <= MOST_PAGES
    assert Programme.objects.get().state == "running"


def close_the_quarter(page: Page) -> None:
    page.goto("/desk/donor-reports/numbers/?about=TN&starts_on=2026-01-01&ends_on=2026-03-31")
    form = page.locator("form[action$='/numbers/close/']")
    form.locator("[name=starts_on]").fill(str(QUARTER.starts_on))
    form.locator("[name=ends_on]").fill(str(QUARTER.ends_on))
    press(page, "Close for ever")
    expect(page.get_by_text("The period is closed")).to_be_visible()


def write_a_report(page: Page) -> list[str]:
    """Put a report together from blocks; return the rows of its indicators as donors read them on the screen."""
    page.goto("/desk/donor-reports/new/")
    page.get_by_role("textbox", name="Title").fill("Our first quarter")
    page.locator("[name=about]").select_option("TN")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()
    page.locator("[name=period]").select_option(index=1)
    press(page, "Save")
    page.locator("[name=kind]").select_option("text")
    page.locator("[name=heading]").fill("What happened")
    page.locator("textarea[name=text]").fill("Two wards changed their routine.")
    press(page, "Add at the end")
    # Of several alike: the name of a button goes on after what is seen.
    press(page, re.compile(r"^Up\W+What happened"))
    follow(page, "Back to the report")
    page.locator("[name=readers]").first.select_option("donors")
    press(page, "Show for them")
    expect(page.get_by_text("Two wards changed their routine.")).to_be_visible()
    table = page.locator("table").first
    cells = [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]
    assert len(cells) > 10
    assert any(cell[1].strip("\u00a0 ").isdecimal() for cell in cells)
    return ["".join(cell) for cell in cells]


def told_in(path: Path) -> str:
    """Return everything a PDF says, without its spaces and line ends."""
    return re.sub(r"\s", "", "".join(part.extract_text() for part in PdfReader(path).pages))


def downloaded(page: Page, link: str) -> str:
    with page.expect_download() as waiting:
        page.locator("main").get_by_role("link", name=link).first.click()
    return told_in(Path(waiting.value.path()))


def missing_in(told: str, rows: list[str]) -> list[str]:
    return [row for row in rows if re.sub(r"\s", "", row) not in told]


def send_it(visit: Visit, page: Page, rows: list[str], size: ViewportSize, *, script: bool) -> None:
    """Send the report; the donor opens it and reads the same figures, until it is taken back."""
    assert missing_in(downloaded(page, "PDF"), rows) == []
    # What stands nowhere is found missing.
    assert missing_in(downloaded(page, "PDF"), ["Needs posted 4711"]) == ["Needs posted 4711"]
    follow(page, "Send it")
    page.locator("[name=email]").fill("dora@donor.example")
    press(page, "Send")
    expect(page.get_by_text("on its way to dora@donor.example")).to_be_visible()
    assert send_due_report_mails() == 1
    (letter,) = mail.outbox
    found = re.search(r"http\S+/donor/\S+", letter.body)
    assert found is not None
    path = urlsplit(found[0]).path
    donor = visit(path, None, size, script=script)
    expect(donor.get_by_role("heading", name="Our first quarter")).to_be_visible()
    assert missing_in(downloaded(donor, "Take it as a PDF"), rows) == []
    page.reload()
    press(page, "Take back")
    expect(page.get_by_text("The link opens nothing any more.")).to_be_visible()
    answer = donor.goto(path)
    assert answer is not None
    assert answer.status == 404
    assert DonorReport.objects.get().sent.get().revoked_at is not None


def test_single_keys_move_through_the_desk_once_they_are_turned_on(visit: Visit, cast: World) -> None:
    needs = [after_need_submitted(cast, title=f"Need {number}") for number in range(3)]
    page = visit("/desk/", cast.chidi, DESKTOP)
    rows = page.locator(".queue > li")
    page.keyboard.press("j")
    expect(page.locator(".queue > li:focus")).to_have_count(0)
    switch = page.get_by_role("button", name="Keyboard shortcuts")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    # In a field a letter is a letter.
    page.keyboard.press("/")
    search = page.locator("#desk-search")
    expect(search).to_be_focused()
    page.keyboard.type("jas")
    expect(search).to_have_value("jas")
    # Something new arrives: nothing moves, and the keys go on where they were.
    check = page.locator(f"#item-check-{needs[0].pk}")
    check.evaluate("row => { row.tabIndex = -1; row.focus(); }")
    before = check.bounding_box()
    page.evaluate("document.getElementById('desk-news').innerHTML = '<p>1 new: show</p>'")
    assert check.bounding_box() == before
    page.keyboard.press("s")
    rest = check.locator("[data-rest] select")
    expect(rest).to_be_focused()
    page.keyboard.press("Escape")
    page.reload()
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(".queue > li:focus")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url != f"{page.url.split('/desk')[0]}/desk/"
