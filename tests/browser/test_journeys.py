"""The main job in Chromium: what people see and press, two of them side by side."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from engagements.actions.calendar_feeds import renew_feed
from engagements.actions.handover import add_kit_item
from engagements.actions.milestones import add_milestone
from engagements.actions.shared_files import share_files
from messaging.actions.files import Arrival
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.factories import make_expert
from tests.world import (
    World,
    after_completion,
    after_need_published,
    after_need_submitted,
    after_proposal_sent,
    after_session_logged,
    after_time_agreed,
    after_times_proposed,
    make_world,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],  # what is in order need not be listed
}


@pytest.fixture
def cast(transactional_db: None) -> World:
    return make_world()


def test_badge_rises_live_when_news_arrives(visit: Visit, cast: World) -> None:
    page = visit("/settings/", cast.bereket)
    badge = page.locator(".bell .badge")
    expect(badge).to_contain_text("1")  # the verification
    after_proposal_sent(cast)
    expect(badge).to_contain_text("3", timeout=30_000)  # the need is open; somebody applies


def test_expert_applies_and_institution_accepts(visit: Visit, cast: World) -> None:
    need = after_need_published(cast)
    amina = visit("/for-you/", cast.amina, PHONE)
    expect(amina.get_by_text("must-have")).to_be_visible()
    amina.get_by_role("link", name="I'm interested").or_(amina.get_by_role("link", name="I’m interested")).first.click()
    amina.get_by_role("textbox", name="Your message").fill("I have trained nurses for twelve years.")
    amina.get_by_role("button", name="Send").click()
    expect(amina.get_by_text("twelve years").first).to_be_visible()
    bereket = visit("/engagements/", cast.bereket)
    bereket.get_by_role("link", name=need.title).first.click()
    bereket.get_by_role("button", name="Accept").click()
    bereket.wait_for_url("**/engagements/**")
    assert need.engagements.count() == 1


def test_coordinator_opens_a_need_from_the_desk(visit: Visit, cast: World) -> None:
    need = after_need_submitted(cast)
    page = visit("/desk/", cast.chidi, PHONE)
    page.locator(f"a.btn[href='/desk/needs/{need.reference}/']").click()
    expect(page.get_by_role("button", name="Open the need")).to_be_visible()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Open the need").click()
    expect(page.get_by_text("The need is open")).to_be_visible()
    need.refresh_from_db()
    assert need.state == "published"


def addresses(cast: World) -> list[tuple[str, str]]:
    """Return (who, address) of every kind of page, with something on it."""
    submitted = after_need_submitted(cast, title="To be checked")
    need = after_need_published(cast, title="Open and waiting")
    cast.profile.capacity = 9
    cast.profile.save(update_fields=["capacity"])
    certificate = after_completion(cast, title="Completed in spring")
    session = after_session_logged(cast, title="Under way")
    proposal = after_proposal_sent(cast, title="Waiting for an answer")
    engagement = session.engagement
    offered = after_times_proposed(cast, title="Times to choose from")
    agreed = after_time_agreed(cast, title="A session to come")
    renew_feed(actor=cast.amina)
    add_milestone(actor=cast.amina, engagement=engagement, text="The first draft", due_on=timezone.localdate())
    add_kit_item(actor=cast.amina, engagement=engagement, title="Atlas", url="https://ecg.example.org/atlas")
    plan = Arrival("plan.txt", 3, [b"One"])
    share_files(actor=cast.amina, engagement=engagement, arrivals=[plan])
    hospital = cast.hospital.reference
    return [
        ("nobody", "/"),
        ("nobody", "/join/"),
        ("nobody", "/account/signup/?role=expert"),
        ("nobody", "/account/login/"),
        ("nobody", "/account/login/code/"),
        ("nobody", "/account/password/reset/"),
        ("nobody", "/needs/"),
        ("nobody", f"/needs/{need.reference}/"),
        ("nobody", "/how/"),
        ("nobody", "/help/"),
        ("nobody", "/privacy/"),
        ("nobody", "/accessibility/"),
        ("nobody", "/verify/"),
        ("nobody", f"/verify/{certificate.code}/"),
        ("amina", "/for-you/"),
        ("amina", f"/needs/{need.reference}/"),
        ("amina", f"/needs/{need.reference}/interest/"),
        ("amina", f"/needs/{need.reference}/dismiss/"),
        ("amina", "/for-you/hidden/"),
        ("amina", "/start/expert/identity/"),
        ("amina", "/start/expert/skills/"),
        ("amina", "/start/expert/cv/"),
        ("amina", "/start/expert/languages/"),
        ("amina", "/start/expert/give/"),
        ("amina", "/me/"),
        ("amina", "/me/record/"),
        ("amina", "/offers/"),
        ("amina", f"/proposals/{proposal.reference}/"),
        ("amina", "/engagements/"),
        ("amina", f"/engagements/{engagement.reference}/"),
        ("amina", f"/engagements/{agreed.engagement.reference}/"),
        ("amina", f"/engagements/{agreed.engagement.reference}/meetings/"),
        ("amina", f"/meetings/{agreed.reference}/"),
        ("amina", "/sessions/"),
        ("amina", f"/engagements/{engagement.reference}/files/"),
        ("amina", f"/engagements/{engagement.reference}/handover/"),
        ("amina", f"/engagements/{engagement.reference}/next/"),
        ("bereket", f"/meetings/{offered.reference}/"),
        ("bereket", f"/meetings/{offered.reference}/times/"),
        ("amina", "/settings/calendar/"),
        ("amina", "/messages/"),
        ("amina", f"/messages/{engagement.conversation_id}/"),
        ("amina", f"/messages/{engagement.conversation_id}/time/"),
        ("amina", "/notifications/"),
        ("amina", "/settings/"),
        ("amina", "/account/email/"),
        ("amina", "/account/password/change/"),
        ("amina", "/account/2fa/"),
        ("amina", "/account/sessions/"),
        ("bereket", "/org/"),
        ("bereket", "/org/new/"),
        ("bereket", f"/org/{hospital}/"),
        ("bereket", f"/org/{hospital}/edit/"),
        ("bereket", f"/org/{hospital}/needs/"),
        ("bereket", f"/org/{hospital}/verification/"),
        ("bereket", f"/needs/new/?organisation={hospital}"),
        ("bereket", f"/needs/{need.reference}/"),
        ("bereket", f"/needs/{need.reference}/people/"),
        ("bereket", f"/needs/{need.reference}/invite/{cast.profile.reference}/"),
        ("bereket", f"/experts/{cast.profile.reference}/"),
        ("bereket", f"/proposals/{proposal.reference}/"),
        ("bereket", f"/proposals/{proposal.reference}/decline/"),
        ("bereket", f"/engagements/{engagement.reference}/"),
        ("chidi", "/desk/"),
        ("chidi", "/desk/pipeline/"),
        ("chidi", f"/desk/needs/{submitted.reference}/"),
        ("chidi", f"/desk/organisations/{hospital}/"),
        ("chidi", "/desk/checks/TN/"),
        ("chidi", "/styleguide/"),
    ]


def problems_of(page: Page) -> list[str]:
    """Return what a machine finds wrong with a page on a phone and a desktop.

    That is accessibility, sideways scrolling, and the main heading.
    """
    found = []
    for name, viewport in (("phone", PHONE), ("desktop", DESKTOP)):
        page.set_viewport_size(viewport)
        answer = Axe().run(page, options=RULES).response
        found += [f"{name}, {one['id']}: {one['nodes'][0]['html'][:120]}" for one in answer["violations"]]
        width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if width > 0:
            found.append(f"{name}, scrolls sideways by {width} px")
        if page.get_by_role("heading", level=1).count() != 1:
            found.append(f"{name}, has not exactly one main heading")
    return found


@pytest.mark.timeout(900)
def test_every_page_is_accessible_and_fits(visit: Visit, cast: World) -> None:
    people = {"nobody": None, **cast.people}
    pages: dict[str, Page] = {}
    problems = []
    for who, address in addresses(cast):
        if who in pages:
            pages[who].set_viewport_size(PHONE)
            answer = pages[who].goto(address)
            assert answer is not None
            if answer.status != 200:
                problems.append(f"{who} {address}: {answer.status}")
                continue
        else:
            pages[who] = visit(address, people[who], PHONE)
        problems += [f"{who} {address} {problem}" for problem in problems_of(pages[who])]
    assert not problems, "\n" + "\n".join(problems)


def test_saved_profile_is_found_by_the_next_look_at_the_need(visit: Visit, cast: World) -> None:
    need = after_need_published(cast)
    make_expert(cast.dana, skills={"grid-operation": (3, 4)})
    bereket = visit(f"/needs/{need.reference}/people/", cast.bereket)
    dana = visit("/start/expert/skills/", cast.dana, PHONE)
    expect(bereket.get_by_role("heading", name="Amina Ben Salah")).to_be_visible()
    expect(bereket.get_by_role("heading", name="Dana Weiss")).to_have_count(0)
    dana.locator("#id_skills").press_sequentially("électrocardio")
    dana.locator(".picker-list button").first.click()
    dana.get_by_role("button", name="Save").click()
    dana.wait_for_url("**/me/")
    bereket.reload()
    card = bereket.get_by_role("article").filter(has_text="Dana Weiss")
    expect(card.get_by_text("Interpret electrocardiograms: on their profile")).to_be_visible()
    expect(card.get_by_text("Not on their profile: train nurses")).to_be_visible()
    dana.goto("/me/")
    dana.get_by_role("button", name="Pause").click()
    expect(dana.get_by_text("paused").first).to_be_visible()
    bereket.reload()
    expect(bereket.get_by_role("heading", name="Dana Weiss")).to_have_count(0)
