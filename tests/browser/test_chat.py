"""Two people in a conversation, each in a browser of their own, on lines as bad as theirs are."""

import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from diaspora_net.accounts.actions.organisations import add_member
from diaspora_net.accounts.models import User
from diaspora_net.core.sessions import SessionStore
from engagements.actions.groups import bring_in, leave_group, start_group
from engagements.models import Engagement
from messaging.actions.conversations import change_conversation_state
from messaging.actions.messages import mark_read, post_message
from messaging.models import Conversation, Message
from tests.browser.conftest import PHONE, Visit
from tests.browser.line import Line, line_to
from tests.browser.test_journeys import problems_of
from tests.factories import make_person
from tests.liveserver import Site
from tests.world import World, after_proposal_accepted, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Eight seconds without an acknowledgement, and a back-off after that, on a slow machine.
LONG = 60_000


@pytest.fixture
def cast(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def address(cast: World) -> str:
    """Return where the two talk; both share receipts."""
    User.objects.update(shares_receipts=True)
    cast.amina.refresh_from_db()
    cast.bereket.refresh_from_db()
    return f"/messages/{after_proposal_accepted(cast).conversation_id}/"


@pytest.fixture
def line(live_site: Site) -> Iterator[Line]:
    with line_to(live_site.port) as line:
        yield line


def send(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send").click()


def texts(page: Page) -> list[str]:
    return page.locator(".message p").all_inner_texts()


def expect_last(page: Page, *expected: str) -> None:
    """Wait until the conversation ends with ``expected``, in this order, each once."""
    for text in expected:
        expect(page.locator(".messages").get_by_text(text, exact=True)).to_have_count(1, timeout=LONG)
    assert texts(page)[-len(expected) :] == list(expected)


def state_of(page: Page, text: str) -> str:
    return page.locator(".message.own", has_text=text).locator(".message-state").inner_text()


def expect_state(page: Page, text: str, state: str) -> None:
    shown = page.locator(".message.own", has_text=text).locator(".message-state")
    expect(shown).to_contain_text(state, timeout=LONG)


def wait_until(page: Page, script: str) -> None:
    """Wait until ``script`` is true in the page; Playwright's own way needs eval, which our policy forbids."""
    for _time in range(LONG // 100):
        if page.evaluate(script):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {script}")


def wait_for_socket(page: Page) -> None:
    wait_until(page, "dn.socket.open")


def test_two_people_talk_live_and_see_what_is_read(visit: Visit, cast: World, address: str) -> None:
    amina, bereket = visit(address, cast.amina), visit(address, cast.bereket, PHONE)
    wait_for_socket(amina)
    wait_for_socket(bereket)
    bereket.get_by_role("textbox", name="Message").press_sequentially("ص")
    expect(amina.locator(".typing")).to_have_text("Bereket Alemu is typing…")
    send(amina, "Bonjour, quand commençons-nous ?")
    expect_last(bereket, "Bonjour, quand commençons-nous ?")
    expect_state(amina, "Bonjour", "Read")
    send(bereket, "صباح الخير، يوم الاثنين.")
    for page in (amina, bereket):
        expect_last(page, "Bonjour, quand commençons-nous ?", "صباح الخير، يوم الاثنين.")
    expect(amina.locator(".typing")).to_have_text("")
    expect(amina.locator("#say")).to_contain_text("Bereket Alemu: صباح")
    assert bereket.locator(".message.own p").last.evaluate("node => getComputedStyle(node).direction") == "rtl"
    # What has just been written can be changed where it stands, and taken back.
    amina.get_by_role("textbox", name="Message").press("ArrowUp")
    send(amina, "Bonjour, commençons lundi.")
    expect_last(bereket, "Bonjour, commençons lundi.", "صباح الخير، يوم الاثنين.")
    expect(bereket.locator(".message-edited:visible")).to_have_count(1)
    amina.once("dialog", lambda dialog: dialog.accept())
    amina.get_by_role("link", name="Edit").last.click()
    amina.get_by_role("button", name="Delete it").click()
    expect_last(bereket, "Message deleted", "صباح الخير، يوم الاثنين.")
    assert amina.locator(".message.deleted .message-change").count() == 0
    # A web address is a link, drawn live and by the server.
    send(amina, "Le plan : www.example.org/plan_(1).")
    link = bereket.get_by_role("link", name="www.example.org/plan_(1)", exact=True)
    expect(link).to_have_attribute("href", "https://www.example.org/plan_(1)")
    bereket.reload()
    expect(link).to_have_attribute("href", "https://www.example.org/plan_(1)")


def test_messages_written_offline_arrive_once_and_in_order_when_the_line_is_back(
    visit: Visit, cast: World, address: str
) -> None:
    amina, bereket = visit(address, cast.amina, PHONE), visit(address, cast.bereket)
    wait_for_socket(amina)
    amina.context.set_offline(True)
    send(amina, "Écrit dans un tunnel")
    send(amina, "Et encore")
    expect_state(amina, "Et encore", "Waiting for connection")
    expect(amina.locator("[data-connection]")).to_contain_text("kept on this device: 2")
    assert problems_of(amina) == []
    assert texts(bereket) == texts(amina)[:-2]
    amina.context.set_offline(False)
    for page in (amina, bereket):
        expect_last(page, "Écrit dans un tunnel", "Et encore")
    expect(amina.locator("[data-connection]")).to_be_hidden(timeout=LONG)
    assert "Waiting" not in state_of(amina, "Écrit dans un tunnel")


def test_message_gets_through_when_the_line_dies_without_a_word(
    visit: Visit, cast: World, address: str, line: Line
) -> None:
    amina, bereket = visit(address, cast.amina, site=line.url), visit(address, cast.bereket)
    wait_for_socket(amina)
    line.kill_silently()
    send(amina, "Le tunnel était long")
    send(amina, "Me revoilà")
    assert amina.evaluate("dn.socket.open")  # nobody has told it
    expect_last(bereket, "Le tunnel était long", "Me revoilà")
    expect_state(amina, "Me revoilà", "Sent")
    send(bereket, "Bien reçu")
    expect_last(amina, "Le tunnel était long", "Me revoilà", "Bien reçu")


def test_two_people_talk_by_polling_while_sockets_are_refused(
    visit: Visit, cast: World, address: str, line: Line
) -> None:
    line.refuses_sockets = True
    amina, bereket = visit(address, cast.amina, site=line.url), visit(address, cast.bereket)
    send(amina, "Par la petite porte")
    expect_last(bereket, "Par la petite porte")
    send(bereket, "Je vous lis")
    expect_last(amina, "Par la petite porte", "Je vous lis")
    expect_state(bereket, "Je vous lis", "Read")
    expect_state(amina, "Par la petite porte", "Read")
    expect(amina.locator("[data-connection]")).to_be_hidden()
    line.refuses_sockets = False
    amina.evaluate("dispatchEvent(new Event('focus'))")
    wait_for_socket(amina)
    send(bereket, "Et maintenant ?")
    expect_last(amina, "Par la petite porte", "Je vous lis", "Et maintenant ?")


def test_messages_of_a_closed_tab_go_out_from_whatever_page_is_opened_next(
    visit: Visit, cast: World, address: str
) -> None:
    amina, bereket = visit(address, cast.amina), visit(address, cast.bereket)
    wait_for_socket(amina)
    context = amina.context
    context.set_offline(True)
    send(amina, "Avant de fermer")
    send(amina, "Et une deuxième")
    expect_state(amina, "Et une deuxième", "Waiting for connection")
    amina.close()
    context.set_offline(False)
    context.new_page().goto("/settings/")
    expect_last(bereket, "Avant de fermer", "Et une deuxième")
    again = context.new_page()
    again.goto(address)
    expect_last(again, "Avant de fermer", "Et une deuxième")
    wait_until(again, "localStorage.getItem('dn-outbox') === null")
    again.get_by_role("textbox", name="Message").fill("Pas encore finie")
    again.close()
    last = context.new_page()
    last.goto(address)
    expect(last.get_by_role("textbox", name="Message")).to_have_value("Pas encore finie")


def test_nothing_unsent_outlives_its_tab_on_a_shared_computer(visit: Visit, cast: World, address: str) -> None:
    amina = visit(address, cast.amina)
    key = next(one["value"] for one in amina.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)
    session = SessionStore(key)
    session.set_expiry(0)  # as signing in with "This is a shared computer" does
    session.save()
    amina.reload()
    wait_for_socket(amina)
    context = amina.context
    context.set_offline(True)
    send(amina, "Seulement dans cet onglet")
    expect_state(amina, "Seulement dans cet onglet", "Waiting for connection")
    expect(amina.locator("[data-connection]")).to_contain_text("not kept if you close this tab", timeout=LONG)
    amina.get_by_role("textbox", name="Message").fill("Pas encore finie")
    assert amina.evaluate("localStorage.length") == 0
    amina.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    wait_for_socket(again)
    assert again.evaluate("localStorage.getItem('dn-outbox')") is None
    expect(again.locator(".message", has_text="Seulement dans cet onglet")).to_have_count(0)
    assert not Message.objects.filter(text="Seulement dans cet onglet").exists()


def test_refused_message_can_be_deleted_when_the_conversation_has_closed(
    visit: Visit, cast: World, address: str
) -> None:
    amina = visit(address, cast.amina, PHONE)
    wait_for_socket(amina)
    change_conversation_state(conversation=Conversation.objects.get(), to="closed")
    send(amina, "Trop tard")
    expect_state(amina, "Trop tard", "Not sent. This conversation is closed.")
    assert problems_of(amina) == []
    amina.reload()
    expect_state(amina, "Trop tard", "Not sent. This conversation is closed.")
    amina.get_by_role("button", name="Delete").click()
    expect(amina.locator(".message", has_text="Trop tard")).to_have_count(0)
    amina.reload()
    wait_for_socket(amina)
    assert "Trop tard" not in texts(amina)


def test_conversation_works_without_javascript(visit: Visit, cast: World, address: str) -> None:
    amina = visit(address, cast.amina, PHONE, script=False)
    send(amina, "Sans script")
    expect_last(amina, "Sans script")
    amina.get_by_role("link", name="Edit").last.click()
    amina.get_by_role("textbox", name="Message").fill("Sans aucun script")
    amina.get_by_role("button", name="Save").click()
    expect_last(amina, "Sans aucun script")
    bereket = visit(address, cast.bereket, script=False)
    expect_last(bereket, "Sans aucun script")
    assert bereket.locator(".message-edited:visible").all_inner_texts() == ["Edited"]


def test_earlier_messages_come_in_place_and_keys_go_from_one_to_the_next(
    visit: Visit, cast: World, address: str
) -> None:
    talk = Conversation.objects.get()
    for number in range(1, 71):
        writer = cast.bereket if number % 2 else cast.amina
        post_message(actor=writer, conversation=talk, client_id=uuid.uuid4(), text=f"No {number}.")
    mark_read(actor=cast.amina, conversation=talk, seq=1000)
    amina = visit(address, cast.amina, PHONE)
    wait_for_socket(amina)
    amina.get_by_role("link", name="Earlier messages").click()
    expect(amina.get_by_text("No 12.", exact=True)).to_have_count(1)
    # Where one reads stays where it is: the newest of what has come stands just above it.
    expect(amina.locator(".message", has_text="No 40.").last).to_be_focused()
    amina.keyboard.press("ArrowDown")
    expect(amina.locator(".message", has_text="No 41.")).to_be_focused()
    amina.keyboard.press("Escape")
    expect(amina.get_by_role("textbox", name="Message")).to_be_focused()
    amina.get_by_role("link", name="Earlier messages").click()
    expect(amina.get_by_text("No 1.", exact=True)).to_have_count(1)
    expect(amina.get_by_role("link", name="Earlier messages")).to_have_count(0)
    assert [text for text in texts(amina) if text.startswith("No")] == [f"No {number}." for number in range(1, 71)]
    assert amina.locator("[data-day]").count() == 1
    # What comes meanwhile, and the line above it, move nothing.
    reading = amina.get_by_text("No 5.", exact=True)
    reading.scroll_into_view_if_needed()
    before = reading.evaluate("node => node.getBoundingClientRect().top")
    post_message(actor=cast.bereket, conversation=talk, client_id=uuid.uuid4(), text="No 71.")
    amina.get_by_role("button", name="New messages: 1").wait_for()
    assert abs(reading.evaluate("node => node.getBoundingClientRect().top") - before) < 2
    amina.get_by_role("button", name="New messages: 1").click()
    expect(amina.locator(".message", has_text="No 71.")).to_be_in_viewport()


def test_who_joins_a_group_is_named_on_pages_that_are_open(visit: Visit, cast: World, address: str) -> None:
    engagement = Engagement.objects.get()
    group = start_group(actor=cast.bereket, engagement=engagement, title="Training in March")
    olfa = make_person("olfa@example.org", "Olfa Trabelsi")
    add_member(actor=cast.bereket, organisation=cast.hospital, email=olfa.email, role="counterpart")
    amina = visit(f"/messages/{group.conversation_id}/", cast.amina)
    wait_for_socket(amina)
    bring_in(actor=cast.bereket, group=group, person=olfa)
    post_message(actor=olfa, conversation=group.conversation, client_id=uuid.uuid4(), text="Bonjour à tous")
    expect_last(amina, "Bonjour à tous")
    expect(amina.locator(".message", has_text="Bonjour à tous").locator(".message-author")).to_have_text(
        "Olfa Trabelsi"
    )


def test_line_of_who_can_read_a_group_follows_who_comes_and_goes(visit: Visit, cast: World, address: str) -> None:
    group = start_group(actor=cast.bereket, engagement=Engagement.objects.get(), title="Training in March")
    amina = visit(f"/messages/{group.conversation_id}/", cast.amina, PHONE)
    wait_for_socket(amina)
    line, names = amina.locator("#composer-hint"), amina.locator(".thread-head [data-names]")
    expect(line).to_contain_text("Coordinators cannot unless somebody invites them.")
    bring_in(actor=cast.bereket, group=group, person=cast.chidi)
    expect(line).to_contain_text("A coordinator is among you.", timeout=LONG)
    expect(names).to_have_text(f"{cast.bereket}, {cast.chidi}")
    leave_group(actor=cast.chidi, group=group)
    expect(line).to_contain_text("Coordinators cannot unless somebody invites them.", timeout=LONG)
    expect(names).to_have_text(f"{cast.bereket}")
