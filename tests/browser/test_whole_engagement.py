"""The whole work on a phone, from the first ask to the certificate that anybody can check, with and without script."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from engagements.models import Certificate, Engagement, Meeting, Proposal, Session
from tests.browser.conftest import PHONE, Visit
from tests.world import World, after_need_published, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


@pytest.fixture
def cast(transactional_db: None) -> World:
    return make_world()


def press(page: Page, name: str) -> None:
    """Press the button and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def go_on(page: Page, name: str) -> None:
    """Follow what the next step of the engagement offers under ``name``."""
    card = page.locator("section", has=page.locator("#next-title"))
    with page.expect_navigation():
        card.get_by_role("button", name=name).or_(card.get_by_role("link", name=name)).click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_the_first_ask_to_the_public_check(visit: Visit, cast: World, script: bool) -> None:
    need = after_need_published(cast)
    # Ask, more information, accept.
    amina = visit(f"/needs/{need.reference}/interest/", cast.amina, PHONE, script=script)
    amina.get_by_role("textbox", name="Your message").fill("I have trained nurses for twelve years.")
    press(amina, "Send")
    asked = f"/proposals/{Proposal.objects.get().reference}/"
    bereket = visit(asked, cast.bereket, PHONE, script=script)
    bereket.locator("#ask summary").click()
    bereket.locator("#ask textarea").fill("Could you come in the evening?")
    press(bereket, "Ask")
    amina.goto(asked)
    expect(amina.get_by_text("Could you come in the evening?").first).to_be_visible()
    amina.locator("form[action$='/inform/'] textarea").fill("Yes, after six.")
    press(amina, "Send the answer")
    bereket.goto(asked)
    expect(bereket.get_by_text("Yes, after six.")).to_be_visible()
    press(bereket, "Accept")

    # Agree, and find a time.
    engagement = Engagement.objects.get()
    work = f"/engagements/{engagement.reference}/"
    for page in (amina, bereket):
        page.goto(work)
        go_on(page, "Agree to the plan")
    amina.goto(work)
    go_on(amina, "Propose times")
    soon = timezone.now().astimezone(cast.amina.zone) + timedelta(days=2)
    amina.locator("input[name=first]").fill(f"{soon:%Y-%m-%d}T18:00")
    amina.locator("input[name=place]").fill("https://meet.example.org/ecg")
    press(amina, "Propose")
    bereket.goto(work)
    go_on(bereket, "Choose a time")
    press(bereket, "This one")
    meeting = Meeting.objects.get()
    assert meeting.state == "confirmed"
    Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=3))  # the evening has come

    # Hold it, log it, confirm it.
    amina.goto(f"/meetings/{meeting.reference}/")
    press(amina, "Yes, log it")
    if amina.locator("#log").count():
        amina.locator("#log input[name=minutes][value='90']").check()
        amina.locator("#log input[name=summary]").fill("Six nurses read their first ECG.")
        press(amina, "Log it")
    bereket.goto(work)
    with bereket.expect_navigation():
        bereket.locator("form[action^='/sessions/'][action$='/confirm/'] button").first.click()
    assert Session.objects.get().state == "confirmed"

    # Say what came of it.
    amina.goto(work)
    amina.get_by_text("Other actions").click()
    press(amina, "Wrap up and report")
    for page in (amina, bereket):
        page.goto(f"{work}outcome/end/")
        page.locator("input[name=result][value=achieved]").check()
        page.locator("input[name=effects]").first.check()
        page.locator("textarea[name=text]").fill("Six nurses read them now.")
        with page.expect_navigation():
            page.locator("main form button[type=submit]").last.click()
    bereket.goto(work)
    go_on(bereket, "Complete the engagement")

    # The proof, for anybody.
    certificate = Certificate.objects.get()
    amina.goto(work)
    expect(amina.get_by_role("link", name="Download the certificate")).to_be_visible()
    anybody = visit(f"/verify/{certificate.code}/", None, PHONE, script=script)
    expect(anybody.get_by_text("Amina Ben Salah").first).to_be_visible()
    for page in (amina, bereket, anybody):
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
