"""Files in Chromium: sent from a phone over a line that breaks, and without script."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, expect

from messaging.actions.file_checks import check_files
from messaging.models import File, Message
from tests.browser.conftest import PHONE, Visit
from tests.browser.test_journeys import RULES
from tests.core.uploads.corpus import pdf, pdf_with, picture
from tests.world import World, after_proposal_accepted, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db: None) -> World:
    return make_world()


def test_file_goes_on_when_the_line_breaks_on_a_phone(visit: Visit, cast: World, tmp_path: Path) -> None:
    plan = tmp_path / "Plan de travail.pdf"
    plan.write_bytes(pdf_with(b"9 0 obj\n(" + os.urandom(400_000).hex().encode() + b")\nendobj"))
    address = f"/messages/{after_proposal_accepted(cast).conversation_id}/"
    amina, bereket = visit(address, cast.amina, PHONE), visit(address, cast.bereket)
    pieces = []

    def break_third(route: Route) -> None:
        pieces.append(route.request.url)
        if len(pieces) != 3:
            route.continue_()
            return
        route.fetch()  # the server takes it, and the line breaks before its answer
        amina.context.set_offline(True)
        route.abort()

    amina.route("**/api/v1/files/*?begins=*", break_third)
    amina.get_by_role("textbox", name="Message").fill("Voici le plan")
    with amina.expect_file_chooser() as chooser:
        amina.get_by_text("Add files").click()
    chooser.value.set_files(plan)
    chosen = amina.locator(".chosen")
    expect(chosen).to_contain_text("Waiting for connection")
    if target := os.environ.get("SCREENSHOTS"):
        amina.screenshot(path=f"{target}/sending.png")
    amina.context.set_offline(False)
    expect(chosen).to_contain_text("Ready to send", timeout=40_000)
    # What was refused holds the message back until it is taken away.
    empty = tmp_path / "vide.txt"
    empty.touch()
    amina.locator("#composer-files").set_input_files(empty)
    expect(chosen).to_contain_text("The file is empty.")
    amina.get_by_role("button", name="Send", exact=True).click()
    expect(amina.locator("#say")).to_contain_text("a file was not accepted")
    amina.get_by_role("button", name="Remove: vide.txt").click()
    assert len(set(pieces)) == 7
    assert {piece for piece in pieces if pieces.count(piece) > 1} <= {pieces[2]}  # nothing else travelled twice
    amina.get_by_role("button", name="Send", exact=True).click()
    for page in (amina, bereket):
        expect(page.locator(".messages")).to_contain_text("Voici le plan")
        expect(page.locator(".messages")).to_contain_text("Being checked")
    assert check_files() == 1
    link = bereket.get_by_role("link", name="Plan de travail.pdf PDF, 801 kB")
    expect(link).to_be_visible()
    with bereket.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "Plan de travail.pdf"
    assert Path(download.value.path()).read_bytes() == plan.read_bytes()
    expect(chosen.locator("li")).to_have_count(0)
    expect(amina.get_by_role("textbox", name="Message")).to_have_value("")
    assert Message.objects.filter(file_count=1).count() == 1
    violations = [each["id"] for each in Axe().run(amina, context=".files", options=RULES).response["violations"]]
    assert violations == []
    if target := os.environ.get("SCREENSHOTS"):
        amina.screenshot(path=f"{target}/sent.png")


def test_files_are_sent_and_seen_without_javascript(visit: Visit, cast: World, tmp_path: Path) -> None:
    photo, plan = tmp_path / "photo.jpg", tmp_path / "plan.pdf"
    photo.write_bytes(picture("JPEG", (800, 600)))
    plan.write_bytes(pdf())
    address = f"/messages/{after_proposal_accepted(cast).conversation_id}/"
    amina = visit(address, cast.amina, PHONE, script=False)
    amina.get_by_text("Add files").click()
    amina.get_by_label("Files", exact=True).set_input_files([photo, plan])
    if target := os.environ.get("SCREENSHOTS"):
        amina.screenshot(path=f"{target}/form.png")
    amina.get_by_role("button", name="Send", exact=True).click()
    expect(amina.locator(".messages")).to_contain_text("Being checked")
    assert check_files() == File.objects.count() == 2
    bereket = visit(address, cast.bereket, script=False)
    image = bereket.locator(".file img")
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("node => node.naturalWidth") == 240
    expect(bereket.get_by_role("link", name="photo.jpg Picture")).to_be_visible()
    if target := os.environ.get("SCREENSHOTS"):
        bereket.screenshot(path=f"{target}/seen.png")
